-- objects.abortIdle
update objects set state = 'aborted', lease_until = :now
 where objects.id in (select objects.id
 from each(:namespaces) as turn cross join objects on objects.id in (
 select objects.id
 from objects
 where objects.asset_count = 0 and objects.state = 'pending' and objects.namespace_id = turn.value and objects.lease_until <= :now
 order by objects.lease_until, objects.id limit :most)) and objects.state = 'pending'

-- objects.claimUnreferenced
update objects set state = 'purging'
 where objects.id in (select objects.id
 from each(:namespaces) as turn cross join objects on objects.id in (
 select objects.id
 from objects
 where objects.asset_count = 0 and objects.state = 'complete' and objects.namespace_id = turn.value and objects.lease_until <= :now
 order by objects.lease_until, objects.id limit :most)) and objects.state = 'complete' and not exists (select 1 from assets where assets.object_id = objects.id)

-- objects.claimed
select objects.id as id, objects.key as key, iif(objects.completed_at is null, objects.bucket_upload_id, null) as upload_id
 from each(:namespaces) as turn cross join objects on objects.id in (
 select objects.id
 from objects
 where objects.asset_count = 0 and objects.state = 'purging' and objects.namespace_id = turn.value and objects.lease_until <= :now
 order by objects.lease_until, objects.id limit :most)

-- objects.countIdle
select count(*) as count
 from (select objects.id
 from each(:namespaces) as turn cross join objects on objects.id in (
 select objects.id
 from objects
 where objects.asset_count = 0 and objects.state = 'pending' and objects.namespace_id = turn.value and objects.lease_until <= :now
 order by objects.lease_until, objects.id limit :most))

-- objects.erase
with going as materialized (
 select objects.id as id, objects.namespace_id as namespace_id, objects.size as size, objects.released_by as released_by, objects.completed_at as completed_at
 from each(:ids) as doomed cross join objects on objects.id = doomed.value
 where objects.state = 'purging' and not exists (select 1 from assets where assets.object_id = objects.id) and not exists ( select 1 from parts where parts.object_id = objects.id)) delete
 from objects
 where objects.id in (select id from going)

-- objects.eraseParts
delete
 from parts
 where (parts.object_id, parts.part_number) in (
 select parts.object_id, parts.part_number
 from each(:ids) as doomed cross join parts on parts.object_id = doomed.value limit :rows)

-- objects.going
with going as materialized (
 select objects.id as id, objects.namespace_id as namespace_id, objects.size as size, objects.released_by as released_by, objects.completed_at as completed_at
 from each(:ids) as doomed cross join objects on objects.id = doomed.value
 where objects.state = 'purging' and not exists (select 1 from assets where assets.object_id = objects.id) and not exists ( select 1 from parts where parts.object_id = objects.id))
 select count(*) as count
 from going

-- objects.postpone
update objects set lease_until = :until
 where objects.id in (select value from each(:ids)) and objects.state = 'purging'

-- objects.recount
update objects set asset_count = ( select count(*) from assets where assets.object_id = objects.id)
 where objects.id in (select objects.id
 from each(:namespaces) as turn cross join objects on objects.id in (
 select objects.id
 from objects
 where objects.asset_count = 0 and objects.state = 'complete' and objects.namespace_id = turn.value and objects.lease_until <= :now
 order by objects.lease_until, objects.id limit :most)) and exists (select 1 from assets where assets.object_id = objects.id)
