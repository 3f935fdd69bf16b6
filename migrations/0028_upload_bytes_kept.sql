-- What an upload has put into the bucket counts, also where it was announced without a size and there is no room for it.
DROP TRIGGER objects_inserted;
--> statement-breakpoint
CREATE TRIGGER objects_inserted AFTER INSERT ON objects BEGIN
  UPDATE namespace_stats SET rows = rows + 1, bytes = bytes
    + CASE new.state WHEN 'pending' THEN ifnull(new.announced_size, new.size) WHEN 'complete' THEN new.size WHEN 'purging' THEN new.size ELSE 0 END
  WHERE namespace_id = new.namespace_id;
  UPDATE members SET prominence = 1
  WHERE user_id = new.created_by AND namespace_id = new.namespace_id AND prominence = 0;
END;
--> statement-breakpoint
DROP TRIGGER objects_updated;
--> statement-breakpoint
CREATE TRIGGER objects_updated AFTER UPDATE OF state, size, announced_size ON objects BEGIN
  UPDATE namespace_stats SET bytes = bytes
    + CASE new.state WHEN 'pending' THEN ifnull(new.announced_size, new.size) WHEN 'complete' THEN new.size WHEN 'purging' THEN new.size ELSE 0 END
    - CASE old.state WHEN 'pending' THEN ifnull(old.announced_size, old.size) WHEN 'complete' THEN old.size WHEN 'purging' THEN old.size ELSE 0 END
  WHERE namespace_id = new.namespace_id;
END;
--> statement-breakpoint
DROP TRIGGER objects_deleted;
--> statement-breakpoint
CREATE TRIGGER objects_deleted AFTER DELETE ON objects BEGIN
  UPDATE namespace_stats SET rows = rows - 1, bytes = bytes
    - CASE old.state WHEN 'pending' THEN ifnull(old.announced_size, old.size) WHEN 'complete' THEN old.size WHEN 'purging' THEN old.size ELSE 0 END
  WHERE namespace_id = old.namespace_id;
END;
