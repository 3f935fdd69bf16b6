ALTER TABLE `collection_members` ADD `project_id` text;--> statement-breakpoint
ALTER TABLE `collection_members` ADD `added_revision` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `collection_members_holding` ON `collection_members` (`project_id`,`member_id`,`collection_id`);--> statement-breakpoint
ALTER TABLE `collections` ADD `changed_members` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `collections` ADD `placed_revision` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `collections_of_dataset_newest` ON `collections` (`dataset_id`,`id`) WHERE deleted_at is null and dataset_id is not null;--> statement-breakpoint
ALTER TABLE `datasets` ADD `changed_collections` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `assets_loose` ON `assets` (`container_id`,`id`) WHERE name is null and deleted_at is null;