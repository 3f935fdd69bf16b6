-- <assetJson.found>
case assets.kind
 when 'video' then json_object('kind', assets.kind, 'episode', json((select json_object('id', inside.id, 'name', inside.name)
 from episodes as inside
 where inside.id = assets.container_id)), 'id', assets.id, 'projectId', assets.project_id, 'episodeId', nullif(assets.container_id, assets.project_id), 'nodeId', assets.node_id, 'name', assets.name, 'bssVideoId', assets.storage_id, 'object', json((select json_object('id', objects.id, 'size', objects.size, 'contentType', <contentTypeOfAsset>, 'sha256', objects.sha256)
 from objects
 where objects.id = assets.object_id and objects.state = 'complete')), 'fps', assets.fps, 'lens', assets.lens, 'tags', json(assets.tags), 'metadata', json(assets.metadata), 'createdAt', iso(assets.created_at), 'updatedAt', iso(assets.updated_at))
 when 'audio' then json_object('kind', assets.kind, 'episode', json((select json_object('id', inside.id, 'name', inside.name)
 from episodes as inside
 where inside.id = assets.container_id)), 'id', assets.id, 'projectId', assets.project_id, 'episodeId', nullif(assets.container_id, assets.project_id), 'nodeId', assets.node_id, 'name', assets.name, 'bssAudioId', assets.storage_id, 'object', json((select json_object('id', objects.id, 'size', objects.size, 'contentType', <contentTypeOfAsset>, 'sha256', objects.sha256)
 from objects
 where objects.id = assets.object_id and objects.state = 'complete')), 'sampleRate', assets.sample_rate, 'channels', assets.channels, 'tags', json(assets.tags), 'metadata', json(assets.metadata), 'createdAt', iso(assets.created_at), 'updatedAt', iso(assets.updated_at))
 when 'label-track' then json_object('kind', assets.kind, 'episode', json((select json_object('id', inside.id, 'name', inside.name)
 from episodes as inside
 where inside.id = assets.container_id)), 'id', assets.id, 'projectId', assets.project_id, 'episodeId', nullif(assets.container_id, assets.project_id), 'nodeId', assets.node_id, 'name', assets.name, 'bssLabelId', assets.storage_id, 'object', json((select json_object('id', objects.id, 'size', objects.size, 'contentType', <contentTypeOfAsset>, 'sha256', objects.sha256)
 from objects
 where objects.id = assets.object_id and objects.state = 'complete')), 'tags', json(assets.tags), 'metadata', json(assets.metadata), 'createdAt', iso(assets.created_at), 'updatedAt', iso(assets.updated_at))
 when 'text-track' then json_object('kind', assets.kind, 'episode', json((select json_object('id', inside.id, 'name', inside.name)
 from episodes as inside
 where inside.id = assets.container_id)), 'id', assets.id, 'projectId', assets.project_id, 'episodeId', nullif(assets.container_id, assets.project_id), 'nodeId', assets.node_id, 'name', assets.name, 'bssTextTrackId', assets.storage_id, 'object', json((select json_object('id', objects.id, 'size', objects.size, 'contentType', <contentTypeOfAsset>, 'sha256', objects.sha256)
 from objects
 where objects.id = assets.object_id and objects.state = 'complete')), 'format', assets.format, 'language', assets.language, 'tags', json(assets.tags), 'metadata', json(assets.metadata), 'createdAt', iso(assets.created_at), 'updatedAt', iso(assets.updated_at))
 when 'image' then json_object('kind', assets.kind, 'episode', json((select json_object('id', inside.id, 'name', inside.name)
 from episodes as inside
 where inside.id = assets.container_id)), 'id', assets.id, 'projectId', assets.project_id, 'episodeId', nullif(assets.container_id, assets.project_id), 'nodeId', assets.node_id, 'name', assets.name, 'bssImageId', assets.storage_id, 'object', json((select json_object('id', objects.id, 'size', objects.size, 'contentType', <contentTypeOfAsset>, 'sha256', objects.sha256)
 from objects
 where objects.id = assets.object_id and objects.state = 'complete')), 'tags', json(assets.tags), 'metadata', json(assets.metadata), 'createdAt', iso(assets.created_at), 'updatedAt', iso(assets.updated_at))
 when 'file' then json_object('kind', assets.kind, 'episode', json((select json_object('id', inside.id, 'name', inside.name)
 from episodes as inside
 where inside.id = assets.container_id)), 'id', assets.id, 'projectId', assets.project_id, 'episodeId', nullif(assets.container_id, assets.project_id), 'nodeId', assets.node_id, 'name', assets.name, 'bssFileId', assets.storage_id, 'object', json((select json_object('id', objects.id, 'size', objects.size, 'contentType', <contentTypeOfAsset>, 'sha256', objects.sha256)
 from objects
 where objects.id = assets.object_id and objects.state = 'complete')), 'format', assets.format, 'tags', json(assets.tags), 'metadata', json(assets.metadata), 'createdAt', iso(assets.created_at), 'updatedAt', iso(assets.updated_at)) end

-- <assetJson.video>
json_object('id', assets.id, 'projectId', assets.project_id, 'episodeId', nullif(assets.container_id, assets.project_id), 'nodeId', assets.node_id, 'name', assets.name, 'bssVideoId', assets.storage_id, 'object', json((select json_object('id', objects.id, 'size', objects.size, 'contentType', <contentTypeOfAsset>, 'sha256', objects.sha256)
 from objects
 where objects.id = assets.object_id and objects.state = 'complete')), 'fps', assets.fps, 'lens', assets.lens, 'tags', json(assets.tags), 'metadata', json(assets.metadata), 'createdAt', iso(assets.created_at), 'updatedAt', iso(assets.updated_at))

-- <assetJson>
case assets.kind
 when 'video' then json_object('kind', assets.kind, 'id', assets.id, 'projectId', assets.project_id, 'episodeId', nullif(assets.container_id, assets.project_id), 'nodeId', assets.node_id, 'name', assets.name, 'bssVideoId', assets.storage_id, 'object', json((select json_object('id', objects.id, 'size', objects.size, 'contentType', <contentTypeOfAsset>, 'sha256', objects.sha256)
 from objects
 where objects.id = assets.object_id and objects.state = 'complete')), 'fps', assets.fps, 'lens', assets.lens, 'tags', json(assets.tags), 'metadata', json(assets.metadata), 'createdAt', iso(assets.created_at), 'updatedAt', iso(assets.updated_at))
 when 'audio' then json_object('kind', assets.kind, 'id', assets.id, 'projectId', assets.project_id, 'episodeId', nullif(assets.container_id, assets.project_id), 'nodeId', assets.node_id, 'name', assets.name, 'bssAudioId', assets.storage_id, 'object', json((select json_object('id', objects.id, 'size', objects.size, 'contentType', <contentTypeOfAsset>, 'sha256', objects.sha256)
 from objects
 where objects.id = assets.object_id and objects.state = 'complete')), 'sampleRate', assets.sample_rate, 'channels', assets.channels, 'tags', json(assets.tags), 'metadata', json(assets.metadata), 'createdAt', iso(assets.created_at), 'updatedAt', iso(assets.updated_at))
 when 'label-track' then json_object('kind', assets.kind, 'id', assets.id, 'projectId', assets.project_id, 'episodeId', nullif(assets.container_id, assets.project_id), 'nodeId', assets.node_id, 'name', assets.name, 'bssLabelId', assets.storage_id, 'object', json((select json_object('id', objects.id, 'size', objects.size, 'contentType', <contentTypeOfAsset>, 'sha256', objects.sha256)
 from objects
 where objects.id = assets.object_id and objects.state = 'complete')), 'tags', json(assets.tags), 'metadata', json(assets.metadata), 'createdAt', iso(assets.created_at), 'updatedAt', iso(assets.updated_at))
 when 'text-track' then json_object('kind', assets.kind, 'id', assets.id, 'projectId', assets.project_id, 'episodeId', nullif(assets.container_id, assets.project_id), 'nodeId', assets.node_id, 'name', assets.name, 'bssTextTrackId', assets.storage_id, 'object', json((select json_object('id', objects.id, 'size', objects.size, 'contentType', <contentTypeOfAsset>, 'sha256', objects.sha256)
 from objects
 where objects.id = assets.object_id and objects.state = 'complete')), 'format', assets.format, 'language', assets.language, 'tags', json(assets.tags), 'metadata', json(assets.metadata), 'createdAt', iso(assets.created_at), 'updatedAt', iso(assets.updated_at))
 when 'image' then json_object('kind', assets.kind, 'id', assets.id, 'projectId', assets.project_id, 'episodeId', nullif(assets.container_id, assets.project_id), 'nodeId', assets.node_id, 'name', assets.name, 'bssImageId', assets.storage_id, 'object', json((select json_object('id', objects.id, 'size', objects.size, 'contentType', <contentTypeOfAsset>, 'sha256', objects.sha256)
 from objects
 where objects.id = assets.object_id and objects.state = 'complete')), 'tags', json(assets.tags), 'metadata', json(assets.metadata), 'createdAt', iso(assets.created_at), 'updatedAt', iso(assets.updated_at))
 when 'file' then json_object('kind', assets.kind, 'id', assets.id, 'projectId', assets.project_id, 'episodeId', nullif(assets.container_id, assets.project_id), 'nodeId', assets.node_id, 'name', assets.name, 'bssFileId', assets.storage_id, 'object', json((select json_object('id', objects.id, 'size', objects.size, 'contentType', <contentTypeOfAsset>, 'sha256', objects.sha256)
 from objects
 where objects.id = assets.object_id and objects.state = 'complete')), 'format', assets.format, 'tags', json(assets.tags), 'metadata', json(assets.metadata), 'createdAt', iso(assets.created_at), 'updatedAt', iso(assets.updated_at)) end

