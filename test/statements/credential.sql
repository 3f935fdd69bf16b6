-- credential.holder
select users.issuer as issuer, users.sub as sub
 from api_tokens join users on users.id = api_tokens.user_id
 where api_tokens.hash = :tokenHash and api_tokens.revoked_at is null

-- credential.judged, judged by credential.judging
select standing.refusal as refusal
 from verdict as standing

-- credential.noteUse
update api_tokens set last_used_at = :askedAt
 where api_tokens.hash = :tokenHash and api_tokens.revoked_at is null and ifnull(api_tokens.last_used_at, 0) <= :askedAt - 3600000
