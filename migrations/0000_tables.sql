CREATE TABLE `assets` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`container_id` text NOT NULL,
	`node_id` text,
	`kind` text NOT NULL,
	`name` text,
	`storage_id` text,
	`object_id` text,
	`fps` numeric,
	`lens` text,
	`sample_rate` integer,
	`channels` integer,
	`format` text,
	`language` text,
	`tags` text NOT NULL,
	`metadata` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`created_by_token` text,
	`created_request` text,
	`updated_request` text NOT NULL,
	`renamed_request` text,
	`version` integer DEFAULT 1 NOT NULL,
	`deleted_at` integer,
	`deletion_id` text,
	`purging` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`object_id`) REFERENCES `objects`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `assets_identity` ON `assets` (`container_id`,`kind`,`name`) WHERE deleted_at is null and name is not null;--> statement-breakpoint
CREATE INDEX `assets_newest` ON `assets` (`project_id`,`kind`,`deleted_at`,`id`);--> statement-breakpoint
CREATE INDEX `assets_by_name` ON `assets` (`project_id`,`kind`,`deleted_at`,`name`,`id`);--> statement-breakpoint
CREATE INDEX `assets_of_container` ON `assets` (`container_id`,`kind`,`deleted_at`,`id`);--> statement-breakpoint
CREATE INDEX `assets_of_object` ON `assets` (`object_id`);--> statement-breakpoint
CREATE INDEX `assets_nameless` ON `assets` (`container_id`,`kind`,`created_request`) WHERE name is null and created_request is not null;--> statement-breakpoint
CREATE TABLE `collection_members` (
	`collection_id` text NOT NULL,
	`member_id` text NOT NULL,
	`position` integer NOT NULL,
	PRIMARY KEY(`collection_id`, `member_id`),
	FOREIGN KEY (`collection_id`) REFERENCES `collections`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `collection_members_order` ON `collection_members` (`collection_id`,`position`);--> statement-breakpoint
CREATE TABLE `collections` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`dataset_id` text,
	`detached_by` text,
	`name` text NOT NULL,
	`description` text,
	`tags` text NOT NULL,
	`metadata` text,
	`member_count` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`created_by_token` text,
	`created_request` text,
	`updated_request` text NOT NULL,
	`renamed_request` text,
	`version` integer DEFAULT 1 NOT NULL,
	`deleted_at` integer,
	`deletion_id` text,
	`purging` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`dataset_id`) REFERENCES `datasets`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `collections_name` ON `collections` (`project_id`,`name`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `collections_newest` ON `collections` (`project_id`,`deleted_at`,`id`);--> statement-breakpoint
CREATE INDEX `collections_of_dataset` ON `collections` (`dataset_id`,`deleted_at`,`name`);--> statement-breakpoint
CREATE INDEX `collections_detached` ON `collections` (`detached_by`) WHERE detached_by is not null;--> statement-breakpoint
CREATE TABLE `datasets` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`name` text NOT NULL,
	`description` text,
	`tags` text NOT NULL,
	`metadata` text,
	`collection_count` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`created_by_token` text,
	`created_request` text,
	`updated_request` text NOT NULL,
	`renamed_request` text,
	`version` integer DEFAULT 1 NOT NULL,
	`deleted_at` integer,
	`deletion_id` text,
	`purging` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `datasets_name` ON `datasets` (`project_id`,`name`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `datasets_newest` ON `datasets` (`project_id`,`deleted_at`,`id`);--> statement-breakpoint
CREATE TABLE `deletions` (
	`id` text PRIMARY KEY NOT NULL,
	`namespace_id` text NOT NULL,
	`project_id` text,
	`kind` text NOT NULL,
	`item_id` text NOT NULL,
	`name` text,
	`deleted_at` integer NOT NULL,
	`deleted_by` text NOT NULL,
	`request` text,
	`purging` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `deletions_of_project` ON `deletions` (`project_id`,`id`);--> statement-breakpoint
CREATE INDEX `deletions_of_namespace` ON `deletions` (`namespace_id`,`id`);--> statement-breakpoint
CREATE INDEX `deletions_by_age` ON `deletions` (`deleted_at`,`id`);--> statement-breakpoint
CREATE INDEX `deletions_request` ON `deletions` (`project_id`,`request`) WHERE request is not null;--> statement-breakpoint
CREATE TABLE `episodes` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`node_id` text NOT NULL,
	`folder_id` text,
	`name` text NOT NULL,
	`node_path` text NOT NULL,
	`description` text,
	`tags` text NOT NULL,
	`status` text NOT NULL,
	`write_protected` integer NOT NULL,
	`metadata` text,
	`started_at` integer,
	`ended_at` integer,
	`duration_ms` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`created_by_token` text,
	`created_request` text,
	`updated_request` text NOT NULL,
	`renamed_request` text,
	`version` integer DEFAULT 1 NOT NULL,
	`deleted_at` integer,
	`deletion_id` text,
	`purging` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `episodes_name` ON `episodes` (`project_id`,`name`);--> statement-breakpoint
CREATE INDEX `episodes_newest` ON `episodes` (`project_id`,`deleted_at`,`id`);--> statement-breakpoint
CREATE TABLE `members` (
	`user_id` text NOT NULL,
	`namespace_id` text NOT NULL,
	`role` integer NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `namespace_id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`namespace_id`) REFERENCES `namespaces`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `members_of_namespace` ON `members` (`namespace_id`,`user_id`);--> statement-breakpoint
CREATE TABLE `namespace_stats` (
	`namespace_id` text PRIMARY KEY NOT NULL,
	`members` integer DEFAULT 0 NOT NULL,
	`projects` integer DEFAULT 0 NOT NULL,
	`public_projects` integer DEFAULT 0 NOT NULL,
	`videos` integer DEFAULT 0 NOT NULL,
	`audios` integer DEFAULT 0 NOT NULL,
	`label_tracks` integer DEFAULT 0 NOT NULL,
	`text_tracks` integer DEFAULT 0 NOT NULL,
	`images` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `namespaces` (
	`id` text PRIMARY KEY NOT NULL,
	`slug` text NOT NULL,
	`metadata` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`created_by_token` text,
	`created_request` text,
	`updated_request` text NOT NULL,
	`renamed_request` text,
	`version` integer DEFAULT 1 NOT NULL,
	`deleted_at` integer,
	`deletion_id` text,
	`purging` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `namespaces_slug` ON `namespaces` (`slug`);--> statement-breakpoint
CREATE TABLE `nodes` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`parent_id` text,
	`container_id` text NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`path` text NOT NULL,
	`item_id` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`deleted_at` integer,
	`deletion_id` text,
	`purging` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `nodes_path` ON `nodes` (`container_id`,`path`,`kind`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `nodes_children` ON `nodes` (`parent_id`,`deleted_at`,`name`);--> statement-breakpoint
CREATE INDEX `nodes_of_project` ON `nodes` (`project_id`,`id`);--> statement-breakpoint
CREATE TABLE `objects` (
	`id` text PRIMARY KEY NOT NULL,
	`namespace_id` text NOT NULL,
	`project_id` text,
	`key` text NOT NULL,
	`state` text NOT NULL,
	`size` integer NOT NULL,
	`content_type` text,
	`sha256` text,
	`etag` text,
	`lease_until` integer NOT NULL,
	`created_by` text NOT NULL,
	`created_by_token` text,
	`created_at` integer NOT NULL,
	`completed_at` integer,
	FOREIGN KEY (`namespace_id`) REFERENCES `namespaces`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `objects_key` ON `objects` (`key`);--> statement-breakpoint
CREATE INDEX `objects_of_namespace` ON `objects` (`namespace_id`,`id`);--> statement-breakpoint
CREATE TABLE `project_stats` (
	`project_id` text PRIMARY KEY NOT NULL,
	`episodes` integer DEFAULT 0 NOT NULL,
	`datasets` integer DEFAULT 0 NOT NULL,
	`collections` integer DEFAULT 0 NOT NULL,
	`videos` integer DEFAULT 0 NOT NULL,
	`audios` integer DEFAULT 0 NOT NULL,
	`label_tracks` integer DEFAULT 0 NOT NULL,
	`text_tracks` integer DEFAULT 0 NOT NULL,
	`images` integer DEFAULT 0 NOT NULL,
	`revision` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `projects` (
	`id` text PRIMARY KEY NOT NULL,
	`namespace_id` text NOT NULL,
	`name` text NOT NULL,
	`slug` text NOT NULL,
	`description` text,
	`tags` text NOT NULL,
	`metadata` text,
	`visibility` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`created_by_token` text,
	`created_request` text,
	`updated_request` text NOT NULL,
	`renamed_request` text,
	`version` integer DEFAULT 1 NOT NULL,
	`deleted_at` integer,
	`deletion_id` text,
	`purging` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`namespace_id`) REFERENCES `namespaces`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `projects_slug` ON `projects` (`namespace_id`,`slug`) WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX `projects_newest` ON `projects` (`namespace_id`,`deleted_at`,`id`);--> statement-breakpoint
CREATE INDEX `projects_public` ON `projects` (`namespace_id`,`id`) WHERE deleted_at is null and visibility = 'public';--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`issuer` text NOT NULL,
	`sub` text NOT NULL,
	`username` text NOT NULL,
	`email` text,
	`email_verified` integer,
	`name` text,
	`given_name` text,
	`family_name` text,
	`picture` text,
	`home_id` text NOT NULL,
	`namespace_count` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_identity` ON `users` (`issuer`,`sub`);--> statement-breakpoint
CREATE INDEX `users_username` ON `users` (`username`);--> statement-breakpoint
CREATE UNIQUE INDEX `users_home` ON `users` (`home_id`);