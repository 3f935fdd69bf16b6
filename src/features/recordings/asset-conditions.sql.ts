import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { assets, episodes, objects } from '../../../drizzle/schema.ts'
import { bytesOf, fragment, joined } from '../../db/sql.ts'
import { SEPARATORS, spellingsOf } from '../../domain/fold.ts'
import type { Condition, Test } from '../../domain/query-conditions.ts'
import { type Asking, isSpeltOtherwise, spellingsIn } from './condition-shape.sql.ts'
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

/** The path in which ASCII is folded. */
const folded = sql`lower(${assets.name})`

/** The same with a blank for each separator, and so before each word. */
const words = fragment(
  'assets.words',
  SEPARATORS.reduce(
    (text, separator) => sql`replace(${text}, ${sql.raw(`'${separator.replace("'", "''")}'`)}, ' ')`,
    folded,
  ),
)

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
      case 'words': {
        const spelt = isSpeltOtherwise(test) ? test.spelt : []
        const each = test.words.map((word) => joined('or', spellingsOf(word).map(beginsWord(compiler))))
        const asSpelt = spelt.map(beginsWord(compiler))
        return joined('or', [joined('and', each), ...(asSpelt.length > 0 ? [joined('and', asSpelt)] : [])])
      }
      case 'phrase': {
        const spellings = spellingsIn(test)
        compiler.scans += spellings.length
        return joined(
          'or',
          spellings.map((each) => sql`instr(${folded}, ${compiler.argument(each)}) > 0`),
        )
      }
      case 'beginning':
        return joined(
          'or',
          spellingsIn(test).map((each) => compiler.begins(each)(folded)),
        )
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
    const anywhere = compiler.once('worded', words)
    compiler.scans++
    return sql`instr(${anywhere}, ${compiler.argument(` ${word}`)}) > 0`
  }

/** A condition as SQL over `assets`, with what it has to be joined to. */
export const compileOfAssets = (condition: Condition): Asking => compileFor(assetSubject, condition)
