DROP TRIGGER assets_inserted;
--> statement-breakpoint
DROP TRIGGER assets_updated;
--> statement-breakpoint
DROP TRIGGER assets_deleted;
--> statement-breakpoint
DROP TRIGGER episodes_inserted;
--> statement-breakpoint
DROP TRIGGER episodes_updated;
--> statement-breakpoint
DROP TRIGGER episodes_deleted;
--> statement-breakpoint
DROP TRIGGER project_stats_updated;
--> statement-breakpoint
DROP TRIGGER projects_deleted;
--> statement-breakpoint
DROP TRIGGER collection_members_inserted;
--> statement-breakpoint
DROP TRIGGER collection_members_deleted;
--> statement-breakpoint
DROP TRIGGER provisions_inserted;
--> statement-breakpoint
DROP TRIGGER projects_trashed;
--> statement-breakpoint
DROP TRIGGER projects_restored;
--> statement-breakpoint
-- What hangs in a trashed episode keeps its own state from here on: the marks that it shares with the episode go.
UPDATE assets SET deleted_at = NULL, deletion_id = NULL WHERE deletion_id IS NOT NULL AND EXISTS (
  SELECT 1 FROM episodes WHERE episodes.id = assets.container_id AND episodes.deletion_id = assets.deletion_id);
--> statement-breakpoint
UPDATE nodes SET deleted_at = NULL, deletion_id = NULL WHERE deletion_id IS NOT NULL AND EXISTS (
  SELECT 1 FROM episodes WHERE episodes.id = nodes.container_id AND episodes.deletion_id = nodes.deletion_id);
--> statement-breakpoint
-- What is there already is counted before the triggers take over.
INSERT INTO episode_stats (episode_id, videos, audios, label_tracks, text_tracks, images)
SELECT episodes.id, ifnull(sum(kind = 'video'), 0), ifnull(sum(kind = 'audio'), 0), ifnull(sum(kind = 'label-track'), 0),
  ifnull(sum(kind = 'text-track'), 0), ifnull(sum(kind = 'image'), 0)
FROM episodes LEFT JOIN assets ON assets.container_id = episodes.id AND assets.deleted_at IS NULL
GROUP BY episodes.id;
--> statement-breakpoint
UPDATE project_stats SET rows = (SELECT count(*) FROM episodes WHERE episodes.project_id = project_stats.project_id)
  + (SELECT count(*) FROM nodes WHERE nodes.project_id = project_stats.project_id)
  + (SELECT count(*) FROM assets WHERE assets.project_id = project_stats.project_id)
  + (SELECT count(*) FROM collections JOIN collection_members ON collection_members.collection_id = collections.id
    WHERE collections.project_id = project_stats.project_id);
--> statement-breakpoint
UPDATE namespace_stats SET rows = (SELECT ifnull(sum(s.rows), 0) FROM projects p JOIN project_stats s ON s.project_id = p.id
    WHERE p.namespace_id = namespace_stats.namespace_id)
  + (SELECT count(*) FROM objects WHERE objects.namespace_id = namespace_stats.namespace_id),
  bytes = (SELECT ifnull(sum(CASE state WHEN 'pending' THEN ifnull(announced_size, 0) WHEN 'complete' THEN size WHEN 'purging' THEN size ELSE 0 END), 0)
    FROM objects WHERE objects.namespace_id = namespace_stats.namespace_id);
--> statement-breakpoint
UPDATE members SET prominence = 1 WHERE (user_id, namespace_id) IN (
  SELECT created_by, id FROM namespaces
  UNION SELECT created_by, namespace_id FROM projects
  UNION SELECT created_by, namespace_id FROM objects
  UNION SELECT e.created_by, p.namespace_id FROM episodes e JOIN projects p ON p.id = e.project_id
  UNION SELECT a.created_by, p.namespace_id FROM assets a JOIN projects p ON p.id = a.project_id);