-- <assets.container.permit>
iif(:episodeName is null, permit.project_id, (select episodes.id
 from episodes
 where episodes.project_id = permit.project_id and episodes.name = :episodeName))

-- <assets.container.standing>
iif(:episodeName is null, standing.project_id, (select episodes.id
 from episodes
 where episodes.project_id = standing.project_id and episodes.name = :episodeName))

-- <assets.hidden>
hidden as materialized (select exists (select 1
 from episodes
 where episodes.project_id = (select project_id from permit) and episodes.deleted_at > 0) as is_there)

-- <assets.weight>
(500 + ifnull(octet_length(assets.metadata), 0) + ifnull(octet_length(assets.tags), 0) + 2 * (ifnull(octet_length(assets.name), 0) + ifnull(octet_length(assets.storage_id), 0) + ifnull(octet_length(assets.language), 0)))

-- <audit.child_counts.differs>
(child_counts.nodes) <> (<audit.child_counts.nodes>)

-- <audit.child_counts.nodes>
select (select count(*)
 from nodes
 where nodes.above_id = substr(child_counts.id, 1, 24) and nodes.kind = substr(child_counts.id, 26) and nodes.deleted_at is null) as nodes

-- <audit.child_counts.slice>
with near as materialized (
 select child_counts.id as id, max(0, child_counts.nodes) as size
 from child_counts
 where child_counts.id > ifnull((select walks.position from walks where walks.name = 'audit.child_counts'), '')
 order by child_counts.id limit 50), slice as materialized (select id, size
 from ( select id, size, sum(size) over (order by id rows unbounded preceding) - size as before from near)
 where before <= :mostCounted)

-- <audit.collections.differs>
(collections.member_count) <> (<audit.collections.memberCount>)

-- <audit.collections.memberCount>
select (select count(*) from collection_members where collection_members.collection_id = collections.id) as memberCount

-- <audit.collections.slice>
with near as materialized (
 select collections.id as id, max(0, collections.member_count) as size
 from collections
 where collections.id > ifnull((select walks.position from walks where walks.name = 'audit.collections'), '')
 order by collections.id limit 50), slice as materialized (select id, size
 from ( select id, size, sum(size) over (order by id rows unbounded preceding) - size as before from near)
 where before <= :mostCounted)

-- <audit.datasets.collectionCount>
select (select count(*)
 from collections
 where collections.dataset_id = datasets.id and collections.deleted_at is null) as collectionCount

-- <audit.datasets.differs>
(datasets.collection_count) <> (<audit.datasets.collectionCount>)

-- <audit.datasets.slice>
with near as materialized (
 select datasets.id as id, max(0, datasets.collection_count) as size
 from datasets
 where datasets.id > ifnull((select walks.position from walks where walks.name = 'audit.datasets'), '')
 order by datasets.id limit 50), slice as materialized (select id, size
 from ( select id, size, sum(size) over (order by id rows unbounded preceding) - size as before from near)
 where before <= :mostCounted)

-- <audit.episode_stats.audios>
select (select count(*)
 from assets
 where assets.container_id = episode_stats.episode_id and assets.kind = 'audio' and assets.deleted_at is null) as audios

-- <audit.episode_stats.differs>
(episode_stats.videos) <> (<audit.episode_stats.videos>) or (episode_stats.audios) <> (<audit.episode_stats.audios>) or (episode_stats.label_tracks) <> (<audit.episode_stats.labelTracks>) or (episode_stats.text_tracks) <> (<audit.episode_stats.textTracks>) or (episode_stats.images) <> (<audit.episode_stats.images>) or (episode_stats.files) <> (<audit.episode_stats.files>)

-- <audit.episode_stats.files>
select (select count(*)
 from assets
 where assets.container_id = episode_stats.episode_id and assets.kind = 'file' and assets.deleted_at is null) as files

-- <audit.episode_stats.images>
select (select count(*)
 from assets
 where assets.container_id = episode_stats.episode_id and assets.kind = 'image' and assets.deleted_at is null) as images

-- <audit.episode_stats.labelTracks>
select (select count(*)
 from assets
 where assets.container_id = episode_stats.episode_id and assets.kind = 'label-track' and assets.deleted_at is null) as labelTracks

-- <audit.episode_stats.slice>
with near as materialized (
 select episode_stats.episode_id as id, max(0, episode_stats.videos + episode_stats.audios + episode_stats.label_tracks + episode_stats.text_tracks + episode_stats.images + episode_stats.files) as size
 from episode_stats
 where episode_stats.episode_id > ifnull((select walks.position from walks where walks.name = 'audit.episode_stats'), '')
 order by episode_stats.episode_id limit 1000), slice as materialized (select id, size
 from ( select id, size, sum(size) over (order by id rows unbounded preceding) - size as before from near)
 where before <= :mostCounted)

-- <audit.episode_stats.textTracks>
select (select count(*)
 from assets
 where assets.container_id = episode_stats.episode_id and assets.kind = 'text-track' and assets.deleted_at is null) as textTracks

-- <audit.episode_stats.videos>
select (select count(*)
 from assets
 where assets.container_id = episode_stats.episode_id and assets.kind = 'video' and assets.deleted_at is null) as videos

