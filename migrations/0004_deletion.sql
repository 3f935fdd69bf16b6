CREATE TABLE `purges` (
	`id` text PRIMARY KEY NOT NULL,
	`namespace_id` text NOT NULL,
	`project_id` text,
	`deletion_id` text,
	`kind` text NOT NULL,
	`item_id` text,
	`name` text,
	`rule` text NOT NULL,
	`requested_by` text,
	`request` text,
	`rows` integer DEFAULT 0 NOT NULL,
	`objects` integer DEFAULT 0 NOT NULL,
	`bytes` integer DEFAULT 0 NOT NULL,
	`started_at` integer NOT NULL,
	`finished_at` integer
);
--> statement-breakpoint
CREATE INDEX `purges_of_namespace` ON `purges` (`namespace_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `purges_of_deletion` ON `purges` (`deletion_id`) WHERE deletion_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `purges_of_objects` ON `purges` (`namespace_id`,`rule`,`started_at`) WHERE kind = 'object' and item_id is null;--> statement-breakpoint
CREATE UNIQUE INDEX `purges_findings` ON `purges` (`rule`,`item_id`,`namespace_id`) WHERE kind = 'object' and item_id is not null;--> statement-breakpoint
CREATE INDEX `purges_open` ON `purges` (`rule`,`objects`,`id`) WHERE kind = 'object' and finished_at is null;--> statement-breakpoint
CREATE TABLE `restorations` (
	`id` text PRIMARY KEY NOT NULL,
	`namespace_id` text NOT NULL,
	`project_id` text,
	`kind` text NOT NULL,
	`item_id` text NOT NULL,
	`request` text NOT NULL,
	`restored_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `restorations_by_age` ON `restorations` (`restored_at`);--> statement-breakpoint
CREATE TABLE `walks` (
	`name` text PRIMARY KEY NOT NULL,
	`position` text NOT NULL
);
--> statement-breakpoint
DROP INDEX `deletions_by_age`;--> statement-breakpoint
DROP INDEX `deletions_of_namespace`;--> statement-breakpoint
DROP INDEX `deletions_request`;--> statement-breakpoint
ALTER TABLE `deletions` ADD `container_id` text;--> statement-breakpoint
ALTER TABLE `deletions` ADD `turn` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `deletions_inside` ON `deletions` (`container_id`,`purging`) WHERE container_id is not null;--> statement-breakpoint
CREATE INDEX `deletions_due` ON `deletions` (kind <> 'dataset',`deleted_at`,`id`) WHERE purging = 0;--> statement-breakpoint
CREATE INDEX `deletions_claimed` ON `deletions` (project_id is null,`turn`,`id`) WHERE purging = 1;--> statement-breakpoint
CREATE INDEX `deletions_of_namespace` ON `deletions` (`namespace_id`,`id`) WHERE project_id is null;--> statement-breakpoint
CREATE INDEX `deletions_request` ON `deletions` (`request`) WHERE request is not null;--> statement-breakpoint
ALTER TABLE `namespace_stats` ADD `protected_episodes` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `namespace_stats` ADD `trashed` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `namespace_stats` ADD `purges` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `objects` ADD `asset_count` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `objects` ADD `released_by` text;--> statement-breakpoint
CREATE INDEX `objects_idle` ON `objects` (`state`,`lease_until`,`id`) WHERE asset_count = 0;--> statement-breakpoint
ALTER TABLE `project_stats` ADD `protected_episodes` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `project_stats` ADD `trashed` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `api_tokens_of_project` ON `api_tokens` (`project_id`) WHERE project_id is not null;--> statement-breakpoint
CREATE INDEX `api_tokens_revoked` ON `api_tokens` (`revoked_at`) WHERE revoked_at is not null;--> statement-breakpoint
CREATE INDEX `assets_of_deletion` ON `assets` (`deletion_id`) WHERE deletion_id is not null;--> statement-breakpoint
ALTER TABLE `assets` DROP COLUMN `purging`;--> statement-breakpoint
CREATE INDEX `collections_of_deletion` ON `collections` (`deletion_id`) WHERE deletion_id is not null;--> statement-breakpoint
ALTER TABLE `collections` DROP COLUMN `purging`;--> statement-breakpoint
CREATE INDEX `datasets_of_deletion` ON `datasets` (`deletion_id`) WHERE deletion_id is not null;--> statement-breakpoint
ALTER TABLE `datasets` DROP COLUMN `purging`;--> statement-breakpoint
CREATE INDEX `departures_by_age` ON `departures` (`departed_at`);--> statement-breakpoint
CREATE INDEX `episodes_of_deletion` ON `episodes` (`deletion_id`) WHERE deletion_id is not null;--> statement-breakpoint
ALTER TABLE `episodes` DROP COLUMN `purging`;--> statement-breakpoint
CREATE INDEX `former_slugs_reserved` ON `former_slugs` (`reserved_until`);--> statement-breakpoint
CREATE INDEX `nodes_of_deletion` ON `nodes` (`deletion_id`) WHERE deletion_id is not null;--> statement-breakpoint
ALTER TABLE `nodes` DROP COLUMN `purging`;--> statement-breakpoint
CREATE INDEX `revocations_expiring` ON `revocations` (`expires_at`) WHERE expires_at is not null;--> statement-breakpoint
ALTER TABLE `namespaces` DROP COLUMN `purging`;--> statement-breakpoint
ALTER TABLE `projects` DROP COLUMN `purging`;