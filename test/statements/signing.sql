-- signing.foundById, consulted by signing.findingById
, row as materialized (select wanted.key as position, (select assets.id
 from assets join projects on projects.id = assets.project_id and projects.deleted_at is null and projects.id = ifnull(standing.token_project_id, projects.id) join namespaces on namespaces.id = projects.namespace_id and namespaces.deleted_at is null and namespaces.id = ifnull(standing.token_namespace_id, namespaces.id)
 where assets.id = wanted.value and assets.deleted_at is null and not exists (
 select 1
 from episodes as around
 where around.id = assets.container_id and around.deleted_at is not null) and (projects.visibility = 'public' or exists (
 select 1
 from members
 where members.user_id = standing.user_id and members.namespace_id = namespaces.id))) as asset_id
 from permit as standing cross join each(:ids) as wanted)
 select standing.refusal as refusal, null as position, null as id, null as name, null as key, null as size, null as content_type
 from verdict as standing
 union all
 select null, row.position, assets.id, assets.name, objects.key, objects.size, <contentTypeOfAsset>
 from row
 left join assets on assets.id = row.asset_id
 left join objects on objects.id = assets.object_id and objects.state = 'complete'

-- signing.foundByName, consulted by signing.findingByName
, row as materialized (select wanted.key as position, iif(:episode is null, (select max((select found.id
 from (
 select assets.id as id, assets.container_id as container_id
 from assets
 where assets.project_id = standing.project_id and assets.kind = kind.value and assets.deleted_at is null and assets.name = wanted.value
 order by assets.id desc limit :namesakes) as found
 where not exists (
 select 1
 from episodes as around
 where around.id = found.container_id and around.deleted_at is not null) limit 1))
 from each(:kinds) as kind), (select max((select assets.id
 from assets
 where assets.container_id = (
 select episodes.id
 from episodes
 where episodes.project_id = standing.project_id and episodes.name = :episode and episodes.deleted_at is null) and assets.kind = kind.value and assets.deleted_at is null and assets.name = wanted.value and assets.name is not null))
 from each(:kinds) as kind)) as asset_id
 from permit as standing cross join each(:names) as wanted)
 select standing.refusal as refusal, null as position, null as id, null as name, null as key, null as size, null as content_type
 from verdict as standing
 union all
 select null, row.position, assets.id, assets.name, objects.key, objects.size, <contentTypeOfAsset>
 from row
 left join assets on assets.id = row.asset_id
 left join objects on objects.id = assets.object_id and objects.state = 'complete'
