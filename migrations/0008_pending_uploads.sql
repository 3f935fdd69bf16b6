CREATE TABLE `pending_uploads` (
	`project_id` text NOT NULL,
	`holder_id` text NOT NULL,
	`uploads` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`project_id`, `holder_id`)
);
--> statement-breakpoint
ALTER TABLE `parts` ADD `contested` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `objects_pending` ON `objects` (`project_id`,`created_by`,`id`) WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX `objects_pending_of_token` ON `objects` (`project_id`,`created_by_token`,`id`) WHERE state = 'pending' and created_by_token is not null;