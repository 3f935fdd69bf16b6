-- episodes.keep.tagged, consulted by episodes.tagging
insert or replace into idempotency_keys (id, fingerprint, attempt, place_id, item_id, version, created, body, created_at)
 select :keyId, :fingerprint, :attempt, standing.project_id, told.id, told.version, told.created, told.body, :now
 from permit as standing cross join (select standing.refusal as refusal, standing.project_id as id, 1 as version, 0 as created, json_object( 'changed', (select count(*)
 from named cross join episodes on episodes.id = named.id
 where episodes.updated_request = :mark), 'skipped', (select json_group_array(json_object('name', name, 'code', code))
 from ( select name, code from named where code is not null))) as body
 from verdict as standing) as told
 where :keyId is not null and not exists (select 1 from kept where is_here)

-- episodes.keep.upserted, consulted by episodes.upserting
insert or replace into idempotency_keys (id, fingerprint, attempt, place_id, item_id, version, created, body, created_at)
 select :keyId, :fingerprint, :attempt, standing.project_id, told.id, told.version, told.created, told.body, :now
 from permit as standing cross join (select standing.refusal as refusal, episodes.id as id, episodes.version as version, (episodes.id = :id or episodes.created_request = :repeatable and episodes.version = 1) as created, iif(<isBlind>, json_object('episode', json_object('id', episodes.id, 'name', episodes.name)), json_object('episode', <episodeJson>, 'workspace', json((select json_object('id', projects.id, 'slug', projects.slug)
 from projects
 where projects.id = episodes.project_id)), 'folder', json((select json_object('id', nodes.id, 'name', nodes.name, 'path', nodes.path)
 from nodes
 where nodes.id = episodes.folder_id)), 'namespace', json_object('id', standing.namespace_id, 'slug', standing.namespace_slug))) as body
 from verdict as standing
 left join episodes on episodes.id = iif(standing.refusal is null, (select id from target), null)) as told
 where :keyId is not null and not exists (select 1 from kept where is_here)

-- episodes.listed, consulted by episodes.listing
select standing.refusal as refusal, iif(standing.refusal is null, (select project_stats.episodes
 from project_stats
 where project_stats.project_id = standing.project_id), null) as count, true as is_counted, null as id, null as body
 from verdict as standing
 union all
 select null, null, null, id, body
 from (select episodes.id as id, <episodeJson> as body
 from episodes
 where episodes.project_id = (select project_id from permit) and episodes.deleted_at is null and episodes.id < :before
 order by episodes.id desc limit iif(:offset > 0 and (:offset >= (select (select project_stats.episodes
 from project_stats
 where project_stats.project_id = standing.project_id)
 from permit as standing) or :offset > 100000), 0, :limit + 1) offset :offset)

