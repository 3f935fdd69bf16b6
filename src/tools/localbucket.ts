import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { D1Database, R2Bucket } from '@cloudflare/workers-types'
import { getPlatformProxy } from 'wrangler'
import { mintId } from '../domain/id.ts'
import { Failure } from './checks.ts'
import { quiet, root } from './project.ts'

export interface LocalFile {
  readonly contentType: string
  readonly bytes: Uint8Array
}

export interface Owner {
  readonly namespaceId: string
  readonly projectId: string
  readonly userId: string
}

interface Bindings extends Record<string, unknown> {
  readonly DB: D1Database
  readonly BUCKET: R2Bucket
}

const LEASE_MILLISECONDS = 7 * 24 * 3_600_000

/**
 * Puts files into the local bucket of a development server, past its API, and answers their storage ids in
 * order. `persistTo` is the folder in which that server keeps its state.
 */
export async function storeLocally(
  files: readonly LocalFile[],
  owner: Owner,
  persistTo: string,
): Promise<string[]> {
  const state = resolve(root, persistTo)
  // A database of its own would come into being in a wrong folder.
  if (!existsSync(join(state, 'v3', 'd1')))
    throw new Failure(`No development server keeps its state in ${state}.`)
  Object.assign(process.env, { ...quiet, WRANGLER_LOG: 'error', ...process.env })
  const { env, dispose } = await getPlatformProxy<Bindings>({
    configPath: join(root, 'wrangler.toml'),
    envFiles: [],
    persist: { path: join(state, 'v3') },
    remoteBindings: false,
  })
  try {
    const isKnown = await env.DB.prepare('select 1 from namespaces where id = ?')
      .bind(owner.namespaceId)
      .first()
    if (!isKnown) {
      throw new Failure(
        `The server that was asked does not keep its state in ${state}: give its --persist-to here too.`,
      )
    }
    const ids: string[] = []
    for (const file of files) ids.push(await storeOne(env, file, owner))
    return ids
  } finally {
    await dispose()
  }
}

async function storeOne(
  { DB, BUCKET }: Bindings,
  { bytes, contentType }: LocalFile,
  owner: Owner,
): Promise<string> {
  const now = Date.now()
  const id = mintId(now)
  const key = `${owner.namespaceId}/${id}`
  const { etag } = await BUCKET.put(key, bytes, { httpMetadata: { contentType } })
  await DB.prepare(
    `insert into objects (id, namespace_id, project_id, key, state, size, content_type, etag, lease_until,
      created_by, created_at, completed_at) values (?, ?, ?, ?, 'complete', ?, ?, ?, ?, ?, ?, ?)`,
  )
    .bind(
      id,
      owner.namespaceId,
      owner.projectId,
      key,
      bytes.byteLength,
      contentType,
      etag,
      now + LEASE_MILLISECONDS,
      owner.userId,
      now,
      now,
    )
    .run()
  return id
}
