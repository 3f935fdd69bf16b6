-- There are no files yet: they count from the first one on.
DROP TRIGGER assets_inserted;
--> statement-breakpoint
DROP TRIGGER assets_updated;
--> statement-breakpoint
DROP TRIGGER assets_deleted;
--> statement-breakpoint
DROP TRIGGER episodes_trashed;
--> statement-breakpoint
DROP TRIGGER project_stats_updated;
--> statement-breakpoint
DROP TRIGGER projects_trashed;
--> statement-breakpoint
DROP TRIGGER projects_restored;
--> statement-breakpoint
DROP TRIGGER deletions_contained;
--> statement-breakpoint
-- An episode counts its assets, and its project what its live episodes count.
CREATE TRIGGER assets_inserted AFTER INSERT ON assets BEGIN
  UPDATE episode_stats SET
    videos = videos + (new.kind = 'video' AND new.deleted_at IS NULL),
    audios = audios + (new.kind = 'audio' AND new.deleted_at IS NULL),
    label_tracks = label_tracks + (new.kind = 'label-track' AND new.deleted_at IS NULL),
    text_tracks = text_tracks + (new.kind = 'text-track' AND new.deleted_at IS NULL),
    images = images + (new.kind = 'image' AND new.deleted_at IS NULL),
    files = files + (new.kind = 'file' AND new.deleted_at IS NULL)
  WHERE episode_id = new.container_id;
  UPDATE project_stats SET
    videos = videos + (new.kind = 'video' AND new.deleted_at IS NULL AND (new.container_id = new.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = new.container_id AND deleted_at IS NULL))),
    audios = audios + (new.kind = 'audio' AND new.deleted_at IS NULL AND (new.container_id = new.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = new.container_id AND deleted_at IS NULL))),
    label_tracks = label_tracks + (new.kind = 'label-track' AND new.deleted_at IS NULL AND (new.container_id = new.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = new.container_id AND deleted_at IS NULL))),
    text_tracks = text_tracks + (new.kind = 'text-track' AND new.deleted_at IS NULL AND (new.container_id = new.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = new.container_id AND deleted_at IS NULL))),
    images = images + (new.kind = 'image' AND new.deleted_at IS NULL AND (new.container_id = new.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = new.container_id AND deleted_at IS NULL))),
    files = files + (new.kind = 'file' AND new.deleted_at IS NULL AND (new.container_id = new.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = new.container_id AND deleted_at IS NULL))),
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
    images = images + (new.kind = 'image') * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)),
    files = files + (new.kind = 'file') * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL))
  WHERE episode_id = new.container_id AND (new.deleted_at IS NULL) <> (old.deleted_at IS NULL);
  UPDATE project_stats SET
    videos = videos + (new.kind = 'video' AND ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)) <> 0 AND (new.container_id = new.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = new.container_id AND deleted_at IS NULL))) * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)),
    audios = audios + (new.kind = 'audio' AND ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)) <> 0 AND (new.container_id = new.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = new.container_id AND deleted_at IS NULL))) * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)),
    label_tracks = label_tracks + (new.kind = 'label-track' AND ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)) <> 0 AND (new.container_id = new.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = new.container_id AND deleted_at IS NULL))) * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)),
    text_tracks = text_tracks + (new.kind = 'text-track' AND ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)) <> 0 AND (new.container_id = new.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = new.container_id AND deleted_at IS NULL))) * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)),
    images = images + (new.kind = 'image' AND ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)) <> 0 AND (new.container_id = new.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = new.container_id AND deleted_at IS NULL))) * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)),
    files = files + (new.kind = 'file' AND ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)) <> 0 AND (new.container_id = new.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = new.container_id AND deleted_at IS NULL))) * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)),
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
    images = images - (old.kind = 'image'),
    files = files - (old.kind = 'file')
  WHERE episode_id = old.container_id AND old.deleted_at IS NULL;
  UPDATE project_stats SET
    videos = videos - (old.kind = 'video' AND old.deleted_at IS NULL AND (old.container_id = old.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = old.container_id AND deleted_at IS NULL))),
    audios = audios - (old.kind = 'audio' AND old.deleted_at IS NULL AND (old.container_id = old.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = old.container_id AND deleted_at IS NULL))),
    label_tracks = label_tracks - (old.kind = 'label-track' AND old.deleted_at IS NULL AND (old.container_id = old.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = old.container_id AND deleted_at IS NULL))),
    text_tracks = text_tracks - (old.kind = 'text-track' AND old.deleted_at IS NULL AND (old.container_id = old.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = old.container_id AND deleted_at IS NULL))),
    images = images - (old.kind = 'image' AND old.deleted_at IS NULL AND (old.container_id = old.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = old.container_id AND deleted_at IS NULL))),
    files = files - (old.kind = 'file' AND old.deleted_at IS NULL AND (old.container_id = old.project_id OR EXISTS (SELECT 1 FROM episodes WHERE id = old.container_id AND deleted_at IS NULL))),
    rows = rows - 1, revision = revision + 1
  WHERE project_id = old.project_id;
