-- restorations.endDeletion
with <trash.undone> delete
 from deletions
 where deletions.id = (select id from undone) and deletions.phase is null