--> statement-breakpoint
UPDATE members SET prominence = 2 WHERE (user_id, namespace_id) IN (SELECT id, home_id FROM users);
--> statement-breakpoint
-- An episode counts its assets, and its project what its live episodes count. So an episode goes to the trash, and comes
-- back, as one row.
CREATE TRIGGER assets_inserted AFTER INSERT ON assets BEGIN
  UPDATE episode_stats SET
    videos = videos + (new.kind = 'video' AND new.deleted_at IS NULL),
    audios = audios + (new.kind = 'audio' AND new.deleted_at IS NULL),
    label_tracks = label_tracks + (new.kind = 'label-track' AND new.deleted_at IS NULL),
    text_tracks = text_tracks + (new.kind = 'text-track' AND new.deleted_at IS NULL),
    images = images + (new.kind = 'image' AND new.deleted_at IS NULL)
  WHERE episode_id = new.container_id;
  UPDATE project_stats SET
    videos = videos + (new.kind = 'video' AND new.deleted_at IS NULL AND (new.container_id = new.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = new.container_id AND deleted_at IS NULL))),
    audios = audios + (new.kind = 'audio' AND new.deleted_at IS NULL AND (new.container_id = new.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = new.container_id AND deleted_at IS NULL))),
    label_tracks = label_tracks + (new.kind = 'label-track' AND new.deleted_at IS NULL AND (new.container_id = new.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = new.container_id AND deleted_at IS NULL))),
    text_tracks = text_tracks + (new.kind = 'text-track' AND new.deleted_at IS NULL AND (new.container_id = new.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = new.container_id AND deleted_at IS NULL))),
    images = images + (new.kind = 'image' AND new.deleted_at IS NULL AND (new.container_id = new.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = new.container_id AND deleted_at IS NULL))),
    rows = rows + 1, revision = revision + 1
  WHERE project_id = new.project_id;
  UPDATE members SET prominence = 1
  WHERE user_id = new.created_by AND namespace_id = (SELECT namespace_id FROM projects WHERE id = new.project_id) AND prominence = 0;
END;
--> statement-breakpoint
CREATE TRIGGER assets_updated AFTER UPDATE ON assets
WHEN new.version <> old.version OR (new.deleted_at IS NULL) <> (old.deleted_at IS NULL) BEGIN
  UPDATE episode_stats SET
    videos = videos + (new.kind = 'video') * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)),
    audios = audios + (new.kind = 'audio') * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)),
    label_tracks = label_tracks + (new.kind = 'label-track') * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)),
    text_tracks = text_tracks + (new.kind = 'text-track') * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)),
    images = images + (new.kind = 'image') * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL))
  WHERE episode_id = new.container_id AND (new.deleted_at IS NULL) <> (old.deleted_at IS NULL);
  UPDATE project_stats SET
    videos = videos + (new.kind = 'video' AND ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)) <> 0 AND (new.container_id = new.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = new.container_id AND deleted_at IS NULL))) * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)),
    audios = audios + (new.kind = 'audio' AND ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)) <> 0 AND (new.container_id = new.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = new.container_id AND deleted_at IS NULL))) * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)),
    label_tracks = label_tracks + (new.kind = 'label-track' AND ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)) <> 0 AND (new.container_id = new.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = new.container_id AND deleted_at IS NULL))) * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)),
    text_tracks = text_tracks + (new.kind = 'text-track' AND ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)) <> 0 AND (new.container_id = new.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = new.container_id AND deleted_at IS NULL))) * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)),
    images = images + (new.kind = 'image' AND ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)) <> 0 AND (new.container_id = new.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = new.container_id AND deleted_at IS NULL))) * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)),
    revision = revision + 1
  WHERE project_id = new.project_id;
