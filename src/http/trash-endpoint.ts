import { Database } from '../db/database.ts'
import type { Trashed, Trashing } from '../db/deletion.ts'
import type { Plan } from '../db/plan.ts'
import { logFailure } from '../log.ts'
import { endpoint, jsonAnswer } from './endpoint.ts'
import * as field from './field.ts'
import type { Call, Endpoint, Route } from './route.ts'
import * as z from './zod.ts'

type Trash<P extends z.ZodObject, Q extends z.ZodObject> = Omit<
  Route<P, Q, z.ZodObject>,
  'method' | 'answers' | 'body' | 'bodyExample' | 'trips' | 'open' | 'limited'
> & {
  /** Where it may hold more than one request marks: marks a slice of the rest, and tells whether there is more. */
  readonly slice?: (deletionId: string) => Plan<boolean>
}

type AnyCall = Call<z.ZodObject, z.ZodObject, z.ZodObject>
type AnyTrashing = Trashing & AnyCall['asking']

const example = { success: true, deletionId: '019d8a3c5e00a1b2c3d4e5f6' }
const Done = z
  .object({
    success: z.literal(true),
    deletionId: field.id.meta({ description: 'By which the trash knows it, for restoring and purging' }),
  })
  .meta({ id: 'Trashed' })

const moved = { 200: { description: 'It is in the trash', schema: Done, example } }
const moving = {
  202: {
    description: 'It is in the trash; what hangs below it follows slice by slice',
    schema: Done.extend({ state: z.literal('marking') }).meta({ id: 'TrashedInPart' }),
    example: { ...example, state: 'marking' },
  },
}

/** An endpoint that moves something to the trash; `plan` says what. */
export const trashEndpoint = <P extends z.ZodObject, Q extends z.ZodObject>(
  { slice, ...route }: Trash<P, Q>,
  plan: (values: AnyTrashing, call: { params: z.output<P>; query: z.output<Q> }) => Plan<Trashed>,
): Endpoint =>
  endpoint(
    { ...route, method: 'DELETE', answers: slice ? { ...moved, ...moving } : moved },
    async ({ asking, params, query, stamp, mint, database, env, later }) => {
      const values = { ...asking, ...stamp, deletionId: mint() }
      const { deletionId, isMarking } = await database.run(plan(values, { params, query }))
      if (!slice || !isMarking) return jsonAnswer(JSON.stringify({ success: true, deletionId }))
      goOnLater({ env, later }, slice(deletionId), deletionId)
      return jsonAnswer(JSON.stringify({ success: true, deletionId, state: 'marking' }), 202)
    },
  )

/** Slices that are taken after an answer: the schedule does the rest. */
const FIRST_SLICES = 120

/** Goes on after the answer with a deletion that is under way; `then` is for what it has come to. */
export const goOnLater = (
  { env, later }: Pick<AnyCall, 'env' | 'later'>,
  slice: Plan<boolean>,
  deletionId: string,
  then?: (database: Database) => Promise<void>,
): void =>
  later(async () => {
    const database = new Database(env.DB, 'first-primary')
    try {
      for (let slices = 0; slices < FIRST_SLICES; slices++) if (!(await database.runSlice(slice))) break
      await then?.(database)
    } catch (error) {
      logFailure('a deletion was not gone on with', error, { deletionId })
    }
  })