-- episodes.listedOfNamespace, consulted by episodes.listingOfNamespace
, readable as materialized (select id
 from (select *
 from (
 select projects.id as id
 from projects
 where projects.namespace_id = ( select iif(is_member = 1, namespace_id, null) from permit) and projects.deleted_at is null and true
 order by projects.id desc limit 1000)
 union all
 select *
 from (
 select projects.id as id
 from projects
 where projects.namespace_id = ( select iif(is_member = 0, namespace_id, null) from permit) and projects.deleted_at is null and projects.deleted_at is null and projects.visibility = 'public'
 order by projects.id desc limit 1000)) as mine cross join project_stats on project_stats.project_id = mine.id
 where project_stats.episodes > 0), merged(project, key, value, id, edge, is_last) as materialized (select readable.id, null, null, episodes.id, null, null is null
 from readable cross join episodes on episodes.id = (select walking.id
 from episodes as walking
 where walking.project_id = readable.id and walking.deleted_at is null and walking.id < :before and walking.id >= :until
 order by walking.id desc limit 1)
 union all
 select merged.project, merged.key, merged.value, episodes.id, null, null is null
 from merged cross join episodes on episodes.id = (select walking.id
 from episodes as walking
 where walking.project_id = merged.project and walking.deleted_at is null and walking.id < merged.id and walking.id >= :until
 order by walking.id desc limit 1)
 order by 6, 5 desc, 4 desc limit min(:offset + :limit + 1, 1000)), picked as materialized (select dense_rank() over (order by is_last, edge desc, id desc) as at, id from merged), horizon as materialized (select iif(count(*) >= min(:offset + :limit + 1, 1000), max(at), 9e9) as at from picked), walk(step, way, alone, steps, examined, weight, found) as (
 select json_array(json_array(:before, :edge), 0, 0, 0, 0, json_array()), case
 when true then 0 end, 0, 0, 0, 0, 0
 from permit
 union all
 select (select case
 when (false) and max(((100 + ifnull(octet_length(episodes.description), 0) + octet_length(episodes.tags)) + ifnull(octet_length(episodes.metadata), 0) + 200 * 0)) > 20000 then json_array(walk.step -> 0, 3, 0, 0, max(((100 + ifnull(octet_length(episodes.description), 0) + octet_length(episodes.tags)) + ifnull(octet_length(episodes.metadata), 0) + 200 * 0)), json_array()) else json_array(json_group_array(json_array(episodes.id, null)) -> '$[#-1]', count(*), sum(episodes.deleted_at is null), sum((100 + ifnull(octet_length(episodes.description), 0) + octet_length(episodes.tags))), max(((100 + ifnull(octet_length(episodes.description), 0) + octet_length(episodes.tags)) + ifnull(octet_length(episodes.metadata), 0) + 200 * 0)), json_group_array(json_array(episodes.id, null, iif((walk.found + json_array_length(walk.step, '$[5]')) + 8 > :offset, '' || json_set(<episodeJson>, '$.project', (select json_object('id', projects.id, 'slug', projects.slug)
 from projects
 where projects.id = episodes.project_id)), null))) filter (where case
 when not episodes.deleted_at is null or (false) and ((100 + ifnull(octet_length(episodes.description), 0) + octet_length(episodes.tags)) + ifnull(octet_length(episodes.metadata), 0) + 200 * 0) > 20000 then 0 else true end)) end
 from (select id
 from (select id
 from (select (select id from picked where at = (walk.steps + (walk.step ->> '$[1]')) + 1) as id limit 1)
 where id is not null)
 where walk.way = 0) as next cross join episodes on episodes.id = next.id ), walk.way, iif((walk.step ->> '$[4]') > 20000, 16, max(walk.alone - 1, 0)), (walk.steps + (walk.step ->> '$[1]')), (walk.examined + (walk.step ->> '$[2]')), (walk.weight + (walk.step ->> '$[3]')), (walk.found + json_array_length(walk.step, '$[5]'))
 from walk
 where (walk.step ->> '$[0][0]') is not null and not ((walk.steps + (walk.step ->> '$[1]')) >= min(:most, (select at from horizon)) or (walk.weight + (walk.step ->> '$[3]')) >= :heaviest) and (walk.found + json_array_length(walk.step, '$[5]')) <= :offset + :limit)
 select standing.refusal as refusal, null as step, null as examined
 from verdict as standing
 union all
 select null, walk.step, ifnull((walk.examined + (walk.step ->> '$[2]')), walk.examined)
 from walk
 where walk.step -> '$[5]' <> '[]' or (walk.step ->> '$[0][0]') is null or ((walk.steps + (walk.step ->> '$[1]')) >= min(:most, (select at from horizon)) or (walk.weight + (walk.step ->> '$[3]')) >= :heaviest)

-- episodes.makeChangedFolders, permitted by episodes.updating
insert into nodes (id, project_id, parent_id, container_id, kind, name, path, created_at, updated_at)
 select made.value ->> '$.id', permit.project_id, case
 when rtrim(rtrim(substr(:folderPath, 1, made.value ->> '$.end'), replace(substr(:folderPath, 1, made.value ->> '$.end'), '/', '')), '/') = '' then null else ifnull((select nodes.id
 from nodes
 where nodes.container_id = permit.project_id and nodes.path = rtrim(rtrim(substr(:folderPath, 1, made.value ->> '$.end'), replace(substr(:folderPath, 1, made.value ->> '$.end'), '/', '')), '/') and nodes.kind = 'folder' and nodes.deleted_at is null), made.value ->> '$.parentId') end, permit.project_id, 'folder', replace(replace(substr(substr(:folderPath, 1, made.value ->> '$.end'), length(rtrim(rtrim(substr(:folderPath, 1, made.value ->> '$.end'), replace(substr(:folderPath, 1, made.value ->> '$.end'), '/', '')), '/')) + 2), '%2F', '/'), '%25', '%'), substr(:folderPath, 1, made.value ->> '$.end'), :now, :now
 from permit cross join each(:folders) as made
 where (select nodes.id
 from nodes
 where nodes.container_id = permit.project_id and nodes.path = substr(:folderPath, 1, made.value ->> '$.end') and nodes.kind = 'folder' and nodes.deleted_at is null) is null

