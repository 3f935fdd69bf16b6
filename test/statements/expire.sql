-- expire.apiTokens
delete
 from api_tokens
 where (api_tokens.id) in ( select api_tokens.id from api_tokens where api_tokens.revoked_at <= :repeatedSince limit :rows)

-- expire.departures
delete
 from departures
 where (departures.user_id, departures.namespace_id) in (
 select departures.user_id, departures.namespace_id
 from departures
 where departures.departed_at <= :repeatedSince limit :rows)

-- expire.formerSlugs
delete
 from former_slugs
 where (former_slugs.slug) in ( select former_slugs.slug from former_slugs where former_slugs.reserved_until <= :now limit :rows)

-- expire.idempotencyKeys
delete
 from idempotency_keys
 where (idempotency_keys.seq) in (
 select idempotency_keys.seq
 from idempotency_keys
 where idempotency_keys.seq in (select seq
 from (
 select idempotency_keys.seq as seq, idempotency_keys.created_at as created_at
 from idempotency_keys
 where idempotency_keys.seq > 0
 order by idempotency_keys.seq limit :rows)
 where created_at <= :now - 86400000) limit :rows)

-- expire.left
select exists (select 1 from revocations where revocations.expires_at <= :now) as revocations, exists (select 1 from api_tokens where api_tokens.revoked_at <= :repeatedSince) as apiTokens, exists (select 1 from former_slugs where former_slugs.reserved_until <= :now) as formerSlugs, exists (select 1 from departures where departures.departed_at <= :repeatedSince) as departures, exists (select 1
 from restorations
 where restorations.restored_at <= :repeatedSince and not exists (select 1 from deletions where deletions.id = restorations.id)) as restorations, exists (select 1
 from idempotency_keys
 where idempotency_keys.seq in (select seq
 from (
 select idempotency_keys.seq as seq, idempotency_keys.created_at as created_at
 from idempotency_keys
 where idempotency_keys.seq > 0
 order by idempotency_keys.seq limit :rows)
 where created_at <= :now - 86400000)) as idempotencyKeys, exists (select 1 from purges where purges.finished_at <= :receiptsSince) as purges

-- expire.purges
delete
 from purges
 where (purges.id) in ( select purges.id from purges where purges.finished_at <= :receiptsSince limit :rows)

-- expire.restorations
delete
 from restorations
 where (restorations.id) in (
 select restorations.id
 from restorations
 where restorations.restored_at <= :repeatedSince and not exists (select 1 from deletions where deletions.id = restorations.id) limit :rows)

-- expire.revocations
delete
 from revocations
 where (revocations.issuer, revocations.jti) in (
 select revocations.issuer, revocations.jti
 from revocations
 where revocations.expires_at <= :now limit :rows)
