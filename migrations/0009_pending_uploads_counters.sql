-- What is pending already is counted before the triggers take over.
INSERT INTO pending_uploads (project_id, holder_id, uploads)
SELECT project_id, holder_id, count(*) FROM (
  SELECT project_id, created_by AS holder_id FROM objects WHERE state = 'pending'
  UNION ALL SELECT project_id, created_by_token FROM objects WHERE state = 'pending')
WHERE project_id IS NOT NULL AND holder_id IS NOT NULL GROUP BY project_id, holder_id;
--> statement-breakpoint
-- An upload counts for its user and, where a token has begun it, for the token. Who has none is not counted.
CREATE TRIGGER objects_announced AFTER INSERT ON objects WHEN new.state = 'pending' AND new.project_id IS NOT NULL BEGIN
  INSERT INTO pending_uploads (project_id, holder_id, uploads)
  SELECT new.project_id, holder_id, 1 FROM (SELECT new.created_by AS holder_id UNION ALL SELECT new.created_by_token)
  WHERE holder_id IS NOT NULL
  ON CONFLICT (project_id, holder_id) DO UPDATE SET uploads = uploads + 1;
END;
--> statement-breakpoint
CREATE TRIGGER objects_settled AFTER UPDATE OF state ON objects
WHEN old.state = 'pending' AND new.state <> 'pending' AND old.project_id IS NOT NULL BEGIN
  UPDATE pending_uploads SET uploads = uploads - 1
  WHERE project_id = old.project_id AND holder_id IN (old.created_by, old.created_by_token);
  DELETE FROM pending_uploads
  WHERE project_id = old.project_id AND holder_id IN (old.created_by, old.created_by_token) AND uploads = 0;
END;
--> statement-breakpoint
CREATE TRIGGER pending_objects_deleted AFTER DELETE ON objects
WHEN old.state = 'pending' AND old.project_id IS NOT NULL BEGIN
  UPDATE pending_uploads SET uploads = uploads - 1
  WHERE project_id = old.project_id AND holder_id IN (old.created_by, old.created_by_token);
  DELETE FROM pending_uploads
  WHERE project_id = old.project_id AND holder_id IN (old.created_by, old.created_by_token) AND uploads = 0;
END;
