-- members.depart, permitted by members.removing
insert into departures (user_id, namespace_id, request, departed_at)
 select member.id, permit.namespace_id, :mark, :now
 from permit cross join member
 where true
 on conflict (user_id, namespace_id) do update set request = excluded.request, departed_at = excluded.departed_at

-- members.listed, consulted by members.listing
select standing.refusal as refusal, iif(standing.refusal is null, (select namespace_stats.members
 from namespace_stats
 where namespace_stats.namespace_id = standing.namespace_id), null) as count, true as is_counted, null as id, null as body
 from verdict as standing
 union all
 select null, null, null, id, body
 from (select members.user_id as id, json_object('username', (select home.slug from namespaces as home where home.id = users.home_id), 'name', iif(members.prominence > 0 or users.id = (select user_id from permit), users.name, null), 'role', case members.role
 when 1 then 'reader'
 when 2 then 'writer'
 when 3 then 'owner' end, 'createdAt', iso(members.created_at)) as body
 from members cross join users on users.id = members.user_id
 where members.namespace_id = (select namespace_id from permit) and members.user_id < :before
 order by members.user_id desc limit iif(:offset > 0 and (:offset >= (select (select namespace_stats.members
 from namespace_stats
 where namespace_stats.namespace_id = standing.namespace_id)
 from permit as standing) or :offset > 100000), 0, :limit + 1) offset :offset)

-- members.remove, permitted by members.removing
delete
 from members
 where members.user_id = (select member.id from member cross join permit) and members.namespace_id = (select namespace_id from permit)

-- members.removed, judged by members.removing
select standing.refusal as refusal
 from verdict as standing

-- members.set, permitted by members.setting
insert into members (user_id, namespace_id, role, created_at, created_request, updated_request)
 select member.id, permit.namespace_id, :rank, :now, :mark, :mark
 from permit cross join member
 where true
 on conflict (user_id, namespace_id) do update set role = excluded.role, created_request = null, updated_request = :mark

-- members.wasSet, judged by members.setting
select standing.refusal as refusal, members.user_id as id, 1 as version, members.created_request = :mark as created, json_object('username', (select home.slug from namespaces as home where home.id = users.home_id), 'name', iif(members.prominence > 0 or users.id = standing.user_id, users.name, null), 'role', case members.role
 when 1 then 'reader'
 when 2 then 'writer'
 when 3 then 'owner' end, 'createdAt', iso(members.created_at)) as body
 from verdict as standing
 left join member
 left join users on users.id = iif(standing.refusal is null, member.id, null)
 left join members on members.user_id = users.id and members.namespace_id = standing.namespace_id
