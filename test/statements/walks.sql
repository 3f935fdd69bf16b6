-- walks.note.audit.collections
insert into walks (name, position)
 select 'audit.collections', :position
 where true
 on conflict (name) do update set position = excluded.position

-- walks.note.audit.datasets
insert into walks (name, position)
 select 'audit.datasets', :position
 where true
 on conflict (name) do update set position = excluded.position

-- walks.note.audit.episode_stats
insert into walks (name, position)
 select 'audit.episode_stats', :position
 where true
 on conflict (name) do update set position = excluded.position

-- walks.note.audit.namespace_stats
insert into walks (name, position)
 select 'audit.namespace_stats', :position
 where true
 on conflict (name) do update set position = excluded.position

-- walks.note.audit.namespace_stats.quotas
insert into walks (name, position)
 select 'audit.namespace_stats.quotas', :position
 where true
 on conflict (name) do update set position = excluded.position

-- walks.note.audit.objects
insert into walks (name, position)
 select 'audit.objects', :position
 where true
 on conflict (name) do update set position = excluded.position

-- walks.note.audit.project_stats
insert into walks (name, position)
 select 'audit.project_stats', :position
 where true
 on conflict (name) do update set position = excluded.position

-- walks.note.audit.project_stats.rows
insert into walks (name, position)
 select 'audit.project_stats.rows', :position
 where true
 on conflict (name) do update set position = excluded.position

-- walks.note.audit.users
insert into walks (name, position)
 select 'audit.users', :position
 where true
 on conflict (name) do update set position = excluded.position

-- walks.note.bucket
insert into walks (name, position)
 select 'bucket', :position
 where true
 on conflict (name) do update set position = excluded.position

-- walks.note.steps
insert into walks (name, position)
 select 'steps', :position
 where true
 on conflict (name) do update set position = excluded.position

-- walks.note.turn.items
insert into walks (name, position)
 select 'turn.items', :position
 where true
 on conflict (name) do update set position = excluded.position

-- walks.note.turn.objects
insert into walks (name, position)
 select 'turn.objects', :position
 where true
 on conflict (name) do update set position = excluded.position

-- walks.note.turn.places
insert into walks (name, position)
 select 'turn.places', :position
 where true
 on conflict (name) do update set position = excluded.position

-- walks.note.turn.underWay
insert into walks (name, position)
 select 'turn.underWay', :position
 where true
 on conflict (name) do update set position = excluded.position

-- walks.read.audit.collections
select ifnull((select walks.position from walks where walks.name = 'audit.collections'), '') as position

-- walks.read.audit.datasets
select ifnull((select walks.position from walks where walks.name = 'audit.datasets'), '') as position

-- walks.read.audit.episode_stats
select ifnull((select walks.position from walks where walks.name = 'audit.episode_stats'), '') as position

-- walks.read.audit.namespace_stats
select ifnull((select walks.position from walks where walks.name = 'audit.namespace_stats'), '') as position

-- walks.read.audit.namespace_stats.quotas
select ifnull((select walks.position from walks where walks.name = 'audit.namespace_stats.quotas'), '') as position

-- walks.read.audit.objects
select ifnull((select walks.position from walks where walks.name = 'audit.objects'), '') as position

-- walks.read.audit.project_stats
select ifnull((select walks.position from walks where walks.name = 'audit.project_stats'), '') as position

-- walks.read.audit.project_stats.rows
select ifnull((select walks.position from walks where walks.name = 'audit.project_stats.rows'), '') as position

-- walks.read.audit.users
select ifnull((select walks.position from walks where walks.name = 'audit.users'), '') as position

-- walks.read.bucket
select ifnull((select walks.position from walks where walks.name = 'bucket'), '') as position

-- walks.read.steps
select ifnull((select walks.position from walks where walks.name = 'steps'), '') as position

-- walks.read.turn.items
select ifnull((select walks.position from walks where walks.name = 'turn.items'), '') as position

-- walks.read.turn.objects
select ifnull((select walks.position from walks where walks.name = 'turn.objects'), '') as position

-- walks.read.turn.places
select ifnull((select walks.position from walks where walks.name = 'turn.places'), '') as position

-- walks.read.turn.underWay
select ifnull((select walks.position from walks where walks.name = 'turn.underWay'), '') as position
