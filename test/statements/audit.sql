-- audit.collections.drifted
with near as materialized (
  select collections.id as id, max(0, collections.member_count) as size
  from collections
  where collections.id > ifnull((select walks.position
  from walks
  where walks.name = 'audit.collections'), '')
  order by collections.id limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= :mostCounted)
  select collections.id as id, json_array((select json_object('memberCount', json_array(collections.member_count, truth.memberCount))
  from (select (select count(*)
  from collection_members
  where collection_members.collection_id = collections.id) as memberCount) as truth)) as counters
  from collections
  where collections.id in (select id
  from slice
  where size <= :mostAlone) and ((collections.member_count) <> (select (select count(*)
  from collection_members
  where collection_members.collection_id = collections.id) as memberCount))

-- audit.collections.mend
update collections set (member_count) = (select (select count(*)
  from collection_members
  where collection_members.collection_id = collections.id) as memberCount)
  where collections.id in (select value
  from json_each(?1, '$.keys')) and ((collections.member_count) <> (select (select count(*)
  from collection_members
  where collection_members.collection_id = collections.id) as memberCount))

-- audit.collections.reached
with near as materialized (
  select collections.id as id, max(0, collections.member_count) as size
  from collections
  where collections.id > ifnull((select walks.position
  from walks
  where walks.name = 'audit.collections'), '')
  order by collections.id limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= :mostCounted)
  select (select max(id)
  from slice) as last, (select count(*)
  from slice
  where size > :mostAlone) as skipped

-- audit.datasets.drifted
with near as materialized (
  select datasets.id as id, max(0, datasets.collection_count) as size
  from datasets
  where datasets.id > ifnull((select walks.position
  from walks
  where walks.name = 'audit.datasets'), '')
  order by datasets.id limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= :mostCounted)
  select datasets.id as id, json_array((select json_object('collectionCount', json_array(datasets.collection_count, truth.collectionCount))
  from (select (select count(*)
  from collections
  where collections.dataset_id = datasets.id and collections.deleted_at is null) as collectionCount) as truth)) as counters
  from datasets
  where datasets.id in (select id
  from slice
  where size <= :mostAlone) and ((datasets.collection_count) <> (select (select count(*)
  from collections
  where collections.dataset_id = datasets.id and collections.deleted_at is null) as collectionCount))

-- audit.datasets.mend
update datasets set (collection_count) = (select (select count(*)
  from collections
  where collections.dataset_id = datasets.id and collections.deleted_at is null) as collectionCount)
  where datasets.id in (select value
  from json_each(?1, '$.keys')) and ((datasets.collection_count) <> (select (select count(*)
  from collections
  where collections.dataset_id = datasets.id and collections.deleted_at is null) as collectionCount))

-- audit.datasets.reached
with near as materialized (
  select datasets.id as id, max(0, datasets.collection_count) as size
  from datasets
  where datasets.id > ifnull((select walks.position
  from walks
  where walks.name = 'audit.datasets'), '')
  order by datasets.id limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= :mostCounted)
  select (select max(id)
  from slice) as last, (select count(*)
  from slice
  where size > :mostAlone) as skipped