-- episodes.makeFolders, permitted by episodes.upserting
insert into nodes (id, project_id, parent_id, container_id, kind, name, path, created_at, updated_at)
 select made.value ->> '$.id', permit.project_id, case
 when rtrim(rtrim(substr(:folderPath, 1, made.value ->> '$.end'), replace(substr(:folderPath, 1, made.value ->> '$.end'), '/', '')), '/') = '' then null else ifnull((select nodes.id
 from nodes
 where nodes.container_id = permit.project_id and nodes.path = rtrim(rtrim(substr(:folderPath, 1, made.value ->> '$.end'), replace(substr(:folderPath, 1, made.value ->> '$.end'), '/', '')), '/') and nodes.kind = 'folder' and nodes.deleted_at is null), made.value ->> '$.parentId') end, permit.project_id, 'folder', replace(replace(substr(substr(:folderPath, 1, made.value ->> '$.end'), length(rtrim(rtrim(substr(:folderPath, 1, made.value ->> '$.end'), replace(substr(:folderPath, 1, made.value ->> '$.end'), '/', '')), '/')) + 2), '%2F', '/'), '%25', '%'), substr(:folderPath, 1, made.value ->> '$.end'), :now, :now
 from permit cross join each(:folders) as made
 where (select nodes.id
 from nodes
 where nodes.container_id = permit.project_id and nodes.path = substr(:folderPath, 1, made.value ->> '$.end') and nodes.kind = 'folder' and nodes.deleted_at is null) is null

-- episodes.makeProject, permitted by episodes.upserting
insert into projects (id, namespace_id, name, slug, tags, visibility, created_at, updated_at, created_by, created_by_token, created_request, updated_request)
 select :projectId, permit.namespace_id, :project, :project, '[]', 'private', :now, :now, permit.user_id, permit.token_id, :repeatable, :mark
 from permit
 where permit.project_id is null

-- episodes.markNode
update nodes set deleted_at = :now, deletion_id = :deletionId
 where nodes.id = (select episodes.node_id
 from episodes
 where episodes.id = (select deletions.item_id from deletions where deletions.id = :deletionId)) and nodes.deleted_at is null

-- episodes.markTrashed
update episodes set deleted_at = :now, deletion_id = :deletionId
 where episodes.id = (select deletions.item_id from deletions where deletions.id = :deletionId) and episodes.deleted_at is null

-- episodes.placeUpdated, addressing by episodes.updating
insert into nodes (id, project_id, parent_id, container_id, kind, name, path, item_id, created_at, updated_at)
 select episodes.node_id, episodes.project_id, episodes.folder_id, episodes.project_id, 'episode', episodes.name, ifnull((select folder.path from nodes as folder where folder.id = episodes.folder_id), '') || '/' || :segment, episodes.id, :now, :now
 from episodes
 where episodes.id = (select id from target) and episodes.updated_request = :mark
 on conflict (id) do update set parent_id = excluded.parent_id, name = excluded.name, path = excluded.path, updated_at = excluded.updated_at, version = nodes.version + 1
 where nodes.path <> excluded.path

-- episodes.placeUpserted, addressing by episodes.upserting
insert into nodes (id, project_id, parent_id, container_id, kind, name, path, item_id, created_at, updated_at)
 select episodes.node_id, episodes.project_id, episodes.folder_id, episodes.project_id, 'episode', episodes.name, ifnull((select folder.path from nodes as folder where folder.id = episodes.folder_id), '') || '/' || :segment, episodes.id, :now, :now
 from episodes
 where episodes.id = (select id from target) and episodes.updated_request = :mark
 on conflict (id) do update set parent_id = excluded.parent_id, name = excluded.name, path = excluded.path, updated_at = excluded.updated_at, version = nodes.version + 1
 where nodes.path <> excluded.path

-- episodes.read, judged by episodes.reading
select standing.refusal as refusal, episodes.id as id, episodes.version as version, <episodeJson> as body, json_object('videos', episode_stats.videos, 'audio', episode_stats.audios, 'labelTracks', episode_stats.label_tracks, 'textTracks', episode_stats.text_tracks, 'images', episode_stats.images, 'files', episode_stats.files) as counts
 from verdict as standing
 left join target
 left join episodes on episodes.id = iif(standing.refusal is null, target.id, null)
 left join episode_stats on episode_stats.episode_id = episodes.id

