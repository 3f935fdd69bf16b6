-- namespaces.create, permitted by namespaces.creating
insert into namespaces (id, slug, metadata, created_at, updated_at, created_by, created_by_token, created_request, updated_request)
 select :id, :slug, :metadata, :now, :now, permit.user_id, permit.token_id, :repeatable, :mark
 from permit
 where permit.user_id is not null

-- namespaces.created, judged by namespaces.creating
select standing.refusal as refusal, namespaces.id as id, namespaces.version as version, 1 as created, <namespaceJson> as body
 from verdict as standing
 left join namespaces on namespaces.id = iif(standing.refusal is null, (select id from earlier), null)

-- namespaces.describeHome
update namespaces set metadata = :metadata
 where namespaces.id = :newHomeId and namespaces.slug = :slug and :metadata is not namespaces.metadata

-- namespaces.keep.created, consulted by namespaces.creating
insert or replace into idempotency_keys (id, fingerprint, attempt, place_id, item_id, version, created, body, created_at)
 select :keyId, :fingerprint, :attempt, standing.user_id, told.id, told.version, told.created, told.body, :now
 from permit as standing cross join (select standing.refusal as refusal, namespaces.id as id, namespaces.version as version, 1 as created, <namespaceJson> as body
 from verdict as standing
 left join namespaces on namespaces.id = iif(standing.refusal is null, (select id from earlier), null)) as told
 where :keyId is not null and not exists (select 1 from kept where is_here)

-- namespaces.letGoOfFormer
delete
 from former_slugs
 where former_slugs.slug in (
 select former_slugs.slug
 from former_slugs
 where former_slugs.namespace_id = (
 select former_slugs.namespace_id
 from former_slugs
 where former_slugs.slug = :namespace and former_slugs.reserved_until = :now + 2592000000)
 order by former_slugs.reserved_until desc, former_slugs.slug limit -1 offset 10)

-- namespaces.listed, consulted by namespaces.listing
select standing.refusal as refusal, iif(standing.refusal is null, ifnull((select users.namespace_count from users where users.id = standing.user_id), 0), null) as count, standing.token_namespace_id is null as is_counted, null as id, null as body
 from verdict as standing
 union all
 select null, null, null, id, body
 from (select printf('%02x', members.prominence) || members.namespace_id as id, json_object('id', namespaces.id, 'slug', namespaces.slug, 'role', case members.role
 when 1 then 'reader'
 when 2 then 'writer'
 when 3 then 'owner' end, 'metadata', json(namespaces.metadata)) as body
 from members cross join namespaces on namespaces.id = members.namespace_id and namespaces.deleted_at is null
 where members.user_id = (select user_id from permit where token_project_id is null) and (members.prominence, members.namespace_id) < (iif(:before = 'g', 9, cast(substr(:before, 1, 2) as integer)), substr(:before, 3)) and members.prominence >= 0 and members.namespace_id = ifnull((select token_namespace_id from permit), members.namespace_id)
 order by members.prominence desc, members.namespace_id desc limit iif(:offset > 0 and (:offset >= (select ifnull((select users.namespace_count from users where users.id = standing.user_id), 0)
 from permit as standing) or :offset > 100000), 0, :limit + 1) offset :offset)

-- namespaces.markTrashed
update namespaces set deleted_at = :now, deletion_id = :deletionId
 where namespaces.id = (select deletions.item_id from deletions where deletions.id = :deletionId) and namespaces.deleted_at is null

-- namespaces.own
insert into members (user_id, namespace_id, role, prominence, created_at)
 select namespaces.created_by, namespaces.id, 3, 1, :now
 from namespaces
 where namespaces.id = :id and not exists (select 1 from members where members.namespace_id = :id)

-- namespaces.read, judged by namespaces.reading
select standing.refusal as refusal, namespaces.id as id, namespaces.version as version, 0 as created, (select json_object('id', namespaces.id, 'slug', namespaces.slug, 'metadata', json(namespaces.metadata), 'role', case standing.access
 when 1 then 'reader'
 when 2 then 'writer'
 when 3 then 'owner' end, 'spaces', namespace_stats.projects, 'projects', namespace_stats.projects, 'assets', json_object('videos', namespace_stats.videos, 'audio', namespace_stats.audios, 'labelTracks', namespace_stats.label_tracks, 'textTracks', namespace_stats.text_tracks, 'images', namespace_stats.images, 'files', namespace_stats.files), 'usage', json_object('rows', namespace_stats.rows, 'bytes', namespace_stats.bytes, 'rowsQuota', :rowsQuota, 'bytesQuota', :bytesQuota))
 from namespace_stats
 where namespace_stats.namespace_id = namespaces.id) as body
 from verdict as standing
 left join namespaces on namespaces.id = iif(standing.refusal is null, standing.namespace_id, null)

-- namespaces.recalled.creating, judged by namespaces.creating
select standing.refusal as refusal, kept.item_id as id, kept.version as version, kept.created as created, kept.body as body, kept.attempt <> :attempt as is_replayed
 from verdict as standing
 left join kept

-- namespaces.reserveFormer, permitted by namespaces.updating
insert into former_slugs (slug, namespace_id, reserved_until)
 select permit.namespace_slug, permit.namespace_id, :now + 2592000000
 from permit
 where permit.namespace_slug <> :newSlug
 on conflict (slug) do update set namespace_id = excluded.namespace_id, reserved_until = excluded.reserved_until

-- namespaces.reserveRestored
with <trash.undone> insert into former_slugs (slug, namespace_id, reserved_until)
 select namespaces.slug, namespaces.id, :now + 2592000000
 from namespaces
 where namespaces.id = (select item_id from undone where kind = 'namespace') and namespaces.slug <> :slug
 on conflict (slug) do update set namespace_id = excluded.namespace_id, reserved_until = excluded.reserved_until

-- namespaces.restore
with <trash.undone> update namespaces set deleted_at = null, deletion_id = null, slug = ifnull(:slug, namespaces.slug), updated_at = iif((:slug <> namespaces.slug), :now, namespaces.updated_at), updated_request = iif((:slug <> namespaces.slug), :mark, namespaces.updated_request), renamed_request = iif((:slug <> namespaces.slug), null, namespaces.renamed_request), version = namespaces.version + 1
 where namespaces.id = (select item_id from undone where kind = 'namespace')

-- namespaces.trash, permitted by namespaces.trashing
insert into deletions (id, namespace_id, project_id, kind, item_id, name, deleted_at, deleted_by, request)
 select :deletionId, permit.namespace_id, null, 'namespace', namespaces.id, namespaces.slug, :now, permit.user_id, :repeatable
 from permit cross join namespaces on namespaces.id = permit.namespace_id

-- namespaces.trashed, judged by namespaces.trashing
<deletion>

-- namespaces.update, permitted by namespaces.updating
update namespaces set slug = case
 when :newSlug? then :newSlug else namespaces.slug end, metadata = case
 when not :metadata? then namespaces.metadata
 when :isMerging and :metadata is not null then json_patch(ifnull(namespaces.metadata, '{}'), :metadata) else :metadata end, renamed_request = case
 when :newSlug <> namespaces.slug then :mark else namespaces.renamed_request end, updated_at = :now, updated_request = :mark, version = namespaces.version + 1
 where namespaces.id = (select namespace_id from permit)

-- namespaces.updated, judged by namespaces.updating
select standing.refusal as refusal, namespaces.id as id, namespaces.version as version, 0 as created, <namespaceJson> as body
 from verdict as standing
 left join namespaces on namespaces.id = iif(standing.refusal is null, standing.namespace_id, null)
