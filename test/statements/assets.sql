-- assets.fold
update assets set folded_from = folded.value ->> 'foldedFrom', folded_path = folded.value ->> 'foldedPath', path_words = folded.value ->> 'pathWords'
 from each(:folded) as folded
 where assets.id = folded.value ->> 'id' and assets.name = folded.value ->> 'foldedFrom'

-- assets.found.byPath, consulted by episodes.reading
, <assets.hidden> , walk(id, place, is_fit, examined, steps, weight, found, inside, head0, head1, head2, head3, head4, head5, head6) as materialized (
 select '', '', 0, 0, 0, 0, 0, target.id, ifnull((
 select assets.name || char(1) || '0' || assets.id
 from assets indexed by assets_identity
 where assets.container_id = iif('video' in (select value from each(:kinds)), target.id, null) and assets.kind = 'video' and assets.deleted_at is null and assets.name is not null and assets.name >= (:afterPath || iif(:afterKind < 0, '', char(1)))
 order by assets.name limit 1), '1'), ifnull((
 select assets.name || char(1) || '1' || assets.id
 from assets indexed by assets_identity
 where assets.container_id = iif('audio' in (select value from each(:kinds)), target.id, null) and assets.kind = 'audio' and assets.deleted_at is null and assets.name is not null and assets.name >= (:afterPath || iif(:afterKind < 1, '', char(1)))
 order by assets.name limit 1), '1'), ifnull((
 select assets.name || char(1) || '2' || assets.id
 from assets indexed by assets_identity
 where assets.container_id = iif('label-track' in (select value from each(:kinds)), target.id, null) and assets.kind = 'label-track' and assets.deleted_at is null and assets.name is not null and assets.name >= (:afterPath || iif(:afterKind < 2, '', char(1)))
 order by assets.name limit 1), '1'), ifnull((
 select assets.name || char(1) || '3' || assets.id
 from assets indexed by assets_identity
 where assets.container_id = iif('text-track' in (select value from each(:kinds)), target.id, null) and assets.kind = 'text-track' and assets.deleted_at is null and assets.name is not null and assets.name >= (:afterPath || iif(:afterKind < 3, '', char(1)))
 order by assets.name limit 1), '1'), ifnull((
 select assets.name || char(1) || '4' || assets.id
 from assets indexed by assets_identity
 where assets.container_id = iif('image' in (select value from each(:kinds)), target.id, null) and assets.kind = 'image' and assets.deleted_at is null and assets.name is not null and assets.name >= (:afterPath || iif(:afterKind < 4, '', char(1)))
 order by assets.name limit 1), '1'), ifnull((
 select assets.name || char(1) || '5' || assets.id
 from assets indexed by assets_identity
 where assets.container_id = iif('file' in (select value from each(:kinds)), target.id, null) and assets.kind = 'file' and assets.deleted_at is null and assets.name is not null and assets.name >= (:afterPath || iif(:afterKind < 5, '', char(1)))
 order by assets.name limit 1), '1'), ifnull((select '0' || min(assets.id)
 from assets indexed by assets_loose
 where assets.container_id = target.id and assets.name is null and assets.deleted_at is null and assets.id > :afterId), '1')
 from permit cross join target
 union all
 select assets.id, min(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), assets.id is not null and (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null)) and true, walk.examined + (assets.id is not null and (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null))), walk.steps + 1, walk.weight + ifnull(<assets.weight> + 200 * 0, 0), walk.found + walk.is_fit, walk.inside, iif(walk.head0 = min(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), ifnull((
 select assets.name || char(1) || '0' || assets.id
 from assets indexed by assets_identity
 where assets.container_id = walk.inside and assets.kind = 'video' and assets.deleted_at is null and assets.name is not null and assets.name >= substr(walk.head0, 1, length(walk.head0) - 25)
 order by assets.name limit 1), '1'), walk.head0), iif(walk.head1 = min(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), ifnull((
 select assets.name || char(1) || '1' || assets.id
 from assets indexed by assets_identity
 where assets.container_id = walk.inside and assets.kind = 'audio' and assets.deleted_at is null and assets.name is not null and assets.name >= substr(walk.head1, 1, length(walk.head1) - 25)
 order by assets.name limit 1), '1'), walk.head1), iif(walk.head2 = min(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), ifnull((
 select assets.name || char(1) || '2' || assets.id
 from assets indexed by assets_identity
 where assets.container_id = walk.inside and assets.kind = 'label-track' and assets.deleted_at is null and assets.name is not null and assets.name >= substr(walk.head2, 1, length(walk.head2) - 25)
 order by assets.name limit 1), '1'), walk.head2), iif(walk.head3 = min(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), ifnull((
 select assets.name || char(1) || '3' || assets.id
 from assets indexed by assets_identity
 where assets.container_id = walk.inside and assets.kind = 'text-track' and assets.deleted_at is null and assets.name is not null and assets.name >= substr(walk.head3, 1, length(walk.head3) - 25)
 order by assets.name limit 1), '1'), walk.head3), iif(walk.head4 = min(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), ifnull((
 select assets.name || char(1) || '4' || assets.id
 from assets indexed by assets_identity
 where assets.container_id = walk.inside and assets.kind = 'image' and assets.deleted_at is null and assets.name is not null and assets.name >= substr(walk.head4, 1, length(walk.head4) - 25)
 order by assets.name limit 1), '1'), walk.head4), iif(walk.head5 = min(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), ifnull((
 select assets.name || char(1) || '5' || assets.id
 from assets indexed by assets_identity
 where assets.container_id = walk.inside and assets.kind = 'file' and assets.deleted_at is null and assets.name is not null and assets.name >= substr(walk.head5, 1, length(walk.head5) - 25)
 order by assets.name limit 1), '1'), walk.head5), iif(walk.head6 = min(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), ifnull((select '0' || min(assets.id)
 from assets indexed by assets_loose
 where assets.container_id = walk.inside and assets.name is null and assets.deleted_at is null and assets.id > substr(walk.head6, 2)), '1'), walk.head6)
 from walk
 left join assets on assets.id = substr(min(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), -24)
 where walk.id is not null and walk.steps < :most and walk.weight < :heaviest and walk.found + walk.is_fit < :limit + 1)
 select standing.refusal as refusal, null as id, null as place, null as is_fit, null as examined, null as body
 from verdict as standing
 union all
 select null, walk.id, walk.place, walk.is_fit, walk.examined, <assetJson.found>
 from walk
 left join assets on assets.id = iif(walk.is_fit, walk.id, null)
 where walk.is_fit or walk.steps = (select max(steps) from walk)

