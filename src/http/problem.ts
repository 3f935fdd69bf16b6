import { type Failure, type FieldError, failures, type Refusal } from '../domain/failure.ts'

/** The status of every failure. Adding a failure without one does not compile. */
export const statusOf = {
  invalid_request: 400,
  token_missing: 401,
  token_malformed: 401,
  token_algorithm_refused: 401,
  token_signature_invalid: 401,
  token_expired: 401,
  token_not_yet_valid: 401,
  token_issuer_mismatch: 401,
  token_audience_mismatch: 401,
  token_claims_missing: 401,
  token_unknown: 401,
  token_revoked: 401,
  claims_insufficient: 400,
  logout_without_id: 400,
  route_not_found: 404,
  namespace_not_found: 404,
  project_not_found: 404,
  episode_not_found: 404,
  dataset_not_found: 404,
  asset_not_found: 404,
  asset_without_object: 404,
  object_not_found: 404,
  upload_not_found: 404,
  user_not_found: 404,
  member_not_found: 404,
  api_token_not_found: 404,
  node_not_found: 404,
  parent_not_found: 404,
  collection_not_found: 404,
  deletion_not_found: 404,
  method_not_allowed: 405,
  episode_ends_before_start: 400,
  episode_duration_contradicts: 400,
  metadata_too_large: 400,
  metadata_entangled: 400,
  query_invalid: 400,
  too_many_tags: 400,
  episode_trashed: 410,
  forbidden: 403,
  node_not_folder: 400,
  node_not_leaf: 400,
  parent_not_folder: 400,
  node_across_episodes: 400,
  path_too_long: 400,
  restore_name_invalid: 400,
  episode_write_protected: 403,
  holds_write_protected: 403,
  url_refused: 403,
  namespace_slug_taken: 409,
  project_slug_taken: 409,
  episode_name_taken: 409,
  asset_name_taken: 409,
  dataset_name_taken: 409,
  collection_name_taken: 409,
  manifest_out_of_order: 409,
  manifest_entangled: 409,
  node_name_taken: 409,
  asset_below_slash: 409,
  node_cycle: 409,
  home_namespace: 409,
  quota_exceeded: 403,
  too_large: 409,
  restore_conflict: 409,
  deletion_purging: 409,
  deletion_marking: 409,
  created_by_another: 409,
  last_owner: 409,
  home_owner: 409,
  too_many_api_tokens: 409,
  idempotency_key_reused: 422,
  rate_limited: 429,
  exchange_not_configured: 501,
  object_exists: 412,
  checksum_mismatch: 400,
  length_required: 411,
  part_too_large: 413,
  upload_complete: 409,
  upload_aborted: 409,
  upload_incomplete: 409,
  upload_mismatch: 409,
  object_not_complete: 409,
  body_too_large: 413,
  media_type_unsupported: 415,
  encoding_unsupported: 415,
  precondition_failed: 412,
  range_not_satisfiable: 416,
  internal: 500,
  bucket_unavailable: 502,
  url_not_signed: 502,
  not_ready: 503,
  not_configured: 503,
  issuer_unreachable: 503,
  database_unavailable: 503,
} as const satisfies Record<Failure, number>

/** The failures that name a field by themselves. */
const fieldOf: Partial<Record<Failure, string>> = {
  episode_ends_before_start: 'endedAt',
  episode_duration_contradicts: 'durationMs',
  too_many_tags: 'tagsAdd',
  metadata_too_large: 'metadata',
  metadata_entangled: 'metadata',
  node_not_folder: 'id',
  node_not_leaf: 'id',
  parent_not_folder: 'parentId',
  node_across_episodes: 'parentId',
  restore_name_invalid: 'as',
}

const RETRY_AFTER_SECONDS = '5'

/** The body of every answer of 400 and above (RFC 9457). `error` repeats `detail` for the clients that read it. */
interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: Failure
  readonly error: string
  readonly requestId: string
  readonly errors?: readonly FieldError[]
}

/** What of its request an answer tells. */
interface Asked {
  readonly requestId: string
  /** Of the server, whose page of the problem is its `type`. */
  readonly origin: string
}

export function problem(
  { failure, message, errors }: Refusal,
  { requestId, origin }: Asked,
  headers?: HeadersInit,
): Response {
  const status = statusOf[failure]
  const field = fieldOf[failure]
  // Its detail begins with the field, as that of several does.
  const named = field ? [{ path: field, message: message.replace(`${field}: `, '') }] : errors
  const body: Problem = {
    type: `${origin}/problems/${failure}`,
    title: failures[failure],
    status,
    detail: message,
    code: failure,
    error: message,
    requestId,
    ...(named.length > 0 ? { errors: named } : {}),
  }
  const answer = new Response(JSON.stringify(body), { status, headers: headers ?? {} })
  answer.headers.set('Content-Type', 'application/problem+json')
  answer.headers.set('Cache-Control', 'no-store')
  if (status === 401) {
    answer.headers.set(
      'WWW-Authenticate',
      failure === 'token_missing' ? 'Bearer' : `Bearer error="invalid_token", error_description="${message}"`,
    )
  }
  if (failure === 'encoding_unsupported') answer.headers.set('Accept-Encoding', 'identity')
  if (status === 503) answer.headers.set('Retry-After', RETRY_AFTER_SECONDS)
  return answer
}
