-- What is there already is counted before the triggers take over.
INSERT INTO child_counts (id, nodes)
	SELECT above_id || ' ' || kind, count(*) FROM nodes
	WHERE deleted_at IS NULL GROUP BY 1;--> statement-breakpoint
CREATE TRIGGER child_nodes_inserted AFTER INSERT ON nodes WHEN new.deleted_at IS NULL BEGIN
	INSERT INTO child_counts (id, nodes) VALUES (new.above_id || ' ' || new.kind, 1)
		ON CONFLICT (id) DO UPDATE SET nodes = nodes + 1;
END;--> statement-breakpoint
CREATE TRIGGER child_nodes_deleted AFTER DELETE ON nodes BEGIN
	UPDATE child_counts SET nodes = nodes - 1
		WHERE old.deleted_at IS NULL AND id = old.above_id || ' ' || old.kind;
	DELETE FROM child_counts WHERE id >= old.id || ' ' AND id < old.id || '!';
END;--> statement-breakpoint
CREATE TRIGGER child_nodes_updated AFTER UPDATE OF parent_id, deleted_at ON nodes
	WHEN old.parent_id IS NOT new.parent_id OR (old.deleted_at IS NULL) <> (new.deleted_at IS NULL) BEGIN
	UPDATE child_counts SET nodes = nodes - 1
		WHERE old.deleted_at IS NULL AND id = old.above_id || ' ' || old.kind;
	INSERT INTO child_counts (id, nodes)
		SELECT new.above_id || ' ' || new.kind, 1 WHERE new.deleted_at IS NULL
		ON CONFLICT (id) DO UPDATE SET nodes = nodes + 1;
END;--> statement-breakpoint
CREATE TRIGGER child_projects_deleted AFTER DELETE ON projects BEGIN
	DELETE FROM child_counts WHERE id >= old.id || ' ' AND id < old.id || '!';
END;
