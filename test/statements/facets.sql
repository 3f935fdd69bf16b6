-- facets.add
insert into facets (project_id, key, value, episode_id)
 select *
 from (select project_id, key, value, episode_id
 from facets_of_episodes
 where id in (select episodes.id as id
 from episodes
 where episodes.id > ifnull((select walks.position from walks where walks.name = 'facets'), '')
 order by episodes.id limit :most))
 where true
 on conflict do nothing

-- facets.compare
with nearby as materialized (
 select facet_counts.project_id as project_id, facet_counts.key as key, facet_counts.value as value, facet_counts.n as n, facet_counts.size as size, json_array(hex(facet_counts.project_id), facet_counts.key, typeof(facet_counts.value), case typeof(facet_counts.value)
 when 'text' then hex(facet_counts.value)
 when 'blob' then hex(facet_counts.value) else quote(facet_counts.value) end) as position
 from facet_counts
 where (facet_counts.project_id, facet_counts.key, facet_counts.value) > ( ifnull(unhex((select nullif(ifnull((select walks.position from walks where walks.name = 'facets.counts'), ''), '')) ->> '$[0]'), x''), ifnull((select nullif(ifnull((select walks.position from walks where walks.name = 'facets.counts'), ''), '')) ->> '$[1]', ''), case (select nullif(ifnull((select walks.position from walks where walks.name = 'facets.counts'), ''), '')) ->> '$[2]'
 when 'text' then cast(unhex((select nullif(ifnull((select walks.position from walks where walks.name = 'facets.counts'), ''), '')) ->> '$[3]') as text)
 when 'blob' then unhex((select nullif(ifnull((select walks.position from walks where walks.name = 'facets.counts'), ''), '')) ->> '$[3]')
 when 'integer' then cast((select nullif(ifnull((select walks.position from walks where walks.name = 'facets.counts'), ''), '')) ->> '$[3]' as integer)
 when 'real' then cast((select nullif(ifnull((select walks.position from walks where walks.name = 'facets.counts'), ''), '')) ->> '$[3]' as real) else -9e999 end)
 order by facet_counts.project_id, facet_counts.key, facet_counts.value limit :most), slice as materialized (select *
 from (select *, sum(n) over (rows unbounded preceding) - n as before from nearby)
 where before <= :mostCounted), counted as materialized (select *, iif(n <= :mostAlone, (select count(*)
 from facets cross join episodes on episodes.id = lower(hex(facets.episode_id))
 where facets.project_id = slice.project_id and facets.key = slice.key and facets.value = slice.value and episodes.deleted_at is null), null) as truth
 from slice)
 select null as position, null as n, null as truth, count(*) filter (where truth is null) as skipped, (select position from slice limit 1 offset (select count(*) from slice) - 1) as last
 from counted
 union all
 select position, n, truth, null, null
 from counted
 where (counted.n <> counted.truth or counted.truth > 0 and counted.size <> cast(log2(counted.truth) as integer))

-- facets.count
insert into facet_counts (project_id, key, value, n, size)
 select facets.project_id, facets.key, facets.value, 0, 0
 from episodes cross join facets on facets.episode_id = unhex(episodes.id)
 where episodes.id in (select episodes.id as id
 from episodes
 where episodes.id > ifnull((select walks.position from walks where walks.name = 'facets'), '')
 order by episodes.id limit :most) and episodes.deleted_at is null and not exists (select 1
 from facet_counts
 where facet_counts.project_id = facets.project_id and facet_counts.key = facets.key and facet_counts.value = facets.value)
 on conflict do nothing

-- facets.examine
with slice as materialized (select episodes.id as id
 from episodes
 where episodes.id > ifnull((select walks.position from walks where walks.name = 'facets'), '')
 order by episodes.id limit :most), wrong as materialized (select 1
 from (select *
 from (select project_id, key, value, episode_id
 from facets_of_episodes
 where id in (select id from slice)) as right
 where not exists (
 select 1
 from facets
 where (facets.project_id, facets.key, facets.value, facets.episode_id) = (right.project_id, right.key, right.value, right.episode_id)))
 union all
 select 1
 from facets
 where facets.episode_id in (select unhex(id) from (select id from slice)) and (facets.project_id, facets.key, facets.value, facets.episode_id) not in (select project_id, key, value, episode_id
 from facets_of_episodes
 where id in (select id from slice))
 union all
 select 1
 from episodes cross join facets on facets.episode_id = unhex(episodes.id)
 where episodes.id in (select id from slice) and episodes.deleted_at is null and not exists (select 1
 from facet_counts
 where facet_counts.project_id = facets.project_id and facet_counts.key = facets.key and facet_counts.value = facets.value))
 select (select max(id) from slice) as last, (select count(*) from wrong) as wrong, (ifnull((select walks.position from walks where walks.name = 'facets.filled'), '') = 'g') as is_filled, null as id, null as name, null as folded, null as words
 union all
 select null, null, null, episodes.id, episodes.name, episodes.folded_name, episodes.folded_words
 from episodes
 where episodes.id in (select id from slice) and (octet_length(episodes.name) <> length(episodes.name) or episodes.folded_name is not null)