-- episodes.readAssets, permitted by episodes.reading
, weighed as (select assets.id as id, <assets.weight> as own, sum(<assets.weight>) over (rows unbounded preceding) as total
 from (select *
 from (select assets.id as id
 from assets
 where assets.container_id = (select target.id from permit cross join target) and assets.kind = 'video' and assets.deleted_at is null
 union all
 select assets.id as id
 from assets
 where assets.container_id = (select target.id from permit cross join target) and assets.kind = 'audio' and assets.deleted_at is null
 union all
 select assets.id as id
 from assets
 where assets.container_id = (select target.id from permit cross join target) and assets.kind = 'label-track' and assets.deleted_at is null
 order by id desc limit 1000)
 union all
 select *
 from (select assets.id as id
 from assets
 where assets.container_id = (select target.id from permit cross join target) and assets.kind = 'text-track' and assets.deleted_at is null
 union all
 select assets.id as id
 from assets
 where assets.container_id = (select target.id from permit cross join target) and assets.kind = 'image' and assets.deleted_at is null
 union all
 select assets.id as id
 from assets
 where assets.container_id = (select target.id from permit cross join target) and assets.kind = 'file' and assets.deleted_at is null
 order by id desc limit 1000)
 order by id desc limit 1000) as newest cross join assets on assets.id = newest.id)
 select assets.id as id, assets.kind as kind, <assetJson> as body
 from weighed cross join assets on assets.id = weighed.id
 where total - own < 8388608

-- episodes.recalled.tagging, judged by episodes.tagging
select standing.refusal as refusal, kept.item_id as id, kept.version as version, kept.created as created, kept.body as body, kept.attempt <> :attempt as is_replayed
 from verdict as standing
 left join kept

-- episodes.recalled.upserting, judged by episodes.upserting
select standing.refusal as refusal, kept.item_id as id, kept.version as version, kept.created as created, kept.body as body, kept.attempt <> :attempt as is_replayed
 from verdict as standing
 left join kept

-- episodes.restore
with <trash.undone>, <trash.spot.undone> update episodes set deleted_at = null, deletion_id = null, name = ifnull(:newName, episodes.name), folded_name = iif(:newName is null, episodes.folded_name, :foldedName), folded_words = iif(:newName is null, episodes.folded_words, :foldedWords), folder_id = (select (select nodes.id
 from nodes
 where nodes.container_id = spot.container_id and nodes.path = rtrim(rtrim(spot.path, replace(spot.path, '/', '')), '/') and nodes.kind = 'folder' and nodes.deleted_at is null)
 from spot), node_path = '/' || ltrim((select rtrim(rtrim(spot.path, replace(spot.path, '/', '')), '/') from spot) || '/' || ifnull(:newName, episodes.name), '/'), updated_at = iif(:isRenamed, :now, episodes.updated_at), updated_request = iif(:isRenamed, :mark, episodes.updated_request), renamed_request = iif(:isRenamed, null, episodes.renamed_request), version = episodes.version + 1
 where episodes.id = (select item_id from spot where kind = 'episode') and episodes.deletion_id = (select id from undone)

-- episodes.tag, permitted by episodes.tagging
update episodes set tags = (select changed from named where named.id = episodes.id), updated_at = :now, updated_request = :mark, version = episodes.version + 1
 where episodes.id in ( select named.id from permit cross join named where code is null and changed <> tags)

-- episodes.tagged, judged by episodes.tagging
select standing.refusal as refusal, standing.project_id as id, 1 as version, 0 as created, json_object( 'changed', (select count(*)
 from named cross join episodes on episodes.id = named.id
 where episodes.updated_request = :mark), 'skipped', (select json_group_array(json_object('name', name, 'code', code))
 from ( select name, code from named where code is not null))) as body
 from verdict as standing

-- episodes.trash, permitted by episodes.trashing
insert into deletions (id, namespace_id, project_id, kind, item_id, name, deleted_at, deleted_by, request)
 select :deletionId, permit.namespace_id, permit.project_id, 'episode', episodes.id, episodes.name, :now, permit.user_id, :repeatable
 from permit cross join target cross join episodes on episodes.id = target.id

-- episodes.trashed, judged by episodes.trashing
<deletion>

