-- purges.claimOrphans
with bound as materialized (select min(:to, ifnull((
 select objects.key
 from objects
 where objects.key > :from and objects.key <= :to
 order by objects.key limit 1 offset :rows), :to)) as upto), orphan as materialized (
 select substr(entry.value ->> '$.key', 1, 24) as namespace_id, substr(entry.value ->> '$.key', 26) as id, entry.value ->> '$.size' as size, entry.value ->> '$.uploadedAt' as uploaded_at
 from bound cross join each(:entries) as entry
 where entry.value ->> '$.key' <= bound.upto and not exists (select 1 from objects where objects.key = entry.value ->> '$.key')) update purges set objects = 1, bytes = orphan.size
 from orphan
 where purges.rule = 'orphaned' and purges.kind = 'object' and purges.item_id = orphan.id and purges.namespace_id = orphan.namespace_id and purges.finished_at is null and orphan.uploaded_at <= :orphanedBefore and (exists (select 1 from namespaces where namespaces.id = orphan.namespace_id) or exists (select 1
 from purges as known
 where known.namespace_id = orphan.namespace_id and known.rule <> 'orphaned'))

-- purges.closeMissing
with bound as materialized (select min(:to, ifnull((
 select objects.key
 from objects
 where objects.key > :from and objects.key <= :to
 order by objects.key limit 1 offset :rows), :to)) as upto), held(key) as materialized (select entry.value ->> '$.key' from each(:entries) as entry) update purges set finished_at = :now
 where purges.id in (
 select found.id
 from purges as found
 where found.rule = 'missing' and found.kind = 'object' and found.item_id is not null and found.finished_at is null and found.objects = 1 and (found.namespace_id || '/' || found.item_id) > :from and (found.namespace_id || '/' || found.item_id) <= (select upto from bound) and ((found.namespace_id || '/' || found.item_id) in (select key from held) or not exists (select 1 from objects where objects.key = (found.namespace_id || '/' || found.item_id)))
 order by (found.namespace_id || '/' || found.item_id) limit :rows)

-- purges.closeOrphans
with bound as materialized (select min(:to, ifnull((
 select objects.key
 from objects
 where objects.key > :from and objects.key <= :to
 order by objects.key limit 1 offset :rows), :to)) as upto), held(key) as materialized (select entry.value ->> '$.key' from each(:entries) as entry) update purges set finished_at = :now
 where purges.id in (
 select found.id
 from purges as found
 where found.rule = 'orphaned' and found.kind = 'object' and found.item_id is not null and found.finished_at is null and found.objects = 0 and (found.namespace_id || '/' || found.item_id) > :from and (found.namespace_id || '/' || found.item_id) <= (select upto from bound) and not (found.namespace_id || '/' || found.item_id) in (select key from held)
 order by (found.namespace_id || '/' || found.item_id) limit :rows)

-- purges.count
update purges set rows = purges.rows + changes()
 where purges.deletion_id = :place

-- purges.countOthers
with going as materialized (
 select objects.id as id, objects.namespace_id as namespace_id, objects.size as size, objects.released_by as released_by, objects.completed_at as completed_at
 from each(:ids) as doomed cross join objects on objects.id = doomed.value
 where objects.state = 'purging' and not exists (select 1 from assets where assets.object_id = objects.id) and not exists ( select 1 from parts where parts.object_id = objects.id)), found as materialized (
 select namespace_id, iif(completed_at is null, 'idle', 'unreferenced') as rule, count(*) as count, sum(size) as bytes
 from going
 where released_by is null or not exists ( select 1 from purges where purges.deletion_id = going.released_by) group by 1, 2) insert into purges (id, namespace_id, kind, rule, rows, objects, bytes, started_at, finished_at)
 select printf('%012x', :runAt) || '000' || substr(lower(hex(randomblob(5))), 2), namespace_id, 'object', rule, count, count, bytes, :runAt, :now
 from found
 where true
 on conflict (namespace_id, rule, started_at)
 where kind = 'object' and item_id is null do update set rows = purges.rows + excluded.rows, objects = purges.objects + excluded.objects, bytes = purges.bytes + excluded.bytes, finished_at = excluded.finished_at

-- purges.countReleased
with going as materialized (
 select objects.id as id, objects.namespace_id as namespace_id, objects.size as size, objects.released_by as released_by, objects.completed_at as completed_at
 from each(:ids) as doomed cross join objects on objects.id = doomed.value
 where objects.state = 'purging' and not exists (select 1 from assets where assets.object_id = objects.id) and not exists ( select 1 from parts where parts.object_id = objects.id)) update purges set rows = purges.rows + found.count, objects = purges.objects + found.count, bytes = purges.bytes + found.bytes
 from (select released_by, count(*) as count, sum(size) as bytes
 from going
 where released_by is not null group by released_by) as found
 where purges.deletion_id = found.released_by

-- purges.finishOrphans
update purges set finished_at = :now
 where purges.id in (select value from each(:ids)) and purges.finished_at is null

-- purges.listed, consulted by purges.listing
select standing.refusal as refusal, iif(standing.refusal is null, (select namespace_stats.purges
 from namespace_stats
 where namespace_stats.namespace_id = standing.namespace_id), null) as count, true as is_counted, null as id, null as body
 from verdict as standing
 union all
 select null, null, null, id, body
 from (select purges.id as id, json_object('id', purges.id, 'kind', purges.kind, 'itemId', purges.item_id, 'name', purges.name, 'projectId', purges.project_id, 'deletionId', purges.deletion_id, 'rule', purges.rule, 'requestedBy', (select home.slug
 from users join namespaces as home on home.id = users.home_id
 where users.id = purges.requested_by), 'rows', purges.rows, 'objects', purges.objects, 'bytes', purges.bytes, 'startedAt', iso(purges.started_at), 'finishedAt', iso(purges.finished_at)) as body
 from purges
 where purges.namespace_id = (select namespace_id from permit) and purges.id < :before
 order by purges.id desc limit iif(:offset > 0 and (:offset >= (select (select namespace_stats.purges
 from namespace_stats
 where namespace_stats.namespace_id = standing.namespace_id)
 from permit as standing) or :offset > 100000), 0, :limit + 1) offset :offset)

