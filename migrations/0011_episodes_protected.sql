DROP INDEX `episodes_protected`;--> statement-breakpoint
ALTER TABLE `episodes` ADD `folder_path` text GENERATED ALWAYS AS (substr(node_path, 1, length(node_path) - length(name))) VIRTUAL;--> statement-breakpoint
CREATE INDEX `episodes_protected` ON `episodes` (`project_id`,`folder_path`) WHERE write_protected = 1 and deleted_at is null;