-- collections.markTrashed
update collections set deleted_at = :now, deletion_id = :deletionId
 where collections.id = (select deletions.item_id from deletions where deletions.id = :deletionId) and collections.deleted_at is null

-- collections.restore
with <trash.undone> update collections set deleted_at = null, deletion_id = null, name = ifnull(:newName, collections.name), updated_at = iif(:isRenamed, :now, collections.updated_at), updated_request = iif(:isRenamed, :mark, collections.updated_request), renamed_request = iif(:isRenamed, null, collections.renamed_request), version = collections.version + 1
 where collections.id = (select item_id from undone) and collections.deletion_id = (select id from undone)

-- collections.trash, permitted by collections.trashing
insert into deletions (id, namespace_id, project_id, kind, item_id, name, deleted_at, deleted_by, request)
 select :deletionId, permit.namespace_id, permit.project_id, 'collection', collections.id, collections.name, :now, permit.user_id, :repeatable
 from permit cross join target cross join collections on collections.id = target.id

-- collections.trashed, judged by collections.trashing
<deletion>
