ALTER TABLE `namespace_stats` ADD `files` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `project_stats` ADD `files` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `episode_stats` ADD `files` integer DEFAULT 0 NOT NULL;