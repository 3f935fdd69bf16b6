import { type SQL, sql } from 'drizzle-orm'
import { assets, episodes, objects } from '../../../drizzle/schema.ts'
import { iso, json, object } from '../../db/json.ts'
import { fragment } from '../../db/sql.ts'
import { type AssetKind, assetKinds } from '../../domain/kind.ts'
import { contentTypeOfAsset } from './media-type.sql.ts'

/** The fields of an asset that only some kinds have. */
export interface OwnFields {
  /** Frames per second. */
  readonly fps?: number | null
  readonly lens?: string | null
  /** Hz. */
  readonly sampleRate?: number | null
  readonly channels?: number | null
  readonly format?: string | null
  /** A language code. */
  readonly language?: string | null
}

/** The names of those fields. */
export const own = ['fps', 'lens', 'sampleRate', 'channels', 'format', 'language'] as const

/** How a kind of assets looks on the wire. */
export interface AssetShape {
  readonly kind: AssetKind
  /** The wire's name of the storage id. */
  readonly storageName: string
  /** The fields that this kind has, and the others lack. */
  readonly own: readonly (keyof OwnFields)[]
}

/** All kinds of assets, as a list in SQL. */
export const kinds = sql.raw(assetKinds.map((kind) => `'${kind}'`).join(', '))

/** The id of the asset's episode, null for an asset outside episodes. */
const episodeId = sql`nullif(${assets.containerId}, ${assets.projectId})`

/** What the storage id refers to; null where that is nothing, so that a wrong id is seen at once. */
const referredTo = sql`json((select ${object({
  id: objects.id,
  size: objects.size,
  contentType: contentTypeOfAsset,
  sha256: objects.sha256,
})} from ${objects} where ${objects.id} = ${assets.objectId} and ${objects.state} = 'complete'))`

const fieldsOf = ({ storageName, own }: AssetShape) => ({
  id: assets.id,
  projectId: assets.projectId,
  episodeId,
  nodeId: assets.nodeId,
  name: assets.name,
  [storageName]: assets.storageId,
  object: referredTo,
  ...Object.fromEntries(own.map((field) => [field, assets[field]])),
  tags: json(assets.tags),
  metadata: json(assets.metadata),
  createdAt: iso(assets.createdAt),
  updatedAt: iso(assets.updatedAt),
})

export const assetJson = (shape: AssetShape): SQL =>
  fragment(`assetJson.${shape.kind}`, object(fieldsOf(shape)))

/** An asset of any kind, which it tells, and whatever else. */
const jsonBy = (shapes: readonly AssetShape[], more: Readonly<Record<string, SQL>>): SQL =>
  sql`case ${assets.kind} ${sql.join(
    shapes.map(
      (shape) =>
        sql`when ${sql.raw(`'${shape.kind}'`)} then ${object({ kind: assets.kind, ...more, ...fieldsOf(shape) })}`,
    ),
    sql.raw(' '),
  )} end`

export const anyAssetJson = (shapes: readonly AssetShape[]): SQL => fragment('assetJson', jsonBy(shapes, {}))

/** The same with the episode around. */
export const foundAssetJson = (shapes: readonly AssetShape[]): SQL =>
  fragment(
    'assetJson.found',
    jsonBy(shapes, {
      episode: sql`json((select ${object({ id: sql`inside.id`, name: sql`inside.name` })}
        from ${episodes} as inside where inside.id = ${assets.containerId}))`,
    }),
  )
