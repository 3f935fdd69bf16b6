-- projects.create, permitted by projects.creating
insert into projects (id, namespace_id, name, slug, description, tags, metadata, visibility, created_at, updated_at, created_by, created_by_token, created_request, updated_request)
 select :id, permit.namespace_id, :name, :slug, :description, ifnull(:tags, '[]'), :metadata, :visibility, :now, :now, permit.user_id, permit.token_id, :repeatable, :mark
 from permit

-- projects.created, judged by projects.creating
select standing.refusal as refusal, projects.id as id, projects.version as version, 1 as created, iif(<isBlind>, json_object('id', projects.id, 'name', projects.name), <projectJson>) as body
 from verdict as standing
 left join projects on projects.id = iif(standing.refusal is null, (select id from earlier), null)

-- projects.keep.created, consulted by projects.creating
insert or replace into idempotency_keys (id, fingerprint, attempt, place_id, item_id, version, created, body, created_at)
 select :keyId, :fingerprint, :attempt, standing.namespace_id, told.id, told.version, told.created, told.body, :now
 from permit as standing cross join (select standing.refusal as refusal, projects.id as id, projects.version as version, 1 as created, iif(<isBlind>, json_object('id', projects.id, 'name', projects.name), <projectJson>) as body
 from verdict as standing
 left join projects on projects.id = iif(standing.refusal is null, (select id from earlier), null)) as told
 where :keyId is not null and not exists (select 1 from kept where is_here)

-- projects.listed, consulted by projects.listing
select standing.refusal as refusal, iif(standing.refusal is null, (select iif(standing.is_member, namespace_stats.projects, namespace_stats.public_projects)
 from namespace_stats
 where namespace_stats.namespace_id = standing.namespace_id), null) as count, standing.is_member as is_counted, null as id, null as body
 from verdict as standing
 union all
 select null, null, null, id, body
 from (select *
 from (
 select projects.id as id, <projectJson> as body
 from projects
 where projects.namespace_id = ( select iif(is_member = 1, namespace_id, null) from permit) and projects.deleted_at is null and projects.id < :before
 order by projects.id desc limit iif(:offset > 0 and (:offset >= (select (select iif(standing.is_member, namespace_stats.projects, namespace_stats.public_projects)
 from namespace_stats
 where namespace_stats.namespace_id = standing.namespace_id)
 from permit as standing) or :offset > 100000), 0, :limit + 1) offset :offset)
 union all
 select *
 from (
 select projects.id as id, <projectJson> as body
 from projects
 where projects.namespace_id = ( select iif(is_member = 0, namespace_id, null) from permit) and projects.deleted_at is null and projects.deleted_at is null and projects.visibility = 'public' and projects.id < :before
 order by projects.id desc limit iif(:offset > 0 and (:offset >= (select (select iif(standing.is_member, namespace_stats.projects, namespace_stats.public_projects)
 from namespace_stats
 where namespace_stats.namespace_id = standing.namespace_id)
 from permit as standing) or :offset > 100000), 0, :limit + 1) offset :offset))

-- projects.markTrashed
update projects set deleted_at = :now, deletion_id = :deletionId
 where projects.id = (select deletions.item_id from deletions where deletions.id = :deletionId) and projects.deleted_at is null

-- projects.read, judged by projects.reading
select standing.refusal as refusal, projects.id as id, projects.version as version, 0 as created, (select json_object('id', projects.id, 'name', projects.name, 'slug', projects.slug, 'description', projects.description, 'tags', json(projects.tags), 'metadata', json(projects.metadata), 'visibility', projects.visibility, 'createdAt', iso(projects.created_at), 'updatedAt', iso(projects.updated_at), 'episodes', project_stats.episodes, 'datasets', project_stats.datasets, 'collections', project_stats.collections, 'assets', json_object('videos', project_stats.videos, 'audio', project_stats.audios, 'labelTracks', project_stats.label_tracks, 'textTracks', project_stats.text_tracks, 'images', project_stats.images, 'files', project_stats.files))
 from project_stats
 where project_stats.project_id = projects.id) as body
 from verdict as standing
 left join projects on projects.id = iif(standing.refusal is null, standing.project_id, null)

-- projects.recalled.creating, judged by projects.creating
select standing.refusal as refusal, kept.item_id as id, kept.version as version, kept.created as created, kept.body as body, kept.attempt <> :attempt as is_replayed
 from verdict as standing
 left join kept

-- projects.restore
with <trash.undone> update projects set deleted_at = null, deletion_id = null, slug = ifnull(:slug, projects.slug), updated_at = iif((:slug <> projects.slug), :now, projects.updated_at), updated_request = iif((:slug <> projects.slug), :mark, projects.updated_request), renamed_request = iif((:slug <> projects.slug), null, projects.renamed_request), version = projects.version + 1
 where projects.id = (select item_id from undone where kind = 'project')

-- projects.trash, permitted by projects.trashing
insert into deletions (id, namespace_id, project_id, kind, item_id, name, deleted_at, deleted_by, request)
 select :deletionId, permit.namespace_id, null, 'project', projects.id, projects.name, :now, permit.user_id, :repeatable
 from permit cross join projects on projects.id = permit.project_id

-- projects.trashed, judged by projects.trashing
<deletion>

-- projects.update, permitted by projects.updating
update projects set slug = case
 when :newSlug? then :newSlug else projects.slug end, description = case
 when :description? then :description else projects.description end, tags = case
 when :tags? then :tags else projects.tags end, metadata = case
 when not :metadata? then projects.metadata
 when :isMerging and :metadata is not null then json_patch(ifnull(projects.metadata, '{}'), :metadata) else :metadata end, name = case
 when :name? then :name else projects.name end, visibility = case
 when :visibility? then :visibility else projects.visibility end, renamed_request = case
 when :newSlug <> projects.slug then :mark else projects.renamed_request end, updated_at = :now, updated_request = :mark, version = projects.version + 1
 where projects.id = (select project_id from permit)

-- projects.updated, judged by projects.updating
select standing.refusal as refusal, projects.id as id, projects.version as version, 0 as created, iif(<isBlind>, json_object('id', projects.id, 'name', projects.name), <projectJson>) as body
 from verdict as standing
 left join projects on projects.id = iif(standing.refusal is null, standing.project_id, null)
