CREATE TABLE `episode_stats` (
	`episode_id` text PRIMARY KEY NOT NULL,
	`videos` integer DEFAULT 0 NOT NULL,
	`audios` integer DEFAULT 0 NOT NULL,
	`label_tracks` integer DEFAULT 0 NOT NULL,
	`text_tracks` integer DEFAULT 0 NOT NULL,
	`images` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
DROP INDEX `assets_of_object`;--> statement-breakpoint
CREATE INDEX `assets_of_object` ON `assets` (`object_id`,`project_id`,`deleted_at`);--> statement-breakpoint
DROP INDEX `deletions_due`;--> statement-breakpoint
DROP INDEX `deletions_claimed`;--> statement-breakpoint
ALTER TABLE `deletions` ADD `phase` text;--> statement-breakpoint
ALTER TABLE `deletions` ADD `path` text;--> statement-breakpoint
ALTER TABLE `deletions` ADD `new_path` text;--> statement-breakpoint
CREATE INDEX `deletions_under_way` ON `deletions` (`namespace_id`,`project_id`,`id`) WHERE phase is not null;--> statement-breakpoint
CREATE INDEX `deletions_due` ON `deletions` (kind <> 'dataset',`namespace_id`,`deleted_at`,`id`) WHERE purging = 0;--> statement-breakpoint
CREATE INDEX `deletions_claimed` ON `deletions` (project_id is null,`namespace_id`,`turn`,`id`) WHERE purging = 1;--> statement-breakpoint
DROP INDEX `objects_idle`;--> statement-breakpoint
CREATE INDEX `objects_idle` ON `objects` (`state`,`namespace_id`,`lease_until`,`id`) WHERE asset_count = 0;--> statement-breakpoint
ALTER TABLE `members` ADD `prominence` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `members_of_user` ON `members` (`user_id`,`prominence`,`namespace_id`);--> statement-breakpoint
ALTER TABLE `namespace_stats` ADD `rows` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `namespace_stats` ADD `bytes` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `project_stats` ADD `rows` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `episodes_protected` ON `episodes` (`project_id`,`node_path`) WHERE write_protected = 1 and deleted_at is null;--> statement-breakpoint
CREATE INDEX `purges_finished` ON `purges` (`finished_at`) WHERE finished_at is not null;