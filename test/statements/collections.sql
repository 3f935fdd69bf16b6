-- collections.addMembers, permitted by collections.addingMembers
insert into collection_members (collection_id, member_id, position, project_id, added_revision)
 select target.id, fresh.id, fresh.key + ifnull((select max(collection_members.position) + 1
 from collection_members
 where collection_members.collection_id = (select id from target)), 0), permit.project_id, ifnull((select project_stats.revision
 from project_stats
 where project_stats.project_id = (select project_id from permit)), 0)
 from permit cross join target cross join fresh

-- collections.addedFound, judged by collections.addingMembers
select standing.refusal as refusal, collections.id as id, collections.version as version, 0 as created, json_object('added', iif(collections.updated_request = :mark, collections.changed_members, 0), 'total', collections.member_count, 'examined', :examined, 'nextCursor', :nextCursor) as body
 from verdict as standing
 left join collections on collections.id = iif(standing.refusal is null, (select id from target), null)

-- collections.addedMembers, judged by collections.addingMembers
select standing.refusal as refusal, collections.id as id, collections.version as version, 0 as created, json_object('added', iif(collections.updated_request = :mark, collections.changed_members, 0), 'total', collections.member_count) as body
 from verdict as standing
 left join collections on collections.id = iif(standing.refusal is null, (select id from target), null)

-- collections.create, permitted by collections.creating
insert into collections (id, project_id, dataset_id, name, description, tags, metadata, created_at, updated_at, created_by, created_by_token, created_request, updated_request)
 select :id, permit.project_id, (select id from dataset), :name, :description, ifnull(:tags, '[]'), :metadata, :now, :now, permit.user_id, permit.token_id, :repeatable, :mark
 from permit

-- collections.created, judged by collections.creating
, wanted as materialized (select (select id from earlier) as id
 from verdict as standing
 where standing.refusal is null and not <isBlind>)
 select standing.refusal as refusal, collections.id as id, collections.version as version, 1 as created, iif(<isBlind>, json_object('id', collections.id, 'name', collections.name), <collectionHeadJson>) as body, iif(<isBlind>, null, collections.member_count) as size, null as position
 from verdict as standing
 left join collections on collections.id = iif(standing.refusal is null, (select id from earlier), null)
 union all
 select *
 from (select null, null, null, null, collection_members.member_id, null, collection_members.position
 from wanted cross join collection_members indexed by collection_members_order on collection_members.collection_id = wanted.id limit 10000)

-- collections.fill
insert into collection_members (collection_id, member_id, position, project_id, added_revision)
 select collections.id, given.value, given.key, collections.project_id, collections.placed_revision
 from collections cross join each(:members) as given
 where collections.id = :id and collections.updated_request = :mark
 on conflict do nothing

-- collections.keep.addedFound, consulted by collections.addingMembers
insert or replace into idempotency_keys (id, fingerprint, attempt, place_id, item_id, version, created, body, created_at)
 select :keyId, :fingerprint, :attempt, (select id from target), told.id, told.version, told.created, told.body, :now
 from permit as standing cross join (select standing.refusal as refusal, collections.id as id, collections.version as version, 0 as created, json_object('added', iif(collections.updated_request = :mark, collections.changed_members, 0), 'total', collections.member_count, 'examined', :examined, 'nextCursor', :nextCursor) as body
 from verdict as standing
 left join collections on collections.id = iif(standing.refusal is null, (select id from target), null)) as told
 where :keyId is not null and not exists (select 1 from kept where is_here)

-- collections.keep.addedMembers, consulted by collections.addingMembers
insert or replace into idempotency_keys (id, fingerprint, attempt, place_id, item_id, version, created, body, created_at)
 select :keyId, :fingerprint, :attempt, (select id from target), told.id, told.version, told.created, told.body, :now
 from permit as standing cross join (select standing.refusal as refusal, collections.id as id, collections.version as version, 0 as created, json_object('added', iif(collections.updated_request = :mark, collections.changed_members, 0), 'total', collections.member_count) as body
 from verdict as standing
 left join collections on collections.id = iif(standing.refusal is null, (select id from target), null)) as told
 where :keyId is not null and not exists (select 1 from kept where is_here)

-- collections.keep.created, consulted by collections.creating
insert or replace into idempotency_keys (id, fingerprint, attempt, place_id, item_id, version, created, body, created_at)
 select :keyId, :fingerprint, :attempt, standing.project_id, told.id, told.version, told.created, told.body, :now
 from permit as standing cross join (select standing.refusal as refusal, collections.id as id, collections.version as version, 1 as created, iif(collections.id = :id, iif(<isBlind>, json_object('id', collections.id, 'name', collections.name), <collectionHeadJson>), iif(<isBlind>, json_object('id', collections.id, 'name', collections.name), <collectionJson>)) as body
 from verdict as standing
 left join collections on collections.id = iif(standing.refusal is null, (select id from earlier), null)) as told
 where :keyId is not null and not exists (select 1 from kept where is_here)

