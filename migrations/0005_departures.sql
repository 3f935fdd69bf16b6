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
CREATE INDEX `departures_of_namespace` ON `departures` (`namespace_id`);