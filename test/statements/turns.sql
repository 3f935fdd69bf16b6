-- turns.items
with recursive origin(after) as materialized (select ifnull(:after, ifnull((select walks.position from walks where walks.name = 'turn.items'), ''))), walk0(id) as (
 select (select min(deletions.namespace_id)
 from deletions
 where deletions.purging = 0 and (deletions.kind <> 'dataset') = 0 and deletions.namespace_id > (select after from origin))
 union all
 select (select min(deletions.namespace_id)
 from deletions
 where deletions.purging = 0 and (deletions.kind <> 'dataset') = 0 and deletions.namespace_id > walk0.id)
 from walk0
 where walk0.id is not null limit 500), walk1(id) as (
 select (select min(deletions.namespace_id)
 from deletions
 where deletions.purging = 0 and (deletions.kind <> 'dataset') = 1 and deletions.namespace_id > (select after from origin))
 union all
 select (select min(deletions.namespace_id)
 from deletions
 where deletions.purging = 0 and (deletions.kind <> 'dataset') = 1 and deletions.namespace_id > walk1.id)
 from walk1
 where walk1.id is not null limit 500), walk2(id) as (
 select (select min(deletions.namespace_id)
 from deletions
 where deletions.purging = 1 and (deletions.project_id is null) = 0 and deletions.namespace_id > (select after from origin))
 union all
 select (select min(deletions.namespace_id)
 from deletions
 where deletions.purging = 1 and (deletions.project_id is null) = 0 and deletions.namespace_id > walk2.id)
 from walk2
 where walk2.id is not null limit 500), horizon as materialized (select min(id) as id
 from (select iif(count(*) = 500, max(id), null) as id
 from walk0
 union all
 select iif(count(*) = 500, max(id), null) as id
 from walk1
 union all
 select iif(count(*) = 500, max(id), null) as id
 from walk2)), found as materialized (select distinct id
 from (select *
 from (select walk0.id as id
 from walk0
 where walk0.id is not null and (select min(deletions.deleted_at)
 from deletions
 where deletions.purging = 0 and (deletions.kind <> 'dataset') = 0 and deletions.namespace_id = walk0.id) <= :before limit :most)
 union all
 select *
 from (select walk1.id as id
 from walk1
 where walk1.id is not null and (select min(deletions.deleted_at)
 from deletions
 where deletions.purging = 0 and (deletions.kind <> 'dataset') = 1 and deletions.namespace_id = walk1.id) <= :before limit :most)
 union all
 select *
 from (select walk2.id as id from walk2 where walk2.id is not null and walk2.id is not null limit :most))
 where id <= ifnull((select id from horizon), id)
 order by id limit :most)
 select after, (select id from horizon) as horizon, null as namespace_id
 from origin
 union all
 select null, null, id
 from found

