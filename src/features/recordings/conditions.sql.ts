import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { Argument, bytesOf, joined } from '../../db/sql.ts'
import type {
  Condition,
  MetaTest,
  NumberField,
  SpanField,
  Test,
  TextField,
  TextTest,
} from '../../domain/query-conditions.ts'
import { MOST_TAGS } from '../../domain/text.ts'
import { Comparisons, digitsIn } from './comparisons.sql.ts'
import { type Asked, type Asking, countPlaces, pathTo, placeOf, shapeOf } from './condition-shape.sql.ts'
import { type Held, type Holding, holding, nameOf } from './holding.sql.ts'
import { joinedTags, partsOf } from './tag-parts.sql.ts'

/** Bytes that weigh as much as a member of a list, which is a row that is read: 10,000 are as much as all metadata that is looked into. */
export const MEMBER = sql.raw('200')

/** Members of lists in the metadata that are looked at, by what is asked of one row. */
const MOST_MEMBERS = 20_000
/** In no fewer bytes there are more: each member takes one, and one to part it from the next. */
const BYTES_OF_MANY = 2 * MOST_MEMBERS

/** Rows that are read to see what holds a thing in no folder and one collection; all else that is looked at weighs so much more. */
const READ_FOR_HOLDERS = 12
const HOLDER_HEAVIER = 4

type Field = Exclude<TextField, 'tag' | 'collection' | 'dataset'> | SpanField | NumberField

/** What the things of a table are, to a query. */
export interface Subject {
  readonly columnOf: (field: Field, compiler: Compiler) => SQLWrapper
  readonly tags: SQLWrapper
  readonly metadata: SQLWrapper
  readonly held: Held
  /** Tests that no other things have, or that mean another thing of others. */
  readonly judge: (test: OwnTest, compiler: Compiler) => SQL
}

type OwnTest = Exclude<Test, { readonly kind: 'text' | 'span' | 'number' | 'there' | 'meta' }>

export function compileFor(subject: Subject, condition: Condition): Asking {
  const compiler = new Compiler(condition, subject)
  const where = compiler.all(condition, subject)
  compiler.joinLengths()
  compiler.joinLists()
  compiler.joinWhatHolds()
  const { values, probes, metadata, scans, members, joins, isLong } = compiler
  return { where, joins, values, probes, metadata, scans, members, isLong, shape: shapeOf(condition) }
}

/** A member of a list, which is a row of `each`. */
const member = { type: sql`each.type`, value: sql`each.atom` }

/** What a query asks of at a place in the metadata. */
interface ListAt {
  readonly place: string
  readonly metadata: SQLWrapper
  readonly path: Argument
  readonly type: SQL
}

export class Compiler {
  readonly values: Record<string, Asked> = {}
  probes = 0
  metadata = 0
  scans = 0
  readonly #joins = new Map<string, SQL>()
  readonly #members: SQL[] = []
  /** How often scalars are asked for at each place. */
  readonly #places: ReadonlyMap<string, number>
  readonly #root: Subject
  readonly #comparisons = new Comparisons((value) => this.argument(value))
  /** How many members the lists at those places have. */
  readonly #lengths = new Map<string, SQL>()
  /** Metadata that is looked into. */
  readonly #metadata = new Set<SQLWrapper>()
  /** Lists of which several things are asked, by their places. */
  readonly #lists = new Map<string, { readonly list: SQL; readonly fits: readonly SQL[] }>()
  /** Of each subject, what is asked of whatever holds it. */
  readonly #held = new Map<Subject, { readonly by: Holding; readonly fits: SQL }[]>()

  constructor(condition: Condition, root: Subject) {
    this.#places = countPlaces(condition)
    this.#root = root
  }

