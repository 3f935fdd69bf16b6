import { type SQLWrapper, sql } from 'drizzle-orm'
import { episodeStats, episodes } from '../../../drizzle/schema.ts'
import { joined } from '../../db/sql.ts'
import type { AssetKind } from '../../domain/kind.ts'
import type { Condition } from '../../domain/query-conditions.ts'
import type { Asking } from './condition-shape.sql.ts'
import { type Compiler, compileFor, type Subject } from './conditions.sql.ts'

const duration = sql`ifnull(${episodes.durationMs}, ${episodes.endedAt} - ${episodes.startedAt})`
const end = sql`ifnull(${episodes.endedAt}, ${episodes.startedAt} + ${episodes.durationMs})`

const columns: Readonly<Record<string, SQLWrapper>> = {
  name: episodes.name,
  id: episodes.id,
  status: episodes.status,
  description: episodes.description,
  folder: episodes.folderPath,
  created: episodes.createdAt,
  updated: episodes.updatedAt,
  started: episodes.startedAt,
  ended: episodes.endedAt,
  duration,
}

const counters: Readonly<Record<AssetKind, SQLWrapper>> = {
  video: episodeStats.videos,
  audio: episodeStats.audios,
  'label-track': episodeStats.labelTracks,
  'text-track': episodeStats.textTracks,
  image: episodeStats.images,
  file: episodeStats.files,
}

/** Of `episodes`. */
export const episodeSubject: Subject = {
  columnOf: (field) => {
    const column = columns[field]
    if (!column) throw new Error(`An episode has no field ${field}.`)
    return column
  },
  tags: episodes.tags,
  metadata: episodes.metadata,
  held: { id: episodes.id, node: episodes.nodeId, projectId: episodes.projectId },
  judge: (test, compiler) => {
    switch (test.kind) {
      case 'words':
        compiler.scans += 2 * test.words.length
        return joined(
          'and',
          test.words.map((word) => beginsWord(word, compiler)),
        )
      case 'phrase': {
        compiler.scans += 2
        const [folded, foldedAscii] = [compiler.argument(test.folded), compiler.argument(test.foldedAscii)]
        return sql`(instr(${episodes.folded}, ${folded}) > 0
          or ifnull(instr(lower(${episodes.description}), ${foldedAscii}) > 0, 0))`
      }
      case 'beginning':
        return compiler.begins(test.folded)(episodes.folded)
      case 'during': {
        const [from, to] = [compiler.argument(test.from), compiler.argument(test.to)]
        return sql`(${episodes.startedAt} is not null and ${end} is not null
          and (${from} is null or ${end} >= ${from}) and (${to} is null or ${episodes.startedAt} < ${to}))`
      }
      case 'during there':
        return sql`(${episodes.startedAt} is not null and ${end} is not null)`
      case 'protected':
        return sql`${episodes.writeProtected} = ${sql.raw(test.is ? '1' : '0')}`
      case 'has':
        compiler.probes++
        return sql`(select ${counters[test.asset]} > 0 from ${episodeStats}
          where ${episodeStats.episodeId} = ${episodes.id})`
      case 'episode':
        throw new Error('An episode is in no other one.')
    }
  },
}

/** To fold a name is less work than to part its words. */
function beginsWord(word: string, compiler: Compiler) {
  const [anywhere, atBeginning] = [compiler.argument(word), compiler.argument(` ${word}`)]
  return sql`(instr(${episodes.folded}, ${anywhere}) > 0 and instr(${episodes.words}, ${atBeginning}) > 0)`
}

/** A condition as SQL over `episodes`. */
export const compile = (condition: Condition): Asking => compileFor(episodeSubject, condition)
