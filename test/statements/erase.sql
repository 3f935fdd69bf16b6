-- erase.apiTokens.ofNamespace
with <erase.namespace> delete
 from api_tokens
 where (api_tokens.id) in (
 select api_tokens.id
 from namespace cross join api_tokens on api_tokens.namespace_id = namespace.id
 where true limit :rows)

-- erase.apiTokens.ofPlace
with <erase.projects> delete
 from api_tokens
 where api_tokens.id in (select api_tokens.id
 from project cross join api_tokens on api_tokens.project_id = project.id
 where true limit :rows)

-- erase.assets
<erase.assets.slice> delete
 from assets
 where assets.id in (select key from slice)

-- erase.assets.count
<erase.assets.slice> update purges set rows = purges.rows + found.count
 from (select deletion_id, count(*) as count from slice group by deletion_id) as found
 where purges.deletion_id = found.deletion_id

-- erase.assets.ofPlace
with <erase.projects> delete
 from assets
 where assets.id in (select assets.id
 from project cross join assets on assets.project_id = project.id
 where true limit :rows)

-- erase.assets.release
<erase.assets.release.slice> update objects set released_by = slice.deletion_id
 from slice
 where objects.id = slice.object_id

-- erase.collections
<erase.collections.slice> delete
 from collections
 where collections.id in (select key from slice)

-- erase.collections.count
<erase.collections.slice> update purges set rows = purges.rows + found.count
 from (select deletion_id, count(*) as count from slice group by deletion_id) as found
 where purges.deletion_id = found.deletion_id

-- erase.collections.ofPlace
with <erase.projects> delete
 from collections
 where collections.id in (select collections.id
 from project cross join collections on collections.project_id = project.id
 where true limit :rows) and not exists (select 1 from collection_members where collection_members.collection_id = collections.id)

-- erase.datasets
<erase.datasets.slice> delete
 from datasets
 where datasets.id in (select key from slice)

-- erase.datasets.count
<erase.datasets.slice> update purges set rows = purges.rows + found.count
 from (select deletion_id, count(*) as count from slice group by deletion_id) as found
 where purges.deletion_id = found.deletion_id

-- erase.datasets.ofPlace
with <erase.projects> delete
 from datasets
 where datasets.id in (select datasets.id
 from project cross join datasets on datasets.project_id = project.id
 where not exists (select 1 from collections where collections.dataset_id = datasets.id) limit :rows)

-- erase.deletions.ofNamespace
with <erase.namespace> delete
 from deletions
 where (deletions.id) in (
 select deletions.id
 from namespace cross join deletions on deletions.namespace_id = namespace.id
 where deletions.project_id is null and deletions.purging = 0 limit :rows)

-- erase.deletions.ofPlace
with <erase.projects> delete
 from deletions
 where deletions.id in (select deletions.id
 from project cross join deletions on deletions.project_id = project.id
 where deletions.purging = 0 limit :rows)

-- erase.deletionsOfProjects
with <erase.projects> delete
 from deletions
 where deletions.purging = 0 and deletions.id in (
 select projects.deletion_id
 from project cross join projects on projects.id = project.id
 where not exists (select 1 from assets where assets.project_id = projects.id) and not exists (select 1 from nodes where nodes.project_id = projects.id) and not exists (select 1 from episodes where episodes.project_id = projects.id) and not exists (select 1 from collections where collections.project_id = projects.id) and not exists (select 1 from datasets where datasets.project_id = projects.id) and not exists (select 1 from deletions where deletions.project_id = projects.id and deletions.purging = 0) and not exists (select 1 from api_tokens where api_tokens.project_id = projects.id))

-- erase.departures.ofNamespace
with <erase.namespace> delete
 from departures
 where (departures.user_id, departures.namespace_id) in (
 select departures.user_id, departures.namespace_id
 from namespace cross join departures on departures.namespace_id = namespace.id
 where true limit :rows)

-- erase.end
with <erase.target> delete
 from deletions
 where deletions.id in (
 select target.id
 from target cross join purges on purges.deletion_id = target.id
 where purges.finished_at is not null)

-- erase.endPlace
delete
 from deletions
 where deletions.id = :place and exists (select 1 from purges where purges.deletion_id = :place and purges.finished_at is not null)

-- erase.episodes
<erase.episodes.slice> delete
 from episodes
 where episodes.id in (select key from slice)

-- erase.episodes.count
<erase.episodes.slice> update purges set rows = purges.rows + found.count
 from (select deletion_id, count(*) as count from slice group by deletion_id) as found
 where purges.deletion_id = found.deletion_id

-- erase.episodes.ofPlace
with <erase.projects> delete
 from episodes
 where episodes.id in (select episodes.id
 from project cross join episodes on episodes.project_id = project.id
 where true limit :rows)

-- erase.finish
with <erase.target> update purges set finished_at = :now
 where purges.deletion_id in (select target.id
 from target
 where not exists (select 1 from assets where assets.deletion_id = target.id) and not exists (select 1 from nodes where nodes.deletion_id = target.id) and not exists (select 1 from episodes where episodes.deletion_id = target.id) and not exists (select 1 from collections where collections.deletion_id = target.id) and not exists (select 1 from datasets where datasets.deletion_id = target.id) and not exists (select 1 from collections where collections.detached_by = target.id)) and purges.finished_at is null

