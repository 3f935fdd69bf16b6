import { MOST_API_TOKENS } from './api-token.ts'
import type { Failure, ProblemText } from './failure.ts'

/** Of who asks: tokens, accounts, roles and members. */
export const textsOfTokens = {
  token_missing: {
    meaning: 'The route has to know who sends the request, and the request does not say.',
    when: 'The header `Authorization` is absent or empty. This holds for public projects too.',
    remedy:
      'Send `Authorization: Bearer <token>` with an API token (`dlk_...`), which a user makes by `POST /auth/tokens`, or with a token that `POST /auth/exchange` has answered. For a server on your own machine, `npm run -s token -- --user alice` prints one.',
  },
  token_malformed: {
    meaning:
      'The header `Authorization` holds something that cannot be read as a JWT or as an API token of this server.',
    when: 'The header is not `Bearer` and one token, the token was cut off or changed when it was copied, or a JWT cannot be decoded or has a claim of the wrong type, such as a text as `exp`. An API token is `dlk_` and 46 letters and digits, the last 6 of which are a checksum. `POST /auth/exchange` takes no API token, and answers this to one.',
    remedy:
      'Copy the token again, without quotes or line breaks, and send it as `Authorization: Bearer <token>`. If it is lost, make another one: `POST /auth/tokens` for an API token, `POST /auth/exchange` for an identity token.',
  },
  token_algorithm_refused: {
    meaning:
      'The token is signed by an algorithm that the server does not accept here, so its signature was not even looked at.',
    when: 'The `alg` of the JWT is neither `HS256`, as in tokens of this server, nor, where an identity provider is configured, one of `RS256`, `PS256`, `ES256` and `EdDSA`. `POST /auth/exchange` accepts these four alone.',
    remedy:
      'Have the identity provider sign by one of the four, and see to it that `AUTH_JWKS_URL`, `AUTH_ISSUER` and `AUTH_AUDIENCE` are set for the deployment. To `POST /auth/exchange`, send the token of the identity provider and not one of this server.',
  },
  token_signature_invalid: {
    meaning: 'The token is not signed by a key that this server trusts, or was changed after it was signed.',
    when: 'A token of the server itself was signed with another `JWT_SECRET`: by another deployment, or before the secret was changed. An identity token was signed by a key that is not in the key set at `AUTH_JWKS_URL`.',
    remedy:
      'Get a new token from the deployment that you call: sign in again and send the identity token to `POST /auth/exchange`, or use an API token. If every identity token is refused, the operator compares `AUTH_JWKS_URL` with `jwks_uri` in `/.well-known/openid-configuration` of the provider.',
  },
  token_expired: {
    meaning: 'The token was good, and the time that it was issued for is over.',
    when: 'The `exp` of a JWT has passed (an identity token is accepted for 30 seconds more), or the `expiresAt` of an API token.',
    remedy:
      'Sign in again and send the new identity token to `POST /auth/exchange`, or make another API token by `POST /auth/tokens`; without `expiresIn` it never expires. The same token will be refused again.',
  },
  token_not_yet_valid: {
    meaning:
      'The token says that it becomes valid at a time that has not come yet by the clock of the server.',
    when: 'The claim `nbf` of the JWT is in the future; of an identity token by more than 30 seconds.',
    remedy:
      'Wait until the time in `nbf`, and send the request again. If the token was issued just now, set the clock of the machine that issued it.',
  },
  token_issuer_mismatch: {
    meaning: 'The token was issued by somebody else than this deployment accepts tokens from.',
    when: 'The `iss` of an `HS256` token is not `JWT_ISSUER` of the deployment (`dreamlake` unless it is set), or the `iss` of an identity token is not its `AUTH_ISSUER`. They are compared letter by letter, to the last slash.',
    remedy:
      'Decode the token, look at `iss`, and get one from the issuer that the deployment expects. The operator sets `AUTH_ISSUER` to exactly what `/.well-known/openid-configuration` of the provider has as `issuer`.',
  },
  token_audience_mismatch: {
    meaning: 'The token was issued for the use with another service than this one.',
    when: 'The `aud` of an `HS256` token does not name `JWT_AUDIENCE` of the deployment (`dreamlake` unless it is set), or the `aud` of an identity token does not name its `AUTH_AUDIENCE`.',
    remedy:
      'Ask the identity provider for a token with the audience that the deployment expects. The operator compares `aud` of such a token with `AUTH_AUDIENCE`, letter by letter.',
  },
  token_claims_missing: {
    meaning:
      'The signature of the token is good, but the token does not say all that the server has to know.',
    when: 'The claim `sub` is absent or is not a text of 1 to 255 characters. An identity token also needs `exp`, `iss` and `aud`; a token of the server itself needs these and `jti`, unless `ENVIRONMENT` is `development`.',
    remedy:
      'Use a token that has them: those of `POST /auth/exchange` and of `npm run token` do. For an identity token, set the provider up so that it puts these claims in.',
  },
  token_unknown: {
    meaning: 'The token has the form of an API token, and this server knows none like it.',
    when: 'It was made on another deployment, it was revoked more than a day ago, or the namespace or project that it was bound to was removed for good.',
    remedy:
      'Check that the token and the address that you call belong to the same deployment. Otherwise make another one by `POST /auth/tokens`, whose answer is the only one to show the secret.',
  },
  token_revoked: {
    meaning: 'Somebody has ended the token before its time.',
    when: '`POST /auth/logout` was sent with this very JWT, or the API token was revoked by `DELETE /auth/tokens/:id`.',
    remedy:
      'Sign in again and call `POST /auth/exchange`, or make another API token by `POST /auth/tokens`. A revoked token never becomes good again.',
  },
  claims_insufficient: {
    meaning: 'The identity token is signed by the provider and valid, but does not say whose it is.',
    when: 'On `POST /auth/exchange`, where the claim `sub` is absent or is not a text of 1 to 255 characters.',
    remedy:
      'Set the identity provider up to put a lasting id of the user into `sub`, get a new identity token, and exchange that.',
  },
  logout_without_id: {
    meaning:
      'Logging out revokes a JWT by its claim `jti`. This token has none, so it could not be revoked and is still good.',
    when: 'On `POST /auth/logout`, sent with an API token or with a JWT without `jti`.',
    remedy:
      'An API token is revoked by `DELETE /auth/tokens/:id`, with an `id` from `GET /auth/tokens`, by its user signed in with a JWT. A JWT without `jti` is good until its `exp`: throw it away, and use tokens of `POST /auth/exchange`, which have one.',
  },
  forbidden: {
    meaning:
      'The server knows who you are, but your role in the namespace, or the scopes of your token, do not suffice for this request. `detail` names the role or the scope that it takes.',
    when: 'A reader, or somebody who is no member, writes; anybody but an owner purges, reads `/namespaces/:slug/purges`, or changes `visibility`, members or the namespace itself. An API token lacks the scope (`read`, `write`, `upload`), or is used for accounts, API tokens, members and namespaces, which no API token may change.',
    remedy:
      'Ask an owner for the role: `PUT /namespaces/:slug/members/:username`. The scopes of an API token are fixed, so make another one by `POST /auth/tokens`; for accounts, API tokens, members and namespaces, send a JWT of the user.',
  },
  created_by_another: {
    meaning:
      'An API token without the scope `write` may add things, and change only what it has created itself. What has this name was created by somebody else, or by another token.',
    when: 'With such a token, on `POST /namespaces/:slug/projects/:projectSlug/episodes` with the name of an episode that exists, in the trash or not, or on `POST /assets/<kind>` with a `name` that an asset of the kind has there.',
    remedy:
      'Choose another name, or send the request with a token that has the scope `write`. To add an asset to the episode of somebody else, do not post the episode: give its name as `episodeName` of the asset.',
  },
  api_token_not_found: {
    meaning: 'The id is not that of an API token of yours that can still be revoked.',
    when: 'On `DELETE /auth/tokens/:id`, where the token was revoked before or belongs to another user, or where the secret (`dlk_...`) was given in place of the id.',
    remedy:
      'Take the `id` from `GET /auth/tokens`. A token that is not in that list is good for nothing any more, and there is nothing left to do.',
  },
  too_many_api_tokens: {
    meaning: `A user has at most ${MOST_API_TOKENS} API tokens, and you have that many. No token was made.`,
    when: `On \`POST /auth/tokens\`, while you have ${MOST_API_TOKENS} tokens that are not revoked and none of them has expired: expired ones make room by themselves.`,
    remedy:
      'Find one that is no longer used by `lastUsedAt` in `GET /auth/tokens`, revoke it by `DELETE /auth/tokens/:id`, and send the request again. Give short-lived tokens an `expiresIn`.',
  },
  user_not_found: {
    meaning:
      'Members are named by their username, which is the slug of their home namespace, and no user of this server has this one.',
    when: 'On `PUT /namespaces/:slug/members/:username`, where the person has never signed in here, or where the name is misspelt or was changed.',
    remedy:
      'Have the person call `GET /auth/me` once, which makes the account, and use the `username` in its answer.',
  },
  member_not_found: {
    meaning: 'Nobody by this username is a member of the namespace, so there is no membership to end.',
    when: 'On `DELETE /namespaces/:slug/members/:username`, where the user has left, was removed before, or never was a member, or where no user has that name.',
    remedy:
      'Compare with the usernames in `GET /namespaces/:slug/members`. If the user is not among them, there is nothing left to do.',
  },
  last_owner: {
    meaning:
      'Nobody could manage a namespace without an owner, so the only owner can neither leave nor get a lower role.',
    when: 'On `DELETE /namespaces/:slug/members/:username`, or on `PUT` with the role `reader` or `writer`, for the only member who is an owner.',
    remedy:
      'Make another member an owner by `PUT /namespaces/:slug/members/:username` with `{"role": "owner"}`, and send the request again.',
  },
  home_owner: {
    meaning:
      'A home namespace came with the account of a user. Others may join it, as owners too, but that user always stays an owner of it.',
    when: 'On `DELETE /namespaces/:slug/members/:username`, or on `PUT` with the role `reader` or `writer`, for the user whose home the namespace is.',
    remedy:
      'Leave this member as it is. For work that is to belong to others, make a namespace by `POST /namespaces` and other members owners of that.',
  },
  exchange_not_configured: {
    meaning:
      'This deployment is not connected to an identity provider, so there are no identity tokens that it could exchange.',
    when: 'On `POST /auth/exchange`, while `AUTH_JWKS_URL`, `AUTH_ISSUER` and `AUTH_AUDIENCE` are not set.',
    remedy:
      'Use an API token, or a token that the operator has made by `npm run token`. Sending the request again does no harm, and does not help until the operator has set the three variables and deployed.',
  },
  issuer_unreachable: {
    meaning:
      'The server could not get the keys of the identity provider, and so cannot tell whether the token is good. Nothing was done.',
    when: 'The address `AUTH_JWKS_URL` does not answer, or not with a key set, and the token is not signed by a key that was fetched within the last day. API tokens and tokens of `POST /auth/exchange` go on working.',
    remedy:
      'Send the same request again after the 5 seconds that `Retry-After` says; that is safe for reads and for writes. If it goes on, the operator checks that the key set can be fetched from `AUTH_JWKS_URL`.',
  },
} as const satisfies Partial<Record<Failure, ProblemText>>
