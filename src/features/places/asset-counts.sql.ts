import type { SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { object } from '../../db/json.ts'

type Counters = Readonly<
  Record<'videos' | 'audios' | 'labelTracks' | 'textTracks' | 'images' | 'files', SQLiteColumn>
>

/** How many assets of each kind there are, by the counters of a namespace, a project or an episode. */
export const assetCounts = (counters: Counters): SQL =>
  object({
    videos: counters.videos,
    audio: counters.audios,
    labelTracks: counters.labelTracks,
    textTracks: counters.textTracks,
    images: counters.images,
    files: counters.files,
  })