-- assets.found.named, consulted by assets.finding
, <assets.hidden> , walk(id, place, is_fit, examined, steps, weight, found, inside, head0, head1, head2, head3, head4, head5) as materialized (
 select '', '', 0, 0, 0, 0, 0, permit.project_id, ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = iif('video' in (select value from each(:kinds)), permit.project_id, null) and assets.name = :path and assets.kind = 'video' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = iif('audio' in (select value from each(:kinds)), permit.project_id, null) and assets.name = :path and assets.kind = 'audio' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = iif('label-track' in (select value from each(:kinds)), permit.project_id, null) and assets.name = :path and assets.kind = 'label-track' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = iif('text-track' in (select value from each(:kinds)), permit.project_id, null) and assets.name = :path and assets.kind = 'text-track' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = iif('image' in (select value from each(:kinds)), permit.project_id, null) and assets.name = :path and assets.kind = 'image' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = iif('file' in (select value from each(:kinds)), permit.project_id, null) and assets.name = :path and assets.kind = 'file' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), '')
 from permit
 union all
 select assets.id, max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), assets.id is not null and (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null)) and true, walk.examined + (assets.id is not null and (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null))), walk.steps + 1, walk.weight + ifnull(<assets.weight> + 200 * 0, 0), walk.found + walk.is_fit, walk.inside, iif(walk.head0 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = walk.inside and assets.name = :path and assets.kind = 'video' and assets.deleted_at is null and assets.id < walk.head0 and assets.id >= :oldest), ''), walk.head0), iif(walk.head1 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = walk.inside and assets.name = :path and assets.kind = 'audio' and assets.deleted_at is null and assets.id < walk.head1 and assets.id >= :oldest), ''), walk.head1), iif(walk.head2 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = walk.inside and assets.name = :path and assets.kind = 'label-track' and assets.deleted_at is null and assets.id < walk.head2 and assets.id >= :oldest), ''), walk.head2), iif(walk.head3 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = walk.inside and assets.name = :path and assets.kind = 'text-track' and assets.deleted_at is null and assets.id < walk.head3 and assets.id >= :oldest), ''), walk.head3), iif(walk.head4 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = walk.inside and assets.name = :path and assets.kind = 'image' and assets.deleted_at is null and assets.id < walk.head4 and assets.id >= :oldest), ''), walk.head4), iif(walk.head5 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = walk.inside and assets.name = :path and assets.kind = 'file' and assets.deleted_at is null and assets.id < walk.head5 and assets.id >= :oldest), ''), walk.head5)
 from walk
 left join assets on assets.id = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5)
 where walk.id is not null and walk.steps < :most and walk.weight < :heaviest and walk.found + walk.is_fit < :limit + 1)
 select standing.refusal as refusal, null as id, null as place, null as is_fit, null as examined, null as body
 from verdict as standing
 union all
 select null, walk.id, walk.place, walk.is_fit, walk.examined, <assetJson.found>
 from walk
 left join assets on assets.id = iif(walk.is_fit, walk.id, null)
 where walk.is_fit or walk.steps = (select max(steps) from walk)

-- assets.found.newest, consulted by assets.finding
, <assets.hidden> , walk(id, place, is_fit, examined, steps, weight, found, inside, head0, head1, head2, head3, head4, head5) as materialized (
 select '', '', 0, 0, 0, 0, 0, permit.project_id, ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('video' in (select value from each(:kinds)), permit.project_id, null) and assets.kind = 'video' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('audio' in (select value from each(:kinds)), permit.project_id, null) and assets.kind = 'audio' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('label-track' in (select value from each(:kinds)), permit.project_id, null) and assets.kind = 'label-track' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('text-track' in (select value from each(:kinds)), permit.project_id, null) and assets.kind = 'text-track' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('image' in (select value from each(:kinds)), permit.project_id, null) and assets.kind = 'image' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('file' in (select value from each(:kinds)), permit.project_id, null) and assets.kind = 'file' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), '')
 from permit
 union all
 select assets.id, max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), assets.id is not null and (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null)) and true, walk.examined + (assets.id is not null and (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null))), walk.steps + 1, walk.weight + ifnull(<assets.weight> + 200 * 0, 0), walk.found + walk.is_fit, walk.inside, iif(walk.head0 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'video' and assets.deleted_at is null and assets.id < walk.head0 and assets.id >= :oldest), ''), walk.head0), iif(walk.head1 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'audio' and assets.deleted_at is null and assets.id < walk.head1 and assets.id >= :oldest), ''), walk.head1), iif(walk.head2 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'label-track' and assets.deleted_at is null and assets.id < walk.head2 and assets.id >= :oldest), ''), walk.head2), iif(walk.head3 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'text-track' and assets.deleted_at is null and assets.id < walk.head3 and assets.id >= :oldest), ''), walk.head3), iif(walk.head4 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'image' and assets.deleted_at is null and assets.id < walk.head4 and assets.id >= :oldest), ''), walk.head4), iif(walk.head5 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'file' and assets.deleted_at is null and assets.id < walk.head5 and assets.id >= :oldest), ''), walk.head5)
 from walk
 left join assets on assets.id = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5)
 where walk.id is not null and walk.steps < :most and walk.weight < :heaviest and walk.found + walk.is_fit < :limit + 1)
 select standing.refusal as refusal, null as id, null as place, null as is_fit, null as examined, null as body
 from verdict as standing
 union all
 select null, walk.id, walk.place, walk.is_fit, walk.examined, <assetJson.found>
 from walk
 left join assets on assets.id = iif(walk.is_fit, walk.id, null)
 where walk.is_fit or walk.steps = (select max(steps) from walk)

-- assets.found.ofEpisode, consulted by assets.finding
, <assets.hidden> , held as materialized (select episodes.id as id
 from permit cross join episodes
 where episodes.project_id = permit.project_id and episodes.name = :episode and episodes.deleted_at is null), walk(id, place, is_fit, examined, steps, weight, found, inside, head0, head1, head2, head3, head4, head5) as materialized (
 select '', '', 0, 0, 0, 0, 0, held.id, ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = iif('video' in (select value from each(:kinds)), held.id, null) and assets.kind = 'video' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = iif('audio' in (select value from each(:kinds)), held.id, null) and assets.kind = 'audio' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = iif('label-track' in (select value from each(:kinds)), held.id, null) and assets.kind = 'label-track' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = iif('text-track' in (select value from each(:kinds)), held.id, null) and assets.kind = 'text-track' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = iif('image' in (select value from each(:kinds)), held.id, null) and assets.kind = 'image' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = iif('file' in (select value from each(:kinds)), held.id, null) and assets.kind = 'file' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), '')
 from permit
 left join held
 union all
 select assets.id, max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), assets.id is not null and (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null)) and true, walk.examined + (assets.id is not null and (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null))), walk.steps + 1, walk.weight + ifnull(<assets.weight> + 200 * 0, 0), walk.found + walk.is_fit, walk.inside, iif(walk.head0 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = walk.inside and assets.kind = 'video' and assets.deleted_at is null and assets.id < walk.head0 and assets.id >= :oldest), ''), walk.head0), iif(walk.head1 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = walk.inside and assets.kind = 'audio' and assets.deleted_at is null and assets.id < walk.head1 and assets.id >= :oldest), ''), walk.head1), iif(walk.head2 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = walk.inside and assets.kind = 'label-track' and assets.deleted_at is null and assets.id < walk.head2 and assets.id >= :oldest), ''), walk.head2), iif(walk.head3 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = walk.inside and assets.kind = 'text-track' and assets.deleted_at is null and assets.id < walk.head3 and assets.id >= :oldest), ''), walk.head3), iif(walk.head4 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = walk.inside and assets.kind = 'image' and assets.deleted_at is null and assets.id < walk.head4 and assets.id >= :oldest), ''), walk.head4), iif(walk.head5 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = walk.inside and assets.kind = 'file' and assets.deleted_at is null and assets.id < walk.head5 and assets.id >= :oldest), ''), walk.head5)
 from walk
 left join assets on assets.id = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5)
 where walk.id is not null and walk.steps < :most and walk.weight < :heaviest and walk.found + walk.is_fit < :limit + 1)
 select standing.refusal as refusal, null as id, null as place, null as is_fit, null as examined, null as body
 from verdict as standing
 union all
 select null, walk.id, walk.place, walk.is_fit, walk.examined, <assetJson.found>
 from walk
 left join assets on assets.id = iif(walk.is_fit, walk.id, null)
 where walk.is_fit or walk.steps = (select max(steps) from walk)

