-- trash.beginRestoring
with <trash.undone>, <trash.spot.undone> update deletions set path = (select former from spot where kind = 'folder'), new_path = (select path from spot where kind = 'folder' and path <> former), phase = iif((select count(*)
 from (select 1 from nodes where nodes.deletion_id = (select id from undone) limit 5001)) > 5000 or (select count(*)
 from (select 1 from assets where assets.deletion_id = (select id from undone) limit 5001)) > 5000, 'restoring', null)
 where deletions.id = (select id from undone) and deletions.phase is null

-- trash.listedOfNamespace, consulted by trash.listingOfNamespace
select standing.refusal as refusal, iif(standing.refusal is null, (select namespace_stats.trashed
 from namespace_stats
 where namespace_stats.namespace_id = standing.namespace_id), null) as count, true as is_counted, null as id, null as body
 from verdict as standing
 union all
 select null, null, null, id, body
 from (
 select deletions.id as id, json_object('deletionId', deletions.id, 'kind', deletions.kind, 'id', deletions.item_id, 'name', deletions.name, 'slug', case deletions.kind
 when 'project' then (select projects.slug from projects where projects.id = deletions.item_id)
 when 'namespace' then (select namespaces.slug from namespaces where namespaces.id = deletions.item_id) end, 'episode', (select episodes.name from episodes where episodes.id = deletions.container_id), 'deletedAt', iso(deletions.deleted_at), 'deletedBy', (select home.slug
 from users join namespaces as home on home.id = users.home_id
 where users.id = deletions.deleted_by), 'purgeAt', iso((deletions.deleted_at + :retention)), 'purging', boolean(deletions.purging), 'state', iif(deletions.purging, 'purging', ifnull(deletions.phase, 'trashed'))) as body
 from deletions
 where deletions.namespace_id = (select namespace_id from permit) and deletions.project_id is null and deletions.id < :before
 order by deletions.id desc limit iif(:offset > 0 and (:offset >= (select (select namespace_stats.trashed
 from namespace_stats
 where namespace_stats.namespace_id = standing.namespace_id)
 from permit as standing) or :offset > 100000), 0, :limit + 1) offset :offset)

-- trash.listedOfProject, consulted by trash.listingOfProject
select standing.refusal as refusal, iif(standing.refusal is null, (select project_stats.trashed
 from project_stats
 where project_stats.project_id = standing.project_id), null) as count, true as is_counted, null as id, null as body
 from verdict as standing
 union all
 select null, null, null, id, body
 from (
 select deletions.id as id, json_object('deletionId', deletions.id, 'kind', deletions.kind, 'id', deletions.item_id, 'name', deletions.name, 'slug', case deletions.kind
 when 'project' then (select projects.slug from projects where projects.id = deletions.item_id)
 when 'namespace' then (select namespaces.slug from namespaces where namespaces.id = deletions.item_id) end, 'episode', (select episodes.name from episodes where episodes.id = deletions.container_id), 'deletedAt', iso(deletions.deleted_at), 'deletedBy', (select home.slug
 from users join namespaces as home on home.id = users.home_id
 where users.id = deletions.deleted_by), 'purgeAt', iso((deletions.deleted_at + :retention)), 'purging', boolean(deletions.purging), 'state', iif(deletions.purging, 'purging', ifnull(deletions.phase, 'trashed'))) as body
 from deletions
 where deletions.project_id = (select project_id from permit) and deletions.id < :before
 order by deletions.id desc limit iif(:offset > 0 and (:offset >= (select (select project_stats.trashed
 from project_stats
 where project_stats.project_id = standing.project_id)
 from permit as standing) or :offset > 100000), 0, :limit + 1) offset :offset)

-- trash.restore, permitted by trash.restoringItem
insert into restorations (id, namespace_id, project_id, kind, item_id, request, restored_at)
 select deletion.id, deletion.namespace_id, deletion.project_id, deletion.kind, deletion.item_id, :mark, :now
 from permit cross join deletion
 where true

-- trash.restoreBelow.assets
<trash.restoreBelow.area> update assets set <unmarked.assets>
 where assets.id in (select nodes.item_id from nodes where nodes.deletion_id = (select id from area) limit :rows) and +assets.deletion_id = (select id from area)

-- trash.restoreBelow.assetsWithoutNode
<trash.restoreBelow.area> update assets set <unmarked.assets>
 where assets.id in (select assets.id
 from assets
 where assets.deletion_id = (select id
 from area
 where not exists (select 1 from nodes where nodes.deletion_id = (select id from area))) limit :rows) and +assets.deletion_id = (select id from area)

-- trash.restoreBelow.episodes
<trash.restoreBelow.area> update episodes set <unmarked.episodes>
 where episodes.id in (select nodes.item_id from nodes where nodes.deletion_id = (select id from area) limit :rows) and +episodes.deletion_id = (select id from area)