  get joins(): SQL {
    return sql.join([...this.#joins.values()], sql.raw(' '))
  }

  get isLong(): boolean {
    return this.#held.size + this.#lists.size > 0
  }

  get members(): SQL {
    return joined('+', this.#members)
  }

  /** What takes as long as so many members of a list. */
  takes(members: SQL): void {
    this.#members.push(sql`ifnull(${members}, 0)`)
  }

  /** Whatever a client says goes into an argument, and never into the text. */
  argument(value: Asked): Argument {
    const name = `q${Object.keys(this.values).length}`
    this.values[name] = value
    return new Argument(name)
  }

  /** A text of another row, which is read beside its own. */
  reads(text: SQLWrapper): void {
    this.takes(sql`${bytesOf(text)} / ${MEMBER}`)
  }

  /** Joins something to each row once, whoever asks for it, and however often. */
  join(name: string, clause: SQL, probes: number, members?: SQL): void {
    if (this.#joins.has(name)) return
    this.#joins.set(name, clause)
    this.probes += probes
    if (members) this.takes(members)
  }

  /** A value that is worked out once a row, however often it stands in the text. */
  once(name: string, value: SQL, members?: SQL): SQL {
    const table = sql.raw(name)
    this.join(name, sql`cross join json_each(json_array(${value})) as ${table}`, 2, members)
    return sql`${table}.value`
  }

  all(condition: Condition, subject: Subject): SQL {
    switch (condition.kind) {
      case 'and':
      case 'or':
        return joined(
          condition.kind,
          condition.parts.map((part) => this.all(part, subject)),
        )
      case 'not':
        return sql`not ${this.all(condition.part, subject)}`
      default:
        return sql`ifnull(${this.test(condition, subject)}, 0)`
    }
  }

  test(test: Test, subject: Subject): SQL {
    switch (test.kind) {
      case 'text':
        if (test.field === 'tag') return this.#tag(test.test, subject.tags)
        if (test.field === 'collection' || test.field === 'dataset')
          return this.#isHeld(test.field, this.#comparisons.text(test.test), subject)
        return this.#comparisons.text(test.test)(subject.columnOf(test.field, this))
      case 'span':
        return this.#within(subject.columnOf(test.field, this), test.from, test.to)
      case 'number':
        return this.#comparisons.number(test.test)(subject.columnOf(test.field, this))
      case 'there':
        if (test.field === 'tag') return sql`${subject.tags} <> '[]'`
        if (test.field === 'collection' || test.field === 'dataset')
          return this.#isHeld(test.field, (name) => sql`${name} is not null`, subject)
        return sql`(${subject.columnOf(test.field, this)} is not null)`
      case 'meta':
        return this.#meta(test.path, test.test, subject)
      default:
        return subject.judge(test, this)
    }
  }

  begins(text: string): (value: SQLWrapper) => SQL {
    return this.#comparisons.text({ is: 'begins', text })
  }

  #within(value: SQLWrapper, from: number | null, to: number | null): SQL {
    const [first, last] = [this.argument(from), this.argument(to)]
    return sql`(${value} is not null and (${first} is null or ${value} >= ${first})
      and (${last} is null or ${value} < ${last}))`
  }

  /**
   * The JSON of tags has each between a comma and quotes, where no tag can have that but one that begins with a comma:
   * only for such a one, and for what JSON cannot tell, each tag is a row that is read.
   */
  #tag(test: TextTest, tags: SQLWrapper): SQL {
    const parts = partsOf(test)
    if (parts !== null) {
      this.scans += parts.length
      return joined(
        'or',
        parts.map((part) => sql`instr(${joinedTags(tags)}, ${this.argument(part)}) > 0`),
      )
    }
    this.probes += MOST_TAGS
    return sql`exists (select 1 from json_each(${tags}) as own where ${this.#comparisons.text(test)(sql`own.value`)})`
  }

  /** What holds a thing is looked for once, whatever is asked of it: the answer stands in a list, by its place. */
  #isHeld(by: Holding, fits: (name: SQL) => SQL, subject: Subject): SQL {
    const asked = this.#held.get(subject) ?? []
    this.#held.set(subject, [...asked, { by, fits: fits(nameOf[by]) }])
    const at = [...this.#held.keys()].indexOf(subject)
    return sql.raw(`(held${at}.value ->> '$[${asked.length + 1}]')`)
  }

  /** Joins what holds the rows; the members that are looked at count, by which a row weighs more. */
  joinWhatHolds(): void {
    for (const [at, [{ held }, asked]] of [...this.#held].entries()) {
      const [table, each] = [sql.raw(`held${at}`), sql.raw(String(HOLDER_HEAVIER + asked.length))]
      this.metadata++
      this.probes += READ_FOR_HOLDERS
      this.once(`held${at}`, holding(asked, held), sql`${each} * (${table}.value ->> '$[0]')`)
    }
  }

  /** Of a list each scalar is asked, up to so many; an object is none. */
  #meta(keys: readonly string[], test: MetaTest, subject: Subject): SQL {
    const { metadata } = subject
    this.metadata++
    if (subject !== this.#root) this.reads(metadata)
    const path = this.argument(pathTo(keys))
    const type = sql`json_type(${metadata}, ${path})`
    if (test.is === 'there')
      return sql`case ${type} when 'null' then 0 when 'object' then ${metadata} -> ${path} <> '{}'
        when 'array' then json_array_length(${metadata}, ${path}) > 0 else ${type} is not null end`
    const length = sql`json_array_length(${metadata}, ${path})`
    this.takes(length)
    const place = placeOf(keys, subject !== this.#root)
    this.#lengths.set(place, length)
    this.#metadata.add(metadata)
    const judge = this.#comparisons.scalar(test)
    const own = { type, value: sql`json_extract(${metadata}, ${path})` }
    const isOne = judge({ ...own, digits: digitsIn(own, sql`${metadata} -> ${path}`) })
    const digits = digitsIn(member, sql`${metadata} -> (${path} || '[' || each.key || ']')`)
    const hasOne = this.#isInList({ place, metadata, path, type }, judge({ ...member, digits }))
    return sql`case ifnull(${type}, 'object') when 'object' then 0 when 'array' then ${hasOne} else ${isOne} end`
  }

  /** What is asked of one list several times is found in one reading of it. */
  #isInList({ place, metadata, path, type }: ListAt, fits: SQL): SQL {
    if (this.#places.get(place) === 1)
      return sql`exists (select 1 from ${this.#membersOf(metadata, path)} where ${fits})`
    const { fits: others } = this.#lists.get(place) ?? { fits: [] }
    const list = this.#membersOf(sql`iif(${type} = 'array', ${metadata}, null)`, path)
    this.#lists.set(place, { list, fits: [...others, fits] })
    return sql.raw(`(list${[...this.#lists.keys()].indexOf(place)}.value ->> '$[${others.length}]')`)
  }

  /** The members of a list, as `each`: as many as may be looked at, or its share where all lists have more together. */
  #membersOf(json: SQLWrapper, path: Argument): SQL {
    const first = (some: SQLWrapper, most: number): SQL =>
      sql`(select key, type, atom from json_each(${some}, ${path}) limit ${sql.raw(String(most))})`
    const { size } = this.#places
    if (size === 1) return sql`${first(json, MOST_MEMBERS)} as each`
    const isShared = sql`ifnull(listed.value > ${sql.raw(String(MOST_MEMBERS))}, 0)`
    return sql`(select * from ${first(sql`iif(${isShared}, null, ${json})`, MOST_MEMBERS)}
      union all select * from ${first(sql`iif(${isShared}, ${json}, null)`, Math.floor(MOST_MEMBERS / size))}) as each`
  }

  /** Joins how many members all lists have, where they may be too many. */
  joinLengths(): void {
    if (this.#lengths.size < 2) return
    const bytes = [...this.#metadata].map((each) => sql`ifnull(${bytesOf(each)}, 0)`)
    const lengths = [...this.#lengths.values()].map((each) => sql`ifnull(${each}, 0)`)
    this.join(
      'listed',
      sql`left join json_each(iif(${joined('+', bytes)} > ${sql.raw(String(BYTES_OF_MANY))},
        json_array(${joined('+', lengths)}), null)) as listed`,
      0,
    )
  }

  joinLists(): void {
    for (const [at, { list, fits }] of [...this.#lists.values()].entries()) {
      const each = fits.map((fit) => sql`max(ifnull(${fit}, 0))`)
      this.once(`list${at}`, sql`(select json_array(${sql.join(each, sql`, `)}) from ${list})`)
    }
  }
}