-- assets.found.ofIds, consulted by assets.finding
, <assets.hidden> , chain as materialized (select id, lead(id) over (order by id desc) as next
 from (select assets.id as id
 from assets
 where assets.id in (select value from each(:ids)) and assets.project_id = (select project_id from permit) and assets.deleted_at is null) as some
 where id < :before and id >= :oldest), walk(id, place, is_fit, examined, steps, weight, found, inside, head0) as materialized (
 select '', '', 0, 0, 0, 0, 0, null, ifnull((select max(id) from chain), '')
 from permit
 union all
 select assets.id, walk.head0, assets.id is not null and (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null)) and true, walk.examined + (assets.id is not null and (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null))), walk.steps + 1, walk.weight + ifnull(<assets.weight> + 200 * 0, 0), walk.found + walk.is_fit, walk.inside, iif(walk.head0 = walk.head0, ifnull((select next from chain where chain.id = walk.head0), ''), walk.head0)
 from walk
 left join assets on assets.id = walk.head0
 where walk.id is not null and walk.steps < :most and walk.weight < :heaviest and walk.found + walk.is_fit < :limit + 1)
 select standing.refusal as refusal, null as id, null as place, null as is_fit, null as examined, null as body
 from verdict as standing
 union all
 select null, walk.id, walk.place, walk.is_fit, walk.examined, <assetJson.found>
 from walk
 left join assets on assets.id = iif(walk.is_fit, walk.id, null)
 where walk.is_fit or walk.steps = (select max(steps) from walk)

-- assets.found.ranged, consulted by assets.finding
, <assets.hidden> , range as materialized (select assets.id as id
 from permit cross join each(:kinds) as asked cross join assets indexed by assets_by_name
 where assets.project_id = permit.project_id and assets.kind = asked.value and assets.deleted_at is null and assets.name >= :from and assets.name < ifnull(:to, x'') limit 1000 + 1), counted as materialized (select count(*) <= 1000 as is_few from range), chain as materialized (select id, lead(id) over (order by id desc) as next
 from (select id from counted cross join range where is_few) as some
 where id < :before and id >= :oldest), walk(id, place, is_fit, examined, steps, weight, found, inside, head0, head1, head2, head3, head4, head5, head6) as materialized (
 select '', '', 0, 0, 0, 0, 0, iif(counted.is_few, null, permit.project_id), ifnull((select max(id) from chain), ''), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('video' in (select value from each(:kinds)), iif(counted.is_few, null, permit.project_id), null) and assets.kind = 'video' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('audio' in (select value from each(:kinds)), iif(counted.is_few, null, permit.project_id), null) and assets.kind = 'audio' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('label-track' in (select value from each(:kinds)), iif(counted.is_few, null, permit.project_id), null) and assets.kind = 'label-track' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('text-track' in (select value from each(:kinds)), iif(counted.is_few, null, permit.project_id), null) and assets.kind = 'text-track' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('image' in (select value from each(:kinds)), iif(counted.is_few, null, permit.project_id), null) and assets.kind = 'image' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('file' in (select value from each(:kinds)), iif(counted.is_few, null, permit.project_id), null) and assets.kind = 'file' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), '')
 from permit cross join counted
 union all
 select assets.id, max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), assets.id is not null and (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null)) and true, walk.examined + (assets.id is not null and (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null))), walk.steps + 1, walk.weight + ifnull(<assets.weight> + 200 * 0, 0), walk.found + walk.is_fit, walk.inside, iif(walk.head0 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), ifnull((select next from chain where chain.id = walk.head0), ''), walk.head0), iif(walk.head1 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'video' and assets.deleted_at is null and assets.id < walk.head1 and assets.id >= :oldest), ''), walk.head1), iif(walk.head2 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'audio' and assets.deleted_at is null and assets.id < walk.head2 and assets.id >= :oldest), ''), walk.head2), iif(walk.head3 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'label-track' and assets.deleted_at is null and assets.id < walk.head3 and assets.id >= :oldest), ''), walk.head3), iif(walk.head4 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'text-track' and assets.deleted_at is null and assets.id < walk.head4 and assets.id >= :oldest), ''), walk.head4), iif(walk.head5 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'image' and assets.deleted_at is null and assets.id < walk.head5 and assets.id >= :oldest), ''), walk.head5), iif(walk.head6 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'file' and assets.deleted_at is null and assets.id < walk.head6 and assets.id >= :oldest), ''), walk.head6)
 from walk
 left join assets on assets.id = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6)
 where walk.id is not null and walk.steps < :most and walk.weight < :heaviest and walk.found + walk.is_fit < :limit + 1)
 select standing.refusal as refusal, null as id, null as place, null as is_fit, null as examined, null as body
 from verdict as standing
 union all
 select null, walk.id, walk.place, walk.is_fit, walk.examined, <assetJson.found>
 from walk
 left join assets on assets.id = iif(walk.is_fit, walk.id, null)
 where walk.is_fit or walk.steps = (select max(steps) from walk)

