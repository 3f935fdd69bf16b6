import { html, raw } from 'hono/html'
import { parseAccept } from 'hono/utils/accept'
import { digestOf, isKnown } from './conditions.ts'

/** Pages for people: HTML that asks no other host, and runs no script but its own. */

export const HTML = 'text/html'
export const MARKDOWN = 'text/markdown'
export const JSON_TYPE = 'application/json'

/** What of these a client prefers, by the most specific of its ranges; who says nothing, or anything, gets the first. */
export function preferredOf(request: Request, supports: readonly [string, ...string[]]): string {
  const header = request.headers.get('Accept')
  if (header === null) return supports[0]
  const weights = new Map(parseAccept(header).map(({ type, q }) => [type.toLowerCase(), q]))
  const weightOf = (type: string): number =>
    weights.get(type) ?? weights.get(`${type.split('/')[0]}/*`) ?? weights.get('*/*') ?? 0
  return supports.reduce((best, each) => (weightOf(each) > weightOf(best) ? each : best))
}

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1b1f24, #e6e8eb); --soft: light-dark(#59636e, #9aa4b0);
  --ground: light-dark(#ffffff, #14171b); --plate: light-dark(#f4f6f8, #1f242b); --link: light-dark(#0b5cad, #7db8ff); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p, ul, pre { margin: 0 0 1rem; }
ul { padding-left: 1.25rem; }
a { color: var(--link); }
.soft { color: var(--soft); }
code, pre { font: .875em/1.5 ui-monospace, monospace; background: var(--plate); border-radius: 4px; }
code { padding: .1em .3em; overflow-wrap: anywhere; }
pre { padding: 1rem; overflow-x: auto; }
pre code { padding: 0; background: none; overflow-wrap: normal; }
table { border-collapse: collapse; width: 100%; }
td { padding: .25rem .5rem .25rem 0; vertical-align: top; overflow-wrap: anywhere; }
td:first-child { white-space: nowrap; }
`

type Markup = ReturnType<typeof html>

/** A page, which is told what else it may load beside its own style. */
interface Page {
  readonly title: string
  readonly body: Markup
  /** What follows the body. */
  readonly scripts?: Markup
  /** Directives beyond those of every page. */
  readonly policy?: readonly string[]
  readonly style?: string
  readonly status?: number
}

/** An answer that differs by what the client prefers. */
export const VARIES = { Vary: 'Accept', 'Cache-Control': 'no-cache' }

/** A page as HTML, under a policy that lets it do nothing which it does not need. */
export async function pageAnswer({
  title,
  body,
  scripts,
  policy = [],
  style = STYLE,
  status = 200,
}: Page): Promise<Response> {
  const text = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${raw(style)}</style>
</head>
<body>
${body}
${scripts ?? ''}
</body>
</html>
`
  const directives = [
    "default-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    'img-src data:',
    ...(policy.some((each) => each.startsWith('style-src')) ? [] : [`style-src ${await hashOf(style)}`]),
    ...policy,
  ]
  return new Response(String(text), {
    status,
    headers: {
      ...VARIES,
      'Content-Type': `${HTML}; charset=utf-8`,
      'Content-Security-Policy': directives.join('; '),
      'Referrer-Policy': 'no-referrer',
    },
  })
}

/** A script or style that stands in the page, as a policy lets it pass. */
export async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return `'sha256-${new Uint8Array(digest).toBase64()}'`
}

export const markdownAnswer = (text: string): Response =>
  new Response(text, { headers: { ...VARIES, 'Content-Type': `${MARKDOWN}; charset=utf-8` } })

/** What is large and seldom new: who has it is told no more. */
export async function keptAnswer(request: Request, text: string, type: string): Promise<Response> {
  const tag = `"${await digestOf(text)}"`
  const headers = { ETag: tag, 'Cache-Control': 'no-cache' }
  if (isKnown(request.headers, tag)) return new Response(null, { status: 304, headers })
  return new Response(text, { headers: { ...headers, 'Content-Type': type } })
}

/** Text with inline code between backticks. */
export const inline = (text: string): Markup[] =>
  text.split('`').map((part, index) => (index % 2 === 0 ? html`${part}` : html`<code>${part}</code>`))
