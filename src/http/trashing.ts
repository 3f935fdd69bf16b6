import type { z } from 'zod'
import type { Plan } from '../db/plan.ts'
import type { Trashing } from '../db/trashing.ts'
import { type Call, type Endpoint, endpoint, jsonAnswer, type Route } from './endpoint.ts'
import { Success } from './schema.ts'

type Trash<P extends z.ZodObject, Q extends z.ZodObject> = Omit<
  Route<P, Q, z.ZodObject>,
  'method' | 'answers' | 'body' | 'bodyExample' | 'trips' | 'open' | 'limited'
>

type AnyTrashing = Trashing & Call<z.ZodObject, z.ZodObject, z.ZodObject>['asking']

/** An endpoint that moves something to the trash; `plan` says what. */
export const trashEndpoint = <P extends z.ZodObject, Q extends z.ZodObject>(
  route: Trash<P, Q>,
  plan: (values: AnyTrashing, call: { params: z.output<P>; query: z.output<Q> }) => Plan<void>,
): Endpoint =>
  endpoint(
    {
      ...route,
      method: 'DELETE',
      answers: { 200: { description: 'Done', schema: Success, example: { success: true } } },
    },
    async ({ asking, params, query, stamp, mint, database }) => {
      await database.run(plan({ ...asking, ...stamp, deletionId: mint() }, { params, query }))
      return jsonAnswer('{"success":true}')
    },
  )