-- assets.foundIds.named, consulted by assets.finding
, <assets.hidden> , walk(id, place, is_fit, examined, steps, weight, found, inside, head0, head1, head2, head3, head4, head5) as materialized (
 select '', '', 0, 0, 0, 0, 0, permit.project_id, ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = iif('video' in (select value from each(:kinds)), permit.project_id, null) and assets.name = :path and assets.kind = 'video' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = iif('audio' in (select value from each(:kinds)), permit.project_id, null) and assets.name = :path and assets.kind = 'audio' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = iif('label-track' in (select value from each(:kinds)), permit.project_id, null) and assets.name = :path and assets.kind = 'label-track' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = iif('text-track' in (select value from each(:kinds)), permit.project_id, null) and assets.name = :path and assets.kind = 'text-track' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = iif('image' in (select value from each(:kinds)), permit.project_id, null) and assets.name = :path and assets.kind = 'image' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = iif('file' in (select value from each(:kinds)), permit.project_id, null) and assets.name = :path and assets.kind = 'file' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), '')
 from permit
 union all
 select assets.id, max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), assets.id is not null and (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null)) and true, walk.examined + (assets.id is not null and (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null))), walk.steps + 1, walk.weight + ifnull(<assets.weight> + 200 * 0, 0), walk.found + walk.is_fit, walk.inside, iif(walk.head0 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = walk.inside and assets.name = :path and assets.kind = 'video' and assets.deleted_at is null and assets.id < walk.head0 and assets.id >= :oldest), ''), walk.head0), iif(walk.head1 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = walk.inside and assets.name = :path and assets.kind = 'audio' and assets.deleted_at is null and assets.id < walk.head1 and assets.id >= :oldest), ''), walk.head1), iif(walk.head2 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = walk.inside and assets.name = :path and assets.kind = 'label-track' and assets.deleted_at is null and assets.id < walk.head2 and assets.id >= :oldest), ''), walk.head2), iif(walk.head3 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = walk.inside and assets.name = :path and assets.kind = 'text-track' and assets.deleted_at is null and assets.id < walk.head3 and assets.id >= :oldest), ''), walk.head3), iif(walk.head4 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = walk.inside and assets.name = :path and assets.kind = 'image' and assets.deleted_at is null and assets.id < walk.head4 and assets.id >= :oldest), ''), walk.head4), iif(walk.head5 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_by_name
 where assets.project_id = walk.inside and assets.name = :path and assets.kind = 'file' and assets.deleted_at is null and assets.id < walk.head5 and assets.id >= :oldest), ''), walk.head5)
 from walk
 left join assets on assets.id = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5)
 where walk.id is not null and walk.steps < :most and walk.weight < :heaviest and walk.found + walk.is_fit < :limit + 1)
 select standing.refusal as refusal, null as id, null as place, null as is_fit, null as examined, null as body
 from verdict as standing
 union all
 select null, walk.id, walk.place, walk.is_fit, walk.examined, assets.id
 from walk
 left join assets on assets.id = iif(walk.is_fit, walk.id, null)
 where walk.is_fit or walk.steps = (select max(steps) from walk)

-- assets.foundIds.newest, consulted by assets.finding
, <assets.hidden> , walk(id, place, is_fit, examined, steps, weight, found, inside, head0, head1, head2, head3, head4, head5) as materialized (
 select '', '', 0, 0, 0, 0, 0, permit.project_id, ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('video' in (select value from each(:kinds)), permit.project_id, null) and assets.kind = 'video' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('audio' in (select value from each(:kinds)), permit.project_id, null) and assets.kind = 'audio' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('label-track' in (select value from each(:kinds)), permit.project_id, null) and assets.kind = 'label-track' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('text-track' in (select value from each(:kinds)), permit.project_id, null) and assets.kind = 'text-track' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('image' in (select value from each(:kinds)), permit.project_id, null) and assets.kind = 'image' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('file' in (select value from each(:kinds)), permit.project_id, null) and assets.kind = 'file' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), '')
 from permit
 union all
 select assets.id, max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), assets.id is not null and (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null)) and true, walk.examined + (assets.id is not null and (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null))), walk.steps + 1, walk.weight + ifnull(<assets.weight> + 200 * 0, 0), walk.found + walk.is_fit, walk.inside, iif(walk.head0 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'video' and assets.deleted_at is null and assets.id < walk.head0 and assets.id >= :oldest), ''), walk.head0), iif(walk.head1 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'audio' and assets.deleted_at is null and assets.id < walk.head1 and assets.id >= :oldest), ''), walk.head1), iif(walk.head2 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'label-track' and assets.deleted_at is null and assets.id < walk.head2 and assets.id >= :oldest), ''), walk.head2), iif(walk.head3 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'text-track' and assets.deleted_at is null and assets.id < walk.head3 and assets.id >= :oldest), ''), walk.head3), iif(walk.head4 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'image' and assets.deleted_at is null and assets.id < walk.head4 and assets.id >= :oldest), ''), walk.head4), iif(walk.head5 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'file' and assets.deleted_at is null and assets.id < walk.head5 and assets.id >= :oldest), ''), walk.head5)
 from walk
 left join assets on assets.id = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5)
 where walk.id is not null and walk.steps < :most and walk.weight < :heaviest and walk.found + walk.is_fit < :limit + 1)
 select standing.refusal as refusal, null as id, null as place, null as is_fit, null as examined, null as body
 from verdict as standing
 union all
 select null, walk.id, walk.place, walk.is_fit, walk.examined, assets.id
 from walk
 left join assets on assets.id = iif(walk.is_fit, walk.id, null)
 where walk.is_fit or walk.steps = (select max(steps) from walk)

-- assets.foundIds.ofEpisode, consulted by assets.finding
, <assets.hidden> , held as materialized (select episodes.id as id
 from permit cross join episodes
 where episodes.project_id = permit.project_id and episodes.name = :episode and episodes.deleted_at is null), walk(id, place, is_fit, examined, steps, weight, found, inside, head0, head1, head2, head3, head4, head5) as materialized (
 select '', '', 0, 0, 0, 0, 0, held.id, ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = iif('video' in (select value from each(:kinds)), held.id, null) and assets.kind = 'video' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = iif('audio' in (select value from each(:kinds)), held.id, null) and assets.kind = 'audio' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = iif('label-track' in (select value from each(:kinds)), held.id, null) and assets.kind = 'label-track' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = iif('text-track' in (select value from each(:kinds)), held.id, null) and assets.kind = 'text-track' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = iif('image' in (select value from each(:kinds)), held.id, null) and assets.kind = 'image' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = iif('file' in (select value from each(:kinds)), held.id, null) and assets.kind = 'file' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), '')
 from permit
 left join held
 union all
 select assets.id, max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), assets.id is not null and (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null)) and true, walk.examined + (assets.id is not null and (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null))), walk.steps + 1, walk.weight + ifnull(<assets.weight> + 200 * 0, 0), walk.found + walk.is_fit, walk.inside, iif(walk.head0 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = walk.inside and assets.kind = 'video' and assets.deleted_at is null and assets.id < walk.head0 and assets.id >= :oldest), ''), walk.head0), iif(walk.head1 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = walk.inside and assets.kind = 'audio' and assets.deleted_at is null and assets.id < walk.head1 and assets.id >= :oldest), ''), walk.head1), iif(walk.head2 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = walk.inside and assets.kind = 'label-track' and assets.deleted_at is null and assets.id < walk.head2 and assets.id >= :oldest), ''), walk.head2), iif(walk.head3 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = walk.inside and assets.kind = 'text-track' and assets.deleted_at is null and assets.id < walk.head3 and assets.id >= :oldest), ''), walk.head3), iif(walk.head4 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = walk.inside and assets.kind = 'image' and assets.deleted_at is null and assets.id < walk.head4 and assets.id >= :oldest), ''), walk.head4), iif(walk.head5 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5), ifnull((select max(assets.id)
 from assets indexed by assets_of_container
 where assets.container_id = walk.inside and assets.kind = 'file' and assets.deleted_at is null and assets.id < walk.head5 and assets.id >= :oldest), ''), walk.head5)
 from walk
 left join assets on assets.id = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5)
 where walk.id is not null and walk.steps < :most and walk.weight < :heaviest and walk.found + walk.is_fit < :limit + 1)
 select standing.refusal as refusal, null as id, null as place, null as is_fit, null as examined, null as body
 from verdict as standing
 union all
 select null, walk.id, walk.place, walk.is_fit, walk.examined, assets.id
 from walk
 left join assets on assets.id = iif(walk.is_fit, walk.id, null)
 where walk.is_fit or walk.steps = (select max(steps) from walk)