-- trash.restoreBelow.nodes
<trash.restoreBelow.area> update nodes set <unmarked.nodes>
 where nodes.id in (select nodes.id from nodes where nodes.deletion_id = (select id from area) limit :rows) and +nodes.deletion_id = (select id from area)

-- trash.restorePlace, permitted by trash.restoringPlace
insert into restorations (id, namespace_id, project_id, kind, item_id, request, restored_at)
 select deletion.id, deletion.namespace_id, deletion.project_id, deletion.kind, deletion.item_id, :mark, :now
 from permit cross join deletion
 where true

-- trash.restored, judged by trash.restoringItem
select standing.refusal as refusal, restorations.item_id as id, case restorations.kind
 when 'dataset' then (select datasets.version
 from datasets
 where datasets.id = restorations.item_id and datasets.deleted_at is null)
 when 'collection' then (select collections.version
 from collections
 where collections.id = restorations.item_id and collections.deleted_at is null)
 when 'episode' then (select episodes.version
 from episodes
 where episodes.id = restorations.item_id and episodes.deleted_at is null)
 when 'folder' then (select nodes.version from nodes where nodes.id = restorations.item_id and nodes.deleted_at is null)
 when 'video' then (select assets.version
 from assets
 where assets.id = restorations.item_id and assets.deleted_at is null)
 when 'audio' then (select assets.version
 from assets
 where assets.id = restorations.item_id and assets.deleted_at is null)
 when 'label-track' then (select assets.version
 from assets
 where assets.id = restorations.item_id and assets.deleted_at is null)
 when 'text-track' then (select assets.version
 from assets
 where assets.id = restorations.item_id and assets.deleted_at is null)
 when 'image' then (select assets.version
 from assets
 where assets.id = restorations.item_id and assets.deleted_at is null)
 when 'file' then (select assets.version
 from assets
 where assets.id = restorations.item_id and assets.deleted_at is null) end as version, 0 as created, (select iif(<isBlind>, json_object('id', made.body ->> '$.id', 'name', made.body ->> '$.name'), made.body)
 from (select case restorations.kind
 when 'dataset' then (select <datasetJson>
 from datasets
 where datasets.id = restorations.item_id and datasets.deleted_at is null)
 when 'collection' then (select <collectionJson>
 from collections
 where collections.id = restorations.item_id and collections.deleted_at is null)
 when 'episode' then (select <episodeJson>
 from episodes
 where episodes.id = restorations.item_id and episodes.deleted_at is null)
 when 'folder' then (select <nodeJson> from nodes where nodes.id = restorations.item_id and nodes.deleted_at is null)
 when 'video' then (select <assetJson.video>
 from assets
 where assets.id = restorations.item_id and assets.deleted_at is null)
 when 'audio' then (select <assetJson.audio>
 from assets
 where assets.id = restorations.item_id and assets.deleted_at is null)
 when 'label-track' then (select <assetJson.label-track>
 from assets
 where assets.id = restorations.item_id and assets.deleted_at is null)
 when 'text-track' then (select <assetJson.text-track>
 from assets
 where assets.id = restorations.item_id and assets.deleted_at is null)
 when 'image' then (select <assetJson.image>
 from assets
 where assets.id = restorations.item_id and assets.deleted_at is null)
 when 'file' then (select <assetJson.file>
 from assets
 where assets.id = restorations.item_id and assets.deleted_at is null) end as body) as made
 where made.body is not null) as body, obstacle.container as container, obstacle.namesake as namesake, deletion.kind as kind, iif(standing.refusal is null, deletion.phase is not null, null) as is_under_way
 from verdict as standing
 left join deletion
 left join obstacle
 left join restorations on restorations.id = iif(standing.refusal is null, :deletionId, null) and restorations.request = :mark

-- trash.restoredPlace, judged by trash.restoringPlace
select standing.refusal as refusal, restorations.item_id as id, case restorations.kind
 when 'project' then (select projects.version
 from projects
 where projects.id = restorations.item_id and projects.deleted_at is null)
 when 'namespace' then (select namespaces.version
 from namespaces
 where namespaces.id = restorations.item_id and namespaces.deleted_at is null) end as version, 0 as created, (select iif(<isBlind>, json_object('id', made.body ->> '$.id', 'name', made.body ->> '$.name'), made.body)
 from (select case restorations.kind
 when 'project' then (select <projectJson>
 from projects
 where projects.id = restorations.item_id and projects.deleted_at is null)
 when 'namespace' then (select <namespaceJson>
 from namespaces
 where namespaces.id = restorations.item_id and namespaces.deleted_at is null) end as body) as made
 where made.body is not null) as body, obstacle.container as container, obstacle.namesake as namesake, deletion.kind as kind, iif(standing.refusal is null, deletion.phase is not null, null) as is_under_way
 from verdict as standing
 left join deletion
 left join obstacle
 left join restorations on restorations.id = iif(standing.refusal is null, :deletionId, null) and restorations.request = :mark
