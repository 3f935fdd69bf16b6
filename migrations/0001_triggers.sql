-- Counters: no statement of the Worker writes them. `insert or replace` would not fire the delete triggers and
-- is used nowhere.
CREATE TRIGGER namespaces_inserted AFTER INSERT ON namespaces BEGIN
  INSERT INTO namespace_stats (namespace_id) VALUES (new.id);
END;
--> statement-breakpoint
CREATE TRIGGER namespaces_trashed AFTER UPDATE OF deleted_at ON namespaces
WHEN (new.deleted_at IS NULL) <> (old.deleted_at IS NULL) BEGIN
  UPDATE users SET namespace_count = namespace_count + (new.deleted_at IS NULL) - (old.deleted_at IS NULL)
  WHERE id IN (SELECT user_id FROM members WHERE namespace_id = new.id);
END;
--> statement-breakpoint
CREATE TRIGGER members_inserted AFTER INSERT ON members BEGIN
  UPDATE namespace_stats SET members = members + 1 WHERE namespace_id = new.namespace_id;
  UPDATE users SET namespace_count = namespace_count + 1
  WHERE id = new.user_id AND EXISTS (SELECT 1 FROM namespaces WHERE id = new.namespace_id AND deleted_at IS NULL);
END;
--> statement-breakpoint
CREATE TRIGGER members_deleted AFTER DELETE ON members BEGIN
  UPDATE namespace_stats SET members = members - 1 WHERE namespace_id = old.namespace_id;
  UPDATE users SET namespace_count = namespace_count - 1
  WHERE id = old.user_id AND EXISTS (SELECT 1 FROM namespaces WHERE id = old.namespace_id AND deleted_at IS NULL);
END;
--> statement-breakpoint
CREATE TRIGGER projects_inserted AFTER INSERT ON projects BEGIN
  INSERT INTO project_stats (project_id) VALUES (new.id);
  UPDATE namespace_stats SET
    projects = projects + (new.deleted_at IS NULL),
    public_projects = public_projects + (new.deleted_at IS NULL AND new.visibility = 'public')
  WHERE namespace_id = new.namespace_id;
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
CREATE TRIGGER projects_shown AFTER UPDATE OF visibility, deleted_at ON projects BEGIN
  UPDATE namespace_stats SET public_projects = public_projects
    + (new.deleted_at IS NULL AND new.visibility = 'public') - (old.deleted_at IS NULL AND old.visibility = 'public')
  WHERE namespace_id = new.namespace_id
    AND (new.deleted_at IS NULL AND new.visibility = 'public') <> (old.deleted_at IS NULL AND old.visibility = 'public');
END;
--> statement-breakpoint
CREATE TRIGGER projects_updated AFTER UPDATE OF name, slug, description, tags, metadata, visibility ON projects BEGIN
  UPDATE project_stats SET revision = revision + 1 WHERE project_id = new.id;
END;
--> statement-breakpoint
CREATE TRIGGER project_stats_updated AFTER UPDATE OF videos, audios, label_tracks, text_tracks, images ON project_stats
WHEN new.videos <> old.videos OR new.audios <> old.audios OR new.label_tracks <> old.label_tracks OR new.text_tracks <> old.text_tracks OR new.images <> old.images BEGIN
  UPDATE namespace_stats SET
    videos = videos + new.videos - old.videos,
    audios = audios + new.audios - old.audios,
    label_tracks = label_tracks + new.label_tracks - old.label_tracks,
    text_tracks = text_tracks + new.text_tracks - old.text_tracks,
    images = images + new.images - old.images
  WHERE namespace_id = (SELECT namespace_id FROM projects WHERE id = new.project_id AND deleted_at IS NULL);
END;
--> statement-breakpoint
CREATE TRIGGER episodes_inserted AFTER INSERT ON episodes BEGIN
  UPDATE project_stats SET episodes = episodes + (new.deleted_at IS NULL), revision = revision + 1
  WHERE project_id = new.project_id;
