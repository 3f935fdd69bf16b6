DROP INDEX `objects_staged`;--> statement-breakpoint
CREATE INDEX `objects_staged` ON `objects` (`project_id`,`staging_hash`,`created_by`,`state`,`id`) WHERE staging_hash is not null;--> statement-breakpoint
CREATE INDEX `purges_amiss` ON `purges` (`rule`,(namespace_id || '/' || item_id)) WHERE kind = 'object' and item_id is not null and finished_at is null;--> statement-breakpoint
CREATE INDEX `purges_of_known` ON `purges` (`namespace_id`) WHERE rule <> 'orphaned';