import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { connect, fileStore } from '../../client/src/node/index.ts'
import { all, hasty, newUser, world } from './world.ts'

const { own, proxy: proxied } = world()

/** A user, and a client of the user's over a proxy. */
async function newLake(settings: Partial<Parameters<typeof connect>[0]> = {}) {
  const { token, place } = await newUser()
  const { proxy, url } = await proxied()
  const lake = connect({ url, token, retries: hasty, ...settings })
  const pending = () => all(lake.pages('/uploads', { params: { query: place } }))
  await lake.GET('/auth/me')
  return { lake, proxy, place, pending }
}

/** A file, or what else has a path of its own. */
const newPath = (): string => join(own.folder, crypto.randomUUID())

function smallFile(): string {
  const file = newPath()
  writeFileSync(file, randomBytes(1_000))
  return file
}

describe('a store of uploads that were begun', () => {
  it.each(['', '{', 'null', '{"id":5}', '{"id":"no upload"}'])(
    'that holds %j costs bytes alone',
    async (text) => {
      const folder = newPath()
      const { lake, proxy, place } = await newLake({ store: fileStore(folder) })
      const file = smallFile()
      proxy.fault = ({ method }) => (method === 'PUT' ? 'unsent' : undefined)
      await expect(lake.upload(file, { ...place, path: '/a.bin' })).rejects.toMatchObject({ code: 'network' })
      proxy.fault = () => undefined
      const [kept, ...others] = readdirSync(folder)
      expect([kept, others]).toEqual([expect.stringMatching(/^\w{64}\.json$/), []])
      writeFileSync(join(folder, kept ?? ''), text)
      expect(await lake.upload(file, { ...place, path: '/a.bin' })).toMatchObject({ name: '/a.bin' })
      expect(readdirSync(folder)).toEqual([])
    },
  )

  it('that cannot be written to costs bytes alone', async () => {
    const folder = newPath()
    writeFileSync(folder, '')
    const { lake, place } = await newLake({ store: fileStore(join(folder, 'uploads')) })
    expect(await lake.upload(smallFile(), { ...place, path: '/a.bin' })).toMatchObject({ name: '/a.bin' })
  })

  it('that two uploads of a file use at once holds one of them', async () => {
    const folder = newPath()
    mkdirSync(folder)
    const store = fileStore(folder)
    await Promise.all(['one', 'other', 'third'].map((id) => store.set('key', { id })))
    expect(readdirSync(folder)).toHaveLength(1)
    expect(['one', 'other', 'third']).toContain((await store.get('key'))?.id)
  })
})
