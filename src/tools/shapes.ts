import { z } from 'zod'

/** What the demonstration expects of the answers that it reads. */

export const Account = z.object({
  id: z.string(),
  username: z.string(),
  namespace: z.object({ id: z.string(), slug: z.string() }),
})
/** What whoever may not read is answered too. */
export const Made = z.object({ id: z.string(), name: z.string().nullable() })
export const Upserted = z.object({ episode: Made })
export const Episode = z.object({
  id: z.string(),
  projectId: z.string(),
  nodePath: z.string(),
  tags: z.array(z.string()),
  status: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  durationMs: z.number().nullable(),
})
export const Episodes = z.object({ episodes: z.array(Episode) })
export const Asset = z.looseObject({ id: z.string(), name: z.string().nullable() })
export const Download = z.object({
  url: z.string(),
  filename: z.string(),
  contentType: z.string(),
  size: z.number(),
})
export const Named = z.object({ name: z.string() })
export const Secret = z.object({ token: z.string() })
export const Problem = z.object({ code: z.literal('forbidden') })
export const Dataset = z.object({ id: z.string(), name: z.string(), projectId: z.string() })
export const Change = z.object({ added: z.number(), total: z.number() })
export const ManifestLine = z.union([
  z.object({
    collection: z.string(),
    episode: z.string(),
    path: z.string(),
    kind: z.string(),
    size: z.number(),
    contentType: z.string(),
    url: z.string(),
  }),
  z.object({ end: z.literal(true), lines: z.number(), changed: z.boolean(), nextCursor: z.null() }),
])
export const Done = z.object({ success: z.literal(true) })
export const Trash = z.object({
  trash: z.array(z.object({ deletionId: z.string(), kind: z.string(), name: z.string().nullable() })),
})
export const Assets = z.array(Asset)

export const Announced = z.object({
  uploads: z.array(
    z.union([
      z.object({
        id: z.string(),
        status: z.literal('pending'),
        method: z.literal('PUT'),
        url: z.string(),
        headers: z.record(z.string(), z.string()),
      }),
      z.object({ id: z.string(), status: z.literal('exists') }),
    ]),
  ),
})
export const Stored = z.object({ id: z.string(), size: z.number(), sha256: z.string().nullable() })
