import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { all, bytesOf, type Lake, type Who } from './world.ts'

/** Random operations, held to a plain model of what should be there. */

class Model {
  /** Assets without a name, which nothing but their key tells apart. */
  readonly notes = new Map<number, string>()
  readonly episodes = new Map<string, Record<string, number>>()
  readonly files = new Map<string, Uint8Array>()
  readonly members: string[] = []
}

const oneOf = <T>(values: readonly T[]): T | undefined => values[Math.floor(Math.random() * values.length)]

type Operation = (lake: Lake, who: Who, model: Model, n: number) => Promise<void>

const collection = (who: Who) => ({ params: { path: { ...who.path, name: 'all' } } })

const operations: readonly Operation[] = [
  async function note(lake, { place }, model, n) {
    const { data } = await lake.POST('/assets/file', { body: { ...place, metadata: { n } } })
    model.notes.set(n, data.id)
  },
  async function remove(lake, _who, model) {
    const [n, id] = oneOf([...model.notes]) ?? []
    if (n === undefined || id === undefined) return
    model.notes.delete(n)
    await lake.DELETE('/assets/file/{id}', { params: { path: { id } } })
  },
  async function begin(lake, { path }, model, n) {
    const name = `run ${n}`
    await lake.POST('/namespaces/{slug}/projects/{projectSlug}/episodes', {
      ...{ params: { path }, body: { name, metadata: { first: n } } },
    })
    model.episodes.set(name, { first: n })
  },
  async function change(lake, { path }, model, n) {
    const [name, metadata] = oneOf([...model.episodes]) ?? []
    if (name === undefined) return
    Object.assign(metadata ?? {}, { [`key ${n}`]: n })
    await lake.MERGE('/namespaces/{slug}/projects/{projectSlug}/episodes/{episodeName}', {
      ...{ params: { path: { ...path, episodeName: name } }, body: { metadata: { [`key ${n}`]: n } } },
    })
  },
  async function upload(lake, { place }, model, n) {
    const bytes = new Uint8Array(randomBytes(20_000))
    const path = `/files/${n}.bin`
    const asset = await lake.upload(bytes, { ...place, path })
    model.files.set(asset.id, bytes)
  },
  async function fetchBack(lake, _who, model) {
    const [id, bytes] = oneOf([...model.files]) ?? []
    if (id === undefined) return
    expect(await bytesOf(lake.download(id))).toEqual(bytes)
  },
  async function add(lake, who, model, n) {
    const { data } = await lake.POST('/namespaces/{slug}/projects/{projectSlug}/collections/{name}/members', {
      ...collection(who),
      body: { add: [`member ${n}`] },
    })
    expect(data).toMatchObject({ added: 1 })
    model.members.push(`member ${n}`)
  },
  async function look(lake, { place }, model) {
    const before = [...model.files.keys()]
    const found = await all(lake.pages('/assets/file', { params: { query: { ...place, limit: 50 } } }))
    expect(found.map(({ id }) => id)).toEqual(expect.arrayContaining(before))
  },
]

/** Does so many, some at once; answers what should be there. */
export async function operate(lake: Lake, who: Who, count: number, atOnce: number): Promise<Model> {
  const model = new Model()
  let next = 0
  const work = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) await oneOf(operations)?.(lake, who, model, n)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return model
}

/** Holds what is there to what should be: nothing twice, nothing lost. */
export async function compare(lake: Lake, who: Who, model: Model): Promise<void> {
  const query = { ...who.place, limit: 1_000 }
  const files = await all(lake.pages('/assets/file', { params: { query } }))
  const notes = files.filter(({ name }) => name === null).map(({ metadata, id }) => [metadata?.n, id])
  expect(notes.toSorted()).toEqual([...model.notes].toSorted())
  const named = files.filter(({ name }) => name !== null).map(({ id }) => id)
  expect(named.toSorted()).toEqual([...model.files.keys()].toSorted())
  for (const [id, bytes] of model.files) expect(await bytesOf(lake.download(id))).toEqual(bytes)
  const episodes = await all(lake.find('', who.place))
  expect(new Map(episodes.map(({ name, metadata }) => [name, metadata]))).toEqual(model.episodes)
  const members = await all(
    lake.pages('/namespaces/{slug}/projects/{projectSlug}/collections/{name}/members', collection(who)),
  )
  expect(members.map(({ id }) => id).toSorted()).toEqual(model.members.toSorted())
  // Of an announcement that was sent twice there is one upload, and it is complete.
  expect(await all(lake.pages('/uploads', { params: { query: who.place } }))).toEqual([])
}
