CREATE TRIGGER collections_renamed AFTER UPDATE OF name ON collections
WHEN new.name <> old.name AND old.dataset_id IS NOT NULL BEGIN
  UPDATE datasets SET order_revision = order_revision + 1 WHERE id = old.dataset_id;
END;
