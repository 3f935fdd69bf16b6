import { describe, expect, it } from 'vitest'
import { failures } from '../../../src/domain/failure.ts'
import { statusOf } from '../../../src/http/problem.ts'
import { type Answer, ask, ORIGIN } from '../../support/world.ts'

const preferring = (accept: string) => ({ headers: { Accept: accept } })
const BROWSER = preferring('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8')
const typeOf = ({ headers }: Answer) => headers.get('Content-Type')?.split(';')[0]
const codes = Object.keys(failures) as (keyof typeof failures)[]

describe('what a page is told as', () => {
  const pages = ['/', '/problems', '/problems/episode_not_found']

  it.each(pages)('%s is JSON, or HTML to who prefers that', async (path) => {
    for (const asked of [{}, preferring('*/*'), preferring('application/json, text/html;q=0.9')]) {
      const answer = await ask('GET', path, asked)
      expect([answer.status, typeOf(answer)]).toEqual([200, 'application/json'])
    }
    const page = await ask('GET', path, BROWSER)
    expect([page.status, typeOf(page), page.headers.get('Vary')]).toEqual([200, 'text/html', 'Accept'])
    expect(page.headers.get('Content-Security-Policy')).toMatch(
      /^default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; img-src data:; style-src 'sha256-[\w+/=]+'$/,
    )
    expect((await ask('HEAD', path, BROWSER)).status).toBe(200)
  })

  it.each(pages.slice(1))('%s is Markdown to who prefers that', async (path) => {
    const answer = await ask('GET', path, preferring('text/markdown'))
    expect([answer.status, typeOf(answer)]).toEqual([200, 'text/markdown'])
    expect(answer.text).toMatch(/^# /)
  })

  it('is of the most specific range that names a type', async () => {
    const asked = ['text/html;q=0.2, */*', 'text/*;q=0.9, application/json', 'text/html;q=0, */*;q=0.5']
    for (const accept of asked)
      expect(typeOf(await ask('GET', '/', preferring(accept))), accept).toBe('application/json')
  })

  it('leads to the origin by which clients reach the server', async () => {
    const variables = { PUBLIC_URL: 'https://edge.example' }
    for (const [path, accept] of [
      ['/', 'text/html'],
      ['/problems', 'text/markdown'],
      ['/llms.txt', '*/*'],
    ] as const) {
      const { text } = await ask('GET', path, { variables, ...preferring(accept) })
      expect(text).toContain('https://edge.example')
      expect(text).not.toContain(ORIGIN)
    }
    const { body } = await ask('GET', '/namespaces', { variables })
    expect(body.type).toBe('https://edge.example/problems/token_missing')
  })

  it.each(['/openapi.json', '/llms.txt'])('%s is told once to who keeps it', async (path) => {
    const first = await ask('GET', path)
    const tag = first.headers.get('ETag') ?? ''
    expect(tag).toMatch(/^"[0-9a-f]{24}"$/)
    const again = await ask('GET', path, { headers: { 'If-None-Match': `"other", W/${tag}` } })
    expect([again.status, again.text, again.headers.get('ETag')]).toEqual([304, '', tag])
    expect((await ask('GET', path, { headers: { 'If-None-Match': '"other"' } })).text).toBe(first.text)
  })

  it('asks nothing of the database', async () => {
    for (const path of [...pages, '/docs', '/llms.txt', '/openapi.json'])
      expect((await ask('GET', path)).trips).toBe(0)
  })
})

describe('GET /problems/:code', () => {
  it('leads from every code to its text, and to the routes that can give it', async () => {
    const { body } = await ask('GET', '/problems')
    expect(body.problems.map(({ code }: { code: string }) => code)).toEqual(codes)
    for (const code of codes) {
      const { body: problem } = await ask('GET', `/problems/${code}`)
      expect([problem.code, problem.status, problem.title]).toEqual([code, statusOf[code], failures[code]])
      for (const part of ['meaning', 'when', 'remedy']) expect(problem[part].length).toBeGreaterThan(20)
      // An address that leads nowhere is no route's.
      const isNoRoutes = ['route_not_found', 'method_not_allowed'].includes(code)
      expect(problem.routes.length > 0 || isNoRoutes, code).toBe(true)
    }
  })

  it('names in its texts only routes that there are', async () => {
    const { body: document } = await ask('GET', '/openapi.json')
    const known = Object.keys(document.paths).map((path) => path.replaceAll(/\{\w+\}/g, '*'))
    for (const code of codes) {
      const { body } = await ask('GET', `/problems/${code}`)
      const named = [
        ...`${body.meaning} ${body.when} ${body.remedy}`.matchAll(/`(?:[A-Z]+ )?(\/[\w/:<>.-]+)[^`]*`/g),
      ]
      for (const [, path = ''] of named) {
        const pattern = path.replace('<kind>', 'video').replaceAll(/:\w+/g, '*')
        const isKnown = known.some(
          (each) => each === pattern || each.startsWith(`${pattern}`) || each.endsWith(pattern),
        )
        expect([code, path, isKnown || /^\/(api|camera|objects|\.well-known|a%2Fb|$)/.test(path)]).toEqual([
          code,
          path,
          true,
        ])
      }
    }
  })

  it('is 404 for what is no code', async () => {
    for (const code of ['nothing', '__proto__', 'toString'])
      expect((await ask('GET', `/problems/${code}`)).body.code).toBe('route_not_found')
  })

  it('shows code as code, and nothing as markup', async () => {
    const { text } = await ask('GET', '/problems/forbidden', BROWSER)
    expect(text).toContain('<code>PUT /namespaces/:slug/members/:username</code>')
    expect(text).not.toContain('`')
    expect(text).not.toMatch(/<script|<kind>/)
  })
})

describe('GET /llms.txt', () => {
  it('has a line for every operation but those of older clients', async () => {
    const { text } = await ask('GET', '/llms.txt')
    const { body: document } = await ask('GET', '/openapi.json')
    for (const [path, methods] of Object.entries<Record<string, { deprecated?: boolean; summary: string }>>(
      document.paths,
    ))
      for (const [method, { deprecated, summary }] of Object.entries(methods))
        expect(text.includes(`- \`${method.toUpperCase()} ${path}\`: ${summary}.`)).toBe(!deprecated)
    expect(text).toMatch(
      /POST \/assets\/video`: .* Body: \{ namespace, project, .*lens\? \(fisheye\|pinhole\|eqrec\)/,
    )
  })
})

describe('GET /docs', () => {
  it('is a page that may load from this server alone', async () => {
    const { status, headers, text } = await ask('GET', '/docs')
    expect([status, headers.get('Content-Type')]).toEqual([200, 'text/html; charset=utf-8'])
    const policy = headers.get('Content-Security-Policy') ?? ''
    const [, script] = /<script src="(\/docs\/scalar-[\d.]+\.js)">/.exec(text) ?? []
    expect(policy).toContain(`script-src ${ORIGIN}${script} 'sha256-`)
    expect(policy).toContain("connect-src 'self'")
    expect(policy.replace(`${ORIGIN}${script}`, '')).not.toMatch(/https?:|\*/)
  })
})
