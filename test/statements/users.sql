-- users.arrive
insert into provisions (user_id, issuer, sub, username, email, email_verified, name, given_name, family_name, picture, home_id, slug, request, created_at)
 select :newUserId, :issuer, :sub, ifnull(:username, 'user-' || substr(:newUserId, 1, 8)), :email, :emailVerified, :name, :givenName, :familyName, :picture, :newHomeId, <users.freeHomeSlug>, :mark, :now
 where true and :tokenHash is null and not exists (select 1 from revocations where revocations.issuer = :issuer and revocations.jti = :jti) and not exists ( select 1 from users where users.issuer = :issuer and users.sub = :sub)

-- users.arriveAtHome
insert into provisions (user_id, issuer, sub, username, email, email_verified, name, given_name, family_name, picture, home_id, slug, request, created_at)
 select :newUserId, :issuer, :sub, ifnull(:username, 'user-' || substr(:newUserId, 1, 8)), :email, :emailVerified, :name, :givenName, :familyName, :picture, :newHomeId, ifnull(:username, 'user-' || substr(:newUserId, 1, 8)), :mark, :now
 where (not exists (select 1
 from namespaces
 where namespaces.slug = ifnull(:username, 'user-' || substr(:newUserId, 1, 8))) and not exists (select 1
 from former_slugs
 where former_slugs.slug = ifnull(:username, 'user-' || substr(:newUserId, 1, 8)) and former_slugs.reserved_until > :now) and not exists (select 1 from users where users.username = ifnull(:username, 'user-' || substr(:newUserId, 1, 8)))) and :tokenHash is null and not exists (select 1 from revocations where revocations.issuer = :issuer and revocations.jti = :jti) and not exists ( select 1 from users where users.issuer = :issuer and users.sub = :sub)

-- users.arriveForNamespace
insert into provisions (user_id, issuer, sub, username, email, email_verified, name, given_name, family_name, picture, home_id, slug, request, created_at)
 select :newUserId, :issuer, :sub, ifnull(:username, 'user-' || substr(:newUserId, 1, 8)), :email, :emailVerified, :name, :givenName, :familyName, :picture, :newHomeId, <users.freeHomeSlug>, :mark, :now
 where (not exists (select 1 from namespaces where namespaces.slug = :slug) and not exists (select 1 from former_slugs where former_slugs.slug = :slug and former_slugs.reserved_until > :now) and not exists (select 1 from users where users.username = :slug)) and :tokenHash is null and not exists (select 1 from revocations where revocations.issuer = :issuer and revocations.jti = :jti) and not exists ( select 1 from users where users.issuer = :issuer and users.sub = :sub)

-- users.exchanged, judged by users.exchanging
select standing.refusal as refusal, users.id as id, users.version as version, 0 as created, json_object('user', json_object('sub', users.sub, 'email', users.email, 'name', users.name, 'username', namespaces.slug, 'id', users.id, 'isNewUser', boolean((users.id = :newUserId))), 'namespace', json_object('id', namespaces.id, 'slug', namespaces.slug)) as body
 from verdict as standing
 left join users on users.id = iif(standing.refusal is null, standing.user_id, null)
 left join namespaces on namespaces.id = users.home_id

-- users.follow
update users set email = ifnull(:email, users.email), email_verified = case
 when :email <> ifnull(users.email, '') then :emailVerified else ifnull(:emailVerified, users.email_verified) end, name = case
 when users.is_edited & 3 <> 0 then users.name else ifnull(users.name, :name) end, given_name = ifnull(users.given_name, :givenName), family_name = ifnull(users.family_name, :familyName), picture = case
 when users.is_edited & 5 <> 0 then users.picture else ifnull(users.picture, :picture) end, updated_at = :now, version = users.version + 1
 where users.issuer = :issuer and users.sub = :sub and not exists (select 1 from revocations where revocations.issuer = :issuer and revocations.jti = :jti) and ( :email <> ifnull(users.email, '') or :emailVerified <> ifnull(users.email_verified, -1) or (not (users.is_edited & 3 <> 0) and users.name is null and :name is not null) or (users.given_name is null and :givenName is not null) or (users.family_name is null and :familyName is not null) or (not (users.is_edited & 5 <> 0) and users.picture is null and :picture is not null))

-- users.read, judged by users.reading
select standing.refusal as refusal, users.id as id, users.version as version, 0 as created, (select iif(standing.token_id is null, told.body, json_set(told.body, '$.token', json((select json_object('id', api_tokens.id, 'name', api_tokens.name, 'scopes', json('[' || concat_ws(',', iif(api_tokens.scopes & 1, 'read', null), iif(api_tokens.scopes & 2, 'write', null), iif(api_tokens.scopes & 4, 'upload', null)) || ']'), 'namespace', ifnull((select namespaces.slug
 from members join namespaces on namespaces.id = members.namespace_id
 where members.user_id = api_tokens.user_id and members.namespace_id = api_tokens.namespace_id), api_tokens.namespace_id), 'project', ifnull((select projects.slug
 from members join namespaces on namespaces.id = members.namespace_id join projects on projects.id = api_tokens.project_id and projects.namespace_id = namespaces.id
 where members.user_id = api_tokens.user_id and members.namespace_id = api_tokens.namespace_id), api_tokens.project_id), 'expiresAt', iso(api_tokens.expires_at), 'createdAt', iso(api_tokens.created_at))
 from api_tokens
 where api_tokens.id = standing.token_id))))
 from (select iif(<isBlind>, json_object('id', users.id, 'username', namespaces.slug, 'namespace', json_object('id', namespaces.id, 'slug', namespaces.slug)), json_object('id', users.id, 'sub', users.sub, 'email', users.email, 'name', users.name, 'username', namespaces.slug, 'given_name', users.given_name, 'family_name', users.family_name, 'picture', users.picture, 'email_verified', boolean(users.email_verified), 'namespace', json_object('id', namespaces.id, 'slug', namespaces.slug), 'createdAt', iso(users.created_at))) as body) as told) as body
 from verdict as standing
 left join users on users.id = iif(standing.refusal is null, standing.user_id, null)
 left join namespaces on namespaces.id = users.home_id

-- users.update, permitted by users.updating
update users set name = case
 when :newName? then :newName else users.name end, picture = case
 when :newPicture? then :newPicture else users.picture end, is_edited = users.is_edited | iif(:newName?, 2, 0) | iif(:newPicture?, 4, 0), updated_at = :now, updated_request = :mark, version = users.version + 1
 where users.id = (select user_id from permit)

-- users.updated, judged by users.updating
select standing.refusal as refusal, users.id as id, users.version as version, 0 as created, json_object('id', users.id, 'sub', users.sub, 'email', users.email, 'name', users.name, 'username', namespaces.slug, 'given_name', users.given_name, 'family_name', users.family_name, 'picture', users.picture, 'email_verified', boolean(users.email_verified), 'namespace', json_object('id', namespaces.id, 'slug', namespaces.slug), 'createdAt', iso(users.created_at)) as body
 from verdict as standing
 left join users on users.id = iif(standing.refusal is null, standing.user_id, null)
 left join namespaces on namespaces.id = users.home_id
