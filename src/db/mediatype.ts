import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { objects } from '../../drizzle/schema.ts'
import { typesByExtension, UNTOLD_TYPE } from '../domain/mediatype.ts'

const text = (value: string): SQL => sql.raw(`'${value}'`)

const typeOf = (extension: SQL): SQL =>
  sql`case ${extension} ${sql.join(
    Object.entries(typesByExtension).map(([each, type]) => sql`when ${text(each)} then ${text(type)}`),
    sql.raw(' '),
  )} end`

/** What stands behind the last dot of a name, in lower case. */
const extensionOf = (name: SQLWrapper): SQL =>
  sql`lower(substr(${name}, length(rtrim(${name}, replace(${name}, '.', ''))) + 1))`

/**
 * The type of an object: the one that it came with, else what the format of its asset and then the extension of a name
 * say; null where nothing does.
 */
export const contentTypeOf = (name: SQLWrapper, format: SQLWrapper = sql`null`): SQL =>
  sql`iif(ifnull(${objects.contentType}, ${text(UNTOLD_TYPE)}) <> ${text(UNTOLD_TYPE)}, ${objects.contentType},
    coalesce(${typeOf(sql`lower(${format})`)}, ${typeOf(extensionOf(name))}, ${objects.contentType}))`