-- collections.listed.ofDataset, consulted by collections.listing
select standing.refusal as refusal, iif(standing.refusal is null, ifnull((select datasets.collection_count
 from datasets
 where datasets.id = :datasetId and datasets.project_id = standing.project_id and datasets.deleted_at is null), 0), null) as count, true as is_counted, null as id, null as body
 from verdict as standing
 union all
 select null, null, null, id, body
 from (select collections.id as id, <collectionHeadJson> as body
 from collections
 where collections.dataset_id = :datasetId and collections.dataset_id is not null and +collections.project_id = (select project_id from permit) and collections.deleted_at is null and collections.id < :before
 order by collections.id desc limit iif(:offset > 0 and (:offset >= (select ifnull((select datasets.collection_count
 from datasets
 where datasets.id = :datasetId and datasets.project_id = standing.project_id and datasets.deleted_at is null), 0)
 from permit as standing) or :offset > 100000), 0, :limit + 1) offset :offset)

-- collections.listed.ofProject, consulted by collections.listing
select standing.refusal as refusal, iif(standing.refusal is null, (select project_stats.collections
 from project_stats
 where project_stats.project_id = standing.project_id), null) as count, true as is_counted, null as id, null as body
 from verdict as standing
 union all
 select null, null, null, id, body
 from (select collections.id as id, <collectionHeadJson> as body
 from collections
 where collections.project_id = (select project_id from permit) and collections.deleted_at is null and collections.id < :before
 order by collections.id desc limit iif(:offset > 0 and (:offset >= (select (select project_stats.collections
 from project_stats
 where project_stats.project_id = standing.project_id)
 from permit as standing) or :offset > 100000), 0, :limit + 1) offset :offset)

-- collections.listedMembers, consulted by collections.reading
, page as materialized (select collection_members.member_id as id, collection_members.position as position
 from permit cross join target cross join collection_members indexed by collection_members_order on collection_members.collection_id = target.id and collection_members.position > :after limit :limit + 1), weighed as (select page.position as position, page.id as id, nodes.id as of_node, assets.id as of_asset, <assets.weight> as own, sum(<assets.weight>) over (rows unbounded preceding) as total
 from page
 left join nodes on nodes.id = coalesce( (select own.id from nodes as own where own.id = page.id), (select episodes.node_id from episodes where episodes.id = page.id and episodes.deleted_at is null), (select assets.node_id from assets where assets.id = page.id and assets.deleted_at is null)) and nodes.project_id = (select project_id from permit) and nodes.deleted_at is null and not exists (
 select 1
 from episodes as around
 where around.id = nodes.container_id and around.deleted_at is not null)
 left join assets on assets.id = iif(nodes.kind not in ('folder', 'episode'), nodes.item_id, (select assets.id
 from assets
 where assets.id = page.id and assets.node_id is null and assets.project_id = (select project_id from permit) and assets.deleted_at is null and not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null))))
 select standing.refusal as refusal, null as position, null as id, null as node, null as asset, null as is_last
 from verdict as standing
 union all
 select null, position, weighed.id, iif(of_node is null, null, <nodeJson>), iif(of_asset is null, null, <assetJson>), total >= 8388608
 from weighed
 left join nodes on nodes.id = of_node
 left join assets on assets.id = of_asset
 where total - own < 8388608

-- collections.listedWithMembers.ofDataset, permitted by collections.listing
, page as materialized (select collections.id as id
 from collections
 where collections.dataset_id = :datasetId and collections.dataset_id is not null and +collections.project_id = (select project_id from permit) and collections.deleted_at is null and collections.id < :before
 order by collections.id desc limit iif(:offset > 0 and (:offset >= (select ifnull((select datasets.collection_count
 from datasets
 where datasets.id = :datasetId and datasets.project_id = standing.project_id and datasets.deleted_at is null), 0)
 from permit as standing) or :offset > 100000), 0, :limit + 1) offset :offset)
 select page.id as collection, collection_members.member_id as member, collection_members.position as position
 from page cross join collection_members indexed by collection_members_order on collection_members.collection_id = page.id and collection_members.position <= (
 select max(position)
 from (select below.position as position
 from collection_members as below indexed by collection_members_order
 where below.collection_id = page.id
 order by below.position limit :membersLimit)) limit 10000

-- collections.listedWithMembers.ofProject, permitted by collections.listing
, page as materialized (select collections.id as id
 from collections
 where collections.project_id = (select project_id from permit) and collections.deleted_at is null and collections.id < :before
 order by collections.id desc limit iif(:offset > 0 and (:offset >= (select (select project_stats.collections
 from project_stats
 where project_stats.project_id = standing.project_id)
 from permit as standing) or :offset > 100000), 0, :limit + 1) offset :offset)
 select page.id as collection, collection_members.member_id as member, collection_members.position as position
 from page cross join collection_members indexed by collection_members_order on collection_members.collection_id = page.id and collection_members.position <= (
 select max(position)
 from (select below.position as position
 from collection_members as below indexed by collection_members_order
 where below.collection_id = page.id
 order by below.position limit :membersLimit)) limit 10000

