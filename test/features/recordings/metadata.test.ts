import { describe, expect, it } from 'vitest'
import { expectRefused } from '../../support/expectations.ts'
import { type Answer, Tenant } from '../../support/world.ts'

/** Metadata as it is sent, and as it is shown. */
const NANOSECONDS = '{"at":1713087000123456789,"deep":[{"b":[-1713087000123456789,[9007199254740993]]}]}'

const written: [string, string][] = [
  ['1713087000123456789', '1713087000123456789'],
  ['-1713087000123456789', '-1713087000123456789'],
  ['9007199254740993', '9007199254740993'],
  ['9223372036854775808', '9223372036854775808'],
  ['123456789012345678901234567890', '123456789012345678901234567890'],
  ['1000000000000000000000', '1000000000000000000000'],
  ['9007199254740992', '9007199254740992'],
  ['42', '42'],
  ['-0', '-0'],
  ['0', '0'],
  ['1.0', '1'],
  ['1e3', '1000'],
  ['0.1', '0.1'],
  ['-0.5', '-0.5'],
  ['1713087000.123456789', '1713087000.1234567'],
  ['"1713087000123456789 -0"', '"1713087000123456789 -0"'],
]

/** Sends a body as the text that it is. */
const send = (tenant: Tenant, method: string, path: string, raw: string, asked = {}): Promise<Answer> =>
  tenant.ask(method, path, undefined, { raw, headers: { 'Content-Type': 'application/json' }, ...asked })

const shownIn = ({ text }: Answer): string[] =>
  [...text.matchAll(/"metadata":(\{.*?\}\]\}|\{"n":[^}]*\})/g)].map(([, metadata]) => metadata ?? '')

/** The resources that have metadata: how each is made, changed and listed. */
async function places() {
  const tenant = await Tenant.arrive()
  const project = await tenant.withProject('lab')
  const of = (rest: string) => `{"namespace":"${tenant.slug}","project":"lab",${rest}}`
  const slug = `team-${crypto.randomUUID().slice(0, 8)}`
  const spaces = `/namespaces/${tenant.slug}/spaces`
  return {
    tenant,
    project,
    all: {
      episode: { make: `${project}/episodes`, at: `${project}/episodes/x`, list: `${project}/episodes` },
      dataset: { make: `${project}/datasets`, at: `${project}/datasets/x`, list: `${project}/datasets` },
      project: { make: spaces, at: `/namespaces/${tenant.slug}/projects/x`, list: spaces },
      namespace: {
        make: '/namespaces',
        at: `/namespaces/${slug}`,
        list: '/namespaces',
        named: `"slug":"${slug}"`,
      },
      asset: {
        make: '/assets/video',
        at: null,
        list: `/assets/video?namespace=${tenant.slug}&project=lab`,
        named: of('"name":"/x.mp4"').slice(1, -1),
      },
    },
  }
}