-- erase.finishPlace
update purges set finished_at = :now
 where purges.deletion_id = :place and purges.finished_at is null and not exists (select 1
 from deletions as own join projects on projects.id = own.item_id
 where own.id = :place and own.kind = 'project') and not exists (select 1
 from deletions as own join namespaces on namespaces.id = own.item_id
 where own.id = :place and own.kind = 'namespace')

-- erase.formerSlugs.ofNamespace
with <erase.namespace> delete
 from former_slugs
 where (former_slugs.slug) in (
 select former_slugs.slug
 from namespace cross join former_slugs on former_slugs.namespace_id = namespace.id
 where true limit :rows)

-- erase.inside
with <erase.target> update deletions set purging = 1, turn = 0
 where deletions.id in (select nested.id
 from target cross join episodes on episodes.id in (select episodes.id as id from episodes where episodes.deletion_id = target.id limit 20) cross join deletions as nested on nested.container_id = episodes.id and (nested.purging = 0 or nested.turn <> 0) and nested.phase is not 'restoring' limit :rows)

-- erase.inside.open
with <erase.target> insert into purges (id, namespace_id, project_id, deletion_id, kind, item_id, name, rule, started_at)
 select printf('%012x', :now) || '000' || substr(lower(hex(randomblob(5))), 2), deletions.namespace_id, deletions.project_id, deletions.id, deletions.kind, deletions.item_id, deletions.name, 'container', :now
 from deletions
 where deletions.id in (select nested.id
 from target cross join episodes on episodes.id in (select episodes.id as id from episodes where episodes.deletion_id = target.id limit 20) cross join deletions as nested on nested.container_id = episodes.id and (nested.purging = 0 or nested.turn <> 0) and nested.phase is not 'restoring' limit :rows)
 on conflict (deletion_id)
 where deletion_id is not null do nothing

-- erase.insideAssets
<erase.insideAssets.slice> delete
 from assets
 where assets.id in (select key from slice)

-- erase.insideAssets.count
<erase.insideAssets.slice> update purges set rows = purges.rows + found.count
 from (select deletion_id, count(*) as count from slice group by deletion_id) as found
 where purges.deletion_id = found.deletion_id

-- erase.insideAssets.release
<erase.insideAssets.release.slice> update objects set released_by = slice.deletion_id
 from slice
 where objects.id = slice.object_id

-- erase.insideNodes
<erase.insideNodes.slice> delete
 from nodes
 where nodes.id in (select key from slice)

-- erase.insideNodes.count
<erase.insideNodes.slice> update purges set rows = purges.rows + found.count
 from (select deletion_id, count(*) as count from slice group by deletion_id) as found
 where purges.deletion_id = found.deletion_id

-- erase.left
with <erase.target>
 select (select target.id
 from target
 where not exists (
 select 1
 from (select episodes.id as id from episodes where episodes.deletion_id = target.id limit 20) as around cross join deletions as nested on nested.container_id = around.id and nested.phase is not null) limit 1) as first, case
 when <erase.links.isFound> then 'links'
 when <erase.datasets.isFound> then 'datasets'
 when exists (select nested.id
 from target cross join episodes on episodes.id in (select episodes.id as id from episodes where episodes.deletion_id = target.id limit 20) cross join deletions as nested on nested.container_id = episodes.id and (nested.purging = 0 or nested.turn <> 0) and nested.phase is not 'restoring' limit :rows) then 'inside'
 when :done < 3 and <erase.insideAssets.isFound> then 'insideAssets'
 when :done < 4 and <erase.insideNodes.isFound> then 'insideNodes'
 when :done < 5 and <erase.assets.isFound> then 'assets'
 when :done < 6 and <erase.nodes.isFound> then 'nodes'
 when :done < 7 and <erase.episodes.isFound> then 'episodes'
 when :done < 8 and <erase.members.isFound> then 'members'
 when :done < 9 and <erase.collections.isFound> then 'collections'
 when :done < 10 and exists (select 1
 from target
 where not exists (select 1 from assets where assets.deletion_id = target.id) and not exists (select 1 from nodes where nodes.deletion_id = target.id) and not exists (select 1 from episodes where episodes.deletion_id = target.id) and not exists (select 1 from collections where collections.deletion_id = target.id) and not exists (select 1 from datasets where datasets.deletion_id = target.id) and not exists (select 1 from collections where collections.detached_by = target.id)) then 'end'
 when <erase.insideAssets.isFound> then 'insideAssets'
 when <erase.insideNodes.isFound> then 'insideNodes'
 when <erase.assets.isFound> then 'assets'
 when <erase.nodes.isFound> then 'nodes'
 when <erase.episodes.isFound> then 'episodes'
 when <erase.members.isFound> then 'members'
 when <erase.collections.isFound> then 'collections'
 when exists (select 1
 from target
 where not exists (select 1 from assets where assets.deletion_id = target.id) and not exists (select 1 from nodes where nodes.deletion_id = target.id) and not exists (select 1 from episodes where episodes.deletion_id = target.id) and not exists (select 1 from collections where collections.deletion_id = target.id) and not exists (select 1 from datasets where datasets.deletion_id = target.id) and not exists (select 1 from collections where collections.detached_by = target.id)) then 'end'
 when exists (select target.id
 from target
 where not exists (
 select 1
 from (select episodes.id as id from episodes where episodes.deletion_id = target.id limit 20) as around cross join deletions as nested on nested.container_id = around.id and nested.phase is not null)) then 'end' end as phase

