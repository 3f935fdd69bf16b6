import { MOST_API_TOKENS } from './api-token.ts'

/**
 * Everything that can go wrong in a way a client may learn of. A failure knows no status code: `http/problem.ts`
 * maps each one, and does not compile while one is missing.
 */
export const failures = {
  invalid_request: 'The request is not valid.',
  token_missing: 'A bearer token is required: Authorization: Bearer <token>.',
  token_malformed: 'The bearer token is malformed.',
  token_algorithm_refused: 'The algorithm of the bearer token is not accepted.',
  token_signature_invalid: 'The signature of the bearer token is not valid.',
  token_expired: 'The bearer token has expired.',
  token_not_yet_valid: 'The bearer token is not valid yet.',
  token_issuer_mismatch: 'The bearer token is from another issuer.',
  token_audience_mismatch: 'The bearer token is for another audience.',
  token_claims_missing:
    'The bearer token lacks a required claim: sub, or one of exp, iss, aud and jti, which are asked for outside development.',
  token_unknown: 'There is no such API token.',
  token_revoked: 'The bearer token was revoked.',
  claims_insufficient: 'The claims of the identity token do not name a user.',
  logout_without_id: 'The bearer token has no jti by which it could be revoked.',
  route_not_found: 'There is no such route.',
  namespace_not_found: 'Namespace not found',
  project_not_found: 'Project not found',
  episode_not_found: 'Episode not found',
  dataset_not_found: 'Dataset not found',
  asset_not_found: 'Asset not found',
  asset_without_object:
    'Asset has no BSS record: upload its bytes (POST /uploads), and register the asset again with the storage id.',
  object_not_found: 'Object not found',
  upload_not_found: 'Upload not found',
  user_not_found:
    'User not found: who is to be a member signs in first, and is then named by the username that GET /auth/me tells.',
  member_not_found: 'Member not found',
  api_token_not_found: 'API token not found',
  node_not_found: 'Node not found',
  parent_not_found: 'parentId: there is no such node in this project',
  collection_not_found: 'Collection not found',
  deletion_not_found: 'There is no such thing in the trash.',
  method_not_allowed: 'The route does not answer this method.',
  episode_ends_before_start: 'endedAt: is before startedAt',
  episode_duration_contradicts: 'durationMs: is not the difference of startedAt and endedAt',
  metadata_too_large: 'metadata: would be over 64 KiB as JSON when merged',
  metadata_entangled:
    'metadata: takes too many comparisons to be merged at once: merge it in parts, or replace it (application/json)',
  query_invalid: 'q: is no query',
  too_many_tags: 'tagsAdd: with these it would have over 64 tags',
  episode_trashed: 'Episode was previously deleted',
  forbidden: 'Your role, or the scopes of your token, do not allow this.',
  node_not_folder: 'id: is not the id of a folder',
  node_not_leaf: "id: is not the id of an asset's node",
  parent_not_folder: 'parentId: is not the id of a folder',
  node_across_episodes: 'parentId: a folder stays inside of its episode, or outside of all',
  path_too_long: 'The path of something below would be over 1,024 bytes, or over 32 segments.',
  restore_name_invalid:
    'as: is not a name for what is to be restored: of an asset it is a path, of all else a name, of a folder one without a slash',
  episode_write_protected: 'Episode is write-protected',
  holds_write_protected: 'It holds a write-protected episode.',
  url_refused: 'The signed URL is not valid: altered, expired, or for another method.',
  namespace_slug_taken: 'Namespace slug already exists',
  project_slug_taken: 'Project slug already exists in this namespace',
  episode_name_taken: 'Episode name already exists in this project',
  asset_name_taken: 'Asset of that kind and name already exists there',
  dataset_name_taken: 'Dataset name already exists in this project',
  collection_name_taken: 'Collection name already exists in this project',
  manifest_out_of_order:
    'A collection of the dataset was renamed, or what was being read was moved: begin the manifest anew, without cursor.',
  manifest_entangled:
    'Members of the dataset are in more collections than can be compared: it takes at most 1,000 collections in the dataset, or members that are in at most 64.',
  node_name_taken: 'There is such a folder already.',
  asset_below_slash:
    'It holds assets, whose names would be read as other paths below a folder that has a slash in its name.',
  node_cycle: 'parentId: is the folder itself, or below it',
  home_namespace: 'A home namespace stays: delete the projects inside of it.',
  quota_exceeded:
    'The namespace holds as much as it may: what was deleted counts until it is purged, and GET /namespaces/:slug tells its usage.',
  too_large: 'It holds more than can be changed at once: 5,000.',
  restore_conflict: 'Something is in the way of the restoring.',
  deletion_purging: 'It is being purged.',
  deletion_marking: 'A large folder is on its way into the trash there, or out of it: try again in a moment.',
  created_by_another: 'What has that name was not created by this token.',
  last_owner: 'A namespace has at least one owner: first make another member one.',
  home_owner: 'The owner of a home namespace stays its owner.',
  too_many_api_tokens: `A user has at most ${MOST_API_TOKENS} API tokens: first revoke one that is no longer used (DELETE /auth/tokens/:id).`,
  idempotency_key_reused:
    'The Idempotency-Key was sent with another request to this path within 24 hours: a new request takes a new key.',
  rate_limited: 'Too many requests.',
  exchange_not_configured: 'No identity provider is configured.',
  object_exists: 'The object is there already: it is never overwritten.',
  checksum_mismatch: 'The bytes do not have the checksum that was announced.',
  length_required: 'The request has no Content-Length.',
  part_too_large: 'The part has more bytes than are left for it of what was announced.',
  upload_complete: 'The upload is complete.',
  upload_aborted: 'The upload was aborted or discarded: announce it anew (POST /uploads).',
  upload_incomplete:
    'The bucket does not hold all that was announced yet: GET /uploads/:id tells which parts it holds.',
  upload_mismatch: 'The bucket holds something else than what was announced.',
  object_not_complete:
    'The object is not complete (POST /uploads/:id/complete), or is being purged (then upload the bytes again).',
  body_too_large: 'The request body is over 1 MiB.',
  media_type_unsupported: 'The request body is not of a supported JSON media type, such as application/json.',
  encoding_unsupported: 'The request body is encoded: send it as it is, without Content-Encoding.',
  precondition_failed:
    'It is not what the request expects: it was changed, or made anew, since (If-Match); or there is one already (If-None-Match). Read it again.',
  range_not_satisfiable: 'The object has no such range.',
  internal: 'Something went wrong on our side.',
  bucket_unavailable: 'The bucket cannot answer right now.',
  url_not_signed: 'No download URL could be signed.',
  not_ready: 'The server is not ready.',
  not_configured: 'The server is not configured to serve this safely: /readyz names the variables.',
  issuer_unreachable: 'The identity provider cannot be reached.',
  database_unavailable: 'The database cannot answer right now.',
} as const

