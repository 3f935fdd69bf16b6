-- datasets.attach, permitted by datasets.attaching
update collections set dataset_id = (select id from target), detached_by = null, updated_at = :now, updated_request = :mark, version = collections.version + 1
 where collections.id in (select concerned.id from permit cross join concerned)

-- datasets.attachRestored
with <trash.undone> update collections set dataset_id = ifnull(collections.dataset_id, (select item_id from undone)), detached_by = null, updated_at = :now, version = collections.version + 1
 where collections.detached_by = (select id from undone)

-- datasets.attached, judged by datasets.attaching
select standing.refusal as refusal, datasets.id as id, datasets.version as version, 0 as created, json_object('added', iif(datasets.updated_request = :mark, datasets.changed_collections, 0), 'total', datasets.collection_count) as body
 from verdict as standing
 left join datasets on datasets.id = iif(standing.refusal is null, (select id from target), null)

-- datasets.create, permitted by datasets.creating
insert into datasets (id, project_id, name, description, tags, metadata, created_at, updated_at, created_by, created_by_token, created_request, updated_request)
 select :id, permit.project_id, :name, :description, ifnull(:tags, '[]'), :metadata, :now, :now, permit.user_id, permit.token_id, :repeatable, :mark
 from permit

-- datasets.created, judged by datasets.creating
select standing.refusal as refusal, datasets.id as id, datasets.version as version, 1 as created, iif(<isBlind>, json_object('id', datasets.id, 'name', datasets.name), <datasetJson>) as body
 from verdict as standing
 left join datasets on datasets.id = iif(standing.refusal is null, (select id from earlier), null)

-- datasets.detach, permitted by datasets.detaching
update collections set dataset_id = null, detached_by = null, updated_at = :now, updated_request = :mark, version = collections.version + 1
 where collections.id in (select concerned.id from permit cross join concerned)

-- datasets.detachCollections
update collections set dataset_id = null, detached_by = :deletionId, updated_at = :now, updated_request = :mark, version = collections.version + 1
 where collections.dataset_id = (select deletions.item_id from deletions where deletions.id = :deletionId)

-- datasets.detached, judged by datasets.detaching
select standing.refusal as refusal, datasets.id as id, datasets.version as version, 0 as created, json_object('removed', iif(datasets.updated_request = :mark, datasets.changed_collections, 0), 'total', datasets.collection_count) as body
 from verdict as standing
 left join datasets on datasets.id = iif(standing.refusal is null, (select id from target), null)

-- datasets.keep.attached, consulted by datasets.attaching
insert or replace into idempotency_keys (id, fingerprint, attempt, place_id, item_id, version, created, body, created_at)
 select :keyId, :fingerprint, :attempt, (select id from target), told.id, told.version, told.created, told.body, :now
 from permit as standing cross join (select standing.refusal as refusal, datasets.id as id, datasets.version as version, 0 as created, json_object('added', iif(datasets.updated_request = :mark, datasets.changed_collections, 0), 'total', datasets.collection_count) as body
 from verdict as standing
 left join datasets on datasets.id = iif(standing.refusal is null, (select id from target), null)) as told
 where :keyId is not null and not exists (select 1 from kept where is_here)

-- datasets.keep.created, consulted by datasets.creating
insert or replace into idempotency_keys (id, fingerprint, attempt, place_id, item_id, version, created, body, created_at)
 select :keyId, :fingerprint, :attempt, standing.project_id, told.id, told.version, told.created, told.body, :now
 from permit as standing cross join (select standing.refusal as refusal, datasets.id as id, datasets.version as version, 1 as created, iif(<isBlind>, json_object('id', datasets.id, 'name', datasets.name), <datasetJson>) as body
 from verdict as standing
 left join datasets on datasets.id = iif(standing.refusal is null, (select id from earlier), null)) as told
 where :keyId is not null and not exists (select 1 from kept where is_here)

-- datasets.listed, consulted by datasets.listing
select standing.refusal as refusal, iif(standing.refusal is null, (select project_stats.datasets
 from project_stats
 where project_stats.project_id = standing.project_id), null) as count, true as is_counted, null as id, null as body
 from verdict as standing
 union all
 select null, null, null, id, body
 from (select datasets.id as id, json_object('id', datasets.id, 'name', datasets.name, 'description', datasets.description, 'tags', json(datasets.tags), 'projectId', datasets.project_id, 'metadata', json(datasets.metadata), 'createdAt', iso(datasets.created_at), 'updatedAt', iso(datasets.updated_at), 'collections', (select json_group_array(json(entry))
 from (
 select json_object('id', collections.id, 'name', collections.name) as entry
 from collections
 where collections.dataset_id = datasets.id and collections.deleted_at is null
 order by collections.name limit 100)), 'collectionsTotal', datasets.collection_count) as body
 from datasets
 where datasets.project_id = (select project_id from permit) and datasets.deleted_at is null and datasets.id < :before
 order by datasets.id desc limit iif(:offset > 0 and (:offset >= (select (select project_stats.datasets
 from project_stats
 where project_stats.project_id = standing.project_id)
 from permit as standing) or :offset > 100000), 0, :limit + 1) offset :offset)

