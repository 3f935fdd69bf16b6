import { Database } from '../../db/database.ts'
import { SLICE } from '../../domain/purge.ts'
import { endpoint, jsonAnswer } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import { listAnswer, listShape, pageQuery, windowOf } from '../../http/page.ts'
import type { AnswerShape, Call, Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import { logFailure } from '../../log.ts'
import { NAMESPACE, NamespaceParams, namespaceAt, projectAt, projectFailures } from '../places/address.ts'
import { purgeInNamespace, purgeInProject } from './claim.sql.ts'
import {
  DELETED_ITEM,
  DELETED_PLACE,
  DeletedItemParams,
  DeletedPlaceParams,
  deletionKinds,
} from './deletions.ts'
import { type DryRun, dryRunInNamespace, dryRunInProject } from './dry-run.sql.ts'
import { eraseItems } from './erase-items.sql.ts'
import { erasePlace } from './erase-place.sql.ts'
import { listPurges } from './receipts.sql.ts'

const purgeAnswers: Record<number, AnswerShape> = {
  200: {
    description: 'What would go (`dryRun`)',
    schema: z
      .object({
        rows: z.int(),
        bytes: z.int().meta({ description: 'Of the objects that nothing else refers to' }),
        truncated: z.boolean().meta({
          description:
            'Whether there is more: a table is counted up to 10,000 rows, and of a large folder what is in the trash by now.',
        }),
      })
      .meta({ id: 'DryRun' }),
    example: { rows: 12, bytes: 381_000, truncated: false },
  },
  202: { description: 'The purge has begun', schema: field.Success, example: { success: true } },
}

const purgeQuery = z.object({ dryRun: field.dryRun })
const purgeText = {
  tag: 'Trash',
  description:
    'Needs an owner. The bytes follow as soon as nothing refers to them and their lease is over; `GET /namespaces/:slug/purges` has the receipt.',
} as const

/** Slices that are taken after the answer, enough for what is small; the schedule does the rest. */
const FIRST_SLICES = 8

/** Answers, and goes on. */
const begin = (
  { later, env }: Pick<Call<z.ZodObject, z.ZodObject, z.ZodObject>, 'later' | 'env'>,
  firstSlices: (database: Database) => Promise<unknown>,
): Response => {
  later(async () => {
    await firstSlices(new Database(env.DB, 'first-primary')).catch((error: unknown) =>
      logFailure('the first slices of a purge failed', error),
    )
  })
  return jsonAnswer('{"success":true}', 202)
}

const counted = (dryRun: DryRun) => jsonAnswer(JSON.stringify(dryRun))

const purgeOfPlace = endpoint(
  {
    ...purgeText,
    operationId: 'purgePlace',
    isUntagged: true,
    grant: 'purge',
    method: 'DELETE',
    path: DELETED_PLACE,
    summary: 'Purge a deleted project, or the deleted namespace itself, now',
    description: `${purgeText.description} The namespace itself takes a token of the user.`,
    params: DeletedPlaceParams,
    query: purgeQuery,
    answers: purgeAnswers,
    failures: ['namespace_not_found', 'deletion_not_found'],
  },
  async (call) => {
    const { asking, params, query, now, stamp, database } = call
    const ref = { ...asking, ...stamp, ...namespaceAt(params), deletionId: params.deletionId }
    if (query.dryRun) return counted(await database.run(dryRunInNamespace(ref)))
    await database.run(purgeInNamespace(ref))
    const slice = { now, place: params.deletionId, rows: SLICE.rows, turn: now }
    return begin(call, async (later) => {
      let left = await later.run(erasePlace(null, slice))
      for (let slices = 0; slices < FIRST_SLICES && left !== 'gone' && left !== 'waiting'; slices++)
        left = await later.run(erasePlace(left, slice))
    })
  },
)

const purgeOfItem = endpoint(
  {
    ...purgeText,
    operationId: 'purgeInside',
    isUntagged: true,
    grant: 'purge',
    method: 'DELETE',
    path: DELETED_ITEM,
    summary: 'Purge what was deleted inside a project now',
    params: DeletedItemParams,
    query: purgeQuery,
    answers: purgeAnswers,
    failures: [...projectFailures, 'deletion_not_found', 'deletion_marking'],
  },
  async (call) => {
    const { asking, params, query, now, stamp, database } = call
    const ref = { ...asking, ...stamp, ...projectAt(params), deletionId: params.deletionId }
    if (query.dryRun) return counted(await database.run(dryRunInProject(ref)))
    await database.run(purgeInProject(ref))
    const slice = { now, namespaces: [], most: 1, rows: SLICE.rows, only: params.deletionId }
    return begin(call, async (later) => {
      let left = await later.run(eraseItems(null, slice))
      for (let slices = 0; slices < FIRST_SLICES && left !== null; slices++)
        left = await later.run(eraseItems(left.phase, slice))
    })
  },
)

const Purge = z
  .object({
    id: field.id,
    kind: z.enum([...deletionKinds, 'object']),
    itemId: field.id.nullable(),
    name: z.string().nullable(),
    projectId: field.id.nullable(),
    deletionId: field.id.nullable(),
    rule: z
      .enum(['retention', 'requested', 'container', 'unreferenced', 'idle', 'orphaned', 'missing'])
      .meta({
        description:
          'Why: its time in the trash was over; an owner asked for it; what it was inside of was purged. Of objects: nothing referred to them; an upload was idle or aborted; there were bytes without a row, or (nothing is purged then) a row without bytes.',
      }),
    requestedBy: z.string().nullable().meta({ description: 'A username' }),
    rows: z.int(),
    objects: z.int(),
    bytes: z.int(),
    startedAt: field.time,
    finishedAt: field.time.nullable(),
  })
  .meta({ id: 'Purge' })

const receipts = endpoint(
  {
    operationId: 'listPurges',
    grant: 'audit',
    method: 'GET',
    path: `${NAMESPACE}/purges`,
    tag: 'Trash',
    summary: 'List what was purged of a namespace',
    description:
      'Receipts: what, how many rows and bytes, when, by which rule. Needs an owner. Bytes that follow later are added to the receipt of the deletion that let them go.',
    params: NamespaceParams,
    query: z.object(pageQuery),
    answers: {
      200: listShape('purges', Purge, {
        id: '019d8a3c5e00a1b2c3d4e5f6',
        kind: 'episode',
        itemId: '019d8a3c5e00a1b2c3d4e5f7',
        name: 'run-042',
        projectId: '019d8a3c5e00a1b2c3d4e5f8',
        deletionId: '019d8a3c5e00a1b2c3d4e5f9',
        rule: 'retention',
        requestedBy: null,
        rows: 25,
        objects: 12,
        bytes: 381_000,
        startedAt: '2026-05-14T10:17:00.000Z',
        finishedAt: '2026-05-14T10:17:01.000Z',
      }),
    },
    failures: ['namespace_not_found'],
  },
  async ({ asking, params, query, url, config, database }) => {
    const [window, cursors] = await windowOf(query, url, config)
    const page = await database.run(listPurges({ ...asking, ...namespaceAt(params) }, window))
    return listAnswer('purges', page, query, url, cursors)
  },
)

export const purgeEndpoints: readonly Endpoint[] = [purgeOfPlace, purgeOfItem, receipts]