-- assets.foundIds.ofIds, consulted by assets.finding
, <assets.hidden> , chain as materialized (select id, lead(id) over (order by id desc) as next
 from (select assets.id as id
 from assets
 where assets.id in (select value from each(:ids)) and assets.project_id = (select project_id from permit) and assets.deleted_at is null) as some
 where id < :before and id >= :oldest), walk(id, place, is_fit, examined, steps, weight, found, inside, head0) as materialized (
 select '', '', 0, 0, 0, 0, 0, null, ifnull((select max(id) from chain), '')
 from permit
 union all
 select assets.id, walk.head0, assets.id is not null and (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null)) and true, walk.examined + (assets.id is not null and (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null))), walk.steps + 1, walk.weight + ifnull(<assets.weight> + 200 * 0, 0), walk.found + walk.is_fit, walk.inside, iif(walk.head0 = walk.head0, ifnull((select next from chain where chain.id = walk.head0), ''), walk.head0)
 from walk
 left join assets on assets.id = walk.head0
 where walk.id is not null and walk.steps < :most and walk.weight < :heaviest and walk.found + walk.is_fit < :limit + 1)
 select standing.refusal as refusal, null as id, null as place, null as is_fit, null as examined, null as body
 from verdict as standing
 union all
 select null, walk.id, walk.place, walk.is_fit, walk.examined, assets.id
 from walk
 left join assets on assets.id = iif(walk.is_fit, walk.id, null)
 where walk.is_fit or walk.steps = (select max(steps) from walk)

-- assets.foundIds.ranged, consulted by assets.finding
, <assets.hidden> , range as materialized (select assets.id as id
 from permit cross join each(:kinds) as asked cross join assets indexed by assets_by_name
 where assets.project_id = permit.project_id and assets.kind = asked.value and assets.deleted_at is null and assets.name >= :from and assets.name < ifnull(:to, x'') limit 1000 + 1), counted as materialized (select count(*) <= 1000 as is_few from range), chain as materialized (select id, lead(id) over (order by id desc) as next
 from (select id from counted cross join range where is_few) as some
 where id < :before and id >= :oldest), walk(id, place, is_fit, examined, steps, weight, found, inside, head0, head1, head2, head3, head4, head5, head6) as materialized (
 select '', '', 0, 0, 0, 0, 0, iif(counted.is_few, null, permit.project_id), ifnull((select max(id) from chain), ''), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('video' in (select value from each(:kinds)), iif(counted.is_few, null, permit.project_id), null) and assets.kind = 'video' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('audio' in (select value from each(:kinds)), iif(counted.is_few, null, permit.project_id), null) and assets.kind = 'audio' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('label-track' in (select value from each(:kinds)), iif(counted.is_few, null, permit.project_id), null) and assets.kind = 'label-track' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('text-track' in (select value from each(:kinds)), iif(counted.is_few, null, permit.project_id), null) and assets.kind = 'text-track' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('image' in (select value from each(:kinds)), iif(counted.is_few, null, permit.project_id), null) and assets.kind = 'image' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), ''), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = iif('file' in (select value from each(:kinds)), iif(counted.is_few, null, permit.project_id), null) and assets.kind = 'file' and assets.deleted_at is null and assets.id < :before and assets.id >= :oldest), '')
 from permit cross join counted
 union all
 select assets.id, max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), assets.id is not null and (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null)) and true, walk.examined + (assets.id is not null and (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null))), walk.steps + 1, walk.weight + ifnull(<assets.weight> + 200 * 0, 0), walk.found + walk.is_fit, walk.inside, iif(walk.head0 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), ifnull((select next from chain where chain.id = walk.head0), ''), walk.head0), iif(walk.head1 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'video' and assets.deleted_at is null and assets.id < walk.head1 and assets.id >= :oldest), ''), walk.head1), iif(walk.head2 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'audio' and assets.deleted_at is null and assets.id < walk.head2 and assets.id >= :oldest), ''), walk.head2), iif(walk.head3 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'label-track' and assets.deleted_at is null and assets.id < walk.head3 and assets.id >= :oldest), ''), walk.head3), iif(walk.head4 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'text-track' and assets.deleted_at is null and assets.id < walk.head4 and assets.id >= :oldest), ''), walk.head4), iif(walk.head5 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'image' and assets.deleted_at is null and assets.id < walk.head5 and assets.id >= :oldest), ''), walk.head5), iif(walk.head6 = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6), ifnull((select max(assets.id)
 from assets indexed by assets_newest
 where assets.project_id = walk.inside and assets.kind = 'file' and assets.deleted_at is null and assets.id < walk.head6 and assets.id >= :oldest), ''), walk.head6)
 from walk
 left join assets on assets.id = max(walk.head0, walk.head1, walk.head2, walk.head3, walk.head4, walk.head5, walk.head6)
 where walk.id is not null and walk.steps < :most and walk.weight < :heaviest and walk.found + walk.is_fit < :limit + 1)
 select standing.refusal as refusal, null as id, null as place, null as is_fit, null as examined, null as body
 from verdict as standing
 union all
 select null, walk.id, walk.place, walk.is_fit, walk.examined, assets.id
 from walk
 left join assets on assets.id = iif(walk.is_fit, walk.id, null)
 where walk.is_fit or walk.steps = (select max(steps) from walk)

-- assets.keep.registered.video, consulted by assets.registering
insert or replace into idempotency_keys (id, fingerprint, attempt, place_id, item_id, version, created, body, created_at)
 select :keyId, :fingerprint, :attempt, standing.project_id, told.id, told.version, told.created, told.body, :now
 from permit as standing cross join (select standing.refusal as refusal, assets.id as id, assets.version as version, 1 as created, iif(<isBlind>, json_object('id', assets.id, 'name', assets.name), <assetJson.video>) as body
 from verdict as standing
 left join assets on assets.id = iif(standing.refusal is null, (select id from earlier), null)) as told
 where :keyId is not null and not exists (select 1 from kept where is_here)

-- assets.listed.video.all, consulted by assets.listing
, <assets.hidden>, weighed as (select assets.id as id, assets.name as name, <assetJson.video> as body, <assets.weight> as own, sum(<assets.weight>) over (rows unbounded preceding) as total
 from (select *
 from (select *
 from assets
 where assets.project_id = ( select project_id from permit where true) and assets.kind = :kind and assets.deleted_at is null and assets.id < :before
 order by assets.id desc limit iif((select is_there from hidden), :examined, :limit + 1)) as assets
 where (not (select is_there from hidden) or not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null)) limit :limit + 1) as assets)
 select standing.refusal as refusal, iif(standing.refusal is null, iif((select is_there from hidden), (select assets.id
 from assets
 where assets.project_id = ( select project_id from permit where true) and assets.kind = :kind and assets.deleted_at is null and assets.id < :before
 order by assets.id desc limit 1 offset :examined - 1), null), null) as horizon, null as id, null as name, null as body, null as is_last
 from verdict as standing
 union all
 select null, null, id, name, body, total >= :heaviest
 from weighed
 where total - own < :heaviest