-- <audit.namespace_stats.audios>
select (select ifnull(sum(project_stats.audios), 0)
 from projects cross join project_stats on project_stats.project_id = projects.id
 where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as audios

-- <audit.namespace_stats.differs>
(namespace_stats.members) <> (<audit.namespace_stats.members>) or (namespace_stats.projects) <> (<audit.namespace_stats.projects>) or (namespace_stats.public_projects) <> (<audit.namespace_stats.publicProjects>) or (namespace_stats.videos) <> (<audit.namespace_stats.videos>) or (namespace_stats.audios) <> (<audit.namespace_stats.audios>) or (namespace_stats.label_tracks) <> (<audit.namespace_stats.labelTracks>) or (namespace_stats.text_tracks) <> (<audit.namespace_stats.textTracks>) or (namespace_stats.images) <> (<audit.namespace_stats.images>) or (namespace_stats.files) <> (<audit.namespace_stats.files>) or (namespace_stats.protected_episodes) <> (<audit.namespace_stats.protectedEpisodes>) or (namespace_stats.trashed) <> (<audit.namespace_stats.trashed>) or (namespace_stats.purges) <> (<audit.namespace_stats.purges>)

-- <audit.namespace_stats.files>
select (select ifnull(sum(project_stats.files), 0)
 from projects cross join project_stats on project_stats.project_id = projects.id
 where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as files

-- <audit.namespace_stats.images>
select (select ifnull(sum(project_stats.images), 0)
 from projects cross join project_stats on project_stats.project_id = projects.id
 where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as images

-- <audit.namespace_stats.labelTracks>
select (select ifnull(sum(project_stats.label_tracks), 0)
 from projects cross join project_stats on project_stats.project_id = projects.id
 where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as labelTracks

-- <audit.namespace_stats.members>
select (select count(*) from members where members.namespace_id = namespace_stats.namespace_id) as members

-- <audit.namespace_stats.projects>
select (select count(*)
 from projects
 where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as projects

-- <audit.namespace_stats.protectedEpisodes>
select (select ifnull(sum(project_stats.protected_episodes), 0)
 from projects cross join project_stats on project_stats.project_id = projects.id
 where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as protectedEpisodes

-- <audit.namespace_stats.publicProjects>
select (select count(*)
 from projects
 where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null and projects.visibility = 'public') as publicProjects

-- <audit.namespace_stats.purges>
select (select count(*) from purges where purges.namespace_id = namespace_stats.namespace_id) as purges

-- <audit.namespace_stats.quotas.bytes>
select (select ifnull(sum(case objects.state
 when 'pending' then ifnull(objects.announced_size, 0)
 when 'complete' then objects.size
 when 'purging' then objects.size else 0 end), 0)
 from objects
 where objects.namespace_id = namespace_stats.namespace_id) as bytes

-- <audit.namespace_stats.quotas.differs>
(namespace_stats.rows) <> (<audit.namespace_stats.quotas.rows>) or (namespace_stats.bytes) <> (<audit.namespace_stats.quotas.bytes>)

-- <audit.namespace_stats.quotas.rows>
select (select ifnull(sum(project_stats.rows), 0)
 from projects cross join project_stats on project_stats.project_id = projects.id
 where projects.namespace_id = namespace_stats.namespace_id and true) + (select count(*) from objects where objects.namespace_id = namespace_stats.namespace_id) as rows

-- <audit.namespace_stats.quotas.slice>
with near as materialized (
 select namespace_stats.namespace_id as id, max(0, 2 * (namespace_stats.projects + namespace_stats.trashed) + 4 * max(0, namespace_stats.rows - (select ifnull(sum(own.rows), 0)
 from (select project_stats.rows as rows
 from projects cross join project_stats on project_stats.project_id = projects.id
 where projects.namespace_id = namespace_stats.namespace_id limit 500) as own))) as size
 from namespace_stats
 where namespace_stats.namespace_id > ifnull((select walks.position from walks where walks.name = 'audit.namespace_stats.quotas'), '')
 order by namespace_stats.namespace_id limit 50), slice as materialized (select id, size
 from ( select id, size, sum(size) over (order by id rows unbounded preceding) - size as before from near)
 where before <= :mostCounted)

-- <audit.namespace_stats.slice>
with near as materialized (
 select namespace_stats.namespace_id as id, max(0, namespace_stats.members + 16 * namespace_stats.projects + namespace_stats.trashed + namespace_stats.purges) as size
 from namespace_stats
 where namespace_stats.namespace_id > ifnull((select walks.position from walks where walks.name = 'audit.namespace_stats'), '')
 order by namespace_stats.namespace_id limit 50), slice as materialized (select id, size
 from ( select id, size, sum(size) over (order by id rows unbounded preceding) - size as before from near)
 where before <= :mostCounted)

-- <audit.namespace_stats.textTracks>
select (select ifnull(sum(project_stats.text_tracks), 0)
 from projects cross join project_stats on project_stats.project_id = projects.id
 where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as textTracks

-- <audit.namespace_stats.trashed>
select (select count(*)
 from deletions
 where deletions.namespace_id = namespace_stats.namespace_id and deletions.project_id is null) as trashed

-- <audit.namespace_stats.videos>
select (select ifnull(sum(project_stats.videos), 0)
 from projects cross join project_stats on project_stats.project_id = projects.id
 where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as videos

-- <audit.objects.assetCount>
select (select count(*) from assets where assets.object_id = objects.id) as assetCount

-- <audit.objects.differs>
(objects.asset_count) <> (<audit.objects.assetCount>)

-- <audit.objects.slice>
with near as materialized (
 select objects.id as id, max(0, objects.asset_count) as size
 from objects
 where objects.id > ifnull((select walks.position from walks where walks.name = 'audit.objects'), '')
 order by objects.id limit 2000), slice as materialized (select id, size
 from ( select id, size, sum(size) over (order by id rows unbounded preceding) - size as before from near)
 where before <= :mostCounted)

-- <audit.project_stats.collections>
select (select count(*)
 from collections
 where collections.project_id = project_stats.project_id and collections.deleted_at is null) as collections

-- <audit.project_stats.datasets>
select (select count(*)
 from datasets
 where datasets.project_id = project_stats.project_id and datasets.deleted_at is null) as datasets

-- <audit.project_stats.differs>
(project_stats.videos, project_stats.audios, project_stats.label_tracks, project_stats.text_tracks, project_stats.images, project_stats.files) <> (<audit.project_stats.videos+audios+labelTracks+textTracks+images+files>) or (project_stats.episodes) <> (<audit.project_stats.episodes>) or (project_stats.datasets) <> (<audit.project_stats.datasets>) or (project_stats.collections) <> (<audit.project_stats.collections>) or (project_stats.protected_episodes) <> (<audit.project_stats.protectedEpisodes>) or (project_stats.trashed) <> (<audit.project_stats.trashed>)

-- <audit.project_stats.episodes>
select (select count(*)
 from episodes
 where episodes.project_id = project_stats.project_id and episodes.deleted_at is null) as episodes

-- <audit.project_stats.protectedEpisodes>
select (select count(*)
 from episodes
 where episodes.project_id = project_stats.project_id and episodes.deleted_at is null and episodes.write_protected = 1) as protectedEpisodes

-- <audit.project_stats.rows.differs>
(project_stats.rows) <> (<audit.project_stats.rows.rows>)

-- <audit.project_stats.rows.rows>
select (select count(*) from episodes where episodes.project_id = project_stats.project_id) + (select count(*) from nodes where nodes.project_id = project_stats.project_id) + (select count(*) from assets where assets.project_id = project_stats.project_id) + (select count(*)
 from collections cross join collection_members on collection_members.collection_id = collections.id
 where collections.project_id = project_stats.project_id) as rows

-- <audit.project_stats.rows.slice>
with near as materialized (
 select project_stats.project_id as id, max(0, project_stats.rows) as size
 from project_stats
 where project_stats.project_id > ifnull((select walks.position from walks where walks.name = 'audit.project_stats.rows'), '')
 order by project_stats.project_id limit 50), slice as materialized (select id, size
 from ( select id, size, sum(size) over (order by id rows unbounded preceding) - size as before from near)
 where before <= :mostCounted)

-- <audit.project_stats.slice>
with near as materialized (
 select project_stats.project_id as id, max(0, 3 * project_stats.episodes + project_stats.datasets + project_stats.collections + project_stats.videos + project_stats.audios + project_stats.label_tracks + project_stats.text_tracks + project_stats.images + project_stats.files + project_stats.trashed) as size
 from project_stats
 where project_stats.project_id > ifnull((select walks.position from walks where walks.name = 'audit.project_stats'), '')
 order by project_stats.project_id limit 50), slice as materialized (select id, size
 from ( select id, size, sum(size) over (order by id rows unbounded preceding) - size as before from near)
 where before <= :mostCounted)

-- <audit.project_stats.trashed>
select (select count(*) from deletions where deletions.project_id = project_stats.project_id) as trashed

-- <audit.project_stats.videos+audios+labelTracks+textTracks+images+files>
select ifnull(sum(shown.videos), 0) as videos, ifnull(sum(shown.audios), 0) as audios, ifnull(sum(shown.labelTracks), 0) as labelTracks, ifnull(sum(shown.textTracks), 0) as textTracks, ifnull(sum(shown.images), 0) as images, ifnull(sum(shown.files), 0) as files
 from (
 select episode_stats.videos as videos, episode_stats.audios as audios, episode_stats.label_tracks as labelTracks, episode_stats.text_tracks as textTracks, episode_stats.images as images, episode_stats.files as files
 from episodes cross join episode_stats on episode_stats.episode_id = episodes.id
 where episodes.project_id = project_stats.project_id and episodes.deleted_at is null
 union all
 select assets.kind = 'video' as videos, assets.kind = 'audio' as audios, assets.kind = 'label-track' as labelTracks, assets.kind = 'text-track' as textTracks, assets.kind = 'image' as images, assets.kind = 'file' as files
 from assets
 where assets.container_id = project_stats.project_id and assets.kind in ('video', 'audio', 'label-track', 'text-track', 'image', 'file') and assets.deleted_at is null ) as shown

-- <audit.users.differs>
(users.namespace_count) <> (<audit.users.namespaceCount>) or (users.token_count) <> (<audit.users.tokenCount>)

-- <audit.users.namespaceCount>
select (select count(*)
 from members cross join namespaces on namespaces.id = members.namespace_id and namespaces.deleted_at is null
 where members.user_id = users.id) as namespaceCount

-- <audit.users.slice>
with near as materialized (
 select users.id as id, max(0, users.namespace_count + users.token_count) as size
 from users
 where users.id > ifnull((select walks.position from walks where walks.name = 'audit.users'), '')
 order by users.id limit 50), slice as materialized (select id, size
 from ( select id, size, sum(size) over (order by id rows unbounded preceding) - size as before from near)
 where before <= :mostCounted)

-- <audit.users.tokenCount>
select (select count(*)
 from api_tokens
 where api_tokens.user_id = users.id and api_tokens.revoked_at is null) as tokenCount

-- <authority.asset_not_found.1>
when standing.credential is not null then standing.credential
 when standing.namespace_id is null or standing.access = 0 then 'asset_not_found'
 when standing.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')

-- <authority.asset_not_found.2>
when standing.credential is not null then standing.credential
 when standing.namespace_id is null or standing.access = 0 then 'asset_not_found'
 when standing.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')

-- <authority.namespace.1>
when standing.credential is not null then standing.credential
 when standing.namespace_id is null or standing.access = 0 or standing.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(standing.token_project_id is not null, 'outside', iif(standing.token_namespace_id is not null, 'bound', null)), '')
 when standing.is_trashed and standing.access < 3 then 'namespace_not_found'
 when standing.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')

-- <authority.namespace.2>
when standing.credential is not null then standing.credential
 when standing.namespace_id is null or standing.access = 0 or standing.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(standing.token_project_id is not null, 'outside', iif(standing.token_namespace_id is not null, 'bound', null)), '')
 when standing.is_trashed and standing.access < 3 then 'namespace_not_found'
 when standing.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')

-- <authority.namespace.8>
when standing.credential is not null then standing.credential
 when standing.namespace_id is null or standing.access = 0 or standing.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(standing.token_project_id is not null, 'outside', iif(standing.token_namespace_id is not null, 'bound', null)), '')
 when standing.is_trashed and standing.access < 3 then 'namespace_not_found'
 when standing.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')

-- <authority.node_not_found.1>
when standing.credential is not null then standing.credential
 when standing.namespace_id is null or standing.access = 0 then 'node_not_found'
 when standing.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')

-- <authority.node_not_found.2>
when standing.credential is not null then standing.credential
 when standing.namespace_id is null or standing.access = 0 then 'node_not_found'
 when standing.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')

-- <authority.object_not_found.1>
when standing.credential is not null then standing.credential
 when standing.namespace_id is null or standing.access = 0 then 'object_not_found'
 when standing.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')

-- <authority.project.1>
when standing.credential is not null then standing.credential
 when standing.namespace_id is null or standing.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(standing.token_namespace_id is not null, 'bound', null), '')
 when standing.project_id is null then 'project_not_found' || ifnull(' ' || iif(standing.token_project_id is not null, 'bound', null), '')
 when standing.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')

-- <authority.project.2>
when standing.credential is not null then standing.credential
 when standing.namespace_id is null or standing.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(standing.token_namespace_id is not null, 'bound', null), '')
 when standing.project_id is null then 'project_not_found' || ifnull(' ' || iif(standing.token_project_id is not null, 'bound', null), '')
 when standing.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')

-- <authority.project.6>
when standing.credential is not null then standing.credential
 when standing.namespace_id is null or standing.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(standing.token_namespace_id is not null, 'bound', null), '')
 when standing.project_id is null then 'project_not_found' || ifnull(' ' || iif(standing.token_project_id is not null, 'bound', null), '')
 when standing.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')

-- <authority.projectToMake.6>
when standing.credential is not null then standing.credential
 when standing.namespace_id is null or standing.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(standing.token_namespace_id is not null, 'bound', null), '')
 when standing.project_id is null and standing.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(standing.token_project_id is not null, 'bound', null), '')
 when standing.project_id is null and not :createProject then 'project_not_found'
 when standing.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')