-- episodes.update, permitted by episodes.updating
update episodes set name = :newName, folded_name = :foldedName, folded_words = :foldedWords, folder_id = case
 when :folderPath? then (select nodes.id
 from nodes
 where nodes.container_id = episodes.project_id and nodes.path = :folderPath and nodes.kind = 'folder' and nodes.deleted_at is null) else episodes.folder_id end, node_path = '/' || ltrim(ifnull(case
 when :folderPath? then :folderPath else ( select nodes.path from nodes where nodes.id = episodes.folder_id) end, '') || '/' || :newName, '/'), description = case
 when :description? then :description else episodes.description end, tags = case
 when :tagsAdd? or :tagsRemove? then (
 select json_group_array(value)
 from (select value
 from (
 select value, key as place
 from json_each(episodes.tags)
 where value not in (select value from each(:tagsRemove))
 union all
 select value, 1000 + key
 from each(:tagsAdd)) group by value
 order by min(place))) else case
 when :tags? then :tags else episodes.tags end end, metadata = case
 when not :metadata? then episodes.metadata
 when :isMerging and :metadata is not null then json_patch(ifnull(episodes.metadata, '{}'), :metadata) else :metadata end, status = case
 when :status? then :status else episodes.status end, write_protected = case
 when :writeProtected? then :writeProtected else episodes.write_protected end, started_at = case
 when :startedAt? then :startedAt else episodes.started_at end, ended_at = case
 when :endedAt? then :endedAt else episodes.ended_at end, duration_ms = case
 when :durationMs? then :durationMs else episodes.duration_ms end, renamed_request = case
 when :newName <> episodes.name then :mark else episodes.renamed_request end, updated_at = :now, updated_request = :mark, version = episodes.version + 1
 where episodes.id = (select target.id from permit cross join target)

-- episodes.updated, judged by episodes.updating
select standing.refusal as refusal, episodes.id as id, episodes.version as version, 0 as created, iif(<isBlind>, json_object('id', episodes.id, 'name', episodes.name), <episodeJson>) as body
 from verdict as standing
 left join episodes on episodes.id = iif(standing.refusal is null, (select id from target), null)

-- episodes.upsert, permitted by episodes.upserting
insert into episodes (id, project_id, node_id, folder_id, name, folded_name, folded_words, node_path, description, tags, metadata, status, write_protected, started_at, ended_at, duration_ms, created_at, updated_at, created_by, created_by_token, created_request, updated_request)
 select :id, permit.project_id, :nodeId, (select nodes.id
 from nodes
 where nodes.container_id = permit.project_id and nodes.path = :folderPath and nodes.kind = 'folder' and nodes.deleted_at is null), :name, :foldedName, :foldedWords, :nodePath, :description, ifnull(:tags, '[]'), :metadata, ifnull(:status, 'running'), ifnull(:writeProtected, 0), :startedAt, :endedAt, :durationMs, :now, :now, permit.user_id, permit.token_id, :repeatable, :mark
 from permit
 where true
 on conflict (project_id, name) do update set folder_id = case
 when :folderPath? then excluded.folder_id else episodes.folder_id end, node_path = case
 when :folderPath? then excluded.node_path else episodes.node_path end, description = case
 when :description? then :description else episodes.description end, tags = case
 when :tags? then :tags else episodes.tags end, metadata = case
 when :metadata? then :metadata else episodes.metadata end, status = case
 when :status? then :status else episodes.status end, write_protected = case
 when :writeProtected? then :writeProtected else episodes.write_protected end, started_at = case
 when :startedAt? then :startedAt else episodes.started_at end, ended_at = case
 when :endedAt? then :endedAt else episodes.ended_at end, duration_ms = case
 when :durationMs? then :durationMs else episodes.duration_ms end, updated_at = :now, updated_request = :mark, version = episodes.version + 1
 where :description? or :tags? or :metadata? or :status? or :writeProtected? or :startedAt? or :endedAt? or :durationMs? or :folderPath?

-- episodes.upserted, judged by episodes.upserting
select standing.refusal as refusal, episodes.id as id, episodes.version as version, (episodes.id = :id or episodes.created_request = :repeatable and episodes.version = 1) as created, iif(<isBlind>, json_object('episode', json_object('id', episodes.id, 'name', episodes.name)), json_object('episode', <episodeJson>, 'workspace', json((select json_object('id', projects.id, 'slug', projects.slug)
 from projects
 where projects.id = episodes.project_id)), 'folder', json((select json_object('id', nodes.id, 'name', nodes.name, 'path', nodes.path)
 from nodes
 where nodes.id = episodes.folder_id)), 'namespace', json_object('id', standing.namespace_id, 'slug', standing.namespace_slug))) as body
 from verdict as standing
 left join episodes on episodes.id = iif(standing.refusal is null, (select id from target), null)
