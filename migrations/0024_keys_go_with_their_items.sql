CREATE TRIGGER `keys_of_namespaces` AFTER DELETE ON `namespaces` BEGIN
  DELETE FROM `idempotency_keys` WHERE `seq` IN (
    SELECT `seq` FROM `idempotency_keys` WHERE `item_id` = old.id LIMIT 100);
END;
--> statement-breakpoint
CREATE TRIGGER `keys_of_projects` AFTER DELETE ON `projects` BEGIN
  DELETE FROM `idempotency_keys` WHERE `seq` IN (
    SELECT `seq` FROM `idempotency_keys` WHERE `item_id` = old.id LIMIT 100);
END;
--> statement-breakpoint
CREATE TRIGGER `keys_of_episodes` AFTER DELETE ON `episodes` BEGIN
  DELETE FROM `idempotency_keys` WHERE `seq` IN (
    SELECT `seq` FROM `idempotency_keys` WHERE `item_id` = old.id LIMIT 100);
END;
--> statement-breakpoint
CREATE TRIGGER `keys_of_assets` AFTER DELETE ON `assets` BEGIN
  DELETE FROM `idempotency_keys` WHERE `seq` IN (
    SELECT `seq` FROM `idempotency_keys` WHERE `item_id` = old.id LIMIT 100);
END;
--> statement-breakpoint
CREATE TRIGGER `keys_of_datasets` AFTER DELETE ON `datasets` BEGIN
  DELETE FROM `idempotency_keys` WHERE `seq` IN (
    SELECT `seq` FROM `idempotency_keys` WHERE `item_id` = old.id LIMIT 100);
END;
--> statement-breakpoint
CREATE TRIGGER `keys_of_collections` AFTER DELETE ON `collections` BEGIN
  DELETE FROM `idempotency_keys` WHERE `seq` IN (
    SELECT `seq` FROM `idempotency_keys` WHERE `item_id` = old.id LIMIT 100);
END;
--> statement-breakpoint
CREATE TRIGGER `keys_of_api_tokens` AFTER DELETE ON `api_tokens` BEGIN
  DELETE FROM `idempotency_keys` WHERE `seq` IN (
    SELECT `seq` FROM `idempotency_keys` WHERE `item_id` = old.id LIMIT 100);
END;
