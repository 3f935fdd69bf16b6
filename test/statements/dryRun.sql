-- dryRun.countedItems, consulted by deletions.purgingInProject
, episode as materialized (select episodes.id as id
 from permit cross join deletion cross join episodes on episodes.deletion_id = deletion.id limit 10000 + 1), nested as materialized (select deletions.id as id
 from episode cross join deletions on deletions.container_id = episode.id limit 10000 + 1), doomed as materialized (select deletion.id as id from permit cross join deletion union all select id from nested), let_go as materialized (select object_id, count(*) as count
 from (
 select object_id
 from (select assets.object_id as object_id
 from doomed cross join assets on assets.deletion_id = doomed.id
 union all
 select assets.object_id as object_id
 from episode cross join assets on assets.container_id = episode.id and assets.kind in ('video', 'audio', 'label-track', 'text-track', 'image', 'file') and assets.deleted_at is null) limit 10000 + 1) group by object_id), freed as materialized (select objects.size as size
 from let_go join objects on objects.id = let_go.object_id and objects.asset_count = let_go.count)
 select standing.refusal as refusal, null as rows, null as bytes, null as truncated
 from verdict as standing
 union all
 select null, count(*), ifnull(sum(size), 0), ifnull((select sum(count) from let_go), 0) > 10000
 from freed
 union all
 select null, 0, 0, 0
 union all
 select null, min(count, 10000), 0, count > 10000
 from (
 select value as count
 from json_each(json_array((select count(*)
 from (select 1 from doomed cross join assets on assets.deletion_id = doomed.id limit 10000 + 1)), (select count(*)
 from (select 1 from doomed cross join nodes on nodes.deletion_id = doomed.id limit 10000 + 1)), (select count(*)
 from (select 1 from doomed cross join episodes on episodes.deletion_id = doomed.id limit 10000 + 1)), (select count(*)
 from (select 1 from doomed cross join collections on collections.deletion_id = doomed.id limit 10000 + 1)), (select count(*)
 from (select 1 from doomed cross join datasets on datasets.deletion_id = doomed.id limit 10000 + 1)), (select count(*)
 from (select 1
 from episode cross join assets on assets.container_id = episode.id and assets.kind in ('video', 'audio', 'label-track', 'text-track', 'image', 'file') and assets.deleted_at is null limit 10000 + 1)), (select count(*)
 from (select 1
 from episode cross join nodes on nodes.container_id = episode.id and nodes.deleted_at is null limit 10000 + 1)), (select count(*)
 from (select 1
 from doomed cross join collections on collections.deletion_id = doomed.id cross join collection_members on collection_members.collection_id = collections.id limit 10000 + 1)))))
 union all
 select null, 0, 0, deletion.phase is not null or (select count(*) from nested) > 10000
 from permit cross join deletion

-- dryRun.countedPlace, consulted by deletions.purgingInNamespace
, space as materialized (select deletion.item_id as id from permit cross join deletion where +deletion.kind = 'namespace'), site as materialized (select deletion.item_id as id
 from permit cross join deletion
 where +deletion.kind = 'project'
 union all
 select *
 from (select projects.id
 from space cross join projects on projects.namespace_id = space.id limit 10000 + 1)), let_go as materialized (select object_id, count(*) as count
 from (
 select object_id
 from (select assets.object_id as object_id from site cross join assets on assets.project_id = site.id) limit 10000 + 1) group by object_id), freed as materialized (select objects.size as size
 from let_go join objects on objects.id = let_go.object_id and objects.asset_count = let_go.count)
 select standing.refusal as refusal, null as rows, null as bytes, null as truncated
 from verdict as standing
 union all
 select null, count(*), ifnull(sum(size), 0), ifnull((select sum(count) from let_go), 0) > 10000
 from freed
 union all
 select null, (select ifnull(sum(project_stats.rows), 0)
 from site cross join project_stats on project_stats.project_id = site.id), 0, 0
 union all
 select null, min(count, 10000), 0, count > 10000
 from (
 select value as count
 from json_each(json_array((select count(*)
 from (select 1 from site cross join collections on collections.project_id = site.id limit 10000 + 1)), (select count(*)
 from (select 1 from site cross join datasets on datasets.project_id = site.id limit 10000 + 1)), (select count(*) from (select 1 from site limit 10000 + 1)), (select count(*)
 from (select 1 from space cross join members on members.namespace_id = space.id limit 10000 + 1)), (select count(*)
 from (select 1 from space cross join namespaces on namespaces.id = space.id limit 10000 + 1)))))
 union all
 select null, 0, 0, deletion.phase is not null or 0
 from permit cross join deletion
