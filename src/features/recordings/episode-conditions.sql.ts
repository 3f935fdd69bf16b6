import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { episodeStats, episodes } from '../../../drizzle/schema.ts'
import { Argument } from '../../db/sql.ts'
import type { AssetKind } from '../../domain/kind.ts'
import { rangeOfPrefix } from '../../domain/path.ts'
import type {
  Comparison,
  Condition,
  MetaTest,
  SpanField,
  Test,
  TextField,
  TextTest,
} from '../../domain/query-conditions.ts'
import { MOST_TAGS } from '../../domain/text.ts'

type Value = string | number | null | readonly string[]

/** A condition as SQL over `episodes`. Conditions that differ in their values alone have the same text. */
export interface Asking {
  readonly where: SQL
  /** The arguments that the text reads, by their names. */
  readonly values: Readonly<Record<string, Value>>
  /** What two conditions of the same text have in common. */
  readonly shape: string
  /** Rows of other tables that a row is judged by, at most. */
  readonly probes: number
  /** Tests that read the metadata. */
  readonly metadata: number
  /** Texts that are looked for within another one. */
  readonly scans: number
  /** Members of lists in the metadata, each of which is a row that is read. */
  readonly members: SQL
}

const columns = {
  name: episodes.name,
  id: episodes.id,
  status: episodes.status,
  description: episodes.description,
  folder: episodes.folderPath,
  created: episodes.createdAt,
  updated: episodes.updatedAt,
  started: episodes.startedAt,
  ended: episodes.endedAt,
} as const

const duration = sql`ifnull(${episodes.durationMs}, ${episodes.endedAt} - ${episodes.startedAt})`
const end = sql`ifnull(${episodes.endedAt}, ${episodes.startedAt} + ${episodes.durationMs})`

const counters: Readonly<Record<AssetKind, SQLWrapper>> = {
  video: episodeStats.videos,
  audio: episodeStats.audios,
  'label-track': episodeStats.labelTracks,
  'text-track': episodeStats.textTracks,
  image: episodeStats.images,
  file: episodeStats.files,
}

const signs: Readonly<Record<Comparison, SQL>> = {
  '>': sql`>`,
  '>=': sql`>=`,
  '<': sql`<`,
  '<=': sql`<=`,
}

export function compile(condition: Condition): Asking {
  const compiler = new Compiler()
  const where = compiler.all(condition)
  const { values, probes, metadata, scans, members } = compiler
  return { where, values, probes, metadata, scans, members, shape: compiler.shape(condition) }
}

/** SQLite's own path to a key, whatever is in it. */
const pathTo = (keys: readonly string[]): string =>
  `$${keys.map((key) => `.${JSON.stringify(key)}`).join('')}`

class Compiler {
  readonly values: Record<string, Value> = {}
  probes = 0
  metadata = 0
  scans = 0
  readonly #lists: SQL[] = []

  get members(): SQL {
    return sql`(0 ${sql.join(this.#lists, sql.raw(' '))})`
  }