describe('whole numbers in metadata', () => {
  it.each(['episode', 'dataset', 'project', 'namespace', 'asset'] as const)(
    'come back digit for digit from every answer that shows the %s',
    async (kind) => {
      const { tenant, all } = await places()
      const { make, at, list, named = '"name":"x"' } = { named: undefined, ...all[kind] }
      const made = await send(tenant, 'POST', make, `{${named},"metadata":${NANOSECONDS}}`)
      expect([made.status, shownIn(made)]).toEqual([201, [NANOSECONDS]])
      expect(shownIn(await tenant.ask('GET', list))).toEqual([NANOSECONDS])
      if (at === null) return
      const other = NANOSECONDS.replaceAll('789', '787')
      const changed = await send(tenant, 'PATCH', at, `{"metadata":${other}}`)
      expect([changed.status, shownIn(changed)]).toEqual([200, [other]])
      expect(shownIn(await tenant.ask('GET', list))).toEqual([other])
    },
  )

  it('come back so from a page of assets too, and from the trash', async () => {
    const { tenant, project, all } = await places()
    await send(tenant, 'POST', all.asset.make, `{${all.asset.named},"metadata":${NANOSECONDS}}`)
    expect(shownIn(await tenant.ask('GET', `${all.asset.list}&limit=5`))).toEqual([NANOSECONDS])
    await send(tenant, 'POST', `${project}/episodes`, `{"name":"run","metadata":${NANOSECONDS}}`)
    const { body } = await tenant.ask('DELETE', `${project}/episodes/run`)
    const restored = await tenant.ask('POST', `${project}/trash/${body.deletionId}/restore`)
    expect([restored.status, shownIn(restored)]).toEqual([200, [NANOSECONDS]])
  })

  it('count as they are written: rounded ones may be longer', async () => {
    const tenant = await Tenant.arrive()
    const project = await tenant.withProject()
    const numbers = (count: number) => `{"n":[${Array(count).fill('99999999999999999999').join()}]}`
    const most = Math.floor((65_536 - numbers(0).length + 1) / 21)
    for (const [count, status] of [
      [most, 201],
      [most + 1, 400],
    ] as const) {
      const name = `n${count}`
      const made = await send(
        tenant,
        'POST',
        `${project}/datasets`,
        `{"name":"${name}","metadata":${numbers(count)}}`,
      )
      expect(made.status).toBe(status)
      if (status === 201) expect(made.text).toContain(`"metadata":${numbers(count)}`)
    }
  })

  it.each(written)('are as they were written: %s', async (sent, shown) => {
    const tenant = await Tenant.arrive()
    const project = await tenant.withProject()
    const made = await send(tenant, 'POST', `${project}/datasets`, `{"name":"x","metadata":{"n":${sent}}}`)
    expect([made.status, shownIn(made)]).toEqual([201, [`{"n":${shown}}`]])
    expect(shownIn(await tenant.ask('GET', `${project}/datasets/x`))).toEqual([`{"n":${shown}}`])
  })

  it.each([
    ['of an escaped name', '{"name":"x","met\\u0061data":{"n":9007199254740993}}', '9007199254740993'],
    ['given twice', '{"metadata":{"n":1},"name":"x","metadata":{"n":9007199254740993}}', '9007199254740993'],
    ['given twice, first', '{"metadata":{"n":9007199254740993},"name":"x","metadata":{"n":1}}', '1'],
    [
      'after a name like it',
      '{"name":"\\"metadata\\":{","metadata" : { "n" : 9007199254740993 } }',
      '9007199254740993',
    ],
    ['around metadata', '{"name":"x","tags":["a"],"metadata":{"n":-0}}', '-0'],
  ])('are found in a body %s', async (_, raw, shown) => {
    const tenant = await Tenant.arrive()
    const project = await tenant.withProject()
    const made = await send(tenant, 'POST', `${project}/datasets`, raw)
    expect([made.status, shownIn(made)]).toEqual([201, [`{"n":${shown}}`]])
  })

  it('are judged by their digits: two that one double stands for are two requests', async () => {
    const tenant = await Tenant.arrive()
    const path = `${await tenant.withProject()}/episodes`
    const asked = { headers: { 'Content-Type': 'application/json', 'X-Request-Id': 'one' } }
    const first = '{"name":"run","metadata":{"n":9007199254740993}}'
    const other = '{"name":"run","metadata":{"n":9007199254740995}}'
    expect((await send(tenant, 'POST', path, first, asked)).status).toBe(201)
    const again = await send(tenant, 'POST', path, first, asked)
    expect([again.status, again.rowsWritten]).toEqual([201, 0])
    const changed = await send(tenant, 'POST', path, other, asked)
    expect([changed.status, shownIn(changed)]).toEqual([200, ['{"n":9007199254740995}']])
  })

  it.each([
    ['1e400', 'metadata.n'],
    ['-1e400', 'metadata.n'],
    [`1${'0'.repeat(309)}`, 'metadata.n'],
    ['[1, {"gain": [2, 1e400]}]', 'metadata.n.1.gain.1'],
    ['[9007199254740993, 1e999]', 'metadata.n.1'],
  ])('are refused where no double holds them: %s', async (number, path) => {
    const tenant = await Tenant.arrive()
    const project = await tenant.withProject()
    for (const [method, at] of [
      ['POST', `${project}/datasets`],
      ['PATCH', project],
    ] as const) {
      const answer = await send(tenant, method, at, `{"name":"x","metadata":{"n":${number}}}`)
      expectRefused(answer, 400)
      expect(answer.body.errors).toEqual([{ path, message: 'is a number out of range' }])
    }
  })

  it('count as the text that they are, and as no level of their own', async () => {
    const tenant = await Tenant.arrive()
    const path = `${await tenant.withProject()}/datasets`
    const nested = (levels: number) => `${'{"a":'.repeat(levels)}9007199254740993${'}'.repeat(levels)}`
    const many = (count: number) => `{"a":[${Array(count).fill('1000000000000000000000').join(',')}]}`
    for (const [name, metadata, status] of [
      ['flat', nested(499), 201],
      ['deep', nested(500), 400],
      ['deepest', nested(20_000), 400],
      ['light', many(2_848), 201],
      ['heavy', many(2_850), 400],
    ] as const) {
      const answer = await send(tenant, 'POST', path, `{"name":"${name}","metadata":${metadata}}`)
      expect([name, answer.status]).toEqual([name, status])
      if (status === 201) expect(answer.text).toContain(`"metadata":${metadata}`)
      else expect(answer.body.errors).toMatchObject([{ path: 'metadata' }])
    }
  })
})