-- audit.episode_stats.drifted
with near as materialized (
  select episode_stats.episode_id as id, max(0, episode_stats.videos + episode_stats.audios + episode_stats.label_tracks + episode_stats.text_tracks + episode_stats.images) as size
  from episode_stats
  where episode_stats.episode_id > ifnull((select walks.position
  from walks
  where walks.name = 'audit.episode_stats'), '')
  order by episode_stats.episode_id limit 1000), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= :mostCounted)
  select episode_stats.episode_id as id, json_array((select json_object('videos', json_array(episode_stats.videos, truth.videos))
  from (select (select count(*)
  from assets
  where assets.container_id = episode_stats.episode_id and assets.kind = 'video' and assets.deleted_at is null) as videos) as truth), (select json_object('audios', json_array(episode_stats.audios, truth.audios))
  from (select (select count(*)
  from assets
  where assets.container_id = episode_stats.episode_id and assets.kind = 'audio' and assets.deleted_at is null) as audios) as truth), (select json_object('labelTracks', json_array(episode_stats.label_tracks, truth.labelTracks))
  from (select (select count(*)
  from assets
  where assets.container_id = episode_stats.episode_id and assets.kind = 'label-track' and assets.deleted_at is null) as labelTracks) as truth), (select json_object('textTracks', json_array(episode_stats.text_tracks, truth.textTracks))
  from (select (select count(*)
  from assets
  where assets.container_id = episode_stats.episode_id and assets.kind = 'text-track' and assets.deleted_at is null) as textTracks) as truth), (select json_object('images', json_array(episode_stats.images, truth.images))
  from (select (select count(*)
  from assets
  where assets.container_id = episode_stats.episode_id and assets.kind = 'image' and assets.deleted_at is null) as images) as truth)) as counters
  from episode_stats
  where episode_stats.episode_id in (select id
  from slice
  where size <= :mostAlone) and ((episode_stats.videos) <> (select (select count(*)
  from assets
  where assets.container_id = episode_stats.episode_id and assets.kind = 'video' and assets.deleted_at is null) as videos) or (episode_stats.audios) <> (select (select count(*)
  from assets
  where assets.container_id = episode_stats.episode_id and assets.kind = 'audio' and assets.deleted_at is null) as audios) or (episode_stats.label_tracks) <> (select (select count(*)
  from assets
  where assets.container_id = episode_stats.episode_id and assets.kind = 'label-track' and assets.deleted_at is null) as labelTracks) or (episode_stats.text_tracks) <> (select (select count(*)
  from assets
  where assets.container_id = episode_stats.episode_id and assets.kind = 'text-track' and assets.deleted_at is null) as textTracks) or (episode_stats.images) <> (select (select count(*)
  from assets
  where assets.container_id = episode_stats.episode_id and assets.kind = 'image' and assets.deleted_at is null) as images))

-- audit.episode_stats.mend
update episode_stats set (videos) = (select (select count(*)
  from assets
  where assets.container_id = episode_stats.episode_id and assets.kind = 'video' and assets.deleted_at is null) as videos), (audios) = (select (select count(*)
  from assets
  where assets.container_id = episode_stats.episode_id and assets.kind = 'audio' and assets.deleted_at is null) as audios), (label_tracks) = (select (select count(*)
  from assets
  where assets.container_id = episode_stats.episode_id and assets.kind = 'label-track' and assets.deleted_at is null) as labelTracks), (text_tracks) = (select (select count(*)
  from assets
  where assets.container_id = episode_stats.episode_id and assets.kind = 'text-track' and assets.deleted_at is null) as textTracks), (images) = (select (select count(*)
  from assets
  where assets.container_id = episode_stats.episode_id and assets.kind = 'image' and assets.deleted_at is null) as images)
  where episode_stats.episode_id in (select value
  from json_each(?1, '$.keys')) and ((episode_stats.videos) <> (select (select count(*)
  from assets
  where assets.container_id = episode_stats.episode_id and assets.kind = 'video' and assets.deleted_at is null) as videos) or (episode_stats.audios) <> (select (select count(*)
  from assets
  where assets.container_id = episode_stats.episode_id and assets.kind = 'audio' and assets.deleted_at is null) as audios) or (episode_stats.label_tracks) <> (select (select count(*)
  from assets
  where assets.container_id = episode_stats.episode_id and assets.kind = 'label-track' and assets.deleted_at is null) as labelTracks) or (episode_stats.text_tracks) <> (select (select count(*)
  from assets
  where assets.container_id = episode_stats.episode_id and assets.kind = 'text-track' and assets.deleted_at is null) as textTracks) or (episode_stats.images) <> (select (select count(*)
  from assets
  where assets.container_id = episode_stats.episode_id and assets.kind = 'image' and assets.deleted_at is null) as images))

-- audit.episode_stats.reached
with near as materialized (
  select episode_stats.episode_id as id, max(0, episode_stats.videos + episode_stats.audios + episode_stats.label_tracks + episode_stats.text_tracks + episode_stats.images) as size
  from episode_stats
  where episode_stats.episode_id > ifnull((select walks.position
  from walks
  where walks.name = 'audit.episode_stats'), '')
  order by episode_stats.episode_id limit 1000), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= :mostCounted)
  select (select max(id)
  from slice) as last, (select count(*)
  from slice
  where size > :mostAlone) as skipped

