import { z } from 'zod'
import { held } from './libraries.ts'

/** The libraries of the server, zod as a whole with all its languages, and nothing done with them. */
export default { fetch: () => Response.json([...held, z].length) }
