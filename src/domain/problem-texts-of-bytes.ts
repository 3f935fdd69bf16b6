import type { Failure, ProblemText } from './failure.ts'

/** Of bytes: uploads, objects, and the signed URLs that lead to them. */
export const textsOfBytes = {
  asset_without_object: {
    meaning:
      'The asset is registered, but there are no bytes behind it: its storage id is missing, or is not the id of a completed upload of the namespace.',
    when: 'On `download` and `content` of an asset or a node, and as the `code` of single entries of `POST /assets/sign`. The answers of `GET /assets/<kind>` show such an asset with `object: null`.',
    remedy:
      'Announce the file by `POST /uploads`, send it, call `POST /uploads/:id/complete`, and send `POST /assets/<kind>` for the same path with that id as storage id (`bssVideoId` and so on). An asset that had no storage id takes it; one that had another is replaced by a new asset.',
  },
  object_not_found: {
    meaning: 'There are no complete bytes under this id that you may read.',
    when: 'On `GET /videos/:id/raw` and the same of the other kinds, where the id is of no upload, of one that is not complete, or of one in a project that you may not read. On `GET` of a signed URL below `/objects/`, where the bytes are gone since it was signed.',
    remedy:
      'Use the storage id of an asset (`bssVideoId` and so on) whose `object` is not `null`. For a signed URL, ask for a new one by `GET /assets/<kind>/download`; if that is 404 too, the file has to be uploaded again.',
  },
  upload_not_found: {
    meaning: 'There is no upload by this id that you may see, or the bucket does not know it any more.',
    when: 'On `/uploads/:id`, where the upload is unknown or was removed, where you are not a member of its namespace, or where the API token may see or send only its own. On `PUT` of a part to a signed URL, after the upload was completed or ended. On the older routes, where `uploadId` and `key` do not belong together, or you have announced nothing under that hash.',
    remedy:
      'List what you have pending by `GET /uploads?namespace=...&project=...`. After a refused part, read `GET /uploads/:id`: if its `status` is `complete` there is nothing more to send, and else announce the file again by `POST /uploads`.',
  },
  url_refused: {
    meaning:
      'The signature of the URL does not fit the request, or its time is over. `errors` names headers that are missing or that must not be sent.',
    when: 'On a URL below `/objects/` that has expired or was altered, that is used with another method than it was signed for, or without the headers that came with it. A single upload can be sent for one hour, a part for 24 hours, and a download for `expiresIn` seconds (3,600 by default).',
    remedy:
      'Ask for a new URL: `GET /assets/<kind>/download` or `POST /assets/sign` for reading, `POST /uploads/:id/parts` for sending (`{"partNumbers": [1]}` for a single upload). Use it unchanged, with all of the `headers` that came with it and no other header that begins with `x-amz-`.',
  },
  object_exists: {
    meaning: 'Bytes have arrived by this URL before. They are kept, and never overwritten.',
    when: 'On `PUT` to the signed URL of a single upload, most often because the answer to the first attempt was lost.',
    remedy:
      'Do not send them again: go on with `POST /uploads/:id/complete`, which compares what has arrived with what was announced. To store other bytes, announce them by `POST /uploads`.',
  },
  checksum_mismatch: {
    meaning: 'The bytes that arrived are not those that the checksum was made of, and were not stored.',
    when: 'On `PUT` to a signed URL below `/objects/`, where the SHA-256 that was announced as `sha256`, or the header `Content-MD5`, says something else.',
    remedy:
      'Send the file again to the same URL with the same headers. If the file has changed since it was announced, announce it anew by `POST /uploads` with its present `size` and `sha256`.',
  },
  length_required: {
    meaning: 'The server takes bytes only if it knows before how many will come.',
    when: 'On `PUT` to a signed URL below `/objects/` without the header `Content-Length`, as clients send it that stream a body of unknown size.',
    remedy:
      'Give the HTTP client a file or a buffer instead of a stream, or tell it the size, so that it sends `Content-Length` and not `Transfer-Encoding: chunked`. Then send the `PUT` again.',
  },
  part_too_large: {
    meaning: 'Each part has its place in the announced file, and this one is longer than that.',
    when: 'On `PUT` of a part to a signed URL below `/objects/`, where `Content-Length` is over the `partSize` of the upload or, for the last part, over what is left of the announced `size`. On uploads of the older routes, parts have at most 10 MiB.',
    remedy:
      'Cut the file at multiples of the `partSize` that `POST /uploads` has answered, and send the part again; `errors` says how many bytes it may have. If the file has grown since, announce it anew by `POST /uploads`.',
  },
  upload_complete: {
    meaning: 'The upload has become a finished object, so no more parts are taken and it cannot be aborted.',
    when: 'On `POST /uploads/:id/parts`, or the same of the older routes, and on `DELETE /uploads/:id`, after the upload was completed.',
    remedy:
      'Register an asset with the id of the upload as storage id. To be rid of the bytes, do nothing: they are removed when no asset refers to them and `UPLOAD_TTL_DAYS` (7 unless the deployment says otherwise) have passed.',
  },
  upload_aborted: {
    meaning: 'The upload has ended without a result, and nothing more can come of it.',
    when: 'On signing parts or completing, after `DELETE /uploads/:id`; after completing has found other bytes than were announced (`upload_mismatch`); after nothing has happened for `UPLOAD_TTL_DAYS` (7 unless the deployment says otherwise); or after the bucket has dropped the parts by itself.',
    remedy:
      'Announce the file again by `POST /uploads`, and send all of it to the new URLs. Signing parts or completing an upload anew keeps it from becoming idle.',
  },
  upload_incomplete: {
    meaning:
      'The bucket does not hold the whole file, or holds other parts than the request names. Nothing is lost: the upload stays pending. `errors` names up to 100 of the parts in the way.',
    when: 'On `POST /uploads/:id/complete`, where a part has not arrived, its `etag` is another one, or a single upload was not sent yet. On `POST /videos` and the same of the other kinds, where the upload was not completed.',
    remedy:
      'See in `GET /uploads/:id` which parts are there, get URLs for the others by `POST /uploads/:id/parts`, send them, and complete again. Where `errors` names no part but asks to complete again, do just that.',
  },
  upload_mismatch: {
    meaning: 'All bytes have arrived, but their size or checksum is not what was announced.',
    when: 'On `POST /uploads/:id/complete`, which then discards the upload. On `POST /videos` and the same of the other kinds, where `fileSize` is not the size of the object; there nothing is discarded.',
    remedy:
      'Announce the file again by `POST /uploads` with its present `size` and `sha256`, and send it anew; make sure that nobody writes to it meanwhile. On the older routes, correct `fileSize`.',
  },
  object_not_complete: {
    meaning:
      'The storage id is of an upload that is not finished, or of bytes that are just being removed. No asset was registered.',
    when: 'On `POST /assets/<kind>`, before the upload was completed, or long after it: bytes that no asset refers to are removed after `UPLOAD_TTL_DAYS` (7 unless the deployment says otherwise).',
    remedy:
      'Read `GET /uploads/:id`. If its `status` is `pending`, call `POST /uploads/:id/complete` and register the asset again; if it is not found, upload the file again and use the new id.',
  },
  range_not_satisfiable: {
    meaning: 'The range begins behind the last byte of the object, or asks for no bytes at all.',
    when: 'On `GET` of a signed URL below `/objects/` with a `Range` such as `bytes=1000-` for an object of 1,000 bytes, or `bytes=-0`.',
    remedy:
      'Take the size from `Content-Range` of this answer (`bytes */1000`), and ask for a range within it. A download that has all bytes already is done.',
  },
  bucket_unavailable: {
    meaning:
      'The store that holds the bytes did not answer, or answered with an error, so the server could not go on.',
    when: 'On `GET /uploads/:id`, `POST /uploads/:id/parts`, `POST /uploads/:id/complete` and `DELETE /uploads/:id`, on the same of the older routes, and on `PUT` to a signed URL below `/objects/`.',
    remedy:
      'Send the same request again after some seconds, and then less and less often; there is no `Retry-After`. That is safe for all of these, as each goes on from where the last one was cut off; a `PUT` that is then answered 412 has arrived before. If it goes on, `GET /readyz` says whether the store answers at all.',
  },
  url_not_signed: {
    meaning: 'The bytes are there, but the server could not make the signed URL that leads to them.',
    when: 'On `download`, `content` and `raw`, on `POST /assets/sign`, and on a manifest with `urls=true`. The settings of the store (`S3_ENDPOINT` and so on) are the likely cause.',
    remedy:
      'Send the request again after some seconds: it only reads, so that is always safe; there is no `Retry-After`. If it goes on, give the operator the `requestId`, under which the log has the cause.',
  },
} as const satisfies Partial<Record<Failure, ProblemText>>
