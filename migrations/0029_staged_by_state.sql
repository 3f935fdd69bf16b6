DROP INDEX `objects_staged`;--> statement-breakpoint
CREATE INDEX `objects_staged` ON `objects` (`project_id`,`staging_hash`,`created_by`,`state`,`id`) WHERE staging_hash is not null;