-- <authority.upload_not_found.2>
when standing.credential is not null then standing.credential
 when standing.namespace_id is null or standing.access = 0 then 'upload_not_found'
 when standing.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')

-- <authority.upload_not_found.6>
when standing.credential is not null then standing.credential
 when standing.namespace_id is null or standing.access = 0 then 'upload_not_found'
 when standing.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')

-- <authority.upload_not_found.7>
when standing.credential is not null then standing.credential
 when standing.namespace_id is null or standing.access = 0 then 'upload_not_found'
 when standing.scopes & 7 = 0 then 'forbidden' || ifnull(' ' || 'scopes 7', '')

-- <authority.user.1>
when standing.credential is not null then standing.credential
 when standing.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')

-- <authority.user.7>
when standing.credential is not null then standing.credential
 when standing.scopes & 7 = 0 then 'forbidden' || ifnull(' ' || 'scopes 7', '')

-- <authority.user.8>
when standing.credential is not null then standing.credential
 when standing.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')

-- <authority.visited.1>
when standing.credential is not null then standing.credential
 when standing.namespace_id is null or standing.access = 0 or standing.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(standing.token_project_id is not null, 'outside', iif(standing.token_namespace_id is not null, 'bound', null)), '')
 when standing.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')

-- <authority.visited.2>
when standing.credential is not null then standing.credential
 when standing.namespace_id is null or standing.access = 0 or standing.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(standing.token_project_id is not null, 'outside', iif(standing.token_namespace_id is not null, 'bound', null)), '')
 when standing.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')

-- <caller>
users.id as user_id, case
 when :tokenHash is not null and api_tokens.id is null then 'token_unknown'
 when api_tokens.expires_at <= :askedAt then 'token_expired'
 when api_tokens.revoked_at is not null or exists (select 1 from revocations where revocations.issuer = :issuer and revocations.jti = :jti) then 'token_revoked' end as credential, api_tokens.id as token_id, api_tokens.namespace_id as token_namespace_id, api_tokens.project_id as token_project_id, ifnull(api_tokens.scopes, 15) as scopes

-- <closed>
iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))

-- <closedIn>
iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id))

-- <collectionHeadJson>
json_object('id', collections.id, 'name', collections.name, 'description', collections.description, 'tags', json(collections.tags), 'metadata', json(collections.metadata), 'projectId', collections.project_id, 'datasetId', collections.dataset_id, 'membersTotal', collections.member_count, 'createdAt', iso(collections.created_at), 'updatedAt', iso(collections.updated_at))

-- <collectionJson>
json_object('id', collections.id, 'name', collections.name, 'description', collections.description, 'tags', json(collections.tags), 'metadata', json(collections.metadata), 'projectId', collections.project_id, 'datasetId', collections.dataset_id, 'membersTotal', collections.member_count, 'createdAt', iso(collections.created_at), 'updatedAt', iso(collections.updated_at), 'members', (select json_group_array(member_id)
 from (
 select collection_members.member_id as member_id
 from collection_members
 where collection_members.collection_id = collections.id
 order by collection_members.position limit 1000)))

-- <contentTypeOfAsset>
iif(ifnull(lower(trim(iif(instr(objects.content_type, ';') > 0, substr(objects.content_type, 1, instr(objects.content_type, ';') - 1), objects.content_type))), 'application/octet-stream') <> 'application/octet-stream', objects.content_type, coalesce(case lower(assets.format)
 when 'mp4' then 'video/mp4'
 when 'mov' then 'video/quicktime'
 when 'webm' then 'video/webm'
 when 'mkv' then 'video/x-matroska'
 when 'avi' then 'video/x-msvideo'
 when 'wav' then 'audio/wav'
 when 'mp3' then 'audio/mpeg'
 when 'flac' then 'audio/flac'
 when 'ogg' then 'audio/ogg'
 when 'm4a' then 'audio/mp4'
 when 'vtt' then 'text/vtt'
 when 'srt' then 'application/x-subrip'
 when 'jsonl' then 'application/x-ndjson'
 when 'ndjson' then 'application/x-ndjson'
 when 'json' then 'application/json'
 when 'csv' then 'text/csv'
 when 'txt' then 'text/plain'
 when 'png' then 'image/png'
 when 'jpg' then 'image/jpeg'
 when 'jpeg' then 'image/jpeg'
 when 'webp' then 'image/webp'
 when 'gif' then 'image/gif'
 when 'avif' then 'image/avif'
 when 'mcap' then 'application/x-mcap'
 when 'parquet' then 'application/vnd.apache.parquet'
 when 'zip' then 'application/zip' end, case iif(instr(assets.name, '.') > 0, lower(substr(assets.name, length(rtrim(assets.name, replace(assets.name, '.', ''))) + 1)), null)
 when 'mp4' then 'video/mp4'
 when 'mov' then 'video/quicktime'
 when 'webm' then 'video/webm'
 when 'mkv' then 'video/x-matroska'
 when 'avi' then 'video/x-msvideo'
 when 'wav' then 'audio/wav'
 when 'mp3' then 'audio/mpeg'
 when 'flac' then 'audio/flac'
 when 'ogg' then 'audio/ogg'
 when 'm4a' then 'audio/mp4'
 when 'vtt' then 'text/vtt'
 when 'srt' then 'application/x-subrip'
 when 'jsonl' then 'application/x-ndjson'
 when 'ndjson' then 'application/x-ndjson'
 when 'json' then 'application/json'
 when 'csv' then 'text/csv'
 when 'txt' then 'text/plain'
 when 'png' then 'image/png'
 when 'jpg' then 'image/jpeg'
 when 'jpeg' then 'image/jpeg'
 when 'webp' then 'image/webp'
 when 'gif' then 'image/gif'
 when 'avif' then 'image/avif'
 when 'mcap' then 'application/x-mcap'
 when 'parquet' then 'application/vnd.apache.parquet'
 when 'zip' then 'application/zip' end, objects.content_type))