END;
--> statement-breakpoint
CREATE TRIGGER assets_deleted AFTER DELETE ON assets BEGIN
  UPDATE episode_stats SET
    videos = videos - (old.kind = 'video'),
    audios = audios - (old.kind = 'audio'),
    label_tracks = label_tracks - (old.kind = 'label-track'),
    text_tracks = text_tracks - (old.kind = 'text-track'),
    images = images - (old.kind = 'image')
  WHERE episode_id = old.container_id AND old.deleted_at IS NULL;
  UPDATE project_stats SET
    videos = videos - (old.kind = 'video' AND old.deleted_at IS NULL AND (old.container_id = old.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = old.container_id AND deleted_at IS NULL))),
    audios = audios - (old.kind = 'audio' AND old.deleted_at IS NULL AND (old.container_id = old.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = old.container_id AND deleted_at IS NULL))),
    label_tracks = label_tracks - (old.kind = 'label-track' AND old.deleted_at IS NULL AND (old.container_id = old.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = old.container_id AND deleted_at IS NULL))),
    text_tracks = text_tracks - (old.kind = 'text-track' AND old.deleted_at IS NULL AND (old.container_id = old.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = old.container_id AND deleted_at IS NULL))),
    images = images - (old.kind = 'image' AND old.deleted_at IS NULL AND (old.container_id = old.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = old.container_id AND deleted_at IS NULL))),
    rows = rows - 1, revision = revision + 1
  WHERE project_id = old.project_id;
END;
--> statement-breakpoint
CREATE TRIGGER episodes_inserted AFTER INSERT ON episodes BEGIN
  INSERT INTO episode_stats (episode_id) VALUES (new.id);
  UPDATE project_stats SET episodes = episodes + (new.deleted_at IS NULL), rows = rows + 1, revision = revision + 1
  WHERE project_id = new.project_id;
  UPDATE members SET prominence = 1
  WHERE user_id = new.created_by AND namespace_id = (SELECT namespace_id FROM projects WHERE id = new.project_id) AND prominence = 0;
END;
--> statement-breakpoint
CREATE TRIGGER episodes_updated AFTER UPDATE ON episodes
WHEN new.version <> old.version OR (new.deleted_at IS NULL) <> (old.deleted_at IS NULL) BEGIN
  UPDATE project_stats SET
    episodes = episodes + (new.deleted_at IS NULL) - (old.deleted_at IS NULL), revision = revision + 1
  WHERE project_id = new.project_id;
END;
--> statement-breakpoint
CREATE TRIGGER episodes_trashed AFTER UPDATE OF deleted_at ON episodes
WHEN (new.deleted_at IS NULL) <> (old.deleted_at IS NULL) BEGIN
  UPDATE project_stats SET
    videos = videos + ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)) * (SELECT videos FROM episode_stats WHERE episode_id = new.id),
    audios = audios + ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)) * (SELECT audios FROM episode_stats WHERE episode_id = new.id),
    label_tracks = label_tracks + ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)) * (SELECT label_tracks FROM episode_stats WHERE episode_id = new.id),
    text_tracks = text_tracks + ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)) * (SELECT text_tracks FROM episode_stats WHERE episode_id = new.id),
    images = images + ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)) * (SELECT images FROM episode_stats WHERE episode_id = new.id)
  WHERE project_id = new.project_id;
END;
--> statement-breakpoint
-- By its purge, when nothing is left inside.
CREATE TRIGGER episodes_deleted AFTER DELETE ON episodes BEGIN
  UPDATE project_stats SET episodes = episodes - (old.deleted_at IS NULL), rows = rows - 1, revision = revision + 1
  WHERE project_id = old.project_id;
  DELETE FROM episode_stats WHERE episode_id = old.id;
END;
--> statement-breakpoint
CREATE TRIGGER nodes_inserted AFTER INSERT ON nodes BEGIN
  UPDATE project_stats SET rows = rows + 1 WHERE project_id = new.project_id;
END;
--> statement-breakpoint
CREATE TRIGGER nodes_deleted AFTER DELETE ON nodes BEGIN
  UPDATE project_stats SET rows = rows - 1 WHERE project_id = old.project_id;
END;
--> statement-breakpoint
CREATE TRIGGER collection_members_inserted AFTER INSERT ON collection_members BEGIN
  UPDATE collections SET member_count = member_count + 1 WHERE id = new.collection_id;
  UPDATE project_stats SET rows = rows + 1, revision = revision + 1
  WHERE project_id = (SELECT project_id FROM collections WHERE id = new.collection_id);
