-- manifest.read, consulted by manifest.reading
, facts as materialized (select permit.project_id as project_id, datasets.id as dataset_id, datasets.name as name, project_stats.revision as revision, ifnull(:since, project_stats.revision) as since, datasets.id || '-' || datasets.version || '.' || project_stats.revision as state, datasets.order_revision as order_revision, exists (select 1
 from nodes
 where nodes.id = :unitId and nodes.deleted_at is null and nodes.path <> :unitAt) as is_astray, exists (select 1
 from each(:known)
 where value in ('*', datasets.id || '-' || datasets.version || '.' || project_stats.revision)) as is_known
 from permit cross join target cross join datasets on datasets.id = target.id cross join project_stats on project_stats.project_id = permit.project_id), few as materialized (select mine.id as id, mine.name as name, mine.placed_revision as placed_revision
 from facts cross join collections as mine indexed by collections_of_dataset on mine.dataset_id = facts.dataset_id and mine.deleted_at is null limit 5), bounds as materialized (select is_few, iif(is_few, :lines, :linesOfMany) as lines, iif(is_few, :budget, :budgetOfMany) as budget
 from (select count(*) <= 4 as is_few from few))
 select standing.refusal as refusal, facts.state as state, facts.is_known as is_known, facts.revision as revision, (select lines from bounds) as most, facts.dataset_id as dataset_id, facts.order_revision as order_revision, facts.is_astray as is_astray, (select is_few from bounds) as is_few, null as collection, null as position, null as unit_path, null as unit_kind, null as unit_id, null as unit_at, null as half, null as loose_id, null as inside_path, null as inside_kind, null as id, null as name, null as key, null as content_type, null as is_horizon, null as body
 from verdict as standing
 left join facts
 union all
 select null, null, null, null, null, null, null, null, null, collection, position, unit_path, unit_kind, unit_id, unit_at, half, loose_id, inside_path, inside_kind, id, name, key, content_type, is_horizon, iif(total - weight < :heaviest, substr(body, 1, length(body) - 1) || ',metadata:' || ifnull((select assets.metadata from assets where assets.id = told.id), 'null') || '}', null)
 from (select step.*, (step.spent >= (select budget from bounds)) as is_horizon, filler.key as fill, assets.id as id, assets.name as name, objects.key as key, <contentTypeOfAsset> as content_type, json_object('dataset', (select name from facts), 'collection', step.collection, 'episode', episodes.name, 'path', assets.name, 'kind', assets.kind, 'assetId', assets.id, 'contentType', iif(objects.id is null, null, <contentTypeOfAsset>), 'size', objects.size, 'sha256', objects.sha256) as body, iif(assets.id is null, 0, 400 + ifnull(octet_length(assets.metadata), 0) + 2 * (ifnull(octet_length(assets.name), 0) + ifnull(octet_length(episodes.name), 0) + length(step.collection))) as weight, sum(iif(assets.id is null, 0, 400 + ifnull(octet_length(assets.metadata), 0) + 2 * (ifnull(octet_length(assets.name), 0) + ifnull(octet_length(episodes.name), 0) + length(step.collection)))) over (rows unbounded preceding) as total
 from (select *, sum(cost) over (rows unbounded preceding) as spent
 from (select facts.dataset_id as dataset_id, facts.project_id as project_id, facts.since as since, bounds.is_few as is_few, mine.name as collection, held.position as position, substr(unit.path, length(top.path) + 1) as unit_path, unit.kind as unit_kind, unit.id as unit_id, unit.path as unit_at, half.n as half, loose.id as loose_id, substr(inside.path, length(iif(unit.id is null and top.kind = 'folder', top.path, '')) + 1) as inside_path, inside.kind as inside_kind, case
 when loose.id is not null then loose.id
 when inside.id is not null then iif(inside.kind not in ('folder', 'episode'), inside.item_id, null)
 when half.n = 0 or ((mine.name is :collection and held.position is :position) and iif(unit.id is null, :unitPath is null, unit.path is top.path || :unitPath and unit.kind is :unitKind)) then null
 when unit.id is not null then iif(unit.kind not in ('folder', 'episode'), unit.item_id, null)
 when top.id is not null then iif(top.kind not in ('folder', 'episode'), top.item_id, null)
 when held.added_revision < facts.since then (select assets.id
 from assets
 where assets.id = held.member_id and assets.node_id is null and assets.project_id = facts.project_id and assets.deleted_at is null and not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null)) end as asset_id, case
 when loose.id is not null then null
 when coalesce(inside.id, unit.id, top.id) is not null then coalesce(inside.id, unit.id, top.id) else (select episodes.node_id
 from assets cross join episodes on episodes.id = assets.container_id
 where assets.id = held.member_id) end as node_id, case
 when inside.id is not null then ifnull(unit.id, top.id)
 when unit.id is not null then top.id end as until_id, iif((((mine.name is :collection and held.position is :position) and iif(unit.id is null, :unitPath is null, unit.path is top.path || :unitPath and unit.kind is :unitKind)) and inside.id is null and loose.id is null and half.n = :half), 0, 1 + case
 when inside.id is not null then (length(inside.path) - length(replace(inside.path, '/', '')))
 when loose.id is not null then 1
 when top.id is not null then 3 * (length(iif(unit.id is null, top.path, substr(unit.path, length(top.path) + 1))) - length(replace(iif(unit.id is null, top.path, substr(unit.path, length(top.path) + 1)), '/', ''))) else 3 end) as cost
 from facts cross join bounds cross join collections as mine indexed by collections_of_dataset on mine.dataset_id = facts.dataset_id and mine.deleted_at is null and mine.name >= ifnull(:collection, '') and not facts.is_known
 left join collection_members as held indexed by collection_members_order on held.collection_id = mine.id and held.position >= iif(mine.name is :collection, ifnull(:position, 0), 0) and mine.placed_revision < facts.since
 left join nodes as top on top.id = coalesce( (select own.id from nodes as own where own.id = held.member_id), (select episodes.node_id
 from episodes
 where episodes.id = held.member_id and episodes.deleted_at is null), (select assets.node_id from assets where assets.id = held.member_id and assets.deleted_at is null)) and top.project_id = facts.project_id and top.deleted_at is null and held.added_revision < facts.since and not exists (
 select 1
 from episodes as around
 where around.id = top.container_id and around.deleted_at is not null)
 left join nodes as unit indexed by nodes_path on unit.container_id = iif(top.kind = 'folder' and top.container_id = top.project_id and not <manifest.isTopCovered>, top.container_id, null) and (unit.path, unit.kind) >= (top.path || iif((mine.name is :collection and held.position is :position), ifnull(:unitPath, '/'), '/'), iif((mine.name is :collection and held.position is :position), ifnull(:unitKind, ''), '')) and unit.path < top.path || '0' and unit.deleted_at is null
 left join (select 0 as n union all select 1) as half on half.n >= iif(((mine.name is :collection and held.position is :position) and iif(unit.id is null, :unitPath is null, unit.path is top.path || :unitPath and unit.kind is :unitKind)), :half, 0) and (half.n = 1 or ifnull(unit.kind, top.kind) = 'episode')
 left join assets as loose indexed by assets_loose on loose.container_id = iif(half.n = 0 and not iif(unit.id is not null, <manifest.isUnitCovered>, <manifest.isTopCovered>), case
 when unit.id is not null then iif(unit.kind = 'episode', unit.item_id, null)
 when top.kind = 'episode' then top.item_id
 when top.container_id <> top.project_id and top.kind = 'folder' then top.container_id end, null) and loose.id > iif((((mine.name is :collection and held.position is :position) and iif(unit.id is null, :unitPath is null, unit.path is top.path || :unitPath and unit.kind is :unitKind)) and :half = 0), ifnull(:looseId, ''), '') and loose.name is null and loose.deleted_at is null
 left join nodes as inside indexed by nodes_path on inside.container_id = iif(half.n = 1 and not iif(unit.id is not null, <manifest.isUnitCovered>, <manifest.isTopCovered>), case
 when unit.id is not null then iif(unit.kind = 'episode', unit.item_id, null)
 when top.kind = 'episode' then top.item_id
 when top.container_id <> top.project_id and top.kind = 'folder' then top.container_id end, null) and (inside.path, inside.kind) > (iif(unit.id is null and top.kind = 'folder', top.path, '') || iif((((mine.name is :collection and held.position is :position) and iif(unit.id is null, :unitPath is null, unit.path is top.path || :unitPath and unit.kind is :unitKind)) and :half = 1), ifnull(:insidePath, '/'), '/'), iif((((mine.name is :collection and held.position is :position) and iif(unit.id is null, :unitPath is null, unit.path is top.path || :unitPath and unit.kind is :unitKind)) and :half = 1), ifnull(:insideKind, ''), '')) and inside.path < iif(unit.id is null and top.kind = 'folder', top.path, '') || '0' and inside.deleted_at is null)) as step
 left join assets on assets.id = step.asset_id and assets.deleted_at is null and (:kind is null or assets.kind = :kind) and not (exists ( with recursive up(id, item_id, parent_id) as (
 select first.id, first.item_id, first.parent_id
 from nodes as first
 where first.id = step.node_id
 union all
 select above.id, above.item_id, above.parent_id
 from up cross join nodes as above on above.id = up.parent_id
 where above.id is not step.until_id)
 select 1
 from up
 where case
 when step.is_few then exists (select 1
 from few cross join collection_members as other on other.collection_id = few.id
 where other.member_id = up.id and (few.name, other.position) < (step.collection, step.position) and few.placed_revision < step.since and other.added_revision < step.since)
 when (select count(*)
 from (
 select 1
 from collection_members as other indexed by collection_members_holding
 where other.project_id = step.project_id and other.member_id = up.id limit 64 + 1)) <= 64 then exists (select 1
 from collection_members as other indexed by collection_members_holding cross join collections as holder on holder.id = other.collection_id and holder.dataset_id = step.dataset_id and holder.deleted_at is null
 where other.project_id = step.project_id and other.member_id = up.id and (holder.name, other.position) < (step.collection, step.position) and holder.placed_revision < step.since and other.added_revision < step.since)
 when (select count(*)
 from (
 select 1
 from collections as sibling indexed by collections_of_dataset
 where sibling.dataset_id = step.dataset_id and sibling.deleted_at is null limit 1000 + 1)) <= 1000 then exists (select 1
 from collections as sibling indexed by collections_of_dataset cross join collection_members as other on other.collection_id = sibling.id
 where sibling.dataset_id = step.dataset_id and sibling.deleted_at is null and other.member_id = up.id and (sibling.name, other.position) < (step.collection, step.position) and sibling.placed_revision < step.since and other.added_revision < step.since) else json_extract('{}', 'entangled' || substr(up.id, 1, 0)) end or up.item_id is not null and case
 when step.is_few then exists (select 1
 from few cross join collection_members as other on other.collection_id = few.id
 where other.member_id = up.item_id and (few.name, other.position) < (step.collection, step.position) and few.placed_revision < step.since and other.added_revision < step.since)
 when (select count(*)
 from (
 select 1
 from collection_members as other indexed by collection_members_holding
 where other.project_id = step.project_id and other.member_id = up.item_id limit 64 + 1)) <= 64 then exists (select 1
 from collection_members as other indexed by collection_members_holding cross join collections as holder on holder.id = other.collection_id and holder.dataset_id = step.dataset_id and holder.deleted_at is null
 where other.project_id = step.project_id and other.member_id = up.item_id and (holder.name, other.position) < (step.collection, step.position) and holder.placed_revision < step.since and other.added_revision < step.since)
 when (select count(*)
 from (
 select 1
 from collections as sibling indexed by collections_of_dataset
 where sibling.dataset_id = step.dataset_id and sibling.deleted_at is null limit 1000 + 1)) <= 1000 then exists (select 1
 from collections as sibling indexed by collections_of_dataset cross join collection_members as other on other.collection_id = sibling.id
 where sibling.dataset_id = step.dataset_id and sibling.deleted_at is null and other.member_id = up.item_id and (sibling.name, other.position) < (step.collection, step.position) and sibling.placed_revision < step.since and other.added_revision < step.since) else json_extract('{}', 'entangled' || substr(up.item_id, 1, 0)) end) or assets.node_id is null and case
 when step.is_few then exists (select 1
 from few cross join collection_members as other on other.collection_id = few.id
 where other.member_id = assets.id and (few.name, other.position) < (step.collection, step.position) and few.placed_revision < step.since and other.added_revision < step.since)
 when (select count(*)
 from (
 select 1
 from collection_members as other indexed by collection_members_holding
 where other.project_id = step.project_id and other.member_id = assets.id limit 64 + 1)) <= 64 then exists (select 1
 from collection_members as other indexed by collection_members_holding cross join collections as holder on holder.id = other.collection_id and holder.dataset_id = step.dataset_id and holder.deleted_at is null
 where other.project_id = step.project_id and other.member_id = assets.id and (holder.name, other.position) < (step.collection, step.position) and holder.placed_revision < step.since and other.added_revision < step.since)
 when (select count(*)
 from (
 select 1
 from collections as sibling indexed by collections_of_dataset
 where sibling.dataset_id = step.dataset_id and sibling.deleted_at is null limit 1000 + 1)) <= 1000 then exists (select 1
 from collections as sibling indexed by collections_of_dataset cross join collection_members as other on other.collection_id = sibling.id
 where sibling.dataset_id = step.dataset_id and sibling.deleted_at is null and other.member_id = assets.id and (sibling.name, other.position) < (step.collection, step.position) and sibling.placed_revision < step.since and other.added_revision < step.since) else json_extract('{}', 'entangled' || substr(assets.id, 1, 0)) end)
 left join objects on objects.id = assets.object_id and objects.state = 'complete'
 left join episodes on episodes.id = assets.container_id
 left join json_each(iif((step.spent >= (select budget from bounds)), '[' || replace(hex(zeroblob((select lines from bounds) / 2 + 1)), '0', '0,') || '0]', '[]')) as filler
 where assets.id is not null or (step.spent >= (select budget from bounds)) limit (select lines from bounds) + 1) as told
 where ifnull(fill, 0) = 0
