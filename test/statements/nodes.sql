-- nodes.found, consulted by nodes.seeking
select standing.refusal as refusal, nodes.id as id, nodes.version as version, 0 as created, <nodeJson> as body
 from verdict as standing
 left join nodes on nodes.id = iif(standing.refusal is null, (select id from target), null)

-- nodes.hangRestored
with recursive <trash.undone>, <trash.spot.undone>, <trash.ancestors> update nodes set parent_id = (select ifnull((select nodes.id
 from nodes
 where nodes.container_id = hung.container_id and nodes.path = rtrim(rtrim(hung.path, replace(hung.path, '/', '')), '/') and nodes.kind = 'folder' and nodes.deleted_at is null), iif(rtrim(rtrim(hung.path, replace(hung.path, '/', '')), '/') = '', (select around.node_id from episodes as around where around.id = hung.container_id), null))
 from nodes as hung
 where hung.id = nodes.id)
 where nodes.id in (select (select nodes.id
 from nodes
 where nodes.container_id = ancestor.container_id and nodes.path = ancestor.path and nodes.kind = 'folder' and nodes.deleted_at is null)
 from ancestor) and +nodes.parent_id is null and (select ifnull((select nodes.id
 from nodes
 where nodes.container_id = hung.container_id and nodes.path = rtrim(rtrim(hung.path, replace(hung.path, '/', '')), '/') and nodes.kind = 'folder' and nodes.deleted_at is null), iif(rtrim(rtrim(hung.path, replace(hung.path, '/', '')), '/') = '', (select around.node_id from episodes as around where around.id = hung.container_id), null))
 from nodes as hung
 where hung.id = nodes.id) is not null

