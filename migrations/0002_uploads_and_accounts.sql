CREATE TABLE `api_tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`hash` text NOT NULL,
	`user_id` text NOT NULL,
	`name` text NOT NULL,
	`scopes` integer NOT NULL,
	`namespace_id` text,
	`project_id` text,
	`expires_at` integer,
	`last_used_at` integer,
	`revoked_at` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`namespace_id`) REFERENCES `namespaces`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_tokens_hash` ON `api_tokens` (`hash`);--> statement-breakpoint
CREATE INDEX `api_tokens_of_user` ON `api_tokens` (`user_id`,`revoked_at`,`id`);--> statement-breakpoint
CREATE INDEX `api_tokens_of_namespace` ON `api_tokens` (`namespace_id`);--> statement-breakpoint
CREATE TABLE `departures` (
	`user_id` text NOT NULL,
	`namespace_id` text NOT NULL,
	`request` text NOT NULL,
	`departed_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `namespace_id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`namespace_id`) REFERENCES `namespaces`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `departures_of_namespace` ON `departures` (`namespace_id`);--> statement-breakpoint
CREATE TABLE `former_slugs` (
	`slug` text PRIMARY KEY NOT NULL,
	`namespace_id` text NOT NULL,
	`reserved_until` integer NOT NULL,
	FOREIGN KEY (`namespace_id`) REFERENCES `namespaces`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `former_slugs_of_namespace` ON `former_slugs` (`namespace_id`);--> statement-breakpoint
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
CREATE TABLE `revocations` (
	`issuer` text NOT NULL,
	`jti` text NOT NULL,
	`revoked_at` integer NOT NULL,
	`expires_at` integer,
	PRIMARY KEY(`issuer`, `jti`)
);
--> statement-breakpoint
ALTER TABLE `members` ADD `created_request` text;--> statement-breakpoint
ALTER TABLE `members` ADD `updated_request` text;--> statement-breakpoint
CREATE INDEX `members_owners` ON `members` (`namespace_id`,`user_id`) WHERE role = 3;--> statement-breakpoint
ALTER TABLE `objects` ADD `name` text;--> statement-breakpoint
ALTER TABLE `objects` ADD `bucket_upload_id` text;--> statement-breakpoint
ALTER TABLE `objects` ADD `part_size` integer;--> statement-breakpoint
ALTER TABLE `objects` ADD `announced_size` integer;--> statement-breakpoint
ALTER TABLE `objects` ADD `announced_sha256` text;--> statement-breakpoint
ALTER TABLE `objects` ADD `staging_hash` text;--> statement-breakpoint
CREATE INDEX `objects_content` ON `objects` (`namespace_id`,`sha256`,`id`) WHERE state = 'complete' and sha256 is not null;--> statement-breakpoint
CREATE INDEX `objects_staged` ON `objects` (`project_id`,`staging_hash`,`created_by`,`id`) WHERE staging_hash is not null;--> statement-breakpoint
ALTER TABLE `users` ADD `is_edited` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `token_count` integer DEFAULT 0 NOT NULL;