END;
--> statement-breakpoint
CREATE TRIGGER collection_members_deleted AFTER DELETE ON collection_members BEGIN
  UPDATE collections SET member_count = member_count - 1 WHERE id = old.collection_id;
  UPDATE project_stats SET rows = rows - 1, revision = revision + 1
  WHERE project_id = (SELECT project_id FROM collections WHERE id = old.collection_id);
END;
--> statement-breakpoint
-- A namespace counts the assets of its live projects, and the rows of all.
CREATE TRIGGER project_stats_updated AFTER UPDATE OF videos, audios, label_tracks, text_tracks, images, rows ON project_stats
WHEN new.videos <> old.videos OR new.audios <> old.audios OR new.label_tracks <> old.label_tracks OR new.text_tracks <> old.text_tracks OR new.images <> old.images OR new.rows <> old.rows BEGIN
  UPDATE namespace_stats SET
    videos = videos + CASE WHEN new.videos = old.videos THEN 0 ELSE (new.videos - old.videos) * (SELECT deleted_at IS NULL FROM projects WHERE id = new.project_id) END,
    audios = audios + CASE WHEN new.audios = old.audios THEN 0 ELSE (new.audios - old.audios) * (SELECT deleted_at IS NULL FROM projects WHERE id = new.project_id) END,
    label_tracks = label_tracks + CASE WHEN new.label_tracks = old.label_tracks THEN 0 ELSE (new.label_tracks - old.label_tracks) * (SELECT deleted_at IS NULL FROM projects WHERE id = new.project_id) END,
    text_tracks = text_tracks + CASE WHEN new.text_tracks = old.text_tracks THEN 0 ELSE (new.text_tracks - old.text_tracks) * (SELECT deleted_at IS NULL FROM projects WHERE id = new.project_id) END,
    images = images + CASE WHEN new.images = old.images THEN 0 ELSE (new.images - old.images) * (SELECT deleted_at IS NULL FROM projects WHERE id = new.project_id) END,
    rows = rows + new.rows - old.rows
  WHERE namespace_id = (SELECT namespace_id FROM projects WHERE id = new.project_id);
END;
--> statement-breakpoint
-- A project goes to the trash, and comes back, with all that it counts.
CREATE TRIGGER projects_trashed AFTER UPDATE OF deleted_at ON projects
WHEN new.deleted_at IS NOT NULL AND old.deleted_at IS NULL BEGIN
  UPDATE namespace_stats SET
    projects = projects - 1,
    videos = videos - (SELECT videos FROM project_stats WHERE project_id = new.id),
    audios = audios - (SELECT audios FROM project_stats WHERE project_id = new.id),
    label_tracks = label_tracks - (SELECT label_tracks FROM project_stats WHERE project_id = new.id),
    text_tracks = text_tracks - (SELECT text_tracks FROM project_stats WHERE project_id = new.id),
    images = images - (SELECT images FROM project_stats WHERE project_id = new.id)
  WHERE namespace_id = new.namespace_id;
END;
--> statement-breakpoint
CREATE TRIGGER projects_restored AFTER UPDATE OF deleted_at ON projects
WHEN new.deleted_at IS NULL AND old.deleted_at IS NOT NULL BEGIN
  UPDATE namespace_stats SET
    projects = projects + 1,
    videos = videos + (SELECT videos FROM project_stats WHERE project_id = new.id),
    audios = audios + (SELECT audios FROM project_stats WHERE project_id = new.id),
    label_tracks = label_tracks + (SELECT label_tracks FROM project_stats WHERE project_id = new.id),
    text_tracks = text_tracks + (SELECT text_tracks FROM project_stats WHERE project_id = new.id),
    images = images + (SELECT images FROM project_stats WHERE project_id = new.id)
  WHERE namespace_id = new.namespace_id;
END;
--> statement-breakpoint
-- By its purge, when nothing is left inside; of a live one only where the whole namespace is purged, with its counts.
CREATE TRIGGER projects_deleted AFTER DELETE ON projects BEGIN
  UPDATE namespace_stats SET
    projects = projects - (old.deleted_at IS NULL),
    public_projects = public_projects - (old.deleted_at IS NULL AND old.visibility = 'public'),
    rows = rows - ifnull((SELECT rows FROM project_stats WHERE project_id = old.id), 0)
  WHERE namespace_id = old.namespace_id;
  DELETE FROM project_stats WHERE project_id = old.id;