-- nodes.listedBelow, consulted by nodes.listingBelow
select standing.refusal as refusal, iif(standing.refusal is null, (select ifnull(sum(child_counts.nodes), 0)
 from child_counts
 where child_counts.id >= (select id from target) || ' ' and child_counts.id < (select id from target) || '!' and (:kind is null or child_counts.id = (select id from target) || ' ' || :kind)), null) as count, true as is_counted, null as id, null as body
 from verdict as standing
 union all
 select null, null, null, id, body
 from (with above as materialized (
 select node.id as id, iif(:offset > 0 and (:offset > 100000 or :offset >= (select ifnull(sum(child_counts.nodes), 0)
 from child_counts
 where child_counts.id >= node.id || ' ' and child_counts.id < node.id || '!' and (:kind is null or child_counts.id = node.id || ' ' || :kind))), 0, :offset + :limit + 1) as reach
 from (select target.id as id from permit cross join target) as node)
 select lower(hex(page.rank || page.name || page.id)) as id, <nodeJson> as body
 from (
 select *
 from (select *
 from (select *
 from (select 0 as rank, nodes.name as name, nodes.id as id
 from nodes
 where nodes.above_id = (select id from above) and nodes.kind = 'folder' and nodes.deleted_at is null and (:kind is null or :kind = 'folder') and 0 >= ifnull(:afterRank, 0) and (nodes.name, nodes.id) > (iif(0 = :afterRank, :afterName, ''), iif(0 = :afterRank, :afterId, ''))
 order by nodes.name, nodes.id limit ifnull((select reach from above), 0))
 union all
 select *
 from (select 0 as rank, nodes.name as name, nodes.id as id
 from nodes
 where nodes.above_id = (select id from above) and nodes.kind = 'episode' and nodes.deleted_at is null and (:kind is null or :kind = 'episode') and 0 >= ifnull(:afterRank, 0) and (nodes.name, nodes.id) > (iif(0 = :afterRank, :afterName, ''), iif(0 = :afterRank, :afterId, ''))
 order by nodes.name, nodes.id limit ifnull((select reach from above), 0)))
 union all
 select *
 from (select *
 from (select 1 as rank, nodes.name as name, nodes.id as id
 from nodes
 where nodes.above_id = (select id from above) and nodes.kind = 'video' and nodes.deleted_at is null and (:kind is null or :kind = 'video') and 1 >= ifnull(:afterRank, 0) and (nodes.name, nodes.id) > (iif(1 = :afterRank, :afterName, ''), iif(1 = :afterRank, :afterId, ''))
 order by nodes.name, nodes.id limit ifnull((select reach from above), 0))
 union all
 select *
 from (select 1 as rank, nodes.name as name, nodes.id as id
 from nodes
 where nodes.above_id = (select id from above) and nodes.kind = 'audio' and nodes.deleted_at is null and (:kind is null or :kind = 'audio') and 1 >= ifnull(:afterRank, 0) and (nodes.name, nodes.id) > (iif(1 = :afterRank, :afterName, ''), iif(1 = :afterRank, :afterId, ''))
 order by nodes.name, nodes.id limit ifnull((select reach from above), 0))
 union all
 select *
 from (select 1 as rank, nodes.name as name, nodes.id as id
 from nodes
 where nodes.above_id = (select id from above) and nodes.kind = 'label-track' and nodes.deleted_at is null and (:kind is null or :kind = 'label-track') and 1 >= ifnull(:afterRank, 0) and (nodes.name, nodes.id) > (iif(1 = :afterRank, :afterName, ''), iif(1 = :afterRank, :afterId, ''))
 order by nodes.name, nodes.id limit ifnull((select reach from above), 0)))
 union all
 select *
 from (select *
 from (select 1 as rank, nodes.name as name, nodes.id as id
 from nodes
 where nodes.above_id = (select id from above) and nodes.kind = 'text-track' and nodes.deleted_at is null and (:kind is null or :kind = 'text-track') and 1 >= ifnull(:afterRank, 0) and (nodes.name, nodes.id) > (iif(1 = :afterRank, :afterName, ''), iif(1 = :afterRank, :afterId, ''))
 order by nodes.name, nodes.id limit ifnull((select reach from above), 0))
 union all
 select *
 from (select 1 as rank, nodes.name as name, nodes.id as id
 from nodes
 where nodes.above_id = (select id from above) and nodes.kind = 'image' and nodes.deleted_at is null and (:kind is null or :kind = 'image') and 1 >= ifnull(:afterRank, 0) and (nodes.name, nodes.id) > (iif(1 = :afterRank, :afterName, ''), iif(1 = :afterRank, :afterId, ''))
 order by nodes.name, nodes.id limit ifnull((select reach from above), 0))
 union all
 select *
 from (select 1 as rank, nodes.name as name, nodes.id as id
 from nodes
 where nodes.above_id = (select id from above) and nodes.kind = 'file' and nodes.deleted_at is null and (:kind is null or :kind = 'file') and 1 >= ifnull(:afterRank, 0) and (nodes.name, nodes.id) > (iif(1 = :afterRank, :afterName, ''), iif(1 = :afterRank, :afterId, ''))
 order by nodes.name, nodes.id limit ifnull((select reach from above), 0))))
 order by rank, name, id limit iif(:offset > 0 and (:offset >= (select (select ifnull(sum(child_counts.nodes), 0)
 from child_counts
 where child_counts.id >= (select id from target) || ' ' and child_counts.id < (select id from target) || '!' and (:kind is null or child_counts.id = (select id from target) || ' ' || :kind))
 from permit as standing) or :offset > 100000), 0, :limit + 1) offset :offset) as page cross join nodes on nodes.id = page.id)

