import * as z from 'zod'
import { held } from './libraries.ts'

/** The same without what the server leaves out of zod. */
const parts = [
  [z.array, z.boolean, z.enum, z.int, z.iso, z.literal, z.looseObject, z.null, z.number, z.object],
  [z.record, z.string, z.tuple, z.union, z.unknown, z.url, z.custom],
  [z.ZodArray, z.ZodDefault, z.ZodNullable, z.ZodObject, z.ZodOptional, z.ZodPipe, z.ZodUnion],
  [z.globalRegistry, z.NEVER, z.prettifyError, z.toJSONSchema],
]

export default { fetch: () => Response.json([...held, ...parts].length) }
