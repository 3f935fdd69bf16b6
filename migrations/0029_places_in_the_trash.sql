-- What is in the trash stands outside of its members' lists, wherever it stood: a page of the rest reads none of it.
UPDATE members SET prominence = prominence - 10
WHERE prominence >= 0 AND namespace_id IN (SELECT id FROM namespaces WHERE deleted_at IS NOT NULL);
--> statement-breakpoint
CREATE TRIGGER namespaces_listed AFTER UPDATE OF deleted_at ON namespaces
WHEN (new.deleted_at IS NULL) <> (old.deleted_at IS NULL) BEGIN
  UPDATE members SET prominence = prominence + iif(new.deleted_at IS NULL, 10, -10) WHERE namespace_id = new.id;
END;
