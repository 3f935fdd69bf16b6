-- uploads.abort, permitted by uploads.aborting
update objects set state = 'aborted', lease_until = :askedAt
 where objects.id = (select object_id from permit) and objects.state = 'pending'

-- uploads.aborted, judged by uploads.aborting
select standing.refusal as refusal, <uploadColumns>, not <isBlind> or standing.object_token_id is standing.token_id as is_shown
 from verdict as standing
 left join objects on objects.id = iif(standing.refusal is null, standing.object_id, null)

-- uploads.announce, permitted by uploads.announcing
insert into objects (id, namespace_id, project_id, key, state, size, content_type, lease_until, created_by, created_by_token, created_at, name, part_size, announced_size, announced_sha256, staging_hash)
 select (file.value ->> '$.id'), permit.namespace_id, permit.project_id, permit.namespace_id || '/' || (file.value ->> '$.id'), 'pending', 0, (file.value ->> '$.contentType'), :leaseUntil, permit.user_id, permit.token_id, :now, (file.value ->> '$.name'), (file.value ->> '$.partSize'), (file.value ->> '$.size'), (file.value ->> '$.sha256'), (file.value ->> '$.stagingHash')
 from permit cross join each(:files) as file
 where <uploads.known.permit> is null
 on conflict do nothing

-- uploads.announced, judged by uploads.announcing
select standing.refusal as refusal, (select project_id from verdict) as id, 1 as version, 1 as created, (select json_group_array(json(row))
 from (select json_object('id', objects.id, 'key', objects.key, 'state', objects.state, 'name', objects.name, 'bucket_upload_id', objects.bucket_upload_id, 'part_size', objects.part_size, 'announced_size', objects.announced_size, 'announced_sha256', objects.announced_sha256, 'content_type', objects.content_type, 'size', objects.size, 'sha256', objects.sha256, 'etag', objects.etag, 'created_at', objects.created_at) as row
 from (select * from verdict where refusal is null) as permit cross join each(:files) as file cross join objects on objects.id = ifnull( (select objects.id from objects where objects.id = (file.value ->> '$.id')), <uploads.known.permit>))) as body
 from verdict as standing

-- uploads.begin, permitted by uploads.sending
update objects set bucket_upload_id = :bucketUploadId
 where objects.id = (select object_id from permit) and objects.bucket_upload_id is null

-- uploads.complete, permitted by uploads.settling
update objects set state = 'complete', size = :size, etag = :etag, sha256 = :sha256, lease_until = :leaseUntil, completed_at = :now
 where objects.id = (select object_id from permit) and objects.state = 'pending'

-- uploads.completed, judged by uploads.settling
select standing.refusal as refusal, <uploadColumns>, not <isBlind> or standing.object_token_id is standing.token_id as is_shown
 from verdict as standing
 left join objects on objects.id = iif(standing.refusal is null, standing.object_id, null)

-- uploads.contest, permitted by uploads.completing
update parts set contested = 1
 where parts.object_id = (select object_id from permit) and (parts.part_number, parts.etag) in ( select part.value ->> '$.partNumber', part.value ->> '$.etag' from each(:doubted) as part)

-- uploads.discard, permitted by uploads.discarding
update objects set state = 'discarded', lease_until = :askedAt
 where objects.id = (select object_id from permit) and objects.state = 'pending'

-- uploads.discarded, judged by uploads.discarding
select standing.refusal as refusal, <uploadColumns>, not <isBlind> or standing.object_token_id is standing.token_id as is_shown
 from verdict as standing
 left join objects on objects.id = iif(standing.refusal is null, standing.object_id, null)

-- uploads.doubted, judged by uploads.completing
select standing.refusal as refusal
 from verdict as standing

-- uploads.drop
update objects set state = 'aborted', lease_until = :now
 where objects.key = :key and objects.bucket_upload_id = :bucketUploadId and objects.state = 'pending'

-- uploads.forgetContested, permitted by uploads.completing
delete
 from parts
 where parts.object_id = (select object_id from permit) and (parts.part_number, parts.etag) in ( select part.value ->> '$.partNumber', part.value ->> '$.etag' from each(:doubted) as part) and parts.contested = 1

-- uploads.forgetDropped
delete
 from parts
 where parts.object_id = ( select objects.id from objects where objects.key = :key and objects.state <> 'pending')