-- nodes.listedTop, consulted by nodes.listingTop
select standing.refusal as refusal, iif(standing.refusal is null, (select ifnull(sum(child_counts.nodes), 0)
 from child_counts
 where child_counts.id >= standing.project_id || ' ' and child_counts.id < standing.project_id || '!' and (:kind is null or child_counts.id = standing.project_id || ' ' || :kind)), null) as count, true as is_counted, null as id, null as body
 from verdict as standing
 union all
 select null, null, null, id, body
 from (with above as materialized (
 select node.id as id, iif(:offset > 0 and (:offset > 100000 or :offset >= (select ifnull(sum(child_counts.nodes), 0)
 from child_counts
 where child_counts.id >= node.id || ' ' and child_counts.id < node.id || '!' and (:kind is null or child_counts.id = node.id || ' ' || :kind))), 0, :offset + :limit + 1) as reach
 from (select project_id as id from permit) as node)
 select lower(hex(page.rank || page.name || page.id)) as id, <nodeJson> as body
 from (
 select *
 from (select *
 from (select *
 from (select 0 as rank, nodes.name as name, nodes.id as id
 from nodes
 where nodes.above_id = (select id from above) and nodes.kind = 'folder' and nodes.deleted_at is null and (:kind is null or :kind = 'folder') and 0 >= ifnull(:afterRank, 0) and (nodes.name, nodes.id) > (iif(0 = :afterRank, :afterName, ''), iif(0 = :afterRank, :afterId, ''))
 order by nodes.name, nodes.id limit ifnull((select reach from above), 0))
 union all
 select *
 from (select 0 as rank, nodes.name as name, nodes.id as id
 from nodes
 where nodes.above_id = (select id from above) and nodes.kind = 'episode' and nodes.deleted_at is null and (:kind is null or :kind = 'episode') and 0 >= ifnull(:afterRank, 0) and (nodes.name, nodes.id) > (iif(0 = :afterRank, :afterName, ''), iif(0 = :afterRank, :afterId, ''))
 order by nodes.name, nodes.id limit ifnull((select reach from above), 0)))
 union all
 select *
 from (select *
 from (select 1 as rank, nodes.name as name, nodes.id as id
 from nodes
 where nodes.above_id = (select id from above) and nodes.kind = 'video' and nodes.deleted_at is null and (:kind is null or :kind = 'video') and 1 >= ifnull(:afterRank, 0) and (nodes.name, nodes.id) > (iif(1 = :afterRank, :afterName, ''), iif(1 = :afterRank, :afterId, ''))
 order by nodes.name, nodes.id limit ifnull((select reach from above), 0))
 union all
 select *
 from (select 1 as rank, nodes.name as name, nodes.id as id
 from nodes
 where nodes.above_id = (select id from above) and nodes.kind = 'audio' and nodes.deleted_at is null and (:kind is null or :kind = 'audio') and 1 >= ifnull(:afterRank, 0) and (nodes.name, nodes.id) > (iif(1 = :afterRank, :afterName, ''), iif(1 = :afterRank, :afterId, ''))
 order by nodes.name, nodes.id limit ifnull((select reach from above), 0))
 union all
 select *
 from (select 1 as rank, nodes.name as name, nodes.id as id
 from nodes
 where nodes.above_id = (select id from above) and nodes.kind = 'label-track' and nodes.deleted_at is null and (:kind is null or :kind = 'label-track') and 1 >= ifnull(:afterRank, 0) and (nodes.name, nodes.id) > (iif(1 = :afterRank, :afterName, ''), iif(1 = :afterRank, :afterId, ''))
 order by nodes.name, nodes.id limit ifnull((select reach from above), 0)))
 union all
 select *
 from (select *
 from (select 1 as rank, nodes.name as name, nodes.id as id
 from nodes
 where nodes.above_id = (select id from above) and nodes.kind = 'text-track' and nodes.deleted_at is null and (:kind is null or :kind = 'text-track') and 1 >= ifnull(:afterRank, 0) and (nodes.name, nodes.id) > (iif(1 = :afterRank, :afterName, ''), iif(1 = :afterRank, :afterId, ''))
 order by nodes.name, nodes.id limit ifnull((select reach from above), 0))
 union all
 select *
 from (select 1 as rank, nodes.name as name, nodes.id as id
 from nodes
 where nodes.above_id = (select id from above) and nodes.kind = 'image' and nodes.deleted_at is null and (:kind is null or :kind = 'image') and 1 >= ifnull(:afterRank, 0) and (nodes.name, nodes.id) > (iif(1 = :afterRank, :afterName, ''), iif(1 = :afterRank, :afterId, ''))
 order by nodes.name, nodes.id limit ifnull((select reach from above), 0))
 union all
 select *
 from (select 1 as rank, nodes.name as name, nodes.id as id
 from nodes
 where nodes.above_id = (select id from above) and nodes.kind = 'file' and nodes.deleted_at is null and (:kind is null or :kind = 'file') and 1 >= ifnull(:afterRank, 0) and (nodes.name, nodes.id) > (iif(1 = :afterRank, :afterName, ''), iif(1 = :afterRank, :afterId, ''))
 order by nodes.name, nodes.id limit ifnull((select reach from above), 0))))
 order by rank, name, id limit iif(:offset > 0 and (:offset >= (select (select ifnull(sum(child_counts.nodes), 0)
 from child_counts
 where child_counts.id >= standing.project_id || ' ' and child_counts.id < standing.project_id || '!' and (:kind is null or child_counts.id = standing.project_id || ' ' || :kind))
 from permit as standing) or :offset > 100000), 0, :limit + 1) offset :offset) as page cross join nodes on nodes.id = page.id)