-- facets.listedAlike, consulted by facets.listing
select standing.refusal as refusal, (ifnull((select walks.position from walks where walks.name = 'facets.filled'), '') = 'g') as is_filled, null as body
 from verdict as standing
 union all
 select null, null, json_object('value', iif(typeof(value) = 'blob', json(iif(value = x'01', 'true', 'false')), value), 'count', n)
 from (select value, n
 from (select facet_counts.value as value, facet_counts.n as n
 from facet_counts
 where facet_counts.project_id = (select unhex(project_id) from permit) and facet_counts.key = :key and facet_counts.value >= :from and facet_counts.value < ifnull(:to, x'') limit 10000)
 order by n desc, value limit 1000 + 1)

-- facets.listedKeys, consulted by facets.listing
, found(key) as (select (select min(facet_counts.key)
 from facet_counts
 where facet_counts.project_id = (select unhex(project_id) from permit) and facet_counts.key > 'meta' and facet_counts.key < 'meta/')
 union all
 select (select min(facet_counts.key)
 from facet_counts
 where facet_counts.project_id = (select unhex(project_id) from permit) and facet_counts.key > found.key and facet_counts.key < 'meta/')
 from found
 where found.key is not null limit 1000 + 1)
 select standing.refusal as refusal, (ifnull((select walks.position from walks where walks.name = 'facets.filled'), '') = 'g') as is_filled, null as body
 from verdict as standing
 union all
 select null, null, 'tag'
 where exists (select 1
 from facet_counts
 where facet_counts.project_id = (select unhex(project_id) from permit) and facet_counts.key = 'tag')
 union all
 select null, null, 'status'
 where exists (select 1
 from facet_counts
 where facet_counts.project_id = (select unhex(project_id) from permit) and facet_counts.key = 'status')
 union all
 select null, null, json_quote(key)
 from found
 where key is not null

-- facets.listedValues, consulted by facets.listing
select standing.refusal as refusal, (ifnull((select walks.position from walks where walks.name = 'facets.filled'), '') = 'g') as is_filled, null as body
 from verdict as standing
 union all
 select null, null, json_object('value', iif(typeof(value) = 'blob', json(iif(value = x'01', 'true', 'false')), value), 'count', n)
 from (select value, n
 from (select facet_counts.value as value, facet_counts.n as n
 from facet_counts
 where facet_counts.project_id = (select unhex(project_id) from permit) and facet_counts.key = :key
 order by facet_counts.size desc limit 1000 + 1)
 order by n desc, value limit 1000 + 1)

-- facets.recount
with nearby as materialized (
 select facet_counts.project_id as project_id, facet_counts.key as key, facet_counts.value as value, facet_counts.n as n, facet_counts.size as size, json_array(hex(facet_counts.project_id), facet_counts.key, typeof(facet_counts.value), case typeof(facet_counts.value)
 when 'text' then hex(facet_counts.value)
 when 'blob' then hex(facet_counts.value) else quote(facet_counts.value) end) as position
 from facet_counts
 where (facet_counts.project_id, facet_counts.key, facet_counts.value) > ( ifnull(unhex((select nullif(ifnull((select walks.position from walks where walks.name = 'facets.counts'), ''), '')) ->> '$[0]'), x''), ifnull((select nullif(ifnull((select walks.position from walks where walks.name = 'facets.counts'), ''), '')) ->> '$[1]', ''), case (select nullif(ifnull((select walks.position from walks where walks.name = 'facets.counts'), ''), '')) ->> '$[2]'
 when 'text' then cast(unhex((select nullif(ifnull((select walks.position from walks where walks.name = 'facets.counts'), ''), '')) ->> '$[3]') as text)
 when 'blob' then unhex((select nullif(ifnull((select walks.position from walks where walks.name = 'facets.counts'), ''), '')) ->> '$[3]')
 when 'integer' then cast((select nullif(ifnull((select walks.position from walks where walks.name = 'facets.counts'), ''), '')) ->> '$[3]' as integer)
 when 'real' then cast((select nullif(ifnull((select walks.position from walks where walks.name = 'facets.counts'), ''), '')) ->> '$[3]' as real) else -9e999 end)
 order by facet_counts.project_id, facet_counts.key, facet_counts.value limit :most), slice as materialized (select *
 from (select *, sum(n) over (rows unbounded preceding) - n as before from nearby)
 where before <= :mostCounted), counted as materialized (select *, iif(n <= :mostAlone, (select count(*)
 from facets cross join episodes on episodes.id = lower(hex(facets.episode_id))
 where facets.project_id = slice.project_id and facets.key = slice.key and facets.value = slice.value and episodes.deleted_at is null), null) as truth
 from slice) update facet_counts set n = counted.truth, size = cast(log2(max(counted.truth, 1)) as integer)
 from counted
 where facet_counts.project_id = counted.project_id and facet_counts.key = counted.key and facet_counts.value = counted.value and (counted.n <> counted.truth or counted.truth > 0 and counted.size <> cast(log2(counted.truth) as integer))

-- facets.refold
update episodes set folded_name = right.value ->> 'foldedName', folded_words = right.value ->> 'foldedWords'
 from each(:names) as right
 where episodes.id = right.value ->> 'id' and episodes.name = right.value ->> 'name'

-- facets.remove
delete
 from facets
 where facets.episode_id in (select unhex(id)
 from (select episodes.id as id
 from episodes
 where episodes.id > ifnull((select walks.position from walks where walks.name = 'facets'), '')
 order by episodes.id limit :most)) and (facets.project_id, facets.key, facets.value, facets.episode_id) not in (select project_id, key, value, episode_id
 from facets_of_episodes
 where id in (select episodes.id as id
 from episodes
 where episodes.id > ifnull((select walks.position from walks where walks.name = 'facets'), '')
 order by episodes.id limit :most))