  /** Whatever a client says goes into an argument, and never into the text. */
  #argument(value: Value): Argument {
    const name = `q${Object.keys(this.values).length}`
    this.values[name] = value
    return new Argument(name)
  }

  all(condition: Condition): SQL {
    switch (condition.kind) {
      case 'and':
      case 'or':
        return this.#joined(condition.kind, condition.parts)
      case 'not':
        return sql`not ${this.all(condition.part)}`
      default:
        return sql`ifnull(${this.#test(condition)}, 0)`
    }
  }

  /** By halves, for a text may be so deep and no deeper. */
  #joined(kind: 'and' | 'or', parts: readonly Condition[]): SQL {
    const [first, ...others] = parts
    if (first === undefined) return sql.raw(kind === 'and' ? 'true' : 'false')
    if (others.length === 0) return this.all(first)
    const half = Math.ceil(parts.length / 2)
    return sql`(${this.#joined(kind, parts.slice(0, half))} ${sql.raw(kind)}
      ${this.#joined(kind, parts.slice(half))})`
  }

  /** Without its values, which travel by themselves. */
  shape(condition: Condition): string {
    const isValue = (key: string) =>
      [
        'text',
        'texts',
        'from',
        'to',
        'number',
        'numbers',
        'truths',
        'path',
        'folded',
        'foldedAscii',
      ].includes(key)
    return JSON.stringify(condition, (key, value) => {
      // How the tags are asked depends on what they are.
      if (value?.field === 'tag' && value.test) return { ...value, parts: partsOf(value.test)?.length }
      if (key === 'words') return value.length
      return isValue(key) ? '' : value
    })
  }

  #test(test: Test): SQL {
    switch (test.kind) {
      case 'text':
        return test.field === 'tag' ? this.#tag(test.test) : this.#compared(test.test)(columns[test.field])
      case 'words':
        this.scans += 2 * test.words.length
        return sql`(${sql.join(
          test.words.map((word) => this.#beginsWord(word)),
          sql` and `,
        )})`
      case 'phrase': {
        this.scans += 2
        const [folded, foldedAscii] = [this.#argument(test.folded), this.#argument(test.foldedAscii)]
        return sql`(instr(${episodes.folded}, ${folded}) > 0
          or ifnull(instr(lower(${episodes.description}), ${foldedAscii}) > 0, 0))`
      }
      case 'beginning':
        return this.#compared({ is: 'begins', text: test.folded })(episodes.folded)
      case 'span':
        return this.#within(columnOf(test.field), test.from, test.to)
      case 'there':
        return test.field === 'tag'
          ? sql`${episodes.tags} <> '[]'`
          : sql`(${columnOf(test.field)} is not null)`
      case 'during': {
        const [from, to] = [this.#argument(test.from), this.#argument(test.to)]
        return sql`(${episodes.startedAt} is not null and ${end} is not null
          and (${from} is null or ${end} >= ${from}) and (${to} is null or ${episodes.startedAt} < ${to}))`
      }
      case 'during there':
        return sql`(${episodes.startedAt} is not null and ${end} is not null)`
      case 'protected':
        return sql`${episodes.writeProtected} = ${sql.raw(test.is ? '1' : '0')}`
      case 'has':
        this.probes++
        return sql`(select ${counters[test.asset]} > 0 from ${episodeStats}
          where ${episodeStats.episodeId} = ${episodes.id})`
      case 'meta':
        return this.#meta(test.path, test.test)
    }
  }

  /** To fold a name is less work than to part its words. */
  #beginsWord(word: string): SQL {
    const [anywhere, atBeginning] = [this.#argument(word), this.#argument(` ${word}`)]
    return sql`(instr(${episodes.folded}, ${anywhere}) > 0 and instr(${episodes.words}, ${atBeginning}) > 0)`
  }

  #within(value: SQLWrapper, from: number | null, to: number | null): SQL {
    const [first, last] = [this.#argument(from), this.#argument(to)]
    return sql`(${value} is not null and (${first} is null or ${value} >= ${first})
      and (${last} is null or ${value} < ${last}))`
  }

  #compared(test: TextTest): (value: SQLWrapper) => SQL {
    switch (test.is) {
      case 'in': {
        const texts = this.#argument(test.texts)
        return (value) => sql`${value} in (select value from ${texts.each})`
      }
      case 'begins': {
        const { from, to } = rangeOfPrefix(test.text)
        const [first, behind] = [this.#argument(from), this.#argument(to)]
        return (value) => sql`(${value} >= ${first} and (${behind} is null or ${value} < ${behind}))`
      }
      case 'between': {
        const [from, to] = [this.#argument(test.from), this.#argument(test.to)]
        return (value) => sql`(${value} is not null and (${from} is null or ${value} >= ${from})
          and (${to} is null or ${value} <= ${to}))`
      }
      case 'compared': {
        const text = this.#argument(test.text)
        return (value) => sql`${value} ${signs[test.compare]} ${text}`
      }
    }
  }

  /**
   * The JSON of tags has each between a comma and quotes, where no tag can have that but one that begins with a comma:
   * only for such a one, and for what JSON cannot tell, each tag is a row that is read.
   */
  #tag(test: TextTest): SQL {
    const parts = partsOf(test)
    if (parts !== null) {
      this.scans += parts.length
      return sql`(${sql.join(
        parts.map((part) => sql`instr(${JOINED_TAGS}, ${this.#argument(part)}) > 0`),
        sql` or `,
      )})`
    }
    this.probes += MOST_TAGS
    return sql`exists (select 1 from json_each(${episodes.tags}) as own
      where ${this.#compared(test)(sql`own.value`)})`
  }

  /** Of a list each scalar is asked; an object is none. */
  #meta(keys: readonly string[], test: MetaTest): SQL {
    this.metadata++
    const path = this.#argument(pathTo(keys))
    const type = sql`json_type(${episodes.metadata}, ${path})`
    if (test.is === 'there')
      return sql`case ${type} when 'null' then 0 when 'object' then ${episodes.metadata} -> ${path} <> '{}'
        when 'array' then json_array_length(${episodes.metadata}, ${path}) > 0 else ${type} is not null end`
    this.#lists.push(sql`+ ifnull(json_array_length(${episodes.metadata}, ${path}), 0)`)
    const judge = this.#scalar(test)
    return sql`case ifnull(${type}, 'object') when 'object' then 0
      when 'array' then exists (select 1 from json_each(${episodes.metadata}, ${path}) as each
        where ${judge(sql`each.type`, sql`each.atom`)})
      else ${judge(type, sql`json_extract(${episodes.metadata}, ${path})`)} end`
  }

  /** How a scalar is judged, by its type in JSON and its value. */
  #scalar(test: Exclude<MetaTest, { readonly is: 'there' }>): (type: SQL, value: SQL) => SQL {
    switch (test.is) {
      case 'scalar in': {
        const [texts, numbers, truths] = [test.texts, test.numbers, test.truths].map((each) =>
          this.#argument(each),
        )
        return (
          type,
          value,
        ) => sql`case ${type} when 'text' then ${value} in (select value from ${texts?.each})
          when 'true' then 'true' in (select value from ${truths?.each})
          when 'false' then 'false' in (select value from ${truths?.each})
          when 'null' then 0 else ${value} in (select cast(value as numeric) from ${numbers?.each}) end`
      }
      case 'number compared': {
        const number = this.#number(test.number)
        return (type, value) =>
          sql`((${type} = 'integer' or ${type} = 'real') and ${value} ${signs[test.compare]} ${number})`
      }
      case 'number between': {
        const [from, to] = [this.#number(test.from), this.#number(test.to)]
        return (
          type,
          value,
        ) => sql`((${type} = 'integer' or ${type} = 'real') and (${from} is null or ${value} >= ${from})
          and (${to} is null or ${value} <= ${to}))`
      }
      default: {
        const compared = this.#compared(test)
        return (type, value) => sql`(${type} = 'text' and ${compared(value)})`
      }
    }
  }

  /** A whole number is compared as such, beyond what a double can tell apart. */
  #number(text: string | null): SQL {
    return sql`cast(${this.#argument(text)} as numeric)`
  }
}

/** A text that is looked for in so many ways, each row is asked for its tags one by one. */
const MOST_PARTS = 8

/** What the JSON of tags between commas has somewhere, where one of them fits; null where that cannot be told. */
function partsOf(test: TextTest): readonly string[] | null {
  if (test.is === 'begins')
    return test.text.startsWith(',') ? null : [`,${JSON.stringify(test.text).slice(0, -1)}`]
  const canTell = test.is === 'in' && test.texts.length <= MOST_PARTS
  return canTell && !test.texts.some((text) => text.startsWith(',')) ? test.texts.map(tagBetweenCommas) : null
}

const tagBetweenCommas = (tag: string): string => `,${JSON.stringify(tag)},`

/** The JSON of the tags, each of them between commas. */
const JOINED_TAGS = sql`(',' || substr(${episodes.tags}, 2, length(${episodes.tags}) - 2) || ',')`

const columnOf = (field: Exclude<TextField, 'tag'> | SpanField): SQLWrapper =>
  field === 'duration' ? duration : columns[field]