-- uploads.forgetParts
delete
 from parts
 where parts.object_id = ( select objects.id from objects where objects.id = :id and objects.state <> 'pending')

-- uploads.found, judged by uploads.watching
select standing.refusal as refusal, <uploadColumns>, not <isBlind> or standing.object_token_id is standing.token_id as is_shown
 from verdict as standing
 left join objects on objects.id = iif(standing.refusal is null, standing.object_id, null)

-- uploads.foundObject, judged by uploads.findingObject
select standing.refusal as refusal, objects.key as key, objects.size as size, <contentTypeOfObject> as content_type
 from verdict as standing
 left join objects on objects.id = iif(standing.refusal is null, standing.object_id, null)

-- uploads.foundStaged, judged by uploads.findingStaged
select standing.refusal as refusal, <uploadColumns>, not <isBlind> or objects.created_by_token is standing.token_id as is_shown
 from verdict as standing
 left join staged
 left join objects on objects.id = iif(standing.refusal is null, staged.id, null)

-- uploads.foundToComplete, judged by uploads.completing
select standing.refusal as refusal, <uploadColumns>, not <isBlind> or standing.object_token_id is standing.token_id as is_shown
 from verdict as standing
 left join objects on objects.id = iif(standing.refusal is null, standing.object_id, null)

-- uploads.foundToSend, judged by uploads.sending
select standing.refusal as refusal, <uploadColumns>, not <isBlind> or standing.object_token_id is standing.token_id as is_shown
 from verdict as standing
 left join objects on objects.id = iif(standing.refusal is null, standing.object_id, null)

-- uploads.giveUp, permitted by uploads.discarding
update objects set state = 'aborted', lease_until = :askedAt
 where objects.id = (select object_id from permit) and objects.state = 'pending'

-- uploads.givenUp, judged by uploads.discarding
select standing.refusal as refusal, <uploadColumns>, not <isBlind> or standing.object_token_id is standing.token_id as is_shown
 from verdict as standing
 left join objects on objects.id = iif(standing.refusal is null, standing.object_id, null)

-- uploads.keep.announced, consulted by uploads.announcing
insert or replace into idempotency_keys (id, fingerprint, attempt, place_id, item_id, version, created, body, created_at)
 select :keyId, :fingerprint, :attempt, standing.project_id, told.id, told.version, told.created, told.body, :now
 from permit as standing cross join (select standing.refusal as refusal, (select project_id from verdict) as id, 1 as version, 1 as created, (select json_group_array(json(row))
 from (select json_object('id', objects.id, 'key', objects.key, 'state', objects.state, 'name', objects.name, 'bucket_upload_id', objects.bucket_upload_id, 'part_size', objects.part_size, 'announced_size', objects.announced_size, 'announced_sha256', objects.announced_sha256, 'content_type', objects.content_type, 'size', objects.size, 'sha256', objects.sha256, 'etag', objects.etag, 'created_at', objects.created_at) as row
 from (select * from verdict where refusal is null) as permit cross join each(:files) as file cross join objects on objects.id = ifnull( (select objects.id from objects where objects.id = (file.value ->> '$.id')), <uploads.known.permit>))) as body
 from verdict as standing) as told
 where :keyId is not null and not exists (select 1 from kept where is_here)