-- nodes.makeRestored
with recursive <trash.undone>, <trash.spot.undone>, <trash.ancestors> insert into nodes (id, project_id, container_id, kind, name, path, created_at, updated_at)
 select printf('%012x', :now) || '000' || substr(lower(hex(randomblob(5))), 2), undone.project_id, ancestor.container_id, 'folder', replace(replace(substr(ancestor.path, length(rtrim(rtrim(ancestor.path, replace(ancestor.path, '/', '')), '/')) + 2), '%2F', '/'), '%25', '%'), ancestor.path, :now, :now
 from undone cross join ancestor
 where (select nodes.id
 from nodes
 where nodes.container_id = ancestor.container_id and nodes.path = ancestor.path and nodes.kind = 'folder' and nodes.deleted_at is null) is null

-- nodes.markBelow.assets
<nodes.markBelow.area> update assets set deleted_at = (select deleted_at from area), deletion_id = (select id from area)
 where assets.id in (select nodes.item_id
 from nodes
 where nodes.container_id = (select container_id from area) and nodes.path > (select path || '/' from area) and nodes.path < (select path || '0' from area) and nodes.deleted_at is null
 order by nodes.path, nodes.kind limit :rows) and assets.deleted_at is null

-- nodes.markBelow.episodes
<nodes.markBelow.area> update episodes set deleted_at = (select deleted_at from area), deletion_id = (select id from area)
 where episodes.id in (select nodes.item_id
 from nodes
 where nodes.container_id = (select container_id from area) and nodes.path > (select path || '/' from area) and nodes.path < (select path || '0' from area) and nodes.deleted_at is null
 order by nodes.path, nodes.kind limit :rows) and episodes.deleted_at is null

-- nodes.markBelow.nodes
<nodes.markBelow.area> update nodes set deleted_at = (select deleted_at from area), deletion_id = (select id from area)
 where nodes.id in (select nodes.id
 from nodes
 where nodes.container_id = (select container_id from area) and nodes.path > (select path || '/' from area) and nodes.path < (select path || '0' from area) and nodes.deleted_at is null
 order by nodes.path, nodes.kind limit :rows) and nodes.deleted_at is null

-- nodes.markTrashed
update nodes set deleted_at = :now, deletion_id = :deletionId
 where nodes.id = (select deletions.item_id from deletions where deletions.id = :deletionId) and nodes.deleted_at is null

-- nodes.moveAssets, permitted by nodes.moving
update assets set name = replace(replace((select path from goal), '%2F', '/'), '%25', '%') || substr(assets.name, length(replace(replace((select path from target), '%2F', '/'), '%25', '%')) + 1), updated_at = :now, updated_request = :mark, renamed_request = null, version = assets.version + 1
 where assets.id in (select nodes.item_id
 from nodes
 where nodes.container_id = (select container_id from target) and nodes.path > (select path || '/' from target) and nodes.path < (select path || '0' from target) and nodes.deleted_at is null and exists (select 1 from permit cross join target cross join goal where goal.path <> target.path)) and assets.deleted_at is null

-- nodes.moveBelow, permitted by nodes.moving
update nodes set path = (select path from goal) || substr(nodes.path, length((select path from target)) + 1), updated_at = :now, version = nodes.version + 1
 where nodes.id in (select nodes.id
 from nodes
 where nodes.container_id = (select container_id from target) and nodes.path > (select path || '/' from target) and nodes.path < (select path || '0' from target) and nodes.deleted_at is null and exists (select 1 from permit cross join target cross join goal where goal.path <> target.path))

-- nodes.moveEpisodes, permitted by nodes.moving
update episodes set node_path = (select path from goal) || substr(episodes.node_path, length((select path from target)) + 1), updated_at = :now, updated_request = :mark, renamed_request = null, version = episodes.version + 1
 where episodes.id in (select nodes.item_id
 from nodes
 where nodes.container_id = (select container_id from target) and nodes.path > (select path || '/' from target) and nodes.path < (select path || '0' from target) and nodes.deleted_at is null and exists (select 1 from permit cross join target cross join goal where goal.path <> target.path)) and episodes.deleted_at is null

