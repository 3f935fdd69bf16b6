import { lenses, textFormats } from '../../domain/kind.ts'
import * as field from '../../http/field.ts'
import * as z from '../../http/zod.ts'
import type { EntryFormat } from '../../storage/entries.ts'
import { projectAsked } from '../places/address.ts'
import type { AssetShape } from './asset-resource.sql.ts'

/** A kind of assets as the wire spells it. */
export interface WireKind {
  /** What one of it, and many, are called in the names of operations and schemas. */
  readonly one: string
  readonly many: string
  readonly shape: AssetShape
  /** What the older byte service's routes of this kind begin with. */
  readonly prefix: string
  /** How the entries of such a file are told apart, by the format that a client names; absent for what has none. */
  readonly entries?: (format: string) => EntryFormat | null
  /** The kind's own fields, as a body gives them and as an answer shows them. */
  readonly given: z.ZodRawShape
  readonly shown: z.ZodRawShape
  /** The same, as a change gives them: null clears. */
  readonly changes: z.ZodRawShape
  readonly ownExample: Readonly<Record<string, unknown>>
  readonly exampleName: string
  /** The media type of such a file. */
  readonly exampleType: string
  /** As a sentence calls one. */
  readonly article: string
}

const fps = z.number().positive()
const lens = z.enum(lenses)
const positive = z.int().positive()
const textFormat = z.enum(textFormats)

export const wireKinds: readonly WireKind[] = [
  {
    one: 'Video',
    many: 'Videos',
    shape: { kind: 'video', storageName: 'bssVideoId', own: ['fps', 'lens'] },
    prefix: 'videos',
    given: {
      fps: fps.optional().meta({ default: 30, description: 'Frames per second' }),
      lens: lens.optional().meta({ default: 'pinhole' }),
    },
    shown: { fps, lens },
    ownExample: { fps: 30, lens: 'pinhole' },
    changes: { fps: fps.optional(), lens: lens.optional() },
    exampleType: 'video/mp4',
    article: 'a video',
    exampleName: '/camera/front/run01.mp4',
  },
  {
    one: 'Audio',
    many: 'Audios',
    shape: { kind: 'audio', storageName: 'bssAudioId', own: ['sampleRate', 'channels'] },
    prefix: 'audio',
    given: { sampleRate: positive.optional().meta({ description: 'Hz' }), channels: positive.optional() },
    shown: { sampleRate: positive.nullable(), channels: positive.nullable() },
    ownExample: { sampleRate: 16_000, channels: 1 },
    changes: { sampleRate: positive.nullable().optional(), channels: positive.nullable().optional() },
    exampleType: 'audio/wav',
    article: 'an audio',
    exampleName: '/microphone/front/mic.wav',
  },
  {
    one: 'LabelTrack',
    many: 'LabelTracks',
    shape: { kind: 'label-track', storageName: 'bssLabelId', own: [] },
    prefix: 'labels',
    entries: () => 'jsonl',
    given: {},
    shown: {},
    ownExample: {},
    changes: {},
    exampleType: 'application/x-ndjson',
    article: 'a label track',
    exampleName: '/labels/yolo/detections.jsonl',
  },
  {
    one: 'TextTrack',
    many: 'TextTracks',
    shape: { kind: 'text-track', storageName: 'bssTextTrackId', own: ['format', 'language'] },
    prefix: 'text-tracks',
    entries: (format) => textFormats.find((each) => each === format) ?? null,
    given: {
      format: textFormat.optional(),
      language: field.word.optional().meta({ description: 'A language code' }),
    },
    shown: { format: textFormat.nullable(), language: z.string().nullable() },
    ownExample: { format: 'vtt', language: 'en' },
    changes: { format: textFormat.nullable().optional(), language: field.word.nullable().optional() },
    exampleType: 'text/vtt',
    article: 'a text track',
    exampleName: '/subtitles/en/captions.vtt',
  },
  {
    one: 'Image',
    many: 'Images',
    shape: { kind: 'image', storageName: 'bssImageId', own: [] },
    prefix: 'image',
    given: {},
    shown: {},
    ownExample: {},
    changes: {},
    exampleType: 'image/png',
    article: 'an image',
    exampleName: '/camera/front/still.png',
  },
  {
    one: 'File',
    many: 'Files',
    shape: { kind: 'file', storageName: 'bssFileId', own: ['format'] },
    prefix: 'files',
    given: {
      format: field.format
        .optional()
        .meta({ description: "Without one, the extension of the new file's name, in lower case" }),
    },
    shown: { format: z.string().nullable() },
    ownExample: { format: 'mcap' },
    changes: { format: field.format.nullable().optional() },
    exampleType: 'application/x-mcap',
    article: 'a file',
    exampleName: '/logs/run01.mcap',
  },
]

const StoredObject = z
  .object({
    id: field.id,
    size: z.int().meta({ description: 'Bytes' }),
    contentType: z.string().nullable(),
    sha256: z.string().nullable().meta({ description: 'Null unless the bucket has verified it.' }),
  })
  .meta({ id: 'StoredObject' })

/** What an answer shows of an asset of this kind. */
export function shownBy({ one, shape, shown, ownExample, exampleName }: WireKind) {
  const schema = z
    .object({
      id: field.id,
      projectId: field.id,
      episodeId: field.id.nullable(),
      nodeId: field.id.nullable(),
      name: z.string().nullable(),
      [shape.storageName]: z.string().nullable(),
      object: StoredObject.nullable().meta({
        description: 'What the storage id refers to; null where that is nothing.',
      }),
      ...shown,
      tags: z.array(z.string()),
      metadata: field.metadataShown,
      createdAt: field.time,
      updatedAt: field.time,
    })
    .meta({ id: one })
  const example = {
    id: '019d8a3c5e00a1b2c3d4e5f6',
    projectId: '019d8a3c5e00a1b2c3d4e5f7',
    episodeId: '019d8a3c5e00a1b2c3d4e5f8',
    nodeId: '019d8a3c5e00a1b2c3d4e5f9',
    name: exampleName,
    [shape.storageName]: '019d8a3c5e00a1b2c3d4e5fa',
    object: { id: '019d8a3c5e00a1b2c3d4e5fa', size: 180_833, contentType: null, sha256: null },
    ...ownExample,
    tags: [],
    metadata: null,
    createdAt: '2026-04-14T09:30:00.000Z',
    updatedAt: '2026-04-14T09:30:00.000Z',
  }
  return { schema, example }
}

/** How a query says where to look. */
export const assetPlace = {
  ...projectAsked,
  episodeId: field.lookup.optional().meta({ description: 'Only the assets of this episode' }),
  episode: field.lookup.optional().meta({ description: 'The same, by the name of the episode' }),
}
