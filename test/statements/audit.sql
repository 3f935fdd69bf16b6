-- audit.child_counts.compared
<audit.child_counts.slice>
 select child_counts.id as id, json_array((select json_object('nodes', json_array(child_counts.nodes, truth.nodes))
 from (<audit.child_counts.nodes>) as truth)) as counters, null as skipped
 from child_counts
 where child_counts.id in (select id from slice where size <= :mostAlone) and (<audit.child_counts.differs>)
 union all
 select (select max(id) from slice), null, (select count(*) from slice where size > :mostAlone)

-- audit.child_counts.mend
update child_counts set (nodes) = (<audit.child_counts.nodes>)
 where child_counts.id in (select value from each(:keys)) and (<audit.child_counts.differs>)

-- audit.collections.compared
<audit.collections.slice>
 select collections.id as id, json_array((select json_object('memberCount', json_array(collections.member_count, truth.memberCount))
 from (<audit.collections.memberCount>) as truth)) as counters, null as skipped
 from collections
 where collections.id in (select id from slice where size <= :mostAlone) and (<audit.collections.differs>)
 union all
 select (select max(id) from slice), null, (select count(*) from slice where size > :mostAlone)

-- audit.collections.mend
update collections set (member_count) = (<audit.collections.memberCount>)
 where collections.id in (select value from each(:keys)) and (<audit.collections.differs>)

-- audit.datasets.compared
<audit.datasets.slice>
 select datasets.id as id, json_array((select json_object('collectionCount', json_array(datasets.collection_count, truth.collectionCount))
 from (<audit.datasets.collectionCount>) as truth)) as counters, null as skipped
 from datasets
 where datasets.id in (select id from slice where size <= :mostAlone) and (<audit.datasets.differs>)
 union all
 select (select max(id) from slice), null, (select count(*) from slice where size > :mostAlone)

-- audit.datasets.mend
update datasets set (collection_count) = (<audit.datasets.collectionCount>)
 where datasets.id in (select value from each(:keys)) and (<audit.datasets.differs>)

-- audit.episode_stats.compared
<audit.episode_stats.slice>
 select episode_stats.episode_id as id, json_array((select json_object('videos', json_array(episode_stats.videos, truth.videos))
 from (<audit.episode_stats.videos>) as truth), (select json_object('audios', json_array(episode_stats.audios, truth.audios))
 from (<audit.episode_stats.audios>) as truth), (select json_object('labelTracks', json_array(episode_stats.label_tracks, truth.labelTracks))
 from (<audit.episode_stats.labelTracks>) as truth), (select json_object('textTracks', json_array(episode_stats.text_tracks, truth.textTracks))
 from (<audit.episode_stats.textTracks>) as truth), (select json_object('images', json_array(episode_stats.images, truth.images))
 from (<audit.episode_stats.images>) as truth), (select json_object('files', json_array(episode_stats.files, truth.files))
 from (<audit.episode_stats.files>) as truth)) as counters, null as skipped
 from episode_stats
 where episode_stats.episode_id in (select id from slice where size <= :mostAlone) and (<audit.episode_stats.differs>)
 union all
 select (select max(id) from slice), null, (select count(*) from slice where size > :mostAlone)

-- audit.episode_stats.mend
update episode_stats set (videos) = (<audit.episode_stats.videos>), (audios) = (<audit.episode_stats.audios>), (label_tracks) = (<audit.episode_stats.labelTracks>), (text_tracks) = (<audit.episode_stats.textTracks>), (images) = (<audit.episode_stats.images>), (files) = (<audit.episode_stats.files>)
 where episode_stats.episode_id in (select value from each(:keys)) and (<audit.episode_stats.differs>)

-- audit.measured
select (<audit.episode_stats.slice> select ifnull(sum(size + 9), 0) from slice where size <= :mostAlone) as "audit.episode_stats", (<audit.project_stats.slice> select ifnull(sum(size + 9), 0) from slice where size <= :mostAlone) as "audit.project_stats", (<audit.project_stats.rows.slice>
 select ifnull(sum(size + 9), 0)
 from slice
 where size <= :mostAlone) as "audit.project_stats.rows", (<audit.namespace_stats.slice> select ifnull(sum(size + 9), 0) from slice where size <= :mostAlone) as "audit.namespace_stats", (<audit.namespace_stats.quotas.slice>
 select ifnull(sum(size + 9), 0)
 from slice
 where size <= :mostAlone) as "audit.namespace_stats.quotas", (<audit.datasets.slice> select ifnull(sum(size + 9), 0) from slice where size <= :mostAlone) as "audit.datasets", (<audit.collections.slice> select ifnull(sum(size + 9), 0) from slice where size <= :mostAlone) as "audit.collections", (<audit.child_counts.slice> select ifnull(sum(size + 9), 0) from slice where size <= :mostAlone) as "audit.child_counts", (<audit.objects.slice> select ifnull(sum(size + 9), 0) from slice where size <= :mostAlone) as "audit.objects", (<audit.users.slice> select ifnull(sum(size + 9), 0) from slice where size <= :mostAlone) as "audit.users"