-- assets.listed.video.filtered, consulted by assets.listing
, <assets.hidden>, found as materialized (select id
 from (
 select assets.id as id, assets.name as name, assets.container_id as container_id
 from assets
 where assets.project_id = ( select project_id from permit where true) and assets.kind = :kind and assets.deleted_at is null and assets.id < :before
 order by assets.id desc limit :examined)
 where (:from is null or name >= :from) and (:to is null or name < :to) and (:first is null or instr(name, :first) > 0) and (:second is null or instr(name, :second) > 0) and (:third is null or instr(name, :third) > 0) and (not (select is_there from hidden) or not exists ( select 1 from episodes as around where around.id = container_id and around.deleted_at is not null)) limit :limit + 1), weighed as (select assets.id as id, assets.name as name, <assetJson.video> as body, <assets.weight> as own, sum(<assets.weight>) over (rows unbounded preceding) as total
 from found cross join assets on assets.id = found.id)
 select standing.refusal as refusal, iif(standing.refusal is null, (select assets.id
 from assets
 where assets.project_id = ( select project_id from permit where true) and assets.kind = :kind and assets.deleted_at is null and assets.id < :before
 order by assets.id desc limit 1 offset :examined - 1), null) as horizon, null as id, null as name, null as body, null as is_last
 from verdict as standing
 union all
 select null, null, id, name, body, total >= :heaviest
 from weighed
 where total - own < :heaviest

-- assets.listed.video.ofEpisode, consulted by assets.listing
, <assets.hidden>, weighed as (select assets.id as id, assets.name as name, <assetJson.video> as body, <assets.weight> as own, sum(<assets.weight>) over (rows unbounded preceding) as total
 from (select *
 from assets
 where assets.container_id = ( select held.id from held cross join permit where true) and assets.kind = :kind and assets.deleted_at is null and assets.id < :before
 order by assets.id desc limit :limit + 1) as assets)
 select standing.refusal as refusal, iif(standing.refusal is null, null, null) as horizon, null as id, null as name, null as body, null as is_last
 from verdict as standing
 union all
 select null, null, id, name, body, total >= :heaviest
 from weighed
 where total - own < :heaviest

-- assets.listed.video.ofEpisodeFiltered, consulted by assets.listing
, <assets.hidden>, found as materialized (select id
 from (
 select assets.id as id, assets.name as name, assets.container_id as container_id
 from assets
 where assets.container_id = ( select held.id from held cross join permit where true) and assets.kind = :kind and assets.deleted_at is null and assets.id < :before
 order by assets.id desc limit :examined)
 where (:from is null or name >= :from) and (:to is null or name < :to) and (:first is null or instr(name, :first) > 0) and (:second is null or instr(name, :second) > 0) and (:third is null or instr(name, :third) > 0) and (not (select is_there from hidden) or not exists ( select 1 from episodes as around where around.id = container_id and around.deleted_at is not null)) limit :limit + 1), weighed as (select assets.id as id, assets.name as name, <assetJson.video> as body, <assets.weight> as own, sum(<assets.weight>) over (rows unbounded preceding) as total
 from found cross join assets on assets.id = found.id)
 select standing.refusal as refusal, iif(standing.refusal is null, (select assets.id
 from assets
 where assets.container_id = ( select held.id from held cross join permit where true) and assets.kind = :kind and assets.deleted_at is null and assets.id < :before
 order by assets.id desc limit 1 offset :examined - 1), null) as horizon, null as id, null as name, null as body, null as is_last
 from verdict as standing
 union all
 select null, null, id, name, body, total >= :heaviest
 from weighed
 where total - own < :heaviest

-- assets.listed.video.ranged, consulted by assets.listing
, <assets.hidden>, range as materialized (select assets.id as id, assets.name as name, assets.container_id as container_id
 from assets
 where assets.project_id = ( select project_id from permit where true) and assets.kind = :kind and assets.deleted_at is null and assets.name >= :from and assets.name < ifnull(:to, x'') limit :examined + 1), counted as materialized (select count(*) <= :examined as is_few from range), found as materialized (select *
 from (
 select id
 from range
 where (select is_few from counted) and id < :before and (:from is null or name >= :from) and (:to is null or name < :to) and (:first is null or instr(name, :first) > 0) and (:second is null or instr(name, :second) > 0) and (:third is null or instr(name, :third) > 0) and (not (select is_there from hidden) or not exists ( select 1 from episodes as around where around.id = container_id and around.deleted_at is not null))
 order by id desc limit :limit + 1)
 union all
 select *
 from (select id
 from (
 select assets.id as id, assets.name as name, assets.container_id as container_id
 from assets
 where assets.project_id = ( select project_id from permit where not (select is_few from counted)) and assets.kind = :kind and assets.deleted_at is null and assets.id < :before
 order by assets.id desc limit :examined)
 where (:from is null or name >= :from) and (:to is null or name < :to) and (:first is null or instr(name, :first) > 0) and (:second is null or instr(name, :second) > 0) and (:third is null or instr(name, :third) > 0) and (not (select is_there from hidden) or not exists ( select 1 from episodes as around where around.id = container_id and around.deleted_at is not null)) limit :limit + 1)), weighed as (select assets.id as id, assets.name as name, <assetJson.video> as body, <assets.weight> as own, sum(<assets.weight>) over (rows unbounded preceding) as total
 from found cross join assets on assets.id = found.id)
 select standing.refusal as refusal, iif(standing.refusal is null, (select assets.id
 from assets
 where assets.project_id = ( select project_id from permit where not (select is_few from counted)) and assets.kind = :kind and assets.deleted_at is null and assets.id < :before
 order by assets.id desc limit 1 offset :examined - 1), null) as horizon, null as id, null as name, null as body, null as is_last
 from verdict as standing
 union all
 select null, null, id, name, body, total >= :heaviest
 from weighed
 where total - own < :heaviest

