import { describe, expect, it } from 'vitest'
import { endpoints } from '../../src/endpoints.ts'
import { ask } from '../support/world.ts'

const METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE']

/** Every path with something in place of its parameters; some are matched by the path of another route too. */
const paths = [...new Set(endpoints.map(({ route }) => route.path.replaceAll(/\{\w+\}/g, 'x')))].filter(
  (path) => !path.startsWith('/objects/'),
)

describe('Allow names the methods that are answered, and no other', () => {
  it.each(paths)('at %s', async (path) => {
    const answered: string[] = []
    for (const method of METHODS) {
      const answer = await ask(method, path)
      if (answer.status === 405) expect(answer.body.code).toBe('method_not_allowed')
      else answered.push(method)
    }
    const allowed = [...answered, ...(answered.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort()
    const told = async (method: string) => (await ask(method, path)).headers.get('Allow')?.split(', ').sort()
    expect(await told('OPTIONS')).toEqual(allowed)
    expect((await ask('OPTIONS', path)).status).toBe(204)
    for (const method of METHODS.filter((each) => !answered.includes(each)))
      expect(await told(method), method).toEqual(allowed)
  })

  it('of every route at a path that several match', async () => {
    const { headers } = await ask('PUT', '/assets/video/download')
    expect(headers.get('Allow')?.split(', ').sort()).toEqual(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH'])
  })

  it('of a signed URL too, which is refused to the others like a forged one', async () => {
    const answer = await ask('POST', '/objects/some/key')
    expect([answer.status, answer.headers.get('Allow')?.split(', ').sort()]).toEqual([
      403,
      ['GET', 'HEAD', 'OPTIONS', 'PUT'],
    ])
  })

  it('and a path of no route has none', async () => {
    for (const method of [...METHODS, 'OPTIONS']) {
      const answer = await ask(method, '/assets/video/some/thing')
      expect([answer.status, answer.body.code, answer.headers.get('Allow')]).toEqual([
        404,
        'route_not_found',
        null,
      ])
    }
  })
})
