-- deletions.claim.datasets
update deletions set purging = 1, turn = 0
 where deletions.id in (select deletions.id
 from each(:namespaces) as turn cross join deletions on deletions.id in (
 select deletions.id
 from deletions
 where deletions.purging = 0 and (deletions.kind <> 'dataset') = 0 and deletions.namespace_id = turn.value and deletions.deleted_at <= :deletedBefore and deletions.phase is null
 order by deletions.deleted_at, deletions.id limit :most)) and deletions.purging = 0

-- deletions.claim.others
update deletions set purging = 1, turn = 1
 where deletions.id in (select deletions.id
 from each(:namespaces) as turn cross join deletions on deletions.id in (
 select deletions.id
 from deletions
 where deletions.purging = 0 and (deletions.kind <> 'dataset') = 1 and deletions.namespace_id = turn.value and deletions.deleted_at <= :deletedBefore and deletions.phase is null
 order by deletions.deleted_at, deletions.id limit :most)) and deletions.purging = 0

-- deletions.claimNow.inNamespace, permitted by deletions.purgingInNamespace
update deletions set purging = 1, turn = 1
 where deletions.id = (select deletion.id from deletion cross join permit) and deletions.purging = 0

-- deletions.claimNow.inProject, permitted by deletions.purgingInProject
update deletions set purging = 1, turn = 1
 where deletions.id = (select deletion.id from deletion cross join permit) and deletions.purging = 0

-- deletions.claimedNow.inNamespace, judged by deletions.purgingInNamespace
select standing.refusal as refusal
 from verdict as standing

-- deletions.claimedNow.inProject, judged by deletions.purgingInProject
select standing.refusal as refusal
 from verdict as standing

-- deletions.endMarking
<deletions.markSlice.area> update deletions set phase = null
 where deletions.id = (select id from area) and not exists (select 1
 from nodes
 where nodes.container_id = (select container_id from area) and nodes.path > (select path || '/' from area) and nodes.path < (select path || '0' from area) and nodes.deleted_at is null)

-- deletions.endRestoring
<deletions.unmarkSlice.area> delete
 from deletions
 where deletions.id = (select id from area) and not exists (select 1 from assets where assets.deletion_id = (select id from area)) and not exists (select 1 from episodes where episodes.deletion_id = (select id from area)) and not exists (select 1 from nodes where nodes.deletion_id = (select id from area))

-- deletions.firstUnderWay
select deletions.id as id, deletions.phase as phase
 from deletions
 where deletions.phase is not null and deletions.namespace_id = :namespaceId
 order by deletions.project_id, deletions.id limit 1

-- deletions.isUnderWay
select deletions.phase is not null as is_left
 from deletions
 where deletions.id = :deletionId

-- deletions.markSlice.assets
<deletions.markSlice.area> update assets set deleted_at = (select deleted_at from area), deletion_id = (select id from area)
 where assets.id in (select nodes.item_id
 from nodes
 where nodes.container_id = (select container_id from area) and nodes.path > (select path || '/' from area) and nodes.path < (select path || '0' from area) and nodes.deleted_at is null
 order by nodes.path, nodes.kind limit :rows) and assets.deleted_at is null

-- deletions.markSlice.episodes
<deletions.markSlice.area> update episodes set deleted_at = (select deleted_at from area), deletion_id = (select id from area)
 where episodes.id in (select nodes.item_id
 from nodes
 where nodes.container_id = (select container_id from area) and nodes.path > (select path || '/' from area) and nodes.path < (select path || '0' from area) and nodes.deleted_at is null
 order by nodes.path, nodes.kind limit :rows) and episodes.deleted_at is null

-- deletions.markSlice.nodes
<deletions.markSlice.area> update nodes set deleted_at = (select deleted_at from area), deletion_id = (select id from area)
 where nodes.id in (select nodes.id
 from nodes
 where nodes.container_id = (select container_id from area) and nodes.path > (select path || '/' from area) and nodes.path < (select path || '0' from area) and nodes.deleted_at is null
 order by nodes.path, nodes.kind limit :rows) and nodes.deleted_at is null

-- deletions.noteLongest
<deletions.markSlice.area> update deletions set longest_path = max(ifnull(deletions.longest_path, octet_length(replace(replace(deletions.path, '%2F', '/'), '%25', '%'))), ifnull((select max(octet_length(replace(replace(nodes.path, '%2F', '/'), '%25', '%')))
 from nodes
 where nodes.id in (select nodes.id
 from nodes
 where nodes.container_id = (select container_id from area) and nodes.path > (select path || '/' from area) and nodes.path < (select path || '0' from area) and nodes.deleted_at is null
 order by nodes.path, nodes.kind limit :rows) and nodes.kind <> 'episode'), 0))
 where deletions.id = (select id from area)

-- deletions.pickPlace
select deletions.id as id
 from deletions
 where deletions.purging = 1 and (deletions.project_id is null) = 1 and deletions.namespace_id = :namespaceId and deletions.turn <= :before
 order by deletions.turn, deletions.id limit 1

-- deletions.postpone
update deletions set turn = max(:turn, ifnull((
 select objects.lease_until
 from objects
 where objects.namespace_id = deletions.item_id
 order by objects.id limit 1), 0))
 where deletions.id = :place and deletions.purging = 1

-- deletions.rotate
update deletions set turn = :turn
 where deletions.id = :place and deletions.purging = 1

-- deletions.unmarkSlice.assets
<deletions.unmarkSlice.area> update assets set <unmarked.assets>
 where assets.id in (select nodes.item_id from nodes where nodes.deletion_id = (select id from area) limit :rows) and +assets.deletion_id = (select id from area)

-- deletions.unmarkSlice.assetsWithoutNode
<deletions.unmarkSlice.area> update assets set <unmarked.assets>
 where assets.id in (select assets.id
 from assets
 where assets.deletion_id = (select id
 from area
 where not exists (select 1 from nodes where nodes.deletion_id = (select id from area))) limit :rows) and +assets.deletion_id = (select id from area)

-- deletions.unmarkSlice.episodes
<deletions.unmarkSlice.area> update episodes set <unmarked.episodes>
 where episodes.id in (select nodes.item_id from nodes where nodes.deletion_id = (select id from area) limit :rows) and +episodes.deletion_id = (select id from area)

-- deletions.unmarkSlice.nodes
<deletions.unmarkSlice.area> update nodes set <unmarked.nodes>
 where nodes.id in (select nodes.id from nodes where nodes.deletion_id = (select id from area) limit :rows) and +nodes.deletion_id = (select id from area)