-- <contentTypeOfObject>
iif(ifnull(lower(trim(iif(instr(objects.content_type, ';') > 0, substr(objects.content_type, 1, instr(objects.content_type, ';') - 1), objects.content_type))), 'application/octet-stream') <> 'application/octet-stream', objects.content_type, coalesce(case iif(instr(objects.name, '.') > 0, lower(substr(objects.name, length(rtrim(objects.name, replace(objects.name, '.', ''))) + 1)), null)
 when 'mp4' then 'video/mp4'
 when 'mov' then 'video/quicktime'
 when 'webm' then 'video/webm'
 when 'mkv' then 'video/x-matroska'
 when 'avi' then 'video/x-msvideo'
 when 'wav' then 'audio/wav'
 when 'mp3' then 'audio/mpeg'
 when 'flac' then 'audio/flac'
 when 'ogg' then 'audio/ogg'
 when 'm4a' then 'audio/mp4'
 when 'vtt' then 'text/vtt'
 when 'srt' then 'application/x-subrip'
 when 'jsonl' then 'application/x-ndjson'
 when 'ndjson' then 'application/x-ndjson'
 when 'json' then 'application/json'
 when 'csv' then 'text/csv'
 when 'txt' then 'text/plain'
 when 'png' then 'image/png'
 when 'jpg' then 'image/jpeg'
 when 'jpeg' then 'image/jpeg'
 when 'webp' then 'image/webp'
 when 'gif' then 'image/gif'
 when 'avif' then 'image/avif'
 when 'mcap' then 'application/x-mcap'
 when 'parquet' then 'application/vnd.apache.parquet'
 when 'zip' then 'application/zip' end, objects.content_type))

-- <datasetJson>
json_object('id', datasets.id, 'name', datasets.name, 'description', datasets.description, 'tags', json(datasets.tags), 'projectId', datasets.project_id, 'metadata', json(datasets.metadata), 'createdAt', iso(datasets.created_at), 'updatedAt', iso(datasets.updated_at))

-- <deletion>
select standing.refusal as refusal, iif(standing.refusal is null, coalesce( (select deletions.id from deletions where deletions.id = :deletionId), (select deletions.id from deletions where deletions.request = :repeatable)), null) as deletion_id, iif(standing.refusal is null, coalesce( (select deletions.phase = 'marking' from deletions where deletions.id = :deletionId), (select deletions.phase = 'marking' from deletions where deletions.request = :repeatable)), null) as is_marking
 from verdict as standing

-- <deletions.markSlice.area>
with area as materialized (
 select busy.id as id, busy.deleted_at as deleted_at, ifnull(busy.container_id, busy.project_id) as container_id, busy.path as path, busy.new_path as new_path
 from deletions as busy
 where busy.id = :deletionId and busy.phase = 'marking')

-- <deletions.unmarkSlice.area>
with area as materialized (
 select busy.id as id, busy.deleted_at as deleted_at, ifnull(busy.container_id, busy.project_id) as container_id, busy.path as path, busy.new_path as new_path
 from deletions as busy
 where busy.id = :deletionId and busy.phase = 'restoring')

-- <episodeJson>
json_object('id', episodes.id, 'name', episodes.name, 'description', episodes.description, 'tags', json(episodes.tags), 'projectId', episodes.project_id, 'folderId', episodes.folder_id, 'nodePath', episodes.node_path, 'status', episodes.status, 'writeProtected', boolean(episodes.write_protected), 'metadata', json(episodes.metadata), 'startedAt', iso(episodes.started_at), 'endedAt', iso(episodes.ended_at), 'durationMs', episodes.duration_ms, 'createdAt', iso(episodes.created_at), 'updatedAt', iso(episodes.updated_at))

-- <erase.assets.isFound>
exists (select 1
 from target
 where exists (select assets.id from assets where assets.deletion_id = target.id and true))

-- <erase.assets.release.slice>
with <erase.target>, slice as materialized (select assets.object_id as object_id, target.id as deletion_id
 from target cross join assets on assets.id in (select assets.id
 from assets
 where assets.deletion_id = target.id and true limit max(1, :rows / (select count(*) from target))) limit :rows)

-- <erase.assets.slice>
with <erase.target>, slice as materialized (select assets.id as key, target.id as deletion_id
 from target cross join assets on assets.id in (select assets.id
 from assets
 where assets.deletion_id = target.id and true limit max(1, :rows / (select count(*) from target))) limit :rows)

-- <erase.collections.isFound>
exists (select 1
 from target
 where exists (select collections.id
 from collections
 where collections.deletion_id = target.id and not exists (select 1 from collection_members where collection_members.collection_id = collections.id)))

-- <erase.collections.slice>
with <erase.target>, slice as materialized (select collections.id as key, target.id as deletion_id
 from target cross join collections on collections.id in (select collections.id
 from collections
 where collections.deletion_id = target.id and not exists (select 1 from collection_members where collection_members.collection_id = collections.id) limit max(1, :rows / (select count(*) from target))) limit :rows)

-- <erase.datasets.isFound>
exists (select 1
 from target
 where exists (select datasets.id
 from datasets
 where datasets.deletion_id = target.id and not exists (select 1 from collections where collections.dataset_id = datasets.id)))

-- <erase.datasets.slice>
with <erase.target>, slice as materialized (select datasets.id as key, target.id as deletion_id
 from target cross join datasets on datasets.id in (select datasets.id
 from datasets
 where datasets.deletion_id = target.id and not exists (select 1 from collections where collections.dataset_id = datasets.id) limit max(1, :rows / (select count(*) from target))) limit :rows)

-- <erase.episodes.isFound>
exists (select 1
 from target
 where exists (select around.id
 from (select episodes.id as id from episodes where episodes.deletion_id = target.id limit 20) as around
 where not exists (select 1 from deletions where deletions.container_id = around.id) and not exists (select 1 from assets where assets.container_id = around.id) and not exists (select 1 from nodes where nodes.container_id = around.id and nodes.deleted_at is null)))

-- <erase.episodes.slice>
with <erase.target>, slice as materialized (select episodes.id as key, target.id as deletion_id
 from target cross join episodes on episodes.id in (select around.id
 from (select episodes.id as id from episodes where episodes.deletion_id = target.id limit 20) as around
 where not exists (select 1 from deletions where deletions.container_id = around.id) and not exists (select 1 from assets where assets.container_id = around.id) and not exists (select 1 from nodes where nodes.container_id = around.id and nodes.deleted_at is null) limit max(1, :rows / (select count(*) from target))) limit :rows)

-- <erase.insideAssets.isFound>
exists (select 1
 from target
 where exists (select assets.id
 from (select episodes.id as id from episodes where episodes.deletion_id = target.id limit 20) as around cross join assets on assets.container_id = around.id and assets.kind in ('video', 'audio', 'label-track', 'text-track', 'image', 'file') and assets.deleted_at is null))

-- <erase.insideAssets.release.slice>
with <erase.target>, slice as materialized (select assets.object_id as object_id, target.id as deletion_id
 from target cross join assets on assets.id in (select assets.id
 from (select episodes.id as id from episodes where episodes.deletion_id = target.id limit 20) as around cross join assets on assets.container_id = around.id and assets.kind in ('video', 'audio', 'label-track', 'text-track', 'image', 'file') and assets.deleted_at is null limit max(1, :rows / (select count(*) from target))) limit :rows)

-- <erase.insideAssets.slice>
with <erase.target>, slice as materialized (select assets.id as key, target.id as deletion_id
 from target cross join assets on assets.id in (select assets.id
 from (select episodes.id as id from episodes where episodes.deletion_id = target.id limit 20) as around cross join assets on assets.container_id = around.id and assets.kind in ('video', 'audio', 'label-track', 'text-track', 'image', 'file') and assets.deleted_at is null limit max(1, :rows / (select count(*) from target))) limit :rows)

-- <erase.insideNodes.isFound>
exists (select 1
 from target
 where exists (select nodes.id
 from (select episodes.id as id from episodes where episodes.deletion_id = target.id limit 20) as around cross join nodes on nodes.container_id = around.id and nodes.deleted_at is null))

-- <erase.insideNodes.slice>
with <erase.target>, slice as materialized (select nodes.id as key, target.id as deletion_id
 from target cross join nodes on nodes.id in (select nodes.id
 from (select episodes.id as id from episodes where episodes.deletion_id = target.id limit 20) as around cross join nodes on nodes.container_id = around.id and nodes.deleted_at is null limit max(1, :rows / (select count(*) from target))) limit :rows)

-- <erase.links.isFound>
exists (select 1
 from target
 where exists (select collections.id from collections where collections.detached_by = target.id))

-- <erase.links.slice>
with <erase.target>, slice as materialized (select collections.id as key, target.id as deletion_id
 from target cross join collections on collections.id in (select collections.id
 from collections
 where collections.detached_by = target.id limit max(1, :rows / (select count(*) from target))) limit :rows)

-- <erase.members.isFound>
exists (select 1
 from target
 where exists (select collection_members.rowid
 from collections cross join collection_members on collection_members.collection_id = collections.id
 where collections.deletion_id = target.id))

