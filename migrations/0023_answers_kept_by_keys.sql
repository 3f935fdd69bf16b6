CREATE TABLE `idempotency_keys` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`fingerprint` text NOT NULL,
	`attempt` text NOT NULL,
	`place_id` text NOT NULL,
	`item_id` text NOT NULL,
	`version` integer NOT NULL,
	`created` integer NOT NULL,
	`body` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `idempotency_keys_id` ON `idempotency_keys` (`id`);--> statement-breakpoint
CREATE INDEX `idempotency_keys_of_item` ON `idempotency_keys` (`item_id`);