-- audit.namespace_stats.drifted
with near as materialized (
  select namespace_stats.namespace_id as id, max(0, namespace_stats.members + 14 * namespace_stats.projects + namespace_stats.trashed + namespace_stats.purges) as size
  from namespace_stats
  where namespace_stats.namespace_id > ifnull((select walks.position
  from walks
  where walks.name = 'audit.namespace_stats'), '')
  order by namespace_stats.namespace_id limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= :mostCounted)
  select namespace_stats.namespace_id as id, json_array((select json_object('members', json_array(namespace_stats.members, truth.members))
  from (select (select count(*)
  from members
  where members.namespace_id = namespace_stats.namespace_id) as members) as truth), (select json_object('projects', json_array(namespace_stats.projects, truth.projects))
  from (select (select count(*)
  from projects
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as projects) as truth), (select json_object('publicProjects', json_array(namespace_stats.public_projects, truth.publicProjects))
  from (select (select count(*)
  from projects
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null and projects.visibility = 'public') as publicProjects) as truth), (select json_object('videos', json_array(namespace_stats.videos, truth.videos))
  from (select (select ifnull(sum(project_stats.videos), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as videos) as truth), (select json_object('audios', json_array(namespace_stats.audios, truth.audios))
  from (select (select ifnull(sum(project_stats.audios), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as audios) as truth), (select json_object('labelTracks', json_array(namespace_stats.label_tracks, truth.labelTracks))
  from (select (select ifnull(sum(project_stats.label_tracks), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as labelTracks) as truth), (select json_object('textTracks', json_array(namespace_stats.text_tracks, truth.textTracks))
  from (select (select ifnull(sum(project_stats.text_tracks), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as textTracks) as truth), (select json_object('images', json_array(namespace_stats.images, truth.images))
  from (select (select ifnull(sum(project_stats.images), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as images) as truth), (select json_object('protectedEpisodes', json_array(namespace_stats.protected_episodes, truth.protectedEpisodes))
  from (select (select ifnull(sum(project_stats.protected_episodes), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as protectedEpisodes) as truth), (select json_object('trashed', json_array(namespace_stats.trashed, truth.trashed))
  from (select (select count(*)
  from deletions
  where deletions.namespace_id = namespace_stats.namespace_id and deletions.project_id is null) as trashed) as truth), (select json_object('purges', json_array(namespace_stats.purges, truth.purges))
  from (select (select count(*)
  from purges
  where purges.namespace_id = namespace_stats.namespace_id) as purges) as truth)) as counters
  from namespace_stats
  where namespace_stats.namespace_id in (select id
  from slice
  where size <= :mostAlone) and ((namespace_stats.members) <> (select (select count(*)
  from members
  where members.namespace_id = namespace_stats.namespace_id) as members) or (namespace_stats.projects) <> (select (select count(*)
  from projects
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as projects) or (namespace_stats.public_projects) <> (select (select count(*)
  from projects
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null and projects.visibility = 'public') as publicProjects) or (namespace_stats.videos) <> (select (select ifnull(sum(project_stats.videos), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as videos) or (namespace_stats.audios) <> (select (select ifnull(sum(project_stats.audios), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as audios) or (namespace_stats.label_tracks) <> (select (select ifnull(sum(project_stats.label_tracks), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as labelTracks) or (namespace_stats.text_tracks) <> (select (select ifnull(sum(project_stats.text_tracks), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as textTracks) or (namespace_stats.images) <> (select (select ifnull(sum(project_stats.images), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as images) or (namespace_stats.protected_episodes) <> (select (select ifnull(sum(project_stats.protected_episodes), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as protectedEpisodes) or (namespace_stats.trashed) <> (select (select count(*)
  from deletions
  where deletions.namespace_id = namespace_stats.namespace_id and deletions.project_id is null) as trashed) or (namespace_stats.purges) <> (select (select count(*)
  from purges
  where purges.namespace_id = namespace_stats.namespace_id) as purges))

-- audit.namespace_stats.mend
update namespace_stats set (members) = (select (select count(*)
  from members
  where members.namespace_id = namespace_stats.namespace_id) as members), (projects) = (select (select count(*)
  from projects
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as projects), (public_projects) = (select (select count(*)
  from projects
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null and projects.visibility = 'public') as publicProjects), (videos) = (select (select ifnull(sum(project_stats.videos), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as videos), (audios) = (select (select ifnull(sum(project_stats.audios), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as audios), (label_tracks) = (select (select ifnull(sum(project_stats.label_tracks), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as labelTracks), (text_tracks) = (select (select ifnull(sum(project_stats.text_tracks), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as textTracks), (images) = (select (select ifnull(sum(project_stats.images), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as images), (protected_episodes) = (select (select ifnull(sum(project_stats.protected_episodes), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as protectedEpisodes), (trashed) = (select (select count(*)
  from deletions
  where deletions.namespace_id = namespace_stats.namespace_id and deletions.project_id is null) as trashed), (purges) = (select (select count(*)
  from purges
  where purges.namespace_id = namespace_stats.namespace_id) as purges)
  where namespace_stats.namespace_id in (select value
  from json_each(?1, '$.keys')) and ((namespace_stats.members) <> (select (select count(*)
  from members
  where members.namespace_id = namespace_stats.namespace_id) as members) or (namespace_stats.projects) <> (select (select count(*)
  from projects
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as projects) or (namespace_stats.public_projects) <> (select (select count(*)
  from projects
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null and projects.visibility = 'public') as publicProjects) or (namespace_stats.videos) <> (select (select ifnull(sum(project_stats.videos), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as videos) or (namespace_stats.audios) <> (select (select ifnull(sum(project_stats.audios), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as audios) or (namespace_stats.label_tracks) <> (select (select ifnull(sum(project_stats.label_tracks), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as labelTracks) or (namespace_stats.text_tracks) <> (select (select ifnull(sum(project_stats.text_tracks), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as textTracks) or (namespace_stats.images) <> (select (select ifnull(sum(project_stats.images), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as images) or (namespace_stats.protected_episodes) <> (select (select ifnull(sum(project_stats.protected_episodes), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and projects.deleted_at is null) as protectedEpisodes) or (namespace_stats.trashed) <> (select (select count(*)
  from deletions
  where deletions.namespace_id = namespace_stats.namespace_id and deletions.project_id is null) as trashed) or (namespace_stats.purges) <> (select (select count(*)
  from purges
  where purges.namespace_id = namespace_stats.namespace_id) as purges))

-- audit.namespace_stats.quotas.drifted
with near as materialized (
  select namespace_stats.namespace_id as id, max(0, 2 * (namespace_stats.projects + namespace_stats.trashed) + 4 * max(0, namespace_stats.rows - (select ifnull(sum(own.rows), 0)
  from (select project_stats.rows as rows
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id limit 500) as own))) as size
  from namespace_stats
  where namespace_stats.namespace_id > ifnull((select walks.position
  from walks
  where walks.name = 'audit.namespace_stats.quotas'), '')
  order by namespace_stats.namespace_id limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= :mostCounted)
  select namespace_stats.namespace_id as id, json_array((select json_object('rows', json_array(namespace_stats.rows, truth.rows))
  from (select (select ifnull(sum(project_stats.rows), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and true) + (select count(*)
  from objects
  where objects.namespace_id = namespace_stats.namespace_id) as rows) as truth), (select json_object('bytes', json_array(namespace_stats.bytes, truth.bytes))
  from (select (select ifnull(sum(case objects.state
  when 'pending' then ifnull(objects.announced_size, 0)
  when 'complete' then objects.size
  when 'purging' then objects.size else 0 end), 0)
  from objects
  where objects.namespace_id = namespace_stats.namespace_id) as bytes) as truth)) as counters
  from namespace_stats
  where namespace_stats.namespace_id in (select id
  from slice
  where size <= :mostAlone) and ((namespace_stats.rows) <> (select (select ifnull(sum(project_stats.rows), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and true) + (select count(*)
  from objects
  where objects.namespace_id = namespace_stats.namespace_id) as rows) or (namespace_stats.bytes) <> (select (select ifnull(sum(case objects.state
  when 'pending' then ifnull(objects.announced_size, 0)
  when 'complete' then objects.size
  when 'purging' then objects.size else 0 end), 0)
  from objects
  where objects.namespace_id = namespace_stats.namespace_id) as bytes))

-- audit.namespace_stats.quotas.mend
update namespace_stats set (rows) = (select (select ifnull(sum(project_stats.rows), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and true) + (select count(*)
  from objects
  where objects.namespace_id = namespace_stats.namespace_id) as rows), (bytes) = (select (select ifnull(sum(case objects.state
  when 'pending' then ifnull(objects.announced_size, 0)
  when 'complete' then objects.size
  when 'purging' then objects.size else 0 end), 0)
  from objects
  where objects.namespace_id = namespace_stats.namespace_id) as bytes)
  where namespace_stats.namespace_id in (select value
  from json_each(?1, '$.keys')) and ((namespace_stats.rows) <> (select (select ifnull(sum(project_stats.rows), 0)
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id and true) + (select count(*)
  from objects
  where objects.namespace_id = namespace_stats.namespace_id) as rows) or (namespace_stats.bytes) <> (select (select ifnull(sum(case objects.state
  when 'pending' then ifnull(objects.announced_size, 0)
  when 'complete' then objects.size
  when 'purging' then objects.size else 0 end), 0)
  from objects
  where objects.namespace_id = namespace_stats.namespace_id) as bytes))

-- audit.namespace_stats.quotas.reached
with near as materialized (
  select namespace_stats.namespace_id as id, max(0, 2 * (namespace_stats.projects + namespace_stats.trashed) + 4 * max(0, namespace_stats.rows - (select ifnull(sum(own.rows), 0)
  from (select project_stats.rows as rows
  from projects cross join project_stats on project_stats.project_id = projects.id
  where projects.namespace_id = namespace_stats.namespace_id limit 500) as own))) as size
  from namespace_stats
  where namespace_stats.namespace_id > ifnull((select walks.position
  from walks
  where walks.name = 'audit.namespace_stats.quotas'), '')
  order by namespace_stats.namespace_id limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= :mostCounted)
  select (select max(id)
  from slice) as last, (select count(*)
  from slice
  where size > :mostAlone) as skipped

-- audit.namespace_stats.reached
with near as materialized (
  select namespace_stats.namespace_id as id, max(0, namespace_stats.members + 14 * namespace_stats.projects + namespace_stats.trashed + namespace_stats.purges) as size
  from namespace_stats
  where namespace_stats.namespace_id > ifnull((select walks.position
  from walks
  where walks.name = 'audit.namespace_stats'), '')
  order by namespace_stats.namespace_id limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= :mostCounted)
  select (select max(id)
  from slice) as last, (select count(*)
  from slice
  where size > :mostAlone) as skipped

-- audit.objects.drifted
with near as materialized (
  select objects.id as id, max(0, objects.asset_count) as size
  from objects
  where objects.id > ifnull((select walks.position
  from walks
  where walks.name = 'audit.objects'), '')
  order by objects.id limit 2000), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= :mostCounted)
  select objects.id as id, json_array((select json_object('assetCount', json_array(objects.asset_count, truth.assetCount))
  from (select (select count(*)
  from assets
  where assets.object_id = objects.id) as assetCount) as truth)) as counters
  from objects
  where objects.id in (select id
  from slice
  where size <= :mostAlone) and ((objects.asset_count) <> (select (select count(*)
  from assets
  where assets.object_id = objects.id) as assetCount))

-- audit.objects.mend
update objects set (asset_count) = (select (select count(*)
  from assets
  where assets.object_id = objects.id) as assetCount)
  where objects.id in (select value
  from json_each(?1, '$.keys')) and ((objects.asset_count) <> (select (select count(*)
  from assets
  where assets.object_id = objects.id) as assetCount))

-- audit.objects.reached
with near as materialized (
  select objects.id as id, max(0, objects.asset_count) as size
  from objects
  where objects.id > ifnull((select walks.position
  from walks
  where walks.name = 'audit.objects'), '')
  order by objects.id limit 2000), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= :mostCounted)
  select (select max(id)
  from slice) as last, (select count(*)
  from slice
  where size > :mostAlone) as skipped

-- audit.project_stats.drifted
with near as materialized (
  select project_stats.project_id as id, max(0, 3 * project_stats.episodes + project_stats.datasets + project_stats.collections + project_stats.videos + project_stats.audios + project_stats.label_tracks + project_stats.text_tracks + project_stats.images + project_stats.trashed) as size
  from project_stats
  where project_stats.project_id > ifnull((select walks.position
  from walks
  where walks.name = 'audit.project_stats'), '')
  order by project_stats.project_id limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= :mostCounted)
  select project_stats.project_id as id, json_array((select json_object('videos', json_array(project_stats.videos, truth.videos), 'audios', json_array(project_stats.audios, truth.audios), 'labelTracks', json_array(project_stats.label_tracks, truth.labelTracks), 'textTracks', json_array(project_stats.text_tracks, truth.textTracks), 'images', json_array(project_stats.images, truth.images))
  from (select ifnull(sum(shown.videos), 0) as videos, ifnull(sum(shown.audios), 0) as audios, ifnull(sum(shown.labelTracks), 0) as labelTracks, ifnull(sum(shown.textTracks), 0) as textTracks, ifnull(sum(shown.images), 0) as images
  from (
  select episode_stats.videos as videos, episode_stats.audios as audios, episode_stats.label_tracks as labelTracks, episode_stats.text_tracks as textTracks, episode_stats.images as images
  from episodes cross join episode_stats on episode_stats.episode_id = episodes.id
  where episodes.project_id = project_stats.project_id and episodes.deleted_at is null
  union all
  select assets.kind = 'video' as videos, assets.kind = 'audio' as audios, assets.kind = 'label-track' as labelTracks, assets.kind = 'text-track' as textTracks, assets.kind = 'image' as images
  from assets
  where assets.container_id = project_stats.project_id and assets.kind in ('video', 'audio', 'label-track', 'text-track', 'image') and assets.deleted_at is null ) as shown) as truth), (select json_object('episodes', json_array(project_stats.episodes, truth.episodes))
  from (select (select count(*)
  from episodes
  where episodes.project_id = project_stats.project_id and episodes.deleted_at is null) as episodes) as truth), (select json_object('datasets', json_array(project_stats.datasets, truth.datasets))
  from (select (select count(*)
  from datasets
  where datasets.project_id = project_stats.project_id and datasets.deleted_at is null) as datasets) as truth), (select json_object('collections', json_array(project_stats.collections, truth.collections))
  from (select (select count(*)
  from collections
  where collections.project_id = project_stats.project_id and collections.deleted_at is null) as collections) as truth), (select json_object('protectedEpisodes', json_array(project_stats.protected_episodes, truth.protectedEpisodes))
  from (select (select count(*)
  from episodes
  where episodes.project_id = project_stats.project_id and episodes.deleted_at is null and episodes.write_protected = 1) as protectedEpisodes) as truth), (select json_object('trashed', json_array(project_stats.trashed, truth.trashed))
  from (select (select count(*)
  from deletions
  where deletions.project_id = project_stats.project_id) as trashed) as truth)) as counters
  from project_stats
  where project_stats.project_id in (select id
  from slice
  where size <= :mostAlone) and ((project_stats.videos, project_stats.audios, project_stats.label_tracks, project_stats.text_tracks, project_stats.images) <> (select ifnull(sum(shown.videos), 0) as videos, ifnull(sum(shown.audios), 0) as audios, ifnull(sum(shown.labelTracks), 0) as labelTracks, ifnull(sum(shown.textTracks), 0) as textTracks, ifnull(sum(shown.images), 0) as images
  from (
  select episode_stats.videos as videos, episode_stats.audios as audios, episode_stats.label_tracks as labelTracks, episode_stats.text_tracks as textTracks, episode_stats.images as images
  from episodes cross join episode_stats on episode_stats.episode_id = episodes.id
  where episodes.project_id = project_stats.project_id and episodes.deleted_at is null
  union all
  select assets.kind = 'video' as videos, assets.kind = 'audio' as audios, assets.kind = 'label-track' as labelTracks, assets.kind = 'text-track' as textTracks, assets.kind = 'image' as images
  from assets
  where assets.container_id = project_stats.project_id and assets.kind in ('video', 'audio', 'label-track', 'text-track', 'image') and assets.deleted_at is null ) as shown) or (project_stats.episodes) <> (select (select count(*)
  from episodes
  where episodes.project_id = project_stats.project_id and episodes.deleted_at is null) as episodes) or (project_stats.datasets) <> (select (select count(*)
  from datasets
  where datasets.project_id = project_stats.project_id and datasets.deleted_at is null) as datasets) or (project_stats.collections) <> (select (select count(*)
  from collections
  where collections.project_id = project_stats.project_id and collections.deleted_at is null) as collections) or (project_stats.protected_episodes) <> (select (select count(*)
  from episodes
  where episodes.project_id = project_stats.project_id and episodes.deleted_at is null and episodes.write_protected = 1) as protectedEpisodes) or (project_stats.trashed) <> (select (select count(*)
  from deletions
  where deletions.project_id = project_stats.project_id) as trashed))

-- audit.project_stats.mend
update project_stats set (videos, audios, label_tracks, text_tracks, images) = (select ifnull(sum(shown.videos), 0) as videos, ifnull(sum(shown.audios), 0) as audios, ifnull(sum(shown.labelTracks), 0) as labelTracks, ifnull(sum(shown.textTracks), 0) as textTracks, ifnull(sum(shown.images), 0) as images
  from (
  select episode_stats.videos as videos, episode_stats.audios as audios, episode_stats.label_tracks as labelTracks, episode_stats.text_tracks as textTracks, episode_stats.images as images
  from episodes cross join episode_stats on episode_stats.episode_id = episodes.id
  where episodes.project_id = project_stats.project_id and episodes.deleted_at is null
  union all
  select assets.kind = 'video' as videos, assets.kind = 'audio' as audios, assets.kind = 'label-track' as labelTracks, assets.kind = 'text-track' as textTracks, assets.kind = 'image' as images
  from assets
  where assets.container_id = project_stats.project_id and assets.kind in ('video', 'audio', 'label-track', 'text-track', 'image') and assets.deleted_at is null ) as shown), (episodes) = (select (select count(*)
  from episodes
  where episodes.project_id = project_stats.project_id and episodes.deleted_at is null) as episodes), (datasets) = (select (select count(*)
  from datasets
  where datasets.project_id = project_stats.project_id and datasets.deleted_at is null) as datasets), (collections) = (select (select count(*)
  from collections
  where collections.project_id = project_stats.project_id and collections.deleted_at is null) as collections), (protected_episodes) = (select (select count(*)
  from episodes
  where episodes.project_id = project_stats.project_id and episodes.deleted_at is null and episodes.write_protected = 1) as protectedEpisodes), (trashed) = (select (select count(*)
  from deletions
  where deletions.project_id = project_stats.project_id) as trashed)
  where project_stats.project_id in (select value
  from json_each(?1, '$.keys')) and ((project_stats.videos, project_stats.audios, project_stats.label_tracks, project_stats.text_tracks, project_stats.images) <> (select ifnull(sum(shown.videos), 0) as videos, ifnull(sum(shown.audios), 0) as audios, ifnull(sum(shown.labelTracks), 0) as labelTracks, ifnull(sum(shown.textTracks), 0) as textTracks, ifnull(sum(shown.images), 0) as images
  from (
  select episode_stats.videos as videos, episode_stats.audios as audios, episode_stats.label_tracks as labelTracks, episode_stats.text_tracks as textTracks, episode_stats.images as images
  from episodes cross join episode_stats on episode_stats.episode_id = episodes.id
  where episodes.project_id = project_stats.project_id and episodes.deleted_at is null
  union all
  select assets.kind = 'video' as videos, assets.kind = 'audio' as audios, assets.kind = 'label-track' as labelTracks, assets.kind = 'text-track' as textTracks, assets.kind = 'image' as images
  from assets
  where assets.container_id = project_stats.project_id and assets.kind in ('video', 'audio', 'label-track', 'text-track', 'image') and assets.deleted_at is null ) as shown) or (project_stats.episodes) <> (select (select count(*)
  from episodes
  where episodes.project_id = project_stats.project_id and episodes.deleted_at is null) as episodes) or (project_stats.datasets) <> (select (select count(*)
  from datasets
  where datasets.project_id = project_stats.project_id and datasets.deleted_at is null) as datasets) or (project_stats.collections) <> (select (select count(*)
  from collections
  where collections.project_id = project_stats.project_id and collections.deleted_at is null) as collections) or (project_stats.protected_episodes) <> (select (select count(*)
  from episodes
  where episodes.project_id = project_stats.project_id and episodes.deleted_at is null and episodes.write_protected = 1) as protectedEpisodes) or (project_stats.trashed) <> (select (select count(*)
  from deletions
  where deletions.project_id = project_stats.project_id) as trashed))

-- audit.project_stats.reached
with near as materialized (
  select project_stats.project_id as id, max(0, 3 * project_stats.episodes + project_stats.datasets + project_stats.collections + project_stats.videos + project_stats.audios + project_stats.label_tracks + project_stats.text_tracks + project_stats.images + project_stats.trashed) as size
  from project_stats
  where project_stats.project_id > ifnull((select walks.position
  from walks
  where walks.name = 'audit.project_stats'), '')
  order by project_stats.project_id limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= :mostCounted)
  select (select max(id)
  from slice) as last, (select count(*)
  from slice
  where size > :mostAlone) as skipped

-- audit.project_stats.rows.drifted
with near as materialized (
  select project_stats.project_id as id, max(0, project_stats.rows) as size
  from project_stats
  where project_stats.project_id > ifnull((select walks.position
  from walks
  where walks.name = 'audit.project_stats.rows'), '')
  order by project_stats.project_id limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= :mostCounted)
  select project_stats.project_id as id, json_array((select json_object('rows', json_array(project_stats.rows, truth.rows))
  from (select (select count(*)
  from episodes
  where episodes.project_id = project_stats.project_id) + (select count(*)
  from nodes
  where nodes.project_id = project_stats.project_id) + (select count(*)
  from assets
  where assets.project_id = project_stats.project_id) + (select count(*)
  from collections cross join collection_members on collection_members.collection_id = collections.id
  where collections.project_id = project_stats.project_id) as rows) as truth)) as counters
  from project_stats
  where project_stats.project_id in (select id
  from slice
  where size <= :mostAlone) and ((project_stats.rows) <> (select (select count(*)
  from episodes
  where episodes.project_id = project_stats.project_id) + (select count(*)
  from nodes
  where nodes.project_id = project_stats.project_id) + (select count(*)
  from assets
  where assets.project_id = project_stats.project_id) + (select count(*)
  from collections cross join collection_members on collection_members.collection_id = collections.id
  where collections.project_id = project_stats.project_id) as rows))

-- audit.project_stats.rows.mend
update project_stats set (rows) = (select (select count(*)
  from episodes
  where episodes.project_id = project_stats.project_id) + (select count(*)
  from nodes
  where nodes.project_id = project_stats.project_id) + (select count(*)
  from assets
  where assets.project_id = project_stats.project_id) + (select count(*)
  from collections cross join collection_members on collection_members.collection_id = collections.id
  where collections.project_id = project_stats.project_id) as rows)
  where project_stats.project_id in (select value
  from json_each(?1, '$.keys')) and ((project_stats.rows) <> (select (select count(*)
  from episodes
  where episodes.project_id = project_stats.project_id) + (select count(*)
  from nodes
  where nodes.project_id = project_stats.project_id) + (select count(*)
  from assets
  where assets.project_id = project_stats.project_id) + (select count(*)
  from collections cross join collection_members on collection_members.collection_id = collections.id
  where collections.project_id = project_stats.project_id) as rows))

-- audit.project_stats.rows.reached
with near as materialized (
  select project_stats.project_id as id, max(0, project_stats.rows) as size
  from project_stats
  where project_stats.project_id > ifnull((select walks.position
  from walks
  where walks.name = 'audit.project_stats.rows'), '')
  order by project_stats.project_id limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= :mostCounted)
  select (select max(id)
  from slice) as last, (select count(*)
  from slice
  where size > :mostAlone) as skipped

-- audit.users.drifted
with near as materialized (
  select users.id as id, max(0, users.namespace_count + users.token_count) as size
  from users
  where users.id > ifnull((select walks.position
  from walks
  where walks.name = 'audit.users'), '')
  order by users.id limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= :mostCounted)
  select users.id as id, json_array((select json_object('namespaceCount', json_array(users.namespace_count, truth.namespaceCount))
  from (select (select count(*)
  from members cross join namespaces on namespaces.id = members.namespace_id and namespaces.deleted_at is null
  where members.user_id = users.id) as namespaceCount) as truth), (select json_object('tokenCount', json_array(users.token_count, truth.tokenCount))
  from (select (select count(*)
  from api_tokens
  where api_tokens.user_id = users.id and api_tokens.revoked_at is null) as tokenCount) as truth)) as counters
  from users
  where users.id in (select id
  from slice
  where size <= :mostAlone) and ((users.namespace_count) <> (select (select count(*)
  from members cross join namespaces on namespaces.id = members.namespace_id and namespaces.deleted_at is null
  where members.user_id = users.id) as namespaceCount) or (users.token_count) <> (select (select count(*)
  from api_tokens
  where api_tokens.user_id = users.id and api_tokens.revoked_at is null) as tokenCount))

-- audit.users.mend
update users set (namespace_count) = (select (select count(*)
  from members cross join namespaces on namespaces.id = members.namespace_id and namespaces.deleted_at is null
  where members.user_id = users.id) as namespaceCount), (token_count) = (select (select count(*)
  from api_tokens
  where api_tokens.user_id = users.id and api_tokens.revoked_at is null) as tokenCount)
  where users.id in (select value
  from json_each(?1, '$.keys')) and ((users.namespace_count) <> (select (select count(*)
  from members cross join namespaces on namespaces.id = members.namespace_id and namespaces.deleted_at is null
  where members.user_id = users.id) as namespaceCount) or (users.token_count) <> (select (select count(*)
  from api_tokens
  where api_tokens.user_id = users.id and api_tokens.revoked_at is null) as tokenCount))

-- audit.users.reached
with near as materialized (
  select users.id as id, max(0, users.namespace_count + users.token_count) as size
  from users
  where users.id > ifnull((select walks.position
  from walks
  where walks.name = 'audit.users'), '')
  order by users.id limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= :mostCounted)
  select (select max(id)
  from slice) as last, (select count(*)
  from slice
  where size > :mostAlone) as skipped