-- assets.makeChangedFolders, permitted by assets.updating
insert into nodes (id, project_id, parent_id, container_id, kind, name, path, created_at, updated_at)
 select made.value ->> '$.id', permit.project_id, case
 when rtrim(rtrim(substr(:parentPath, 1, made.value ->> '$.end'), replace(substr(:parentPath, 1, made.value ->> '$.end'), '/', '')), '/') = '' then (select episodes.node_id from episodes where episodes.id = (select target.container_id from target)) else ifnull((select nodes.id
 from nodes
 where nodes.container_id = (select target.container_id from target) and nodes.path = rtrim(rtrim(substr(:parentPath, 1, made.value ->> '$.end'), replace(substr(:parentPath, 1, made.value ->> '$.end'), '/', '')), '/') and nodes.kind = 'folder' and nodes.deleted_at is null), made.value ->> '$.parentId') end, (select target.container_id from target), 'folder', replace(replace(substr(substr(:parentPath, 1, made.value ->> '$.end'), length(rtrim(rtrim(substr(:parentPath, 1, made.value ->> '$.end'), replace(substr(:parentPath, 1, made.value ->> '$.end'), '/', '')), '/')) + 2), '%2F', '/'), '%25', '%'), substr(:parentPath, 1, made.value ->> '$.end'), :now, :now
 from permit cross join each(:folders) as made
 where (select nodes.id
 from nodes
 where nodes.container_id = (select target.container_id from target) and nodes.path = substr(:parentPath, 1, made.value ->> '$.end') and nodes.kind = 'folder' and nodes.deleted_at is null) is null

-- assets.makeEpisode, permitted by assets.registering
insert into episodes (id, project_id, node_id, name, folded_name, folded_words, node_path, tags, status, write_protected, created_at, updated_at, created_by, created_by_token, created_request, updated_request)
 select :episodeId, permit.project_id, :episodeNodeId, :episodeName, :foldedName, :foldedWords, :episodePath, '[]', 'running', 0, :now, :now, permit.user_id, permit.token_id, :repeatable, :mark
 from permit
 where true
 on conflict (project_id, name) do nothing

-- assets.makeFolders, permitted by assets.registering
insert into nodes (id, project_id, parent_id, container_id, kind, name, path, created_at, updated_at)
 select made.value ->> '$.id', permit.project_id, case
 when rtrim(rtrim(substr(:parentPath, 1, made.value ->> '$.end'), replace(substr(:parentPath, 1, made.value ->> '$.end'), '/', '')), '/') = '' then (select episodes.node_id
 from episodes
 where episodes.project_id = permit.project_id and episodes.name = :episodeName) else ifnull((select nodes.id
 from nodes
 where nodes.container_id = <assets.container.permit> and nodes.path = rtrim(rtrim(substr(:parentPath, 1, made.value ->> '$.end'), replace(substr(:parentPath, 1, made.value ->> '$.end'), '/', '')), '/') and nodes.kind = 'folder' and nodes.deleted_at is null), made.value ->> '$.parentId') end, <assets.container.permit>, 'folder', replace(replace(substr(substr(:parentPath, 1, made.value ->> '$.end'), length(rtrim(rtrim(substr(:parentPath, 1, made.value ->> '$.end'), replace(substr(:parentPath, 1, made.value ->> '$.end'), '/', '')), '/')) + 2), '%2F', '/'), '%25', '%'), substr(:parentPath, 1, made.value ->> '$.end'), :now, :now
 from permit cross join each(:folders) as made
 where (select nodes.id
 from nodes
 where nodes.container_id = <assets.container.permit> and nodes.path = substr(:parentPath, 1, made.value ->> '$.end') and nodes.kind = 'folder' and nodes.deleted_at is null) is null

-- assets.makeProject, permitted by assets.registering
insert into projects (id, namespace_id, name, slug, tags, visibility, created_at, updated_at, created_by, created_by_token, created_request, updated_request)
 select :projectId, permit.namespace_id, :project, :project, '[]', 'private', :now, :now, permit.user_id, permit.token_id, :repeatable, :mark
 from permit
 where permit.project_id is null

-- assets.markNode
update nodes set deleted_at = :now, deletion_id = :deletionId
 where nodes.id = (select assets.node_id
 from assets
 where assets.id = (select deletions.item_id from deletions where deletions.id = :deletionId)) and nodes.item_id = (select deletions.item_id from deletions where deletions.id = :deletionId) and nodes.deleted_at is null

-- assets.markTrashed
update assets set deleted_at = :now, deletion_id = :deletionId
 where assets.id = (select deletions.item_id from deletions where deletions.id = :deletionId) and assets.deleted_at is null

-- assets.place
insert into nodes (id, project_id, parent_id, container_id, kind, name, path, item_id, created_at, updated_at)
 select assets.node_id, assets.project_id, case
 when :parentPath is not null then (select nodes.id
 from nodes
 where nodes.container_id = assets.container_id and nodes.path = :parentPath and nodes.kind = 'folder' and nodes.deleted_at is null) else (select episodes.node_id from episodes where episodes.id = assets.container_id) end, assets.container_id, assets.kind, :filename, :nodePath, assets.id, :now, :now
 from assets
 where assets.id = :id and assets.name is not null and assets.deleted_at is null
 on conflict (id) do update set item_id = excluded.item_id, updated_at = excluded.updated_at, version = nodes.version + 1
 where nodes.item_id <> excluded.item_id

-- assets.placeEpisode
insert into nodes (id, project_id, container_id, kind, name, path, item_id, created_at, updated_at)
 select episodes.node_id, episodes.project_id, episodes.project_id, 'episode', episodes.name, '/' || :episodeSegment, episodes.id, :now, :now
 from episodes
 where episodes.id = :episodeId
 on conflict (id) do nothing

-- assets.placeRestored
with <trash.undone>, <trash.spot.undone> insert into nodes (id, project_id, parent_id, container_id, kind, name, path, item_id, created_at, updated_at)
 select assets.node_id, assets.project_id, ifnull((select nodes.id
 from nodes
 where nodes.container_id = spot.container_id and nodes.path = rtrim(rtrim(spot.path, replace(spot.path, '/', '')), '/') and nodes.kind = 'folder' and nodes.deleted_at is null), iif(rtrim(rtrim(spot.path, replace(spot.path, '/', '')), '/') = '', (select around.node_id from episodes as around where around.id = spot.container_id), null)), assets.container_id, assets.kind, replace(replace(substr(spot.path, length(rtrim(rtrim(spot.path, replace(spot.path, '/', '')), '/')) + 2), '%2F', '/'), '%25', '%'), spot.path, assets.id, :now, :now
 from spot cross join assets on assets.id = spot.item_id
 where assets.node_id = :nodeId and spot.path is not null
 on conflict (id) do nothing

-- assets.placeUpdated
insert into nodes (id, project_id, parent_id, container_id, kind, name, path, item_id, created_at, updated_at)
 select assets.node_id, assets.project_id, case
 when :parentPath is not null then (select nodes.id
 from nodes
 where nodes.container_id = assets.container_id and nodes.path = :parentPath and nodes.kind = 'folder' and nodes.deleted_at is null) else (select episodes.node_id from episodes where episodes.id = assets.container_id) end, assets.container_id, assets.kind, :filename, :nodePath, assets.id, :now, :now
 from assets
 where assets.id = :id and assets.updated_request = :mark and assets.name = :name and assets.name is not null and assets.deleted_at is null
 on conflict (id) do update set parent_id = excluded.parent_id, name = excluded.name, path = excluded.path, updated_at = excluded.updated_at, version = nodes.version + 1
 where nodes.path <> excluded.path

-- assets.read.video, judged by assets.reading
select standing.refusal as refusal, assets.id as id, assets.version as version, 0 as created, <assetJson.video> as body
 from verdict as standing
 left join assets on assets.id = iif(standing.refusal is null, (select target.id from target), null)

