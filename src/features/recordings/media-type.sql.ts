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

/** The one that an object came with, else the first that something says of it; null where nothing does. */
const cameWithOr = (told: readonly SQL[]): SQL =>
  sql`iif(ifnull(${essenceOf(objects.contentType)}, ${text(UNTOLD_TYPE)}) <> ${text(UNTOLD_TYPE)}, ${objects.contentType},
    coalesce(${sql.join([...told, objects.contentType.getSQL()], sql.raw(', '))}))`

/** The type of an asset's object: what the format of the asset and then the extension of its name say. */
export const contentTypeOfAsset = fragment(
  'contentTypeOfAsset',
  cameWithOr([typeOf(sql`lower(${assets.format})`), typeOf(extensionOf(assets.name))]),
)

/** Of an object that is read by itself: what the extension of its upload's name says. */
export const contentTypeOfObject = fragment(
  'contentTypeOfObject',
  cameWithOr([typeOf(extensionOf(objects.name))]),
)