-- uploads.listed, consulted by uploads.listing
select standing.refusal as refusal, iif(standing.refusal is null, ifnull((select pending_uploads.uploads
 from pending_uploads
 where pending_uploads.project_id = standing.project_id and pending_uploads.holder_id = iif(<isBlind>, standing.token_id, standing.user_id)), 0), null) as count, true as is_counted, null as id, null as body
 from verdict as standing
 union all
 select null, null, null, id, body
 from (select id, body
 from (
 select objects.id as id, json_object('id', objects.id, 'name', objects.name, 'size', objects.announced_size, 'contentType', objects.content_type, 'createdAt', iso(objects.created_at), 'expiresAt', iso(objects.lease_until), 'method', iif(objects.part_size is null, 'PUT', 'MULTIPART')) as body
 from objects
 where objects.project_id = (select project_id from permit) and objects.created_by = (select standing.user_id from permit as standing where not <isBlind>) and objects.state = 'pending' and objects.id < :before
 order by objects.id desc limit iif(:offset > 0 and (:offset >= (select ifnull((select pending_uploads.uploads
 from pending_uploads
 where pending_uploads.project_id = standing.project_id and pending_uploads.holder_id = iif(<isBlind>, standing.token_id, standing.user_id)), 0)
 from permit as standing) or :offset > 100000), 0, :limit + 1) offset :offset)
 union all
 select id, body
 from (
 select objects.id as id, json_object('id', objects.id, 'name', objects.name, 'size', objects.announced_size, 'contentType', objects.content_type, 'createdAt', iso(objects.created_at), 'expiresAt', iso(objects.lease_until), 'method', iif(objects.part_size is null, 'PUT', 'MULTIPART')) as body
 from objects
 where objects.project_id = (select project_id from permit) and objects.created_by_token = (select standing.token_id from permit as standing where <isBlind>) and objects.state = 'pending' and objects.id < :before
 order by objects.id desc limit iif(:offset > 0 and (:offset >= (select ifnull((select pending_uploads.uploads
 from pending_uploads
 where pending_uploads.project_id = standing.project_id and pending_uploads.holder_id = iif(<isBlind>, standing.token_id, standing.user_id)), 0)
 from permit as standing) or :offset > 100000), 0, :limit + 1) offset :offset))

-- uploads.makeProject, permitted by uploads.announcing
insert into projects (id, namespace_id, name, slug, tags, visibility, created_at, updated_at, created_by, created_by_token, created_request, updated_request)
 select :projectId, permit.namespace_id, :project, :project, '[]', 'private', :now, :now, permit.user_id, permit.token_id, :repeatable, :mark
 from permit
 where permit.project_id is null

-- uploads.note
insert into parts (object_id, part_number, etag, bucket_etag, size, created_at)
 select objects.id, :partNumber, :etag, :bucketEtag, :size, :takenAt
 from objects
 where objects.key = :key and objects.bucket_upload_id = :bucketUploadId and objects.state = 'pending'
 on conflict (object_id, part_number) do update set etag = iif(excluded.created_at > parts.created_at, excluded.etag, parts.etag), bucket_etag = iif(excluded.created_at > parts.created_at, excluded.bucket_etag, parts.bucket_etag), size = iif(excluded.created_at > parts.created_at, excluded.size, parts.size), created_at = max(excluded.created_at, parts.created_at), contested = max(parts.contested, parts.bucket_etag <> excluded.bucket_etag)
 where parts.bucket_etag <> excluded.bucket_etag or parts.size <> excluded.size

-- uploads.noted, permitted by uploads.watching
select parts.part_number as part_number, parts.etag as etag, parts.bucket_etag as bucket_etag, parts.size as size, parts.contested as contested
 from permit cross join parts on parts.object_id = permit.object_id

-- uploads.notedNow
select parts.part_number as part_number
 from objects join parts on parts.object_id = objects.id and parts.part_number = :partNumber
 where objects.key = :key and objects.state = 'pending'

-- uploads.notedToComplete, permitted by uploads.completing
select parts.part_number as part_number, parts.etag as etag, parts.bucket_etag as bucket_etag, parts.size as size, parts.contested as contested
 from permit cross join parts on parts.object_id = permit.object_id

-- uploads.recalled.announcing, judged by uploads.announcing
select standing.refusal as refusal, kept.item_id as id, kept.version as version, kept.created as created, kept.body as body, kept.attempt <> :attempt as is_replayed
 from verdict as standing
 left join kept

-- uploads.renew, permitted by uploads.sending
update objects set lease_until = :leaseUntil
 where objects.id = (select object_id from permit) and objects.lease_until < :renewedBefore and :highest <= case
 when objects.part_size is null then 1
 when objects.announced_size is null then 10000 else max(1, (objects.announced_size + objects.part_size - 1) / objects.part_size) end

-- uploads.renewComplete, permitted by uploads.completing
update objects set lease_until = :leaseUntil
 where objects.id = (select object_id from permit) and objects.state = 'complete' and objects.lease_until < :renewedBefore

-- uploads.renewKnown, permitted by uploads.announcing
update objects set lease_until = :leaseUntil
 where objects.id in ( select <uploads.known.permit> from permit cross join each(:files) as file) and objects.lease_until < :renewedBefore