-- datasets.markTrashed
update datasets set deleted_at = :now, deletion_id = :deletionId
 where datasets.id = (select deletions.item_id from deletions where deletions.id = :deletionId) and datasets.deleted_at is null

-- datasets.noteAttached, permitted by datasets.attaching
update datasets set changed_collections = (select count(*) from concerned), updated_at = :now, updated_request = :mark, version = datasets.version + 1
 where datasets.id = (select target.id from permit cross join target) and exists (select 1 from concerned)

-- datasets.noteDetached, permitted by datasets.detaching
update datasets set changed_collections = (select count(*) from concerned), updated_at = :now, updated_request = :mark, version = datasets.version + 1
 where datasets.id = (select target.id from permit cross join target) and exists (select 1 from concerned)

-- datasets.read, consulted by datasets.reading
, shown as materialized (select collections.id as id, collections.name as name, collections.member_count as size
 from collections
 where collections.dataset_id = (select target.id from permit cross join target) and collections.deleted_at is null
 order by collections.name limit 10000)
 select standing.refusal as refusal, datasets.id as id, datasets.version as version, <datasetJson> as body, datasets.collection_count as size, null as collection, null as position
 from verdict as standing
 left join target
 left join datasets on datasets.id = iif(standing.refusal is null, target.id, null)
 union all
 select null, null, null, name, size, id, null
 from shown
 union all
 select *
 from (select null, null, null, collection_members.member_id, null, shown.id, collection_members.position
 from shown cross join collection_members indexed by collection_members_order on collection_members.collection_id = shown.id limit 10000)

-- datasets.recalled.attaching, judged by datasets.attaching
select standing.refusal as refusal, kept.item_id as id, kept.version as version, kept.created as created, kept.body as body, kept.attempt <> :attempt as is_replayed
 from verdict as standing
 left join kept

-- datasets.recalled.creating, judged by datasets.creating
select standing.refusal as refusal, kept.item_id as id, kept.version as version, kept.created as created, kept.body as body, kept.attempt <> :attempt as is_replayed
 from verdict as standing
 left join kept

-- datasets.restore
with <trash.undone> update datasets set deleted_at = null, deletion_id = null, name = ifnull(:newName, datasets.name), updated_at = iif(:isRenamed, :now, datasets.updated_at), updated_request = iif(:isRenamed, :mark, datasets.updated_request), renamed_request = iif(:isRenamed, null, datasets.renamed_request), version = datasets.version + 1
 where datasets.id = (select item_id from undone) and datasets.deletion_id = (select id from undone)

-- datasets.trash, permitted by datasets.trashing
insert into deletions (id, namespace_id, project_id, kind, item_id, name, deleted_at, deleted_by, request)
 select :deletionId, permit.namespace_id, permit.project_id, 'dataset', datasets.id, datasets.name, :now, permit.user_id, :repeatable
 from permit cross join target cross join datasets on datasets.id = target.id

-- datasets.trashed, judged by datasets.trashing
<deletion>

-- datasets.update, permitted by datasets.updating
update datasets set name = case
 when :newName? then :newName else datasets.name end, description = case
 when :description? then :description else datasets.description end, tags = case
 when :tags? then :tags else datasets.tags end, metadata = case
 when not :metadata? then datasets.metadata
 when :isMerging and :metadata is not null then json_patch(ifnull(datasets.metadata, '{}'), :metadata) else :metadata end, renamed_request = case
 when :newName <> datasets.name then :mark else datasets.renamed_request end, updated_at = :now, updated_request = :mark, version = datasets.version + 1
 where datasets.id = (select target.id from permit cross join target)

-- datasets.updated, judged by datasets.updating
select standing.refusal as refusal, datasets.id as id, datasets.version as version, 0 as created, iif(<isBlind>, json_object('id', datasets.id, 'name', datasets.name), <datasetJson>) as body
 from verdict as standing
 left join datasets on datasets.id = iif(standing.refusal is null, (select id from target), null)