-- <erase.members.slice>
with <erase.target>, slice as materialized (select collection_members.rowid as key, target.id as deletion_id
 from target cross join collection_members on collection_members.rowid in (select collection_members.rowid
 from collections cross join collection_members on collection_members.collection_id = collections.id
 where collections.deletion_id = target.id limit max(1, :rows / (select count(*) from target))) limit :rows)

-- <erase.namespace>
place as materialized (select deletions.id as id, deletions.kind as kind, deletions.item_id as item_id, deletions.namespace_id as namespace_id
 from deletions
 where deletions.id = :place and deletions.purging = 1 and deletions.project_id is null), namespace as materialized (select item_id as id from place where kind = 'namespace')

-- <erase.nodes.isFound>
exists (select 1
 from target
 where exists (select nodes.id from nodes where nodes.deletion_id = target.id and true))

-- <erase.nodes.slice>
with <erase.target>, slice as materialized (select nodes.id as key, target.id as deletion_id
 from target cross join nodes on nodes.id in (select nodes.id
 from nodes
 where nodes.deletion_id = target.id and true limit max(1, :rows / (select count(*) from target))) limit :rows)

-- <erase.projects>
place as materialized (select deletions.id as id, deletions.kind as kind, deletions.item_id as item_id, deletions.namespace_id as namespace_id
 from deletions
 where deletions.id = :place and deletions.purging = 1 and deletions.project_id is null), project as materialized (
 select projects.id as id
 from place cross join projects on projects.id = place.item_id
 where place.kind = 'project'
 union all
 select *
 from (
 select projects.id
 from place cross join projects on projects.namespace_id = place.item_id
 where place.kind = 'namespace' limit 50))

-- <erase.target>
target as materialized (
 select deletions.id as id
 from deletions
 where deletions.id = :only and deletions.purging = 1 and (deletions.project_id is null) = 0 and deletions.phase is null
 union all
 select deletions.id
 from each(:namespaces) as turn cross join deletions on deletions.id in (
 select deletions.id
 from deletions
 where deletions.purging = 1 and (deletions.project_id is null) = 0 and deletions.phase is null and deletions.namespace_id = turn.value
 order by deletions.turn, deletions.id limit :most)
 where :only is null)

-- <isAdding>
(standing.scopes & 2 = 0)

-- <isBlind>
(standing.scopes & 1 = 0)

-- <isBusy>
busy.namespace_id = standing.namespace_id and busy.project_id = standing.project_id and busy.phase is not null

-- <isInSight.permit>
(permit.token_project_id is null and permit.scopes & 2 or objects.project_id = permit.project_id)

-- <isInSight.standing>
(standing.token_project_id is null and standing.scopes & 2 or objects.project_id = standing.project_id)

-- <isWithinReach.permit>
(objects.namespace_id = permit.namespace_id and (<isInSight.permit> or exists (select 1
 from (
 select own.container_id
 from assets as own
 where own.object_id = objects.id and own.project_id = permit.project_id and own.deleted_at is null limit 500) as held
 where not exists (
 select 1
 from episodes as around
 where around.id = held.container_id and around.deleted_at is not null))))

-- <isWithinReach.standing>
(objects.namespace_id = standing.namespace_id and (<isInSight.standing> or exists (select 1
 from (
 select own.container_id
 from assets as own
 where own.object_id = objects.id and own.project_id = standing.project_id and own.deleted_at is null limit 500) as held
 where not exists (
 select 1
 from episodes as around
 where around.id = held.container_id and around.deleted_at is not null))))

-- <joinedUser>
left join api_tokens on api_tokens.hash = :tokenHash
 left join users on users.id = ifnull(api_tokens.user_id, (select holder.id from users as holder where holder.issuer = :issuer and holder.sub = :sub))

-- <manifest.isTopCovered>
exists ( with recursive up(id, item_id, parent_id) as (
 select first.id, first.item_id, first.parent_id
 from nodes as first
 where first.id = top.id
 union all
 select above.id, above.item_id, above.parent_id
 from up cross join nodes as above on above.id = up.parent_id
 where above.id is not null)
 select 1
 from up
 where case
 when bounds.is_few then exists (select 1
 from few cross join collection_members as other on other.collection_id = few.id
 where other.member_id = up.id and (few.name, other.position) < (mine.name, held.position) and few.placed_revision < facts.since and other.added_revision < facts.since)
 when (select count(*)
 from (
 select 1
 from collection_members as other indexed by collection_members_holding
 where other.project_id = facts.project_id and other.member_id = up.id limit 64 + 1)) <= 64 then exists (select 1
 from collection_members as other indexed by collection_members_holding cross join collections as holder on holder.id = other.collection_id and holder.dataset_id = facts.dataset_id and holder.deleted_at is null
 where other.project_id = facts.project_id and other.member_id = up.id and (holder.name, other.position) < (mine.name, held.position) and holder.placed_revision < facts.since and other.added_revision < facts.since)
 when (select count(*)
 from (
 select 1
 from collections as sibling indexed by collections_of_dataset
 where sibling.dataset_id = facts.dataset_id and sibling.deleted_at is null limit 1000 + 1)) <= 1000 then exists (select 1
 from collections as sibling indexed by collections_of_dataset cross join collection_members as other on other.collection_id = sibling.id
 where sibling.dataset_id = facts.dataset_id and sibling.deleted_at is null and other.member_id = up.id and (sibling.name, other.position) < (mine.name, held.position) and sibling.placed_revision < facts.since and other.added_revision < facts.since) else json_extract('{}', 'entangled' || substr(up.id, 1, 0)) end or up.item_id is not null and case
 when bounds.is_few then exists (select 1
 from few cross join collection_members as other on other.collection_id = few.id
 where other.member_id = up.item_id and (few.name, other.position) < (mine.name, held.position) and few.placed_revision < facts.since and other.added_revision < facts.since)
 when (select count(*)
 from (
 select 1
 from collection_members as other indexed by collection_members_holding
 where other.project_id = facts.project_id and other.member_id = up.item_id limit 64 + 1)) <= 64 then exists (select 1
 from collection_members as other indexed by collection_members_holding cross join collections as holder on holder.id = other.collection_id and holder.dataset_id = facts.dataset_id and holder.deleted_at is null
 where other.project_id = facts.project_id and other.member_id = up.item_id and (holder.name, other.position) < (mine.name, held.position) and holder.placed_revision < facts.since and other.added_revision < facts.since)
 when (select count(*)
 from (
 select 1
 from collections as sibling indexed by collections_of_dataset
 where sibling.dataset_id = facts.dataset_id and sibling.deleted_at is null limit 1000 + 1)) <= 1000 then exists (select 1
 from collections as sibling indexed by collections_of_dataset cross join collection_members as other on other.collection_id = sibling.id
 where sibling.dataset_id = facts.dataset_id and sibling.deleted_at is null and other.member_id = up.item_id and (sibling.name, other.position) < (mine.name, held.position) and sibling.placed_revision < facts.since and other.added_revision < facts.since) else json_extract('{}', 'entangled' || substr(up.item_id, 1, 0)) end)

-- <manifest.isUnitCovered>
exists ( with recursive up(id, item_id, parent_id) as (
 select first.id, first.item_id, first.parent_id
 from nodes as first
 where first.id = unit.id
 union all
 select above.id, above.item_id, above.parent_id
 from up cross join nodes as above on above.id = up.parent_id
 where above.id is not top.id)
 select 1
 from up
 where case
 when bounds.is_few then exists (select 1
 from few cross join collection_members as other on other.collection_id = few.id
 where other.member_id = up.id and (few.name, other.position) < (mine.name, held.position) and few.placed_revision < facts.since and other.added_revision < facts.since)
 when (select count(*)
 from (
 select 1
 from collection_members as other indexed by collection_members_holding
 where other.project_id = facts.project_id and other.member_id = up.id limit 64 + 1)) <= 64 then exists (select 1
 from collection_members as other indexed by collection_members_holding cross join collections as holder on holder.id = other.collection_id and holder.dataset_id = facts.dataset_id and holder.deleted_at is null
 where other.project_id = facts.project_id and other.member_id = up.id and (holder.name, other.position) < (mine.name, held.position) and holder.placed_revision < facts.since and other.added_revision < facts.since)
 when (select count(*)
 from (
 select 1
 from collections as sibling indexed by collections_of_dataset
 where sibling.dataset_id = facts.dataset_id and sibling.deleted_at is null limit 1000 + 1)) <= 1000 then exists (select 1
 from collections as sibling indexed by collections_of_dataset cross join collection_members as other on other.collection_id = sibling.id
 where sibling.dataset_id = facts.dataset_id and sibling.deleted_at is null and other.member_id = up.id and (sibling.name, other.position) < (mine.name, held.position) and sibling.placed_revision < facts.since and other.added_revision < facts.since) else json_extract('{}', 'entangled' || substr(up.id, 1, 0)) end or up.item_id is not null and case
 when bounds.is_few then exists (select 1
 from few cross join collection_members as other on other.collection_id = few.id
 where other.member_id = up.item_id and (few.name, other.position) < (mine.name, held.position) and few.placed_revision < facts.since and other.added_revision < facts.since)
 when (select count(*)
 from (
 select 1
 from collection_members as other indexed by collection_members_holding
 where other.project_id = facts.project_id and other.member_id = up.item_id limit 64 + 1)) <= 64 then exists (select 1
 from collection_members as other indexed by collection_members_holding cross join collections as holder on holder.id = other.collection_id and holder.dataset_id = facts.dataset_id and holder.deleted_at is null
 where other.project_id = facts.project_id and other.member_id = up.item_id and (holder.name, other.position) < (mine.name, held.position) and holder.placed_revision < facts.since and other.added_revision < facts.since)
 when (select count(*)
 from (
 select 1
 from collections as sibling indexed by collections_of_dataset
 where sibling.dataset_id = facts.dataset_id and sibling.deleted_at is null limit 1000 + 1)) <= 1000 then exists (select 1
 from collections as sibling indexed by collections_of_dataset cross join collection_members as other on other.collection_id = sibling.id
 where sibling.dataset_id = facts.dataset_id and sibling.deleted_at is null and other.member_id = up.item_id and (sibling.name, other.position) < (mine.name, held.position) and sibling.placed_revision < facts.since and other.added_revision < facts.since) else json_extract('{}', 'entangled' || substr(up.item_id, 1, 0)) end)

