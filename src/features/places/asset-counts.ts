import type { AssetKind } from '../../domain/kind.ts'
import * as z from '../../http/zod.ts'

export const count = z.int().min(0)

/** What the count of each kind is called. */
export const countNames = {
  video: 'videos',
  audio: 'audio',
  'label-track': 'labelTracks',
  'text-track': 'textTracks',
  image: 'images',
  file: 'files',
} as const satisfies Record<AssetKind, string>

/** How many assets of each kind there are. */
export const AssetCounts = z
  .object(Object.fromEntries(Object.values(countNames).map((name) => [name, count])))
  .meta({ id: 'AssetCounts' })

export const exampleCounts = { videos: 12, audio: 3, labelTracks: 12, textTracks: 1, images: 0, files: 2 }
