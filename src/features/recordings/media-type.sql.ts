import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { assets, objects } from '../../../drizzle/schema.ts'
import { fragment } from '../../db/sql.ts'
import { typesByExtension, UNTOLD_TYPE } from '../../domain/media-type.ts'

const text = (value: string): SQL => sql.raw(`'${value}'`)

const typeOf = (extension: SQL): SQL =>
  sql`case ${extension} ${sql.join(
    Object.entries(typesByExtension).map(([each, type]) => sql`when ${text(each)} then ${text(type)}`),
    sql.raw(' '),
  )} end`

/** What stands behind the last dot of a name, in lower case; null where there is no dot. */
const extensionOf = (name: SQLWrapper): SQL =>
  sql`iif(instr(${name}, '.') > 0, lower(substr(${name}, length(rtrim(${name}, replace(${name}, '.', ''))) + 1)), null)`

/** A media type without its parameters, in lower case. */
const essenceOf = (type: SQLWrapper): SQL =>
  sql`lower(trim(iif(instr(${type}, ';') > 0, substr(${type}, 1, instr(${type}, ';') - 1), ${type})))`

/**
 * The type of an object: the one that it came with, else what the format of its asset and then the extension of a name
 * say; null where nothing does.
 */
const contentTypeOf = (name: SQLWrapper, format: SQLWrapper = sql`null`): SQL =>
  sql`iif(ifnull(${essenceOf(objects.contentType)}, ${text(UNTOLD_TYPE)}) <> ${text(UNTOLD_TYPE)}, ${objects.contentType},
    coalesce(${typeOf(sql`lower(${format})`)}, ${typeOf(extensionOf(name))}, ${objects.contentType}))`

export const contentTypeOfAsset = fragment('contentTypeOfAsset', contentTypeOf(assets.name, assets.format))

/** Of an object that is read by itself, by the name of its upload. */
export const contentTypeOfObject = fragment('contentTypeOfObject', contentTypeOf(objects.name))