-- audit.namespace_stats.compared
<audit.namespace_stats.slice>
 select namespace_stats.namespace_id as id, json_array((select json_object('members', json_array(namespace_stats.members, truth.members))
 from (<audit.namespace_stats.members>) as truth), (select json_object('projects', json_array(namespace_stats.projects, truth.projects))
 from (<audit.namespace_stats.projects>) as truth), (select json_object('publicProjects', json_array(namespace_stats.public_projects, truth.publicProjects))
 from (<audit.namespace_stats.publicProjects>) as truth), (select json_object('videos', json_array(namespace_stats.videos, truth.videos))
 from (<audit.namespace_stats.videos>) as truth), (select json_object('audios', json_array(namespace_stats.audios, truth.audios))
 from (<audit.namespace_stats.audios>) as truth), (select json_object('labelTracks', json_array(namespace_stats.label_tracks, truth.labelTracks))
 from (<audit.namespace_stats.labelTracks>) as truth), (select json_object('textTracks', json_array(namespace_stats.text_tracks, truth.textTracks))
 from (<audit.namespace_stats.textTracks>) as truth), (select json_object('images', json_array(namespace_stats.images, truth.images))
 from (<audit.namespace_stats.images>) as truth), (select json_object('files', json_array(namespace_stats.files, truth.files))
 from (<audit.namespace_stats.files>) as truth), (select json_object('protectedEpisodes', json_array(namespace_stats.protected_episodes, truth.protectedEpisodes))
 from (<audit.namespace_stats.protectedEpisodes>) as truth), (select json_object('trashed', json_array(namespace_stats.trashed, truth.trashed))
 from (<audit.namespace_stats.trashed>) as truth), (select json_object('purges', json_array(namespace_stats.purges, truth.purges))
 from (<audit.namespace_stats.purges>) as truth)) as counters, null as skipped
 from namespace_stats
 where namespace_stats.namespace_id in (select id from slice where size <= :mostAlone) and (<audit.namespace_stats.differs>)
 union all
 select (select max(id) from slice), null, (select count(*) from slice where size > :mostAlone)

-- audit.namespace_stats.mend
update namespace_stats set (members) = (<audit.namespace_stats.members>), (projects) = (<audit.namespace_stats.projects>), (public_projects) = (<audit.namespace_stats.publicProjects>), (videos) = (<audit.namespace_stats.videos>), (audios) = (<audit.namespace_stats.audios>), (label_tracks) = (<audit.namespace_stats.labelTracks>), (text_tracks) = (<audit.namespace_stats.textTracks>), (images) = (<audit.namespace_stats.images>), (files) = (<audit.namespace_stats.files>), (protected_episodes) = (<audit.namespace_stats.protectedEpisodes>), (trashed) = (<audit.namespace_stats.trashed>), (purges) = (<audit.namespace_stats.purges>)
 where namespace_stats.namespace_id in (select value from each(:keys)) and (<audit.namespace_stats.differs>)

-- audit.namespace_stats.quotas.compared
<audit.namespace_stats.quotas.slice>
 select namespace_stats.namespace_id as id, json_array((select json_object('rows', json_array(namespace_stats.rows, truth.rows))
 from (<audit.namespace_stats.quotas.rows>) as truth), (select json_object('bytes', json_array(namespace_stats.bytes, truth.bytes))
 from (<audit.namespace_stats.quotas.bytes>) as truth)) as counters, null as skipped
 from namespace_stats
 where namespace_stats.namespace_id in (select id from slice where size <= :mostAlone) and (<audit.namespace_stats.quotas.differs>)
 union all
 select (select max(id) from slice), null, (select count(*) from slice where size > :mostAlone)

