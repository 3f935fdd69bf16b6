CREATE TABLE `child_counts` (
	`id` text PRIMARY KEY NOT NULL,
	`nodes` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
DROP INDEX `nodes_children`;--> statement-breakpoint
ALTER TABLE `nodes` ADD `above_id` text GENERATED ALWAYS AS (ifnull(parent_id, project_id)) VIRTUAL;--> statement-breakpoint
CREATE INDEX `nodes_children` ON `nodes` (`above_id`,`kind`,`name`,`id`) WHERE deleted_at is null;