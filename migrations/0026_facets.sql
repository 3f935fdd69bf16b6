-- What each episode is found by: its status, its tags, the words of its name, scalars of its metadata; live or trashed.
-- `value` has no affinity: a text, a number, or x'01' and x'00' for true and false. Ids are the bytes of their digits.
CREATE TABLE facets (
  project_id BLOB NOT NULL,
  key TEXT NOT NULL,
  value BLOB NOT NULL,
  episode_id BLOB NOT NULL,
  PRIMARY KEY (project_id, key, value, episode_id)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX facets_of_episode ON facets (episode_id);
--> statement-breakpoint
-- How many live episodes have a facet; `size` is the logarithm of that number to the base of 2, rounded down,
-- which changes seldom: by it the commonest are found.
CREATE TABLE facet_counts (
  project_id BLOB NOT NULL,
  key TEXT NOT NULL,
  value BLOB NOT NULL,
  n INTEGER NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY (project_id, key, value)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX facet_counts_commonest ON facet_counts (project_id, key, size);
--> statement-breakpoint
-- The scalars of an episode's metadata, level by level, as pairs of key and value: of a list its members, but nothing of an object in it. A
-- key that is no plain word stands in quotes. So much is looked at, and no more; what is left out is told by a pair before the others.
CREATE VIEW metadata_of_episodes AS SELECT id, (
  WITH RECURSIVE inside(key, type, value) AS (
    SELECT 'meta', 'object', episodes.metadata WHERE episodes.metadata IS NOT NULL
    UNION ALL
    SELECT CASE WHEN inside.type = 'array' THEN inside.key
        WHEN each.key <> '' AND each.key NOT GLOB '*[^A-Za-z0-9_-]*' THEN inside.key || '.' || each.key
        ELSE inside.key || '.' || json_quote(each.key) END,
      CASE WHEN inside.type = 'array' AND each.type IN ('object', 'array') THEN 'null'
        WHEN each.type = 'array' AND json_array_length(each.value) > 100 THEN 'long' ELSE each.type END,
      each.value
    FROM inside CROSS JOIN json_each(inside.value) AS each WHERE inside.type IN ('object', 'array')
    LIMIT 100
  )
  SELECT CASE WHEN number = 100 OR has_long OR json_array_length(pairs) > 32
    THEN '[["~more",""]' || iif(pairs = '[]', '', ',') || substr(pairs, 2) ELSE pairs END
  FROM (SELECT count(*) AS number, max(is_long) AS has_long,
      json_group_array(json_array(key, json(iif(type IN ('true', 'false'), type, json_quote(value)))))
        FILTER (WHERE type NOT IN ('object', 'array', 'null', 'long') AND NOT is_long) AS pairs
    FROM (SELECT key, type, value,
        type = 'long' OR type NOT IN ('object', 'array', 'null')
          AND (octet_length(key) > 128 OR type = 'text' AND octet_length(value) > 128) AS is_long FROM inside))
) AS pairs FROM episodes;
--> statement-breakpoint
CREATE VIEW facets_of_metadata AS SELECT episodes.id AS id, unhex(episodes.project_id) AS project_id, pair.value ->> 0 AS key,
  CASE json_type(pair.value, '$[1]') WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' ELSE pair.value ->> 1 END AS value,
  unhex(episodes.id) AS episode_id
FROM episodes CROSS JOIN metadata_of_episodes AS metadata ON metadata.id = episodes.id
  CROSS JOIN json_each(metadata.pairs) AS pair WHERE pair.key <= 32;
--> statement-breakpoint
CREATE VIEW facets_of_names AS SELECT episodes.id AS id, unhex(episodes.project_id) AS project_id, 'word' AS key,
  substr(word.value, 1, 32) AS value, unhex(episodes.id) AS episode_id
FROM episodes CROSS JOIN json_each('[' || replace(json_quote(ltrim(episodes.words)), ' ', '","') || ']') AS word WHERE word.value <> '';
--> statement-breakpoint
-- What stands in `facets` of an episode: the truth, by which it is made, filled and audited.
CREATE VIEW facets_of_episodes AS
SELECT id, unhex(project_id) AS project_id, 'status' AS key, status AS value, unhex(id) AS episode_id FROM episodes
UNION ALL
SELECT episodes.id, unhex(episodes.project_id), 'tag', tag.value, unhex(episodes.id) FROM episodes CROSS JOIN json_each(episodes.tags) AS tag
UNION ALL
SELECT id, project_id, key, value, episode_id FROM facets_of_names
UNION ALL
SELECT id, project_id, key, value, episode_id FROM facets_of_metadata;
--> statement-breakpoint
CREATE TRIGGER facets_of_new_episodes AFTER INSERT ON episodes BEGIN
  INSERT INTO facets SELECT project_id, key, value, episode_id FROM facets_of_episodes WHERE id = new.id ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER facets_follow_status AFTER UPDATE OF status ON episodes WHEN new.status <> old.status BEGIN
  DELETE FROM facets WHERE project_id = unhex(new.project_id) AND key = 'status' AND value = +old.status AND episode_id = unhex(new.id);
  INSERT INTO facets VALUES (unhex(new.project_id), 'status', new.status, unhex(new.id)) ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER facets_follow_tags AFTER UPDATE OF tags ON episodes WHEN new.tags <> old.tags BEGIN
  DELETE FROM facets WHERE project_id = unhex(new.project_id) AND key = 'tag' AND episode_id = unhex(new.id)
    AND value IN (SELECT value FROM json_each(old.tags) EXCEPT SELECT value FROM json_each(new.tags));
  INSERT INTO facets SELECT unhex(new.project_id), 'tag', value, unhex(new.id) FROM json_each(new.tags) WHERE true ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER facets_follow_names AFTER UPDATE OF name, folded_words ON episodes WHEN new.words <> old.words BEGIN
  DELETE FROM facets WHERE episode_id = unhex(new.id) AND key = 'word'
    AND value NOT IN (SELECT value FROM facets_of_names WHERE id = new.id);
  INSERT INTO facets SELECT project_id, key, value, episode_id FROM facets_of_names WHERE id = new.id ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
CREATE TRIGGER facets_follow_metadata AFTER UPDATE OF metadata ON episodes WHEN new.metadata IS NOT old.metadata BEGIN
  DELETE FROM facets WHERE episode_id = unhex(new.id) AND (key > 'meta' AND key < 'meta/' OR key = '~more')
    AND (key, value) NOT IN (SELECT key, value FROM facets_of_metadata WHERE id = new.id);
  INSERT INTO facets SELECT project_id, key, value, episode_id FROM facets_of_metadata WHERE id = new.id ON CONFLICT DO NOTHING;
END;
--> statement-breakpoint
-- By its purge; before, while it can be seen whether it was live.
CREATE TRIGGER facets_go_with_episodes BEFORE DELETE ON episodes BEGIN
  DELETE FROM facets WHERE episode_id = unhex(old.id);
END;
--> statement-breakpoint
CREATE TRIGGER facets_inserted AFTER INSERT ON facets
WHEN EXISTS (SELECT 1 FROM episodes WHERE id = lower(hex(new.episode_id)) AND deleted_at IS NULL) BEGIN
  INSERT INTO facet_counts VALUES (new.project_id, new.key, new.value, 1, 0) ON CONFLICT DO UPDATE SET n = n + 1;
END;
--> statement-breakpoint
CREATE TRIGGER facets_deleted AFTER DELETE ON facets
WHEN EXISTS (SELECT 1 FROM episodes WHERE id = lower(hex(old.episode_id)) AND deleted_at IS NULL) BEGIN
  UPDATE facet_counts SET n = n - 1 WHERE project_id = old.project_id AND key = old.key AND value = old.value;
END;
--> statement-breakpoint
CREATE TRIGGER facets_trashed AFTER UPDATE OF deleted_at ON episodes WHEN new.deleted_at IS NOT NULL AND old.deleted_at IS NULL BEGIN
  UPDATE facet_counts SET n = n - 1 WHERE (project_id, key, value) IN (
    SELECT project_id, key, value FROM facets WHERE episode_id = unhex(new.id));
END;
--> statement-breakpoint
CREATE TRIGGER facets_restored AFTER UPDATE OF deleted_at ON episodes WHEN new.deleted_at IS NULL AND old.deleted_at IS NOT NULL BEGIN
  INSERT INTO facet_counts SELECT project_id, key, value, 1, 0 FROM facets WHERE episode_id = unhex(new.id)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
--> statement-breakpoint
CREATE TRIGGER facet_counts_sized AFTER UPDATE OF n ON facet_counts WHEN new.n > 0 AND cast(log2(new.n) AS integer) <> new.size BEGIN
  UPDATE facet_counts SET size = cast(log2(n) AS integer) WHERE project_id = new.project_id AND key = new.key AND value = new.value;
END;
--> statement-breakpoint
CREATE TRIGGER facet_counts_ended AFTER UPDATE OF n ON facet_counts WHEN new.n <= 0 BEGIN
  DELETE FROM facet_counts WHERE project_id = new.project_id AND key = new.key AND value = new.value;
END;
--> statement-breakpoint
-- The schedule has been over all episodes that were there before; see src/features/recordings/facets.job.ts.
INSERT INTO walks (name, position) SELECT 'facets.filled', 'g' WHERE NOT EXISTS (SELECT 1 FROM episodes);
