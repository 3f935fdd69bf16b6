import { getTableColumns, SQL, type SQLWrapper, sql, type Table } from 'drizzle-orm'
import { CasingCache } from 'drizzle-orm/casing'
import { SQLiteAsyncDialect, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { DATABASE } from '../domain/id.ts'

/**
 * How SQL is written here, and why the traps of D1 cannot happen.
 *
 * A statement is compiled once per isolate, when it is first run: its text is a constant, or, for a query over fields,
 * made of pieces that are (`undeclared`). All its values travel in one parameter, a JSON object of those that the text
 * reads, as `?1 ->> '$.name'`. So a number stays the integer it is (a number bound by itself reaches SQLite as REAL), an
 * absent field differs from null, a list of any length is one parameter, and the limit of 100 parameters is out of
 * reach. `test/laws/plans.test.ts` proves the rest over every statement: unique column names, an index for every table,
 * no sort that is not declared.
 */
export type Values = Readonly<Record<string, unknown>>

/** A value of the statement's parameter, by its name. */
export class Argument extends SQL {
  readonly name: string

  constructor(name: string) {
    super(sql.raw(`(?1 ->> '$.${name}')`).queryChunks)
    this.name = name
  }

  /** Whether the value was given at all; null counts as given. */
  get given(): SQL {
    return sql.raw(`(json_type(?1, '$.${this.name}') is not null)`)
  }

  /** The rows of an array: `key` is the position from 0, `value` the element. */
  get each(): SQL {
    return sql.raw(`json_each(?1, '$.${this.name}')`)
  }
}

export type Arguments<A> = { readonly [K in keyof A]-?: Argument }

/** What a statement is to the batch that it runs in; see `statements.ts` for the constructors. */
export type Role = 'query' | 'guarded' | 'following' | 'keeping' | 'scheduled' | 'unguarded'

/** What stands in front of a statement: its text begins with a `with` of common tables. */
export interface Front {
  /** The name of the guard, and what is made of it. */
  readonly guard: string
  readonly form: string
  readonly text: string
}

export interface Compiled<A extends object = object> {
  readonly name: string
  readonly role: Role
  readonly writes: boolean
  readonly front: Front | null
  /** The statement without what stands in front of it. */
  readonly body: string
  readonly text: string
  /** The values that the text reads: only these travel, so that a long list reaches the statements of its own alone. */
  readonly reads: readonly string[]
  /** Never there: it carries the type of the values. */
  readonly takes?: (values: A) => void
}

class Dialect extends SQLiteAsyncDialect {
  override escapeParam(): string {
    throw new Error('A value was written into a statement: pass it as an argument.')
  }
}

/** How an argument is spelled in a text. */
const READING = /\?1(?: ->>|,) '\$\.(\w+)'/g

const dialect = new Dialect({ casing: 'snake_case' })
const casing = new CasingCache('snake_case')
const everything: Compiled<never>[] = []

export type Build<A> = (values: Arguments<A>) => SQL

/** Whatever is asked for is an argument of that name. */
export const argumentsOf = <A extends object>(): Arguments<A> =>
  new Proxy({}, { get: (_, key) => new Argument(String(key)) }) as Arguments<A>

/** The text that is built, on one line. */
export function textOf<A extends object>(build: Build<A>): string {
  const values = argumentsOf<A>()
  return dialect.sqlToQuery(build(values)).sql.replace(/\s+/g, ' ').trim()
}

/** A statement whose text is made when it is run first: an isolate runs few of those that there are. */
class Statement<A extends object> implements Compiled<A> {
  readonly name: string
  readonly role: Role
  readonly front: Front | null
  readonly #build: Build<A>
  #body: string | null = null
  #text: string | null = null
  #reads: readonly string[] | null = null

  constructor(name: string, role: Role, front: Front | null, build: Build<A>) {
    this.name = name
    this.role = role
    this.front = front
    this.#build = build
  }

  get writes(): boolean {
    return this.role !== 'query'
  }

  get body(): string {
    this.#body ??= textOf(this.#build)
    return this.#body
  }

  get text(): string {
    this.#text ??= this.front === null ? this.body : `${this.front.text} ${this.body}`
    return this.#text
  }

  get reads(): readonly string[] {
    this.#reads ??= [...new Set([...this.text.matchAll(READING)].map(([, value = '']) => value))]
    return this.#reads
  }
}

/** Declares a statement, whose name is `<aggregate>.<verb>`, unique. */
export function declare<A extends object>(
  name: string,
  role: Role,
  build: Build<A>,
  front: Front | null = null,
): Compiled<A> {
  const declared = new Statement(name, role, front, build)
  everything.push(declared)
  return declared
}

/** The same of a statement that is made of what a request asks: nobody lists it, and it goes when it is let go of. */
export const undeclared = <A extends object>(name: string, build: Build<A>, front: Front): Compiled<A> =>
  new Statement(name, 'query', front, build)

/** The parameter of a statement: JSON of the values that it reads. */
export const parameterOf = ({ reads }: Compiled<never>, values: Values): string =>
  JSON.stringify(Object.fromEntries(reads.map((name) => [name, values[name]])))

/** A statement that only reads, by an authority of its own. */
export const query = <A extends object>(name: string, build: Build<A>): Compiled<A> =>
  declare(name, 'query', build)

const parts = new Map<string, SQL>()

/** A part that several statements have: it is shown once, by its name, where the statements are. */
export function fragment(name: string, part: SQL): SQL {
  parts.set(name, part)
  return part
}

/** The parts of all statements that were compiled, for the tests. */
export const fragments: ReadonlyMap<string, SQL> = parts

/** Every statement there is, for the tests that look at all of them. */
export const statements: readonly Compiled<never>[] = everything

/** A column's bare name, as `insert` and `set` want it. */
const bare = (column: SQLiteColumn): SQL => sql.raw(`"${casing.getColumnCasing(column)}"`)

type Assignments<T extends Table> = { readonly [K in keyof T['_']['columns']]?: SQLWrapper }

const columnsOf = <T extends Table>(table: T, assignments: Assignments<T>): [SQL, SQLWrapper][] => {
  const columns = getTableColumns(table) as Record<string, SQLiteColumn>
  return Object.entries(assignments).map(([key, value]) => {
    const column = columns[key]
    if (!column || !value) throw new Error(`There is no column ${key}.`)
    return [bare(column), value as SQLWrapper]
  })
}

const list = (parts: readonly SQL[]): SQL => sql.join([...parts], sql.raw(', '))

/** A new id for a row that SQL finds by itself; everything else has its id from `mintId`, whose form this is. */
export const mintedId = (now: SQL): SQL =>
  sql`printf('%012x', ${now}) || ${sql.raw(`'${DATABASE}'`)} || substr(lower(hex(randomblob(5))), 2)`

/** Holds where there is no such row; `rows` is what follows `from`. */
export const none = (rows: SQL): SQL => sql`not exists (select 1 from ${rows})`

/** The length of text in UTF-8, which of a column is known without reading it; null of null. */
export const bytesOf = (text: SQLWrapper): SQL => sql`octet_length(${text})`

/** `insert into <table> (...) select ... <from>`; the caller adds what follows. */
export const insertInto = <T extends Table>(table: T, values: Assignments<T>, from: SQL): SQL =>
  inserting(sql`insert`, table, values, from)

/** The same, in place of what has one of the keys. */
export const replaceInto = <T extends Table>(table: T, values: Assignments<T>, from: SQL): SQL =>
  inserting(sql`insert or replace`, table, values, from)

function inserting<T extends Table>(verb: SQL, table: T, values: Assignments<T>, from: SQL): SQL {
  const columns = columnsOf(table, values)
  return sql`${verb} into ${table} (${list(columns.map(([name]) => name))})
    select ${list(columns.map(([, value]) => sql`${value}`))} ${from}`
}

/** `a = ..., b = ...` for `update ... set` and `do update set`. */
export const assign = <T extends Table>(table: T, values: Assignments<T>): SQL =>
  list(columnsOf(table, values).map(([name, value]) => sql`${name} = ${value}`))

/** Assignments of the named fields: each takes the value that the request gives, or keeps what the row has. */
export const changed = <K extends string>(
  table: Readonly<Record<K, SQLiteColumn>>,
  a: Readonly<Record<K, Argument>>,
  fields: readonly K[],
): Readonly<Record<K, SQL>> =>
  Object.fromEntries(fields.map((field) => [field, givenOr(a[field], table[field])])) as Record<K, SQL>

/** Whether the request gives any of the named fields. */
export const anyGiven = <K extends string>(a: Readonly<Record<K, Argument>>, fields: readonly K[]): SQL =>
  sql.join(
    fields.map((field) => a[field].given),
    sql.raw(' or '),
  )

/** The given value of a field when the request gives one, else what the row has. */
export const givenOr = (argument: Argument, otherwise: SQL | SQLiteColumn): SQL =>
  sql`case when ${argument.given} then ${argument} else ${otherwise} end`

const NONE = { and: sql`true`, or: sql`false`, '+': sql`0` } as const

/** By halves, for a text may be so deep and no deeper. */
export function joined(kind: 'and' | 'or' | '+', parts: readonly SQL[]): SQL {
  const [first, ...others] = parts
  if (first === undefined) return NONE[kind]
  if (others.length === 0) return first
  const half = Math.ceil(parts.length / 2)
  return sql`(${joined(kind, parts.slice(0, half))} ${sql.raw(kind)} ${joined(kind, parts.slice(half))})`
}