export type Failure = keyof typeof failures

/** What a problem's page says beside the title. */
export interface ProblemText {
  /** What it means. */
  readonly meaning: string
  /** When it happens. */
  readonly when: string
  /** What to do about it. */
  readonly remedy: string
}

/** One offending field: `path` as the client spelled it, and what is wrong with it. */
export interface FieldError {
  readonly path: string
  readonly message: string
  /** Where in a text, in UTF-16 units. */
  readonly at?: number
  readonly length?: number
  readonly hint?: string
}

/** A request that was refused for a reason the client is told. Nothing was written. */
export class Refusal extends Error {
  override readonly name = 'Refusal'

  readonly failure: Failure
  readonly errors: readonly FieldError[]

  constructor(failure: Failure, errors: readonly FieldError[] = [], detail: string = failures[failure]) {
    super(detail)
    this.failure = failure
    this.errors = errors
  }
}

/** Faults of a kind that are told of a part of a request: of more, how many. */
export const MOST_TOLD = 100

/** The first faults of a part: of a list that it holds, each entry can be wrong in several ways. */
export function firstOf(
  part: 'path' | 'query' | 'body',
  errors: readonly FieldError[],
): readonly FieldError[] {
  const more = errors.length - MOST_TOLD
  return more > 0
    ? [...errors.slice(0, MOST_TOLD), { path: part, message: `has ${more} more faults` }]
    : errors
}

/** The refusal of one field of a request. */
export const invalid = (path: string, message: string): Refusal => invalidFields([{ path, message }])

/** The refusal of a request that names every offending field. */
export const invalidFields = (errors: readonly FieldError[]): Refusal =>
  new Refusal('invalid_request', errors, errors.map(({ path, message }) => `${path}: ${message}`).join('; '))