-- audit.namespace_stats.quotas.mend
update namespace_stats set (rows) = (<audit.namespace_stats.quotas.rows>), (bytes) = (<audit.namespace_stats.quotas.bytes>)
 where namespace_stats.namespace_id in (select value from each(:keys)) and (<audit.namespace_stats.quotas.differs>)

-- audit.objects.compared
<audit.objects.slice>
 select objects.id as id, json_array((select json_object('assetCount', json_array(objects.asset_count, truth.assetCount))
 from (<audit.objects.assetCount>) as truth)) as counters, null as skipped
 from objects
 where objects.id in (select id from slice where size <= :mostAlone) and (<audit.objects.differs>)
 union all
 select (select max(id) from slice), null, (select count(*) from slice where size > :mostAlone)

-- audit.objects.mend
update objects set (asset_count) = (<audit.objects.assetCount>)
 where objects.id in (select value from each(:keys)) and (<audit.objects.differs>)

-- audit.project_stats.compared
<audit.project_stats.slice>
 select project_stats.project_id as id, json_array((select json_object('videos', json_array(project_stats.videos, truth.videos), 'audios', json_array(project_stats.audios, truth.audios), 'labelTracks', json_array(project_stats.label_tracks, truth.labelTracks), 'textTracks', json_array(project_stats.text_tracks, truth.textTracks), 'images', json_array(project_stats.images, truth.images), 'files', json_array(project_stats.files, truth.files))
 from (<audit.project_stats.videos+audios+labelTracks+textTracks+images+files>) as truth), (select json_object('episodes', json_array(project_stats.episodes, truth.episodes))
 from (<audit.project_stats.episodes>) as truth), (select json_object('datasets', json_array(project_stats.datasets, truth.datasets))
 from (<audit.project_stats.datasets>) as truth), (select json_object('collections', json_array(project_stats.collections, truth.collections))
 from (<audit.project_stats.collections>) as truth), (select json_object('protectedEpisodes', json_array(project_stats.protected_episodes, truth.protectedEpisodes))
 from (<audit.project_stats.protectedEpisodes>) as truth), (select json_object('trashed', json_array(project_stats.trashed, truth.trashed))
 from (<audit.project_stats.trashed>) as truth)) as counters, null as skipped
 from project_stats
 where project_stats.project_id in (select id from slice where size <= :mostAlone) and (<audit.project_stats.differs>)
 union all
 select (select max(id) from slice), null, (select count(*) from slice where size > :mostAlone)

-- audit.project_stats.mend
update project_stats set (videos, audios, label_tracks, text_tracks, images, files) = (<audit.project_stats.videos+audios+labelTracks+textTracks+images+files>), (episodes) = (<audit.project_stats.episodes>), (datasets) = (<audit.project_stats.datasets>), (collections) = (<audit.project_stats.collections>), (protected_episodes) = (<audit.project_stats.protectedEpisodes>), (trashed) = (<audit.project_stats.trashed>)
 where project_stats.project_id in (select value from each(:keys)) and (<audit.project_stats.differs>)

-- audit.project_stats.rows.compared
<audit.project_stats.rows.slice>
 select project_stats.project_id as id, json_array((select json_object('rows', json_array(project_stats.rows, truth.rows))
 from (<audit.project_stats.rows.rows>) as truth)) as counters, null as skipped
 from project_stats
 where project_stats.project_id in (select id from slice where size <= :mostAlone) and (<audit.project_stats.rows.differs>)
 union all
 select (select max(id) from slice), null, (select count(*) from slice where size > :mostAlone)

-- audit.project_stats.rows.mend
update project_stats set (rows) = (<audit.project_stats.rows.rows>)
 where project_stats.project_id in (select value from each(:keys)) and (<audit.project_stats.rows.differs>)

-- audit.users.compared
<audit.users.slice>
 select users.id as id, json_array((select json_object('namespaceCount', json_array(users.namespace_count, truth.namespaceCount))
 from (<audit.users.namespaceCount>) as truth), (select json_object('tokenCount', json_array(users.token_count, truth.tokenCount))
 from (<audit.users.tokenCount>) as truth)) as counters, null as skipped
 from users
 where users.id in (select id from slice where size <= :mostAlone) and (<audit.users.differs>)
 union all
 select (select max(id) from slice), null, (select count(*) from slice where size > :mostAlone)

-- audit.users.mend
update users set (namespace_count) = (<audit.users.namespaceCount>), (token_count) = (<audit.users.tokenCount>)
 where users.id in (select value from each(:keys)) and (<audit.users.differs>)