-- <namespaceJson>
json_object('id', namespaces.id, 'slug', namespaces.slug, 'metadata', json(namespaces.metadata))

-- <nodeJson>
json_object('id', nodes.id, 'name', nodes.name, 'kind', nodes.kind, 'leaf', json(case nodes.kind not in ('folder', 'episode') when 0 then 'false' when 1 then 'true' end), 'path', ifnull((select place.path
 from episodes as around join nodes as place on place.id = around.node_id
 where around.id = nodes.container_id), '') || nodes.path, 'parentId', nodes.parent_id, 'assetId', iif(nodes.kind not in ('folder', 'episode'), nodes.item_id, null), 'createdAt', iso(nodes.created_at), 'updatedAt', iso(nodes.updated_at))

-- <nodes.markBelow.area>
with area as materialized (
 select busy.id as id, busy.deleted_at as deleted_at, ifnull(busy.container_id, busy.project_id) as container_id, busy.path as path, busy.new_path as new_path
 from deletions as busy
 where busy.id = :deletionId and busy.phase is null and busy.kind = 'folder')

-- <projectJson>
json_object('id', projects.id, 'name', projects.name, 'slug', projects.slug, 'description', projects.description, 'tags', json(projects.tags), 'metadata', json(projects.metadata), 'visibility', projects.visibility, 'createdAt', iso(projects.created_at), 'updatedAt', iso(projects.updated_at))

-- <role.0>
when standing.access < 0 then 'forbidden' || ifnull(' ' || 'role 0 ' || iif(standing.is_member, standing.access, 0), '')

-- <role.1>
when standing.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(standing.is_member, standing.access, 0), '')

-- <role.2>
when standing.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(standing.is_member, standing.access, 0), '')

-- <role.3>
when standing.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(standing.is_member, standing.access, 0), '')

-- <standing.asset_not_found>
standing as materialized (
 select <caller>, namespaces.id as namespace_id, projects.id as project_id, members.role is not null as is_member, max(ifnull(members.role, 0), iif(projects.visibility = 'public', 1, 0)) as access
 from (select 1) <joinedUser>
 left join projects on projects.id = (select assets.project_id from assets where assets.id = :id and assets.kind = :kind) and projects.deleted_at is null and projects.id = ifnull(api_tokens.project_id, projects.id)
 left join namespaces on namespaces.id = projects.namespace_id and namespaces.deleted_at is null and namespaces.id = ifnull(api_tokens.namespace_id, namespaces.id)
 left join members on members.user_id = users.id and members.namespace_id = namespaces.id)

-- <standing.namespace>
standing as materialized (
 select <caller>, namespaces.id as namespace_id, namespaces.slug as namespace_slug, namespaces.deleted_at is not null as is_trashed, members.role is not null as is_member, ifnull(members.role, 0) as access
 from (select 1) <joinedUser>
 left join namespaces on namespaces.slug = :namespace and namespaces.deleted_at is null and namespaces.id = ifnull(api_tokens.namespace_id, namespaces.id)
 left join members on members.user_id = users.id and members.namespace_id = namespaces.id)

-- <standing.node_not_found>
standing as materialized (
 select <caller>, namespaces.id as namespace_id, projects.id as project_id, members.role is not null as is_member, max(ifnull(members.role, 0), iif(projects.visibility = 'public', 1, 0)) as access
 from (select 1) <joinedUser>
 left join projects on projects.id = (select nodes.project_id from nodes where nodes.id = :id) and projects.deleted_at is null and projects.id = ifnull(api_tokens.project_id, projects.id)
 left join namespaces on namespaces.id = projects.namespace_id and namespaces.deleted_at is null and namespaces.id = ifnull(api_tokens.namespace_id, namespaces.id)
 left join members on members.user_id = users.id and members.namespace_id = namespaces.id)

-- <standing.object_not_found>
standing as materialized (
 select <caller>, objects.id as object_id, objects.state as object_state, objects.created_by_token as object_token_id, namespaces.id as namespace_id, projects.id as project_id, members.role is not null as is_member, max(ifnull(members.role, 0), iif(exists (select 1
 from projects as found
 where found.deleted_at is null and found.id = ifnull(api_tokens.project_id, found.id) and found.visibility = 'public' and found.id in (select held.project_id
 from (
 select own.project_id, own.container_id, own.deleted_at
 from assets as own
 where own.object_id = objects.id limit 500) as held
 where held.deleted_at is null and not exists (
 select 1
 from episodes as around
 where around.id = held.container_id and around.deleted_at is not null))), 1, 0)) as access
 from (select 1) <joinedUser>
 left join objects on objects.id = :id and objects.key = ifnull(:key, objects.key) and objects.state <> 'purging' and (ifnull(api_tokens.scopes, 15) & 3 or objects.created_by_token = api_tokens.id)
 left join projects on projects.id = (select max(found.id)
 from projects as found
 where found.deleted_at is null and found.id = ifnull(api_tokens.project_id, found.id) and found.id in (select objects.project_id
 union all
 select held.project_id
 from (
 select own.project_id, own.container_id, own.deleted_at
 from assets as own
 where own.object_id = objects.id limit 500) as held
 where held.deleted_at is null and not exists (
 select 1
 from episodes as around
 where around.id = held.container_id and around.deleted_at is not null))) and projects.deleted_at is null and projects.id = ifnull(api_tokens.project_id, projects.id)
 left join namespaces on namespaces.id = projects.namespace_id and namespaces.deleted_at is null and namespaces.id = ifnull(api_tokens.namespace_id, namespaces.id)
 left join members on members.user_id = users.id and members.namespace_id = namespaces.id)

-- <standing.project>
standing as materialized (
 select <caller>, namespaces.id as namespace_id, namespaces.slug as namespace_slug, projects.id as project_id, projects.slug as project_slug, projects.visibility as visibility, members.role is not null as is_member, max(ifnull(members.role, 0), iif(projects.visibility = 'public', 1, 0)) as access
 from (select 1) <joinedUser>
 left join namespaces on namespaces.slug = :namespace and namespaces.deleted_at is null and namespaces.id = ifnull(api_tokens.namespace_id, namespaces.id)
 left join members on members.user_id = users.id and members.namespace_id = namespaces.id
 left join projects on projects.namespace_id = namespaces.id and projects.slug = :project and projects.deleted_at is null and projects.id = ifnull(api_tokens.project_id, projects.id))

-- <standing.upload_not_found>
standing as materialized (
 select <caller>, objects.id as object_id, objects.state as object_state, objects.created_by_token as object_token_id, namespaces.id as namespace_id, projects.id as project_id, members.role is not null as is_member, max(ifnull(members.role, 0), 0) as access
 from (select 1) <joinedUser>
 left join objects on objects.id = :id and objects.key = ifnull(:key, objects.key) and objects.state <> 'purging' and (ifnull(api_tokens.scopes, 15) & 3 or objects.created_by_token = api_tokens.id)
 left join projects on projects.id = objects.project_id and projects.deleted_at is null and projects.id = ifnull(api_tokens.project_id, projects.id)
 left join namespaces on namespaces.id = projects.namespace_id and namespaces.deleted_at is null and namespaces.id = ifnull(api_tokens.namespace_id, namespaces.id)
 left join members on members.user_id = users.id and members.namespace_id = namespaces.id)

-- <standing.user>
standing as materialized ( select <caller>, true as is_member, 3 as access from (select 1) <joinedUser>)