-- collections.markTrashed
update collections set deleted_at = :now, deletion_id = :deletionId
 where collections.id = (select deletions.item_id from deletions where deletions.id = :deletionId) and collections.deleted_at is null

-- collections.noteAdded, permitted by collections.addingMembers
update collections set changed_members = (select count(*) from fresh), updated_at = :now, updated_request = :mark, version = collections.version + 1
 where collections.id = (select target.id from permit cross join target) and exists (select 1 from fresh)

-- collections.noteRemoved, permitted by collections.removingMembers
update collections set changed_members = (select count(*) from there), updated_at = :now, updated_request = :mark, version = collections.version + 1
 where collections.id = (select target.id from permit cross join target) and exists (select 1 from there)

-- collections.read, consulted by collections.reading
, wanted as materialized (select (select id from target) as id
 from verdict as standing
 where standing.refusal is null and not <isBlind>)
 select standing.refusal as refusal, collections.id as id, collections.version as version, 0 as created, iif(<isBlind>, json_object('id', collections.id, 'name', collections.name), <collectionHeadJson>) as body, iif(<isBlind>, null, collections.member_count) as size, null as position
 from verdict as standing
 left join collections on collections.id = iif(standing.refusal is null, (select id from target), null)
 union all
 select *
 from (select null, null, null, null, collection_members.member_id, null, collection_members.position
 from wanted cross join collection_members indexed by collection_members_order on collection_members.collection_id = wanted.id limit 10000)

-- collections.recalled.addingMembers, judged by collections.addingMembers
select standing.refusal as refusal, kept.item_id as id, kept.version as version, kept.created as created, kept.body as body, kept.attempt <> :attempt as is_replayed
 from verdict as standing
 left join kept

-- collections.recalled.creating, judged by collections.creating
select standing.refusal as refusal, kept.item_id as id, kept.version as version, kept.created as created, kept.body as body, kept.attempt <> :attempt as is_replayed
 from verdict as standing
 left join kept

-- collections.removeMembers, permitted by collections.removingMembers
delete
 from collection_members
 where collection_members.member_id in (select id from there) and collection_members.collection_id = (select target.id from permit cross join target)

-- collections.removedMembers, judged by collections.removingMembers
select standing.refusal as refusal, collections.id as id, collections.version as version, 0 as created, json_object('removed', iif(collections.updated_request = :mark, collections.changed_members, 0), 'total', collections.member_count) as body
 from verdict as standing
 left join collections on collections.id = iif(standing.refusal is null, (select id from target), null)

-- collections.restore
with <trash.undone> update collections set deleted_at = null, deletion_id = null, name = ifnull(:newName, collections.name), updated_at = iif(:isRenamed, :now, collections.updated_at), updated_request = iif(:isRenamed, :mark, collections.updated_request), renamed_request = iif(:isRenamed, null, collections.renamed_request), version = collections.version + 1
 where collections.id = (select item_id from undone) and collections.deletion_id = (select id from undone)

-- collections.trash, permitted by collections.trashing
insert into deletions (id, namespace_id, project_id, kind, item_id, name, deleted_at, deleted_by, request)
 select :deletionId, permit.namespace_id, permit.project_id, 'collection', collections.id, collections.name, :now, permit.user_id, :repeatable
 from permit cross join target cross join collections on collections.id = target.id

-- collections.trashed, judged by collections.trashing
<deletion>

-- collections.update, permitted by collections.updating
update collections set name = case
 when :newName? then :newName else collections.name end, dataset_id = case
 when :datasetId? then (select id from dataset) else collections.dataset_id end, detached_by = case
 when :datasetId? then null else collections.detached_by end, description = case
 when :description? then :description else collections.description end, tags = case
 when :tags? then :tags else collections.tags end, metadata = case
 when not :metadata? then collections.metadata
 when :isMerging and :metadata is not null then json_patch(ifnull(collections.metadata, '{}'), :metadata) else :metadata end, renamed_request = case
 when :newName <> collections.name then :mark else collections.renamed_request end, updated_at = :now, updated_request = :mark, version = collections.version + 1
 where collections.id = (select target.id from permit cross join target)

-- collections.updated, judged by collections.updating
, wanted as materialized (select (select id from target) as id
 from verdict as standing
 where standing.refusal is null and not <isBlind>)
 select standing.refusal as refusal, collections.id as id, collections.version as version, 0 as created, iif(<isBlind>, json_object('id', collections.id, 'name', collections.name), <collectionHeadJson>) as body, iif(<isBlind>, null, collections.member_count) as size, null as position
 from verdict as standing
 left join collections on collections.id = iif(standing.refusal is null, (select id from target), null)
 union all
 select *
 from (select null, null, null, null, collection_members.member_id, null, collection_members.position
 from wanted cross join collection_members indexed by collection_members_order on collection_members.collection_id = wanted.id limit 10000)