END;
--> statement-breakpoint
CREATE TRIGGER episodes_updated AFTER UPDATE ON episodes
WHEN new.version <> old.version OR (new.deleted_at IS NULL) <> (old.deleted_at IS NULL) BEGIN
  UPDATE project_stats SET
    episodes = episodes + (new.deleted_at IS NULL) - (old.deleted_at IS NULL), revision = revision + 1
  WHERE project_id = new.project_id;
END;
--> statement-breakpoint
CREATE TRIGGER episodes_deleted AFTER DELETE ON episodes BEGIN
  UPDATE project_stats SET episodes = episodes - (old.deleted_at IS NULL), revision = revision + 1
  WHERE project_id = old.project_id;
END;
--> statement-breakpoint
CREATE TRIGGER datasets_inserted AFTER INSERT ON datasets BEGIN
  UPDATE project_stats SET datasets = datasets + (new.deleted_at IS NULL), revision = revision + 1
  WHERE project_id = new.project_id;
END;
--> statement-breakpoint
CREATE TRIGGER datasets_updated AFTER UPDATE ON datasets
WHEN new.version <> old.version OR (new.deleted_at IS NULL) <> (old.deleted_at IS NULL) BEGIN
  UPDATE project_stats SET
    datasets = datasets + (new.deleted_at IS NULL) - (old.deleted_at IS NULL), revision = revision + 1
  WHERE project_id = new.project_id;
END;
--> statement-breakpoint
CREATE TRIGGER datasets_deleted AFTER DELETE ON datasets BEGIN
  UPDATE project_stats SET datasets = datasets - (old.deleted_at IS NULL), revision = revision + 1
  WHERE project_id = old.project_id;
END;
--> statement-breakpoint
CREATE TRIGGER collections_inserted AFTER INSERT ON collections BEGIN
  UPDATE project_stats SET collections = collections + (new.deleted_at IS NULL), revision = revision + 1
  WHERE project_id = new.project_id;
END;
--> statement-breakpoint
CREATE TRIGGER collections_updated AFTER UPDATE ON collections
WHEN new.version <> old.version OR (new.deleted_at IS NULL) <> (old.deleted_at IS NULL) BEGIN
  UPDATE project_stats SET
    collections = collections + (new.deleted_at IS NULL) - (old.deleted_at IS NULL), revision = revision + 1
  WHERE project_id = new.project_id;
END;
--> statement-breakpoint
CREATE TRIGGER collections_deleted AFTER DELETE ON collections BEGIN
  UPDATE project_stats SET collections = collections - (old.deleted_at IS NULL), revision = revision + 1
  WHERE project_id = old.project_id;
END;
--> statement-breakpoint
CREATE TRIGGER assets_inserted AFTER INSERT ON assets BEGIN
  UPDATE project_stats SET
    videos = videos + (new.kind = 'video' AND new.deleted_at IS NULL),
    audios = audios + (new.kind = 'audio' AND new.deleted_at IS NULL),
    label_tracks = label_tracks + (new.kind = 'label-track' AND new.deleted_at IS NULL),
    text_tracks = text_tracks + (new.kind = 'text-track' AND new.deleted_at IS NULL),
    images = images + (new.kind = 'image' AND new.deleted_at IS NULL),
    revision = revision + 1
  WHERE project_id = new.project_id;
END;
--> statement-breakpoint
CREATE TRIGGER assets_updated AFTER UPDATE ON assets
WHEN new.version <> old.version OR (new.deleted_at IS NULL) <> (old.deleted_at IS NULL) BEGIN
  UPDATE project_stats SET
    videos = videos + (new.kind = 'video') * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)),
    audios = audios + (new.kind = 'audio') * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)),
    label_tracks = label_tracks + (new.kind = 'label-track') * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)),
    text_tracks = text_tracks + (new.kind = 'text-track') * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)),
    images = images + (new.kind = 'image') * ((new.deleted_at IS NULL) - (old.deleted_at IS NULL)),
    revision = revision + 1
  WHERE project_id = new.project_id;