END;
--> statement-breakpoint
-- An upload counts as the bytes that it was announced with, until the bucket has told what they are.
CREATE TRIGGER objects_inserted AFTER INSERT ON objects BEGIN
  UPDATE namespace_stats SET rows = rows + 1, bytes = bytes
    + CASE new.state WHEN 'pending' THEN ifnull(new.announced_size, 0) WHEN 'complete' THEN new.size WHEN 'purging' THEN new.size ELSE 0 END
  WHERE namespace_id = new.namespace_id;
  UPDATE members SET prominence = 1
  WHERE user_id = new.created_by AND namespace_id = new.namespace_id AND prominence = 0;
END;
--> statement-breakpoint
CREATE TRIGGER objects_updated AFTER UPDATE OF state, size, announced_size ON objects BEGIN
  UPDATE namespace_stats SET bytes = bytes
    + CASE new.state WHEN 'pending' THEN ifnull(new.announced_size, 0) WHEN 'complete' THEN new.size WHEN 'purging' THEN new.size ELSE 0 END
    - CASE old.state WHEN 'pending' THEN ifnull(old.announced_size, 0) WHEN 'complete' THEN old.size WHEN 'purging' THEN old.size ELSE 0 END
  WHERE namespace_id = new.namespace_id;
END;
--> statement-breakpoint
CREATE TRIGGER objects_deleted AFTER DELETE ON objects BEGIN
  UPDATE namespace_stats SET rows = rows - 1, bytes = bytes
    - CASE old.state WHEN 'pending' THEN ifnull(old.announced_size, 0) WHEN 'complete' THEN old.size WHEN 'purging' THEN old.size ELSE 0 END
  WHERE namespace_id = old.namespace_id;
END;
--> statement-breakpoint
CREATE TRIGGER purges_deleted AFTER DELETE ON purges BEGIN
  UPDATE namespace_stats SET purges = purges - 1 WHERE namespace_id = old.namespace_id;
END;
--> statement-breakpoint
-- Who has written something in a namespace is no stranger to it.
CREATE TRIGGER projects_written AFTER INSERT ON projects BEGIN
  UPDATE members SET prominence = 1
  WHERE user_id = new.created_by AND namespace_id = new.namespace_id AND prominence = 0;
END;
--> statement-breakpoint
CREATE TRIGGER datasets_written AFTER INSERT ON datasets BEGIN
  UPDATE members SET prominence = 1
  WHERE user_id = new.created_by AND namespace_id = (SELECT namespace_id FROM projects WHERE id = new.project_id) AND prominence = 0;
END;
--> statement-breakpoint
CREATE TRIGGER collections_written AFTER INSERT ON collections BEGIN
  UPDATE members SET prominence = 1
  WHERE user_id = new.created_by AND namespace_id = (SELECT namespace_id FROM projects WHERE id = new.project_id) AND prominence = 0;
END;
--> statement-breakpoint
CREATE TRIGGER deletions_written AFTER INSERT ON deletions BEGIN
  UPDATE members SET prominence = 1
  WHERE user_id = new.deleted_by AND namespace_id = new.namespace_id AND prominence = 0;
END;
--> statement-breakpoint
CREATE TRIGGER provisions_inserted INSTEAD OF INSERT ON provisions BEGIN
  INSERT INTO users (id, issuer, sub, username, email, email_verified, name, given_name, family_name, picture,
    home_id, created_at, updated_at)
  VALUES (new.user_id, new.issuer, new.sub, new.username, new.email, new.email_verified, new.name, new.given_name,
    new.family_name, new.picture, new.home_id, new.created_at, new.created_at);
  INSERT INTO namespaces (id, slug, created_at, updated_at, created_by, updated_request)
  VALUES (new.home_id, new.slug, new.created_at, new.created_at, new.user_id, new.request);
  INSERT INTO members (user_id, namespace_id, role, prominence, created_at)
  VALUES (new.user_id, new.home_id, 3, 2, new.created_at);
END;