-- <trash.ancestors>
ancestor(container_id, path) as (
 select container_id, rtrim(rtrim(path, replace(path, '/', '')), '/')
 from spot
 where rtrim(rtrim(path, replace(path, '/', '')), '/') <> ''
 union all
 select container_id, rtrim(rtrim(path, replace(path, '/', '')), '/')
 from ancestor
 where rtrim(rtrim(path, replace(path, '/', '')), '/') <> '')

-- <trash.restoreBelow.area>
with area as materialized (
 select busy.id as id, busy.deleted_at as deleted_at, ifnull(busy.container_id, busy.project_id) as container_id, busy.path as path, busy.new_path as new_path
 from deletions as busy
 where busy.id = (select restorations.id from restorations where restorations.id = :deletionId) and busy.phase is null)

-- <trash.spot.deletion>
spot as materialized (select deletion.kind as kind, deletion.item_id as item_id, nodes.container_id as container_id, nodes.path as former, rtrim(rtrim(nodes.path, replace(nodes.path, '/', '')), '/') || '/' || ifnull(:newSegment, substr(nodes.path, length(rtrim(rtrim(nodes.path, replace(nodes.path, '/', '')), '/')) + 2)) as path, nodes.id as node_id
 from deletion cross join nodes on nodes.id = deletion.item_id
 where +deletion.kind in ('folder')
 union all
 select deletion.kind as kind, deletion.item_id as item_id, episodes.project_id as container_id, nodes.path as former, rtrim(rtrim(nodes.path, replace(nodes.path, '/', '')), '/') || '/' || ifnull(:newSegment, substr(nodes.path, length(rtrim(rtrim(nodes.path, replace(nodes.path, '/', '')), '/')) + 2)) as path, nodes.id as node_id
 from deletion cross join episodes on episodes.id = deletion.item_id cross join nodes on nodes.id = episodes.node_id
 where +deletion.kind in ('episode')
 union all
 select deletion.kind, deletion.item_id, assets.container_id, replace(assets.name, '%', '%25'), ifnull(:newNodePath, replace(assets.name, '%', '%25')), assets.node_id
 from deletion cross join assets on assets.id = deletion.item_id
 where +deletion.kind in ('video', 'audio', 'label-track', 'text-track', 'image', 'file'))

-- <trash.spot.undone>
spot as materialized (select undone.kind as kind, undone.item_id as item_id, nodes.container_id as container_id, nodes.path as former, rtrim(rtrim(nodes.path, replace(nodes.path, '/', '')), '/') || '/' || ifnull(:newSegment, substr(nodes.path, length(rtrim(rtrim(nodes.path, replace(nodes.path, '/', '')), '/')) + 2)) as path, nodes.id as node_id
 from undone cross join nodes on nodes.id = undone.item_id
 where +undone.kind in ('folder')
 union all
 select undone.kind as kind, undone.item_id as item_id, episodes.project_id as container_id, nodes.path as former, rtrim(rtrim(nodes.path, replace(nodes.path, '/', '')), '/') || '/' || ifnull(:newSegment, substr(nodes.path, length(rtrim(rtrim(nodes.path, replace(nodes.path, '/', '')), '/')) + 2)) as path, nodes.id as node_id
 from undone cross join episodes on episodes.id = undone.item_id cross join nodes on nodes.id = episodes.node_id
 where +undone.kind in ('episode')
 union all
 select undone.kind, undone.item_id, assets.container_id, replace(assets.name, '%', '%25'), ifnull(:newNodePath, replace(assets.name, '%', '%25')), assets.node_id
 from undone cross join assets on assets.id = undone.item_id
 where +undone.kind in ('video', 'audio', 'label-track', 'text-track', 'image', 'file'))

-- <trash.undone>
undone as materialized (
 select deletions.id as id, deletions.kind as kind, deletions.item_id as item_id, deletions.project_id as project_id
 from restorations cross join deletions on deletions.id = restorations.id
 where restorations.id = :deletionId and restorations.request = :mark)

-- <unmarked.assets>
deleted_at = null, deletion_id = null, name = iif((select new_path is not null and container_id = assets.container_id from area), (select replace(replace(area.new_path, '%2F', '/'), '%25', '%') || substr(assets.name, length(replace(replace(area.path, '%2F', '/'), '%25', '%')) + 1)
 from area), assets.name), updated_at = iif((select new_path is not null and container_id = assets.container_id from area), (select restorations.restored_at from restorations where restorations.id = (select id from area)), assets.updated_at), updated_request = iif((select new_path is not null and container_id = assets.container_id from area), (select restorations.request from restorations where restorations.id = (select id from area)), assets.updated_request), renamed_request = iif((select new_path is not null and container_id = assets.container_id from area), null, assets.renamed_request), version = assets.version + 1

-- <unmarked.episodes>
deleted_at = null, deletion_id = null, node_path = iif((select new_path is not null and container_id = episodes.project_id from area), (select area.new_path || substr(episodes.node_path, length(area.path) + 1) from area), episodes.node_path), updated_at = iif((select new_path is not null and container_id = episodes.project_id from area), (select restorations.restored_at from restorations where restorations.id = (select id from area)), episodes.updated_at), updated_request = iif((select new_path is not null and container_id = episodes.project_id from area), (select restorations.request from restorations where restorations.id = (select id from area)), episodes.updated_request), renamed_request = iif((select new_path is not null and container_id = episodes.project_id from area), null, episodes.renamed_request), version = episodes.version + 1

-- <unmarked.nodes>
deleted_at = null, deletion_id = null, path = iif((select new_path is not null and container_id = nodes.container_id from area), (select area.new_path || substr(nodes.path, length(area.path) + 1) from area), nodes.path), version = nodes.version + 1

-- <uploadColumns>
objects.id as id, objects.key as key, objects.state as state, objects.name as name, objects.bucket_upload_id as bucket_upload_id, objects.part_size as part_size, objects.announced_size as announced_size, objects.announced_sha256 as announced_sha256, objects.content_type as content_type, objects.size as size, objects.sha256 as sha256, objects.etag as etag, objects.created_at as created_at

-- <uploads.known.permit>
(select objects.id
 from (
 select objects.*
 from objects
 where objects.namespace_id = permit.namespace_id and objects.state = 'complete' and objects.sha256 is not null and objects.sha256 = (file.value ->> '$.sha256')
 order by objects.id desc limit 20) as objects join projects on projects.id = objects.project_id and projects.deleted_at is null
 where <isInSight.permit> and objects.size = (file.value ->> '$.size') and ifnull(objects.content_type, '') = coalesce((file.value ->> '$.contentType'), objects.content_type, '') and not exists (select 1
 from purges
 where purges.kind = 'object' and purges.rule = 'missing' and purges.item_id = objects.id and purges.namespace_id = objects.namespace_id and purges.finished_at is null)
 order by objects.id desc limit 1)

-- <uploads.known.standing>
(select objects.id
 from (
 select objects.*
 from objects
 where objects.namespace_id = standing.namespace_id and objects.state = 'complete' and objects.sha256 is not null and objects.sha256 = (file.value ->> '$.sha256')
 order by objects.id desc limit 20) as objects join projects on projects.id = objects.project_id and projects.deleted_at is null
 where <isInSight.standing> and objects.size = (file.value ->> '$.size') and ifnull(objects.content_type, '') = coalesce((file.value ->> '$.contentType'), objects.content_type, '') and not exists (select 1
 from purges
 where purges.kind = 'object' and purges.rule = 'missing' and purges.item_id = objects.id and purges.namespace_id = objects.namespace_id and purges.finished_at is null)
 order by objects.id desc limit 1)

-- <used.bytes>
ifnull((select namespace_stats.bytes
 from namespace_stats
 where namespace_stats.namespace_id = standing.namespace_id), 0)

-- <used.rows>
ifnull((select namespace_stats.rows
 from namespace_stats
 where namespace_stats.namespace_id = standing.namespace_id), 0)

-- <users.freeHomeSlug>
ifnull(( with recursive candidate(n, slug) as (
 select 1, ifnull(:username, 'user-' || substr(:newUserId, 1, 8))
 union all
 select n + 1, substr(ifnull(:username, 'user-' || substr(:newUserId, 1, 8)), 1, 63 - length(n + 1)) || '-' || (n + 1)
 from candidate
 where n < 1000 and not (not exists (select 1 from namespaces where namespaces.slug = candidate.slug) and not exists (select 1
 from former_slugs
 where former_slugs.slug = candidate.slug and former_slugs.reserved_until > :now) and not exists (select 1 from users where users.username = candidate.slug)))
 select slug
 from candidate
 where (not exists (select 1 from namespaces where namespaces.slug = candidate.slug) and not exists (select 1
 from former_slugs
 where former_slugs.slug = candidate.slug and former_slugs.reserved_until > :now) and not exists (select 1 from users where users.username = candidate.slug)) limit 1), 'user-' || :newUserId)
