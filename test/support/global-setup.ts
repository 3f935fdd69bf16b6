import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import type { TestProject } from 'vitest/node'
import { signingCases } from './signing-cases.ts'

/**
 * Starts what the tests need outside of their workerd: the local S3 endpoint of the tools, which verifies signatures by a
 * code that is not ours, and where it is installed botocore, as a second signer.
 */

/** Serves nothing: the S3 endpoint stands before it. */
const WORKER = 'export default { fetch: () => new Response(null, { status: 404 }) }'
const BUCKET = 'films'
const s3Credentials = { accessKeyId: 'test-access-key', secretAccessKey: 'test-secret-access-key' }

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: WORKER,
      compatibilityDate: '2026-10-30',
      r2Buckets: { BUCKET: { id: BUCKET, s3Credentials } },
    }),
  )
  const { origin } = await server.ready
  project.provide('s3', {
    S3_ENDPOINT: `${origin}/cdn-cgi/local/r2/s3`,
    S3_BUCKET: BUCKET,
    S3_REGION: 'auto',
    S3_ACCESS_KEY_ID: s3Credentials.accessKeyId,
    S3_SECRET_ACCESS_KEY: s3Credentials.secretAccessKey,
  })
  project.provide('botocore', signedByBotocore())
  return () => server.dispose()
}

function signedByBotocore(): string[] {
  const script = join(import.meta.dirname, 'sign_with_botocore.py')
  const { status, stdout, stderr } = spawnSync('python3', [script], {
    input: JSON.stringify(signingCases),
    encoding: 'utf8',
  })
  if (status === 0) return JSON.parse(stdout) as string[]
  // Neither Python nor botocore is a part of this project. Anything else is a fault of the script.
  if (status === null || stderr.includes("No module named 'botocore'")) return []
  throw new Error(stderr)
}