-- erase.leftOfPlace
with <erase.projects>, namespace as materialized (select item_id as id from place where kind = 'namespace')
 select case
 when not exists (select 1 from place) then 'gone'
 when exists (select 1 from project cross join assets on assets.project_id = project.id) then 'assets'
 when exists (select 1 from project cross join nodes on nodes.project_id = project.id) then 'nodes'
 when exists (select 1 from project cross join collections on collections.project_id = project.id) then 'collections'
 when exists (select 1 from project cross join datasets on datasets.project_id = project.id) then 'datasets'
 when exists (select 1 from project cross join episodes on episodes.project_id = project.id) then 'episodes'
 when exists (select 1 from project) then 'projects'
 when exists (select 1 from namespace cross join objects on objects.namespace_id = namespace.id) then 'waiting'
 when exists (select 1 from namespace cross join members on members.namespace_id = namespace.id where true) or exists (select 1 from namespace cross join api_tokens on api_tokens.namespace_id = namespace.id where true) or exists (select 1 from namespace cross join departures on departures.namespace_id = namespace.id where true) or exists (select 1
 from namespace cross join former_slugs on former_slugs.namespace_id = namespace.id
 where true) or exists (select 1
 from namespace cross join deletions on deletions.namespace_id = namespace.id
 where deletions.project_id is null and deletions.purging = 0) or exists (select 1 from namespace cross join namespaces on namespaces.id = namespace.id) then 'namespace' else 'end' end as phase

-- erase.links
<erase.links.slice> update collections set detached_by = null
 where collections.id in (select key from slice)

-- erase.members
<erase.members.slice> delete
 from collection_members
 where collection_members.rowid in (select key from slice)

-- erase.members.count
<erase.members.slice> update purges set rows = purges.rows + found.count
 from (select deletion_id, count(*) as count from slice group by deletion_id) as found
 where purges.deletion_id = found.deletion_id

-- erase.members.ofNamespace
with <erase.namespace> delete
 from members
 where (members.user_id, members.namespace_id) in (
 select members.user_id, members.namespace_id
 from namespace cross join members on members.namespace_id = namespace.id
 where true limit :rows)

-- erase.members.ofPlace
with <erase.projects> delete
 from collection_members
 where (collection_members.collection_id, collection_members.member_id) in (
 select collection_members.collection_id, collection_members.member_id
 from (
 select collections.id as id
 from project cross join collections on collections.project_id = project.id limit :rows) as first cross join collection_members on collection_members.collection_id = first.id limit :rows)

-- erase.namespace
with <erase.namespace> delete
 from namespaces
 where namespaces.id = (select id from namespace) and not exists (select 1 from projects where projects.namespace_id = namespaces.id) and not exists (select 1 from objects where objects.namespace_id = namespaces.id) and not exists (select 1 from members where members.namespace_id = namespaces.id) and not exists (select 1 from departures where departures.namespace_id = namespaces.id) and not exists (select 1 from former_slugs where former_slugs.namespace_id = namespaces.id) and not exists (select 1 from api_tokens where api_tokens.namespace_id = namespaces.id)

-- erase.nodes
<erase.nodes.slice> delete
 from nodes
 where nodes.id in (select key from slice)

-- erase.nodes.count
<erase.nodes.slice> update purges set rows = purges.rows + found.count
 from (select deletion_id, count(*) as count from slice group by deletion_id) as found
 where purges.deletion_id = found.deletion_id

-- erase.nodes.ofPlace
with <erase.projects> delete
 from nodes
 where nodes.id in (select nodes.id
 from project cross join nodes on nodes.project_id = project.id
 where true limit :rows)

-- erase.projects
with <erase.projects> delete
 from projects
 where projects.id in (select id from project) and not exists (select 1 from assets where assets.project_id = projects.id) and not exists (select 1 from nodes where nodes.project_id = projects.id) and not exists (select 1 from episodes where episodes.project_id = projects.id) and not exists (select 1 from collections where collections.project_id = projects.id) and not exists (select 1 from datasets where datasets.project_id = projects.id) and not exists (select 1 from deletions where deletions.project_id = projects.id and deletions.purging = 0) and not exists (select 1 from api_tokens where api_tokens.project_id = projects.id)

-- erase.release.ofPlace
with <erase.projects> update objects set released_by = (select id from place)
 where objects.id in (select object_id
 from assets
 where assets.id in (select assets.id
 from project cross join assets on assets.project_id = project.id
 where true limit :rows))
