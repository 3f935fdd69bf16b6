CREATE TABLE `parts` (
	`object_id` text NOT NULL,
	`part_number` integer NOT NULL,
	`etag` text NOT NULL,
	`bucket_etag` text NOT NULL,
	`size` integer NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`object_id`, `part_number`),
	FOREIGN KEY (`object_id`) REFERENCES `objects`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
ALTER TABLE `objects` ADD `name` text;--> statement-breakpoint
ALTER TABLE `objects` ADD `method` text DEFAULT 'PUT' NOT NULL;--> statement-breakpoint
ALTER TABLE `objects` ADD `bucket_upload_id` text;--> statement-breakpoint
ALTER TABLE `objects` ADD `part_size` integer;--> statement-breakpoint
ALTER TABLE `objects` ADD `announced_size` integer;--> statement-breakpoint
ALTER TABLE `objects` ADD `announced_sha256` text;--> statement-breakpoint
ALTER TABLE `objects` ADD `staging_hash` text;--> statement-breakpoint
CREATE INDEX `objects_content` ON `objects` (`namespace_id`,`sha256`,`id`) WHERE state = 'complete' and sha256 is not null;--> statement-breakpoint
CREATE INDEX `objects_staged` ON `objects` (`project_id`,`staging_hash`,`created_by`,`id`) WHERE staging_hash is not null;