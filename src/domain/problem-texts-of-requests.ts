import type { Failure, ProblemText } from './failure.ts'

/** Of requests as such, whatever they are about, and of the server that answers them. */
export const textsOfRequests = {
  invalid_request: {
    meaning:
      'The route does not take the request in this form, and nothing was done. `errors` names each parameter, field or header in question and says what is wrong with it.',
    when: 'Something required is missing; a value is of the wrong type, too long or out of range; the route does not know a name, or one is given twice; the body is no JSON object in UTF-8; a `cursor` was altered or is of another list; or a `page` begins behind the first 100,000 entries.',
    remedy:
      'Correct what `errors` names, and send the request again; unchanged it will be refused again. `/openapi.json` has the form of every request, and with `Prefer: handling=lenient` names that the route does not know are passed over.',
  },
  query_invalid: {
    meaning:
      'The text of `q` is no query of the filter language. Nothing was looked for. The entry of `errors` says what is wrong, at which UTF-16 unit of the text it begins (`at`) and how long it is (`length`); `hint` says what to do, where that is known.',
    when: 'A field does not exist; a value is no date, length or kind where one is wanted; a parenthesis or quotes are not closed; an operator is not one of that field; or the text is over 1,024 bytes, or has over 32 terms.',
    remedy:
      'Correct the text there. What holds a space, a colon, a comma or a parenthesis stands in quotes: `name:"run 1"`. Encode it in the address: `>` as %3E, `+` as %2B.',
  },
  route_not_found: {
    meaning: 'Nothing on this server has this path, by whatever method.',
    when: 'The path is misspelt, ends with a slash, has something before it such as `/api`, or holds a name with a slash that is not encoded.',
    remedy:
      'Compare with the paths in `/openapi.json`. Encode names that stand in a path: the episode `day 1/run 2` is `day%201%2Frun%202`.',
  },
  method_not_allowed: {
    meaning: 'The path is right, but it is not answered by this method.',
    when: 'For example on `PUT` where things are changed by `PATCH`, or on `POST` to a single thing in place of the list that it is in.',
    remedy:
      'Use one of the methods in the header `Allow` of this answer; `/openapi.json` says what each does.',
  },
  idempotency_key_reused: {
    meaning:
      'A key names one request, and another request was sent under this one before. Nothing was done for the new one.',
    when: 'On a `POST` that creates or adds, where the same user, or the same API token, has sent another body or query to the same path under the same `Idempotency-Key` within 24 hours. Bodies are compared byte for byte, so another order of fields is another body.',
    remedy:
      'Take a new key, such as a UUID, for each new request. To repeat a request whose answer was lost, keep the body that was sent and send exactly that under the same key.',
  },
  rate_limited: {
    meaning:
      'You, or the network that you call from, have sent more than is allowed in a while. Nothing was done.',
    when: 'By default beyond 6,000 reads or 3,000 writes of a user within 60 seconds, where parts that are sent to signed URLs count as writes of their upload. Requests without a token, or with one that the server has not accepted yet, count by the address that they come from: 300 within 60 seconds. `RateLimit-Policy` tells the limit.',
    remedy:
      'Wait for as many seconds as `Retry-After` says, and send the same request again; that is safe for reads and writes. Then send fewer: many endpoints take up to 1,000 things at once, such as `POST /uploads` and `POST /assets/sign`.',
  },
  body_too_large: {
    meaning: 'The body has more than 1,048,576 bytes, which is the most that any route takes as JSON.',
    when: 'On any request to a route that needs a token whose body is over 1 MiB, whatever is in it. What is sent by `PUT` to a signed URL is not bounded by this.',
    remedy:
      'Split long lists, such as `files` of `POST /uploads` or the members of a collection, over several requests. Files do not belong into bodies: announce them by `POST /uploads`, and send them to the URLs that this answers.',
  },
  media_type_unsupported: {
    meaning:
      'The header `Content-Type` says that the body is something else than the JSON that the route reads.',
    when: 'There is a body, and its type is not `application/json` or `application/...+json`, as with forms or `text/plain`, which some clients send by themselves. `application/merge-patch+json` is taken on `PATCH` alone.',
    remedy:
      'Send the body as JSON with `Content-Type: application/json`, or without the header. With `curl`, add `-H "Content-Type: application/json"` to `-d`.',
  },
  encoding_unsupported: {
    meaning: 'The body is compressed, and the server reads bodies only as they are.',
    when: 'There is a body, and `Content-Encoding` says something else than `identity`, such as `gzip`.',
    remedy:
      'Switch the compression of requests off in your client, and send the body again without `Content-Encoding`. Files may be compressed as you like before they are uploaded.',
  },
  precondition_failed: {
    meaning:
      'The request was only to be done on the state that you had read, and that is not the present one: somebody has changed the thing, or made one of that name. Nothing was changed.',
    when: 'On a change or deletion with `If-Match`, where id and version in the tag are not those of the thing as it is. Things without an `ETag`, such as members, API tokens, uploads and entries of the trash, answer this to any tag. On a `POST` that makes what is not there and changes what is, also with `If-None-Match: *` where it is there, and with `If-Match` where it is not. So does a signed download URL to a failing `If-Match` or `If-Unmodified-Since`.',
    remedy:
      'Read the thing again, make your change on what it is now, and send it with the new `ETag` as `If-Match`. Leave the header out, or send `If-Match: *`, to change it whatever its state.',
  },
  internal: {
    meaning: 'The request has met a defect of the server. What it asked for may have been done or not.',
    when: 'Never as a matter of course: each of these stands in the log of the server, for the operator to look into.',
    remedy:
      'A `GET` can always be sent again, and so can a write with the same `Idempotency-Key`, or with the same `X-Request-Id` if your client chose one the first time; else read first what is there. There is no `Retry-After`. If it comes again, give the operator the `requestId`.',
  },
  not_ready: {
    meaning:
      'The server is running but not able to serve: a variable is wrong, or a store does not answer. `errors` names which.',
    when: 'On `GET /readyz` alone. `errors` names variables of the deployment, `DB` for the database, and `BUCKET`, `S3_ENDPOINT` or `S3_BUCKET` for the store of the bytes.',
    remedy:
      'Correct the variables that are named and deploy again; a store may recover by itself. Asking again is always safe: do so after the 5 seconds that `Retry-After` says, and send other requests when the answer is 200.',
  },
  not_configured: {
    meaning:
      'A setting of the deployment is missing or unsafe, such as a `JWT_SECRET` that everybody knows, and until it is corrected no route that needs a token is served. Nothing was done.',
    when: 'On every route that needs a token, while any variable of the deployment has a fault.',
    remedy:
      'The operator reads in `GET /readyz` which variables are at fault, corrects them, and deploys or sets the secret. It is safe to send any request again, after the 5 seconds that `Retry-After` says, but it helps only after that.',
  },
  database_unavailable: {
    meaning:
      'The database is overloaded, or was not reached although the server has tried several times. A write may have been done or not.',
    when: 'On any route that asks the database, mostly for some seconds.',
    remedy:
      'Send the request again after the 5 seconds that `Retry-After` says, and then less and less often. A `GET` is always safe, and so is a write with the same `Idempotency-Key`, or with the same `X-Request-Id` if your client chose one the first time; announcing uploads and making API tokens are safe with the key alone. Without either, read first what is there.',
  },
} as const satisfies Partial<Record<Failure, ProblemText>>
