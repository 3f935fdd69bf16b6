-- apiTokens.create, permitted by apiTokens.creating
insert into api_tokens (id, hash, user_id, name, scopes, namespace_id, project_id, expires_at, created_at)
 select :id, :hash, permit.user_id, :title, :scopeBits, place.namespace_id, place.project_id, :tokenExpiresAt, :now
 from permit cross join place
 where permit.user_id is not null

-- apiTokens.created, judged by apiTokens.creating
select standing.refusal as refusal, api_tokens.id as id, 1 as version, 1 as created, json_object('id', api_tokens.id, 'name', api_tokens.name, 'scopes', json('[' || concat_ws(',', iif(api_tokens.scopes & 1, 'read', null), iif(api_tokens.scopes & 2, 'write', null), iif(api_tokens.scopes & 4, 'upload', null)) || ']'), 'namespace', ifnull((select namespaces.slug
 from members join namespaces on namespaces.id = members.namespace_id
 where members.user_id = api_tokens.user_id and members.namespace_id = api_tokens.namespace_id), api_tokens.namespace_id), 'project', ifnull((select projects.slug
 from members join namespaces on namespaces.id = members.namespace_id join projects on projects.id = api_tokens.project_id and projects.namespace_id = namespaces.id
 where members.user_id = api_tokens.user_id and members.namespace_id = api_tokens.namespace_id), api_tokens.project_id), 'expiresAt', iso(api_tokens.expires_at), 'createdAt', iso(api_tokens.created_at)) as body
 from verdict as standing
 left join api_tokens on api_tokens.id = iif(standing.refusal is null, :id, null)

-- apiTokens.keep.created, consulted by apiTokens.creating
insert or replace into idempotency_keys (id, fingerprint, attempt, place_id, item_id, version, created, body, created_at)
 select :keyId, :fingerprint, :attempt, standing.user_id, told.id, told.version, told.created, told.body, :now
 from permit as standing cross join (select standing.refusal as refusal, api_tokens.id as id, 1 as version, 1 as created, json_object('id', api_tokens.id, 'name', api_tokens.name, 'scopes', json('[' || concat_ws(',', iif(api_tokens.scopes & 1, 'read', null), iif(api_tokens.scopes & 2, 'write', null), iif(api_tokens.scopes & 4, 'upload', null)) || ']'), 'namespace', ifnull((select namespaces.slug
 from members join namespaces on namespaces.id = members.namespace_id
 where members.user_id = api_tokens.user_id and members.namespace_id = api_tokens.namespace_id), api_tokens.namespace_id), 'project', ifnull((select projects.slug
 from members join namespaces on namespaces.id = members.namespace_id join projects on projects.id = api_tokens.project_id and projects.namespace_id = namespaces.id
 where members.user_id = api_tokens.user_id and members.namespace_id = api_tokens.namespace_id), api_tokens.project_id), 'expiresAt', iso(api_tokens.expires_at), 'createdAt', iso(api_tokens.created_at)) as body
 from verdict as standing
 left join api_tokens on api_tokens.id = iif(standing.refusal is null, :id, null)) as told
 where :keyId is not null and not exists (select 1 from kept where is_here)

-- apiTokens.listed, consulted by apiTokens.listing
select standing.refusal as refusal, iif(standing.refusal is null, ifnull((select users.token_count from users where users.id = standing.user_id), 0), null) as count, true as is_counted, null as id, null as body
 from verdict as standing
 union all
 select null, null, null, id, body
 from (select api_tokens.id as id, json_object('id', api_tokens.id, 'name', api_tokens.name, 'scopes', json('[' || concat_ws(',', iif(api_tokens.scopes & 1, 'read', null), iif(api_tokens.scopes & 2, 'write', null), iif(api_tokens.scopes & 4, 'upload', null)) || ']'), 'namespace', ifnull((select namespaces.slug
 from members join namespaces on namespaces.id = members.namespace_id
 where members.user_id = api_tokens.user_id and members.namespace_id = api_tokens.namespace_id), api_tokens.namespace_id), 'project', ifnull((select projects.slug
 from members join namespaces on namespaces.id = members.namespace_id join projects on projects.id = api_tokens.project_id and projects.namespace_id = namespaces.id
 where members.user_id = api_tokens.user_id and members.namespace_id = api_tokens.namespace_id), api_tokens.project_id), 'expiresAt', iso(api_tokens.expires_at), 'createdAt', iso(api_tokens.created_at), 'lastUsedAt', iso(api_tokens.last_used_at)) as body
 from api_tokens
 where api_tokens.user_id = (select user_id from permit) and api_tokens.revoked_at is null and api_tokens.id < :before
 order by api_tokens.id desc limit iif(:offset > 0 and (:offset >= (select ifnull((select users.token_count from users where users.id = standing.user_id), 0)
 from permit as standing) or :offset > 100000), 0, :limit + 1) offset :offset)

-- apiTokens.recalled.creating, judged by apiTokens.creating
select standing.refusal as refusal, kept.item_id as id, kept.version as version, kept.created as created, kept.body as body, kept.attempt <> :attempt as is_replayed
 from verdict as standing
 left join kept

-- apiTokens.retire, permitted by apiTokens.creating
update api_tokens set revoked_at = api_tokens.expires_at
 where api_tokens.user_id = (select user_id from permit) and (api_tokens.revoked_at is null and api_tokens.expires_at <= :now)

-- apiTokens.revoke, permitted by apiTokens.revoking
update api_tokens set revoked_at = :askedAt
 where api_tokens.id = :id and api_tokens.user_id = (select user_id from permit) and api_tokens.revoked_at is null

-- apiTokens.revoked, judged by apiTokens.revoking
select standing.refusal as refusal
 from verdict as standing