-- nodes.moveFolder, permitted by nodes.moving
update nodes set parent_id = (select parent_id from goal), name = (select name from goal), path = (select path from goal), updated_at = :now, version = nodes.version + 1
 where nodes.id = (select target.id from permit cross join target cross join goal where goal.path <> target.path)

-- nodes.moved, judged by nodes.moving
select standing.refusal as refusal, nodes.id as id, nodes.version as version, 0 as created, iif(<isBlind>, json_object('id', nodes.id, 'name', nodes.name), <nodeJson>) as body
 from verdict as standing
 left join nodes on nodes.id = iif(standing.refusal is null, :id, null)

-- nodes.read, consulted by nodes.reading
select standing.refusal as refusal, nodes.id as id, nodes.version as version, 0 as created, json_insert(<nodeJson>, '$.ancestors', json((with recursive around(parent_id, list) as (
 select nodes.parent_id, ''
 from target cross join nodes on nodes.id = target.id
 union all
 select nodes.parent_id, json_object('id', nodes.id, 'name', nodes.name, 'kind', nodes.kind, 'path', ifnull((select place.path
 from episodes as around join nodes as place on place.id = around.node_id
 where around.id = nodes.container_id), '') || nodes.path) || iif(list = '', '', ',' || list)
 from around cross join nodes on nodes.id = around.parent_id)
 select '[' || list || ']'
 from around
 where parent_id is null))) as body
 from verdict as standing
 left join nodes on nodes.id = iif(standing.refusal is null, :id, null)

-- nodes.restore
with <trash.undone>, <trash.spot.undone> update nodes set deleted_at = null, deletion_id = null, name = (select replace(replace(substr(spot.path, length(rtrim(rtrim(spot.path, replace(spot.path, '/', '')), '/')) + 2), '%2F', '/'), '%25', '%')
 from spot), path = (select path from spot), updated_at = iif(:isRenamed, :now, nodes.updated_at), parent_id = (select ifnull((select nodes.id
 from nodes
 where nodes.container_id = spot.container_id and nodes.path = rtrim(rtrim(spot.path, replace(spot.path, '/', '')), '/') and nodes.kind = 'folder' and nodes.deleted_at is null), iif(rtrim(rtrim(spot.path, replace(spot.path, '/', '')), '/') = '', (select around.node_id from episodes as around where around.id = spot.container_id), null))
 from spot), version = nodes.version + 1
 where nodes.id = (select node_id from spot) and nodes.deletion_id = (select id from undone)

-- nodes.trash, permitted by nodes.trashing
insert into deletions (id, namespace_id, project_id, kind, item_id, name, container_id, path, phase, deleted_at, deleted_by, request)
 select :deletionId, permit.namespace_id, permit.project_id, nodes.kind, nodes.id, ifnull((select place.path
 from episodes as around join nodes as place on place.id = around.node_id
 where around.id = nodes.container_id), '') || nodes.path, nullif(nodes.container_id, nodes.project_id), nodes.path, iif((select count(*)
 from (select 1
 from nodes
 where nodes.container_id = (select container_id from target) and nodes.path > (select path || '/' from target) and nodes.path < (select path || '0' from target) and nodes.deleted_at is null limit 5001)) > 5000, 'marking', null), :now, permit.user_id, :repeatable
 from permit cross join target cross join nodes on nodes.id = target.id

-- nodes.trashed, judged by nodes.trashing
<deletion>

-- nodes.walked, judged by nodes.walking
select standing.refusal as refusal, null as n, null as body, null as outer_path, null as outer_kind, null as episode, null as inner_path, null as inner_kind
 from verdict as standing
 union all
 select null, walk.n, null, substr(walk.outer_path, length((select low from top)) + 1), walk.outer_kind, walk.episode, walk.inner_path, walk.inner_kind
 from walk
 where walk.n = (select max(n) from walk)
 union all
 select *
 from (select null, walk.n, <nodeJson>, substr(walk.outer_path, length((select low from top)) + 1), walk.outer_kind, walk.episode, walk.inner_path, walk.inner_kind
 from walk cross join nodes on nodes.id = walk.id
 where (not :leavesOnly or nodes.kind not in ('folder', 'episode')) and (:kind is null or nodes.kind = :kind) limit :limit + 1)
