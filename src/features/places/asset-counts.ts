import * as z from '../../http/zod.ts'

export const count = z.int().min(0)

/** How many assets of each kind there are. */
export const AssetCounts = z
  .object({ videos: count, audio: count, labelTracks: count, textTracks: count, images: count, files: count })
  .meta({ id: 'AssetCounts' })

export const exampleCounts = { videos: 12, audio: 3, labelTracks: 12, textTracks: 1, images: 0, files: 2 }