END;
--> statement-breakpoint
CREATE TRIGGER episodes_trashed AFTER UPDATE OF deleted_at ON episodes
WHEN (new.deleted_at IS NULL) <> (old.deleted_at IS NULL) BEGIN
  UPDATE project_stats SET
    videos = videos + ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)) * (SELECT videos FROM episode_stats WHERE episode_id = new.id),
    audios = audios + ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)) * (SELECT audios FROM episode_stats WHERE episode_id = new.id),
    label_tracks = label_tracks + ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)) * (SELECT label_tracks FROM episode_stats WHERE episode_id = new.id),
    text_tracks = text_tracks + ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)) * (SELECT text_tracks FROM episode_stats WHERE episode_id = new.id),
    images = images + ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)) * (SELECT images FROM episode_stats WHERE episode_id = new.id),
    files = files + ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)) * (SELECT files FROM episode_stats WHERE episode_id = new.id)
  WHERE project_id = new.project_id;
END;
--> statement-breakpoint
-- A namespace counts the assets of its live projects, and the rows of all.
CREATE TRIGGER project_stats_updated AFTER UPDATE OF videos, audios, label_tracks, text_tracks, images, files, rows ON project_stats
WHEN new.videos <> old.videos OR new.audios <> old.audios OR new.label_tracks <> old.label_tracks OR new.text_tracks <> old.text_tracks OR new.images <> old.images OR new.files <> old.files OR new.rows <> old.rows BEGIN
  UPDATE namespace_stats SET
    videos = videos + CASE WHEN new.videos = old.videos THEN 0 ELSE (new.videos - old.videos) * (SELECT deleted_at IS NULL FROM projects WHERE id = new.project_id) END,
    audios = audios + CASE WHEN new.audios = old.audios THEN 0 ELSE (new.audios - old.audios) * (SELECT deleted_at IS NULL FROM projects WHERE id = new.project_id) END,
    label_tracks = label_tracks + CASE WHEN new.label_tracks = old.label_tracks THEN 0 ELSE (new.label_tracks - old.label_tracks) * (SELECT deleted_at IS NULL FROM projects WHERE id = new.project_id) END,
    text_tracks = text_tracks + CASE WHEN new.text_tracks = old.text_tracks THEN 0 ELSE (new.text_tracks - old.text_tracks) * (SELECT deleted_at IS NULL FROM projects WHERE id = new.project_id) END,
    images = images + CASE WHEN new.images = old.images THEN 0 ELSE (new.images - old.images) * (SELECT deleted_at IS NULL FROM projects WHERE id = new.project_id) END,
    files = files + CASE WHEN new.files = old.files THEN 0 ELSE (new.files - old.files) * (SELECT deleted_at IS NULL FROM projects WHERE id = new.project_id) END,
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
    images = images - (SELECT images FROM project_stats WHERE project_id = new.id),
    files = files - (SELECT files FROM project_stats WHERE project_id = new.id)
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
    images = images + (SELECT images FROM project_stats WHERE project_id = new.id),
    files = files + (SELECT files FROM project_stats WHERE project_id = new.id)
  WHERE namespace_id = new.namespace_id;
END;
--> statement-breakpoint
CREATE TRIGGER deletions_contained AFTER INSERT ON deletions
WHEN new.container_id IS NULL AND new.kind IN ('video', 'audio', 'label-track', 'text-track', 'image', 'file') BEGIN
  UPDATE deletions SET container_id = (
    SELECT nullif(container_id, project_id) FROM assets WHERE id = new.item_id) WHERE id = new.id;
END;