-- purges.open.datasets
insert into purges (id, namespace_id, project_id, deletion_id, kind, item_id, name, rule, started_at)
 select printf('%012x', :now) || '000' || substr(lower(hex(randomblob(5))), 2), deletions.namespace_id, deletions.project_id, deletions.id, deletions.kind, deletions.item_id, deletions.name, 'retention', :now
 from deletions
 where deletions.id in (select deletions.id
 from each(:namespaces) as turn cross join deletions on deletions.id in (
 select deletions.id
 from deletions
 where deletions.purging = 0 and (deletions.kind <> 'dataset') = 0 and deletions.namespace_id = turn.value and deletions.deleted_at <= :deletedBefore and deletions.phase is null
 order by deletions.deleted_at, deletions.id limit :most))
 on conflict (deletion_id)
 where deletion_id is not null do nothing

-- purges.open.others
insert into purges (id, namespace_id, project_id, deletion_id, kind, item_id, name, rule, started_at)
 select printf('%012x', :now) || '000' || substr(lower(hex(randomblob(5))), 2), deletions.namespace_id, deletions.project_id, deletions.id, deletions.kind, deletions.item_id, deletions.name, 'retention', :now
 from deletions
 where deletions.id in (select deletions.id
 from each(:namespaces) as turn cross join deletions on deletions.id in (
 select deletions.id
 from deletions
 where deletions.purging = 0 and (deletions.kind <> 'dataset') = 1 and deletions.namespace_id = turn.value and deletions.deleted_at <= :deletedBefore and deletions.phase is null
 order by deletions.deleted_at, deletions.id limit :most))
 on conflict (deletion_id)
 where deletion_id is not null do nothing

-- purges.openNow.inNamespace, permitted by deletions.purgingInNamespace
insert into purges (id, namespace_id, project_id, deletion_id, kind, item_id, name, rule, requested_by, request, started_at)
 select printf('%012x', :now) || '000' || substr(lower(hex(randomblob(5))), 2), deletions.namespace_id, deletions.project_id, deletions.id, deletions.kind, deletions.item_id, deletions.name, 'requested', permit.user_id, :repeatable, :now
 from permit cross join deletions
 where deletions.id = :deletionId
 on conflict (deletion_id)
 where deletion_id is not null do nothing

-- purges.openNow.inProject, permitted by deletions.purgingInProject
insert into purges (id, namespace_id, project_id, deletion_id, kind, item_id, name, rule, requested_by, request, started_at)
 select printf('%012x', :now) || '000' || substr(lower(hex(randomblob(5))), 2), deletions.namespace_id, deletions.project_id, deletions.id, deletions.kind, deletions.item_id, deletions.name, 'requested', permit.user_id, :repeatable, :now
 from permit cross join deletions
 where deletions.id = :deletionId
 on conflict (deletion_id)
 where deletion_id is not null do nothing

-- purges.releaseOrphans
update purges set objects = 0, bytes = 0
 where purges.id in (select value from each(:ids)) and purges.finished_at is null

-- purges.reportMissing
with bound as materialized (select min(:to, ifnull((
 select objects.key
 from objects
 where objects.key > :from and objects.key <= :to
 order by objects.key limit 1 offset :rows), :to)) as upto), missing as materialized (
 select objects.id as id, objects.namespace_id as namespace_id, objects.project_id as project_id, objects.name as name, objects.size as size
 from bound cross join objects
 where objects.key > :from and objects.key <= bound.upto and objects.state = 'complete' and objects.completed_at < :completeBefore and objects.key not in (select entry.value ->> '$.key' from each(:entries) as entry)) insert into purges (id, namespace_id, project_id, kind, item_id, name, rule, objects, bytes, started_at)
 select printf('%012x', :now) || '000' || substr(lower(hex(randomblob(5))), 2), namespace_id, project_id, 'object', id, name, 'missing', 1, size, :now
 from missing
 where true
 on conflict (rule, item_id, namespace_id)
 where kind = 'object' and item_id is not null do update set started_at = excluded.started_at, finished_at = null
 where purges.finished_at is not null

-- purges.reportOrphans
with bound as materialized (select min(:to, ifnull((
 select objects.key
 from objects
 where objects.key > :from and objects.key <= :to
 order by objects.key limit 1 offset :rows), :to)) as upto), orphan as materialized (
 select substr(entry.value ->> '$.key', 1, 24) as namespace_id, substr(entry.value ->> '$.key', 26) as id, entry.value ->> '$.size' as size, entry.value ->> '$.uploadedAt' as uploaded_at
 from bound cross join each(:entries) as entry
 where entry.value ->> '$.key' <= bound.upto and not exists (select 1 from objects where objects.key = entry.value ->> '$.key')) insert into purges (id, namespace_id, kind, item_id, rule, started_at)
 select printf('%012x', :now) || '000' || substr(lower(hex(randomblob(5))), 2), namespace_id, 'object', id, 'orphaned', :now
 from orphan
 where true
 on conflict (rule, item_id, namespace_id)
 where kind = 'object' and item_id is not null do update set started_at = excluded.started_at, finished_at = null, objects = 0
 where purges.finished_at is not null
