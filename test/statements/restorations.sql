-- restorations.endDeletion
with undone as materialized (
  select deletions.id as id, deletions.kind as kind, deletions.item_id as item_id, deletions.project_id as project_id
  from restorations cross join deletions on deletions.id = restorations.id
  where restorations.id = :deletionId and restorations.request = :mark) delete
  from deletions
  where deletions.id = (select id
  from undone) and deletions.phase is null
