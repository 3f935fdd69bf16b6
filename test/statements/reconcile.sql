-- reconcile.claimed
select purges.id as id, purges.namespace_id || '/' || purges.item_id as key
 from purges
 where purges.kind = 'object' and purges.rule = 'orphaned' and purges.finished_at is null and purges.objects = 1
 order by purges.id limit :rows

-- reconcile.missing
with bound as materialized (select min(:to, ifnull((
 select objects.key
 from objects
 where objects.key > :from and objects.key <= :to
 order by objects.key limit 1 offset :rows), :to)) as upto), missing as materialized (
 select objects.id as id, objects.namespace_id as namespace_id, objects.project_id as project_id, objects.name as name, objects.size as size
 from bound cross join objects
 where objects.key > :from and objects.key <= bound.upto and objects.state = 'complete' and objects.completed_at < :completeBefore and objects.key not in (select entry.value ->> '$.key' from each(:entries) as entry))
 select count(*) as count
 from missing

-- reconcile.orphans
with bound as materialized (select min(:to, ifnull((
 select objects.key
 from objects
 where objects.key > :from and objects.key <= :to
 order by objects.key limit 1 offset :rows), :to)) as upto), orphan as materialized (
 select substr(entry.value ->> '$.key', 1, 24) as namespace_id, substr(entry.value ->> '$.key', 26) as id, entry.value ->> '$.size' as size, entry.value ->> '$.uploadedAt' as uploaded_at
 from bound cross join each(:entries) as entry
 where entry.value ->> '$.key' <= bound.upto and not exists (select 1 from objects where objects.key = entry.value ->> '$.key'))
 select count(*) as count
 from orphan

-- reconcile.upTo
with bound as materialized (select min(:to, ifnull((
 select objects.key
 from objects
 where objects.key > :from and objects.key <= :to
 order by objects.key limit 1 offset :rows), :to)) as upto)
 select bound.upto as upto
 from bound