-- turns.objects
with recursive origin(after) as materialized (select ifnull(:after, ifnull((select walks.position from walks where walks.name = 'turn.objects'), ''))), walk0(id) as (
 select (select min(objects.namespace_id)
 from objects
 where objects.asset_count = 0 and objects.state = 'pending' and objects.namespace_id > (select after from origin))
 union all
 select (select min(objects.namespace_id)
 from objects
 where objects.asset_count = 0 and objects.state = 'pending' and objects.namespace_id > walk0.id)
 from walk0
 where walk0.id is not null limit 500), walk1(id) as (
 select (select min(objects.namespace_id)
 from objects
 where objects.asset_count = 0 and objects.state = 'complete' and objects.namespace_id > (select after from origin))
 union all
 select (select min(objects.namespace_id)
 from objects
 where objects.asset_count = 0 and objects.state = 'complete' and objects.namespace_id > walk1.id)
 from walk1
 where walk1.id is not null limit 500), walk2(id) as (
 select (select min(objects.namespace_id)
 from objects
 where objects.asset_count = 0 and objects.state = 'purging' and objects.namespace_id > (select after from origin))
 union all
 select (select min(objects.namespace_id)
 from objects
 where objects.asset_count = 0 and objects.state = 'purging' and objects.namespace_id > walk2.id)
 from walk2
 where walk2.id is not null limit 500), walk3(id) as (
 select (select min(objects.namespace_id)
 from objects
 where objects.asset_count = 0 and objects.state = 'aborted' and objects.namespace_id > (select after from origin))
 union all
 select (select min(objects.namespace_id)
 from objects
 where objects.asset_count = 0 and objects.state = 'aborted' and objects.namespace_id > walk3.id)
 from walk3
 where walk3.id is not null limit 500), walk4(id) as (
 select (select min(objects.namespace_id)
 from objects
 where objects.asset_count = 0 and objects.state = 'discarded' and objects.namespace_id > (select after from origin))
 union all
 select (select min(objects.namespace_id)
 from objects
 where objects.asset_count = 0 and objects.state = 'discarded' and objects.namespace_id > walk4.id)
 from walk4
 where walk4.id is not null limit 500), horizon as materialized (select min(id) as id
 from (select iif(count(*) = 500, max(id), null) as id
 from walk0
 union all
 select iif(count(*) = 500, max(id), null) as id
 from walk1
 union all
 select iif(count(*) = 500, max(id), null) as id
 from walk2
 union all
 select iif(count(*) = 500, max(id), null) as id
 from walk3
 union all
 select iif(count(*) = 500, max(id), null) as id
 from walk4)), found as materialized (select distinct id
 from (select *
 from (select walk0.id as id
 from walk0
 where walk0.id is not null and (select min(objects.lease_until)
 from objects
 where objects.asset_count = 0 and objects.state = 'pending' and objects.namespace_id = walk0.id) <= :now limit :most)
 union all
 select *
 from (select walk1.id as id
 from walk1
 where walk1.id is not null and (select min(objects.lease_until)
 from objects
 where objects.asset_count = 0 and objects.state = 'complete' and objects.namespace_id = walk1.id) <= :now limit :most)
 union all
 select *
 from (select walk2.id as id
 from walk2
 where walk2.id is not null and (select min(objects.lease_until)
 from objects
 where objects.asset_count = 0 and objects.state = 'purging' and objects.namespace_id = walk2.id) <= :now limit :most)
 union all
 select *
 from (select walk3.id as id
 from walk3
 where walk3.id is not null and (select min(objects.lease_until)
 from objects
 where objects.asset_count = 0 and objects.state = 'aborted' and objects.namespace_id = walk3.id) <= :before limit :most)
 union all
 select *
 from (select walk4.id as id
 from walk4
 where walk4.id is not null and (select min(objects.lease_until)
 from objects
 where objects.asset_count = 0 and objects.state = 'discarded' and objects.namespace_id = walk4.id) <= :before limit :most))
 where id <= ifnull((select id from horizon), id)
 order by id limit :most)
 select after, (select id from horizon) as horizon, null as namespace_id
 from origin
 union all
 select null, null, id
 from found

-- turns.places
with recursive origin(after) as materialized (select ifnull(:after, ifnull((select walks.position from walks where walks.name = 'turn.places'), ''))), walk0(id) as (
 select (select min(deletions.namespace_id)
 from deletions
 where deletions.purging = 1 and (deletions.project_id is null) = 1 and deletions.namespace_id > (select after from origin))
 union all
 select (select min(deletions.namespace_id)
 from deletions
 where deletions.purging = 1 and (deletions.project_id is null) = 1 and deletions.namespace_id > walk0.id)
 from walk0
 where walk0.id is not null limit 500), horizon as materialized (select min(id) as id from (select iif(count(*) = 500, max(id), null) as id from walk0)), found as materialized (select distinct id
 from (select *
 from (select walk0.id as id
 from walk0
 where walk0.id is not null and (select min(deletions.turn)
 from deletions
 where deletions.purging = 1 and (deletions.project_id is null) = 1 and deletions.namespace_id = walk0.id) <= :now limit :most))
 where id <= ifnull((select id from horizon), id)
 order by id limit :most)
 select after, (select id from horizon) as horizon, null as namespace_id
 from origin
 union all
 select null, null, id
 from found

-- turns.underWay
with recursive origin(after) as materialized (select ifnull(:after, ifnull((select walks.position from walks where walks.name = 'turn.underWay'), ''))), walk0(id) as (
 select (select min(deletions.namespace_id)
 from deletions
 where deletions.phase is not null and deletions.namespace_id > (select after from origin))
 union all
 select (select min(deletions.namespace_id)
 from deletions
 where deletions.phase is not null and deletions.namespace_id > walk0.id)
 from walk0
 where walk0.id is not null limit 500), horizon as materialized (select min(id) as id from (select iif(count(*) = 500, max(id), null) as id from walk0)), found as materialized (select distinct id
 from (select *
 from (select walk0.id as id from walk0 where walk0.id is not null and walk0.id is not null limit :most))
 where id <= ifnull((select id from horizon), id)
 order by id limit :most)
 select after, (select id from horizon) as horizon, null as namespace_id
 from origin
 union all
 select null, null, id
 from found