-- assets.recalled.registering, judged by assets.registering
select standing.refusal as refusal, kept.item_id as id, kept.version as version, kept.created as created, kept.body as body, kept.attempt <> :attempt as is_replayed
 from verdict as standing
 left join kept

-- assets.register, permitted by assets.registering
insert into assets (id, project_id, container_id, node_id, kind, name, folded_from, folded_path, path_words, storage_id, object_id, fps, lens, sample_rate, channels, format, language, tags, metadata, created_at, updated_at, created_by, created_by_token, created_request, updated_request)
 select :id, permit.project_id, <assets.container.permit>, iif(:name is null, null, ifnull((select nodes.id
 from nodes
 where nodes.container_id = <assets.container.permit> and nodes.path = :nodePath and nodes.kind = :kind and nodes.deleted_at is null), :nodeId)), :kind, :name, :foldedFrom, :foldedPath, :pathWords, :storageId, (select objects.id
 from objects
 where objects.id = :storageId and <isWithinReach.permit> and objects.state = 'complete'), iif(:kind = 'video', ifnull(:fps, 30), null), iif(:kind = 'video', ifnull(:lens, 'pinhole'), null), :sampleRate, :channels, ifnull(:format, iif(:kind = 'file', :extension, null)), :language, ifnull(:tags, '[]'), :metadata, :now, :now, permit.user_id, permit.token_id, :repeatable, :mark
 from permit
 where true
 on conflict (container_id, kind, name)
 where deleted_at is null and name is not null do update set fps = case
 when :fps? then :fps else assets.fps end, lens = case
 when :lens? then :lens else assets.lens end, sample_rate = case
 when :sampleRate? then :sampleRate else assets.sample_rate end, channels = case
 when :channels? then :channels else assets.channels end, format = case
 when :format? then :format else assets.format end, language = case
 when :language? then :language else assets.language end, tags = case
 when :tags? then :tags else assets.tags end, metadata = case
 when :metadata? then :metadata else assets.metadata end, storage_id = ifnull(assets.storage_id, excluded.storage_id), object_id = ifnull(assets.object_id, excluded.object_id), updated_at = :now, updated_request = :mark, version = assets.version + 1
 where :fps? or :lens? or :sampleRate? or :channels? or :format? or :language? or :tags? or :metadata? or assets.storage_id is null and excluded.storage_id is not null or assets.object_id is null and excluded.object_id is not null

-- assets.registered.video, judged by assets.registering
select standing.refusal as refusal, assets.id as id, assets.version as version, 1 as created, iif(<isBlind>, json_object('id', assets.id, 'name', assets.name), <assetJson.video>) as body
 from verdict as standing
 left join assets on assets.id = iif(standing.refusal is null, (select id from earlier), null)

-- assets.renewLease, permitted by assets.registering
update objects set lease_until = :leaseUntil
 where objects.id = :storageId and exists (select 1 from permit where <isWithinReach.permit>) and objects.state = 'complete' and objects.lease_until < :renewedBefore

-- assets.replace, permitted by assets.registering
insert into deletions (id, namespace_id, project_id, kind, item_id, name, container_id, deleted_at, deleted_by, request)
 select :deletionId, permit.namespace_id, permit.project_id, :kind, earlier.id, :name, nullif(<assets.container.permit>, permit.project_id), :now, permit.user_id, :repeatable
 from permit cross join earlier
 where ifnull(earlier.storage_id <> :storageId, 0)

-- assets.restore
with <trash.undone>, <trash.spot.undone> update assets set deleted_at = null, deletion_id = null, name = ifnull(:newAssetName, assets.name), folded_from = iif(:newAssetName is null, assets.folded_from, :foldedFrom), folded_path = iif(:newAssetName is null, assets.folded_path, :foldedPath), path_words = iif(:newAssetName is null, assets.path_words, :pathWords), node_id = iif(ifnull(:newAssetName, assets.name) is not null and not exists ( select 1 from nodes where nodes.id = assets.node_id and nodes.deletion_id = assets.deletion_id), :nodeId, assets.node_id), updated_at = iif(:isRenamed, :now, assets.updated_at), updated_request = iif(:isRenamed, :mark, assets.updated_request), renamed_request = iif(:isRenamed, null, assets.renamed_request), version = assets.version + 1
 where assets.id = (select item_id
 from spot
 where kind in ('video', 'audio', 'label-track', 'text-track', 'image', 'file')) and assets.deletion_id = (select id from undone)

-- assets.trash, permitted by assets.trashing
insert into deletions (id, namespace_id, project_id, kind, item_id, name, container_id, deleted_at, deleted_by, request)
 select :deletionId, permit.namespace_id, permit.project_id, assets.kind, assets.id, assets.name, nullif(assets.container_id, assets.project_id), :now, permit.user_id, :repeatable
 from permit cross join target cross join assets on assets.id = target.id

-- assets.trashReplaced
update assets set deleted_at = :now, deletion_id = :deletionId
 where assets.id = (select deletions.item_id from deletions where deletions.id = :deletionId) and assets.deleted_at is null

-- assets.trashed, judged by assets.trashing
<deletion>

-- assets.unfolded
select assets.id as id, assets.name as name
 from assets indexed by assets_unfolded
 where assets.id > '' and octet_length(assets.name) <> length(assets.name) and assets.folded_from is not assets.name
 order by assets.id limit :most

-- assets.update, permitted by assets.updating
update assets set node_id = iif(:name?, ifnull(assets.node_id, :nodeId), assets.node_id), name = case
 when :name? then :name else assets.name end, fps = case
 when :fps? then :fps else assets.fps end, lens = case
 when :lens? then :lens else assets.lens end, sample_rate = case
 when :sampleRate? then :sampleRate else assets.sample_rate end, channels = case
 when :channels? then :channels else assets.channels end, format = case
 when :format? then :format else assets.format end, language = case
 when :language? then :language else assets.language end, tags = case
 when :tags? then :tags else assets.tags end, metadata = case
 when not :metadata? then assets.metadata
 when :isMerging and :metadata is not null then json_patch(ifnull(assets.metadata, '{}'), :metadata) else :metadata end, folded_from = case
 when :foldedFrom? then :foldedFrom else assets.folded_from end, folded_path = case
 when :foldedPath? then :foldedPath else assets.folded_path end, path_words = case
 when :pathWords? then :pathWords else assets.path_words end, renamed_request = case
 when :name <> assets.name then :mark else assets.renamed_request end, updated_at = :now, updated_request = :mark, version = assets.version + 1
 where assets.id = (select target.id from permit cross join target) and (:name? or :fps? or :lens? or :sampleRate? or :channels? or :format? or :language? or :tags? or :metadata?)

-- assets.updated.video, judged by assets.updating
select standing.refusal as refusal, assets.id as id, assets.version as version, 0 as created, iif(<isBlind>, json_object('id', assets.id, 'name', assets.name), <assetJson.video>) as body
 from verdict as standing
 left join assets on assets.id = iif(standing.refusal is null, (select target.id from target), null)
