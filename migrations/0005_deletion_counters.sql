-- What is there already is counted before the triggers take over.
UPDATE objects SET asset_count = (SELECT count(*) FROM assets WHERE assets.object_id = objects.id);
--> statement-breakpoint
UPDATE deletions SET container_id = (
  SELECT nullif(assets.container_id, assets.project_id) FROM assets WHERE assets.id = deletions.item_id);
--> statement-breakpoint
UPDATE project_stats SET
  trashed = (SELECT count(*) FROM deletions WHERE deletions.project_id = project_stats.project_id),
  protected_episodes = (SELECT count(*) FROM episodes
    WHERE episodes.project_id = project_stats.project_id AND deleted_at IS NULL AND write_protected);
--> statement-breakpoint
UPDATE namespace_stats SET protected_episodes = (
  SELECT ifnull(sum(s.protected_episodes), 0) FROM projects p JOIN project_stats s ON s.project_id = p.id
  WHERE p.namespace_id = namespace_stats.namespace_id AND p.deleted_at IS NULL);
--> statement-breakpoint
CREATE TRIGGER episodes_protected_inserted AFTER INSERT ON episodes WHEN new.write_protected AND new.deleted_at IS NULL BEGIN
  UPDATE project_stats SET protected_episodes = protected_episodes + 1 WHERE project_id = new.project_id;
END;
--> statement-breakpoint
CREATE TRIGGER episodes_protected_updated AFTER UPDATE OF write_protected, deleted_at ON episodes
WHEN (new.write_protected AND new.deleted_at IS NULL) <> (old.write_protected AND old.deleted_at IS NULL) BEGIN
  UPDATE project_stats SET protected_episodes = protected_episodes
    + (new.write_protected AND new.deleted_at IS NULL) - (old.write_protected AND old.deleted_at IS NULL)
  WHERE project_id = new.project_id;
END;
--> statement-breakpoint
CREATE TRIGGER episodes_protected_deleted AFTER DELETE ON episodes WHEN old.write_protected AND old.deleted_at IS NULL BEGIN
  UPDATE project_stats SET protected_episodes = protected_episodes - 1 WHERE project_id = old.project_id;
END;
--> statement-breakpoint
CREATE TRIGGER project_stats_protected AFTER UPDATE OF protected_episodes ON project_stats
WHEN new.protected_episodes <> old.protected_episodes BEGIN
  UPDATE namespace_stats SET protected_episodes = protected_episodes + new.protected_episodes - old.protected_episodes
  WHERE namespace_id = (SELECT namespace_id FROM projects WHERE id = new.project_id AND deleted_at IS NULL);
END;
--> statement-breakpoint
-- A project goes to the trash, and comes back, with the protected episodes that it counts.
CREATE TRIGGER projects_protected AFTER UPDATE OF deleted_at ON projects
WHEN (new.deleted_at IS NULL) <> (old.deleted_at IS NULL) BEGIN
  UPDATE namespace_stats SET protected_episodes = protected_episodes
    + (SELECT protected_episodes FROM project_stats WHERE project_id = new.id)
    * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL))
  WHERE namespace_id = new.namespace_id;
END;
--> statement-breakpoint
-- By its purge, when nothing is left inside; of a live one only where the whole namespace is purged, with its counts.
CREATE TRIGGER projects_deleted AFTER DELETE ON projects BEGIN
  DELETE FROM project_stats WHERE project_id = old.id;
  UPDATE namespace_stats SET
    projects = projects - (old.deleted_at IS NULL),
    public_projects = public_projects - (old.deleted_at IS NULL AND old.visibility = 'public')
  WHERE namespace_id = old.namespace_id;
END;
--> statement-breakpoint
CREATE TRIGGER namespaces_deleted AFTER DELETE ON namespaces BEGIN
  DELETE FROM namespace_stats WHERE namespace_id = old.id;
END;
--> statement-breakpoint
CREATE TRIGGER objects_referred_to AFTER INSERT ON assets WHEN new.object_id IS NOT NULL BEGIN
  UPDATE objects SET asset_count = asset_count + 1 WHERE id = new.object_id;
END;
--> statement-breakpoint
CREATE TRIGGER objects_referred_to_anew AFTER UPDATE OF object_id ON assets WHEN new.object_id IS NOT old.object_id BEGIN
  UPDATE objects SET asset_count = asset_count - 1 WHERE id = old.object_id;
  UPDATE objects SET asset_count = asset_count + 1 WHERE id = new.object_id;
END;
--> statement-breakpoint
CREATE TRIGGER objects_let_go AFTER DELETE ON assets WHEN old.object_id IS NOT NULL BEGIN
  UPDATE objects SET asset_count = asset_count - 1 WHERE id = old.object_id;
END;
--> statement-breakpoint
-- A version of before, which runs on while this one is deployed, does not say what an asset was inside of.
CREATE TRIGGER deletions_contained AFTER INSERT ON deletions
WHEN new.container_id IS NULL AND new.kind IN ('video', 'audio', 'label-track', 'text-track', 'image') BEGIN
  UPDATE deletions SET container_id = (
    SELECT nullif(container_id, project_id) FROM assets WHERE id = new.item_id) WHERE id = new.id;
END;
--> statement-breakpoint
CREATE TRIGGER deletions_inserted AFTER INSERT ON deletions BEGIN
  UPDATE project_stats SET trashed = trashed + 1 WHERE project_id = new.project_id;
  UPDATE namespace_stats SET trashed = trashed + 1 WHERE namespace_id = new.namespace_id AND new.project_id IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER deletions_deleted AFTER DELETE ON deletions BEGIN
  UPDATE project_stats SET trashed = trashed - 1 WHERE project_id = old.project_id;
  UPDATE namespace_stats SET trashed = trashed - 1 WHERE namespace_id = old.namespace_id AND old.project_id IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER purges_inserted AFTER INSERT ON purges BEGIN
  UPDATE namespace_stats SET purges = purges + 1 WHERE namespace_id = new.namespace_id;
END;