END;
--> statement-breakpoint
CREATE TRIGGER assets_deleted AFTER DELETE ON assets BEGIN
  UPDATE project_stats SET
    videos = videos - (old.kind = 'video' AND old.deleted_at IS NULL),
    audios = audios - (old.kind = 'audio' AND old.deleted_at IS NULL),
    label_tracks = label_tracks - (old.kind = 'label-track' AND old.deleted_at IS NULL),
    text_tracks = text_tracks - (old.kind = 'text-track' AND old.deleted_at IS NULL),
    images = images - (old.kind = 'image' AND old.deleted_at IS NULL),
    revision = revision + 1
  WHERE project_id = old.project_id;
END;
--> statement-breakpoint
-- A dataset counts its live collections; a collection counts its members.
CREATE TRIGGER collections_attached AFTER INSERT ON collections
WHEN new.dataset_id IS NOT NULL AND new.deleted_at IS NULL BEGIN
  UPDATE datasets SET collection_count = collection_count + 1 WHERE id = new.dataset_id;
END;
--> statement-breakpoint
CREATE TRIGGER collections_moved AFTER UPDATE OF dataset_id, deleted_at ON collections BEGIN
  UPDATE datasets SET collection_count = collection_count - 1
  WHERE id = old.dataset_id AND old.deleted_at IS NULL;
  UPDATE datasets SET collection_count = collection_count + 1
  WHERE id = new.dataset_id AND new.deleted_at IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER collections_detached AFTER DELETE ON collections
WHEN old.dataset_id IS NOT NULL AND old.deleted_at IS NULL BEGIN
  UPDATE datasets SET collection_count = collection_count - 1 WHERE id = old.dataset_id;
END;
--> statement-breakpoint
CREATE TRIGGER collection_members_inserted AFTER INSERT ON collection_members BEGIN
  UPDATE collections SET member_count = member_count + 1 WHERE id = new.collection_id;
  UPDATE project_stats SET revision = revision + 1
  WHERE project_id = (SELECT project_id FROM collections WHERE id = new.collection_id);
END;
--> statement-breakpoint
CREATE TRIGGER collection_members_deleted AFTER DELETE ON collection_members BEGIN
  UPDATE collections SET member_count = member_count - 1 WHERE id = old.collection_id;
  UPDATE project_stats SET revision = revision + 1
  WHERE project_id = (SELECT project_id FROM collections WHERE id = old.collection_id);
END;
--> statement-breakpoint
-- A user comes into being with a home namespace and the ownership of it, or not at all: one insert into this view
-- makes the three rows.
CREATE VIEW provisions AS
SELECT u.id AS user_id, u.issuer, u.sub, u.username, u.email, u.email_verified, u.name, u.given_name, u.family_name,
  u.picture, u.home_id, n.slug, n.updated_request AS request, u.created_at
FROM users u JOIN namespaces n ON n.id = u.home_id;
--> statement-breakpoint
CREATE TRIGGER provisions_inserted INSTEAD OF INSERT ON provisions BEGIN
  INSERT INTO users (id, issuer, sub, username, email, email_verified, name, given_name, family_name, picture,
    home_id, created_at, updated_at)
  VALUES (new.user_id, new.issuer, new.sub, new.username, new.email, new.email_verified, new.name, new.given_name,
    new.family_name, new.picture, new.home_id, new.created_at, new.created_at);
  INSERT INTO namespaces (id, slug, created_at, updated_at, created_by, updated_request)
  VALUES (new.home_id, new.slug, new.created_at, new.created_at, new.user_id, new.request);
  INSERT INTO members (user_id, namespace_id, role, created_at)
  VALUES (new.user_id, new.home_id, 3, new.created_at);
END;
