import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { assets, episodes, objects } from '../../../drizzle/schema.ts'
import { bytesOf, joined } from '../../db/sql.ts'
import type { Condition, Test } from '../../domain/query-conditions.ts'
import type { Asking } from './condition-shape.sql.ts'
import { type Compiler, compileFor, type Subject } from './conditions.sql.ts'
import { episodeSubject } from './episode-conditions.sql.ts'
import { contentTypeOfAsset } from './media-type.sql.ts'

const columns: Readonly<Record<string, SQLWrapper>> = {
  name: assets.name,
  id: assets.id,
  kind: assets.kind,
  format: assets.format,
  language: assets.language,
  lens: assets.lens,
  fps: assets.fps,
  created: assets.createdAt,
}

/** The path up to its last slash. */
const folder = sql`rtrim(${assets.name}, replace(${assets.name}, '/', ''))`

/** The type that an answer shows. */
const type = sql`iif(${objects.id} is null, null, ${contentTypeOfAsset})`

/** To find the last part of a path, each of its characters is looked for among all of them. */
const LAST_PART = sql`${bytesOf(assets.name)} * ${bytesOf(assets.name)} / 800`

function withEpisode(compiler: Compiler): void {
  compiler.join('episodes', sql`left join ${episodes} on ${episodes.id} = ${assets.containerId}`, 2)
}

function withObject(compiler: Compiler): void {
  compiler.join(
    'objects',
    sql`left join ${objects} on ${objects.id} = ${assets.objectId} and ${objects.state} = 'complete'`,
    2,
  )
}

function columnOf(field: string, compiler: Compiler): SQLWrapper {
  switch (field) {
    case 'folder':
      return compiler.once('foldered', folder, LAST_PART)
    case 'type':
      withObject(compiler)
      return compiler.once('typed', type, LAST_PART)
    case 'size':
      withObject(compiler)
      return objects.size
    case 'episode':
      withEpisode(compiler)
      return episodes.name
    default: {
      const column = columns[field]
      if (!column) throw new Error(`An asset has no field ${field}.`)
      return column
    }
  }
}

/** What hangs in no tree is in an episode, if in anything. */
const node = sql`ifnull(${assets.nodeId}, (select inside.node_id from ${episodes} as inside
  where inside.id = ${assets.containerId}))`

/** Of `assets`. */
const assetSubject: Subject = {
  columnOf,
  tags: assets.tags,
  metadata: assets.metadata,
  held: { id: assets.id, node, projectId: assets.projectId },
  judge: (test, compiler) => {
    switch (test.kind) {
      case 'words':
        return joined('and', test.words.map(beginsWord(compiler)))
      case 'phrase':
        compiler.scans++
        return sql`instr(${assets.folded}, ${compiler.argument(test.folded)}) > 0`
      case 'beginning':
        return compiler.begins(test.folded)(assets.folded)
      case 'episode':
        withEpisode(compiler)
        if (readsText(test.test))
          for (const text of [episodes.description, episodes.tags]) compiler.reads(text)
        return compiler.test(test.test, episodeSubject)
      default:
        throw new Error(`An asset is not asked for ${test.kind}.`)
    }
  },
}

/** Whether a test of an episode reads what may be long in it, but for the metadata. */
const readsText = (test: Test): boolean =>
  test.kind === 'phrase' || ('field' in test && (test.field === 'description' || test.field === 'tag'))

const beginsWord =
  (compiler: Compiler) =>
  (word: string): SQL => {
    const anywhere = compiler.once('worded', sql`${assets.words}`)
    compiler.scans++
    return sql`instr(${anywhere}, ${compiler.argument(` ${word}`)}) > 0`
  }

/** A condition as SQL over `assets`, with what it has to be joined to. */
export const compileOfAssets = (condition: Condition): Asking => compileFor(assetSubject, condition)
