CREATE TRIGGER api_tokens_inserted AFTER INSERT ON api_tokens WHEN new.revoked_at IS NULL BEGIN
  UPDATE users SET token_count = token_count + 1 WHERE id = new.user_id;
END;
--> statement-breakpoint
CREATE TRIGGER api_tokens_revoked AFTER UPDATE OF revoked_at ON api_tokens
WHEN (new.revoked_at IS NULL) <> (old.revoked_at IS NULL) BEGIN
  UPDATE users SET token_count = token_count + (new.revoked_at IS NULL) - (old.revoked_at IS NULL)
  WHERE id = new.user_id;
END;
--> statement-breakpoint
CREATE TRIGGER api_tokens_deleted AFTER DELETE ON api_tokens WHEN old.revoked_at IS NULL BEGIN
  UPDATE users SET token_count = token_count - 1 WHERE id = old.user_id;
END;
