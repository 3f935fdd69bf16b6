-- apiTokens.create
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, true as is_member, 3 as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null), place as materialized (
  select "namespaces"."id" as namespace_id, "projects"."id" as project_id
  from admitted as scope
  left join "members" on "members"."user_id" = scope.user_id and "members"."namespace_id" = (
  select "namespaces"."id"
  from "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null)
  left join "namespaces" on "namespaces"."id" = "members"."namespace_id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when (exists (select 1
  from "api_tokens"
  where "api_tokens"."id" = (?1 ->> '$.id'))) and not (scope.access < 0) then 'done'
  when (?1 ->> '$.namespace') is not null and (select namespace_id
  from place) is null then 'namespace_not_found'
  when (?1 ->> '$.project') is not null and (select project_id
  from place) is null then 'project_not_found'
  when scope.access < 0 then 'forbidden' || ifnull(' ' || 'role 0 ' || iif(scope.is_member, scope.access, 0), '')
  when (select "users"."token_count"
  from "users"
  where "users"."id" = scope.user_id) >= 100 and not exists (select 1
  from "api_tokens"
  where "api_tokens"."user_id" = scope.user_id and ("api_tokens"."revoked_at" is null and "api_tokens"."expires_at" <= (?1 ->> '$.now'))) then 'too_many_api_tokens' end) is null) insert into "api_tokens" ("id", "hash", "user_id", "name", "scopes", "namespace_id", "project_id", "expires_at", "created_at")
  select (?1 ->> '$.id'), (?1 ->> '$.hash'), permit.user_id, (?1 ->> '$.title'), (?1 ->> '$.scopeBits'), place.namespace_id, place.project_id, (?1 ->> '$.tokenExpiresAt'), (?1 ->> '$.now')
  from permit cross join place
  where permit.user_id is not null

-- apiTokens.created
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, true as is_member, 3 as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null), place as materialized (
  select "namespaces"."id" as namespace_id, "projects"."id" as project_id
  from admitted as scope
  left join "members" on "members"."user_id" = scope.user_id and "members"."namespace_id" = (
  select "namespaces"."id"
  from "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null)
  left join "namespaces" on "namespaces"."id" = "members"."namespace_id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when (exists (select 1
  from "api_tokens"
  where "api_tokens"."id" = (?1 ->> '$.id'))) and not (scope.access < 0) then 'done'
  when (?1 ->> '$.namespace') is not null and (select namespace_id
  from place) is null then 'namespace_not_found'
  when (?1 ->> '$.project') is not null and (select project_id
  from place) is null then 'project_not_found'
  when scope.access < 0 then 'forbidden' || ifnull(' ' || 'role 0 ' || iif(scope.is_member, scope.access, 0), '')
  when (select "users"."token_count"
  from "users"
  where "users"."id" = scope.user_id) >= 100 and not exists (select 1
  from "api_tokens"
  where "api_tokens"."user_id" = scope.user_id and ("api_tokens"."revoked_at" is null and "api_tokens"."expires_at" <= (?1 ->> '$.now'))) then 'too_many_api_tokens' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, json_object('id', "api_tokens"."id", 'name', "api_tokens"."name", 'scopes', json('[' || concat_ws(',', iif("api_tokens"."scopes" & 1, '"read"', null), iif("api_tokens"."scopes" & 2, '"write"', null), iif("api_tokens"."scopes" & 4, '"upload"', null)) || ']'), 'namespace', ifnull((select "namespaces"."slug"
  from "members" join "namespaces" on "namespaces"."id" = "members"."namespace_id"
  where "members"."user_id" = "api_tokens"."user_id" and "members"."namespace_id" = "api_tokens"."namespace_id"), "api_tokens"."namespace_id"), 'project', ifnull((select "projects"."slug"
  from "members" join "namespaces" on "namespaces"."id" = "members"."namespace_id" join "projects" on "projects"."id" = "api_tokens"."project_id" and "projects"."namespace_id" = "namespaces"."id"
  where "members"."user_id" = "api_tokens"."user_id" and "members"."namespace_id" = "api_tokens"."namespace_id"), "api_tokens"."project_id"), 'expiresAt', strftime('%Y-%m-%dT%H:%M:%fZ', "api_tokens"."expires_at" / 1000.0, 'unixepoch'), 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "api_tokens"."created_at" / 1000.0, 'unixepoch')) as body
  from verdict as scope
  left join "api_tokens" on "api_tokens"."id" = iif(scope.refusal is null, (?1 ->> '$.id'), null)

-- apiTokens.list
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, true as is_member, 3 as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when scope.access < 0 then 'forbidden' || ifnull(' ' || 'role 0 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope), permit as materialized (select *
  from verdict
  where refusal is null)
  select scope.refusal as refusal, iif(scope.refusal is null, ifnull((select "users"."token_count"
  from "users"
  where "users"."id" = scope.user_id), 0), null) as count, true as is_counted, null as id, null as body
  from verdict as scope
  union all
  select null, null, null, id, body
  from (select "api_tokens"."id" as id, json_object('id', "api_tokens"."id", 'name', "api_tokens"."name", 'scopes', json('[' || concat_ws(',', iif("api_tokens"."scopes" & 1, '"read"', null), iif("api_tokens"."scopes" & 2, '"write"', null), iif("api_tokens"."scopes" & 4, '"upload"', null)) || ']'), 'namespace', ifnull((select "namespaces"."slug"
  from "members" join "namespaces" on "namespaces"."id" = "members"."namespace_id"
  where "members"."user_id" = "api_tokens"."user_id" and "members"."namespace_id" = "api_tokens"."namespace_id"), "api_tokens"."namespace_id"), 'project', ifnull((select "projects"."slug"
  from "members" join "namespaces" on "namespaces"."id" = "members"."namespace_id" join "projects" on "projects"."id" = "api_tokens"."project_id" and "projects"."namespace_id" = "namespaces"."id"
  where "members"."user_id" = "api_tokens"."user_id" and "members"."namespace_id" = "api_tokens"."namespace_id"), "api_tokens"."project_id"), 'expiresAt', strftime('%Y-%m-%dT%H:%M:%fZ', "api_tokens"."expires_at" / 1000.0, 'unixepoch'), 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "api_tokens"."created_at" / 1000.0, 'unixepoch'), 'lastUsedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "api_tokens"."last_used_at" / 1000.0, 'unixepoch')) as body
  from "api_tokens"
  where "api_tokens"."user_id" = (select user_id
  from permit) and "api_tokens"."revoked_at" is null and "api_tokens"."id" < (?1 ->> '$.before')
  order by "api_tokens"."id" desc limit iif((?1 ->> '$.offset') > 0 and ((?1 ->> '$.offset') >= (select ifnull((select "users"."token_count"
  from "users"
  where "users"."id" = scope.user_id), 0)
  from permit as scope) or (?1 ->> '$.offset') > 100000), 0, (?1 ->> '$.limit') + 1) offset (?1 ->> '$.offset'))

-- apiTokens.retire
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, true as is_member, 3 as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null), place as materialized (
  select "namespaces"."id" as namespace_id, "projects"."id" as project_id
  from admitted as scope
  left join "members" on "members"."user_id" = scope.user_id and "members"."namespace_id" = (
  select "namespaces"."id"
  from "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null)
  left join "namespaces" on "namespaces"."id" = "members"."namespace_id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when (exists (select 1
  from "api_tokens"
  where "api_tokens"."id" = (?1 ->> '$.id'))) and not (scope.access < 0) then 'done'
  when (?1 ->> '$.namespace') is not null and (select namespace_id
  from place) is null then 'namespace_not_found'
  when (?1 ->> '$.project') is not null and (select project_id
  from place) is null then 'project_not_found'
  when scope.access < 0 then 'forbidden' || ifnull(' ' || 'role 0 ' || iif(scope.is_member, scope.access, 0), '')
  when (select "users"."token_count"
  from "users"
  where "users"."id" = scope.user_id) >= 100 and not exists (select 1
  from "api_tokens"
  where "api_tokens"."user_id" = scope.user_id and ("api_tokens"."revoked_at" is null and "api_tokens"."expires_at" <= (?1 ->> '$.now'))) then 'too_many_api_tokens' end) is null) update "api_tokens" set "revoked_at" = "api_tokens"."expires_at"
  where "api_tokens"."user_id" = (select user_id
  from permit) and ("api_tokens"."revoked_at" is null and "api_tokens"."expires_at" <= (?1 ->> '$.now'))

-- apiTokens.revoke
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, true as is_member, 3 as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when not exists (select 1
  from "api_tokens"
  where "api_tokens"."id" = (?1 ->> '$.id') and "api_tokens"."user_id" = scope.user_id and ("api_tokens"."revoked_at" is null or "api_tokens"."revoked_at" = (?1 ->> '$.askedAt'))) then 'api_token_not_found'
  when scope.access < 0 then 'forbidden' || ifnull(' ' || 'role 0 ' || iif(scope.is_member, scope.access, 0), '') end) is null) update "api_tokens" set "revoked_at" = (?1 ->> '$.askedAt')
  where "api_tokens"."id" = (?1 ->> '$.id') and "api_tokens"."user_id" = (select user_id
  from permit) and "api_tokens"."revoked_at" is null

-- apiTokens.revoked
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, true as is_member, 3 as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when not exists (select 1
  from "api_tokens"
  where "api_tokens"."id" = (?1 ->> '$.id') and "api_tokens"."user_id" = scope.user_id and ("api_tokens"."revoked_at" is null or "api_tokens"."revoked_at" = (?1 ->> '$.askedAt'))) then 'api_token_not_found'
  when scope.access < 0 then 'forbidden' || ifnull(' ' || 'role 0 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope)
  select scope.refusal as refusal
  from verdict as scope

-- assets.list.video.all
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '') end) is null), held as materialized (select "episodes"."id" as id
  from admitted as scope cross join "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."deleted_at" is null and "episodes"."id" = ifnull((?1 ->> '$.episodeId'), (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episode'))) and ((?1 ->> '$.episode') is null or "episodes"."name" = (?1 ->> '$.episode'))), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')
  when scope.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope), permit as materialized (select *
  from verdict
  where refusal is null), hidden as materialized (select exists (select 1
  from "episodes"
  where "episodes"."project_id" = (select project_id
  from permit) and "episodes"."deleted_at" > 0) as is_there), weighed as (select "assets"."id" as id, "assets"."name" as name, json_object('id', "assets"."id", 'projectId', "assets"."project_id", 'episodeId', nullif("assets"."container_id", "assets"."project_id"), 'nodeId', "assets"."node_id", 'name', "assets"."name", 'bssVideoId', "assets"."storage_id", 'object', json((select json_object('id', "objects"."id", 'size', "objects"."size", 'contentType', iif(ifnull(lower(trim(iif(instr("objects"."content_type", ';') > 0, substr("objects"."content_type", 1, instr("objects"."content_type", ';') - 1), "objects"."content_type"))), 'application/octet-stream') <> 'application/octet-stream', "objects"."content_type", coalesce(case lower("assets"."format")
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, case iif(instr("assets"."name", '.') > 0, lower(substr("assets"."name", length(rtrim("assets"."name", replace("assets"."name", '.', ''))) + 1)), null)
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, "objects"."content_type")), 'sha256', "objects"."sha256")
  from "objects"
  where "objects"."id" = "assets"."object_id" and "objects"."state" = 'complete')), 'fps', "assets"."fps", 'lens', "assets"."lens", 'tags', json("assets"."tags"), 'metadata', json("assets"."metadata"), 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "assets"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "assets"."updated_at" / 1000.0, 'unixepoch')) as body, (500 + ifnull(length(cast("assets"."metadata" as blob)), 0) + ifnull(length(cast("assets"."tags" as blob)), 0) + 2 * (ifnull(length(cast("assets"."name" as blob)), 0) + ifnull(length(cast("assets"."storage_id" as blob)), 0) + ifnull(length(cast("assets"."language" as blob)), 0))) as own, sum((500 + ifnull(length(cast("assets"."metadata" as blob)), 0) + ifnull(length(cast("assets"."tags" as blob)), 0) + 2 * (ifnull(length(cast("assets"."name" as blob)), 0) + ifnull(length(cast("assets"."storage_id" as blob)), 0) + ifnull(length(cast("assets"."language" as blob)), 0)))) over (rows unbounded preceding) as total
  from (select *
  from (select *
  from "assets"
  where "assets"."project_id" = (
  select project_id
  from permit
  where true) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."id" < (?1 ->> '$.before')
  order by "assets"."id" desc limit iif((select is_there
  from hidden), (?1 ->> '$.examined'), (?1 ->> '$.limit') + 1)) as "assets"
  where (not (select is_there
  from hidden) or not exists (
  select 1
  from "episodes" as around
  where around.id = "assets"."container_id" and around.deleted_at is not null)) limit (?1 ->> '$.limit') + 1) as "assets")
  select scope.refusal as refusal, iif(scope.refusal is null, iif((select is_there
  from hidden), (select "assets"."id"
  from "assets"
  where "assets"."project_id" = (
  select project_id
  from permit
  where true) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."id" < (?1 ->> '$.before')
  order by "assets"."id" desc limit 1 offset (?1 ->> '$.examined') - 1), null), null) as horizon, null as id, null as name, null as body, null as is_last
  from verdict as scope
  union all
  select null, null, id, name, body, total >= (?1 ->> '$.heaviest')
  from weighed
  where total - own < (?1 ->> '$.heaviest')

-- assets.list.video.filtered
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '') end) is null), held as materialized (select "episodes"."id" as id
  from admitted as scope cross join "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."deleted_at" is null and "episodes"."id" = ifnull((?1 ->> '$.episodeId'), (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episode'))) and ((?1 ->> '$.episode') is null or "episodes"."name" = (?1 ->> '$.episode'))), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')
  when scope.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope), permit as materialized (select *
  from verdict
  where refusal is null), hidden as materialized (select exists (select 1
  from "episodes"
  where "episodes"."project_id" = (select project_id
  from permit) and "episodes"."deleted_at" > 0) as is_there), found as materialized (select id
  from (
  select "assets"."id" as id, "assets"."name" as name, "assets"."container_id" as container_id
  from "assets"
  where "assets"."project_id" = (
  select project_id
  from permit
  where true) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."id" < (?1 ->> '$.before')
  order by "assets"."id" desc limit (?1 ->> '$.examined'))
  where ((?1 ->> '$.from') is null or name >= (?1 ->> '$.from')) and ((?1 ->> '$.to') is null or name < (?1 ->> '$.to')) and ((?1 ->> '$.first') is null or instr(name, (?1 ->> '$.first')) > 0) and ((?1 ->> '$.second') is null or instr(name, (?1 ->> '$.second')) > 0) and ((?1 ->> '$.third') is null or instr(name, (?1 ->> '$.third')) > 0) and (not (select is_there
  from hidden) or not exists (
  select 1
  from "episodes" as around
  where around.id = container_id and around.deleted_at is not null)) limit (?1 ->> '$.limit') + 1), weighed as (select "assets"."id" as id, "assets"."name" as name, json_object('id', "assets"."id", 'projectId', "assets"."project_id", 'episodeId', nullif("assets"."container_id", "assets"."project_id"), 'nodeId', "assets"."node_id", 'name', "assets"."name", 'bssVideoId', "assets"."storage_id", 'object', json((select json_object('id', "objects"."id", 'size', "objects"."size", 'contentType', iif(ifnull(lower(trim(iif(instr("objects"."content_type", ';') > 0, substr("objects"."content_type", 1, instr("objects"."content_type", ';') - 1), "objects"."content_type"))), 'application/octet-stream') <> 'application/octet-stream', "objects"."content_type", coalesce(case lower("assets"."format")
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, case iif(instr("assets"."name", '.') > 0, lower(substr("assets"."name", length(rtrim("assets"."name", replace("assets"."name", '.', ''))) + 1)), null)
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, "objects"."content_type")), 'sha256', "objects"."sha256")
  from "objects"
  where "objects"."id" = "assets"."object_id" and "objects"."state" = 'complete')), 'fps', "assets"."fps", 'lens', "assets"."lens", 'tags', json("assets"."tags"), 'metadata', json("assets"."metadata"), 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "assets"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "assets"."updated_at" / 1000.0, 'unixepoch')) as body, (500 + ifnull(length(cast("assets"."metadata" as blob)), 0) + ifnull(length(cast("assets"."tags" as blob)), 0) + 2 * (ifnull(length(cast("assets"."name" as blob)), 0) + ifnull(length(cast("assets"."storage_id" as blob)), 0) + ifnull(length(cast("assets"."language" as blob)), 0))) as own, sum((500 + ifnull(length(cast("assets"."metadata" as blob)), 0) + ifnull(length(cast("assets"."tags" as blob)), 0) + 2 * (ifnull(length(cast("assets"."name" as blob)), 0) + ifnull(length(cast("assets"."storage_id" as blob)), 0) + ifnull(length(cast("assets"."language" as blob)), 0)))) over (rows unbounded preceding) as total
  from found cross join "assets" on "assets"."id" = found.id)
  select scope.refusal as refusal, iif(scope.refusal is null, (select "assets"."id"
  from "assets"
  where "assets"."project_id" = (
  select project_id
  from permit
  where true) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."id" < (?1 ->> '$.before')
  order by "assets"."id" desc limit 1 offset (?1 ->> '$.examined') - 1), null) as horizon, null as id, null as name, null as body, null as is_last
  from verdict as scope
  union all
  select null, null, id, name, body, total >= (?1 ->> '$.heaviest')
  from weighed
  where total - own < (?1 ->> '$.heaviest')

-- assets.list.video.ofEpisode
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '') end) is null), held as materialized (select "episodes"."id" as id
  from admitted as scope cross join "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."deleted_at" is null and "episodes"."id" = ifnull((?1 ->> '$.episodeId'), (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episode'))) and ((?1 ->> '$.episode') is null or "episodes"."name" = (?1 ->> '$.episode'))), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')
  when scope.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope), permit as materialized (select *
  from verdict
  where refusal is null), hidden as materialized (select exists (select 1
  from "episodes"
  where "episodes"."project_id" = (select project_id
  from permit) and "episodes"."deleted_at" > 0) as is_there), weighed as (select "assets"."id" as id, "assets"."name" as name, json_object('id', "assets"."id", 'projectId', "assets"."project_id", 'episodeId', nullif("assets"."container_id", "assets"."project_id"), 'nodeId', "assets"."node_id", 'name', "assets"."name", 'bssVideoId', "assets"."storage_id", 'object', json((select json_object('id', "objects"."id", 'size', "objects"."size", 'contentType', iif(ifnull(lower(trim(iif(instr("objects"."content_type", ';') > 0, substr("objects"."content_type", 1, instr("objects"."content_type", ';') - 1), "objects"."content_type"))), 'application/octet-stream') <> 'application/octet-stream', "objects"."content_type", coalesce(case lower("assets"."format")
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, case iif(instr("assets"."name", '.') > 0, lower(substr("assets"."name", length(rtrim("assets"."name", replace("assets"."name", '.', ''))) + 1)), null)
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, "objects"."content_type")), 'sha256', "objects"."sha256")
  from "objects"
  where "objects"."id" = "assets"."object_id" and "objects"."state" = 'complete')), 'fps', "assets"."fps", 'lens', "assets"."lens", 'tags', json("assets"."tags"), 'metadata', json("assets"."metadata"), 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "assets"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "assets"."updated_at" / 1000.0, 'unixepoch')) as body, (500 + ifnull(length(cast("assets"."metadata" as blob)), 0) + ifnull(length(cast("assets"."tags" as blob)), 0) + 2 * (ifnull(length(cast("assets"."name" as blob)), 0) + ifnull(length(cast("assets"."storage_id" as blob)), 0) + ifnull(length(cast("assets"."language" as blob)), 0))) as own, sum((500 + ifnull(length(cast("assets"."metadata" as blob)), 0) + ifnull(length(cast("assets"."tags" as blob)), 0) + 2 * (ifnull(length(cast("assets"."name" as blob)), 0) + ifnull(length(cast("assets"."storage_id" as blob)), 0) + ifnull(length(cast("assets"."language" as blob)), 0)))) over (rows unbounded preceding) as total
  from (select *
  from "assets"
  where "assets"."container_id" = (
  select held.id
  from held cross join permit
  where true) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."id" < (?1 ->> '$.before')
  order by "assets"."id" desc limit (?1 ->> '$.limit') + 1) as "assets")
  select scope.refusal as refusal, iif(scope.refusal is null, null, null) as horizon, null as id, null as name, null as body, null as is_last
  from verdict as scope
  union all
  select null, null, id, name, body, total >= (?1 ->> '$.heaviest')
  from weighed
  where total - own < (?1 ->> '$.heaviest')

-- assets.list.video.ofEpisodeFiltered
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '') end) is null), held as materialized (select "episodes"."id" as id
  from admitted as scope cross join "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."deleted_at" is null and "episodes"."id" = ifnull((?1 ->> '$.episodeId'), (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episode'))) and ((?1 ->> '$.episode') is null or "episodes"."name" = (?1 ->> '$.episode'))), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')
  when scope.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope), permit as materialized (select *
  from verdict
  where refusal is null), hidden as materialized (select exists (select 1
  from "episodes"
  where "episodes"."project_id" = (select project_id
  from permit) and "episodes"."deleted_at" > 0) as is_there), found as materialized (select id
  from (
  select "assets"."id" as id, "assets"."name" as name, "assets"."container_id" as container_id
  from "assets"
  where "assets"."container_id" = (
  select held.id
  from held cross join permit
  where true) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."id" < (?1 ->> '$.before')
  order by "assets"."id" desc limit (?1 ->> '$.examined'))
  where ((?1 ->> '$.from') is null or name >= (?1 ->> '$.from')) and ((?1 ->> '$.to') is null or name < (?1 ->> '$.to')) and ((?1 ->> '$.first') is null or instr(name, (?1 ->> '$.first')) > 0) and ((?1 ->> '$.second') is null or instr(name, (?1 ->> '$.second')) > 0) and ((?1 ->> '$.third') is null or instr(name, (?1 ->> '$.third')) > 0) and (not (select is_there
  from hidden) or not exists (
  select 1
  from "episodes" as around
  where around.id = container_id and around.deleted_at is not null)) limit (?1 ->> '$.limit') + 1), weighed as (select "assets"."id" as id, "assets"."name" as name, json_object('id', "assets"."id", 'projectId', "assets"."project_id", 'episodeId', nullif("assets"."container_id", "assets"."project_id"), 'nodeId', "assets"."node_id", 'name', "assets"."name", 'bssVideoId', "assets"."storage_id", 'object', json((select json_object('id', "objects"."id", 'size', "objects"."size", 'contentType', iif(ifnull(lower(trim(iif(instr("objects"."content_type", ';') > 0, substr("objects"."content_type", 1, instr("objects"."content_type", ';') - 1), "objects"."content_type"))), 'application/octet-stream') <> 'application/octet-stream', "objects"."content_type", coalesce(case lower("assets"."format")
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, case iif(instr("assets"."name", '.') > 0, lower(substr("assets"."name", length(rtrim("assets"."name", replace("assets"."name", '.', ''))) + 1)), null)
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, "objects"."content_type")), 'sha256', "objects"."sha256")
  from "objects"
  where "objects"."id" = "assets"."object_id" and "objects"."state" = 'complete')), 'fps', "assets"."fps", 'lens', "assets"."lens", 'tags', json("assets"."tags"), 'metadata', json("assets"."metadata"), 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "assets"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "assets"."updated_at" / 1000.0, 'unixepoch')) as body, (500 + ifnull(length(cast("assets"."metadata" as blob)), 0) + ifnull(length(cast("assets"."tags" as blob)), 0) + 2 * (ifnull(length(cast("assets"."name" as blob)), 0) + ifnull(length(cast("assets"."storage_id" as blob)), 0) + ifnull(length(cast("assets"."language" as blob)), 0))) as own, sum((500 + ifnull(length(cast("assets"."metadata" as blob)), 0) + ifnull(length(cast("assets"."tags" as blob)), 0) + 2 * (ifnull(length(cast("assets"."name" as blob)), 0) + ifnull(length(cast("assets"."storage_id" as blob)), 0) + ifnull(length(cast("assets"."language" as blob)), 0)))) over (rows unbounded preceding) as total
  from found cross join "assets" on "assets"."id" = found.id)
  select scope.refusal as refusal, iif(scope.refusal is null, (select "assets"."id"
  from "assets"
  where "assets"."container_id" = (
  select held.id
  from held cross join permit
  where true) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."id" < (?1 ->> '$.before')
  order by "assets"."id" desc limit 1 offset (?1 ->> '$.examined') - 1), null) as horizon, null as id, null as name, null as body, null as is_last
  from verdict as scope
  union all
  select null, null, id, name, body, total >= (?1 ->> '$.heaviest')
  from weighed
  where total - own < (?1 ->> '$.heaviest')

-- assets.list.video.ranged
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '') end) is null), held as materialized (select "episodes"."id" as id
  from admitted as scope cross join "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."deleted_at" is null and "episodes"."id" = ifnull((?1 ->> '$.episodeId'), (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episode'))) and ((?1 ->> '$.episode') is null or "episodes"."name" = (?1 ->> '$.episode'))), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')
  when scope.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope), permit as materialized (select *
  from verdict
  where refusal is null), hidden as materialized (select exists (select 1
  from "episodes"
  where "episodes"."project_id" = (select project_id
  from permit) and "episodes"."deleted_at" > 0) as is_there), range as materialized (select "assets"."id" as id, "assets"."name" as name, "assets"."container_id" as container_id
  from "assets"
  where "assets"."project_id" = (
  select project_id
  from permit
  where true) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."name" >= (?1 ->> '$.from') and "assets"."name" < ifnull((?1 ->> '$.to'), x'') limit (?1 ->> '$.examined') + 1), counted as materialized (select count(*) <= (?1 ->> '$.examined') as is_few
  from range), found as materialized (select *
  from (
  select id
  from range
  where (select is_few
  from counted) and id < (?1 ->> '$.before') and ((?1 ->> '$.from') is null or name >= (?1 ->> '$.from')) and ((?1 ->> '$.to') is null or name < (?1 ->> '$.to')) and ((?1 ->> '$.first') is null or instr(name, (?1 ->> '$.first')) > 0) and ((?1 ->> '$.second') is null or instr(name, (?1 ->> '$.second')) > 0) and ((?1 ->> '$.third') is null or instr(name, (?1 ->> '$.third')) > 0) and (not (select is_there
  from hidden) or not exists (
  select 1
  from "episodes" as around
  where around.id = container_id and around.deleted_at is not null))
  order by id desc limit (?1 ->> '$.limit') + 1)
  union all
  select *
  from (select id
  from (
  select "assets"."id" as id, "assets"."name" as name, "assets"."container_id" as container_id
  from "assets"
  where "assets"."project_id" = (
  select project_id
  from permit
  where not (select is_few
  from counted)) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."id" < (?1 ->> '$.before')
  order by "assets"."id" desc limit (?1 ->> '$.examined'))
  where ((?1 ->> '$.from') is null or name >= (?1 ->> '$.from')) and ((?1 ->> '$.to') is null or name < (?1 ->> '$.to')) and ((?1 ->> '$.first') is null or instr(name, (?1 ->> '$.first')) > 0) and ((?1 ->> '$.second') is null or instr(name, (?1 ->> '$.second')) > 0) and ((?1 ->> '$.third') is null or instr(name, (?1 ->> '$.third')) > 0) and (not (select is_there
  from hidden) or not exists (
  select 1
  from "episodes" as around
  where around.id = container_id and around.deleted_at is not null)) limit (?1 ->> '$.limit') + 1)), weighed as (select "assets"."id" as id, "assets"."name" as name, json_object('id', "assets"."id", 'projectId', "assets"."project_id", 'episodeId', nullif("assets"."container_id", "assets"."project_id"), 'nodeId', "assets"."node_id", 'name', "assets"."name", 'bssVideoId', "assets"."storage_id", 'object', json((select json_object('id', "objects"."id", 'size', "objects"."size", 'contentType', iif(ifnull(lower(trim(iif(instr("objects"."content_type", ';') > 0, substr("objects"."content_type", 1, instr("objects"."content_type", ';') - 1), "objects"."content_type"))), 'application/octet-stream') <> 'application/octet-stream', "objects"."content_type", coalesce(case lower("assets"."format")
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, case iif(instr("assets"."name", '.') > 0, lower(substr("assets"."name", length(rtrim("assets"."name", replace("assets"."name", '.', ''))) + 1)), null)
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, "objects"."content_type")), 'sha256', "objects"."sha256")
  from "objects"
  where "objects"."id" = "assets"."object_id" and "objects"."state" = 'complete')), 'fps', "assets"."fps", 'lens', "assets"."lens", 'tags', json("assets"."tags"), 'metadata', json("assets"."metadata"), 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "assets"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "assets"."updated_at" / 1000.0, 'unixepoch')) as body, (500 + ifnull(length(cast("assets"."metadata" as blob)), 0) + ifnull(length(cast("assets"."tags" as blob)), 0) + 2 * (ifnull(length(cast("assets"."name" as blob)), 0) + ifnull(length(cast("assets"."storage_id" as blob)), 0) + ifnull(length(cast("assets"."language" as blob)), 0))) as own, sum((500 + ifnull(length(cast("assets"."metadata" as blob)), 0) + ifnull(length(cast("assets"."tags" as blob)), 0) + 2 * (ifnull(length(cast("assets"."name" as blob)), 0) + ifnull(length(cast("assets"."storage_id" as blob)), 0) + ifnull(length(cast("assets"."language" as blob)), 0)))) over (rows unbounded preceding) as total
  from found cross join "assets" on "assets"."id" = found.id)
  select scope.refusal as refusal, iif(scope.refusal is null, (select "assets"."id"
  from "assets"
  where "assets"."project_id" = (
  select project_id
  from permit
  where not (select is_few
  from counted)) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."id" < (?1 ->> '$.before')
  order by "assets"."id" desc limit 1 offset (?1 ->> '$.examined') - 1), null) as horizon, null as id, null as name, null as body, null as is_last
  from verdict as scope
  union all
  select null, null, id, name, body, total >= (?1 ->> '$.heaviest')
  from weighed
  where total - own < (?1 ->> '$.heaviest')

-- assets.makeEpisode
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), earlier as materialized (
  select "assets"."id" as id, "assets"."storage_id" as storage_id, 1 as is_done, "assets"."created_by_token" as created_by_token
  from admitted as scope cross join "assets"
  where "assets"."id" = (?1 ->> '$.id')
  union all
  select "assets"."id" as id, "assets"."storage_id" as storage_id, "assets"."updated_request" = (?1 ->> '$.mark') as is_done, "assets"."created_by_token" as created_by_token
  from admitted as scope cross join "assets"
  where "assets"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."name" = (?1 ->> '$.name') and "assets"."name" is not null
  union all
  select "assets"."id" as id, "assets"."storage_id" as storage_id, 1 as is_done, "assets"."created_by_token" as created_by_token
  from admitted as scope cross join "assets"
  where (?1 ->> '$.name') is null and "assets"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."name" is null and "assets"."created_request" = (?1 ->> '$.repeatable') and "assets"."created_request" is not null limit 1), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((select is_done
  from earlier)) and not (scope.access < 2) then 'done'
  when (scope.scopes & 2 = 0) and scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select ((scope.scopes & 2 = 0) and created_by_token is not scope.token_id)
  from earlier) then 'created_by_another'
  when (select "episodes"."deleted_at" is not null
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName')) then 'episode_trashed'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select "episodes"."write_protected"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName')) then 'episode_write_protected'
  when exists (select 1
  from "objects"
  where "objects"."id" = (?1 ->> '$.storageId') and ("objects"."namespace_id" = scope.namespace_id and ((scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) or exists (select 1
  from (
  select own.container_id
  from "assets" as own
  where own.object_id = "objects"."id" and own.project_id = scope.project_id and own.deleted_at is null limit 500) as held
  where not exists (
  select 1
  from "episodes" as around
  where around.id = held.container_id and around.deleted_at is not null)))) and "objects"."state" in ('pending', 'purging')) then 'object_not_complete'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and substr((?1 ->> '$.path') || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when ((?1 ->> '$.rowsQuota') is not null and iif(ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + 100 <= (?1 ->> '$.rowsQuota'), 0, (iif(exists (select 1
  from earlier
  where is_done or not ifnull(storage_id <> (?1 ->> '$.storageId'), 0)), 0, 1) + iif((?1 ->> '$.name') is null or (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = (?1 ->> '$.path') and "nodes"."kind" = (?1 ->> '$.kind') and "nodes"."deleted_at" is null) is not null, 0, 1) + iif((?1 ->> '$.episodeName') is null or iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) is not null, 0, 2) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null)) > 0 and ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (iif(exists (select 1
  from earlier
  where is_done or not ifnull(storage_id <> (?1 ->> '$.storageId'), 0)), 0, 1) + iif((?1 ->> '$.name') is null or (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = (?1 ->> '$.path') and "nodes"."kind" = (?1 ->> '$.kind') and "nodes"."deleted_at" is null) is not null, 0, 1) + iif((?1 ->> '$.episodeName') is null or iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) is not null, 0, 2) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null)) > (?1 ->> '$.rowsQuota'))) then 'quota_exceeded' end) is null) insert into "episodes" ("id", "project_id", "node_id", "name", "node_path", "tags", "status", "write_protected", "created_at", "updated_at", "created_by", "created_by_token", "created_request", "updated_request")
  select (?1 ->> '$.episodeId'), permit.project_id, (?1 ->> '$.episodeNodeId'), (?1 ->> '$.episodeName'), (?1 ->> '$.episodePath'), '[]', 'running', 0, (?1 ->> '$.now'), (?1 ->> '$.now'), permit.user_id, permit.token_id, (?1 ->> '$.repeatable'), (?1 ->> '$.mark')
  from permit
  where true
  on conflict (project_id, name) do nothing

-- assets.makeFolders
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), earlier as materialized (
  select "assets"."id" as id, "assets"."storage_id" as storage_id, 1 as is_done, "assets"."created_by_token" as created_by_token
  from admitted as scope cross join "assets"
  where "assets"."id" = (?1 ->> '$.id')
  union all
  select "assets"."id" as id, "assets"."storage_id" as storage_id, "assets"."updated_request" = (?1 ->> '$.mark') as is_done, "assets"."created_by_token" as created_by_token
  from admitted as scope cross join "assets"
  where "assets"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."name" = (?1 ->> '$.name') and "assets"."name" is not null
  union all
  select "assets"."id" as id, "assets"."storage_id" as storage_id, 1 as is_done, "assets"."created_by_token" as created_by_token
  from admitted as scope cross join "assets"
  where (?1 ->> '$.name') is null and "assets"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."name" is null and "assets"."created_request" = (?1 ->> '$.repeatable') and "assets"."created_request" is not null limit 1), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((select is_done
  from earlier)) and not (scope.access < 2) then 'done'
  when (scope.scopes & 2 = 0) and scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select ((scope.scopes & 2 = 0) and created_by_token is not scope.token_id)
  from earlier) then 'created_by_another'
  when (select "episodes"."deleted_at" is not null
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName')) then 'episode_trashed'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select "episodes"."write_protected"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName')) then 'episode_write_protected'
  when exists (select 1
  from "objects"
  where "objects"."id" = (?1 ->> '$.storageId') and ("objects"."namespace_id" = scope.namespace_id and ((scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) or exists (select 1
  from (
  select own.container_id
  from "assets" as own
  where own.object_id = "objects"."id" and own.project_id = scope.project_id and own.deleted_at is null limit 500) as held
  where not exists (
  select 1
  from "episodes" as around
  where around.id = held.container_id and around.deleted_at is not null)))) and "objects"."state" in ('pending', 'purging')) then 'object_not_complete'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and substr((?1 ->> '$.path') || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when ((?1 ->> '$.rowsQuota') is not null and iif(ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + 100 <= (?1 ->> '$.rowsQuota'), 0, (iif(exists (select 1
  from earlier
  where is_done or not ifnull(storage_id <> (?1 ->> '$.storageId'), 0)), 0, 1) + iif((?1 ->> '$.name') is null or (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = (?1 ->> '$.path') and "nodes"."kind" = (?1 ->> '$.kind') and "nodes"."deleted_at" is null) is not null, 0, 1) + iif((?1 ->> '$.episodeName') is null or iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) is not null, 0, 2) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null)) > 0 and ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (iif(exists (select 1
  from earlier
  where is_done or not ifnull(storage_id <> (?1 ->> '$.storageId'), 0)), 0, 1) + iif((?1 ->> '$.name') is null or (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = (?1 ->> '$.path') and "nodes"."kind" = (?1 ->> '$.kind') and "nodes"."deleted_at" is null) is not null, 0, 1) + iif((?1 ->> '$.episodeName') is null or iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) is not null, 0, 2) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null)) > (?1 ->> '$.rowsQuota'))) then 'quota_exceeded' end) is null) insert into "nodes" ("id", "project_id", "parent_id", "container_id", "kind", "name", "path", "created_at", "updated_at")
  select made.value ->> '$.id', permit.project_id, case
  when rtrim(rtrim(substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end'), replace(substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end'), '/', '')), '/') = '' then (select "episodes"."node_id"
  from "episodes"
  where "episodes"."project_id" = permit.project_id and "episodes"."name" = (?1 ->> '$.episodeName')) else ifnull((select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, permit.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = permit.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = rtrim(rtrim(substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end'), replace(substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end'), '/', '')), '/') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null), made.value ->> '$.parentId') end, iif((?1 ->> '$.episodeName') is null, permit.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = permit.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))), 'folder', replace(replace(substr(substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end'), length(rtrim(rtrim(substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end'), replace(substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end'), '/', '')), '/')) + 2), '%2F', '/'), '%25', '%'), substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end'), (?1 ->> '$.now'), (?1 ->> '$.now')
  from permit cross join json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, permit.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = permit.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null

-- assets.makeProject
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), earlier as materialized (
  select "assets"."id" as id, "assets"."storage_id" as storage_id, 1 as is_done, "assets"."created_by_token" as created_by_token
  from admitted as scope cross join "assets"
  where "assets"."id" = (?1 ->> '$.id')
  union all
  select "assets"."id" as id, "assets"."storage_id" as storage_id, "assets"."updated_request" = (?1 ->> '$.mark') as is_done, "assets"."created_by_token" as created_by_token
  from admitted as scope cross join "assets"
  where "assets"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."name" = (?1 ->> '$.name') and "assets"."name" is not null
  union all
  select "assets"."id" as id, "assets"."storage_id" as storage_id, 1 as is_done, "assets"."created_by_token" as created_by_token
  from admitted as scope cross join "assets"
  where (?1 ->> '$.name') is null and "assets"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."name" is null and "assets"."created_request" = (?1 ->> '$.repeatable') and "assets"."created_request" is not null limit 1), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((select is_done
  from earlier)) and not (scope.access < 2) then 'done'
  when (scope.scopes & 2 = 0) and scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select ((scope.scopes & 2 = 0) and created_by_token is not scope.token_id)
  from earlier) then 'created_by_another'
  when (select "episodes"."deleted_at" is not null
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName')) then 'episode_trashed'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select "episodes"."write_protected"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName')) then 'episode_write_protected'
  when exists (select 1
  from "objects"
  where "objects"."id" = (?1 ->> '$.storageId') and ("objects"."namespace_id" = scope.namespace_id and ((scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) or exists (select 1
  from (
  select own.container_id
  from "assets" as own
  where own.object_id = "objects"."id" and own.project_id = scope.project_id and own.deleted_at is null limit 500) as held
  where not exists (
  select 1
  from "episodes" as around
  where around.id = held.container_id and around.deleted_at is not null)))) and "objects"."state" in ('pending', 'purging')) then 'object_not_complete'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and substr((?1 ->> '$.path') || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when ((?1 ->> '$.rowsQuota') is not null and iif(ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + 100 <= (?1 ->> '$.rowsQuota'), 0, (iif(exists (select 1
  from earlier
  where is_done or not ifnull(storage_id <> (?1 ->> '$.storageId'), 0)), 0, 1) + iif((?1 ->> '$.name') is null or (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = (?1 ->> '$.path') and "nodes"."kind" = (?1 ->> '$.kind') and "nodes"."deleted_at" is null) is not null, 0, 1) + iif((?1 ->> '$.episodeName') is null or iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) is not null, 0, 2) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null)) > 0 and ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (iif(exists (select 1
  from earlier
  where is_done or not ifnull(storage_id <> (?1 ->> '$.storageId'), 0)), 0, 1) + iif((?1 ->> '$.name') is null or (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = (?1 ->> '$.path') and "nodes"."kind" = (?1 ->> '$.kind') and "nodes"."deleted_at" is null) is not null, 0, 1) + iif((?1 ->> '$.episodeName') is null or iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) is not null, 0, 2) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null)) > (?1 ->> '$.rowsQuota'))) then 'quota_exceeded' end) is null) insert into "projects" ("id", "namespace_id", "name", "slug", "tags", "visibility", "created_at", "updated_at", "created_by", "created_by_token", "created_request", "updated_request")
  select (?1 ->> '$.projectId'), permit.namespace_id, (?1 ->> '$.project'), (?1 ->> '$.project'), '[]', 'private', (?1 ->> '$.now'), (?1 ->> '$.now'), permit.user_id, permit.token_id, (?1 ->> '$.repeatable'), (?1 ->> '$.mark')
  from permit
  where permit.project_id is null

-- assets.markNode
update "nodes" set "deleted_at" = (?1 ->> '$.now'), "deletion_id" = (?1 ->> '$.deletionId')
  where "nodes"."id" = (select "assets"."node_id"
  from "assets"
  where "assets"."id" = (select "deletions"."item_id"
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId'))) and "nodes"."item_id" = (select "deletions"."item_id"
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) and "nodes"."deleted_at" is null

-- assets.markTrashed
update "assets" set "deleted_at" = (?1 ->> '$.now'), "deletion_id" = (?1 ->> '$.deletionId')
  where "assets"."id" = (select "deletions"."item_id"
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) and "assets"."deleted_at" is null

-- assets.place
insert into "nodes" ("id", "project_id", "parent_id", "container_id", "kind", "name", "path", "item_id", "created_at", "updated_at")
  select "assets"."node_id", "assets"."project_id", case
  when (?1 ->> '$.parentPath') is not null then (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = "assets"."container_id" and "nodes"."path" = (?1 ->> '$.parentPath') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) else (select "episodes"."node_id"
  from "episodes"
  where "episodes"."id" = "assets"."container_id") end, "assets"."container_id", "assets"."kind", (?1 ->> '$.filename'), (?1 ->> '$.path'), "assets"."id", (?1 ->> '$.now'), (?1 ->> '$.now')
  from "assets"
  where "assets"."id" = (?1 ->> '$.id') and "assets"."name" is not null and "assets"."deleted_at" is null
  on conflict (id) do update set item_id = excluded.item_id, updated_at = excluded.updated_at, version = "nodes"."version" + 1
  where "nodes"."item_id" <> excluded.item_id

-- assets.placeEpisode
insert into "nodes" ("id", "project_id", "container_id", "kind", "name", "path", "item_id", "created_at", "updated_at")
  select "episodes"."node_id", "episodes"."project_id", "episodes"."project_id", 'episode', "episodes"."name", '/' || (?1 ->> '$.episodeSegment'), "episodes"."id", (?1 ->> '$.now'), (?1 ->> '$.now')
  from "episodes"
  where "episodes"."id" = (?1 ->> '$.episodeId')
  on conflict (id) do nothing

-- assets.placeRestored
with undone as materialized (
  select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."project_id" as project_id
  from "restorations" cross join "deletions" on "deletions"."id" = "restorations"."id"
  where "restorations"."id" = (?1 ->> '$.deletionId') and "restorations"."request" = (?1 ->> '$.mark')), spot as materialized (
  select undone.kind as kind, undone.item_id as item_id, "nodes"."container_id" as container_id, "nodes"."path" as former, rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/') || '/' || ifnull((?1 ->> '$.newSegment'), substr("nodes"."path", length(rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/')) + 2)) as path, "nodes"."id" as node_id
  from undone cross join "nodes" on "nodes"."id" = undone.item_id
  where +undone.kind = 'folder'
  union all
  select undone.kind as kind, undone.item_id as item_id, "episodes"."project_id" as container_id, "nodes"."path" as former, rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/') || '/' || ifnull((?1 ->> '$.newSegment'), substr("nodes"."path", length(rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/')) + 2)) as path, "nodes"."id" as node_id
  from undone cross join "episodes" on "episodes"."id" = undone.item_id cross join "nodes" on "nodes"."id" = "episodes"."node_id"
  where +undone.kind = 'episode'
  union all
  select undone.kind, undone.item_id, "assets"."container_id", replace("assets"."name", '%', '%25'), ifnull((?1 ->> '$.newNodePath'), replace("assets"."name", '%', '%25')), "assets"."node_id"
  from undone cross join "assets" on "assets"."id" = undone.item_id
  where +undone.kind in ('video', 'audio', 'label-track', 'text-track', 'image')) insert into "nodes" ("id", "project_id", "parent_id", "container_id", "kind", "name", "path", "item_id", "created_at", "updated_at")
  select "assets"."node_id", "assets"."project_id", ifnull((select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = spot.container_id and "nodes"."path" = rtrim(rtrim(spot.path, replace(spot.path, '/', '')), '/') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null), iif(rtrim(rtrim(spot.path, replace(spot.path, '/', '')), '/') = '', (select around.node_id
  from "episodes" as around
  where around.id = spot.container_id), null)), "assets"."container_id", "assets"."kind", replace(replace(substr(spot.path, length(rtrim(rtrim(spot.path, replace(spot.path, '/', '')), '/')) + 2), '%2F', '/'), '%25', '%'), spot.path, "assets"."id", (?1 ->> '$.now'), (?1 ->> '$.now')
  from spot cross join "assets" on "assets"."id" = spot.item_id
  where "assets"."node_id" = (?1 ->> '$.nodeId') and spot.path is not null
  on conflict (id) do nothing

-- assets.register
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), earlier as materialized (
  select "assets"."id" as id, "assets"."storage_id" as storage_id, 1 as is_done, "assets"."created_by_token" as created_by_token
  from admitted as scope cross join "assets"
  where "assets"."id" = (?1 ->> '$.id')
  union all
  select "assets"."id" as id, "assets"."storage_id" as storage_id, "assets"."updated_request" = (?1 ->> '$.mark') as is_done, "assets"."created_by_token" as created_by_token
  from admitted as scope cross join "assets"
  where "assets"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."name" = (?1 ->> '$.name') and "assets"."name" is not null
  union all
  select "assets"."id" as id, "assets"."storage_id" as storage_id, 1 as is_done, "assets"."created_by_token" as created_by_token
  from admitted as scope cross join "assets"
  where (?1 ->> '$.name') is null and "assets"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."name" is null and "assets"."created_request" = (?1 ->> '$.repeatable') and "assets"."created_request" is not null limit 1), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((select is_done
  from earlier)) and not (scope.access < 2) then 'done'
  when (scope.scopes & 2 = 0) and scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select ((scope.scopes & 2 = 0) and created_by_token is not scope.token_id)
  from earlier) then 'created_by_another'
  when (select "episodes"."deleted_at" is not null
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName')) then 'episode_trashed'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select "episodes"."write_protected"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName')) then 'episode_write_protected'
  when exists (select 1
  from "objects"
  where "objects"."id" = (?1 ->> '$.storageId') and ("objects"."namespace_id" = scope.namespace_id and ((scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) or exists (select 1
  from (
  select own.container_id
  from "assets" as own
  where own.object_id = "objects"."id" and own.project_id = scope.project_id and own.deleted_at is null limit 500) as held
  where not exists (
  select 1
  from "episodes" as around
  where around.id = held.container_id and around.deleted_at is not null)))) and "objects"."state" in ('pending', 'purging')) then 'object_not_complete'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and substr((?1 ->> '$.path') || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when ((?1 ->> '$.rowsQuota') is not null and iif(ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + 100 <= (?1 ->> '$.rowsQuota'), 0, (iif(exists (select 1
  from earlier
  where is_done or not ifnull(storage_id <> (?1 ->> '$.storageId'), 0)), 0, 1) + iif((?1 ->> '$.name') is null or (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = (?1 ->> '$.path') and "nodes"."kind" = (?1 ->> '$.kind') and "nodes"."deleted_at" is null) is not null, 0, 1) + iif((?1 ->> '$.episodeName') is null or iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) is not null, 0, 2) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null)) > 0 and ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (iif(exists (select 1
  from earlier
  where is_done or not ifnull(storage_id <> (?1 ->> '$.storageId'), 0)), 0, 1) + iif((?1 ->> '$.name') is null or (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = (?1 ->> '$.path') and "nodes"."kind" = (?1 ->> '$.kind') and "nodes"."deleted_at" is null) is not null, 0, 1) + iif((?1 ->> '$.episodeName') is null or iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) is not null, 0, 2) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null)) > (?1 ->> '$.rowsQuota'))) then 'quota_exceeded' end) is null) insert into "assets" ("id", "project_id", "container_id", "node_id", "kind", "name", "storage_id", "object_id", "fps", "lens", "sample_rate", "channels", "format", "language", "tags", "metadata", "created_at", "updated_at", "created_by", "created_by_token", "created_request", "updated_request")
  select (?1 ->> '$.id'), permit.project_id, iif((?1 ->> '$.episodeName') is null, permit.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = permit.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))), iif((?1 ->> '$.name') is null, null, ifnull((select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, permit.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = permit.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = (?1 ->> '$.path') and "nodes"."kind" = (?1 ->> '$.kind') and "nodes"."deleted_at" is null), (?1 ->> '$.nodeId'))), (?1 ->> '$.kind'), (?1 ->> '$.name'), (?1 ->> '$.storageId'), (select "objects"."id"
  from "objects"
  where "objects"."id" = (?1 ->> '$.storageId') and ("objects"."namespace_id" = permit.namespace_id and ((permit.token_project_id is null and permit.scopes & 2 or "objects"."project_id" = permit.project_id) or exists (select 1
  from (
  select own.container_id
  from "assets" as own
  where own.object_id = "objects"."id" and own.project_id = permit.project_id and own.deleted_at is null limit 500) as held
  where not exists (
  select 1
  from "episodes" as around
  where around.id = held.container_id and around.deleted_at is not null)))) and "objects"."state" = 'complete'), iif((?1 ->> '$.kind') = 'video', ifnull((?1 ->> '$.fps'), 30), null), iif((?1 ->> '$.kind') = 'video', ifnull((?1 ->> '$.lens'), 'pinhole'), null), (?1 ->> '$.sampleRate'), (?1 ->> '$.channels'), (?1 ->> '$.format'), (?1 ->> '$.language'), ifnull((?1 ->> '$.tags'), '[]'), (?1 ->> '$.metadata'), (?1 ->> '$.now'), (?1 ->> '$.now'), permit.user_id, permit.token_id, (?1 ->> '$.repeatable'), (?1 ->> '$.mark')
  from permit
  where true
  on conflict (container_id, kind, name)
  where deleted_at is null and name is not null do update set "fps" = case
  when (json_type(?1, '$.fps') is not null) then (?1 ->> '$.fps') else "assets"."fps" end, "lens" = case
  when (json_type(?1, '$.lens') is not null) then (?1 ->> '$.lens') else "assets"."lens" end, "sample_rate" = case
  when (json_type(?1, '$.sampleRate') is not null) then (?1 ->> '$.sampleRate') else "assets"."sample_rate" end, "channels" = case
  when (json_type(?1, '$.channels') is not null) then (?1 ->> '$.channels') else "assets"."channels" end, "format" = case
  when (json_type(?1, '$.format') is not null) then (?1 ->> '$.format') else "assets"."format" end, "language" = case
  when (json_type(?1, '$.language') is not null) then (?1 ->> '$.language') else "assets"."language" end, "tags" = case
  when (json_type(?1, '$.tags') is not null) then (?1 ->> '$.tags') else "assets"."tags" end, "metadata" = case
  when (json_type(?1, '$.metadata') is not null) then (?1 ->> '$.metadata') else "assets"."metadata" end, "storage_id" = ifnull("assets"."storage_id", excluded.storage_id), "object_id" = ifnull("assets"."object_id", excluded.object_id), "updated_at" = (?1 ->> '$.now'), "updated_request" = (?1 ->> '$.mark'), "version" = "assets"."version" + 1
  where (json_type(?1, '$.fps') is not null) or (json_type(?1, '$.lens') is not null) or (json_type(?1, '$.sampleRate') is not null) or (json_type(?1, '$.channels') is not null) or (json_type(?1, '$.format') is not null) or (json_type(?1, '$.language') is not null) or (json_type(?1, '$.tags') is not null) or (json_type(?1, '$.metadata') is not null) or "assets"."storage_id" is null and excluded.storage_id is not null or "assets"."object_id" is null and excluded.object_id is not null

-- assets.registered.video
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), earlier as materialized (
  select "assets"."id" as id, "assets"."storage_id" as storage_id, 1 as is_done, "assets"."created_by_token" as created_by_token
  from admitted as scope cross join "assets"
  where "assets"."id" = (?1 ->> '$.id')
  union all
  select "assets"."id" as id, "assets"."storage_id" as storage_id, "assets"."updated_request" = (?1 ->> '$.mark') as is_done, "assets"."created_by_token" as created_by_token
  from admitted as scope cross join "assets"
  where "assets"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."name" = (?1 ->> '$.name') and "assets"."name" is not null
  union all
  select "assets"."id" as id, "assets"."storage_id" as storage_id, 1 as is_done, "assets"."created_by_token" as created_by_token
  from admitted as scope cross join "assets"
  where (?1 ->> '$.name') is null and "assets"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."name" is null and "assets"."created_request" = (?1 ->> '$.repeatable') and "assets"."created_request" is not null limit 1), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((select is_done
  from earlier)) and not (scope.access < 2) then 'done'
  when (scope.scopes & 2 = 0) and scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select ((scope.scopes & 2 = 0) and created_by_token is not scope.token_id)
  from earlier) then 'created_by_another'
  when (select "episodes"."deleted_at" is not null
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName')) then 'episode_trashed'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select "episodes"."write_protected"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName')) then 'episode_write_protected'
  when exists (select 1
  from "objects"
  where "objects"."id" = (?1 ->> '$.storageId') and ("objects"."namespace_id" = scope.namespace_id and ((scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) or exists (select 1
  from (
  select own.container_id
  from "assets" as own
  where own.object_id = "objects"."id" and own.project_id = scope.project_id and own.deleted_at is null limit 500) as held
  where not exists (
  select 1
  from "episodes" as around
  where around.id = held.container_id and around.deleted_at is not null)))) and "objects"."state" in ('pending', 'purging')) then 'object_not_complete'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and substr((?1 ->> '$.path') || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when ((?1 ->> '$.rowsQuota') is not null and iif(ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + 100 <= (?1 ->> '$.rowsQuota'), 0, (iif(exists (select 1
  from earlier
  where is_done or not ifnull(storage_id <> (?1 ->> '$.storageId'), 0)), 0, 1) + iif((?1 ->> '$.name') is null or (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = (?1 ->> '$.path') and "nodes"."kind" = (?1 ->> '$.kind') and "nodes"."deleted_at" is null) is not null, 0, 1) + iif((?1 ->> '$.episodeName') is null or iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) is not null, 0, 2) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null)) > 0 and ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (iif(exists (select 1
  from earlier
  where is_done or not ifnull(storage_id <> (?1 ->> '$.storageId'), 0)), 0, 1) + iif((?1 ->> '$.name') is null or (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = (?1 ->> '$.path') and "nodes"."kind" = (?1 ->> '$.kind') and "nodes"."deleted_at" is null) is not null, 0, 1) + iif((?1 ->> '$.episodeName') is null or iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) is not null, 0, 2) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null)) > (?1 ->> '$.rowsQuota'))) then 'quota_exceeded' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "assets"."version" as version, 1 as created, iif((scope.scopes & 1 = 0), json_object('id', "assets"."id", 'name', "assets"."name"), json_object('id', "assets"."id", 'projectId', "assets"."project_id", 'episodeId', nullif("assets"."container_id", "assets"."project_id"), 'nodeId', "assets"."node_id", 'name', "assets"."name", 'bssVideoId', "assets"."storage_id", 'object', json((select json_object('id', "objects"."id", 'size', "objects"."size", 'contentType', iif(ifnull(lower(trim(iif(instr("objects"."content_type", ';') > 0, substr("objects"."content_type", 1, instr("objects"."content_type", ';') - 1), "objects"."content_type"))), 'application/octet-stream') <> 'application/octet-stream', "objects"."content_type", coalesce(case lower("assets"."format")
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, case iif(instr("assets"."name", '.') > 0, lower(substr("assets"."name", length(rtrim("assets"."name", replace("assets"."name", '.', ''))) + 1)), null)
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, "objects"."content_type")), 'sha256', "objects"."sha256")
  from "objects"
  where "objects"."id" = "assets"."object_id" and "objects"."state" = 'complete')), 'fps', "assets"."fps", 'lens', "assets"."lens", 'tags', json("assets"."tags"), 'metadata', json("assets"."metadata"), 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "assets"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "assets"."updated_at" / 1000.0, 'unixepoch'))) as body
  from verdict as scope
  left join "assets" on "assets"."id" = iif(scope.refusal is null, (select id
  from earlier), null)

-- assets.renewLease
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), earlier as materialized (
  select "assets"."id" as id, "assets"."storage_id" as storage_id, 1 as is_done, "assets"."created_by_token" as created_by_token
  from admitted as scope cross join "assets"
  where "assets"."id" = (?1 ->> '$.id')
  union all
  select "assets"."id" as id, "assets"."storage_id" as storage_id, "assets"."updated_request" = (?1 ->> '$.mark') as is_done, "assets"."created_by_token" as created_by_token
  from admitted as scope cross join "assets"
  where "assets"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."name" = (?1 ->> '$.name') and "assets"."name" is not null
  union all
  select "assets"."id" as id, "assets"."storage_id" as storage_id, 1 as is_done, "assets"."created_by_token" as created_by_token
  from admitted as scope cross join "assets"
  where (?1 ->> '$.name') is null and "assets"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."name" is null and "assets"."created_request" = (?1 ->> '$.repeatable') and "assets"."created_request" is not null limit 1), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((select is_done
  from earlier)) and not (scope.access < 2) then 'done'
  when (scope.scopes & 2 = 0) and scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select ((scope.scopes & 2 = 0) and created_by_token is not scope.token_id)
  from earlier) then 'created_by_another'
  when (select "episodes"."deleted_at" is not null
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName')) then 'episode_trashed'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select "episodes"."write_protected"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName')) then 'episode_write_protected'
  when exists (select 1
  from "objects"
  where "objects"."id" = (?1 ->> '$.storageId') and ("objects"."namespace_id" = scope.namespace_id and ((scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) or exists (select 1
  from (
  select own.container_id
  from "assets" as own
  where own.object_id = "objects"."id" and own.project_id = scope.project_id and own.deleted_at is null limit 500) as held
  where not exists (
  select 1
  from "episodes" as around
  where around.id = held.container_id and around.deleted_at is not null)))) and "objects"."state" in ('pending', 'purging')) then 'object_not_complete'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and substr((?1 ->> '$.path') || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when ((?1 ->> '$.rowsQuota') is not null and iif(ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + 100 <= (?1 ->> '$.rowsQuota'), 0, (iif(exists (select 1
  from earlier
  where is_done or not ifnull(storage_id <> (?1 ->> '$.storageId'), 0)), 0, 1) + iif((?1 ->> '$.name') is null or (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = (?1 ->> '$.path') and "nodes"."kind" = (?1 ->> '$.kind') and "nodes"."deleted_at" is null) is not null, 0, 1) + iif((?1 ->> '$.episodeName') is null or iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) is not null, 0, 2) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null)) > 0 and ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (iif(exists (select 1
  from earlier
  where is_done or not ifnull(storage_id <> (?1 ->> '$.storageId'), 0)), 0, 1) + iif((?1 ->> '$.name') is null or (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = (?1 ->> '$.path') and "nodes"."kind" = (?1 ->> '$.kind') and "nodes"."deleted_at" is null) is not null, 0, 1) + iif((?1 ->> '$.episodeName') is null or iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) is not null, 0, 2) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null)) > (?1 ->> '$.rowsQuota'))) then 'quota_exceeded' end) is null) update "objects" set "lease_until" = (?1 ->> '$.leaseUntil')
  where "objects"."id" = (?1 ->> '$.storageId') and exists (select 1
  from permit
  where ("objects"."namespace_id" = permit.namespace_id and ((permit.token_project_id is null and permit.scopes & 2 or "objects"."project_id" = permit.project_id) or exists (select 1
  from (
  select own.container_id
  from "assets" as own
  where own.object_id = "objects"."id" and own.project_id = permit.project_id and own.deleted_at is null limit 500) as held
  where not exists (
  select 1
  from "episodes" as around
  where around.id = held.container_id and around.deleted_at is not null))))) and "objects"."state" = 'complete' and "objects"."lease_until" < (?1 ->> '$.renewedBefore')

-- assets.replace
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), earlier as materialized (
  select "assets"."id" as id, "assets"."storage_id" as storage_id, 1 as is_done, "assets"."created_by_token" as created_by_token
  from admitted as scope cross join "assets"
  where "assets"."id" = (?1 ->> '$.id')
  union all
  select "assets"."id" as id, "assets"."storage_id" as storage_id, "assets"."updated_request" = (?1 ->> '$.mark') as is_done, "assets"."created_by_token" as created_by_token
  from admitted as scope cross join "assets"
  where "assets"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."name" = (?1 ->> '$.name') and "assets"."name" is not null
  union all
  select "assets"."id" as id, "assets"."storage_id" as storage_id, 1 as is_done, "assets"."created_by_token" as created_by_token
  from admitted as scope cross join "assets"
  where (?1 ->> '$.name') is null and "assets"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."name" is null and "assets"."created_request" = (?1 ->> '$.repeatable') and "assets"."created_request" is not null limit 1), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((select is_done
  from earlier)) and not (scope.access < 2) then 'done'
  when (scope.scopes & 2 = 0) and scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select ((scope.scopes & 2 = 0) and created_by_token is not scope.token_id)
  from earlier) then 'created_by_another'
  when (select "episodes"."deleted_at" is not null
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName')) then 'episode_trashed'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select "episodes"."write_protected"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName')) then 'episode_write_protected'
  when exists (select 1
  from "objects"
  where "objects"."id" = (?1 ->> '$.storageId') and ("objects"."namespace_id" = scope.namespace_id and ((scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) or exists (select 1
  from (
  select own.container_id
  from "assets" as own
  where own.object_id = "objects"."id" and own.project_id = scope.project_id and own.deleted_at is null limit 500) as held
  where not exists (
  select 1
  from "episodes" as around
  where around.id = held.container_id and around.deleted_at is not null)))) and "objects"."state" in ('pending', 'purging')) then 'object_not_complete'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and substr((?1 ->> '$.path') || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when ((?1 ->> '$.rowsQuota') is not null and iif(ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + 100 <= (?1 ->> '$.rowsQuota'), 0, (iif(exists (select 1
  from earlier
  where is_done or not ifnull(storage_id <> (?1 ->> '$.storageId'), 0)), 0, 1) + iif((?1 ->> '$.name') is null or (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = (?1 ->> '$.path') and "nodes"."kind" = (?1 ->> '$.kind') and "nodes"."deleted_at" is null) is not null, 0, 1) + iif((?1 ->> '$.episodeName') is null or iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) is not null, 0, 2) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null)) > 0 and ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (iif(exists (select 1
  from earlier
  where is_done or not ifnull(storage_id <> (?1 ->> '$.storageId'), 0)), 0, 1) + iif((?1 ->> '$.name') is null or (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = (?1 ->> '$.path') and "nodes"."kind" = (?1 ->> '$.kind') and "nodes"."deleted_at" is null) is not null, 0, 1) + iif((?1 ->> '$.episodeName') is null or iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) is not null, 0, 2) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = iif((?1 ->> '$.episodeName') is null, scope.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))) and "nodes"."path" = substr((?1 ->> '$.parentPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null)) > (?1 ->> '$.rowsQuota'))) then 'quota_exceeded' end) is null) insert into "deletions" ("id", "namespace_id", "project_id", "kind", "item_id", "name", "container_id", "deleted_at", "deleted_by", "request")
  select (?1 ->> '$.deletionId'), permit.namespace_id, permit.project_id, (?1 ->> '$.kind'), earlier.id, (?1 ->> '$.name'), nullif(iif((?1 ->> '$.episodeName') is null, permit.project_id, (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = permit.project_id and "episodes"."name" = (?1 ->> '$.episodeName'))), permit.project_id), (?1 ->> '$.now'), permit.user_id, (?1 ->> '$.repeatable')
  from permit cross join earlier
  where ifnull(earlier.storage_id <> (?1 ->> '$.storageId'), 0)

-- assets.restore
with undone as materialized (
  select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."project_id" as project_id
  from "restorations" cross join "deletions" on "deletions"."id" = "restorations"."id"
  where "restorations"."id" = (?1 ->> '$.deletionId') and "restorations"."request" = (?1 ->> '$.mark')), spot as materialized (
  select undone.kind as kind, undone.item_id as item_id, "nodes"."container_id" as container_id, "nodes"."path" as former, rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/') || '/' || ifnull((?1 ->> '$.newSegment'), substr("nodes"."path", length(rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/')) + 2)) as path, "nodes"."id" as node_id
  from undone cross join "nodes" on "nodes"."id" = undone.item_id
  where +undone.kind = 'folder'
  union all
  select undone.kind as kind, undone.item_id as item_id, "episodes"."project_id" as container_id, "nodes"."path" as former, rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/') || '/' || ifnull((?1 ->> '$.newSegment'), substr("nodes"."path", length(rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/')) + 2)) as path, "nodes"."id" as node_id
  from undone cross join "episodes" on "episodes"."id" = undone.item_id cross join "nodes" on "nodes"."id" = "episodes"."node_id"
  where +undone.kind = 'episode'
  union all
  select undone.kind, undone.item_id, "assets"."container_id", replace("assets"."name", '%', '%25'), ifnull((?1 ->> '$.newNodePath'), replace("assets"."name", '%', '%25')), "assets"."node_id"
  from undone cross join "assets" on "assets"."id" = undone.item_id
  where +undone.kind in ('video', 'audio', 'label-track', 'text-track', 'image')) update "assets" set "deleted_at" = null, "deletion_id" = null, "name" = ifnull((?1 ->> '$.newPath'), "assets"."name"), "node_id" = iif(ifnull((?1 ->> '$.newPath'), "assets"."name") is not null and not exists (
  select 1
  from "nodes"
  where "nodes"."id" = "assets"."node_id" and "nodes"."deletion_id" = "assets"."deletion_id"), (?1 ->> '$.nodeId'), "assets"."node_id"), "updated_at" = iif((?1 ->> '$.isRenamed'), (?1 ->> '$.now'), "assets"."updated_at"), "updated_request" = iif((?1 ->> '$.isRenamed'), (?1 ->> '$.mark'), "assets"."updated_request"), "renamed_request" = iif((?1 ->> '$.isRenamed'), null, "assets"."renamed_request"), "version" = "assets"."version" + 1
  where "assets"."id" = (select item_id
  from spot
  where kind in ('video', 'audio', 'label-track', 'text-track', 'image')) and "assets"."deletion_id" = (select id
  from undone)

-- assets.trash
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "projects" on "projects"."id" = (select "assets"."project_id"
  from "assets"
  where "assets"."id" = (?1 ->> '$.id') and "assets"."kind" = (?1 ->> '$.kind')) and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'asset_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), target as materialized (select "assets"."id" as id, "assets"."container_id" as container_id, "assets"."deleted_at" as deleted_at
  from admitted as scope cross join "assets"
  where "assets"."id" = (?1 ->> '$.id') and "assets"."kind" = (?1 ->> '$.kind')), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'asset_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) or exists (select 1
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId')) or not exists (select 1
  from target
  where deleted_at is null and not exists (
  select 1
  from "episodes" as around
  where around.id = target.container_id and around.deleted_at is not null)) and exists (select 1
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))) and not (scope.access < 2) then 'done'
  when not exists (select 1
  from target
  where deleted_at is null and not exists (
  select 1
  from "episodes" as around
  where around.id = target.container_id and around.deleted_at is not null)) then 'asset_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when exists (select 1
  from target join "episodes" on "episodes"."id" = target.container_id
  where "episodes"."write_protected") then 'episode_write_protected' end) is null) insert into "deletions" ("id", "namespace_id", "project_id", "kind", "item_id", "name", "container_id", "deleted_at", "deleted_by", "request")
  select (?1 ->> '$.deletionId'), permit.namespace_id, permit.project_id, "assets"."kind", "assets"."id", "assets"."name", nullif("assets"."container_id", "assets"."project_id"), (?1 ->> '$.now'), permit.user_id, (?1 ->> '$.repeatable')
  from permit cross join target cross join "assets" on "assets"."id" = target.id

-- assets.trashReplaced
update "assets" set "deleted_at" = (?1 ->> '$.now'), "deletion_id" = (?1 ->> '$.deletionId')
  where "assets"."id" = (select "deletions"."item_id"
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) and "assets"."deleted_at" is null

-- assets.trashed
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "projects" on "projects"."id" = (select "assets"."project_id"
  from "assets"
  where "assets"."id" = (?1 ->> '$.id') and "assets"."kind" = (?1 ->> '$.kind')) and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'asset_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), target as materialized (select "assets"."id" as id, "assets"."container_id" as container_id, "assets"."deleted_at" as deleted_at
  from admitted as scope cross join "assets"
  where "assets"."id" = (?1 ->> '$.id') and "assets"."kind" = (?1 ->> '$.kind')), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'asset_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) or exists (select 1
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId')) or not exists (select 1
  from target
  where deleted_at is null and not exists (
  select 1
  from "episodes" as around
  where around.id = target.container_id and around.deleted_at is not null)) and exists (select 1
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))) and not (scope.access < 2) then 'done'
  when not exists (select 1
  from target
  where deleted_at is null and not exists (
  select 1
  from "episodes" as around
  where around.id = target.container_id and around.deleted_at is not null)) then 'asset_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when exists (select 1
  from target join "episodes" on "episodes"."id" = target.container_id
  where "episodes"."write_protected") then 'episode_write_protected' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, iif(scope.refusal is null, coalesce( (select "deletions"."id"
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')), (select "deletions"."id"
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))), null) as deletion_id, iif(scope.refusal is null, coalesce( (select "deletions"."phase" = 'marking'
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')), (select "deletions"."phase" = 'marking'
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))), null) as is_marking
  from verdict as scope

-- audit.collections.drifted
with near as materialized (
  select "collections"."id" as id, max(0, "collections"."member_count") as size
  from "collections"
  where "collections"."id" > ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.collections'), '')
  order by "collections"."id" limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= (?1 ->> '$.mostCounted'))
  select "collections"."id" as id, json_array((select json_object('memberCount', json_array("collections"."member_count", truth."memberCount"))
  from (select (select count(*)
  from "collection_members"
  where "collection_members"."collection_id" = "collections"."id") as "memberCount") as truth)) as counters
  from "collections"
  where "collections"."id" in (select id
  from slice
  where size <= (?1 ->> '$.mostAlone')) and (("collections"."member_count") <> (select (select count(*)
  from "collection_members"
  where "collection_members"."collection_id" = "collections"."id") as "memberCount"))

-- audit.collections.mend
update "collections" set ("member_count") = (select (select count(*)
  from "collection_members"
  where "collection_members"."collection_id" = "collections"."id") as "memberCount")
  where "collections"."id" in (select value
  from json_each(?1, '$.keys')) and (("collections"."member_count") <> (select (select count(*)
  from "collection_members"
  where "collection_members"."collection_id" = "collections"."id") as "memberCount"))

-- audit.collections.reached
with near as materialized (
  select "collections"."id" as id, max(0, "collections"."member_count") as size
  from "collections"
  where "collections"."id" > ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.collections'), '')
  order by "collections"."id" limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= (?1 ->> '$.mostCounted'))
  select (select max(id)
  from slice) as last, (select count(*)
  from slice
  where size > (?1 ->> '$.mostAlone')) as skipped

-- audit.datasets.drifted
with near as materialized (
  select "datasets"."id" as id, max(0, "datasets"."collection_count") as size
  from "datasets"
  where "datasets"."id" > ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.datasets'), '')
  order by "datasets"."id" limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= (?1 ->> '$.mostCounted'))
  select "datasets"."id" as id, json_array((select json_object('collectionCount', json_array("datasets"."collection_count", truth."collectionCount"))
  from (select (select count(*)
  from "collections"
  where "collections"."dataset_id" = "datasets"."id" and "collections"."deleted_at" is null) as "collectionCount") as truth)) as counters
  from "datasets"
  where "datasets"."id" in (select id
  from slice
  where size <= (?1 ->> '$.mostAlone')) and (("datasets"."collection_count") <> (select (select count(*)
  from "collections"
  where "collections"."dataset_id" = "datasets"."id" and "collections"."deleted_at" is null) as "collectionCount"))

-- audit.datasets.mend
update "datasets" set ("collection_count") = (select (select count(*)
  from "collections"
  where "collections"."dataset_id" = "datasets"."id" and "collections"."deleted_at" is null) as "collectionCount")
  where "datasets"."id" in (select value
  from json_each(?1, '$.keys')) and (("datasets"."collection_count") <> (select (select count(*)
  from "collections"
  where "collections"."dataset_id" = "datasets"."id" and "collections"."deleted_at" is null) as "collectionCount"))

-- audit.datasets.reached
with near as materialized (
  select "datasets"."id" as id, max(0, "datasets"."collection_count") as size
  from "datasets"
  where "datasets"."id" > ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.datasets'), '')
  order by "datasets"."id" limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= (?1 ->> '$.mostCounted'))
  select (select max(id)
  from slice) as last, (select count(*)
  from slice
  where size > (?1 ->> '$.mostAlone')) as skipped

-- audit.episode_stats.drifted
with near as materialized (
  select "episode_stats"."episode_id" as id, max(0, "episode_stats"."videos" + "episode_stats"."audios" + "episode_stats"."label_tracks" + "episode_stats"."text_tracks" + "episode_stats"."images") as size
  from "episode_stats"
  where "episode_stats"."episode_id" > ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.episode_stats'), '')
  order by "episode_stats"."episode_id" limit 1000), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= (?1 ->> '$.mostCounted'))
  select "episode_stats"."episode_id" as id, json_array((select json_object('videos', json_array("episode_stats"."videos", truth."videos"))
  from (select (select count(*)
  from "assets"
  where "assets"."container_id" = "episode_stats"."episode_id" and "assets"."kind" = 'video' and "assets"."deleted_at" is null) as "videos") as truth), (select json_object('audios', json_array("episode_stats"."audios", truth."audios"))
  from (select (select count(*)
  from "assets"
  where "assets"."container_id" = "episode_stats"."episode_id" and "assets"."kind" = 'audio' and "assets"."deleted_at" is null) as "audios") as truth), (select json_object('labelTracks', json_array("episode_stats"."label_tracks", truth."labelTracks"))
  from (select (select count(*)
  from "assets"
  where "assets"."container_id" = "episode_stats"."episode_id" and "assets"."kind" = 'label-track' and "assets"."deleted_at" is null) as "labelTracks") as truth), (select json_object('textTracks', json_array("episode_stats"."text_tracks", truth."textTracks"))
  from (select (select count(*)
  from "assets"
  where "assets"."container_id" = "episode_stats"."episode_id" and "assets"."kind" = 'text-track' and "assets"."deleted_at" is null) as "textTracks") as truth), (select json_object('images', json_array("episode_stats"."images", truth."images"))
  from (select (select count(*)
  from "assets"
  where "assets"."container_id" = "episode_stats"."episode_id" and "assets"."kind" = 'image' and "assets"."deleted_at" is null) as "images") as truth)) as counters
  from "episode_stats"
  where "episode_stats"."episode_id" in (select id
  from slice
  where size <= (?1 ->> '$.mostAlone')) and (("episode_stats"."videos") <> (select (select count(*)
  from "assets"
  where "assets"."container_id" = "episode_stats"."episode_id" and "assets"."kind" = 'video' and "assets"."deleted_at" is null) as "videos") or ("episode_stats"."audios") <> (select (select count(*)
  from "assets"
  where "assets"."container_id" = "episode_stats"."episode_id" and "assets"."kind" = 'audio' and "assets"."deleted_at" is null) as "audios") or ("episode_stats"."label_tracks") <> (select (select count(*)
  from "assets"
  where "assets"."container_id" = "episode_stats"."episode_id" and "assets"."kind" = 'label-track' and "assets"."deleted_at" is null) as "labelTracks") or ("episode_stats"."text_tracks") <> (select (select count(*)
  from "assets"
  where "assets"."container_id" = "episode_stats"."episode_id" and "assets"."kind" = 'text-track' and "assets"."deleted_at" is null) as "textTracks") or ("episode_stats"."images") <> (select (select count(*)
  from "assets"
  where "assets"."container_id" = "episode_stats"."episode_id" and "assets"."kind" = 'image' and "assets"."deleted_at" is null) as "images"))

-- audit.episode_stats.mend
update "episode_stats" set ("videos") = (select (select count(*)
  from "assets"
  where "assets"."container_id" = "episode_stats"."episode_id" and "assets"."kind" = 'video' and "assets"."deleted_at" is null) as "videos"), ("audios") = (select (select count(*)
  from "assets"
  where "assets"."container_id" = "episode_stats"."episode_id" and "assets"."kind" = 'audio' and "assets"."deleted_at" is null) as "audios"), ("label_tracks") = (select (select count(*)
  from "assets"
  where "assets"."container_id" = "episode_stats"."episode_id" and "assets"."kind" = 'label-track' and "assets"."deleted_at" is null) as "labelTracks"), ("text_tracks") = (select (select count(*)
  from "assets"
  where "assets"."container_id" = "episode_stats"."episode_id" and "assets"."kind" = 'text-track' and "assets"."deleted_at" is null) as "textTracks"), ("images") = (select (select count(*)
  from "assets"
  where "assets"."container_id" = "episode_stats"."episode_id" and "assets"."kind" = 'image' and "assets"."deleted_at" is null) as "images")
  where "episode_stats"."episode_id" in (select value
  from json_each(?1, '$.keys')) and (("episode_stats"."videos") <> (select (select count(*)
  from "assets"
  where "assets"."container_id" = "episode_stats"."episode_id" and "assets"."kind" = 'video' and "assets"."deleted_at" is null) as "videos") or ("episode_stats"."audios") <> (select (select count(*)
  from "assets"
  where "assets"."container_id" = "episode_stats"."episode_id" and "assets"."kind" = 'audio' and "assets"."deleted_at" is null) as "audios") or ("episode_stats"."label_tracks") <> (select (select count(*)
  from "assets"
  where "assets"."container_id" = "episode_stats"."episode_id" and "assets"."kind" = 'label-track' and "assets"."deleted_at" is null) as "labelTracks") or ("episode_stats"."text_tracks") <> (select (select count(*)
  from "assets"
  where "assets"."container_id" = "episode_stats"."episode_id" and "assets"."kind" = 'text-track' and "assets"."deleted_at" is null) as "textTracks") or ("episode_stats"."images") <> (select (select count(*)
  from "assets"
  where "assets"."container_id" = "episode_stats"."episode_id" and "assets"."kind" = 'image' and "assets"."deleted_at" is null) as "images"))

-- audit.episode_stats.reached
with near as materialized (
  select "episode_stats"."episode_id" as id, max(0, "episode_stats"."videos" + "episode_stats"."audios" + "episode_stats"."label_tracks" + "episode_stats"."text_tracks" + "episode_stats"."images") as size
  from "episode_stats"
  where "episode_stats"."episode_id" > ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.episode_stats'), '')
  order by "episode_stats"."episode_id" limit 1000), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= (?1 ->> '$.mostCounted'))
  select (select max(id)
  from slice) as last, (select count(*)
  from slice
  where size > (?1 ->> '$.mostAlone')) as skipped

-- audit.namespace_stats.drifted
with near as materialized (
  select "namespace_stats"."namespace_id" as id, max(0, "namespace_stats"."members" + 14 * "namespace_stats"."projects" + "namespace_stats"."trashed" + "namespace_stats"."purges") as size
  from "namespace_stats"
  where "namespace_stats"."namespace_id" > ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.namespace_stats'), '')
  order by "namespace_stats"."namespace_id" limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= (?1 ->> '$.mostCounted'))
  select "namespace_stats"."namespace_id" as id, json_array((select json_object('members', json_array("namespace_stats"."members", truth."members"))
  from (select (select count(*)
  from "members"
  where "members"."namespace_id" = "namespace_stats"."namespace_id") as "members") as truth), (select json_object('projects', json_array("namespace_stats"."projects", truth."projects"))
  from (select (select count(*)
  from "projects"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "projects") as truth), (select json_object('publicProjects', json_array("namespace_stats"."public_projects", truth."publicProjects"))
  from (select (select count(*)
  from "projects"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null and "projects"."visibility" = 'public') as "publicProjects") as truth), (select json_object('videos', json_array("namespace_stats"."videos", truth."videos"))
  from (select (select ifnull(sum("project_stats"."videos"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "videos") as truth), (select json_object('audios', json_array("namespace_stats"."audios", truth."audios"))
  from (select (select ifnull(sum("project_stats"."audios"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "audios") as truth), (select json_object('labelTracks', json_array("namespace_stats"."label_tracks", truth."labelTracks"))
  from (select (select ifnull(sum("project_stats"."label_tracks"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "labelTracks") as truth), (select json_object('textTracks', json_array("namespace_stats"."text_tracks", truth."textTracks"))
  from (select (select ifnull(sum("project_stats"."text_tracks"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "textTracks") as truth), (select json_object('images', json_array("namespace_stats"."images", truth."images"))
  from (select (select ifnull(sum("project_stats"."images"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "images") as truth), (select json_object('protectedEpisodes', json_array("namespace_stats"."protected_episodes", truth."protectedEpisodes"))
  from (select (select ifnull(sum("project_stats"."protected_episodes"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "protectedEpisodes") as truth), (select json_object('trashed', json_array("namespace_stats"."trashed", truth."trashed"))
  from (select (select count(*)
  from "deletions"
  where "deletions"."namespace_id" = "namespace_stats"."namespace_id" and "deletions"."project_id" is null) as "trashed") as truth), (select json_object('purges', json_array("namespace_stats"."purges", truth."purges"))
  from (select (select count(*)
  from "purges"
  where "purges"."namespace_id" = "namespace_stats"."namespace_id") as "purges") as truth)) as counters
  from "namespace_stats"
  where "namespace_stats"."namespace_id" in (select id
  from slice
  where size <= (?1 ->> '$.mostAlone')) and (("namespace_stats"."members") <> (select (select count(*)
  from "members"
  where "members"."namespace_id" = "namespace_stats"."namespace_id") as "members") or ("namespace_stats"."projects") <> (select (select count(*)
  from "projects"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "projects") or ("namespace_stats"."public_projects") <> (select (select count(*)
  from "projects"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null and "projects"."visibility" = 'public') as "publicProjects") or ("namespace_stats"."videos") <> (select (select ifnull(sum("project_stats"."videos"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "videos") or ("namespace_stats"."audios") <> (select (select ifnull(sum("project_stats"."audios"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "audios") or ("namespace_stats"."label_tracks") <> (select (select ifnull(sum("project_stats"."label_tracks"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "labelTracks") or ("namespace_stats"."text_tracks") <> (select (select ifnull(sum("project_stats"."text_tracks"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "textTracks") or ("namespace_stats"."images") <> (select (select ifnull(sum("project_stats"."images"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "images") or ("namespace_stats"."protected_episodes") <> (select (select ifnull(sum("project_stats"."protected_episodes"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "protectedEpisodes") or ("namespace_stats"."trashed") <> (select (select count(*)
  from "deletions"
  where "deletions"."namespace_id" = "namespace_stats"."namespace_id" and "deletions"."project_id" is null) as "trashed") or ("namespace_stats"."purges") <> (select (select count(*)
  from "purges"
  where "purges"."namespace_id" = "namespace_stats"."namespace_id") as "purges"))

-- audit.namespace_stats.mend
update "namespace_stats" set ("members") = (select (select count(*)
  from "members"
  where "members"."namespace_id" = "namespace_stats"."namespace_id") as "members"), ("projects") = (select (select count(*)
  from "projects"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "projects"), ("public_projects") = (select (select count(*)
  from "projects"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null and "projects"."visibility" = 'public') as "publicProjects"), ("videos") = (select (select ifnull(sum("project_stats"."videos"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "videos"), ("audios") = (select (select ifnull(sum("project_stats"."audios"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "audios"), ("label_tracks") = (select (select ifnull(sum("project_stats"."label_tracks"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "labelTracks"), ("text_tracks") = (select (select ifnull(sum("project_stats"."text_tracks"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "textTracks"), ("images") = (select (select ifnull(sum("project_stats"."images"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "images"), ("protected_episodes") = (select (select ifnull(sum("project_stats"."protected_episodes"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "protectedEpisodes"), ("trashed") = (select (select count(*)
  from "deletions"
  where "deletions"."namespace_id" = "namespace_stats"."namespace_id" and "deletions"."project_id" is null) as "trashed"), ("purges") = (select (select count(*)
  from "purges"
  where "purges"."namespace_id" = "namespace_stats"."namespace_id") as "purges")
  where "namespace_stats"."namespace_id" in (select value
  from json_each(?1, '$.keys')) and (("namespace_stats"."members") <> (select (select count(*)
  from "members"
  where "members"."namespace_id" = "namespace_stats"."namespace_id") as "members") or ("namespace_stats"."projects") <> (select (select count(*)
  from "projects"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "projects") or ("namespace_stats"."public_projects") <> (select (select count(*)
  from "projects"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null and "projects"."visibility" = 'public') as "publicProjects") or ("namespace_stats"."videos") <> (select (select ifnull(sum("project_stats"."videos"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "videos") or ("namespace_stats"."audios") <> (select (select ifnull(sum("project_stats"."audios"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "audios") or ("namespace_stats"."label_tracks") <> (select (select ifnull(sum("project_stats"."label_tracks"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "labelTracks") or ("namespace_stats"."text_tracks") <> (select (select ifnull(sum("project_stats"."text_tracks"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "textTracks") or ("namespace_stats"."images") <> (select (select ifnull(sum("project_stats"."images"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "images") or ("namespace_stats"."protected_episodes") <> (select (select ifnull(sum("project_stats"."protected_episodes"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and "projects"."deleted_at" is null) as "protectedEpisodes") or ("namespace_stats"."trashed") <> (select (select count(*)
  from "deletions"
  where "deletions"."namespace_id" = "namespace_stats"."namespace_id" and "deletions"."project_id" is null) as "trashed") or ("namespace_stats"."purges") <> (select (select count(*)
  from "purges"
  where "purges"."namespace_id" = "namespace_stats"."namespace_id") as "purges"))

-- audit.namespace_stats.quotas.drifted
with near as materialized (
  select "namespace_stats"."namespace_id" as id, max(0, 2 * ("namespace_stats"."projects" + "namespace_stats"."trashed") + 4 * max(0, "namespace_stats"."rows" - (select ifnull(sum(own.rows), 0)
  from (select "project_stats"."rows" as rows
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" limit 500) as own))) as size
  from "namespace_stats"
  where "namespace_stats"."namespace_id" > ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.namespace_stats.quotas'), '')
  order by "namespace_stats"."namespace_id" limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= (?1 ->> '$.mostCounted'))
  select "namespace_stats"."namespace_id" as id, json_array((select json_object('rows', json_array("namespace_stats"."rows", truth."rows"))
  from (select (select ifnull(sum("project_stats"."rows"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and true) + (select count(*)
  from "objects"
  where "objects"."namespace_id" = "namespace_stats"."namespace_id") as "rows") as truth), (select json_object('bytes', json_array("namespace_stats"."bytes", truth."bytes"))
  from (select (select ifnull(sum(case "objects"."state"
  when 'pending' then ifnull("objects"."announced_size", 0)
  when 'complete' then "objects"."size"
  when 'purging' then "objects"."size" else 0 end), 0)
  from "objects"
  where "objects"."namespace_id" = "namespace_stats"."namespace_id") as "bytes") as truth)) as counters
  from "namespace_stats"
  where "namespace_stats"."namespace_id" in (select id
  from slice
  where size <= (?1 ->> '$.mostAlone')) and (("namespace_stats"."rows") <> (select (select ifnull(sum("project_stats"."rows"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and true) + (select count(*)
  from "objects"
  where "objects"."namespace_id" = "namespace_stats"."namespace_id") as "rows") or ("namespace_stats"."bytes") <> (select (select ifnull(sum(case "objects"."state"
  when 'pending' then ifnull("objects"."announced_size", 0)
  when 'complete' then "objects"."size"
  when 'purging' then "objects"."size" else 0 end), 0)
  from "objects"
  where "objects"."namespace_id" = "namespace_stats"."namespace_id") as "bytes"))

-- audit.namespace_stats.quotas.mend
update "namespace_stats" set ("rows") = (select (select ifnull(sum("project_stats"."rows"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and true) + (select count(*)
  from "objects"
  where "objects"."namespace_id" = "namespace_stats"."namespace_id") as "rows"), ("bytes") = (select (select ifnull(sum(case "objects"."state"
  when 'pending' then ifnull("objects"."announced_size", 0)
  when 'complete' then "objects"."size"
  when 'purging' then "objects"."size" else 0 end), 0)
  from "objects"
  where "objects"."namespace_id" = "namespace_stats"."namespace_id") as "bytes")
  where "namespace_stats"."namespace_id" in (select value
  from json_each(?1, '$.keys')) and (("namespace_stats"."rows") <> (select (select ifnull(sum("project_stats"."rows"), 0)
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" and true) + (select count(*)
  from "objects"
  where "objects"."namespace_id" = "namespace_stats"."namespace_id") as "rows") or ("namespace_stats"."bytes") <> (select (select ifnull(sum(case "objects"."state"
  when 'pending' then ifnull("objects"."announced_size", 0)
  when 'complete' then "objects"."size"
  when 'purging' then "objects"."size" else 0 end), 0)
  from "objects"
  where "objects"."namespace_id" = "namespace_stats"."namespace_id") as "bytes"))

-- audit.namespace_stats.quotas.reached
with near as materialized (
  select "namespace_stats"."namespace_id" as id, max(0, 2 * ("namespace_stats"."projects" + "namespace_stats"."trashed") + 4 * max(0, "namespace_stats"."rows" - (select ifnull(sum(own.rows), 0)
  from (select "project_stats"."rows" as rows
  from "projects" cross join "project_stats" on "project_stats"."project_id" = "projects"."id"
  where "projects"."namespace_id" = "namespace_stats"."namespace_id" limit 500) as own))) as size
  from "namespace_stats"
  where "namespace_stats"."namespace_id" > ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.namespace_stats.quotas'), '')
  order by "namespace_stats"."namespace_id" limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= (?1 ->> '$.mostCounted'))
  select (select max(id)
  from slice) as last, (select count(*)
  from slice
  where size > (?1 ->> '$.mostAlone')) as skipped

-- audit.namespace_stats.reached
with near as materialized (
  select "namespace_stats"."namespace_id" as id, max(0, "namespace_stats"."members" + 14 * "namespace_stats"."projects" + "namespace_stats"."trashed" + "namespace_stats"."purges") as size
  from "namespace_stats"
  where "namespace_stats"."namespace_id" > ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.namespace_stats'), '')
  order by "namespace_stats"."namespace_id" limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= (?1 ->> '$.mostCounted'))
  select (select max(id)
  from slice) as last, (select count(*)
  from slice
  where size > (?1 ->> '$.mostAlone')) as skipped

-- audit.objects.drifted
with near as materialized (
  select "objects"."id" as id, max(0, "objects"."asset_count") as size
  from "objects"
  where "objects"."id" > ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.objects'), '')
  order by "objects"."id" limit 2000), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= (?1 ->> '$.mostCounted'))
  select "objects"."id" as id, json_array((select json_object('assetCount', json_array("objects"."asset_count", truth."assetCount"))
  from (select (select count(*)
  from "assets"
  where "assets"."object_id" = "objects"."id") as "assetCount") as truth)) as counters
  from "objects"
  where "objects"."id" in (select id
  from slice
  where size <= (?1 ->> '$.mostAlone')) and (("objects"."asset_count") <> (select (select count(*)
  from "assets"
  where "assets"."object_id" = "objects"."id") as "assetCount"))

-- audit.objects.mend
update "objects" set ("asset_count") = (select (select count(*)
  from "assets"
  where "assets"."object_id" = "objects"."id") as "assetCount")
  where "objects"."id" in (select value
  from json_each(?1, '$.keys')) and (("objects"."asset_count") <> (select (select count(*)
  from "assets"
  where "assets"."object_id" = "objects"."id") as "assetCount"))

-- audit.objects.reached
with near as materialized (
  select "objects"."id" as id, max(0, "objects"."asset_count") as size
  from "objects"
  where "objects"."id" > ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.objects'), '')
  order by "objects"."id" limit 2000), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= (?1 ->> '$.mostCounted'))
  select (select max(id)
  from slice) as last, (select count(*)
  from slice
  where size > (?1 ->> '$.mostAlone')) as skipped

-- audit.project_stats.drifted
with near as materialized (
  select "project_stats"."project_id" as id, max(0, 3 * "project_stats"."episodes" + "project_stats"."datasets" + "project_stats"."collections" + "project_stats"."videos" + "project_stats"."audios" + "project_stats"."label_tracks" + "project_stats"."text_tracks" + "project_stats"."images" + "project_stats"."trashed") as size
  from "project_stats"
  where "project_stats"."project_id" > ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.project_stats'), '')
  order by "project_stats"."project_id" limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= (?1 ->> '$.mostCounted'))
  select "project_stats"."project_id" as id, json_array((select json_object('videos', json_array("project_stats"."videos", truth."videos"), 'audios', json_array("project_stats"."audios", truth."audios"), 'labelTracks', json_array("project_stats"."label_tracks", truth."labelTracks"), 'textTracks', json_array("project_stats"."text_tracks", truth."textTracks"), 'images', json_array("project_stats"."images", truth."images"))
  from (select ifnull(sum(shown."videos"), 0) as "videos", ifnull(sum(shown."audios"), 0) as "audios", ifnull(sum(shown."labelTracks"), 0) as "labelTracks", ifnull(sum(shown."textTracks"), 0) as "textTracks", ifnull(sum(shown."images"), 0) as "images"
  from (
  select "episode_stats"."videos" as "videos", "episode_stats"."audios" as "audios", "episode_stats"."label_tracks" as "labelTracks", "episode_stats"."text_tracks" as "textTracks", "episode_stats"."images" as "images"
  from "episodes" cross join "episode_stats" on "episode_stats"."episode_id" = "episodes"."id"
  where "episodes"."project_id" = "project_stats"."project_id" and "episodes"."deleted_at" is null
  union all
  select "assets"."kind" = 'video' as "videos", "assets"."kind" = 'audio' as "audios", "assets"."kind" = 'label-track' as "labelTracks", "assets"."kind" = 'text-track' as "textTracks", "assets"."kind" = 'image' as "images"
  from "assets"
  where "assets"."container_id" = "project_stats"."project_id" and "assets"."kind" in ('video', 'audio', 'label-track', 'text-track', 'image') and "assets"."deleted_at" is null ) as shown) as truth), (select json_object('episodes', json_array("project_stats"."episodes", truth."episodes"))
  from (select (select count(*)
  from "episodes"
  where "episodes"."project_id" = "project_stats"."project_id" and "episodes"."deleted_at" is null) as "episodes") as truth), (select json_object('datasets', json_array("project_stats"."datasets", truth."datasets"))
  from (select (select count(*)
  from "datasets"
  where "datasets"."project_id" = "project_stats"."project_id" and "datasets"."deleted_at" is null) as "datasets") as truth), (select json_object('collections', json_array("project_stats"."collections", truth."collections"))
  from (select (select count(*)
  from "collections"
  where "collections"."project_id" = "project_stats"."project_id" and "collections"."deleted_at" is null) as "collections") as truth), (select json_object('protectedEpisodes', json_array("project_stats"."protected_episodes", truth."protectedEpisodes"))
  from (select (select count(*)
  from "episodes"
  where "episodes"."project_id" = "project_stats"."project_id" and "episodes"."deleted_at" is null and "episodes"."write_protected" = 1) as "protectedEpisodes") as truth), (select json_object('trashed', json_array("project_stats"."trashed", truth."trashed"))
  from (select (select count(*)
  from "deletions"
  where "deletions"."project_id" = "project_stats"."project_id") as "trashed") as truth)) as counters
  from "project_stats"
  where "project_stats"."project_id" in (select id
  from slice
  where size <= (?1 ->> '$.mostAlone')) and (("project_stats"."videos", "project_stats"."audios", "project_stats"."label_tracks", "project_stats"."text_tracks", "project_stats"."images") <> (select ifnull(sum(shown."videos"), 0) as "videos", ifnull(sum(shown."audios"), 0) as "audios", ifnull(sum(shown."labelTracks"), 0) as "labelTracks", ifnull(sum(shown."textTracks"), 0) as "textTracks", ifnull(sum(shown."images"), 0) as "images"
  from (
  select "episode_stats"."videos" as "videos", "episode_stats"."audios" as "audios", "episode_stats"."label_tracks" as "labelTracks", "episode_stats"."text_tracks" as "textTracks", "episode_stats"."images" as "images"
  from "episodes" cross join "episode_stats" on "episode_stats"."episode_id" = "episodes"."id"
  where "episodes"."project_id" = "project_stats"."project_id" and "episodes"."deleted_at" is null
  union all
  select "assets"."kind" = 'video' as "videos", "assets"."kind" = 'audio' as "audios", "assets"."kind" = 'label-track' as "labelTracks", "assets"."kind" = 'text-track' as "textTracks", "assets"."kind" = 'image' as "images"
  from "assets"
  where "assets"."container_id" = "project_stats"."project_id" and "assets"."kind" in ('video', 'audio', 'label-track', 'text-track', 'image') and "assets"."deleted_at" is null ) as shown) or ("project_stats"."episodes") <> (select (select count(*)
  from "episodes"
  where "episodes"."project_id" = "project_stats"."project_id" and "episodes"."deleted_at" is null) as "episodes") or ("project_stats"."datasets") <> (select (select count(*)
  from "datasets"
  where "datasets"."project_id" = "project_stats"."project_id" and "datasets"."deleted_at" is null) as "datasets") or ("project_stats"."collections") <> (select (select count(*)
  from "collections"
  where "collections"."project_id" = "project_stats"."project_id" and "collections"."deleted_at" is null) as "collections") or ("project_stats"."protected_episodes") <> (select (select count(*)
  from "episodes"
  where "episodes"."project_id" = "project_stats"."project_id" and "episodes"."deleted_at" is null and "episodes"."write_protected" = 1) as "protectedEpisodes") or ("project_stats"."trashed") <> (select (select count(*)
  from "deletions"
  where "deletions"."project_id" = "project_stats"."project_id") as "trashed"))

-- audit.project_stats.mend
update "project_stats" set ("videos", "audios", "label_tracks", "text_tracks", "images") = (select ifnull(sum(shown."videos"), 0) as "videos", ifnull(sum(shown."audios"), 0) as "audios", ifnull(sum(shown."labelTracks"), 0) as "labelTracks", ifnull(sum(shown."textTracks"), 0) as "textTracks", ifnull(sum(shown."images"), 0) as "images"
  from (
  select "episode_stats"."videos" as "videos", "episode_stats"."audios" as "audios", "episode_stats"."label_tracks" as "labelTracks", "episode_stats"."text_tracks" as "textTracks", "episode_stats"."images" as "images"
  from "episodes" cross join "episode_stats" on "episode_stats"."episode_id" = "episodes"."id"
  where "episodes"."project_id" = "project_stats"."project_id" and "episodes"."deleted_at" is null
  union all
  select "assets"."kind" = 'video' as "videos", "assets"."kind" = 'audio' as "audios", "assets"."kind" = 'label-track' as "labelTracks", "assets"."kind" = 'text-track' as "textTracks", "assets"."kind" = 'image' as "images"
  from "assets"
  where "assets"."container_id" = "project_stats"."project_id" and "assets"."kind" in ('video', 'audio', 'label-track', 'text-track', 'image') and "assets"."deleted_at" is null ) as shown), ("episodes") = (select (select count(*)
  from "episodes"
  where "episodes"."project_id" = "project_stats"."project_id" and "episodes"."deleted_at" is null) as "episodes"), ("datasets") = (select (select count(*)
  from "datasets"
  where "datasets"."project_id" = "project_stats"."project_id" and "datasets"."deleted_at" is null) as "datasets"), ("collections") = (select (select count(*)
  from "collections"
  where "collections"."project_id" = "project_stats"."project_id" and "collections"."deleted_at" is null) as "collections"), ("protected_episodes") = (select (select count(*)
  from "episodes"
  where "episodes"."project_id" = "project_stats"."project_id" and "episodes"."deleted_at" is null and "episodes"."write_protected" = 1) as "protectedEpisodes"), ("trashed") = (select (select count(*)
  from "deletions"
  where "deletions"."project_id" = "project_stats"."project_id") as "trashed")
  where "project_stats"."project_id" in (select value
  from json_each(?1, '$.keys')) and (("project_stats"."videos", "project_stats"."audios", "project_stats"."label_tracks", "project_stats"."text_tracks", "project_stats"."images") <> (select ifnull(sum(shown."videos"), 0) as "videos", ifnull(sum(shown."audios"), 0) as "audios", ifnull(sum(shown."labelTracks"), 0) as "labelTracks", ifnull(sum(shown."textTracks"), 0) as "textTracks", ifnull(sum(shown."images"), 0) as "images"
  from (
  select "episode_stats"."videos" as "videos", "episode_stats"."audios" as "audios", "episode_stats"."label_tracks" as "labelTracks", "episode_stats"."text_tracks" as "textTracks", "episode_stats"."images" as "images"
  from "episodes" cross join "episode_stats" on "episode_stats"."episode_id" = "episodes"."id"
  where "episodes"."project_id" = "project_stats"."project_id" and "episodes"."deleted_at" is null
  union all
  select "assets"."kind" = 'video' as "videos", "assets"."kind" = 'audio' as "audios", "assets"."kind" = 'label-track' as "labelTracks", "assets"."kind" = 'text-track' as "textTracks", "assets"."kind" = 'image' as "images"
  from "assets"
  where "assets"."container_id" = "project_stats"."project_id" and "assets"."kind" in ('video', 'audio', 'label-track', 'text-track', 'image') and "assets"."deleted_at" is null ) as shown) or ("project_stats"."episodes") <> (select (select count(*)
  from "episodes"
  where "episodes"."project_id" = "project_stats"."project_id" and "episodes"."deleted_at" is null) as "episodes") or ("project_stats"."datasets") <> (select (select count(*)
  from "datasets"
  where "datasets"."project_id" = "project_stats"."project_id" and "datasets"."deleted_at" is null) as "datasets") or ("project_stats"."collections") <> (select (select count(*)
  from "collections"
  where "collections"."project_id" = "project_stats"."project_id" and "collections"."deleted_at" is null) as "collections") or ("project_stats"."protected_episodes") <> (select (select count(*)
  from "episodes"
  where "episodes"."project_id" = "project_stats"."project_id" and "episodes"."deleted_at" is null and "episodes"."write_protected" = 1) as "protectedEpisodes") or ("project_stats"."trashed") <> (select (select count(*)
  from "deletions"
  where "deletions"."project_id" = "project_stats"."project_id") as "trashed"))

-- audit.project_stats.reached
with near as materialized (
  select "project_stats"."project_id" as id, max(0, 3 * "project_stats"."episodes" + "project_stats"."datasets" + "project_stats"."collections" + "project_stats"."videos" + "project_stats"."audios" + "project_stats"."label_tracks" + "project_stats"."text_tracks" + "project_stats"."images" + "project_stats"."trashed") as size
  from "project_stats"
  where "project_stats"."project_id" > ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.project_stats'), '')
  order by "project_stats"."project_id" limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= (?1 ->> '$.mostCounted'))
  select (select max(id)
  from slice) as last, (select count(*)
  from slice
  where size > (?1 ->> '$.mostAlone')) as skipped

-- audit.project_stats.rows.drifted
with near as materialized (
  select "project_stats"."project_id" as id, max(0, "project_stats"."rows") as size
  from "project_stats"
  where "project_stats"."project_id" > ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.project_stats.rows'), '')
  order by "project_stats"."project_id" limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= (?1 ->> '$.mostCounted'))
  select "project_stats"."project_id" as id, json_array((select json_object('rows', json_array("project_stats"."rows", truth."rows"))
  from (select (select count(*)
  from "episodes"
  where "episodes"."project_id" = "project_stats"."project_id") + (select count(*)
  from "nodes"
  where "nodes"."project_id" = "project_stats"."project_id") + (select count(*)
  from "assets"
  where "assets"."project_id" = "project_stats"."project_id") + (select count(*)
  from "collections" cross join "collection_members" on "collection_members"."collection_id" = "collections"."id"
  where "collections"."project_id" = "project_stats"."project_id") as "rows") as truth)) as counters
  from "project_stats"
  where "project_stats"."project_id" in (select id
  from slice
  where size <= (?1 ->> '$.mostAlone')) and (("project_stats"."rows") <> (select (select count(*)
  from "episodes"
  where "episodes"."project_id" = "project_stats"."project_id") + (select count(*)
  from "nodes"
  where "nodes"."project_id" = "project_stats"."project_id") + (select count(*)
  from "assets"
  where "assets"."project_id" = "project_stats"."project_id") + (select count(*)
  from "collections" cross join "collection_members" on "collection_members"."collection_id" = "collections"."id"
  where "collections"."project_id" = "project_stats"."project_id") as "rows"))

-- audit.project_stats.rows.mend
update "project_stats" set ("rows") = (select (select count(*)
  from "episodes"
  where "episodes"."project_id" = "project_stats"."project_id") + (select count(*)
  from "nodes"
  where "nodes"."project_id" = "project_stats"."project_id") + (select count(*)
  from "assets"
  where "assets"."project_id" = "project_stats"."project_id") + (select count(*)
  from "collections" cross join "collection_members" on "collection_members"."collection_id" = "collections"."id"
  where "collections"."project_id" = "project_stats"."project_id") as "rows")
  where "project_stats"."project_id" in (select value
  from json_each(?1, '$.keys')) and (("project_stats"."rows") <> (select (select count(*)
  from "episodes"
  where "episodes"."project_id" = "project_stats"."project_id") + (select count(*)
  from "nodes"
  where "nodes"."project_id" = "project_stats"."project_id") + (select count(*)
  from "assets"
  where "assets"."project_id" = "project_stats"."project_id") + (select count(*)
  from "collections" cross join "collection_members" on "collection_members"."collection_id" = "collections"."id"
  where "collections"."project_id" = "project_stats"."project_id") as "rows"))

-- audit.project_stats.rows.reached
with near as materialized (
  select "project_stats"."project_id" as id, max(0, "project_stats"."rows") as size
  from "project_stats"
  where "project_stats"."project_id" > ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.project_stats.rows'), '')
  order by "project_stats"."project_id" limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= (?1 ->> '$.mostCounted'))
  select (select max(id)
  from slice) as last, (select count(*)
  from slice
  where size > (?1 ->> '$.mostAlone')) as skipped

-- audit.users.drifted
with near as materialized (
  select "users"."id" as id, max(0, "users"."namespace_count" + "users"."token_count") as size
  from "users"
  where "users"."id" > ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.users'), '')
  order by "users"."id" limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= (?1 ->> '$.mostCounted'))
  select "users"."id" as id, json_array((select json_object('namespaceCount', json_array("users"."namespace_count", truth."namespaceCount"))
  from (select (select count(*)
  from "members" cross join "namespaces" on "namespaces"."id" = "members"."namespace_id" and "namespaces"."deleted_at" is null
  where "members"."user_id" = "users"."id") as "namespaceCount") as truth), (select json_object('tokenCount', json_array("users"."token_count", truth."tokenCount"))
  from (select (select count(*)
  from "api_tokens"
  where "api_tokens"."user_id" = "users"."id" and "api_tokens"."revoked_at" is null) as "tokenCount") as truth)) as counters
  from "users"
  where "users"."id" in (select id
  from slice
  where size <= (?1 ->> '$.mostAlone')) and (("users"."namespace_count") <> (select (select count(*)
  from "members" cross join "namespaces" on "namespaces"."id" = "members"."namespace_id" and "namespaces"."deleted_at" is null
  where "members"."user_id" = "users"."id") as "namespaceCount") or ("users"."token_count") <> (select (select count(*)
  from "api_tokens"
  where "api_tokens"."user_id" = "users"."id" and "api_tokens"."revoked_at" is null) as "tokenCount"))

-- audit.users.mend
update "users" set ("namespace_count") = (select (select count(*)
  from "members" cross join "namespaces" on "namespaces"."id" = "members"."namespace_id" and "namespaces"."deleted_at" is null
  where "members"."user_id" = "users"."id") as "namespaceCount"), ("token_count") = (select (select count(*)
  from "api_tokens"
  where "api_tokens"."user_id" = "users"."id" and "api_tokens"."revoked_at" is null) as "tokenCount")
  where "users"."id" in (select value
  from json_each(?1, '$.keys')) and (("users"."namespace_count") <> (select (select count(*)
  from "members" cross join "namespaces" on "namespaces"."id" = "members"."namespace_id" and "namespaces"."deleted_at" is null
  where "members"."user_id" = "users"."id") as "namespaceCount") or ("users"."token_count") <> (select (select count(*)
  from "api_tokens"
  where "api_tokens"."user_id" = "users"."id" and "api_tokens"."revoked_at" is null) as "tokenCount"))

-- audit.users.reached
with near as materialized (
  select "users"."id" as id, max(0, "users"."namespace_count" + "users"."token_count") as size
  from "users"
  where "users"."id" > ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.users'), '')
  order by "users"."id" limit 50), slice as materialized (select id, size
  from (
  select id, size, sum(size) over (order by id rows unbounded preceding) - size as before
  from near)
  where before <= (?1 ->> '$.mostCounted'))
  select (select max(id)
  from slice) as last, (select count(*)
  from slice
  where size > (?1 ->> '$.mostAlone')) as skipped

-- collections.markTrashed
update "collections" set "deleted_at" = (?1 ->> '$.now'), "deletion_id" = (?1 ->> '$.deletionId')
  where "collections"."id" = (select "deletions"."item_id"
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) and "collections"."deleted_at" is null

-- collections.restore
with undone as materialized (
  select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."project_id" as project_id
  from "restorations" cross join "deletions" on "deletions"."id" = "restorations"."id"
  where "restorations"."id" = (?1 ->> '$.deletionId') and "restorations"."request" = (?1 ->> '$.mark')) update "collections" set "deleted_at" = null, "deletion_id" = null, "name" = ifnull((?1 ->> '$.newName'), "collections"."name"), "updated_at" = iif((?1 ->> '$.isRenamed'), (?1 ->> '$.now'), "collections"."updated_at"), "updated_request" = iif((?1 ->> '$.isRenamed'), (?1 ->> '$.mark'), "collections"."updated_request"), "renamed_request" = iif((?1 ->> '$.isRenamed'), null, "collections"."renamed_request"), "version" = "collections"."version" + 1
  where "collections"."id" = (select item_id
  from undone) and "collections"."deletion_id" = (select id
  from undone)

-- collections.trash
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), target as materialized (select "collections"."id" as id
  from admitted as scope cross join "collections"
  where "collections"."project_id" = scope.project_id and "collections"."name" = (?1 ->> '$.name') and "collections"."deleted_at" is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) or exists (select 1
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId')) or not exists (select 1
  from target) and exists (select 1
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))) and not (scope.access < 2) then 'done'
  when not exists (select 1
  from target) then 'collection_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '') end) is null) insert into "deletions" ("id", "namespace_id", "project_id", "kind", "item_id", "name", "deleted_at", "deleted_by", "request")
  select (?1 ->> '$.deletionId'), permit.namespace_id, permit.project_id, 'collection', "collections"."id", "collections"."name", (?1 ->> '$.now'), permit.user_id, (?1 ->> '$.repeatable')
  from permit cross join target cross join "collections" on "collections"."id" = target.id

-- collections.trashed
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), target as materialized (select "collections"."id" as id
  from admitted as scope cross join "collections"
  where "collections"."project_id" = scope.project_id and "collections"."name" = (?1 ->> '$.name') and "collections"."deleted_at" is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) or exists (select 1
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId')) or not exists (select 1
  from target) and exists (select 1
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))) and not (scope.access < 2) then 'done'
  when not exists (select 1
  from target) then 'collection_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, iif(scope.refusal is null, coalesce( (select "deletions"."id"
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')), (select "deletions"."id"
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))), null) as deletion_id, iif(scope.refusal is null, coalesce( (select "deletions"."phase" = 'marking'
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')), (select "deletions"."phase" = 'marking'
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))), null) as is_marking
  from verdict as scope

-- credential.holder
select "users"."issuer" as issuer, "users"."sub" as sub
  from "api_tokens" join "users" on "users"."id" = "api_tokens"."user_id"
  where "api_tokens"."hash" = (?1 ->> '$.tokenHash') and "api_tokens"."revoked_at" is null

-- credential.judge
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, true as is_member, 3 as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.scopes & 7 = 0 then 'forbidden' || ifnull(' ' || 'scopes 7', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.scopes & 7 = 0 then 'forbidden' || ifnull(' ' || 'scopes 7', '')
  when scope.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope)
  select scope.refusal as refusal
  from verdict as scope

-- credential.noteUse
update "api_tokens" set "last_used_at" = (?1 ->> '$.askedAt')
  where "api_tokens"."hash" = (?1 ->> '$.tokenHash') and "api_tokens"."revoked_at" is null and ifnull("api_tokens"."last_used_at", 0) <= (?1 ->> '$.askedAt') - 3600000

-- datasets.attachRestored
with undone as materialized (
  select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."project_id" as project_id
  from "restorations" cross join "deletions" on "deletions"."id" = "restorations"."id"
  where "restorations"."id" = (?1 ->> '$.deletionId') and "restorations"."request" = (?1 ->> '$.mark')) update "collections" set "dataset_id" = ifnull("collections"."dataset_id", (select item_id
  from undone)), "detached_by" = null, "updated_at" = (?1 ->> '$.now'), "version" = "collections"."version" + 1
  where "collections"."detached_by" = (select id
  from undone)

-- datasets.create
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), earlier as materialized (
  select "datasets"."id" as id, 1 as is_made
  from admitted as scope cross join "datasets"
  where "datasets"."id" = (?1 ->> '$.id')
  union all
  select "datasets"."id", "datasets"."created_request" = (?1 ->> '$.repeatable')
  from admitted as scope cross join "datasets"
  where "datasets"."project_id" = scope.project_id and "datasets"."name" = (?1 ->> '$.name') and "datasets"."deleted_at" is null limit 1), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when ((select is_made
  from earlier)) and not (scope.access < 2) then 'done'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when exists (select 1
  from earlier) then 'dataset_name_taken' end) is null) insert into "datasets" ("id", "project_id", "name", "description", "tags", "metadata", "created_at", "updated_at", "created_by", "created_by_token", "created_request", "updated_request")
  select (?1 ->> '$.id'), permit.project_id, (?1 ->> '$.name'), (?1 ->> '$.description'), ifnull((?1 ->> '$.tags'), '[]'), (?1 ->> '$.metadata'), (?1 ->> '$.now'), (?1 ->> '$.now'), permit.user_id, permit.token_id, (?1 ->> '$.repeatable'), (?1 ->> '$.mark')
  from permit

-- datasets.created
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), earlier as materialized (
  select "datasets"."id" as id, 1 as is_made
  from admitted as scope cross join "datasets"
  where "datasets"."id" = (?1 ->> '$.id')
  union all
  select "datasets"."id", "datasets"."created_request" = (?1 ->> '$.repeatable')
  from admitted as scope cross join "datasets"
  where "datasets"."project_id" = scope.project_id and "datasets"."name" = (?1 ->> '$.name') and "datasets"."deleted_at" is null limit 1), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when ((select is_made
  from earlier)) and not (scope.access < 2) then 'done'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when exists (select 1
  from earlier) then 'dataset_name_taken' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "datasets"."version" as version, 1 as created, iif((scope.scopes & 1 = 0), json_object('id', "datasets"."id", 'name', "datasets"."name"), json_object('id', "datasets"."id", 'name', "datasets"."name", 'description', "datasets"."description", 'tags', json("datasets"."tags"), 'projectId', "datasets"."project_id", 'metadata', json("datasets"."metadata"), 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "datasets"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "datasets"."updated_at" / 1000.0, 'unixepoch'))) as body
  from verdict as scope
  left join "datasets" on "datasets"."id" = iif(scope.refusal is null, (select id
  from earlier), null)

-- datasets.detachCollections
update "collections" set "dataset_id" = null, "detached_by" = (?1 ->> '$.deletionId'), "updated_at" = (?1 ->> '$.now'), "updated_request" = (?1 ->> '$.mark'), "version" = "collections"."version" + 1
  where "collections"."dataset_id" = (select "deletions"."item_id"
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId'))

-- datasets.list
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')
  when scope.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope), permit as materialized (select *
  from verdict
  where refusal is null)
  select scope.refusal as refusal, iif(scope.refusal is null, (select "project_stats"."datasets"
  from "project_stats"
  where "project_stats"."project_id" = scope.project_id), null) as count, true as is_counted, null as id, null as body
  from verdict as scope
  union all
  select null, null, null, id, body
  from (select "datasets"."id" as id, json_object('id', "datasets"."id", 'name', "datasets"."name", 'description', "datasets"."description", 'tags', json("datasets"."tags"), 'projectId', "datasets"."project_id", 'metadata', json("datasets"."metadata"), 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "datasets"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "datasets"."updated_at" / 1000.0, 'unixepoch'), 'collections', (select json_group_array(json(entry))
  from (
  select json_object('id', "collections"."id", 'name', "collections"."name") as entry
  from "collections"
  where "collections"."dataset_id" = "datasets"."id" and "collections"."deleted_at" is null
  order by "collections"."name" limit 100)), 'collectionsTotal', "datasets"."collection_count") as body
  from "datasets"
  where "datasets"."project_id" = (select project_id
  from permit) and "datasets"."deleted_at" is null and "datasets"."id" < (?1 ->> '$.before')
  order by "datasets"."id" desc limit iif((?1 ->> '$.offset') > 0 and ((?1 ->> '$.offset') >= (select (select "project_stats"."datasets"
  from "project_stats"
  where "project_stats"."project_id" = scope.project_id)
  from permit as scope) or (?1 ->> '$.offset') > 100000), 0, (?1 ->> '$.limit') + 1) offset (?1 ->> '$.offset'))

-- datasets.markTrashed
update "datasets" set "deleted_at" = (?1 ->> '$.now'), "deletion_id" = (?1 ->> '$.deletionId')
  where "datasets"."id" = (select "deletions"."item_id"
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) and "datasets"."deleted_at" is null

-- datasets.read
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '') end) is null), target as materialized (
  select "datasets"."id" as id
  from admitted as scope cross join "datasets"
  where "datasets"."project_id" = scope.project_id and "datasets"."name" = (?1 ->> '$.name') and "datasets"."deleted_at" is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')
  when not exists (select 1
  from target
  where id is not null) then 'dataset_not_found'
  when scope.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope), permit as materialized (select *
  from verdict
  where refusal is null), shown as materialized (select "collections"."id" as id, "collections"."name" as name, "collections"."member_count" as size
  from "collections"
  where "collections"."dataset_id" = (select target.id
  from permit cross join target) and "collections"."deleted_at" is null
  order by "collections"."name" limit 10000)
  select scope.refusal as refusal, "datasets"."version" as version, json_object('id', "datasets"."id", 'name', "datasets"."name", 'description', "datasets"."description", 'tags', json("datasets"."tags"), 'projectId', "datasets"."project_id", 'metadata', json("datasets"."metadata"), 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "datasets"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "datasets"."updated_at" / 1000.0, 'unixepoch')) as body, "datasets"."collection_count" as size, null as collection
  from verdict as scope
  left join target
  left join "datasets" on "datasets"."id" = iif(scope.refusal is null, target.id, null)
  union all
  select null, null, json_object('id', id, 'name', name), size, id
  from shown
  union all
  select *
  from (select null, null, "collection_members"."member_id", null, shown.id
  from shown cross join "collection_members" indexed by collection_members_order on "collection_members"."collection_id" = shown.id limit 10000)

-- datasets.restore
with undone as materialized (
  select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."project_id" as project_id
  from "restorations" cross join "deletions" on "deletions"."id" = "restorations"."id"
  where "restorations"."id" = (?1 ->> '$.deletionId') and "restorations"."request" = (?1 ->> '$.mark')) update "datasets" set "deleted_at" = null, "deletion_id" = null, "name" = ifnull((?1 ->> '$.newName'), "datasets"."name"), "updated_at" = iif((?1 ->> '$.isRenamed'), (?1 ->> '$.now'), "datasets"."updated_at"), "updated_request" = iif((?1 ->> '$.isRenamed'), (?1 ->> '$.mark'), "datasets"."updated_request"), "renamed_request" = iif((?1 ->> '$.isRenamed'), null, "datasets"."renamed_request"), "version" = "datasets"."version" + 1
  where "datasets"."id" = (select item_id
  from undone) and "datasets"."deletion_id" = (select id
  from undone)

-- datasets.trash
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), target as materialized (
  select "datasets"."id" as id
  from admitted as scope cross join "datasets"
  where "datasets"."project_id" = scope.project_id and "datasets"."name" = (?1 ->> '$.name') and "datasets"."deleted_at" is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) or exists (select 1
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId')) or not exists (select 1
  from target) and exists (select 1
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))) and not (scope.access < 2) then 'done'
  when not exists (select 1
  from target
  where id is not null) then 'dataset_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select count(*)
  from (select 1
  from "collections"
  where "collections"."dataset_id" = (select id
  from target) limit 5001)) > 5000 then 'too_large' end) is null) insert into "deletions" ("id", "namespace_id", "project_id", "kind", "item_id", "name", "deleted_at", "deleted_by", "request")
  select (?1 ->> '$.deletionId'), permit.namespace_id, permit.project_id, 'dataset', "datasets"."id", "datasets"."name", (?1 ->> '$.now'), permit.user_id, (?1 ->> '$.repeatable')
  from permit cross join target cross join "datasets" on "datasets"."id" = target.id

-- datasets.trashed
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), target as materialized (
  select "datasets"."id" as id
  from admitted as scope cross join "datasets"
  where "datasets"."project_id" = scope.project_id and "datasets"."name" = (?1 ->> '$.name') and "datasets"."deleted_at" is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) or exists (select 1
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId')) or not exists (select 1
  from target) and exists (select 1
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))) and not (scope.access < 2) then 'done'
  when not exists (select 1
  from target
  where id is not null) then 'dataset_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select count(*)
  from (select 1
  from "collections"
  where "collections"."dataset_id" = (select id
  from target) limit 5001)) > 5000 then 'too_large' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, iif(scope.refusal is null, coalesce( (select "deletions"."id"
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')), (select "deletions"."id"
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))), null) as deletion_id, iif(scope.refusal is null, coalesce( (select "deletions"."phase" = 'marking'
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')), (select "deletions"."phase" = 'marking'
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))), null) as is_marking
  from verdict as scope

-- datasets.update
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), target as materialized (
  select ifnull((select "datasets"."id"
  from "datasets"
  where "datasets"."project_id" = scope.project_id and "datasets"."name" = (?1 ->> '$.name') and "datasets"."deleted_at" is null), (select "datasets"."id"
  from "datasets"
  where "datasets"."project_id" = scope.project_id and "datasets"."name" = (?1 ->> '$.newName') and "datasets"."deleted_at" is null and "datasets"."renamed_request" = (?1 ->> '$.mark'))) as id
  from admitted as scope), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from target cross join "datasets" on "datasets"."id" = target.id
  where "datasets"."updated_request" = (?1 ->> '$.mark') or "datasets"."name" <> (?1 ->> '$.name') and "datasets"."renamed_request" = (?1 ->> '$.mark'))) and not (scope.access < 2) then 'done'
  when not exists (select 1
  from target
  where id is not null) then 'dataset_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when exists (select 1
  from "datasets"
  where "datasets"."project_id" = scope.project_id and "datasets"."name" = (?1 ->> '$.newName') and "datasets"."deleted_at" is null and "datasets"."id" <> (select id
  from target)) then 'dataset_name_taken' end) is null) update "datasets" set "name" = case
  when (json_type(?1, '$.newName') is not null) then (?1 ->> '$.newName') else "datasets"."name" end, "description" = case
  when (json_type(?1, '$.description') is not null) then (?1 ->> '$.description') else "datasets"."description" end, "tags" = case
  when (json_type(?1, '$.tags') is not null) then (?1 ->> '$.tags') else "datasets"."tags" end, "metadata" = case
  when (json_type(?1, '$.metadata') is not null) then (?1 ->> '$.metadata') else "datasets"."metadata" end, "renamed_request" = case
  when (?1 ->> '$.newName') <> "datasets"."name" then (?1 ->> '$.mark') else "datasets"."renamed_request" end, "updated_at" = (?1 ->> '$.now'), "updated_request" = (?1 ->> '$.mark'), "version" = "datasets"."version" + 1
  where "datasets"."id" = (select target.id
  from permit cross join target)

-- datasets.updated
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), target as materialized (
  select ifnull((select "datasets"."id"
  from "datasets"
  where "datasets"."project_id" = scope.project_id and "datasets"."name" = (?1 ->> '$.name') and "datasets"."deleted_at" is null), (select "datasets"."id"
  from "datasets"
  where "datasets"."project_id" = scope.project_id and "datasets"."name" = (?1 ->> '$.newName') and "datasets"."deleted_at" is null and "datasets"."renamed_request" = (?1 ->> '$.mark'))) as id
  from admitted as scope), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from target cross join "datasets" on "datasets"."id" = target.id
  where "datasets"."updated_request" = (?1 ->> '$.mark') or "datasets"."name" <> (?1 ->> '$.name') and "datasets"."renamed_request" = (?1 ->> '$.mark'))) and not (scope.access < 2) then 'done'
  when not exists (select 1
  from target
  where id is not null) then 'dataset_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when exists (select 1
  from "datasets"
  where "datasets"."project_id" = scope.project_id and "datasets"."name" = (?1 ->> '$.newName') and "datasets"."deleted_at" is null and "datasets"."id" <> (select id
  from target)) then 'dataset_name_taken' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "datasets"."version" as version, 0 as created, iif((scope.scopes & 1 = 0), json_object('id', "datasets"."id", 'name', "datasets"."name"), json_object('id', "datasets"."id", 'name', "datasets"."name", 'description', "datasets"."description", 'tags', json("datasets"."tags"), 'projectId', "datasets"."project_id", 'metadata', json("datasets"."metadata"), 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "datasets"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "datasets"."updated_at" / 1000.0, 'unixepoch'))) as body
  from verdict as scope
  left join "datasets" on "datasets"."id" = iif(scope.refusal is null, (select id
  from target), null)

-- deletions.claim.datasets
update "deletions" set purging = 1, turn = 0
  where "deletions"."id" in (select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 0 and ("deletions"."kind" <> 'dataset') = 0 and "deletions"."namespace_id" = turn.value and "deletions"."deleted_at" <= (?1 ->> '$.deletedBefore') and "deletions"."phase" is null
  order by "deletions"."deleted_at", "deletions"."id" limit (?1 ->> '$.most'))) and "deletions"."purging" = 0

-- deletions.claim.others
update "deletions" set purging = 1, turn = 1
  where "deletions"."id" in (select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 0 and ("deletions"."kind" <> 'dataset') = 1 and "deletions"."namespace_id" = turn.value and "deletions"."deleted_at" <= (?1 ->> '$.deletedBefore') and "deletions"."phase" is null
  order by "deletions"."deleted_at", "deletions"."id" limit (?1 ->> '$.most'))) and "deletions"."purging" = 0

-- deletions.claimNow.inNamespace
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and true and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), deletion as materialized (
  select "deletions".*
  from admitted as scope cross join "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId') and "deletions"."namespace_id" = scope.namespace_id and "deletions"."project_id" is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "purges"
  where "purges"."deletion_id" = (?1 ->> '$.deletionId') and "purges"."request" = (?1 ->> '$.repeatable'))) and not (scope.access < 3) then 'done'
  when not exists (select 1
  from deletion) then 'deletion_not_found'
  when scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when (select kind = 'namespace'
  from deletion) and scope.token_id is not null then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null) update "deletions" set purging = 1, turn = 1
  where "deletions"."id" = (select deletion.id
  from deletion cross join permit) and "deletions"."purging" = 0

-- deletions.claimNow.inProject
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), deletion as materialized (
  select "deletions".*
  from admitted as scope cross join "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId') and "deletions"."project_id" = scope.project_id), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "purges"
  where "purges"."deletion_id" = (?1 ->> '$.deletionId') and "purges"."request" = (?1 ->> '$.repeatable'))) and not (scope.access < 3) then 'done'
  when not scope.is_member then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when not exists (select 1
  from deletion) then 'deletion_not_found'
  when scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when (select phase = 'restoring'
  from deletion) then 'deletion_marking' end) is null) update "deletions" set purging = 1, turn = 1
  where "deletions"."id" = (select deletion.id
  from deletion cross join permit) and "deletions"."purging" = 0

-- deletions.claimedNow.inNamespace
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and true and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), deletion as materialized (
  select "deletions".*
  from admitted as scope cross join "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId') and "deletions"."namespace_id" = scope.namespace_id and "deletions"."project_id" is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "purges"
  where "purges"."deletion_id" = (?1 ->> '$.deletionId') and "purges"."request" = (?1 ->> '$.repeatable'))) and not (scope.access < 3) then 'done'
  when not exists (select 1
  from deletion) then 'deletion_not_found'
  when scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when (select kind = 'namespace'
  from deletion) and scope.token_id is not null then 'forbidden' || ifnull(' ' || 'scopes 8', '') end, 'done') as refusal
  from scope)
  select scope.refusal as refusal
  from verdict as scope

-- deletions.claimedNow.inProject
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), deletion as materialized (
  select "deletions".*
  from admitted as scope cross join "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId') and "deletions"."project_id" = scope.project_id), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "purges"
  where "purges"."deletion_id" = (?1 ->> '$.deletionId') and "purges"."request" = (?1 ->> '$.repeatable'))) and not (scope.access < 3) then 'done'
  when not scope.is_member then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when not exists (select 1
  from deletion) then 'deletion_not_found'
  when scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when (select phase = 'restoring'
  from deletion) then 'deletion_marking' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal
  from verdict as scope

-- deletions.endMarking
with area as materialized (
  select busy.id as id, busy.deleted_at as deleted_at, ifnull(busy.container_id, busy.project_id) as container_id, busy.path as path, busy.new_path as new_path
  from "deletions" as busy
  where busy.id = (?1 ->> '$.deletionId') and busy.phase = 'marking') update "deletions" set phase = null
  where "deletions"."id" = (select id
  from area) and not exists (select 1
  from "nodes"
  where "nodes"."container_id" = (select container_id
  from area) and "nodes"."path" > (select path || '/'
  from area) and "nodes"."path" < (select path || '0'
  from area) and "nodes"."deleted_at" is null)

-- deletions.endRestoring
with area as materialized (
  select busy.id as id, busy.deleted_at as deleted_at, ifnull(busy.container_id, busy.project_id) as container_id, busy.path as path, busy.new_path as new_path
  from "deletions" as busy
  where busy.id = (?1 ->> '$.deletionId') and busy.phase = 'restoring') delete
  from "deletions"
  where "deletions"."id" = (select id
  from area) and not exists (select 1
  from "assets"
  where "assets"."deletion_id" = (select id
  from area)) and not exists (select 1
  from "episodes"
  where "episodes"."deletion_id" = (select id
  from area)) and not exists (select 1
  from "nodes"
  where "nodes"."deletion_id" = (select id
  from area))

-- deletions.firstUnderWay
select "deletions"."id" as id, "deletions"."phase" as phase
  from "deletions"
  where "deletions"."phase" is not null and "deletions"."namespace_id" = (?1 ->> '$.namespaceId')
  order by "deletions"."project_id", "deletions"."id" limit 1

-- deletions.isUnderWay
select "deletions"."phase" is not null as is_left
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')

-- deletions.markSlice.assets
with area as materialized (
  select busy.id as id, busy.deleted_at as deleted_at, ifnull(busy.container_id, busy.project_id) as container_id, busy.path as path, busy.new_path as new_path
  from "deletions" as busy
  where busy.id = (?1 ->> '$.deletionId') and busy.phase = 'marking') update "assets" set "deleted_at" = (select deleted_at
  from area), "deletion_id" = (select id
  from area)
  where "assets"."id" in (select "nodes"."item_id"
  from "nodes"
  where "nodes"."container_id" = (select container_id
  from area) and "nodes"."path" > (select path || '/'
  from area) and "nodes"."path" < (select path || '0'
  from area) and "nodes"."deleted_at" is null
  order by "nodes"."path", "nodes"."kind" limit (?1 ->> '$.rows')) and "assets"."deleted_at" is null

-- deletions.markSlice.episodes
with area as materialized (
  select busy.id as id, busy.deleted_at as deleted_at, ifnull(busy.container_id, busy.project_id) as container_id, busy.path as path, busy.new_path as new_path
  from "deletions" as busy
  where busy.id = (?1 ->> '$.deletionId') and busy.phase = 'marking') update "episodes" set "deleted_at" = (select deleted_at
  from area), "deletion_id" = (select id
  from area)
  where "episodes"."id" in (select "nodes"."item_id"
  from "nodes"
  where "nodes"."container_id" = (select container_id
  from area) and "nodes"."path" > (select path || '/'
  from area) and "nodes"."path" < (select path || '0'
  from area) and "nodes"."deleted_at" is null
  order by "nodes"."path", "nodes"."kind" limit (?1 ->> '$.rows')) and "episodes"."deleted_at" is null

-- deletions.markSlice.nodes
with area as materialized (
  select busy.id as id, busy.deleted_at as deleted_at, ifnull(busy.container_id, busy.project_id) as container_id, busy.path as path, busy.new_path as new_path
  from "deletions" as busy
  where busy.id = (?1 ->> '$.deletionId') and busy.phase = 'marking') update "nodes" set "deleted_at" = (select deleted_at
  from area), "deletion_id" = (select id
  from area)
  where "nodes"."id" in (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = (select container_id
  from area) and "nodes"."path" > (select path || '/'
  from area) and "nodes"."path" < (select path || '0'
  from area) and "nodes"."deleted_at" is null
  order by "nodes"."path", "nodes"."kind" limit (?1 ->> '$.rows')) and "nodes"."deleted_at" is null

-- deletions.noteLongest
with area as materialized (
  select busy.id as id, busy.deleted_at as deleted_at, ifnull(busy.container_id, busy.project_id) as container_id, busy.path as path, busy.new_path as new_path
  from "deletions" as busy
  where busy.id = (?1 ->> '$.deletionId') and busy.phase = 'marking') update "deletions" set "longest_path" = max(ifnull("deletions"."longest_path", length(cast(replace(replace("deletions"."path", '%2F', '/'), '%25', '%') as blob))), ifnull((select max(length(cast(replace(replace("nodes"."path", '%2F', '/'), '%25', '%') as blob)))
  from "nodes"
  where "nodes"."id" in (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = (select container_id
  from area) and "nodes"."path" > (select path || '/'
  from area) and "nodes"."path" < (select path || '0'
  from area) and "nodes"."deleted_at" is null
  order by "nodes"."path", "nodes"."kind" limit (?1 ->> '$.rows')) and "nodes"."kind" <> 'episode'), 0))
  where "deletions"."id" = (select id
  from area)

-- deletions.pickPlace
select "deletions"."id" as id
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 1 and "deletions"."namespace_id" = (?1 ->> '$.namespaceId') and "deletions"."turn" <= (?1 ->> '$.before')
  order by "deletions"."turn", "deletions"."id" limit 1

-- deletions.postpone
update "deletions" set turn = max((?1 ->> '$.turn'), ifnull((
  select "objects"."lease_until"
  from "objects"
  where "objects"."namespace_id" = "deletions"."item_id"
  order by "objects"."id" limit 1), 0))
  where "deletions"."id" = (?1 ->> '$.place') and "deletions"."purging" = 1

-- deletions.rotate
update "deletions" set turn = (?1 ->> '$.turn')
  where "deletions"."id" = (?1 ->> '$.place') and "deletions"."purging" = 1

-- deletions.unmarkSlice.assets
with area as materialized (
  select busy.id as id, busy.deleted_at as deleted_at, ifnull(busy.container_id, busy.project_id) as container_id, busy.path as path, busy.new_path as new_path
  from "deletions" as busy
  where busy.id = (?1 ->> '$.deletionId') and busy.phase = 'restoring') update "assets" set "deleted_at" = null, "deletion_id" = null, "name" = iif((select new_path is not null and container_id = "assets"."container_id"
  from area), (select replace(replace(area.new_path, '%2F', '/'), '%25', '%') || substr("assets"."name", length(replace(replace(area.path, '%2F', '/'), '%25', '%')) + 1)
  from area), "assets"."name"), "updated_at" = iif((select new_path is not null and container_id = "assets"."container_id"
  from area), (select "restorations"."restored_at"
  from "restorations"
  where "restorations"."id" = (select id
  from area)), "assets"."updated_at"), "updated_request" = iif((select new_path is not null and container_id = "assets"."container_id"
  from area), (select "restorations"."request"
  from "restorations"
  where "restorations"."id" = (select id
  from area)), "assets"."updated_request"), "renamed_request" = iif((select new_path is not null and container_id = "assets"."container_id"
  from area), null, "assets"."renamed_request"), "version" = "assets"."version" + 1
  where "assets"."id" in (select "nodes"."item_id"
  from "nodes"
  where "nodes"."deletion_id" = (select id
  from area) limit (?1 ->> '$.rows')) and +"assets"."deletion_id" = (select id
  from area)

-- deletions.unmarkSlice.assetsWithoutNode
with area as materialized (
  select busy.id as id, busy.deleted_at as deleted_at, ifnull(busy.container_id, busy.project_id) as container_id, busy.path as path, busy.new_path as new_path
  from "deletions" as busy
  where busy.id = (?1 ->> '$.deletionId') and busy.phase = 'restoring') update "assets" set "deleted_at" = null, "deletion_id" = null, "name" = iif((select new_path is not null and container_id = "assets"."container_id"
  from area), (select replace(replace(area.new_path, '%2F', '/'), '%25', '%') || substr("assets"."name", length(replace(replace(area.path, '%2F', '/'), '%25', '%')) + 1)
  from area), "assets"."name"), "updated_at" = iif((select new_path is not null and container_id = "assets"."container_id"
  from area), (select "restorations"."restored_at"
  from "restorations"
  where "restorations"."id" = (select id
  from area)), "assets"."updated_at"), "updated_request" = iif((select new_path is not null and container_id = "assets"."container_id"
  from area), (select "restorations"."request"
  from "restorations"
  where "restorations"."id" = (select id
  from area)), "assets"."updated_request"), "renamed_request" = iif((select new_path is not null and container_id = "assets"."container_id"
  from area), null, "assets"."renamed_request"), "version" = "assets"."version" + 1
  where "assets"."id" in (select "assets"."id"
  from "assets"
  where "assets"."deletion_id" = (select id
  from area
  where not exists (select 1
  from "nodes"
  where "nodes"."deletion_id" = (select id
  from area))) limit (?1 ->> '$.rows')) and +"assets"."deletion_id" = (select id
  from area)

-- deletions.unmarkSlice.episodes
with area as materialized (
  select busy.id as id, busy.deleted_at as deleted_at, ifnull(busy.container_id, busy.project_id) as container_id, busy.path as path, busy.new_path as new_path
  from "deletions" as busy
  where busy.id = (?1 ->> '$.deletionId') and busy.phase = 'restoring') update "episodes" set "deleted_at" = null, "deletion_id" = null, "node_path" = iif((select new_path is not null and container_id = "episodes"."project_id"
  from area), (select area.new_path || substr("episodes"."node_path", length(area.path) + 1)
  from area), "episodes"."node_path"), "updated_at" = iif((select new_path is not null and container_id = "episodes"."project_id"
  from area), (select "restorations"."restored_at"
  from "restorations"
  where "restorations"."id" = (select id
  from area)), "episodes"."updated_at"), "updated_request" = iif((select new_path is not null and container_id = "episodes"."project_id"
  from area), (select "restorations"."request"
  from "restorations"
  where "restorations"."id" = (select id
  from area)), "episodes"."updated_request"), "renamed_request" = iif((select new_path is not null and container_id = "episodes"."project_id"
  from area), null, "episodes"."renamed_request"), "version" = "episodes"."version" + 1
  where "episodes"."id" in (select "nodes"."item_id"
  from "nodes"
  where "nodes"."deletion_id" = (select id
  from area) limit (?1 ->> '$.rows')) and +"episodes"."deletion_id" = (select id
  from area)

-- deletions.unmarkSlice.nodes
with area as materialized (
  select busy.id as id, busy.deleted_at as deleted_at, ifnull(busy.container_id, busy.project_id) as container_id, busy.path as path, busy.new_path as new_path
  from "deletions" as busy
  where busy.id = (?1 ->> '$.deletionId') and busy.phase = 'restoring') update "nodes" set "deleted_at" = null, "deletion_id" = null, "path" = iif((select new_path is not null and container_id = "nodes"."container_id"
  from area), (select area.new_path || substr("nodes"."path", length(area.path) + 1)
  from area), "nodes"."path"), "version" = "nodes"."version" + 1
  where "nodes"."id" in (select "nodes"."id"
  from "nodes"
  where "nodes"."deletion_id" = (select id
  from area) limit (?1 ->> '$.rows')) and +"nodes"."deletion_id" = (select id
  from area)

-- downloads.find
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '') end) is null), target as materialized (select iif((?1 ->> '$.episodeId') is null and (?1 ->> '$.episode') is null, (select found.id
  from (
  select "assets"."id" as id, "assets"."container_id" as container_id
  from "assets"
  where "assets"."project_id" = scope.project_id and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."name" = (?1 ->> '$.path')
  order by "assets"."id" desc limit 20000) as found
  where not exists (
  select 1
  from "episodes" as around
  where around.id = found.container_id and around.deleted_at is not null) limit 1), (select "assets"."id"
  from "assets"
  where "assets"."container_id" = (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."deleted_at" is null and ((?1 ->> '$.episodeId') is null or "episodes"."id" = (?1 ->> '$.episodeId')) and "episodes"."name" = ifnull((?1 ->> '$.episode'), (select other.name
  from "episodes" as other
  where other.id = (?1 ->> '$.episodeId')))) and "assets"."kind" = (?1 ->> '$.kind') and "assets"."deleted_at" is null and "assets"."name" = (?1 ->> '$.path') and "assets"."name" is not null)) as id
  from admitted as scope), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')
  when (select id
  from target) is null then 'asset_not_found'
  when not exists (select 1
  from target join "assets" on "assets"."id" = target.id join "objects" on "objects"."id" = "assets"."object_id" and "objects"."state" = 'complete') then 'asset_without_object'
  when scope.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "objects"."key" as key, "objects"."size" as size, iif(ifnull(lower(trim(iif(instr("objects"."content_type", ';') > 0, substr("objects"."content_type", 1, instr("objects"."content_type", ';') - 1), "objects"."content_type"))), 'application/octet-stream') <> 'application/octet-stream', "objects"."content_type", coalesce(case lower("assets"."format")
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, case iif(instr("assets"."name", '.') > 0, lower(substr("assets"."name", length(rtrim("assets"."name", replace("assets"."name", '.', ''))) + 1)), null)
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, "objects"."content_type")) as content_type, "episodes"."id" as episode_id, "episodes"."name" as episode_name
  from verdict as scope
  left join target
  left join "assets" on "assets"."id" = iif(scope.refusal is null, target.id, null)
  left join "objects" on "objects"."id" = "assets"."object_id"
  left join "episodes" on "episodes"."id" = "assets"."container_id"

-- dryRun.ofItems
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), deletion as materialized (
  select "deletions".*
  from admitted as scope cross join "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId') and "deletions"."project_id" = scope.project_id), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "purges"
  where "purges"."deletion_id" = (?1 ->> '$.deletionId') and "purges"."request" = (?1 ->> '$.repeatable'))) and not (scope.access < 3) then 'done'
  when not scope.is_member then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when not exists (select 1
  from deletion) then 'deletion_not_found'
  when scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when (select phase = 'restoring'
  from deletion) then 'deletion_marking' end, 'done') as refusal
  from scope), permit as materialized (select *
  from verdict
  where refusal is null), episode as materialized (select "episodes"."id" as id
  from permit cross join deletion cross join "episodes" on "episodes"."deletion_id" = deletion.id limit 10000 + 1), nested as materialized (select "deletions"."id" as id
  from episode cross join "deletions" on "deletions"."container_id" = episode.id limit 10000 + 1), doomed as materialized (select deletion.id as id
  from permit cross join deletion
  union all
  select id
  from nested), let_go as materialized (select object_id, count(*) as count
  from (
  select object_id
  from (select "assets"."object_id" as object_id
  from doomed cross join "assets" on "assets"."deletion_id" = doomed.id
  union all
  select "assets"."object_id" as object_id
  from episode cross join "assets" on "assets"."container_id" = episode.id and "assets"."kind" in ('video', 'audio', 'label-track', 'text-track', 'image') and "assets"."deleted_at" is null) limit 10000 + 1) group by object_id), freed as materialized (select "objects"."size" as size
  from let_go join "objects" on "objects"."id" = let_go.object_id and "objects"."asset_count" = let_go.count)
  select scope.refusal as refusal, null as rows, null as bytes, null as truncated
  from verdict as scope
  union all
  select null, count(*), ifnull(sum(size), 0), ifnull((select sum(count)
  from let_go), 0) > 10000
  from freed
  union all
  select null, 0, 0, 0
  union all
  select null, min(count, 10000), 0, count > 10000
  from (
  select value as count
  from json_each(json_array((select count(*)
  from (select 1
  from doomed cross join "assets" on "assets"."deletion_id" = doomed.id limit 10000 + 1)), (select count(*)
  from (select 1
  from doomed cross join "nodes" on "nodes"."deletion_id" = doomed.id limit 10000 + 1)), (select count(*)
  from (select 1
  from doomed cross join "episodes" on "episodes"."deletion_id" = doomed.id limit 10000 + 1)), (select count(*)
  from (select 1
  from doomed cross join "collections" on "collections"."deletion_id" = doomed.id limit 10000 + 1)), (select count(*)
  from (select 1
  from doomed cross join "datasets" on "datasets"."deletion_id" = doomed.id limit 10000 + 1)), (select count(*)
  from (select 1
  from episode cross join "assets" on "assets"."container_id" = episode.id and "assets"."kind" in ('video', 'audio', 'label-track', 'text-track', 'image') and "assets"."deleted_at" is null limit 10000 + 1)), (select count(*)
  from (select 1
  from episode cross join "nodes" on "nodes"."container_id" = episode.id and "nodes"."deleted_at" is null limit 10000 + 1)), (select count(*)
  from (select 1
  from doomed cross join "collections" on "collections"."deletion_id" = doomed.id cross join "collection_members" on "collection_members"."collection_id" = "collections"."id" limit 10000 + 1)))))
  union all
  select null, 0, 0, deletion.phase is not null or (select count(*)
  from nested) > 10000
  from permit cross join deletion

-- dryRun.ofPlace
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and true and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), deletion as materialized (
  select "deletions".*
  from admitted as scope cross join "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId') and "deletions"."namespace_id" = scope.namespace_id and "deletions"."project_id" is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "purges"
  where "purges"."deletion_id" = (?1 ->> '$.deletionId') and "purges"."request" = (?1 ->> '$.repeatable'))) and not (scope.access < 3) then 'done'
  when not exists (select 1
  from deletion) then 'deletion_not_found'
  when scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when (select kind = 'namespace'
  from deletion) and scope.token_id is not null then 'forbidden' || ifnull(' ' || 'scopes 8', '') end, 'done') as refusal
  from scope), permit as materialized (select *
  from verdict
  where refusal is null), space as materialized (select deletion.item_id as id
  from permit cross join deletion
  where +deletion.kind = 'namespace'), site as materialized (select deletion.item_id as id
  from permit cross join deletion
  where +deletion.kind = 'project'
  union all
  select *
  from (select "projects"."id"
  from space cross join "projects" on "projects"."namespace_id" = space.id limit 10000 + 1)), let_go as materialized (select object_id, count(*) as count
  from (
  select object_id
  from (select "assets"."object_id" as object_id
  from site cross join "assets" on "assets"."project_id" = site.id) limit 10000 + 1) group by object_id), freed as materialized (select "objects"."size" as size
  from let_go join "objects" on "objects"."id" = let_go.object_id and "objects"."asset_count" = let_go.count)
  select scope.refusal as refusal, null as rows, null as bytes, null as truncated
  from verdict as scope
  union all
  select null, count(*), ifnull(sum(size), 0), ifnull((select sum(count)
  from let_go), 0) > 10000
  from freed
  union all
  select null, (select ifnull(sum("project_stats"."rows"), 0)
  from site cross join "project_stats" on "project_stats"."project_id" = site.id), 0, 0
  union all
  select null, min(count, 10000), 0, count > 10000
  from (
  select value as count
  from json_each(json_array((select count(*)
  from (select 1
  from site cross join "collections" on "collections"."project_id" = site.id limit 10000 + 1)), (select count(*)
  from (select 1
  from site cross join "datasets" on "datasets"."project_id" = site.id limit 10000 + 1)), (select count(*)
  from (select 1
  from site limit 10000 + 1)), (select count(*)
  from (select 1
  from space cross join "members" on "members"."namespace_id" = space.id limit 10000 + 1)), (select count(*)
  from (select 1
  from space cross join "namespaces" on "namespaces"."id" = space.id limit 10000 + 1)))))
  union all
  select null, 0, 0, deletion.phase is not null or 0
  from permit cross join deletion

-- episodes.list
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')
  when scope.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope), permit as materialized (select *
  from verdict
  where refusal is null)
  select scope.refusal as refusal, iif(scope.refusal is null, (select "project_stats"."episodes"
  from "project_stats"
  where "project_stats"."project_id" = scope.project_id), null) as count, true as is_counted, null as id, null as body
  from verdict as scope
  union all
  select null, null, null, id, body
  from (select "episodes"."id" as id, json_object('id', "episodes"."id", 'name', "episodes"."name", 'description', "episodes"."description", 'tags', json("episodes"."tags"), 'projectId', "episodes"."project_id", 'folderId', "episodes"."folder_id", 'nodePath', "episodes"."node_path", 'status', "episodes"."status", 'writeProtected', json(case "episodes"."write_protected"
  when 0 then 'false'
  when 1 then 'true' end), 'metadata', json("episodes"."metadata"), 'startedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "episodes"."started_at" / 1000.0, 'unixepoch'), 'endedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "episodes"."ended_at" / 1000.0, 'unixepoch'), 'durationMs', "episodes"."duration_ms", 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "episodes"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "episodes"."updated_at" / 1000.0, 'unixepoch')) as body
  from "episodes"
  where "episodes"."project_id" = (select project_id
  from permit) and "episodes"."deleted_at" is null and "episodes"."id" < (?1 ->> '$.before')
  order by "episodes"."id" desc limit iif((?1 ->> '$.offset') > 0 and ((?1 ->> '$.offset') >= (select (select "project_stats"."episodes"
  from "project_stats"
  where "project_stats"."project_id" = scope.project_id)
  from permit as scope) or (?1 ->> '$.offset') > 100000), 0, (?1 ->> '$.limit') + 1) offset (?1 ->> '$.offset'))

-- episodes.makeChangedFolders
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), target as materialized (
  select "episodes"."id" as id, "episodes"."deleted_at" as deleted_at, "episodes"."write_protected" as write_protected, "episodes"."started_at" as started_at, "episodes"."ended_at" as ended_at, "episodes"."duration_ms" as duration_ms, "episodes"."updated_request" as updated_request, "episodes"."created_by_token" as created_by_token
  from admitted as scope cross join "episodes"
  where "episodes"."id" = ifnull((select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.name') and "episodes"."deleted_at" is null), (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.finalName') and "episodes"."deleted_at" is null and "episodes"."renamed_request" = (?1 ->> '$.mark')))), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when ((select deleted_at is null and updated_request = (?1 ->> '$.mark')
  from target) or exists (select 1
  from "episodes"
  where "episodes"."id" = (select id
  from target) and "episodes"."name" <> (?1 ->> '$.name') and "episodes"."renamed_request" = (?1 ->> '$.mark'))) and not (scope.access < 2) then 'done'
  when not exists (select 1
  from target) then 'episode_not_found'
  when (select "episodes"."deleted_at" is not null as trashed
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.finalName') and "episodes"."id" <> (select id
  from target)) = 1 then 'episode_trashed'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select write_protected
  from target) then 'episode_write_protected'
  when case
  when (json_type(?1, '$.endedAt') is not null) then (?1 ->> '$.endedAt') else (select ended_at
  from target) end < case
  when (json_type(?1, '$.startedAt') is not null) then (?1 ->> '$.startedAt') else (select started_at
  from target) end then 'episode_ends_before_start'
  when abs(case
  when (json_type(?1, '$.durationMs') is not null) then (?1 ->> '$.durationMs') else (select duration_ms
  from target) end - (case
  when (json_type(?1, '$.endedAt') is not null) then (?1 ->> '$.endedAt') else (select ended_at
  from target) end - case
  when (json_type(?1, '$.startedAt') is not null) then (?1 ->> '$.startedAt') else (select started_at
  from target) end)) > 1 then 'episode_duration_contradicts'
  when (select "episodes"."deleted_at" is not null as trashed
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.finalName') and "episodes"."id" <> (select id
  from target)) = 0 then 'episode_name_taken'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = scope.project_id and substr((?1 ->> '$.folderPath') || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = scope.project_id and substr((select "nodes"."path"
  from target cross join "episodes" on "episodes"."id" = target.id cross join "nodes" on "nodes"."id" = "episodes"."node_id") || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when ((?1 ->> '$.rowsQuota') is not null and iif(ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + 100 <= (?1 ->> '$.rowsQuota'), 0, (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = scope.project_id and "nodes"."path" = substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null) > 0 and ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = scope.project_id and "nodes"."path" = substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null) > (?1 ->> '$.rowsQuota'))) then 'quota_exceeded' end) is null) insert into "nodes" ("id", "project_id", "parent_id", "container_id", "kind", "name", "path", "created_at", "updated_at")
  select made.value ->> '$.id', permit.project_id, case
  when rtrim(rtrim(substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end'), replace(substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end'), '/', '')), '/') = '' then null else ifnull((select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = permit.project_id and "nodes"."path" = rtrim(rtrim(substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end'), replace(substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end'), '/', '')), '/') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null), made.value ->> '$.parentId') end, permit.project_id, 'folder', replace(replace(substr(substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end'), length(rtrim(rtrim(substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end'), replace(substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end'), '/', '')), '/')) + 2), '%2F', '/'), '%25', '%'), substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end'), (?1 ->> '$.now'), (?1 ->> '$.now')
  from permit cross join json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = permit.project_id and "nodes"."path" = substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null

-- episodes.makeFolders
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), target as materialized (
  select "episodes"."id" as id, "episodes"."deleted_at" as deleted_at, "episodes"."write_protected" as write_protected, "episodes"."started_at" as started_at, "episodes"."ended_at" as ended_at, "episodes"."duration_ms" as duration_ms, "episodes"."updated_request" as updated_request, "episodes"."created_by_token" as created_by_token
  from admitted as scope cross join "episodes"
  where "episodes"."id" = ifnull((select "episodes"."id"
  from "episodes"
  where "episodes"."id" = (?1 ->> '$.id')), (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.name')))), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((select id
  from target) = (?1 ->> '$.id') or (select deleted_at is null and updated_request = (?1 ->> '$.mark')
  from target)) and not (scope.access < 2) then 'done'
  when (scope.scopes & 2 = 0) and scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select ((scope.scopes & 2 = 0) and created_by_token is not scope.token_id)
  from target) then 'created_by_another'
  when (select deleted_at is not null
  from target) then 'episode_trashed'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select write_protected
  from target) then 'episode_write_protected'
  when case
  when (json_type(?1, '$.endedAt') is not null) then (?1 ->> '$.endedAt') else (select ended_at
  from target) end < case
  when (json_type(?1, '$.startedAt') is not null) then (?1 ->> '$.startedAt') else (select started_at
  from target) end then 'episode_ends_before_start'
  when abs(case
  when (json_type(?1, '$.durationMs') is not null) then (?1 ->> '$.durationMs') else (select duration_ms
  from target) end - (case
  when (json_type(?1, '$.endedAt') is not null) then (?1 ->> '$.endedAt') else (select ended_at
  from target) end - case
  when (json_type(?1, '$.startedAt') is not null) then (?1 ->> '$.startedAt') else (select started_at
  from target) end)) > 1 then 'episode_duration_contradicts'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = scope.project_id and substr((?1 ->> '$.folderPath') || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = scope.project_id and substr((select "nodes"."path"
  from target cross join "episodes" on "episodes"."id" = target.id cross join "nodes" on "nodes"."id" = "episodes"."node_id") || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when ((?1 ->> '$.rowsQuota') is not null and iif(ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + 100 <= (?1 ->> '$.rowsQuota'), 0, (iif(exists (select 1
  from target), 0, 2) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = scope.project_id and "nodes"."path" = substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null)) > 0 and ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (iif(exists (select 1
  from target), 0, 2) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = scope.project_id and "nodes"."path" = substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null)) > (?1 ->> '$.rowsQuota'))) then 'quota_exceeded' end) is null) insert into "nodes" ("id", "project_id", "parent_id", "container_id", "kind", "name", "path", "created_at", "updated_at")
  select made.value ->> '$.id', permit.project_id, case
  when rtrim(rtrim(substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end'), replace(substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end'), '/', '')), '/') = '' then null else ifnull((select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = permit.project_id and "nodes"."path" = rtrim(rtrim(substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end'), replace(substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end'), '/', '')), '/') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null), made.value ->> '$.parentId') end, permit.project_id, 'folder', replace(replace(substr(substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end'), length(rtrim(rtrim(substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end'), replace(substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end'), '/', '')), '/')) + 2), '%2F', '/'), '%25', '%'), substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end'), (?1 ->> '$.now'), (?1 ->> '$.now')
  from permit cross join json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = permit.project_id and "nodes"."path" = substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null

-- episodes.makeProject
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), target as materialized (
  select "episodes"."id" as id, "episodes"."deleted_at" as deleted_at, "episodes"."write_protected" as write_protected, "episodes"."started_at" as started_at, "episodes"."ended_at" as ended_at, "episodes"."duration_ms" as duration_ms, "episodes"."updated_request" as updated_request, "episodes"."created_by_token" as created_by_token
  from admitted as scope cross join "episodes"
  where "episodes"."id" = ifnull((select "episodes"."id"
  from "episodes"
  where "episodes"."id" = (?1 ->> '$.id')), (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.name')))), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((select id
  from target) = (?1 ->> '$.id') or (select deleted_at is null and updated_request = (?1 ->> '$.mark')
  from target)) and not (scope.access < 2) then 'done'
  when (scope.scopes & 2 = 0) and scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select ((scope.scopes & 2 = 0) and created_by_token is not scope.token_id)
  from target) then 'created_by_another'
  when (select deleted_at is not null
  from target) then 'episode_trashed'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select write_protected
  from target) then 'episode_write_protected'
  when case
  when (json_type(?1, '$.endedAt') is not null) then (?1 ->> '$.endedAt') else (select ended_at
  from target) end < case
  when (json_type(?1, '$.startedAt') is not null) then (?1 ->> '$.startedAt') else (select started_at
  from target) end then 'episode_ends_before_start'
  when abs(case
  when (json_type(?1, '$.durationMs') is not null) then (?1 ->> '$.durationMs') else (select duration_ms
  from target) end - (case
  when (json_type(?1, '$.endedAt') is not null) then (?1 ->> '$.endedAt') else (select ended_at
  from target) end - case
  when (json_type(?1, '$.startedAt') is not null) then (?1 ->> '$.startedAt') else (select started_at
  from target) end)) > 1 then 'episode_duration_contradicts'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = scope.project_id and substr((?1 ->> '$.folderPath') || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = scope.project_id and substr((select "nodes"."path"
  from target cross join "episodes" on "episodes"."id" = target.id cross join "nodes" on "nodes"."id" = "episodes"."node_id") || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when ((?1 ->> '$.rowsQuota') is not null and iif(ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + 100 <= (?1 ->> '$.rowsQuota'), 0, (iif(exists (select 1
  from target), 0, 2) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = scope.project_id and "nodes"."path" = substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null)) > 0 and ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (iif(exists (select 1
  from target), 0, 2) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = scope.project_id and "nodes"."path" = substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null)) > (?1 ->> '$.rowsQuota'))) then 'quota_exceeded' end) is null) insert into "projects" ("id", "namespace_id", "name", "slug", "tags", "visibility", "created_at", "updated_at", "created_by", "created_by_token", "created_request", "updated_request")
  select (?1 ->> '$.projectId'), permit.namespace_id, (?1 ->> '$.project'), (?1 ->> '$.project'), '[]', 'private', (?1 ->> '$.now'), (?1 ->> '$.now'), permit.user_id, permit.token_id, (?1 ->> '$.repeatable'), (?1 ->> '$.mark')
  from permit
  where permit.project_id is null

-- episodes.markNode
update "nodes" set "deleted_at" = (?1 ->> '$.now'), "deletion_id" = (?1 ->> '$.deletionId')
  where "nodes"."id" = (select "episodes"."node_id"
  from "episodes"
  where "episodes"."id" = (select "deletions"."item_id"
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId'))) and "nodes"."deleted_at" is null

-- episodes.markTrashed
update "episodes" set "deleted_at" = (?1 ->> '$.now'), "deletion_id" = (?1 ->> '$.deletionId')
  where "episodes"."id" = (select "deletions"."item_id"
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) and "episodes"."deleted_at" is null

-- episodes.placeChanged
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), target as materialized (
  select "episodes"."id" as id, "episodes"."deleted_at" as deleted_at, "episodes"."write_protected" as write_protected, "episodes"."started_at" as started_at, "episodes"."ended_at" as ended_at, "episodes"."duration_ms" as duration_ms, "episodes"."updated_request" as updated_request, "episodes"."created_by_token" as created_by_token
  from admitted as scope cross join "episodes"
  where "episodes"."id" = ifnull((select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.name') and "episodes"."deleted_at" is null), (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.finalName') and "episodes"."deleted_at" is null and "episodes"."renamed_request" = (?1 ->> '$.mark')))) insert into "nodes" ("id", "project_id", "parent_id", "container_id", "kind", "name", "path", "item_id", "created_at", "updated_at")
  select "episodes"."node_id", "episodes"."project_id", "episodes"."folder_id", "episodes"."project_id", 'episode', "episodes"."name", ifnull((select folder.path
  from "nodes" as folder
  where folder.id = "episodes"."folder_id"), '') || '/' || (?1 ->> '$.segment'), "episodes"."id", (?1 ->> '$.now'), (?1 ->> '$.now')
  from "episodes"
  where "episodes"."id" = (select id
  from target) and "episodes"."updated_request" = (?1 ->> '$.mark')
  on conflict (id) do update set "parent_id" = excluded.parent_id, "name" = excluded.name, "path" = excluded.path, "updated_at" = excluded.updated_at, "version" = "nodes"."version" + 1
  where "nodes"."path" <> excluded.path

-- episodes.placeUpserted
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), target as materialized (
  select "episodes"."id" as id, "episodes"."deleted_at" as deleted_at, "episodes"."write_protected" as write_protected, "episodes"."started_at" as started_at, "episodes"."ended_at" as ended_at, "episodes"."duration_ms" as duration_ms, "episodes"."updated_request" as updated_request, "episodes"."created_by_token" as created_by_token
  from admitted as scope cross join "episodes"
  where "episodes"."id" = ifnull((select "episodes"."id"
  from "episodes"
  where "episodes"."id" = (?1 ->> '$.id')), (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.name')))) insert into "nodes" ("id", "project_id", "parent_id", "container_id", "kind", "name", "path", "item_id", "created_at", "updated_at")
  select "episodes"."node_id", "episodes"."project_id", "episodes"."folder_id", "episodes"."project_id", 'episode', "episodes"."name", ifnull((select folder.path
  from "nodes" as folder
  where folder.id = "episodes"."folder_id"), '') || '/' || (?1 ->> '$.segment'), "episodes"."id", (?1 ->> '$.now'), (?1 ->> '$.now')
  from "episodes"
  where "episodes"."id" = (select id
  from target) and "episodes"."updated_request" = (?1 ->> '$.mark')
  on conflict (id) do update set "parent_id" = excluded.parent_id, "name" = excluded.name, "path" = excluded.path, "updated_at" = excluded.updated_at, "version" = "nodes"."version" + 1
  where "nodes"."path" <> excluded.path

-- episodes.restore
with undone as materialized (
  select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."project_id" as project_id
  from "restorations" cross join "deletions" on "deletions"."id" = "restorations"."id"
  where "restorations"."id" = (?1 ->> '$.deletionId') and "restorations"."request" = (?1 ->> '$.mark')), spot as materialized (
  select undone.kind as kind, undone.item_id as item_id, "nodes"."container_id" as container_id, "nodes"."path" as former, rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/') || '/' || ifnull((?1 ->> '$.newSegment'), substr("nodes"."path", length(rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/')) + 2)) as path, "nodes"."id" as node_id
  from undone cross join "nodes" on "nodes"."id" = undone.item_id
  where +undone.kind = 'folder'
  union all
  select undone.kind as kind, undone.item_id as item_id, "episodes"."project_id" as container_id, "nodes"."path" as former, rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/') || '/' || ifnull((?1 ->> '$.newSegment'), substr("nodes"."path", length(rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/')) + 2)) as path, "nodes"."id" as node_id
  from undone cross join "episodes" on "episodes"."id" = undone.item_id cross join "nodes" on "nodes"."id" = "episodes"."node_id"
  where +undone.kind = 'episode'
  union all
  select undone.kind, undone.item_id, "assets"."container_id", replace("assets"."name", '%', '%25'), ifnull((?1 ->> '$.newNodePath'), replace("assets"."name", '%', '%25')), "assets"."node_id"
  from undone cross join "assets" on "assets"."id" = undone.item_id
  where +undone.kind in ('video', 'audio', 'label-track', 'text-track', 'image')) update "episodes" set "deleted_at" = null, "deletion_id" = null, "name" = ifnull((?1 ->> '$.newName'), "episodes"."name"), "folder_id" = (select (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = spot.container_id and "nodes"."path" = rtrim(rtrim(spot.path, replace(spot.path, '/', '')), '/') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null)
  from spot), "node_path" = '/' || ltrim((select rtrim(rtrim(spot.path, replace(spot.path, '/', '')), '/')
  from spot) || '/' || ifnull((?1 ->> '$.newName'), "episodes"."name"), '/'), "updated_at" = iif((?1 ->> '$.isRenamed'), (?1 ->> '$.now'), "episodes"."updated_at"), "updated_request" = iif((?1 ->> '$.isRenamed'), (?1 ->> '$.mark'), "episodes"."updated_request"), "renamed_request" = iif((?1 ->> '$.isRenamed'), null, "episodes"."renamed_request"), "version" = "episodes"."version" + 1
  where "episodes"."id" = (select item_id
  from spot
  where kind = 'episode') and "episodes"."deletion_id" = (select id
  from undone)

-- episodes.trash
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), target as materialized (select "episodes"."id" as id, "episodes"."write_protected" as write_protected
  from admitted as scope cross join "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.name') and "episodes"."deleted_at" is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) or exists (select 1
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId')) or not exists (select 1
  from target) and exists (select 1
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))) and not (scope.access < 2) then 'done'
  when not exists (select 1
  from target) then 'episode_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select write_protected
  from target) then 'episode_write_protected' end) is null) insert into "deletions" ("id", "namespace_id", "project_id", "kind", "item_id", "name", "deleted_at", "deleted_by", "request")
  select (?1 ->> '$.deletionId'), permit.namespace_id, permit.project_id, 'episode', "episodes"."id", "episodes"."name", (?1 ->> '$.now'), permit.user_id, (?1 ->> '$.repeatable')
  from permit cross join target cross join "episodes" on "episodes"."id" = target.id

-- episodes.trashed
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), target as materialized (select "episodes"."id" as id, "episodes"."write_protected" as write_protected
  from admitted as scope cross join "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.name') and "episodes"."deleted_at" is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) or exists (select 1
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId')) or not exists (select 1
  from target) and exists (select 1
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))) and not (scope.access < 2) then 'done'
  when not exists (select 1
  from target) then 'episode_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select write_protected
  from target) then 'episode_write_protected' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, iif(scope.refusal is null, coalesce( (select "deletions"."id"
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')), (select "deletions"."id"
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))), null) as deletion_id, iif(scope.refusal is null, coalesce( (select "deletions"."phase" = 'marking'
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')), (select "deletions"."phase" = 'marking'
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))), null) as is_marking
  from verdict as scope

-- episodes.update
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), target as materialized (
  select "episodes"."id" as id, "episodes"."deleted_at" as deleted_at, "episodes"."write_protected" as write_protected, "episodes"."started_at" as started_at, "episodes"."ended_at" as ended_at, "episodes"."duration_ms" as duration_ms, "episodes"."updated_request" as updated_request, "episodes"."created_by_token" as created_by_token
  from admitted as scope cross join "episodes"
  where "episodes"."id" = ifnull((select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.name') and "episodes"."deleted_at" is null), (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.finalName') and "episodes"."deleted_at" is null and "episodes"."renamed_request" = (?1 ->> '$.mark')))), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when ((select deleted_at is null and updated_request = (?1 ->> '$.mark')
  from target) or exists (select 1
  from "episodes"
  where "episodes"."id" = (select id
  from target) and "episodes"."name" <> (?1 ->> '$.name') and "episodes"."renamed_request" = (?1 ->> '$.mark'))) and not (scope.access < 2) then 'done'
  when not exists (select 1
  from target) then 'episode_not_found'
  when (select "episodes"."deleted_at" is not null as trashed
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.finalName') and "episodes"."id" <> (select id
  from target)) = 1 then 'episode_trashed'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select write_protected
  from target) then 'episode_write_protected'
  when case
  when (json_type(?1, '$.endedAt') is not null) then (?1 ->> '$.endedAt') else (select ended_at
  from target) end < case
  when (json_type(?1, '$.startedAt') is not null) then (?1 ->> '$.startedAt') else (select started_at
  from target) end then 'episode_ends_before_start'
  when abs(case
  when (json_type(?1, '$.durationMs') is not null) then (?1 ->> '$.durationMs') else (select duration_ms
  from target) end - (case
  when (json_type(?1, '$.endedAt') is not null) then (?1 ->> '$.endedAt') else (select ended_at
  from target) end - case
  when (json_type(?1, '$.startedAt') is not null) then (?1 ->> '$.startedAt') else (select started_at
  from target) end)) > 1 then 'episode_duration_contradicts'
  when (select "episodes"."deleted_at" is not null as trashed
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.finalName') and "episodes"."id" <> (select id
  from target)) = 0 then 'episode_name_taken'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = scope.project_id and substr((?1 ->> '$.folderPath') || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = scope.project_id and substr((select "nodes"."path"
  from target cross join "episodes" on "episodes"."id" = target.id cross join "nodes" on "nodes"."id" = "episodes"."node_id") || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when ((?1 ->> '$.rowsQuota') is not null and iif(ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + 100 <= (?1 ->> '$.rowsQuota'), 0, (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = scope.project_id and "nodes"."path" = substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null) > 0 and ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = scope.project_id and "nodes"."path" = substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null) > (?1 ->> '$.rowsQuota'))) then 'quota_exceeded' end) is null) update "episodes" set "name" = (?1 ->> '$.finalName'), "folder_id" = case
  when (json_type(?1, '$.folderPath') is not null) then (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = "episodes"."project_id" and "nodes"."path" = (?1 ->> '$.folderPath') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) else "episodes"."folder_id" end, "node_path" = '/' || ltrim(ifnull(case
  when (json_type(?1, '$.folderPath') is not null) then (?1 ->> '$.folderPath') else (
  select "nodes"."path"
  from "nodes"
  where "nodes"."id" = "episodes"."folder_id") end, '') || '/' || (?1 ->> '$.finalName'), '/'), "description" = case
  when (json_type(?1, '$.description') is not null) then (?1 ->> '$.description') else "episodes"."description" end, "tags" = case
  when (json_type(?1, '$.tags') is not null) then (?1 ->> '$.tags') else "episodes"."tags" end, "metadata" = case
  when (json_type(?1, '$.metadata') is not null) then (?1 ->> '$.metadata') else "episodes"."metadata" end, "status" = case
  when (json_type(?1, '$.status') is not null) then (?1 ->> '$.status') else "episodes"."status" end, "write_protected" = case
  when (json_type(?1, '$.writeProtected') is not null) then (?1 ->> '$.writeProtected') else "episodes"."write_protected" end, "started_at" = case
  when (json_type(?1, '$.startedAt') is not null) then (?1 ->> '$.startedAt') else "episodes"."started_at" end, "ended_at" = case
  when (json_type(?1, '$.endedAt') is not null) then (?1 ->> '$.endedAt') else "episodes"."ended_at" end, "duration_ms" = case
  when (json_type(?1, '$.durationMs') is not null) then (?1 ->> '$.durationMs') else "episodes"."duration_ms" end, "renamed_request" = case
  when (?1 ->> '$.finalName') <> "episodes"."name" then (?1 ->> '$.mark') else "episodes"."renamed_request" end, "updated_at" = (?1 ->> '$.now'), "updated_request" = (?1 ->> '$.mark'), "version" = "episodes"."version" + 1
  where "episodes"."id" = (select target.id
  from permit cross join target)

-- episodes.updated
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), target as materialized (
  select "episodes"."id" as id, "episodes"."deleted_at" as deleted_at, "episodes"."write_protected" as write_protected, "episodes"."started_at" as started_at, "episodes"."ended_at" as ended_at, "episodes"."duration_ms" as duration_ms, "episodes"."updated_request" as updated_request, "episodes"."created_by_token" as created_by_token
  from admitted as scope cross join "episodes"
  where "episodes"."id" = ifnull((select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.name') and "episodes"."deleted_at" is null), (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.finalName') and "episodes"."deleted_at" is null and "episodes"."renamed_request" = (?1 ->> '$.mark')))), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when ((select deleted_at is null and updated_request = (?1 ->> '$.mark')
  from target) or exists (select 1
  from "episodes"
  where "episodes"."id" = (select id
  from target) and "episodes"."name" <> (?1 ->> '$.name') and "episodes"."renamed_request" = (?1 ->> '$.mark'))) and not (scope.access < 2) then 'done'
  when not exists (select 1
  from target) then 'episode_not_found'
  when (select "episodes"."deleted_at" is not null as trashed
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.finalName') and "episodes"."id" <> (select id
  from target)) = 1 then 'episode_trashed'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select write_protected
  from target) then 'episode_write_protected'
  when case
  when (json_type(?1, '$.endedAt') is not null) then (?1 ->> '$.endedAt') else (select ended_at
  from target) end < case
  when (json_type(?1, '$.startedAt') is not null) then (?1 ->> '$.startedAt') else (select started_at
  from target) end then 'episode_ends_before_start'
  when abs(case
  when (json_type(?1, '$.durationMs') is not null) then (?1 ->> '$.durationMs') else (select duration_ms
  from target) end - (case
  when (json_type(?1, '$.endedAt') is not null) then (?1 ->> '$.endedAt') else (select ended_at
  from target) end - case
  when (json_type(?1, '$.startedAt') is not null) then (?1 ->> '$.startedAt') else (select started_at
  from target) end)) > 1 then 'episode_duration_contradicts'
  when (select "episodes"."deleted_at" is not null as trashed
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.finalName') and "episodes"."id" <> (select id
  from target)) = 0 then 'episode_name_taken'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = scope.project_id and substr((?1 ->> '$.folderPath') || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = scope.project_id and substr((select "nodes"."path"
  from target cross join "episodes" on "episodes"."id" = target.id cross join "nodes" on "nodes"."id" = "episodes"."node_id") || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when ((?1 ->> '$.rowsQuota') is not null and iif(ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + 100 <= (?1 ->> '$.rowsQuota'), 0, (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = scope.project_id and "nodes"."path" = substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null) > 0 and ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = scope.project_id and "nodes"."path" = substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null) > (?1 ->> '$.rowsQuota'))) then 'quota_exceeded' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "episodes"."version" as version, 0 as created, iif((scope.scopes & 1 = 0), json_object('id', "episodes"."id", 'name', "episodes"."name"), json_object('id', "episodes"."id", 'name', "episodes"."name", 'description', "episodes"."description", 'tags', json("episodes"."tags"), 'projectId', "episodes"."project_id", 'folderId', "episodes"."folder_id", 'nodePath', "episodes"."node_path", 'status', "episodes"."status", 'writeProtected', json(case "episodes"."write_protected"
  when 0 then 'false'
  when 1 then 'true' end), 'metadata', json("episodes"."metadata"), 'startedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "episodes"."started_at" / 1000.0, 'unixepoch'), 'endedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "episodes"."ended_at" / 1000.0, 'unixepoch'), 'durationMs', "episodes"."duration_ms", 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "episodes"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "episodes"."updated_at" / 1000.0, 'unixepoch'))) as body
  from verdict as scope
  left join "episodes" on "episodes"."id" = iif(scope.refusal is null, (select id
  from target), null)

-- episodes.upsert
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), target as materialized (
  select "episodes"."id" as id, "episodes"."deleted_at" as deleted_at, "episodes"."write_protected" as write_protected, "episodes"."started_at" as started_at, "episodes"."ended_at" as ended_at, "episodes"."duration_ms" as duration_ms, "episodes"."updated_request" as updated_request, "episodes"."created_by_token" as created_by_token
  from admitted as scope cross join "episodes"
  where "episodes"."id" = ifnull((select "episodes"."id"
  from "episodes"
  where "episodes"."id" = (?1 ->> '$.id')), (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.name')))), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((select id
  from target) = (?1 ->> '$.id') or (select deleted_at is null and updated_request = (?1 ->> '$.mark')
  from target)) and not (scope.access < 2) then 'done'
  when (scope.scopes & 2 = 0) and scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select ((scope.scopes & 2 = 0) and created_by_token is not scope.token_id)
  from target) then 'created_by_another'
  when (select deleted_at is not null
  from target) then 'episode_trashed'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select write_protected
  from target) then 'episode_write_protected'
  when case
  when (json_type(?1, '$.endedAt') is not null) then (?1 ->> '$.endedAt') else (select ended_at
  from target) end < case
  when (json_type(?1, '$.startedAt') is not null) then (?1 ->> '$.startedAt') else (select started_at
  from target) end then 'episode_ends_before_start'
  when abs(case
  when (json_type(?1, '$.durationMs') is not null) then (?1 ->> '$.durationMs') else (select duration_ms
  from target) end - (case
  when (json_type(?1, '$.endedAt') is not null) then (?1 ->> '$.endedAt') else (select ended_at
  from target) end - case
  when (json_type(?1, '$.startedAt') is not null) then (?1 ->> '$.startedAt') else (select started_at
  from target) end)) > 1 then 'episode_duration_contradicts'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = scope.project_id and substr((?1 ->> '$.folderPath') || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = scope.project_id and substr((select "nodes"."path"
  from target cross join "episodes" on "episodes"."id" = target.id cross join "nodes" on "nodes"."id" = "episodes"."node_id") || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when ((?1 ->> '$.rowsQuota') is not null and iif(ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + 100 <= (?1 ->> '$.rowsQuota'), 0, (iif(exists (select 1
  from target), 0, 2) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = scope.project_id and "nodes"."path" = substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null)) > 0 and ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (iif(exists (select 1
  from target), 0, 2) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = scope.project_id and "nodes"."path" = substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null)) > (?1 ->> '$.rowsQuota'))) then 'quota_exceeded' end) is null) insert into "episodes" ("id", "project_id", "node_id", "folder_id", "name", "node_path", "description", "tags", "metadata", "status", "write_protected", "started_at", "ended_at", "duration_ms", "created_at", "updated_at", "created_by", "created_by_token", "created_request", "updated_request")
  select (?1 ->> '$.id'), permit.project_id, (?1 ->> '$.nodeId'), (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = permit.project_id and "nodes"."path" = (?1 ->> '$.folderPath') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null), (?1 ->> '$.name'), (?1 ->> '$.nodePath'), (?1 ->> '$.description'), ifnull((?1 ->> '$.tags'), '[]'), (?1 ->> '$.metadata'), ifnull((?1 ->> '$.status'), 'running'), ifnull((?1 ->> '$.writeProtected'), 0), (?1 ->> '$.startedAt'), (?1 ->> '$.endedAt'), (?1 ->> '$.durationMs'), (?1 ->> '$.now'), (?1 ->> '$.now'), permit.user_id, permit.token_id, (?1 ->> '$.repeatable'), (?1 ->> '$.mark')
  from permit
  where true
  on conflict (project_id, name) do update set "folder_id" = case
  when (json_type(?1, '$.folderPath') is not null) then excluded.folder_id else "episodes"."folder_id" end, "node_path" = case
  when (json_type(?1, '$.folderPath') is not null) then excluded.node_path else "episodes"."node_path" end, "description" = case
  when (json_type(?1, '$.description') is not null) then (?1 ->> '$.description') else "episodes"."description" end, "tags" = case
  when (json_type(?1, '$.tags') is not null) then (?1 ->> '$.tags') else "episodes"."tags" end, "metadata" = case
  when (json_type(?1, '$.metadata') is not null) then (?1 ->> '$.metadata') else "episodes"."metadata" end, "status" = case
  when (json_type(?1, '$.status') is not null) then (?1 ->> '$.status') else "episodes"."status" end, "write_protected" = case
  when (json_type(?1, '$.writeProtected') is not null) then (?1 ->> '$.writeProtected') else "episodes"."write_protected" end, "started_at" = case
  when (json_type(?1, '$.startedAt') is not null) then (?1 ->> '$.startedAt') else "episodes"."started_at" end, "ended_at" = case
  when (json_type(?1, '$.endedAt') is not null) then (?1 ->> '$.endedAt') else "episodes"."ended_at" end, "duration_ms" = case
  when (json_type(?1, '$.durationMs') is not null) then (?1 ->> '$.durationMs') else "episodes"."duration_ms" end, "updated_at" = (?1 ->> '$.now'), "updated_request" = (?1 ->> '$.mark'), "version" = "episodes"."version" + 1
  where (json_type(?1, '$.description') is not null) or (json_type(?1, '$.tags') is not null) or (json_type(?1, '$.metadata') is not null) or (json_type(?1, '$.status') is not null) or (json_type(?1, '$.writeProtected') is not null) or (json_type(?1, '$.startedAt') is not null) or (json_type(?1, '$.endedAt') is not null) or (json_type(?1, '$.durationMs') is not null) or (json_type(?1, '$.folderPath') is not null)

-- episodes.upserted
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), target as materialized (
  select "episodes"."id" as id, "episodes"."deleted_at" as deleted_at, "episodes"."write_protected" as write_protected, "episodes"."started_at" as started_at, "episodes"."ended_at" as ended_at, "episodes"."duration_ms" as duration_ms, "episodes"."updated_request" as updated_request, "episodes"."created_by_token" as created_by_token
  from admitted as scope cross join "episodes"
  where "episodes"."id" = ifnull((select "episodes"."id"
  from "episodes"
  where "episodes"."id" = (?1 ->> '$.id')), (select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.name')))), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((select id
  from target) = (?1 ->> '$.id') or (select deleted_at is null and updated_request = (?1 ->> '$.mark')
  from target)) and not (scope.access < 2) then 'done'
  when (scope.scopes & 2 = 0) and scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select ((scope.scopes & 2 = 0) and created_by_token is not scope.token_id)
  from target) then 'created_by_another'
  when (select deleted_at is not null
  from target) then 'episode_trashed'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select write_protected
  from target) then 'episode_write_protected'
  when case
  when (json_type(?1, '$.endedAt') is not null) then (?1 ->> '$.endedAt') else (select ended_at
  from target) end < case
  when (json_type(?1, '$.startedAt') is not null) then (?1 ->> '$.startedAt') else (select started_at
  from target) end then 'episode_ends_before_start'
  when abs(case
  when (json_type(?1, '$.durationMs') is not null) then (?1 ->> '$.durationMs') else (select duration_ms
  from target) end - (case
  when (json_type(?1, '$.endedAt') is not null) then (?1 ->> '$.endedAt') else (select ended_at
  from target) end - case
  when (json_type(?1, '$.startedAt') is not null) then (?1 ->> '$.startedAt') else (select started_at
  from target) end)) > 1 then 'episode_duration_contradicts'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = scope.project_id and substr((?1 ->> '$.folderPath') || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = scope.project_id and substr((select "nodes"."path"
  from target cross join "episodes" on "episodes"."id" = target.id cross join "nodes" on "nodes"."id" = "episodes"."node_id") || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when ((?1 ->> '$.rowsQuota') is not null and iif(ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + 100 <= (?1 ->> '$.rowsQuota'), 0, (iif(exists (select 1
  from target), 0, 2) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = scope.project_id and "nodes"."path" = substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null)) > 0 and ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (iif(exists (select 1
  from target), 0, 2) + (select count(*)
  from json_each(?1, '$.folders') as made
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = scope.project_id and "nodes"."path" = substr((?1 ->> '$.folderPath'), 1, made.value ->> '$.end') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null)) > (?1 ->> '$.rowsQuota'))) then 'quota_exceeded' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "episodes"."version" as version, ("episodes"."id" = (?1 ->> '$.id') or "episodes"."created_request" = (?1 ->> '$.repeatable') and "episodes"."version" = 1) as created, iif((scope.scopes & 1 = 0), json_object('episode', json_object('id', "episodes"."id", 'name', "episodes"."name")), json_object('episode', json_object('id', "episodes"."id", 'name', "episodes"."name", 'description', "episodes"."description", 'tags', json("episodes"."tags"), 'projectId', "episodes"."project_id", 'folderId', "episodes"."folder_id", 'nodePath', "episodes"."node_path", 'status', "episodes"."status", 'writeProtected', json(case "episodes"."write_protected"
  when 0 then 'false'
  when 1 then 'true' end), 'metadata', json("episodes"."metadata"), 'startedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "episodes"."started_at" / 1000.0, 'unixepoch'), 'endedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "episodes"."ended_at" / 1000.0, 'unixepoch'), 'durationMs', "episodes"."duration_ms", 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "episodes"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "episodes"."updated_at" / 1000.0, 'unixepoch')), 'workspace', json((select json_object('id', "projects"."id", 'slug', "projects"."slug")
  from "projects"
  where "projects"."id" = "episodes"."project_id")), 'folder', json((select json_object('id', "nodes"."id", 'name', "nodes"."name", 'path', "nodes"."path")
  from "nodes"
  where "nodes"."id" = "episodes"."folder_id")), 'namespace', json_object('id', scope.namespace_id, 'slug', scope.namespace_slug))) as body
  from verdict as scope
  left join "episodes" on "episodes"."id" = iif(scope.refusal is null, (select id
  from target), null)

-- erase.apiTokens.ofNamespace
with place as materialized (select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."namespace_id" as namespace_id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.place') and "deletions"."purging" = 1 and "deletions"."project_id" is null), space as materialized (
  select item_id as id
  from place
  where kind = 'namespace') delete
  from "api_tokens"
  where "api_tokens"."id" in (select "api_tokens"."id"
  from space cross join "api_tokens" on "api_tokens"."namespace_id" = space.id limit (?1 ->> '$.rows'))

-- erase.apiTokens.ofPlace
with place as materialized (select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."namespace_id" as namespace_id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.place') and "deletions"."purging" = 1 and "deletions"."project_id" is null), site as materialized (
  select "projects"."id" as id
  from place cross join "projects" on "projects"."id" = place.item_id
  where place.kind = 'project'
  union all
  select *
  from (
  select "projects"."id"
  from place cross join "projects" on "projects"."namespace_id" = place.item_id
  where place.kind = 'namespace' limit 50)) delete
  from "api_tokens"
  where "api_tokens"."id" in (select "api_tokens"."id"
  from site cross join "api_tokens" on "api_tokens"."project_id" = site.id limit (?1 ->> '$.rows'))

-- erase.assets
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null), slice as materialized (select "assets"."id" as key, target.id as deletion_id
  from target cross join "assets" on "assets"."id" in (select "assets"."id"
  from "assets"
  where "assets"."deletion_id" = target.id and true limit max(1, (?1 ->> '$.rows') / (select count(*)
  from target))) limit (?1 ->> '$.rows')) delete
  from "assets"
  where "assets"."id" in (select key
  from slice)

-- erase.assets.count
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null), slice as materialized (select "assets"."id" as key, target.id as deletion_id
  from target cross join "assets" on "assets"."id" in (select "assets"."id"
  from "assets"
  where "assets"."deletion_id" = target.id and true limit max(1, (?1 ->> '$.rows') / (select count(*)
  from target))) limit (?1 ->> '$.rows')) update "purges" set rows = "purges"."rows" + found.count
  from (select deletion_id, count(*) as count
  from slice group by deletion_id) as found
  where "purges"."deletion_id" = found.deletion_id

-- erase.assets.ofPlace
with place as materialized (select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."namespace_id" as namespace_id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.place') and "deletions"."purging" = 1 and "deletions"."project_id" is null), site as materialized (
  select "projects"."id" as id
  from place cross join "projects" on "projects"."id" = place.item_id
  where place.kind = 'project'
  union all
  select *
  from (
  select "projects"."id"
  from place cross join "projects" on "projects"."namespace_id" = place.item_id
  where place.kind = 'namespace' limit 50)) delete
  from "assets"
  where "assets"."id" in (select "assets"."id"
  from site cross join "assets" on "assets"."project_id" = site.id
  where true limit (?1 ->> '$.rows'))

-- erase.assets.release
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null), slice as materialized (select "assets"."object_id" as object_id, target.id as deletion_id
  from target cross join "assets" on "assets"."id" in (select "assets"."id"
  from "assets"
  where "assets"."deletion_id" = target.id and true limit max(1, (?1 ->> '$.rows') / (select count(*)
  from target))) limit (?1 ->> '$.rows')) update "objects" set released_by = slice.deletion_id
  from slice
  where "objects"."id" = slice.object_id

-- erase.collections
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null), slice as materialized (select "collections"."id" as key, target.id as deletion_id
  from target cross join "collections" on "collections"."id" in (select "collections"."id"
  from "collections"
  where "collections"."deletion_id" = target.id and not exists (select 1
  from "collection_members"
  where "collection_members"."collection_id" = "collections"."id") limit max(1, (?1 ->> '$.rows') / (select count(*)
  from target))) limit (?1 ->> '$.rows')) delete
  from "collections"
  where "collections"."id" in (select key
  from slice)

-- erase.collections.count
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null), slice as materialized (select "collections"."id" as key, target.id as deletion_id
  from target cross join "collections" on "collections"."id" in (select "collections"."id"
  from "collections"
  where "collections"."deletion_id" = target.id and not exists (select 1
  from "collection_members"
  where "collection_members"."collection_id" = "collections"."id") limit max(1, (?1 ->> '$.rows') / (select count(*)
  from target))) limit (?1 ->> '$.rows')) update "purges" set rows = "purges"."rows" + found.count
  from (select deletion_id, count(*) as count
  from slice group by deletion_id) as found
  where "purges"."deletion_id" = found.deletion_id

-- erase.collections.ofPlace
with place as materialized (select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."namespace_id" as namespace_id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.place') and "deletions"."purging" = 1 and "deletions"."project_id" is null), site as materialized (
  select "projects"."id" as id
  from place cross join "projects" on "projects"."id" = place.item_id
  where place.kind = 'project'
  union all
  select *
  from (
  select "projects"."id"
  from place cross join "projects" on "projects"."namespace_id" = place.item_id
  where place.kind = 'namespace' limit 50)) delete
  from "collections"
  where "collections"."id" in (
  select "collections"."id"
  from site cross join "collections" on "collections"."project_id" = site.id limit (?1 ->> '$.rows')) and not exists (select 1
  from "collection_members"
  where "collection_members"."collection_id" = "collections"."id")

-- erase.datasets
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null), slice as materialized (select "datasets"."id" as key, target.id as deletion_id
  from target cross join "datasets" on "datasets"."id" in (select "datasets"."id"
  from "datasets"
  where "datasets"."deletion_id" = target.id and not exists (select 1
  from "collections"
  where "collections"."dataset_id" = "datasets"."id") limit max(1, (?1 ->> '$.rows') / (select count(*)
  from target))) limit (?1 ->> '$.rows')) delete
  from "datasets"
  where "datasets"."id" in (select key
  from slice)

-- erase.datasets.count
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null), slice as materialized (select "datasets"."id" as key, target.id as deletion_id
  from target cross join "datasets" on "datasets"."id" in (select "datasets"."id"
  from "datasets"
  where "datasets"."deletion_id" = target.id and not exists (select 1
  from "collections"
  where "collections"."dataset_id" = "datasets"."id") limit max(1, (?1 ->> '$.rows') / (select count(*)
  from target))) limit (?1 ->> '$.rows')) update "purges" set rows = "purges"."rows" + found.count
  from (select deletion_id, count(*) as count
  from slice group by deletion_id) as found
  where "purges"."deletion_id" = found.deletion_id

-- erase.datasets.ofPlace
with place as materialized (select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."namespace_id" as namespace_id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.place') and "deletions"."purging" = 1 and "deletions"."project_id" is null), site as materialized (
  select "projects"."id" as id
  from place cross join "projects" on "projects"."id" = place.item_id
  where place.kind = 'project'
  union all
  select *
  from (
  select "projects"."id"
  from place cross join "projects" on "projects"."namespace_id" = place.item_id
  where place.kind = 'namespace' limit 50)) delete
  from "datasets"
  where "datasets"."id" in (select "datasets"."id"
  from site cross join "datasets" on "datasets"."project_id" = site.id
  where not exists (select 1
  from "collections"
  where "collections"."dataset_id" = "datasets"."id") limit (?1 ->> '$.rows'))

-- erase.deletions.ofNamespace
with place as materialized (select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."namespace_id" as namespace_id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.place') and "deletions"."purging" = 1 and "deletions"."project_id" is null), space as materialized (
  select item_id as id
  from place
  where kind = 'namespace') delete
  from "deletions"
  where "deletions"."id" in (
  select "deletions"."id"
  from space cross join "deletions" on "deletions"."namespace_id" = space.id
  where "deletions"."project_id" is null and "deletions"."purging" = 0 limit (?1 ->> '$.rows'))

-- erase.deletions.ofPlace
with place as materialized (select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."namespace_id" as namespace_id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.place') and "deletions"."purging" = 1 and "deletions"."project_id" is null), site as materialized (
  select "projects"."id" as id
  from place cross join "projects" on "projects"."id" = place.item_id
  where place.kind = 'project'
  union all
  select *
  from (
  select "projects"."id"
  from place cross join "projects" on "projects"."namespace_id" = place.item_id
  where place.kind = 'namespace' limit 50)) delete
  from "deletions"
  where "deletions"."id" in (
  select "deletions"."id"
  from site cross join "deletions" on "deletions"."project_id" = site.id
  where "deletions"."purging" = 0 limit (?1 ->> '$.rows'))

-- erase.departures.ofNamespace
with place as materialized (select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."namespace_id" as namespace_id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.place') and "deletions"."purging" = 1 and "deletions"."project_id" is null), space as materialized (
  select item_id as id
  from place
  where kind = 'namespace') delete
  from "departures"
  where ("departures"."user_id", "departures"."namespace_id") in (
  select "departures"."user_id", "departures"."namespace_id"
  from space cross join "departures" on "departures"."namespace_id" = space.id limit (?1 ->> '$.rows'))

-- erase.end
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null) delete
  from "deletions"
  where "deletions"."id" in (
  select target.id
  from target cross join "purges" on "purges"."deletion_id" = target.id
  where "purges"."finished_at" is not null)

-- erase.endPlace
delete
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.place') and exists (select 1
  from "purges"
  where "purges"."deletion_id" = (?1 ->> '$.place') and "purges"."finished_at" is not null)

-- erase.episodes
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null), slice as materialized (select "episodes"."id" as key, target.id as deletion_id
  from target cross join "episodes" on "episodes"."id" in (select around.id
  from (select "episodes"."id" as id
  from "episodes"
  where "episodes"."deletion_id" = target.id limit 20) as around
  where not exists (select 1
  from "deletions"
  where "deletions"."container_id" = around.id) and not exists (select 1
  from "assets"
  where "assets"."container_id" = around.id) and not exists (select 1
  from "nodes"
  where "nodes"."container_id" = around.id and "nodes"."deleted_at" is null) limit max(1, (?1 ->> '$.rows') / (select count(*)
  from target))) limit (?1 ->> '$.rows')) delete
  from "episodes"
  where "episodes"."id" in (select key
  from slice)

-- erase.episodes.count
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null), slice as materialized (select "episodes"."id" as key, target.id as deletion_id
  from target cross join "episodes" on "episodes"."id" in (select around.id
  from (select "episodes"."id" as id
  from "episodes"
  where "episodes"."deletion_id" = target.id limit 20) as around
  where not exists (select 1
  from "deletions"
  where "deletions"."container_id" = around.id) and not exists (select 1
  from "assets"
  where "assets"."container_id" = around.id) and not exists (select 1
  from "nodes"
  where "nodes"."container_id" = around.id and "nodes"."deleted_at" is null) limit max(1, (?1 ->> '$.rows') / (select count(*)
  from target))) limit (?1 ->> '$.rows')) update "purges" set rows = "purges"."rows" + found.count
  from (select deletion_id, count(*) as count
  from slice group by deletion_id) as found
  where "purges"."deletion_id" = found.deletion_id

-- erase.episodes.ofPlace
with place as materialized (select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."namespace_id" as namespace_id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.place') and "deletions"."purging" = 1 and "deletions"."project_id" is null), site as materialized (
  select "projects"."id" as id
  from place cross join "projects" on "projects"."id" = place.item_id
  where place.kind = 'project'
  union all
  select *
  from (
  select "projects"."id"
  from place cross join "projects" on "projects"."namespace_id" = place.item_id
  where place.kind = 'namespace' limit 50)) delete
  from "episodes"
  where "episodes"."id" in (select "episodes"."id"
  from site cross join "episodes" on "episodes"."project_id" = site.id
  where true limit (?1 ->> '$.rows'))

-- erase.finish
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null) update "purges" set finished_at = (?1 ->> '$.now')
  where "purges"."deletion_id" in (select target.id
  from target
  where not exists (select 1
  from "assets"
  where "assets"."deletion_id" = target.id) and not exists (select 1
  from "nodes"
  where "nodes"."deletion_id" = target.id) and not exists (select 1
  from "episodes"
  where "episodes"."deletion_id" = target.id) and not exists (select 1
  from "collections"
  where "collections"."deletion_id" = target.id) and not exists (select 1
  from "datasets"
  where "datasets"."deletion_id" = target.id) and not exists (select 1
  from "collections"
  where "collections"."detached_by" = target.id)) and "purges"."finished_at" is null

-- erase.finishPlace
update "purges" set finished_at = (?1 ->> '$.now')
  where "purges"."deletion_id" = (?1 ->> '$.place') and "purges"."finished_at" is null and not exists (select 1
  from "deletions" as own join "projects" on "projects"."id" = own.item_id
  where own.id = (?1 ->> '$.place') and own.kind = 'project') and not exists (select 1
  from "deletions" as own join "namespaces" on "namespaces"."id" = own.item_id
  where own.id = (?1 ->> '$.place') and own.kind = 'namespace')

-- erase.formerSlugs.ofNamespace
with place as materialized (select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."namespace_id" as namespace_id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.place') and "deletions"."purging" = 1 and "deletions"."project_id" is null), space as materialized (
  select item_id as id
  from place
  where kind = 'namespace') delete
  from "former_slugs"
  where "former_slugs"."slug" in (
  select "former_slugs"."slug"
  from space cross join "former_slugs" on "former_slugs"."namespace_id" = space.id limit (?1 ->> '$.rows'))

-- erase.inside
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null) update "deletions" set purging = 1, turn = 0
  where "deletions"."id" in (select nested.id
  from target cross join "episodes" on "episodes"."id" in (select "episodes"."id" as id
  from "episodes"
  where "episodes"."deletion_id" = target.id limit 20) cross join "deletions" as nested on nested.container_id = "episodes"."id" and (nested.purging = 0 or nested.turn <> 0) and nested.phase is not 'restoring' limit (?1 ->> '$.rows'))

-- erase.inside.open
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null) insert into "purges" ("id", "namespace_id", "project_id", "deletion_id", "kind", "item_id", "name", "rule", "started_at")
  select printf('%012x', (?1 ->> '$.now')) || lower(hex(randomblob(6))), "deletions"."namespace_id", "deletions"."project_id", "deletions"."id", "deletions"."kind", "deletions"."item_id", "deletions"."name", 'container', (?1 ->> '$.now')
  from "deletions"
  where "deletions"."id" in (select nested.id
  from target cross join "episodes" on "episodes"."id" in (select "episodes"."id" as id
  from "episodes"
  where "episodes"."deletion_id" = target.id limit 20) cross join "deletions" as nested on nested.container_id = "episodes"."id" and (nested.purging = 0 or nested.turn <> 0) and nested.phase is not 'restoring' limit (?1 ->> '$.rows'))
  on conflict (deletion_id)
  where deletion_id is not null do nothing

-- erase.insideAssets
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null), slice as materialized (select "assets"."id" as key, target.id as deletion_id
  from target cross join "assets" on "assets"."id" in (select "assets"."id"
  from (select "episodes"."id" as id
  from "episodes"
  where "episodes"."deletion_id" = target.id limit 20) as around cross join "assets" on "assets"."container_id" = around.id and "assets"."kind" in ('video', 'audio', 'label-track', 'text-track', 'image') and "assets"."deleted_at" is null limit max(1, (?1 ->> '$.rows') / (select count(*)
  from target))) limit (?1 ->> '$.rows')) delete
  from "assets"
  where "assets"."id" in (select key
  from slice)

-- erase.insideAssets.count
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null), slice as materialized (select "assets"."id" as key, target.id as deletion_id
  from target cross join "assets" on "assets"."id" in (select "assets"."id"
  from (select "episodes"."id" as id
  from "episodes"
  where "episodes"."deletion_id" = target.id limit 20) as around cross join "assets" on "assets"."container_id" = around.id and "assets"."kind" in ('video', 'audio', 'label-track', 'text-track', 'image') and "assets"."deleted_at" is null limit max(1, (?1 ->> '$.rows') / (select count(*)
  from target))) limit (?1 ->> '$.rows')) update "purges" set rows = "purges"."rows" + found.count
  from (select deletion_id, count(*) as count
  from slice group by deletion_id) as found
  where "purges"."deletion_id" = found.deletion_id

-- erase.insideAssets.release
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null), slice as materialized (select "assets"."object_id" as object_id, target.id as deletion_id
  from target cross join "assets" on "assets"."id" in (select "assets"."id"
  from (select "episodes"."id" as id
  from "episodes"
  where "episodes"."deletion_id" = target.id limit 20) as around cross join "assets" on "assets"."container_id" = around.id and "assets"."kind" in ('video', 'audio', 'label-track', 'text-track', 'image') and "assets"."deleted_at" is null limit max(1, (?1 ->> '$.rows') / (select count(*)
  from target))) limit (?1 ->> '$.rows')) update "objects" set released_by = slice.deletion_id
  from slice
  where "objects"."id" = slice.object_id

-- erase.insideNodes
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null), slice as materialized (select "nodes"."id" as key, target.id as deletion_id
  from target cross join "nodes" on "nodes"."id" in (select "nodes"."id"
  from (select "episodes"."id" as id
  from "episodes"
  where "episodes"."deletion_id" = target.id limit 20) as around cross join "nodes" on "nodes"."container_id" = around.id and "nodes"."deleted_at" is null limit max(1, (?1 ->> '$.rows') / (select count(*)
  from target))) limit (?1 ->> '$.rows')) delete
  from "nodes"
  where "nodes"."id" in (select key
  from slice)

-- erase.insideNodes.count
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null), slice as materialized (select "nodes"."id" as key, target.id as deletion_id
  from target cross join "nodes" on "nodes"."id" in (select "nodes"."id"
  from (select "episodes"."id" as id
  from "episodes"
  where "episodes"."deletion_id" = target.id limit 20) as around cross join "nodes" on "nodes"."container_id" = around.id and "nodes"."deleted_at" is null limit max(1, (?1 ->> '$.rows') / (select count(*)
  from target))) limit (?1 ->> '$.rows')) update "purges" set rows = "purges"."rows" + found.count
  from (select deletion_id, count(*) as count
  from slice group by deletion_id) as found
  where "purges"."deletion_id" = found.deletion_id

-- erase.left
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null)
  select (select target.id
  from target
  where not exists (
  select 1
  from (select "episodes"."id" as id
  from "episodes"
  where "episodes"."deletion_id" = target.id limit 20) as around cross join "deletions" as nested on nested.container_id = around.id and nested.phase is not null) limit 1) as first, case
  when exists (select 1
  from target
  where exists (select "collections"."id"
  from "collections"
  where "collections"."detached_by" = target.id)) then 'links'
  when exists (select 1
  from target
  where exists (select "datasets"."id"
  from "datasets"
  where "datasets"."deletion_id" = target.id and not exists (select 1
  from "collections"
  where "collections"."dataset_id" = "datasets"."id"))) then 'datasets'
  when exists (select nested.id
  from target cross join "episodes" on "episodes"."id" in (select "episodes"."id" as id
  from "episodes"
  where "episodes"."deletion_id" = target.id limit 20) cross join "deletions" as nested on nested.container_id = "episodes"."id" and (nested.purging = 0 or nested.turn <> 0) and nested.phase is not 'restoring' limit (?1 ->> '$.rows')) then 'inside'
  when (?1 ->> '$.done') < 3 and exists (select 1
  from target
  where exists (select "assets"."id"
  from (select "episodes"."id" as id
  from "episodes"
  where "episodes"."deletion_id" = target.id limit 20) as around cross join "assets" on "assets"."container_id" = around.id and "assets"."kind" in ('video', 'audio', 'label-track', 'text-track', 'image') and "assets"."deleted_at" is null)) then 'insideAssets'
  when (?1 ->> '$.done') < 4 and exists (select 1
  from target
  where exists (select "nodes"."id"
  from (select "episodes"."id" as id
  from "episodes"
  where "episodes"."deletion_id" = target.id limit 20) as around cross join "nodes" on "nodes"."container_id" = around.id and "nodes"."deleted_at" is null)) then 'insideNodes'
  when (?1 ->> '$.done') < 5 and exists (select 1
  from target
  where exists (select "assets"."id"
  from "assets"
  where "assets"."deletion_id" = target.id and true)) then 'assets'
  when (?1 ->> '$.done') < 6 and exists (select 1
  from target
  where exists (select "nodes"."id"
  from "nodes"
  where "nodes"."deletion_id" = target.id and true)) then 'nodes'
  when (?1 ->> '$.done') < 7 and exists (select 1
  from target
  where exists (select around.id
  from (select "episodes"."id" as id
  from "episodes"
  where "episodes"."deletion_id" = target.id limit 20) as around
  where not exists (select 1
  from "deletions"
  where "deletions"."container_id" = around.id) and not exists (select 1
  from "assets"
  where "assets"."container_id" = around.id) and not exists (select 1
  from "nodes"
  where "nodes"."container_id" = around.id and "nodes"."deleted_at" is null))) then 'episodes'
  when (?1 ->> '$.done') < 8 and exists (select 1
  from target
  where exists (select "collection_members".rowid
  from "collections" cross join "collection_members" on "collection_members"."collection_id" = "collections"."id"
  where "collections"."deletion_id" = target.id)) then 'members'
  when (?1 ->> '$.done') < 9 and exists (select 1
  from target
  where exists (select "collections"."id"
  from "collections"
  where "collections"."deletion_id" = target.id and not exists (select 1
  from "collection_members"
  where "collection_members"."collection_id" = "collections"."id"))) then 'collections'
  when (?1 ->> '$.done') < 10 and exists (select 1
  from target
  where not exists (select 1
  from "assets"
  where "assets"."deletion_id" = target.id) and not exists (select 1
  from "nodes"
  where "nodes"."deletion_id" = target.id) and not exists (select 1
  from "episodes"
  where "episodes"."deletion_id" = target.id) and not exists (select 1
  from "collections"
  where "collections"."deletion_id" = target.id) and not exists (select 1
  from "datasets"
  where "datasets"."deletion_id" = target.id) and not exists (select 1
  from "collections"
  where "collections"."detached_by" = target.id)) then 'end'
  when exists (select 1
  from target
  where exists (select "assets"."id"
  from (select "episodes"."id" as id
  from "episodes"
  where "episodes"."deletion_id" = target.id limit 20) as around cross join "assets" on "assets"."container_id" = around.id and "assets"."kind" in ('video', 'audio', 'label-track', 'text-track', 'image') and "assets"."deleted_at" is null)) then 'insideAssets'
  when exists (select 1
  from target
  where exists (select "nodes"."id"
  from (select "episodes"."id" as id
  from "episodes"
  where "episodes"."deletion_id" = target.id limit 20) as around cross join "nodes" on "nodes"."container_id" = around.id and "nodes"."deleted_at" is null)) then 'insideNodes'
  when exists (select 1
  from target
  where exists (select "assets"."id"
  from "assets"
  where "assets"."deletion_id" = target.id and true)) then 'assets'
  when exists (select 1
  from target
  where exists (select "nodes"."id"
  from "nodes"
  where "nodes"."deletion_id" = target.id and true)) then 'nodes'
  when exists (select 1
  from target
  where exists (select around.id
  from (select "episodes"."id" as id
  from "episodes"
  where "episodes"."deletion_id" = target.id limit 20) as around
  where not exists (select 1
  from "deletions"
  where "deletions"."container_id" = around.id) and not exists (select 1
  from "assets"
  where "assets"."container_id" = around.id) and not exists (select 1
  from "nodes"
  where "nodes"."container_id" = around.id and "nodes"."deleted_at" is null))) then 'episodes'
  when exists (select 1
  from target
  where exists (select "collection_members".rowid
  from "collections" cross join "collection_members" on "collection_members"."collection_id" = "collections"."id"
  where "collections"."deletion_id" = target.id)) then 'members'
  when exists (select 1
  from target
  where exists (select "collections"."id"
  from "collections"
  where "collections"."deletion_id" = target.id and not exists (select 1
  from "collection_members"
  where "collection_members"."collection_id" = "collections"."id"))) then 'collections'
  when exists (select 1
  from target
  where not exists (select 1
  from "assets"
  where "assets"."deletion_id" = target.id) and not exists (select 1
  from "nodes"
  where "nodes"."deletion_id" = target.id) and not exists (select 1
  from "episodes"
  where "episodes"."deletion_id" = target.id) and not exists (select 1
  from "collections"
  where "collections"."deletion_id" = target.id) and not exists (select 1
  from "datasets"
  where "datasets"."deletion_id" = target.id) and not exists (select 1
  from "collections"
  where "collections"."detached_by" = target.id)) then 'end'
  when exists (select target.id
  from target
  where not exists (
  select 1
  from (select "episodes"."id" as id
  from "episodes"
  where "episodes"."deletion_id" = target.id limit 20) as around cross join "deletions" as nested on nested.container_id = around.id and nested.phase is not null)) then 'end' end as phase

-- erase.leftOfPlace
with place as materialized (select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."namespace_id" as namespace_id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.place') and "deletions"."purging" = 1 and "deletions"."project_id" is null), site as materialized (
  select "projects"."id" as id
  from place cross join "projects" on "projects"."id" = place.item_id
  where place.kind = 'project'
  union all
  select *
  from (
  select "projects"."id"
  from place cross join "projects" on "projects"."namespace_id" = place.item_id
  where place.kind = 'namespace' limit 50)), space as materialized (select item_id as id
  from place
  where kind = 'namespace')
  select case
  when not exists (select 1
  from place) then 'gone'
  when exists (select 1
  from site cross join "assets" on "assets"."project_id" = site.id) then 'assets'
  when exists (select 1
  from site cross join "nodes" on "nodes"."project_id" = site.id) then 'nodes'
  when exists (select 1
  from site cross join "collections" on "collections"."project_id" = site.id) then 'collections'
  when exists (select 1
  from site cross join "datasets" on "datasets"."project_id" = site.id) then 'datasets'
  when exists (select 1
  from site cross join "episodes" on "episodes"."project_id" = site.id) then 'episodes'
  when exists (select 1
  from site) then 'projects'
  when exists (select 1
  from space cross join "objects" on "objects"."namespace_id" = space.id) then 'waiting'
  when exists (select 1
  from space cross join "members" on "members"."namespace_id" = space.id) or exists (select 1
  from space cross join "api_tokens" on "api_tokens"."namespace_id" = space.id) or exists (select 1
  from space cross join "departures" on "departures"."namespace_id" = space.id) or exists (select 1
  from space cross join "former_slugs" on "former_slugs"."namespace_id" = space.id) or exists (select 1
  from space cross join "deletions" on "deletions"."namespace_id" = space.id
  where "deletions"."project_id" is null and "deletions"."purging" = 0) then 'namespace'
  when exists (select 1
  from space cross join "namespaces" on "namespaces"."id" = space.id) then 'namespace' else 'end' end as phase

-- erase.links
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null), slice as materialized (select "collections"."id" as key, target.id as deletion_id
  from target cross join "collections" on "collections"."id" in (select "collections"."id"
  from "collections"
  where "collections"."detached_by" = target.id limit max(1, (?1 ->> '$.rows') / (select count(*)
  from target))) limit (?1 ->> '$.rows')) update "collections" set detached_by = null
  where "collections"."id" in (select key
  from slice)

-- erase.members
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null), slice as materialized (select "collection_members".rowid as key, target.id as deletion_id
  from target cross join "collection_members" on "collection_members".rowid in (select "collection_members".rowid
  from "collections" cross join "collection_members" on "collection_members"."collection_id" = "collections"."id"
  where "collections"."deletion_id" = target.id limit max(1, (?1 ->> '$.rows') / (select count(*)
  from target))) limit (?1 ->> '$.rows')) delete
  from "collection_members"
  where "collection_members".rowid in (select key
  from slice)

-- erase.members.count
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null), slice as materialized (select "collection_members".rowid as key, target.id as deletion_id
  from target cross join "collection_members" on "collection_members".rowid in (select "collection_members".rowid
  from "collections" cross join "collection_members" on "collection_members"."collection_id" = "collections"."id"
  where "collections"."deletion_id" = target.id limit max(1, (?1 ->> '$.rows') / (select count(*)
  from target))) limit (?1 ->> '$.rows')) update "purges" set rows = "purges"."rows" + found.count
  from (select deletion_id, count(*) as count
  from slice group by deletion_id) as found
  where "purges"."deletion_id" = found.deletion_id

-- erase.members.ofNamespace
with place as materialized (select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."namespace_id" as namespace_id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.place') and "deletions"."purging" = 1 and "deletions"."project_id" is null), space as materialized (
  select item_id as id
  from place
  where kind = 'namespace') delete
  from "members"
  where ("members"."user_id", "members"."namespace_id") in (
  select "members"."user_id", "members"."namespace_id"
  from space cross join "members" on "members"."namespace_id" = space.id limit (?1 ->> '$.rows'))

-- erase.members.ofPlace
with place as materialized (select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."namespace_id" as namespace_id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.place') and "deletions"."purging" = 1 and "deletions"."project_id" is null), site as materialized (
  select "projects"."id" as id
  from place cross join "projects" on "projects"."id" = place.item_id
  where place.kind = 'project'
  union all
  select *
  from (
  select "projects"."id"
  from place cross join "projects" on "projects"."namespace_id" = place.item_id
  where place.kind = 'namespace' limit 50)) delete
  from "collection_members"
  where ("collection_members"."collection_id", "collection_members"."member_id") in (
  select "collection_members"."collection_id", "collection_members"."member_id"
  from (
  select "collections"."id" as id
  from site cross join "collections" on "collections"."project_id" = site.id limit (?1 ->> '$.rows')) as first cross join "collection_members" on "collection_members"."collection_id" = first.id limit (?1 ->> '$.rows'))

-- erase.namespace
with place as materialized (select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."namespace_id" as namespace_id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.place') and "deletions"."purging" = 1 and "deletions"."project_id" is null), space as materialized (
  select item_id as id
  from place
  where kind = 'namespace') delete
  from "namespaces"
  where "namespaces"."id" = (select id
  from space) and not exists (select 1
  from "projects"
  where "projects"."namespace_id" = "namespaces"."id") and not exists (select 1
  from "objects"
  where "objects"."namespace_id" = "namespaces"."id") and not exists (select 1
  from "members"
  where "members"."namespace_id" = "namespaces"."id") and not exists (select 1
  from "departures"
  where "departures"."namespace_id" = "namespaces"."id") and not exists (select 1
  from "former_slugs"
  where "former_slugs"."namespace_id" = "namespaces"."id") and not exists (select 1
  from "api_tokens"
  where "api_tokens"."namespace_id" = "namespaces"."id")

-- erase.nodes
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null), slice as materialized (select "nodes"."id" as key, target.id as deletion_id
  from target cross join "nodes" on "nodes"."id" in (select "nodes"."id"
  from "nodes"
  where "nodes"."deletion_id" = target.id and true limit max(1, (?1 ->> '$.rows') / (select count(*)
  from target))) limit (?1 ->> '$.rows')) delete
  from "nodes"
  where "nodes"."id" in (select key
  from slice)

-- erase.nodes.count
with target as materialized (
  select "deletions"."id" as id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.only') and "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null
  union all
  select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."phase" is null and "deletions"."namespace_id" = turn.value
  order by "deletions"."turn", "deletions"."id" limit (?1 ->> '$.most'))
  where (?1 ->> '$.only') is null), slice as materialized (select "nodes"."id" as key, target.id as deletion_id
  from target cross join "nodes" on "nodes"."id" in (select "nodes"."id"
  from "nodes"
  where "nodes"."deletion_id" = target.id and true limit max(1, (?1 ->> '$.rows') / (select count(*)
  from target))) limit (?1 ->> '$.rows')) update "purges" set rows = "purges"."rows" + found.count
  from (select deletion_id, count(*) as count
  from slice group by deletion_id) as found
  where "purges"."deletion_id" = found.deletion_id

-- erase.nodes.ofPlace
with place as materialized (select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."namespace_id" as namespace_id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.place') and "deletions"."purging" = 1 and "deletions"."project_id" is null), site as materialized (
  select "projects"."id" as id
  from place cross join "projects" on "projects"."id" = place.item_id
  where place.kind = 'project'
  union all
  select *
  from (
  select "projects"."id"
  from place cross join "projects" on "projects"."namespace_id" = place.item_id
  where place.kind = 'namespace' limit 50)) delete
  from "nodes"
  where "nodes"."id" in (select "nodes"."id"
  from site cross join "nodes" on "nodes"."project_id" = site.id
  where true limit (?1 ->> '$.rows'))

-- erase.projects
with place as materialized (select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."namespace_id" as namespace_id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.place') and "deletions"."purging" = 1 and "deletions"."project_id" is null), site as materialized (
  select "projects"."id" as id
  from place cross join "projects" on "projects"."id" = place.item_id
  where place.kind = 'project'
  union all
  select *
  from (
  select "projects"."id"
  from place cross join "projects" on "projects"."namespace_id" = place.item_id
  where place.kind = 'namespace' limit 50)) delete
  from "projects"
  where "projects"."id" in (select id
  from site) and not exists (select 1
  from "assets"
  where "assets"."project_id" = "projects"."id") and not exists (select 1
  from "nodes"
  where "nodes"."project_id" = "projects"."id") and not exists (select 1
  from "episodes"
  where "episodes"."project_id" = "projects"."id") and not exists (select 1
  from "collections"
  where "collections"."project_id" = "projects"."id") and not exists (select 1
  from "datasets"
  where "datasets"."project_id" = "projects"."id") and not exists (select 1
  from "deletions"
  where "deletions"."project_id" = "projects"."id" and "deletions"."purging" = 0) and not exists (select 1
  from "api_tokens"
  where "api_tokens"."project_id" = "projects"."id")

-- erase.release.ofPlace
with place as materialized (select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."namespace_id" as namespace_id
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.place') and "deletions"."purging" = 1 and "deletions"."project_id" is null), site as materialized (
  select "projects"."id" as id
  from place cross join "projects" on "projects"."id" = place.item_id
  where place.kind = 'project'
  union all
  select *
  from (
  select "projects"."id"
  from place cross join "projects" on "projects"."namespace_id" = place.item_id
  where place.kind = 'namespace' limit 50)) update "objects" set released_by = (select id
  from place)
  where "objects"."id" in (
  select object_id
  from "assets"
  where "assets"."id" in (select "assets"."id"
  from site cross join "assets" on "assets"."project_id" = site.id
  where true limit (?1 ->> '$.rows')))

-- expire.apiTokens
delete
  from "api_tokens"
  where ("api_tokens"."id") in (
  select "api_tokens"."id"
  from "api_tokens"
  where "api_tokens"."revoked_at" <= (?1 ->> '$.repeatedSince') limit (?1 ->> '$.rows'))

-- expire.departures
delete
  from "departures"
  where ("departures"."user_id", "departures"."namespace_id") in (
  select "departures"."user_id", "departures"."namespace_id"
  from "departures"
  where "departures"."departed_at" <= (?1 ->> '$.repeatedSince') limit (?1 ->> '$.rows'))

-- expire.formerSlugs
delete
  from "former_slugs"
  where ("former_slugs"."slug") in (
  select "former_slugs"."slug"
  from "former_slugs"
  where "former_slugs"."reserved_until" <= (?1 ->> '$.now') limit (?1 ->> '$.rows'))

-- expire.left
select exists (select 1
  from "revocations"
  where "revocations"."expires_at" <= (?1 ->> '$.now')) or exists (select 1
  from "api_tokens"
  where "api_tokens"."revoked_at" <= (?1 ->> '$.repeatedSince')) or exists (select 1
  from "former_slugs"
  where "former_slugs"."reserved_until" <= (?1 ->> '$.now')) or exists (select 1
  from "departures"
  where "departures"."departed_at" <= (?1 ->> '$.repeatedSince')) or exists (select 1
  from "restorations"
  where "restorations"."restored_at" <= (?1 ->> '$.repeatedSince') and not exists (select 1
  from "deletions"
  where "deletions"."id" = "restorations"."id")) or exists (select 1
  from "purges"
  where "purges"."finished_at" <= (?1 ->> '$.receiptsSince')) as is_left

-- expire.purges
delete
  from "purges"
  where ("purges"."id") in (
  select "purges"."id"
  from "purges"
  where "purges"."finished_at" <= (?1 ->> '$.receiptsSince') limit (?1 ->> '$.rows'))

-- expire.restorations
delete
  from "restorations"
  where ("restorations"."id") in (
  select "restorations"."id"
  from "restorations"
  where "restorations"."restored_at" <= (?1 ->> '$.repeatedSince') and not exists (select 1
  from "deletions"
  where "deletions"."id" = "restorations"."id") limit (?1 ->> '$.rows'))

-- expire.revocations
delete
  from "revocations"
  where ("revocations"."issuer", "revocations"."jti") in (
  select "revocations"."issuer", "revocations"."jti"
  from "revocations"
  where "revocations"."expires_at" <= (?1 ->> '$.now') limit (?1 ->> '$.rows'))

-- members.depart
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", iif(exists (
  select 1
  from "departures"
  where "departures"."user_id" = "users"."id" and "departures"."namespace_id" = "namespaces"."id" and "departures"."request" = (?1 ->> '$.mark')), 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null), member as materialized (
  select "users"."id" as id, "members"."role" as role, "members"."updated_request" as updated_request, "users"."home_id" = scope.namespace_id as is_home
  from admitted as scope
  left join "users" on "users"."home_id" = (
  select "namespaces"."id"
  from "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.username'))
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = scope.namespace_id), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when ((select role is null and exists (
  select 1
  from "departures"
  where "departures"."user_id" = member.id and "departures"."namespace_id" = scope.namespace_id and "departures"."request" = (?1 ->> '$.mark'))
  from member)) and not (scope.access < 0) then 'done'
  when (select role
  from member) is null then 'member_not_found'
  when scope.access < 0 then 'forbidden' || ifnull(' ' || 'role 0 ' || iif(scope.is_member, scope.access, 0), '')
  when (select id
  from member) <> scope.user_id and scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when (select is_home
  from member) then 'home_owner'
  when (select role = 3
  from member) and not exists (select 1
  from "members"
  where "members"."namespace_id" = scope.namespace_id and "members"."role" = 3 and "members"."user_id" <> (select id
  from member)) then 'last_owner' end) is null) insert into "departures" ("user_id", "namespace_id", "request", "departed_at")
  select member.id, permit.namespace_id, (?1 ->> '$.mark'), (?1 ->> '$.now')
  from permit cross join member
  where true
  on conflict (user_id, namespace_id) do update set request = excluded.request, departed_at = excluded.departed_at

-- members.list
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')
  when scope.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope), permit as materialized (select *
  from verdict
  where refusal is null)
  select scope.refusal as refusal, iif(scope.refusal is null, (select "namespace_stats"."members"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), null) as count, true as is_counted, null as id, null as body
  from verdict as scope
  union all
  select null, null, null, id, body
  from (select "members"."user_id" as id, json_object('username', (select home.slug
  from "namespaces" as home
  where home.id = "users"."home_id"), 'name', iif("members"."prominence" > 0 or "users"."id" = (select user_id
  from permit), "users"."name", null), 'role', case "members"."role"
  when 1 then 'reader'
  when 2 then 'writer'
  when 3 then 'owner' end, 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "members"."created_at" / 1000.0, 'unixepoch')) as body
  from "members" cross join "users" on "users"."id" = "members"."user_id"
  where "members"."namespace_id" = (select namespace_id
  from permit) and "members"."user_id" < (?1 ->> '$.before')
  order by "members"."user_id" desc limit iif((?1 ->> '$.offset') > 0 and ((?1 ->> '$.offset') >= (select (select "namespace_stats"."members"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id)
  from permit as scope) or (?1 ->> '$.offset') > 100000), 0, (?1 ->> '$.limit') + 1) offset (?1 ->> '$.offset'))

-- members.remove
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", iif(exists (
  select 1
  from "departures"
  where "departures"."user_id" = "users"."id" and "departures"."namespace_id" = "namespaces"."id" and "departures"."request" = (?1 ->> '$.mark')), 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null), member as materialized (
  select "users"."id" as id, "members"."role" as role, "members"."updated_request" as updated_request, "users"."home_id" = scope.namespace_id as is_home
  from admitted as scope
  left join "users" on "users"."home_id" = (
  select "namespaces"."id"
  from "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.username'))
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = scope.namespace_id), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when ((select role is null and exists (
  select 1
  from "departures"
  where "departures"."user_id" = member.id and "departures"."namespace_id" = scope.namespace_id and "departures"."request" = (?1 ->> '$.mark'))
  from member)) and not (scope.access < 0) then 'done'
  when (select role
  from member) is null then 'member_not_found'
  when scope.access < 0 then 'forbidden' || ifnull(' ' || 'role 0 ' || iif(scope.is_member, scope.access, 0), '')
  when (select id
  from member) <> scope.user_id and scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when (select is_home
  from member) then 'home_owner'
  when (select role = 3
  from member) and not exists (select 1
  from "members"
  where "members"."namespace_id" = scope.namespace_id and "members"."role" = 3 and "members"."user_id" <> (select id
  from member)) then 'last_owner' end) is null) delete
  from "members"
  where "members"."user_id" = (select member.id
  from member cross join permit) and "members"."namespace_id" = (select namespace_id
  from permit)

-- members.removed
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", iif(exists (
  select 1
  from "departures"
  where "departures"."user_id" = "users"."id" and "departures"."namespace_id" = "namespaces"."id" and "departures"."request" = (?1 ->> '$.mark')), 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null), member as materialized (
  select "users"."id" as id, "members"."role" as role, "members"."updated_request" as updated_request, "users"."home_id" = scope.namespace_id as is_home
  from admitted as scope
  left join "users" on "users"."home_id" = (
  select "namespaces"."id"
  from "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.username'))
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = scope.namespace_id), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when ((select role is null and exists (
  select 1
  from "departures"
  where "departures"."user_id" = member.id and "departures"."namespace_id" = scope.namespace_id and "departures"."request" = (?1 ->> '$.mark'))
  from member)) and not (scope.access < 0) then 'done'
  when (select role
  from member) is null then 'member_not_found'
  when scope.access < 0 then 'forbidden' || ifnull(' ' || 'role 0 ' || iif(scope.is_member, scope.access, 0), '')
  when (select id
  from member) <> scope.user_id and scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when (select is_home
  from member) then 'home_owner'
  when (select role = 3
  from member) and not exists (select 1
  from "members"
  where "members"."namespace_id" = scope.namespace_id and "members"."role" = 3 and "members"."user_id" <> (select id
  from member)) then 'last_owner' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal
  from verdict as scope

-- members.set
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null), member as materialized (
  select "users"."id" as id, "members"."role" as role, "members"."updated_request" as updated_request, "users"."home_id" = scope.namespace_id as is_home
  from admitted as scope
  left join "users" on "users"."home_id" = (
  select "namespaces"."id"
  from "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.username'))
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = scope.namespace_id), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when ((select role = (?1 ->> '$.rank') and (scope.access >= 3 or updated_request = (?1 ->> '$.mark'))
  from member)) and not (scope.access < 0) then 'done'
  when (select id
  from member) is null then 'user_not_found'
  when scope.access < 0 then 'forbidden' || ifnull(' ' || 'role 0 ' || iif(scope.is_member, scope.access, 0), '')
  when scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when (?1 ->> '$.rank') < 3 and ((select is_home
  from member)) then 'home_owner'
  when (?1 ->> '$.rank') < 3 and ((select role = 3
  from member) and not exists (select 1
  from "members"
  where "members"."namespace_id" = scope.namespace_id and "members"."role" = 3 and "members"."user_id" <> (select id
  from member))) then 'last_owner' end) is null) insert into "members" ("user_id", "namespace_id", "role", "created_at", "created_request", "updated_request")
  select member.id, permit.namespace_id, (?1 ->> '$.rank'), (?1 ->> '$.now'), (?1 ->> '$.mark'), (?1 ->> '$.mark')
  from permit cross join member
  where true
  on conflict (user_id, namespace_id) do update set "role" = excluded.role, "created_request" = null, "updated_request" = (?1 ->> '$.mark')

-- members.wasSet
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null), member as materialized (
  select "users"."id" as id, "members"."role" as role, "members"."updated_request" as updated_request, "users"."home_id" = scope.namespace_id as is_home
  from admitted as scope
  left join "users" on "users"."home_id" = (
  select "namespaces"."id"
  from "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.username'))
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = scope.namespace_id), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when ((select role = (?1 ->> '$.rank') and (scope.access >= 3 or updated_request = (?1 ->> '$.mark'))
  from member)) and not (scope.access < 0) then 'done'
  when (select id
  from member) is null then 'user_not_found'
  when scope.access < 0 then 'forbidden' || ifnull(' ' || 'role 0 ' || iif(scope.is_member, scope.access, 0), '')
  when scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when (?1 ->> '$.rank') < 3 and ((select is_home
  from member)) then 'home_owner'
  when (?1 ->> '$.rank') < 3 and ((select role = 3
  from member) and not exists (select 1
  from "members"
  where "members"."namespace_id" = scope.namespace_id and "members"."role" = 3 and "members"."user_id" <> (select id
  from member))) then 'last_owner' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, 1 as version, "members"."created_request" = (?1 ->> '$.mark') as created, json_object('username', (select home.slug
  from "namespaces" as home
  where home.id = "users"."home_id"), 'name', iif("members"."prominence" > 0 or "users"."id" = scope.user_id, "users"."name", null), 'role', case "members"."role"
  when 1 then 'reader'
  when 2 then 'writer'
  when 3 then 'owner' end, 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "members"."created_at" / 1000.0, 'unixepoch')) as body
  from verdict as scope
  left join member
  left join "users" on "users"."id" = iif(scope.refusal is null, member.id, null)
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = scope.namespace_id

-- namespaces.create
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, true as is_member, 3 as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null), earlier as materialized (
  select "namespaces"."id" as id, ("namespaces"."id" = (?1 ->> '$.id') or "namespaces"."created_request" = (?1 ->> '$.repeatable') or "namespaces"."updated_request" = (?1 ->> '$.mark')) and "namespaces"."deleted_at" is null and exists (select 1
  from "members"
  where "members"."namespace_id" = "namespaces"."id" and "members"."user_id" = scope.user_id) as is_made
  from admitted as scope cross join "namespaces"
  where "namespaces"."id" = (?1 ->> '$.id')
  union all
  select "namespaces"."id" as id, ("namespaces"."id" = (?1 ->> '$.id') or "namespaces"."created_request" = (?1 ->> '$.repeatable') or "namespaces"."updated_request" = (?1 ->> '$.mark')) and "namespaces"."deleted_at" is null and exists (select 1
  from "members"
  where "members"."namespace_id" = "namespaces"."id" and "members"."user_id" = scope.user_id) as is_made
  from admitted as scope cross join "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.slug')
  union all
  select "namespaces"."id" as id, ("namespaces"."id" = (?1 ->> '$.id') or "namespaces"."created_request" = (?1 ->> '$.repeatable') or "namespaces"."updated_request" = (?1 ->> '$.mark')) and "namespaces"."deleted_at" is null and exists (select 1
  from "members"
  where "members"."namespace_id" = "namespaces"."id" and "members"."user_id" = scope.user_id) as is_made
  from admitted as scope cross join "namespaces"
  where "namespaces"."created_request" = (?1 ->> '$.repeatable') and "namespaces"."id" = (
  select "former_slugs"."namespace_id"
  from "former_slugs"
  where "former_slugs"."slug" = (?1 ->> '$.slug')) limit 1), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when ((select is_made
  from earlier)) and not (scope.access < 0) then 'done'
  when scope.access < 0 then 'forbidden' || ifnull(' ' || 'role 0 ' || iif(scope.is_member, scope.access, 0), '')
  when exists (select 1
  from earlier) or ifnull( (select "former_slugs"."namespace_id" is not null
  from "former_slugs"
  where "former_slugs"."slug" = (?1 ->> '$.slug') and "former_slugs"."reserved_until" > (?1 ->> '$.now')), exists (select 1
  from "users"
  where "users"."username" = (?1 ->> '$.slug') and "users"."id" is not scope.user_id and "users"."home_id" is not null)) then 'namespace_slug_taken' end) is null) insert into "namespaces" ("id", "slug", "metadata", "created_at", "updated_at", "created_by", "created_by_token", "created_request", "updated_request")
  select (?1 ->> '$.id'), (?1 ->> '$.slug'), (?1 ->> '$.metadata'), (?1 ->> '$.now'), (?1 ->> '$.now'), permit.user_id, permit.token_id, (?1 ->> '$.repeatable'), (?1 ->> '$.mark')
  from permit
  where permit.user_id is not null

-- namespaces.created
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, true as is_member, 3 as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null), earlier as materialized (
  select "namespaces"."id" as id, ("namespaces"."id" = (?1 ->> '$.id') or "namespaces"."created_request" = (?1 ->> '$.repeatable') or "namespaces"."updated_request" = (?1 ->> '$.mark')) and "namespaces"."deleted_at" is null and exists (select 1
  from "members"
  where "members"."namespace_id" = "namespaces"."id" and "members"."user_id" = scope.user_id) as is_made
  from admitted as scope cross join "namespaces"
  where "namespaces"."id" = (?1 ->> '$.id')
  union all
  select "namespaces"."id" as id, ("namespaces"."id" = (?1 ->> '$.id') or "namespaces"."created_request" = (?1 ->> '$.repeatable') or "namespaces"."updated_request" = (?1 ->> '$.mark')) and "namespaces"."deleted_at" is null and exists (select 1
  from "members"
  where "members"."namespace_id" = "namespaces"."id" and "members"."user_id" = scope.user_id) as is_made
  from admitted as scope cross join "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.slug')
  union all
  select "namespaces"."id" as id, ("namespaces"."id" = (?1 ->> '$.id') or "namespaces"."created_request" = (?1 ->> '$.repeatable') or "namespaces"."updated_request" = (?1 ->> '$.mark')) and "namespaces"."deleted_at" is null and exists (select 1
  from "members"
  where "members"."namespace_id" = "namespaces"."id" and "members"."user_id" = scope.user_id) as is_made
  from admitted as scope cross join "namespaces"
  where "namespaces"."created_request" = (?1 ->> '$.repeatable') and "namespaces"."id" = (
  select "former_slugs"."namespace_id"
  from "former_slugs"
  where "former_slugs"."slug" = (?1 ->> '$.slug')) limit 1), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when ((select is_made
  from earlier)) and not (scope.access < 0) then 'done'
  when scope.access < 0 then 'forbidden' || ifnull(' ' || 'role 0 ' || iif(scope.is_member, scope.access, 0), '')
  when exists (select 1
  from earlier) or ifnull( (select "former_slugs"."namespace_id" is not null
  from "former_slugs"
  where "former_slugs"."slug" = (?1 ->> '$.slug') and "former_slugs"."reserved_until" > (?1 ->> '$.now')), exists (select 1
  from "users"
  where "users"."username" = (?1 ->> '$.slug') and "users"."id" is not scope.user_id and "users"."home_id" is not null)) then 'namespace_slug_taken' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "namespaces"."version" as version, 1 as created, json_object('id', "namespaces"."id", 'slug', "namespaces"."slug", 'metadata', json("namespaces"."metadata")) as body
  from verdict as scope
  left join "namespaces" on "namespaces"."id" = iif(scope.refusal is null, (select id
  from earlier), null)

-- namespaces.describeHome
update "namespaces" set metadata = (?1 ->> '$.metadata')
  where "namespaces"."id" = (?1 ->> '$.newHomeId') and "namespaces"."slug" = (?1 ->> '$.slug') and (?1 ->> '$.metadata') is not "namespaces"."metadata"

-- namespaces.letGoOfFormer
delete
  from "former_slugs"
  where "former_slugs"."slug" in (
  select "former_slugs"."slug"
  from "former_slugs"
  where "former_slugs"."namespace_id" = (
  select "former_slugs"."namespace_id"
  from "former_slugs"
  where "former_slugs"."slug" = (?1 ->> '$.namespace') and "former_slugs"."reserved_until" = (?1 ->> '$.now') + 2592000000)
  order by "former_slugs"."reserved_until" desc, "former_slugs"."slug" limit -1 offset 10)

-- namespaces.list
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, true as is_member, 3 as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')
  when scope.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope), permit as materialized (select *
  from verdict
  where refusal is null)
  select scope.refusal as refusal, iif(scope.refusal is null, ifnull((select "users"."namespace_count"
  from "users"
  where "users"."id" = scope.user_id), 0), null) as count, scope.token_namespace_id is null as is_counted, null as id, null as body
  from verdict as scope
  union all
  select null, null, null, id, body
  from (select printf('%02x', "members"."prominence") || "members"."namespace_id" as id, json_object('id', "namespaces"."id", 'slug', "namespaces"."slug", 'role', case "members"."role"
  when 1 then 'reader'
  when 2 then 'writer'
  when 3 then 'owner' end, 'metadata', json("namespaces"."metadata")) as body
  from "members" cross join "namespaces" on "namespaces"."id" = "members"."namespace_id" and "namespaces"."deleted_at" is null
  where "members"."user_id" = (select user_id
  from permit
  where token_project_id is null) and ("members"."prominence", "members"."namespace_id") < (iif((?1 ->> '$.before') = 'g', 9, cast(substr((?1 ->> '$.before'), 1, 2) as integer)), substr((?1 ->> '$.before'), 3)) and "namespaces"."id" = ifnull((select token_namespace_id
  from permit), "namespaces"."id")
  order by "members"."prominence" desc, "members"."namespace_id" desc limit iif((?1 ->> '$.offset') > 0 and ((?1 ->> '$.offset') >= (select ifnull((select "users"."namespace_count"
  from "users"
  where "users"."id" = scope.user_id), 0)
  from permit as scope) or (?1 ->> '$.offset') > 100000), 0, (?1 ->> '$.limit') + 1) offset (?1 ->> '$.offset'))

-- namespaces.markTrashed
update "namespaces" set "deleted_at" = (?1 ->> '$.now'), "deletion_id" = (?1 ->> '$.deletionId')
  where "namespaces"."id" = (select "deletions"."item_id"
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) and "namespaces"."deleted_at" is null

-- namespaces.own
insert into "members" ("user_id", "namespace_id", "role", "prominence", "created_at")
  select "namespaces"."created_by", "namespaces"."id", 3, 1, (?1 ->> '$.now')
  from "namespaces"
  where "namespaces"."id" = (?1 ->> '$.id') and not exists (select 1
  from "members"
  where "members"."namespace_id" = (?1 ->> '$.id'))

-- namespaces.read
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')
  when scope.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "namespaces"."version" as version, 0 as created, (select json_object('id', "namespaces"."id", 'slug', "namespaces"."slug", 'metadata', json("namespaces"."metadata"), 'role', case scope.access
  when 1 then 'reader'
  when 2 then 'writer'
  when 3 then 'owner' end, 'spaces', "namespace_stats"."projects", 'projects', "namespace_stats"."projects", 'assets', json_object('videos', "namespace_stats"."videos", 'audio', "namespace_stats"."audios", 'labelTracks', "namespace_stats"."label_tracks", 'textTracks', "namespace_stats"."text_tracks", 'images', "namespace_stats"."images"), 'usage', json_object('rows', "namespace_stats"."rows", 'bytes', "namespace_stats"."bytes", 'rowsQuota', (?1 ->> '$.rowsQuota'), 'bytesQuota', (?1 ->> '$.bytesQuota')))
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = "namespaces"."id") as body
  from verdict as scope
  left join "namespaces" on "namespaces"."id" = iif(scope.refusal is null, scope.namespace_id, null)

-- namespaces.reserveFormer
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."id" = ifnull((select "namespaces"."id"
  from "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.namespace')), (select "namespaces"."id"
  from "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.newSlug') and "namespaces"."renamed_request" = (?1 ->> '$.mark'))) and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when (exists (select 1
  from "namespaces"
  where "namespaces"."id" = scope.namespace_id and ( "namespaces"."updated_request" = (?1 ->> '$.mark') or "namespaces"."slug" <> (?1 ->> '$.namespace') and "namespaces"."renamed_request" = (?1 ->> '$.mark')))) and not (scope.access < 3) then 'done'
  when scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when (?1 ->> '$.newSlug') <> scope.namespace_slug and (exists (
  select 1
  from "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.newSlug') and "namespaces"."id" <> scope.namespace_id) or ifnull( (select "former_slugs"."namespace_id" is not scope.namespace_id
  from "former_slugs"
  where "former_slugs"."slug" = (?1 ->> '$.newSlug') and "former_slugs"."reserved_until" > (?1 ->> '$.now')), exists (select 1
  from "users"
  where "users"."username" = (?1 ->> '$.newSlug') and "users"."id" is not scope.user_id and "users"."home_id" is not scope.namespace_id))) then 'namespace_slug_taken' end) is null) insert into "former_slugs" ("slug", "namespace_id", "reserved_until")
  select permit.namespace_slug, permit.namespace_id, (?1 ->> '$.now') + 2592000000
  from permit
  where permit.namespace_slug <> (?1 ->> '$.newSlug')
  on conflict (slug) do update set namespace_id = excluded.namespace_id, reserved_until = excluded.reserved_until

-- namespaces.reserveRestored
with undone as materialized (
  select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."project_id" as project_id
  from "restorations" cross join "deletions" on "deletions"."id" = "restorations"."id"
  where "restorations"."id" = (?1 ->> '$.deletionId') and "restorations"."request" = (?1 ->> '$.mark')) insert into "former_slugs" ("slug", "namespace_id", "reserved_until")
  select "namespaces"."slug", "namespaces"."id", (?1 ->> '$.now') + 2592000000
  from "namespaces"
  where "namespaces"."id" = (select item_id
  from undone
  where kind = 'namespace') and "namespaces"."slug" <> (?1 ->> '$.slug')
  on conflict (slug) do update set namespace_id = excluded.namespace_id, reserved_until = excluded.reserved_until

-- namespaces.restore
with undone as materialized (
  select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."project_id" as project_id
  from "restorations" cross join "deletions" on "deletions"."id" = "restorations"."id"
  where "restorations"."id" = (?1 ->> '$.deletionId') and "restorations"."request" = (?1 ->> '$.mark')) update "namespaces" set "deleted_at" = null, "deletion_id" = null, "slug" = ifnull((?1 ->> '$.slug'), "namespaces"."slug"), "updated_at" = iif(((?1 ->> '$.slug') <> "namespaces"."slug"), (?1 ->> '$.now'), "namespaces"."updated_at"), "updated_request" = iif(((?1 ->> '$.slug') <> "namespaces"."slug"), (?1 ->> '$.mark'), "namespaces"."updated_request"), "renamed_request" = iif(((?1 ->> '$.slug') <> "namespaces"."slug"), null, "namespaces"."renamed_request"), "version" = "namespaces"."version" + 1
  where "namespaces"."id" = (select item_id
  from undone
  where kind = 'namespace')

-- namespaces.trash
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and true and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when (exists (select 1
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) or exists (select 1
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId')) or scope.is_trashed and exists (select 1
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))) and not (scope.access < 3) then 'done'
  when scope.is_trashed then 'namespace_not_found'
  when scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when not (?1 ->> '$.includeProtected') and (select "namespace_stats"."protected_episodes" > 0
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id) then 'holds_write_protected'
  when exists (select 1
  from "users"
  where "users"."home_id" = scope.namespace_id) then 'home_namespace'
  when (select "namespace_stats"."members" > 5000
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id) then 'too_large' end) is null) insert into "deletions" ("id", "namespace_id", "project_id", "kind", "item_id", "name", "deleted_at", "deleted_by", "request")
  select (?1 ->> '$.deletionId'), permit.namespace_id, null, 'namespace', "namespaces"."id", "namespaces"."slug", (?1 ->> '$.now'), permit.user_id, (?1 ->> '$.repeatable')
  from permit cross join "namespaces" on "namespaces"."id" = permit.namespace_id

-- namespaces.trashed
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and true and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when (exists (select 1
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) or exists (select 1
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId')) or scope.is_trashed and exists (select 1
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))) and not (scope.access < 3) then 'done'
  when scope.is_trashed then 'namespace_not_found'
  when scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when not (?1 ->> '$.includeProtected') and (select "namespace_stats"."protected_episodes" > 0
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id) then 'holds_write_protected'
  when exists (select 1
  from "users"
  where "users"."home_id" = scope.namespace_id) then 'home_namespace'
  when (select "namespace_stats"."members" > 5000
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id) then 'too_large' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, iif(scope.refusal is null, coalesce( (select "deletions"."id"
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')), (select "deletions"."id"
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))), null) as deletion_id, iif(scope.refusal is null, coalesce( (select "deletions"."phase" = 'marking'
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')), (select "deletions"."phase" = 'marking'
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))), null) as is_marking
  from verdict as scope

-- namespaces.update
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."id" = ifnull((select "namespaces"."id"
  from "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.namespace')), (select "namespaces"."id"
  from "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.newSlug') and "namespaces"."renamed_request" = (?1 ->> '$.mark'))) and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when (exists (select 1
  from "namespaces"
  where "namespaces"."id" = scope.namespace_id and ( "namespaces"."updated_request" = (?1 ->> '$.mark') or "namespaces"."slug" <> (?1 ->> '$.namespace') and "namespaces"."renamed_request" = (?1 ->> '$.mark')))) and not (scope.access < 3) then 'done'
  when scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when (?1 ->> '$.newSlug') <> scope.namespace_slug and (exists (
  select 1
  from "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.newSlug') and "namespaces"."id" <> scope.namespace_id) or ifnull( (select "former_slugs"."namespace_id" is not scope.namespace_id
  from "former_slugs"
  where "former_slugs"."slug" = (?1 ->> '$.newSlug') and "former_slugs"."reserved_until" > (?1 ->> '$.now')), exists (select 1
  from "users"
  where "users"."username" = (?1 ->> '$.newSlug') and "users"."id" is not scope.user_id and "users"."home_id" is not scope.namespace_id))) then 'namespace_slug_taken' end) is null) update "namespaces" set "slug" = case
  when (json_type(?1, '$.newSlug') is not null) then (?1 ->> '$.newSlug') else "namespaces"."slug" end, "metadata" = case
  when (json_type(?1, '$.metadata') is not null) then (?1 ->> '$.metadata') else "namespaces"."metadata" end, "renamed_request" = case
  when (?1 ->> '$.newSlug') <> "namespaces"."slug" then (?1 ->> '$.mark') else "namespaces"."renamed_request" end, "updated_at" = (?1 ->> '$.now'), "updated_request" = (?1 ->> '$.mark'), "version" = "namespaces"."version" + 1
  where "namespaces"."id" = (select namespace_id
  from permit)

-- namespaces.updated
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."id" = ifnull((select "namespaces"."id"
  from "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.namespace')), (select "namespaces"."id"
  from "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.newSlug') and "namespaces"."renamed_request" = (?1 ->> '$.mark'))) and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when (exists (select 1
  from "namespaces"
  where "namespaces"."id" = scope.namespace_id and ( "namespaces"."updated_request" = (?1 ->> '$.mark') or "namespaces"."slug" <> (?1 ->> '$.namespace') and "namespaces"."renamed_request" = (?1 ->> '$.mark')))) and not (scope.access < 3) then 'done'
  when scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when (?1 ->> '$.newSlug') <> scope.namespace_slug and (exists (
  select 1
  from "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.newSlug') and "namespaces"."id" <> scope.namespace_id) or ifnull( (select "former_slugs"."namespace_id" is not scope.namespace_id
  from "former_slugs"
  where "former_slugs"."slug" = (?1 ->> '$.newSlug') and "former_slugs"."reserved_until" > (?1 ->> '$.now')), exists (select 1
  from "users"
  where "users"."username" = (?1 ->> '$.newSlug') and "users"."id" is not scope.user_id and "users"."home_id" is not scope.namespace_id))) then 'namespace_slug_taken' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "namespaces"."version" as version, 0 as created, json_object('id', "namespaces"."id", 'slug', "namespaces"."slug", 'metadata', json("namespaces"."metadata")) as body
  from verdict as scope
  left join "namespaces" on "namespaces"."id" = iif(scope.refusal is null, scope.namespace_id, null)

-- nodes.hangRestored
with recursive undone as materialized (
  select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."project_id" as project_id
  from "restorations" cross join "deletions" on "deletions"."id" = "restorations"."id"
  where "restorations"."id" = (?1 ->> '$.deletionId') and "restorations"."request" = (?1 ->> '$.mark')), spot as materialized (
  select undone.kind as kind, undone.item_id as item_id, "nodes"."container_id" as container_id, "nodes"."path" as former, rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/') || '/' || ifnull((?1 ->> '$.newSegment'), substr("nodes"."path", length(rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/')) + 2)) as path, "nodes"."id" as node_id
  from undone cross join "nodes" on "nodes"."id" = undone.item_id
  where +undone.kind = 'folder'
  union all
  select undone.kind as kind, undone.item_id as item_id, "episodes"."project_id" as container_id, "nodes"."path" as former, rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/') || '/' || ifnull((?1 ->> '$.newSegment'), substr("nodes"."path", length(rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/')) + 2)) as path, "nodes"."id" as node_id
  from undone cross join "episodes" on "episodes"."id" = undone.item_id cross join "nodes" on "nodes"."id" = "episodes"."node_id"
  where +undone.kind = 'episode'
  union all
  select undone.kind, undone.item_id, "assets"."container_id", replace("assets"."name", '%', '%25'), ifnull((?1 ->> '$.newNodePath'), replace("assets"."name", '%', '%25')), "assets"."node_id"
  from undone cross join "assets" on "assets"."id" = undone.item_id
  where +undone.kind in ('video', 'audio', 'label-track', 'text-track', 'image')), ancestor(container_id, path) as (
  select container_id, rtrim(rtrim(path, replace(path, '/', '')), '/')
  from spot
  where rtrim(rtrim(path, replace(path, '/', '')), '/') <> ''
  union all
  select container_id, rtrim(rtrim(path, replace(path, '/', '')), '/')
  from ancestor
  where rtrim(rtrim(path, replace(path, '/', '')), '/') <> '') update "nodes" set "parent_id" = (select ifnull((select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = hung.container_id and "nodes"."path" = rtrim(rtrim(hung.path, replace(hung.path, '/', '')), '/') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null), iif(rtrim(rtrim(hung.path, replace(hung.path, '/', '')), '/') = '', (select around.node_id
  from "episodes" as around
  where around.id = hung.container_id), null))
  from "nodes" as hung
  where hung.id = "nodes"."id")
  where "nodes"."id" in (select (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = ancestor.container_id and "nodes"."path" = ancestor.path and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null)
  from ancestor) and +"nodes"."parent_id" is null and (select ifnull((select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = hung.container_id and "nodes"."path" = rtrim(rtrim(hung.path, replace(hung.path, '/', '')), '/') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null), iif(rtrim(rtrim(hung.path, replace(hung.path, '/', '')), '/') = '', (select around.node_id
  from "episodes" as around
  where around.id = hung.container_id), null))
  from "nodes" as hung
  where hung.id = "nodes"."id") is not null

-- nodes.makeRestored
with recursive undone as materialized (
  select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."project_id" as project_id
  from "restorations" cross join "deletions" on "deletions"."id" = "restorations"."id"
  where "restorations"."id" = (?1 ->> '$.deletionId') and "restorations"."request" = (?1 ->> '$.mark')), spot as materialized (
  select undone.kind as kind, undone.item_id as item_id, "nodes"."container_id" as container_id, "nodes"."path" as former, rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/') || '/' || ifnull((?1 ->> '$.newSegment'), substr("nodes"."path", length(rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/')) + 2)) as path, "nodes"."id" as node_id
  from undone cross join "nodes" on "nodes"."id" = undone.item_id
  where +undone.kind = 'folder'
  union all
  select undone.kind as kind, undone.item_id as item_id, "episodes"."project_id" as container_id, "nodes"."path" as former, rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/') || '/' || ifnull((?1 ->> '$.newSegment'), substr("nodes"."path", length(rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/')) + 2)) as path, "nodes"."id" as node_id
  from undone cross join "episodes" on "episodes"."id" = undone.item_id cross join "nodes" on "nodes"."id" = "episodes"."node_id"
  where +undone.kind = 'episode'
  union all
  select undone.kind, undone.item_id, "assets"."container_id", replace("assets"."name", '%', '%25'), ifnull((?1 ->> '$.newNodePath'), replace("assets"."name", '%', '%25')), "assets"."node_id"
  from undone cross join "assets" on "assets"."id" = undone.item_id
  where +undone.kind in ('video', 'audio', 'label-track', 'text-track', 'image')), ancestor(container_id, path) as (
  select container_id, rtrim(rtrim(path, replace(path, '/', '')), '/')
  from spot
  where rtrim(rtrim(path, replace(path, '/', '')), '/') <> ''
  union all
  select container_id, rtrim(rtrim(path, replace(path, '/', '')), '/')
  from ancestor
  where rtrim(rtrim(path, replace(path, '/', '')), '/') <> '') insert into "nodes" ("id", "project_id", "container_id", "kind", "name", "path", "created_at", "updated_at")
  select printf('%012x', (?1 ->> '$.now')) || lower(hex(randomblob(6))), undone.project_id, ancestor.container_id, 'folder', replace(replace(substr(ancestor.path, length(rtrim(rtrim(ancestor.path, replace(ancestor.path, '/', '')), '/')) + 2), '%2F', '/'), '%25', '%'), ancestor.path, (?1 ->> '$.now'), (?1 ->> '$.now')
  from undone cross join ancestor
  where (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = ancestor.container_id and "nodes"."path" = ancestor.path and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) is null

-- nodes.markBelow.assets
with area as materialized (
  select busy.id as id, busy.deleted_at as deleted_at, ifnull(busy.container_id, busy.project_id) as container_id, busy.path as path, busy.new_path as new_path
  from "deletions" as busy
  where busy.id = (?1 ->> '$.deletionId') and busy.phase is null and busy.kind = 'folder') update "assets" set "deleted_at" = (select deleted_at
  from area), "deletion_id" = (select id
  from area)
  where "assets"."id" in (select "nodes"."item_id"
  from "nodes"
  where "nodes"."container_id" = (select container_id
  from area) and "nodes"."path" > (select path || '/'
  from area) and "nodes"."path" < (select path || '0'
  from area) and "nodes"."deleted_at" is null
  order by "nodes"."path", "nodes"."kind" limit (?1 ->> '$.rows')) and "assets"."deleted_at" is null

-- nodes.markBelow.episodes
with area as materialized (
  select busy.id as id, busy.deleted_at as deleted_at, ifnull(busy.container_id, busy.project_id) as container_id, busy.path as path, busy.new_path as new_path
  from "deletions" as busy
  where busy.id = (?1 ->> '$.deletionId') and busy.phase is null and busy.kind = 'folder') update "episodes" set "deleted_at" = (select deleted_at
  from area), "deletion_id" = (select id
  from area)
  where "episodes"."id" in (select "nodes"."item_id"
  from "nodes"
  where "nodes"."container_id" = (select container_id
  from area) and "nodes"."path" > (select path || '/'
  from area) and "nodes"."path" < (select path || '0'
  from area) and "nodes"."deleted_at" is null
  order by "nodes"."path", "nodes"."kind" limit (?1 ->> '$.rows')) and "episodes"."deleted_at" is null

-- nodes.markBelow.nodes
with area as materialized (
  select busy.id as id, busy.deleted_at as deleted_at, ifnull(busy.container_id, busy.project_id) as container_id, busy.path as path, busy.new_path as new_path
  from "deletions" as busy
  where busy.id = (?1 ->> '$.deletionId') and busy.phase is null and busy.kind = 'folder') update "nodes" set "deleted_at" = (select deleted_at
  from area), "deletion_id" = (select id
  from area)
  where "nodes"."id" in (select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = (select container_id
  from area) and "nodes"."path" > (select path || '/'
  from area) and "nodes"."path" < (select path || '0'
  from area) and "nodes"."deleted_at" is null
  order by "nodes"."path", "nodes"."kind" limit (?1 ->> '$.rows')) and "nodes"."deleted_at" is null

-- nodes.markTrashed
update "nodes" set "deleted_at" = (?1 ->> '$.now'), "deletion_id" = (?1 ->> '$.deletionId')
  where "nodes"."id" = (select "deletions"."item_id"
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) and "nodes"."deleted_at" is null

-- nodes.restore
with undone as materialized (
  select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."project_id" as project_id
  from "restorations" cross join "deletions" on "deletions"."id" = "restorations"."id"
  where "restorations"."id" = (?1 ->> '$.deletionId') and "restorations"."request" = (?1 ->> '$.mark')), spot as materialized (
  select undone.kind as kind, undone.item_id as item_id, "nodes"."container_id" as container_id, "nodes"."path" as former, rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/') || '/' || ifnull((?1 ->> '$.newSegment'), substr("nodes"."path", length(rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/')) + 2)) as path, "nodes"."id" as node_id
  from undone cross join "nodes" on "nodes"."id" = undone.item_id
  where +undone.kind = 'folder'
  union all
  select undone.kind as kind, undone.item_id as item_id, "episodes"."project_id" as container_id, "nodes"."path" as former, rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/') || '/' || ifnull((?1 ->> '$.newSegment'), substr("nodes"."path", length(rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/')) + 2)) as path, "nodes"."id" as node_id
  from undone cross join "episodes" on "episodes"."id" = undone.item_id cross join "nodes" on "nodes"."id" = "episodes"."node_id"
  where +undone.kind = 'episode'
  union all
  select undone.kind, undone.item_id, "assets"."container_id", replace("assets"."name", '%', '%25'), ifnull((?1 ->> '$.newNodePath'), replace("assets"."name", '%', '%25')), "assets"."node_id"
  from undone cross join "assets" on "assets"."id" = undone.item_id
  where +undone.kind in ('video', 'audio', 'label-track', 'text-track', 'image')) update "nodes" set "deleted_at" = null, "deletion_id" = null, "name" = (select replace(replace(substr(spot.path, length(rtrim(rtrim(spot.path, replace(spot.path, '/', '')), '/')) + 2), '%2F', '/'), '%25', '%')
  from spot), "path" = (select path
  from spot), "updated_at" = iif((?1 ->> '$.isRenamed'), (?1 ->> '$.now'), "nodes"."updated_at"), "parent_id" = (select ifnull((select "nodes"."id"
  from "nodes"
  where "nodes"."container_id" = spot.container_id and "nodes"."path" = rtrim(rtrim(spot.path, replace(spot.path, '/', '')), '/') and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null), iif(rtrim(rtrim(spot.path, replace(spot.path, '/', '')), '/') = '', (select around.node_id
  from "episodes" as around
  where around.id = spot.container_id), null))
  from spot), "version" = "nodes"."version" + 1
  where "nodes"."id" = (select node_id
  from spot) and "nodes"."deletion_id" = (select id
  from undone)

-- nodes.trash
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "projects" on "projects"."id" = (select "nodes"."project_id"
  from "nodes"
  where "nodes"."id" = (?1 ->> '$.id')) and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'node_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), target as materialized (select "nodes"."id" as id, "nodes"."container_id" as container_id, "nodes"."kind" as kind, "nodes"."path" as path, "nodes"."deleted_at" as deleted_at
  from admitted as scope cross join "nodes"
  where "nodes"."id" = (?1 ->> '$.id')), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'node_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) or exists (select 1
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId')) or not exists (select 1
  from target
  where deleted_at is null and not exists (
  select 1
  from "episodes" as around
  where around.id = target.container_id and around.deleted_at is not null)) and exists (select 1
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))) and not (scope.access < 2) then 'done'
  when not exists (select 1
  from target
  where deleted_at is null and not exists (
  select 1
  from "episodes" as around
  where around.id = target.container_id and around.deleted_at is not null)) then 'node_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select kind <> 'folder'
  from target) then 'node_not_folder'
  when exists (select 1
  from target join "episodes" on "episodes"."id" = target.container_id
  where "episodes"."write_protected") then 'episode_write_protected'
  when exists (select 1
  from target cross join "episodes" on "episodes"."project_id" = target.container_id and "episodes"."write_protected" = 1 and "episodes"."deleted_at" is null and "episodes"."folder_path" >= target.path || '/' and "episodes"."folder_path" < target.path || '0') then 'holds_write_protected'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = (select container_id
  from target) and (substr((select path
  from target) || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/' or substr(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/', 1, length((select path
  from target)) + 1) = (select path
  from target) || '/')) then 'deletion_marking' end) is null) insert into "deletions" ("id", "namespace_id", "project_id", "kind", "item_id", "name", "container_id", "path", "phase", "deleted_at", "deleted_by", "request")
  select (?1 ->> '$.deletionId'), permit.namespace_id, permit.project_id, "nodes"."kind", "nodes"."id", ifnull((select place.path
  from "episodes" as around join "nodes" as place on place.id = around.node_id
  where around.id = "nodes"."container_id"), '') || "nodes"."path", nullif("nodes"."container_id", "nodes"."project_id"), "nodes"."path", iif((select count(*)
  from (select 1
  from "nodes"
  where "nodes"."container_id" = (select container_id
  from target) and "nodes"."path" > (select path || '/'
  from target) and "nodes"."path" < (select path || '0'
  from target) and "nodes"."deleted_at" is null limit 5001)) > 5000, 'marking', null), (?1 ->> '$.now'), permit.user_id, (?1 ->> '$.repeatable')
  from permit cross join target cross join "nodes" on "nodes"."id" = target.id

-- nodes.trashed
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "projects" on "projects"."id" = (select "nodes"."project_id"
  from "nodes"
  where "nodes"."id" = (?1 ->> '$.id')) and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'node_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), target as materialized (select "nodes"."id" as id, "nodes"."container_id" as container_id, "nodes"."kind" as kind, "nodes"."path" as path, "nodes"."deleted_at" as deleted_at
  from admitted as scope cross join "nodes"
  where "nodes"."id" = (?1 ->> '$.id')), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'node_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) or exists (select 1
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId')) or not exists (select 1
  from target
  where deleted_at is null and not exists (
  select 1
  from "episodes" as around
  where around.id = target.container_id and around.deleted_at is not null)) and exists (select 1
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))) and not (scope.access < 2) then 'done'
  when not exists (select 1
  from target
  where deleted_at is null and not exists (
  select 1
  from "episodes" as around
  where around.id = target.container_id and around.deleted_at is not null)) then 'node_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select kind <> 'folder'
  from target) then 'node_not_folder'
  when exists (select 1
  from target join "episodes" on "episodes"."id" = target.container_id
  where "episodes"."write_protected") then 'episode_write_protected'
  when exists (select 1
  from target cross join "episodes" on "episodes"."project_id" = target.container_id and "episodes"."write_protected" = 1 and "episodes"."deleted_at" is null and "episodes"."folder_path" >= target.path || '/' and "episodes"."folder_path" < target.path || '0') then 'holds_write_protected'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = (select container_id
  from target) and (substr((select path
  from target) || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/' or substr(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/', 1, length((select path
  from target)) + 1) = (select path
  from target) || '/')) then 'deletion_marking' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, iif(scope.refusal is null, coalesce( (select "deletions"."id"
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')), (select "deletions"."id"
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))), null) as deletion_id, iif(scope.refusal is null, coalesce( (select "deletions"."phase" = 'marking'
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')), (select "deletions"."phase" = 'marking'
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))), null) as is_marking
  from verdict as scope

-- objects.abortIdle
update "objects" set state = 'aborted', lease_until = (?1 ->> '$.now')
  where "objects"."id" in (select "objects"."id"
  from json_each(?1, '$.namespaces') as turn cross join "objects" on "objects"."id" in (
  select "objects"."id"
  from "objects"
  where "objects"."asset_count" = 0 and "objects"."state" = 'pending' and "objects"."namespace_id" = turn.value and "objects"."lease_until" <= (?1 ->> '$.now')
  order by "objects"."lease_until", "objects"."id" limit (?1 ->> '$.most'))) and "objects"."state" = 'pending'

-- objects.claimUnreferenced
update "objects" set state = 'purging'
  where "objects"."id" in (select "objects"."id"
  from json_each(?1, '$.namespaces') as turn cross join "objects" on "objects"."id" in (
  select "objects"."id"
  from "objects"
  where "objects"."asset_count" = 0 and "objects"."state" = 'complete' and "objects"."namespace_id" = turn.value and "objects"."lease_until" <= (?1 ->> '$.now')
  order by "objects"."lease_until", "objects"."id" limit (?1 ->> '$.most'))) and "objects"."state" = 'complete' and not exists (select 1
  from "assets"
  where "assets"."object_id" = "objects"."id")

-- objects.claimed
select "objects"."id" as id, "objects"."key" as key, iif("objects"."completed_at" is null, "objects"."bucket_upload_id", null) as upload_id
  from json_each(?1, '$.namespaces') as turn cross join "objects" on "objects"."id" in (
  select "objects"."id"
  from "objects"
  where "objects"."asset_count" = 0 and "objects"."state" = 'purging' and "objects"."namespace_id" = turn.value and "objects"."lease_until" <= (?1 ->> '$.now')
  order by "objects"."lease_until", "objects"."id" limit (?1 ->> '$.most'))

-- objects.countIdle
select count(*) as count
  from (select "objects"."id"
  from json_each(?1, '$.namespaces') as turn cross join "objects" on "objects"."id" in (
  select "objects"."id"
  from "objects"
  where "objects"."asset_count" = 0 and "objects"."state" = 'pending' and "objects"."namespace_id" = turn.value and "objects"."lease_until" <= (?1 ->> '$.now')
  order by "objects"."lease_until", "objects"."id" limit (?1 ->> '$.most')))

-- objects.erase
with going as materialized (
  select "objects"."id" as id, "objects"."namespace_id" as namespace_id, "objects"."size" as size, "objects"."released_by" as released_by, "objects"."completed_at" as completed_at
  from json_each(?1, '$.ids') as doomed cross join "objects" on "objects"."id" = doomed.value
  where "objects"."state" = 'purging' and not exists (select 1
  from "assets"
  where "assets"."object_id" = "objects"."id") and not exists (
  select 1
  from "parts"
  where "parts"."object_id" = "objects"."id")) delete
  from "objects"
  where "objects"."id" in (select id
  from going)

-- objects.eraseParts
delete
  from "parts"
  where ("parts"."object_id", "parts"."part_number") in (
  select "parts"."object_id", "parts"."part_number"
  from json_each(?1, '$.ids') as doomed cross join "parts" on "parts"."object_id" = doomed.value limit (?1 ->> '$.rows'))

-- objects.going
with going as materialized (
  select "objects"."id" as id, "objects"."namespace_id" as namespace_id, "objects"."size" as size, "objects"."released_by" as released_by, "objects"."completed_at" as completed_at
  from json_each(?1, '$.ids') as doomed cross join "objects" on "objects"."id" = doomed.value
  where "objects"."state" = 'purging' and not exists (select 1
  from "assets"
  where "assets"."object_id" = "objects"."id") and not exists (
  select 1
  from "parts"
  where "parts"."object_id" = "objects"."id"))
  select count(*) as count
  from going

-- objects.postpone
update "objects" set lease_until = (?1 ->> '$.until')
  where "objects"."id" in (select value
  from json_each(?1, '$.ids')) and "objects"."state" = 'purging'

-- objects.recount
update "objects" set asset_count = (
  select count(*)
  from "assets"
  where "assets"."object_id" = "objects"."id")
  where "objects"."id" in (select "objects"."id"
  from json_each(?1, '$.namespaces') as turn cross join "objects" on "objects"."id" in (
  select "objects"."id"
  from "objects"
  where "objects"."asset_count" = 0 and "objects"."state" = 'complete' and "objects"."namespace_id" = turn.value and "objects"."lease_until" <= (?1 ->> '$.now')
  order by "objects"."lease_until", "objects"."id" limit (?1 ->> '$.most'))) and exists (select 1
  from "assets"
  where "assets"."object_id" = "objects"."id")

-- ping
select 1 as one

-- projects.create
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", iif(exists (select 1
  from "projects"
  where "projects"."namespace_id" = "namespaces"."id" and "projects"."deleted_at" is null and "projects"."visibility" = 'public'), 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), earlier as materialized (
  select "projects"."id" as id, 1 as is_made
  from admitted as scope cross join "projects"
  where "projects"."id" = (?1 ->> '$.id')
  union all
  select "projects"."id", "projects"."created_request" = (?1 ->> '$.repeatable')
  from admitted as scope cross join "projects"
  where "projects"."namespace_id" = scope.namespace_id and "projects"."slug" = (?1 ->> '$.slug') and "projects"."deleted_at" is null limit 1), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when ((select is_made
  from earlier)) and not (scope.access < 2) then 'done'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (?1 ->> '$.visibility') <> 'private' and scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when exists (select 1
  from earlier) then 'project_slug_taken' end) is null) insert into "projects" ("id", "namespace_id", "name", "slug", "description", "tags", "metadata", "visibility", "created_at", "updated_at", "created_by", "created_by_token", "created_request", "updated_request")
  select (?1 ->> '$.id'), permit.namespace_id, (?1 ->> '$.name'), (?1 ->> '$.slug'), (?1 ->> '$.description'), ifnull((?1 ->> '$.tags'), '[]'), (?1 ->> '$.metadata'), (?1 ->> '$.visibility'), (?1 ->> '$.now'), (?1 ->> '$.now'), permit.user_id, permit.token_id, (?1 ->> '$.repeatable'), (?1 ->> '$.mark')
  from permit

-- projects.created
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", iif(exists (select 1
  from "projects"
  where "projects"."namespace_id" = "namespaces"."id" and "projects"."deleted_at" is null and "projects"."visibility" = 'public'), 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), earlier as materialized (
  select "projects"."id" as id, 1 as is_made
  from admitted as scope cross join "projects"
  where "projects"."id" = (?1 ->> '$.id')
  union all
  select "projects"."id", "projects"."created_request" = (?1 ->> '$.repeatable')
  from admitted as scope cross join "projects"
  where "projects"."namespace_id" = scope.namespace_id and "projects"."slug" = (?1 ->> '$.slug') and "projects"."deleted_at" is null limit 1), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when ((select is_made
  from earlier)) and not (scope.access < 2) then 'done'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (?1 ->> '$.visibility') <> 'private' and scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when exists (select 1
  from earlier) then 'project_slug_taken' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "projects"."version" as version, 1 as created, iif((scope.scopes & 1 = 0), json_object('id', "projects"."id", 'name', "projects"."name"), json_object('id', "projects"."id", 'name', "projects"."name", 'slug', "projects"."slug", 'description', "projects"."description", 'tags', json("projects"."tags"), 'metadata', json("projects"."metadata"), 'visibility', "projects"."visibility", 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "projects"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "projects"."updated_at" / 1000.0, 'unixepoch'))) as body
  from verdict as scope
  left join "projects" on "projects"."id" = iif(scope.refusal is null, (select id
  from earlier), null)

-- projects.list
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", iif(exists (select 1
  from "projects"
  where "projects"."namespace_id" = "namespaces"."id" and "projects"."deleted_at" is null and "projects"."visibility" = 'public'), 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')
  when scope.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope), permit as materialized (select *
  from verdict
  where refusal is null)
  select scope.refusal as refusal, iif(scope.refusal is null, (select iif(scope.is_member, "namespace_stats"."projects", "namespace_stats"."public_projects")
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), null) as count, scope.is_member as is_counted, null as id, null as body
  from verdict as scope
  union all
  select null, null, null, id, body
  from (select *
  from (
  select "projects"."id" as id, json_object('id', "projects"."id", 'name', "projects"."name", 'slug', "projects"."slug", 'description', "projects"."description", 'tags', json("projects"."tags"), 'metadata', json("projects"."metadata"), 'visibility', "projects"."visibility", 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "projects"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "projects"."updated_at" / 1000.0, 'unixepoch')) as body
  from "projects"
  where "projects"."namespace_id" = (
  select iif(is_member = 1, namespace_id, null)
  from permit) and "projects"."deleted_at" is null and "projects"."id" < (?1 ->> '$.before')
  order by "projects"."id" desc limit iif((?1 ->> '$.offset') > 0 and ((?1 ->> '$.offset') >= (select (select iif(scope.is_member, "namespace_stats"."projects", "namespace_stats"."public_projects")
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id)
  from permit as scope) or (?1 ->> '$.offset') > 100000), 0, (?1 ->> '$.limit') + 1) offset (?1 ->> '$.offset'))
  union all
  select *
  from (
  select "projects"."id" as id, json_object('id', "projects"."id", 'name', "projects"."name", 'slug', "projects"."slug", 'description', "projects"."description", 'tags', json("projects"."tags"), 'metadata', json("projects"."metadata"), 'visibility', "projects"."visibility", 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "projects"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "projects"."updated_at" / 1000.0, 'unixepoch')) as body
  from "projects"
  where "projects"."namespace_id" = (
  select iif(is_member = 0, namespace_id, null)
  from permit) and "projects"."deleted_at" is null and "projects"."deleted_at" is null and "projects"."visibility" = 'public' and "projects"."id" < (?1 ->> '$.before')
  order by "projects"."id" desc limit iif((?1 ->> '$.offset') > 0 and ((?1 ->> '$.offset') >= (select (select iif(scope.is_member, "namespace_stats"."projects", "namespace_stats"."public_projects")
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id)
  from permit as scope) or (?1 ->> '$.offset') > 100000), 0, (?1 ->> '$.limit') + 1) offset (?1 ->> '$.offset')))

-- projects.markTrashed
update "projects" set "deleted_at" = (?1 ->> '$.now'), "deletion_id" = (?1 ->> '$.deletionId')
  where "projects"."id" = (select "deletions"."item_id"
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) and "projects"."deleted_at" is null

-- projects.restore
with undone as materialized (
  select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."project_id" as project_id
  from "restorations" cross join "deletions" on "deletions"."id" = "restorations"."id"
  where "restorations"."id" = (?1 ->> '$.deletionId') and "restorations"."request" = (?1 ->> '$.mark')) update "projects" set "deleted_at" = null, "deletion_id" = null, "slug" = ifnull((?1 ->> '$.slug'), "projects"."slug"), "updated_at" = iif(((?1 ->> '$.slug') <> "projects"."slug"), (?1 ->> '$.now'), "projects"."updated_at"), "updated_request" = iif(((?1 ->> '$.slug') <> "projects"."slug"), (?1 ->> '$.mark'), "projects"."updated_request"), "renamed_request" = iif(((?1 ->> '$.slug') <> "projects"."slug"), null, "projects"."renamed_request"), "version" = "projects"."version" + 1
  where "projects"."id" = (select item_id
  from undone
  where kind = 'project')

-- projects.trash
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."id" = ifnull((select "projects"."id"
  from "projects"
  where "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null), (select "deletions"."item_id"
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId') or "deletions"."request" = (?1 ->> '$.repeatable'))) and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) or exists (select 1
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId')) or (select "projects"."deleted_at" is not null
  from "projects"
  where "projects"."id" = scope.project_id) and exists (select 1
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))) and not (scope.access < 2) then 'done'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (?1 ->> '$.includeProtected') and (select "project_stats"."protected_episodes" > 0
  from "project_stats"
  where "project_stats"."project_id" = scope.project_id) and scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when not (?1 ->> '$.includeProtected') and (select "project_stats"."protected_episodes" > 0
  from "project_stats"
  where "project_stats"."project_id" = scope.project_id) then 'holds_write_protected' end) is null) insert into "deletions" ("id", "namespace_id", "project_id", "kind", "item_id", "name", "deleted_at", "deleted_by", "request")
  select (?1 ->> '$.deletionId'), permit.namespace_id, null, 'project', "projects"."id", "projects"."name", (?1 ->> '$.now'), permit.user_id, (?1 ->> '$.repeatable')
  from permit cross join "projects" on "projects"."id" = permit.project_id

-- projects.trashed
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."id" = ifnull((select "projects"."id"
  from "projects"
  where "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null), (select "deletions"."item_id"
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId') or "deletions"."request" = (?1 ->> '$.repeatable'))) and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')) or exists (select 1
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId')) or (select "projects"."deleted_at" is not null
  from "projects"
  where "projects"."id" = scope.project_id) and exists (select 1
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))) and not (scope.access < 2) then 'done'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (?1 ->> '$.includeProtected') and (select "project_stats"."protected_episodes" > 0
  from "project_stats"
  where "project_stats"."project_id" = scope.project_id) and scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when not (?1 ->> '$.includeProtected') and (select "project_stats"."protected_episodes" > 0
  from "project_stats"
  where "project_stats"."project_id" = scope.project_id) then 'holds_write_protected' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, iif(scope.refusal is null, coalesce( (select "deletions"."id"
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')), (select "deletions"."id"
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))), null) as deletion_id, iif(scope.refusal is null, coalesce( (select "deletions"."phase" = 'marking'
  from "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')), (select "deletions"."phase" = 'marking'
  from "deletions"
  where "deletions"."request" = (?1 ->> '$.repeatable'))), null) as is_marking
  from verdict as scope

-- projects.update
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."id" = ifnull((select "projects"."id"
  from "projects"
  where "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null), (select "projects"."id"
  from "projects"
  where "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.newSlug') and "projects"."deleted_at" is null and "projects"."renamed_request" = (?1 ->> '$.mark'))) and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "projects"
  where "projects"."id" = scope.project_id and ( "projects"."updated_request" = (?1 ->> '$.mark') or "projects"."slug" <> (?1 ->> '$.project') and "projects"."renamed_request" = (?1 ->> '$.mark')))) and not (scope.access < 2) then 'done'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (?1 ->> '$.visibility') <> scope.visibility and scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when exists (select 1
  from "projects"
  where "projects"."namespace_id" = scope.namespace_id and "projects"."slug" = (?1 ->> '$.newSlug') and "projects"."deleted_at" is null and "projects"."id" <> scope.project_id) then 'project_slug_taken' end) is null) update "projects" set "slug" = case
  when (json_type(?1, '$.newSlug') is not null) then (?1 ->> '$.newSlug') else "projects"."slug" end, "description" = case
  when (json_type(?1, '$.description') is not null) then (?1 ->> '$.description') else "projects"."description" end, "tags" = case
  when (json_type(?1, '$.tags') is not null) then (?1 ->> '$.tags') else "projects"."tags" end, "metadata" = case
  when (json_type(?1, '$.metadata') is not null) then (?1 ->> '$.metadata') else "projects"."metadata" end, "name" = case
  when (json_type(?1, '$.name') is not null) then (?1 ->> '$.name') else "projects"."name" end, "visibility" = case
  when (json_type(?1, '$.visibility') is not null) then (?1 ->> '$.visibility') else "projects"."visibility" end, "renamed_request" = case
  when (?1 ->> '$.newSlug') <> "projects"."slug" then (?1 ->> '$.mark') else "projects"."renamed_request" end, "updated_at" = (?1 ->> '$.now'), "updated_request" = (?1 ->> '$.mark'), "version" = "projects"."version" + 1
  where "projects"."id" = (select project_id
  from permit)

-- projects.updated
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."id" = ifnull((select "projects"."id"
  from "projects"
  where "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null), (select "projects"."id"
  from "projects"
  where "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.newSlug') and "projects"."deleted_at" is null and "projects"."renamed_request" = (?1 ->> '$.mark'))) and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "projects"
  where "projects"."id" = scope.project_id and ( "projects"."updated_request" = (?1 ->> '$.mark') or "projects"."slug" <> (?1 ->> '$.project') and "projects"."renamed_request" = (?1 ->> '$.mark')))) and not (scope.access < 2) then 'done'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (?1 ->> '$.visibility') <> scope.visibility and scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when exists (select 1
  from "projects"
  where "projects"."namespace_id" = scope.namespace_id and "projects"."slug" = (?1 ->> '$.newSlug') and "projects"."deleted_at" is null and "projects"."id" <> scope.project_id) then 'project_slug_taken' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "projects"."version" as version, 0 as created, iif((scope.scopes & 1 = 0), json_object('id', "projects"."id", 'name', "projects"."name"), json_object('id', "projects"."id", 'name', "projects"."name", 'slug', "projects"."slug", 'description', "projects"."description", 'tags', json("projects"."tags"), 'metadata', json("projects"."metadata"), 'visibility', "projects"."visibility", 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "projects"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "projects"."updated_at" / 1000.0, 'unixepoch'))) as body
  from verdict as scope
  left join "projects" on "projects"."id" = iif(scope.refusal is null, scope.project_id, null)

-- purges.claimOrphans
with bound as materialized (select min((?1 ->> '$.to'), ifnull((
  select "objects"."key"
  from "objects"
  where "objects"."key" > (?1 ->> '$.from') and "objects"."key" <= (?1 ->> '$.to')
  order by "objects"."key" limit 1 offset (?1 ->> '$.rows')), (?1 ->> '$.to'))) as upto), orphan as materialized (
  select substr(entry.value ->> '$.key', 1, 24) as namespace_id, substr(entry.value ->> '$.key', 26) as id, entry.value ->> '$.size' as size, entry.value ->> '$.uploadedAt' as uploaded_at
  from bound cross join json_each(?1, '$.entries') as entry
  where entry.value ->> '$.key' <= bound.upto and not exists (select 1
  from "objects"
  where "objects"."key" = entry.value ->> '$.key')) update "purges" set objects = 1, bytes = orphan.size
  from orphan
  where "purges"."rule" = 'orphaned' and "purges"."kind" = 'object' and "purges"."item_id" = orphan.id and "purges"."namespace_id" = orphan.namespace_id and "purges"."finished_at" is null and orphan.uploaded_at <= (?1 ->> '$.orphanedBefore') and (exists (select 1
  from "namespaces"
  where "namespaces"."id" = orphan.namespace_id) or exists (select 1
  from "purges" as known
  where known.namespace_id = orphan.namespace_id and known.rule <> 'orphaned'))

-- purges.closeMissing
with bound as materialized (select min((?1 ->> '$.to'), ifnull((
  select "objects"."key"
  from "objects"
  where "objects"."key" > (?1 ->> '$.from') and "objects"."key" <= (?1 ->> '$.to')
  order by "objects"."key" limit 1 offset (?1 ->> '$.rows')), (?1 ->> '$.to'))) as upto), finding as materialized (
  select found.id as id, found.namespace_id || '/' || found.item_id as key
  from "purges" as found
  where found.kind = 'object' and found.finished_at is null and found.rule = 'missing' and found.objects = 1), shown as materialized (select finding.id as id, finding.key as key, finding.key in (
  select entry.value ->> '$.key'
  from json_each(?1, '$.entries') as entry) as is_held
  from bound cross join finding
  where finding.key > (?1 ->> '$.from') and finding.key <= bound.upto) update "purges" set finished_at = (?1 ->> '$.now')
  where "purges"."id" in (select id
  from shown
  where is_held or not exists (
  select 1
  from "objects"
  where "objects"."key" = shown.key))

-- purges.closeOrphans
with bound as materialized (select min((?1 ->> '$.to'), ifnull((
  select "objects"."key"
  from "objects"
  where "objects"."key" > (?1 ->> '$.from') and "objects"."key" <= (?1 ->> '$.to')
  order by "objects"."key" limit 1 offset (?1 ->> '$.rows')), (?1 ->> '$.to'))) as upto), finding as materialized (
  select found.id as id, found.namespace_id || '/' || found.item_id as key
  from "purges" as found
  where found.kind = 'object' and found.finished_at is null and found.rule = 'orphaned' and found.objects = 0), shown as materialized (select finding.id as id, finding.key as key, finding.key in (
  select entry.value ->> '$.key'
  from json_each(?1, '$.entries') as entry) as is_held
  from bound cross join finding
  where finding.key > (?1 ->> '$.from') and finding.key <= bound.upto) update "purges" set finished_at = (?1 ->> '$.now')
  where "purges"."id" in (select id
  from shown
  where not is_held)

-- purges.count
update "purges" set rows = "purges"."rows" + changes()
  where "purges"."deletion_id" = (?1 ->> '$.place')

-- purges.countOthers
with going as materialized (
  select "objects"."id" as id, "objects"."namespace_id" as namespace_id, "objects"."size" as size, "objects"."released_by" as released_by, "objects"."completed_at" as completed_at
  from json_each(?1, '$.ids') as doomed cross join "objects" on "objects"."id" = doomed.value
  where "objects"."state" = 'purging' and not exists (select 1
  from "assets"
  where "assets"."object_id" = "objects"."id") and not exists (
  select 1
  from "parts"
  where "parts"."object_id" = "objects"."id")), found as materialized (
  select namespace_id, iif(completed_at is null, 'idle', 'unreferenced') as rule, count(*) as count, sum(size) as bytes
  from going
  where released_by is null or not exists (
  select 1
  from "purges"
  where "purges"."deletion_id" = going.released_by) group by 1, 2) insert into "purges" ("id", "namespace_id", "kind", "rule", "rows", "objects", "bytes", "started_at", "finished_at")
  select printf('%012x', (?1 ->> '$.runAt')) || lower(hex(randomblob(6))), namespace_id, 'object', rule, count, count, bytes, (?1 ->> '$.runAt'), (?1 ->> '$.now')
  from found
  where true
  on conflict (namespace_id, rule, started_at)
  where kind = 'object' and item_id is null do update set rows = "purges"."rows" + excluded.rows, objects = "purges"."objects" + excluded.objects, bytes = "purges"."bytes" + excluded.bytes, finished_at = excluded.finished_at

-- purges.countReleased
with going as materialized (
  select "objects"."id" as id, "objects"."namespace_id" as namespace_id, "objects"."size" as size, "objects"."released_by" as released_by, "objects"."completed_at" as completed_at
  from json_each(?1, '$.ids') as doomed cross join "objects" on "objects"."id" = doomed.value
  where "objects"."state" = 'purging' and not exists (select 1
  from "assets"
  where "assets"."object_id" = "objects"."id") and not exists (
  select 1
  from "parts"
  where "parts"."object_id" = "objects"."id")) update "purges" set rows = "purges"."rows" + found.count, objects = "purges"."objects" + found.count, bytes = "purges"."bytes" + found.bytes
  from (select released_by, count(*) as count, sum(size) as bytes
  from going
  where released_by is not null group by released_by) as found
  where "purges"."deletion_id" = found.released_by

-- purges.finishOrphans
update "purges" set finished_at = (?1 ->> '$.now')
  where "purges"."id" in (select value
  from json_each(?1, '$.ids')) and "purges"."finished_at" is null

-- purges.list
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and true and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')
  when scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope), permit as materialized (select *
  from verdict
  where refusal is null)
  select scope.refusal as refusal, iif(scope.refusal is null, (select "namespace_stats"."purges"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), null) as count, true as is_counted, null as id, null as body
  from verdict as scope
  union all
  select null, null, null, id, body
  from (select "purges"."id" as id, json_object('id', "purges"."id", 'kind', "purges"."kind", 'itemId', "purges"."item_id", 'name', "purges"."name", 'projectId', "purges"."project_id", 'deletionId', "purges"."deletion_id", 'rule', "purges"."rule", 'requestedBy', (select home.slug
  from "users" join "namespaces" as home on home.id = "users"."home_id"
  where "users"."id" = "purges"."requested_by"), 'rows', "purges"."rows", 'objects', "purges"."objects", 'bytes', "purges"."bytes", 'startedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "purges"."started_at" / 1000.0, 'unixepoch'), 'finishedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "purges"."finished_at" / 1000.0, 'unixepoch')) as body
  from "purges"
  where "purges"."namespace_id" = (select namespace_id
  from permit) and "purges"."id" < (?1 ->> '$.before')
  order by "purges"."id" desc limit iif((?1 ->> '$.offset') > 0 and ((?1 ->> '$.offset') >= (select (select "namespace_stats"."purges"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id)
  from permit as scope) or (?1 ->> '$.offset') > 100000), 0, (?1 ->> '$.limit') + 1) offset (?1 ->> '$.offset'))

-- purges.open.datasets
insert into "purges" ("id", "namespace_id", "project_id", "deletion_id", "kind", "item_id", "name", "rule", "started_at")
  select printf('%012x', (?1 ->> '$.now')) || lower(hex(randomblob(6))), "deletions"."namespace_id", "deletions"."project_id", "deletions"."id", "deletions"."kind", "deletions"."item_id", "deletions"."name", 'retention', (?1 ->> '$.now')
  from "deletions"
  where "deletions"."id" in (select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 0 and ("deletions"."kind" <> 'dataset') = 0 and "deletions"."namespace_id" = turn.value and "deletions"."deleted_at" <= (?1 ->> '$.deletedBefore') and "deletions"."phase" is null
  order by "deletions"."deleted_at", "deletions"."id" limit (?1 ->> '$.most')))
  on conflict (deletion_id)
  where deletion_id is not null do nothing

-- purges.open.others
insert into "purges" ("id", "namespace_id", "project_id", "deletion_id", "kind", "item_id", "name", "rule", "started_at")
  select printf('%012x', (?1 ->> '$.now')) || lower(hex(randomblob(6))), "deletions"."namespace_id", "deletions"."project_id", "deletions"."id", "deletions"."kind", "deletions"."item_id", "deletions"."name", 'retention', (?1 ->> '$.now')
  from "deletions"
  where "deletions"."id" in (select "deletions"."id"
  from json_each(?1, '$.namespaces') as turn cross join "deletions" on "deletions"."id" in (
  select "deletions"."id"
  from "deletions"
  where "deletions"."purging" = 0 and ("deletions"."kind" <> 'dataset') = 1 and "deletions"."namespace_id" = turn.value and "deletions"."deleted_at" <= (?1 ->> '$.deletedBefore') and "deletions"."phase" is null
  order by "deletions"."deleted_at", "deletions"."id" limit (?1 ->> '$.most')))
  on conflict (deletion_id)
  where deletion_id is not null do nothing

-- purges.openNow.inNamespace
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and true and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), deletion as materialized (
  select "deletions".*
  from admitted as scope cross join "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId') and "deletions"."namespace_id" = scope.namespace_id and "deletions"."project_id" is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "purges"
  where "purges"."deletion_id" = (?1 ->> '$.deletionId') and "purges"."request" = (?1 ->> '$.repeatable'))) and not (scope.access < 3) then 'done'
  when not exists (select 1
  from deletion) then 'deletion_not_found'
  when scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when (select kind = 'namespace'
  from deletion) and scope.token_id is not null then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null) insert into "purges" ("id", "namespace_id", "project_id", "deletion_id", "kind", "item_id", "name", "rule", "requested_by", "request", "started_at")
  select printf('%012x', (?1 ->> '$.now')) || lower(hex(randomblob(6))), "deletions"."namespace_id", "deletions"."project_id", "deletions"."id", "deletions"."kind", "deletions"."item_id", "deletions"."name", 'requested', permit.user_id, (?1 ->> '$.repeatable'), (?1 ->> '$.now')
  from permit cross join "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')
  on conflict (deletion_id)
  where deletion_id is not null do nothing

-- purges.openNow.inProject
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), deletion as materialized (
  select "deletions".*
  from admitted as scope cross join "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId') and "deletions"."project_id" = scope.project_id), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "purges"
  where "purges"."deletion_id" = (?1 ->> '$.deletionId') and "purges"."request" = (?1 ->> '$.repeatable'))) and not (scope.access < 3) then 'done'
  when not scope.is_member then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when not exists (select 1
  from deletion) then 'deletion_not_found'
  when scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when (select phase = 'restoring'
  from deletion) then 'deletion_marking' end) is null) insert into "purges" ("id", "namespace_id", "project_id", "deletion_id", "kind", "item_id", "name", "rule", "requested_by", "request", "started_at")
  select printf('%012x', (?1 ->> '$.now')) || lower(hex(randomblob(6))), "deletions"."namespace_id", "deletions"."project_id", "deletions"."id", "deletions"."kind", "deletions"."item_id", "deletions"."name", 'requested', permit.user_id, (?1 ->> '$.repeatable'), (?1 ->> '$.now')
  from permit cross join "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId')
  on conflict (deletion_id)
  where deletion_id is not null do nothing

-- purges.releaseOrphans
update "purges" set objects = 0, bytes = 0
  where "purges"."id" in (select value
  from json_each(?1, '$.ids')) and "purges"."finished_at" is null

-- purges.reportMissing
with bound as materialized (select min((?1 ->> '$.to'), ifnull((
  select "objects"."key"
  from "objects"
  where "objects"."key" > (?1 ->> '$.from') and "objects"."key" <= (?1 ->> '$.to')
  order by "objects"."key" limit 1 offset (?1 ->> '$.rows')), (?1 ->> '$.to'))) as upto), missing as materialized (
  select "objects"."id" as id, "objects"."namespace_id" as namespace_id, "objects"."project_id" as project_id, "objects"."name" as name, "objects"."size" as size
  from bound cross join "objects"
  where "objects"."key" > (?1 ->> '$.from') and "objects"."key" <= bound.upto and "objects"."state" = 'complete' and "objects"."completed_at" < (?1 ->> '$.completeBefore') and "objects"."key" not in (select entry.value ->> '$.key'
  from json_each(?1, '$.entries') as entry)) insert into "purges" ("id", "namespace_id", "project_id", "kind", "item_id", "name", "rule", "objects", "bytes", "started_at")
  select printf('%012x', (?1 ->> '$.now')) || lower(hex(randomblob(6))), namespace_id, project_id, 'object', id, name, 'missing', 1, size, (?1 ->> '$.now')
  from missing
  where true
  on conflict (rule, item_id, namespace_id)
  where kind = 'object' and item_id is not null do update set started_at = excluded.started_at, finished_at = null
  where "purges"."finished_at" is not null

-- purges.reportOrphans
with bound as materialized (select min((?1 ->> '$.to'), ifnull((
  select "objects"."key"
  from "objects"
  where "objects"."key" > (?1 ->> '$.from') and "objects"."key" <= (?1 ->> '$.to')
  order by "objects"."key" limit 1 offset (?1 ->> '$.rows')), (?1 ->> '$.to'))) as upto), orphan as materialized (
  select substr(entry.value ->> '$.key', 1, 24) as namespace_id, substr(entry.value ->> '$.key', 26) as id, entry.value ->> '$.size' as size, entry.value ->> '$.uploadedAt' as uploaded_at
  from bound cross join json_each(?1, '$.entries') as entry
  where entry.value ->> '$.key' <= bound.upto and not exists (select 1
  from "objects"
  where "objects"."key" = entry.value ->> '$.key')) insert into "purges" ("id", "namespace_id", "kind", "item_id", "rule", "started_at")
  select printf('%012x', (?1 ->> '$.now')) || lower(hex(randomblob(6))), namespace_id, 'object', id, 'orphaned', (?1 ->> '$.now')
  from orphan
  where true
  on conflict (rule, item_id, namespace_id)
  where kind = 'object' and item_id is not null do update set started_at = excluded.started_at, finished_at = null, objects = 0
  where "purges"."finished_at" is not null

-- reconcile.claimed
select "purges"."id" as id, "purges"."namespace_id" || '/' || "purges"."item_id" as key
  from "purges"
  where "purges"."kind" = 'object' and "purges"."rule" = 'orphaned' and "purges"."finished_at" is null and "purges"."objects" = 1
  order by "purges"."id" limit (?1 ->> '$.rows')

-- reconcile.missing
with bound as materialized (select min((?1 ->> '$.to'), ifnull((
  select "objects"."key"
  from "objects"
  where "objects"."key" > (?1 ->> '$.from') and "objects"."key" <= (?1 ->> '$.to')
  order by "objects"."key" limit 1 offset (?1 ->> '$.rows')), (?1 ->> '$.to'))) as upto), missing as materialized (
  select "objects"."id" as id, "objects"."namespace_id" as namespace_id, "objects"."project_id" as project_id, "objects"."name" as name, "objects"."size" as size
  from bound cross join "objects"
  where "objects"."key" > (?1 ->> '$.from') and "objects"."key" <= bound.upto and "objects"."state" = 'complete' and "objects"."completed_at" < (?1 ->> '$.completeBefore') and "objects"."key" not in (select entry.value ->> '$.key'
  from json_each(?1, '$.entries') as entry))
  select count(*) as count
  from missing

-- reconcile.orphans
with bound as materialized (select min((?1 ->> '$.to'), ifnull((
  select "objects"."key"
  from "objects"
  where "objects"."key" > (?1 ->> '$.from') and "objects"."key" <= (?1 ->> '$.to')
  order by "objects"."key" limit 1 offset (?1 ->> '$.rows')), (?1 ->> '$.to'))) as upto), orphan as materialized (
  select substr(entry.value ->> '$.key', 1, 24) as namespace_id, substr(entry.value ->> '$.key', 26) as id, entry.value ->> '$.size' as size, entry.value ->> '$.uploadedAt' as uploaded_at
  from bound cross join json_each(?1, '$.entries') as entry
  where entry.value ->> '$.key' <= bound.upto and not exists (select 1
  from "objects"
  where "objects"."key" = entry.value ->> '$.key'))
  select count(*) as count
  from orphan

-- reconcile.upTo
with bound as materialized (select min((?1 ->> '$.to'), ifnull((
  select "objects"."key"
  from "objects"
  where "objects"."key" > (?1 ->> '$.from') and "objects"."key" <= (?1 ->> '$.to')
  order by "objects"."key" limit 1 offset (?1 ->> '$.rows')), (?1 ->> '$.to'))) as upto)
  select bound.upto as upto
  from bound

-- restorations.endDeletion
with undone as materialized (
  select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."project_id" as project_id
  from "restorations" cross join "deletions" on "deletions"."id" = "restorations"."id"
  where "restorations"."id" = (?1 ->> '$.deletionId') and "restorations"."request" = (?1 ->> '$.mark')) delete
  from "deletions"
  where "deletions"."id" = (select id
  from undone) and "deletions"."phase" is null

-- revocations.logOut
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, true as is_member, 3 as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when scope.access < 0 then 'forbidden' || ifnull(' ' || 'role 0 ' || iif(scope.is_member, scope.access, 0), '') end) is null) insert into "revocations" ("issuer", "jti", "revoked_at", "expires_at")
  select (?1 ->> '$.issuer'), (?1 ->> '$.jti'), (?1 ->> '$.askedAt'), (?1 ->> '$.tokenExpiresAt')
  from permit
  where (?1 ->> '$.jti') is not null

-- revocations.loggedOut
select iif("revocations"."revoked_at" = (?1 ->> '$.askedAt'), null, 'token_revoked') as refusal
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')

-- test.echo
select (?1 ->> '$.value') as value

-- test.kinds
select typeof((?1 ->> '$.value')) as type, (json_type(?1, '$.value') is not null) as given, (?1 ->> '$.value') || '' as text

-- trash.beginRestoring
with undone as materialized (
  select "deletions"."id" as id, "deletions"."kind" as kind, "deletions"."item_id" as item_id, "deletions"."project_id" as project_id
  from "restorations" cross join "deletions" on "deletions"."id" = "restorations"."id"
  where "restorations"."id" = (?1 ->> '$.deletionId') and "restorations"."request" = (?1 ->> '$.mark')), spot as materialized (
  select undone.kind as kind, undone.item_id as item_id, "nodes"."container_id" as container_id, "nodes"."path" as former, rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/') || '/' || ifnull((?1 ->> '$.newSegment'), substr("nodes"."path", length(rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/')) + 2)) as path, "nodes"."id" as node_id
  from undone cross join "nodes" on "nodes"."id" = undone.item_id
  where +undone.kind = 'folder'
  union all
  select undone.kind as kind, undone.item_id as item_id, "episodes"."project_id" as container_id, "nodes"."path" as former, rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/') || '/' || ifnull((?1 ->> '$.newSegment'), substr("nodes"."path", length(rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/')) + 2)) as path, "nodes"."id" as node_id
  from undone cross join "episodes" on "episodes"."id" = undone.item_id cross join "nodes" on "nodes"."id" = "episodes"."node_id"
  where +undone.kind = 'episode'
  union all
  select undone.kind, undone.item_id, "assets"."container_id", replace("assets"."name", '%', '%25'), ifnull((?1 ->> '$.newNodePath'), replace("assets"."name", '%', '%25')), "assets"."node_id"
  from undone cross join "assets" on "assets"."id" = undone.item_id
  where +undone.kind in ('video', 'audio', 'label-track', 'text-track', 'image')) update "deletions" set "path" = (select former
  from spot
  where kind = 'folder'), "new_path" = (select path
  from spot
  where kind = 'folder' and path <> former), "phase" = iif((select count(*)
  from (select 1
  from "nodes"
  where "nodes"."deletion_id" = (select id
  from undone) limit 5001)) > 5000 or (select count(*)
  from (select 1
  from "assets"
  where "assets"."deletion_id" = (select id
  from undone) limit 5001)) > 5000, 'restoring', null)
  where "deletions"."id" = (select id
  from undone) and "deletions"."phase" is null

-- trash.ofNamespace
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and true and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')
  when scope.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope), permit as materialized (select *
  from verdict
  where refusal is null)
  select scope.refusal as refusal, iif(scope.refusal is null, (select "namespace_stats"."trashed"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), null) as count, true as is_counted, null as id, null as body
  from verdict as scope
  union all
  select null, null, null, id, body
  from (
  select "deletions"."id" as id, json_object('deletionId', "deletions"."id", 'kind', "deletions"."kind", 'id', "deletions"."item_id", 'name', "deletions"."name", 'slug', case "deletions"."kind"
  when 'project' then (select "projects"."slug"
  from "projects"
  where "projects"."id" = "deletions"."item_id")
  when 'namespace' then (select "namespaces"."slug"
  from "namespaces"
  where "namespaces"."id" = "deletions"."item_id") end, 'episode', (select "episodes"."name"
  from "episodes"
  where "episodes"."id" = "deletions"."container_id"), 'deletedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "deletions"."deleted_at" / 1000.0, 'unixepoch'), 'deletedBy', (select home.slug
  from "users" join "namespaces" as home on home.id = "users"."home_id"
  where "users"."id" = "deletions"."deleted_by"), 'purgeAt', strftime('%Y-%m-%dT%H:%M:%fZ', ("deletions"."deleted_at" + (?1 ->> '$.retention')) / 1000.0, 'unixepoch'), 'purging', json(case "deletions"."purging"
  when 0 then 'false'
  when 1 then 'true' end), 'state', iif("deletions"."purging", 'purging', ifnull("deletions"."phase", 'trashed'))) as body
  from "deletions"
  where "deletions"."namespace_id" = (select namespace_id
  from permit) and "deletions"."project_id" is null and "deletions"."id" < (?1 ->> '$.before')
  order by "deletions"."id" desc limit iif((?1 ->> '$.offset') > 0 and ((?1 ->> '$.offset') >= (select (select "namespace_stats"."trashed"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id)
  from permit as scope) or (?1 ->> '$.offset') > 100000), 0, (?1 ->> '$.limit') + 1) offset (?1 ->> '$.offset'))

-- trash.ofProject
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')
  when not scope.is_member then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '')
  when scope.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope), permit as materialized (select *
  from verdict
  where refusal is null)
  select scope.refusal as refusal, iif(scope.refusal is null, (select "project_stats"."trashed"
  from "project_stats"
  where "project_stats"."project_id" = scope.project_id), null) as count, true as is_counted, null as id, null as body
  from verdict as scope
  union all
  select null, null, null, id, body
  from (
  select "deletions"."id" as id, json_object('deletionId', "deletions"."id", 'kind', "deletions"."kind", 'id', "deletions"."item_id", 'name', "deletions"."name", 'slug', case "deletions"."kind"
  when 'project' then (select "projects"."slug"
  from "projects"
  where "projects"."id" = "deletions"."item_id")
  when 'namespace' then (select "namespaces"."slug"
  from "namespaces"
  where "namespaces"."id" = "deletions"."item_id") end, 'episode', (select "episodes"."name"
  from "episodes"
  where "episodes"."id" = "deletions"."container_id"), 'deletedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "deletions"."deleted_at" / 1000.0, 'unixepoch'), 'deletedBy', (select home.slug
  from "users" join "namespaces" as home on home.id = "users"."home_id"
  where "users"."id" = "deletions"."deleted_by"), 'purgeAt', strftime('%Y-%m-%dT%H:%M:%fZ', ("deletions"."deleted_at" + (?1 ->> '$.retention')) / 1000.0, 'unixepoch'), 'purging', json(case "deletions"."purging"
  when 0 then 'false'
  when 1 then 'true' end), 'state', iif("deletions"."purging", 'purging', ifnull("deletions"."phase", 'trashed'))) as body
  from "deletions"
  where "deletions"."project_id" = (select project_id
  from permit) and "deletions"."id" < (?1 ->> '$.before')
  order by "deletions"."id" desc limit iif((?1 ->> '$.offset') > 0 and ((?1 ->> '$.offset') >= (select (select "project_stats"."trashed"
  from "project_stats"
  where "project_stats"."project_id" = scope.project_id)
  from permit as scope) or (?1 ->> '$.offset') > 100000), 0, (?1 ->> '$.limit') + 1) offset (?1 ->> '$.offset'))

-- trash.placeRestored
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."id" = ifnull((select "namespaces"."id"
  from "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.namespace')), (select "restorations"."item_id"
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId') and "restorations"."request" = (?1 ->> '$.mark') and "restorations"."kind" = 'namespace')) and true and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), deletion as materialized (
  select "deletions".*
  from admitted as scope cross join "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId') and "deletions"."namespace_id" = scope.namespace_id and "deletions"."project_id" is null), obstacle as materialized (select iif(scope.is_trashed and deletion.kind = 'project', 'namespace ' || scope.namespace_slug, null) as container, case deletion.kind
  when 'project' then (select "projects"."slug"
  from "projects"
  where "projects"."namespace_id" = scope.namespace_id and "projects"."slug" = ifnull((?1 ->> '$.slug'), (select own.slug
  from "projects" as own
  where own.id = (select item_id
  from deletion))) and "projects"."deleted_at" is null)
  when 'namespace' then iif((?1 ->> '$.slug') <> scope.namespace_slug and ( exists (select 1
  from "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.slug')) or ifnull( (select "former_slugs"."namespace_id" is not scope.namespace_id
  from "former_slugs"
  where "former_slugs"."slug" = (?1 ->> '$.slug') and "former_slugs"."reserved_until" > (?1 ->> '$.now')), exists (select 1
  from "users"
  where "users"."username" = (?1 ->> '$.slug') and "users"."id" is not scope.user_id and "users"."home_id" is not scope.namespace_id))), (?1 ->> '$.slug'), null) end as namesake
  from admitted as scope cross join deletion), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId') and "restorations"."request" = (?1 ->> '$.mark'))) and not (scope.access < 2) then 'done'
  when not exists (select 1
  from deletion) then 'deletion_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select kind = 'namespace'
  from deletion) and scope.token_id is not null then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when (select kind = 'namespace'
  from deletion) and scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when (select purging
  from deletion) then 'deletion_purging'
  when exists (select 1
  from obstacle
  where container is not null or namesake is not null) then 'restore_conflict' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, 1 as version, 0 as created, (select iif((scope.scopes & 1 = 0), json_object('id', made.body ->> '$.id', 'name', made.body ->> '$.name'), made.body)
  from (select case "restorations"."kind"
  when 'project' then (select json_object('id', "projects"."id", 'name', "projects"."name", 'slug', "projects"."slug", 'description', "projects"."description", 'tags', json("projects"."tags"), 'metadata', json("projects"."metadata"), 'visibility', "projects"."visibility", 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "projects"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "projects"."updated_at" / 1000.0, 'unixepoch'))
  from "projects"
  where "projects"."id" = "restorations"."item_id" and "projects"."deleted_at" is null)
  when 'namespace' then (select json_object('id', "namespaces"."id", 'slug', "namespaces"."slug", 'metadata', json("namespaces"."metadata"))
  from "namespaces"
  where "namespaces"."id" = "restorations"."item_id" and "namespaces"."deleted_at" is null) end as body) as made
  where made.body is not null) as body, obstacle.container as container, obstacle.namesake as namesake, deletion.kind as kind, iif(scope.refusal is null, deletion.phase is not null, null) as is_under_way
  from verdict as scope
  left join deletion
  left join obstacle
  left join "restorations" on "restorations"."id" = iif(scope.refusal is null, (?1 ->> '$.deletionId'), null) and "restorations"."request" = (?1 ->> '$.mark')

-- trash.restore
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), deletion as materialized (
  select "deletions".*
  from admitted as scope cross join "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId') and "deletions"."project_id" = scope.project_id), spot as materialized (
  select deletion.kind as kind, deletion.item_id as item_id, "nodes"."container_id" as container_id, "nodes"."path" as former, rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/') || '/' || ifnull((?1 ->> '$.newSegment'), substr("nodes"."path", length(rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/')) + 2)) as path, "nodes"."id" as node_id
  from deletion cross join "nodes" on "nodes"."id" = deletion.item_id
  where +deletion.kind = 'folder'
  union all
  select deletion.kind as kind, deletion.item_id as item_id, "episodes"."project_id" as container_id, "nodes"."path" as former, rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/') || '/' || ifnull((?1 ->> '$.newSegment'), substr("nodes"."path", length(rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/')) + 2)) as path, "nodes"."id" as node_id
  from deletion cross join "episodes" on "episodes"."id" = deletion.item_id cross join "nodes" on "nodes"."id" = "episodes"."node_id"
  where +deletion.kind = 'episode'
  union all
  select deletion.kind, deletion.item_id, "assets"."container_id", replace("assets"."name", '%', '%25'), ifnull((?1 ->> '$.newNodePath'), replace("assets"."name", '%', '%25')), "assets"."node_id"
  from deletion cross join "assets" on "assets"."id" = deletion.item_id
  where +deletion.kind in ('video', 'audio', 'label-track', 'text-track', 'image')), obstacle as materialized (select (select around.kind || ' ' || json_quote(around.name)
  from "episodes" join "deletions" as around on around.id = "episodes"."deletion_id"
  where "episodes"."id" = deletion.container_id) as container, case
  when deletion.kind = 'dataset' then (select "datasets"."name"
  from "datasets"
  where "datasets"."project_id" = scope.project_id and "datasets"."deleted_at" is null and "datasets"."name" = ifnull((?1 ->> '$.newName'), (select own.name
  from "datasets" as own
  where own.id = deletion.item_id)))
  when deletion.kind = 'collection' then (select "collections"."name"
  from "collections"
  where "collections"."project_id" = scope.project_id and "collections"."deleted_at" is null and "collections"."name" = ifnull((?1 ->> '$.newName'), (select own.name
  from "collections" as own
  where own.id = deletion.item_id)))
  when deletion.kind = 'episode' then (select "episodes"."name"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.newName') and "episodes"."id" <> deletion.item_id)
  when deletion.kind = 'folder' then (select "nodes"."path"
  from spot cross join "nodes" on "nodes"."container_id" = spot.container_id and "nodes"."path" = spot.path and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) else (select "assets"."name"
  from "assets" as own join "assets" on "assets"."container_id" = own.container_id and "assets"."kind" = own.kind and "assets"."name" = ifnull((?1 ->> '$.newPath'), own.name) and "assets"."name" is not null and "assets"."deleted_at" is null
  where own.id = deletion.item_id) end as namesake
  from admitted as scope cross join deletion), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId') and "restorations"."request" = (?1 ->> '$.mark'))) and not (scope.access < 2) then 'done'
  when not scope.is_member then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when not exists (select 1
  from deletion) then 'deletion_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when ((?1 ->> '$.isRenamed') and (select case
  when kind in ('video', 'audio', 'label-track', 'text-track', 'image') then (?1 ->> '$.newPath') is null
  when kind = 'folder' then (?1 ->> '$.newName') is null or instr((?1 ->> '$.newName'), '/') > 0 or exists (select 1
  from spot
  where (length(cast((?1 ->> '$.newName') as blob)) - length(cast(replace(replace(substr(spot.former, length(rtrim(rtrim(spot.former, replace(spot.former, '/', '')), '/')) + 2), '%2F', '/'), '%25', '%') as blob))) > 0 and iif(deletion.longest_path is not null, deletion.longest_path + (length(cast((?1 ->> '$.newName') as blob)) - length(cast(replace(replace(substr(spot.former, length(rtrim(rtrim(spot.former, replace(spot.former, '/', '')), '/')) + 2), '%2F', '/'), '%25', '%') as blob))) > 1024, (
  select count(*) > 5000 or max(container_id = spot.container_id and kind <> 'episode' and length(cast(replace(replace(path, '%2F', '/'), '%25', '%') as blob)) + (length(cast((?1 ->> '$.newName') as blob)) - length(cast(replace(replace(substr(spot.former, length(rtrim(rtrim(spot.former, replace(spot.former, '/', '')), '/')) + 2), '%2F', '/'), '%25', '%') as blob))) > 1024)
  from (select "nodes"."container_id" as container_id, "nodes"."kind" as kind, "nodes"."path" as path
  from "nodes"
  where "nodes"."deletion_id" = deletion.id limit 5001)))) else (?1 ->> '$.newName') is null end
  from deletion)) then 'restore_name_invalid'
  when (select "episodes"."write_protected"
  from deletion join "episodes" on "episodes"."id" = deletion.container_id) then 'episode_write_protected'
  when (select purging
  from deletion) then 'deletion_purging'
  when (select phase is not null
  from deletion) then 'deletion_marking'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = (select container_id
  from spot) and substr((select path
  from spot) || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when exists (select 1
  from obstacle
  where container is not null or namesake is not null) then 'restore_conflict' end) is null) insert into "restorations" ("id", "namespace_id", "project_id", "kind", "item_id", "request", "restored_at")
  select deletion.id, deletion.namespace_id, deletion.project_id, deletion.kind, deletion.item_id, (?1 ->> '$.mark'), (?1 ->> '$.now')
  from permit cross join deletion
  where true

-- trash.restoreBelow.assets
with area as materialized (
  select busy.id as id, busy.deleted_at as deleted_at, ifnull(busy.container_id, busy.project_id) as container_id, busy.path as path, busy.new_path as new_path
  from "deletions" as busy
  where busy.id = (select "restorations"."id"
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId')) and busy.phase is null) update "assets" set "deleted_at" = null, "deletion_id" = null, "name" = iif((select new_path is not null and container_id = "assets"."container_id"
  from area), (select replace(replace(area.new_path, '%2F', '/'), '%25', '%') || substr("assets"."name", length(replace(replace(area.path, '%2F', '/'), '%25', '%')) + 1)
  from area), "assets"."name"), "updated_at" = iif((select new_path is not null and container_id = "assets"."container_id"
  from area), (select "restorations"."restored_at"
  from "restorations"
  where "restorations"."id" = (select id
  from area)), "assets"."updated_at"), "updated_request" = iif((select new_path is not null and container_id = "assets"."container_id"
  from area), (select "restorations"."request"
  from "restorations"
  where "restorations"."id" = (select id
  from area)), "assets"."updated_request"), "renamed_request" = iif((select new_path is not null and container_id = "assets"."container_id"
  from area), null, "assets"."renamed_request"), "version" = "assets"."version" + 1
  where "assets"."id" in (select "nodes"."item_id"
  from "nodes"
  where "nodes"."deletion_id" = (select id
  from area) limit (?1 ->> '$.rows')) and +"assets"."deletion_id" = (select id
  from area)

-- trash.restoreBelow.assetsWithoutNode
with area as materialized (
  select busy.id as id, busy.deleted_at as deleted_at, ifnull(busy.container_id, busy.project_id) as container_id, busy.path as path, busy.new_path as new_path
  from "deletions" as busy
  where busy.id = (select "restorations"."id"
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId')) and busy.phase is null) update "assets" set "deleted_at" = null, "deletion_id" = null, "name" = iif((select new_path is not null and container_id = "assets"."container_id"
  from area), (select replace(replace(area.new_path, '%2F', '/'), '%25', '%') || substr("assets"."name", length(replace(replace(area.path, '%2F', '/'), '%25', '%')) + 1)
  from area), "assets"."name"), "updated_at" = iif((select new_path is not null and container_id = "assets"."container_id"
  from area), (select "restorations"."restored_at"
  from "restorations"
  where "restorations"."id" = (select id
  from area)), "assets"."updated_at"), "updated_request" = iif((select new_path is not null and container_id = "assets"."container_id"
  from area), (select "restorations"."request"
  from "restorations"
  where "restorations"."id" = (select id
  from area)), "assets"."updated_request"), "renamed_request" = iif((select new_path is not null and container_id = "assets"."container_id"
  from area), null, "assets"."renamed_request"), "version" = "assets"."version" + 1
  where "assets"."id" in (select "assets"."id"
  from "assets"
  where "assets"."deletion_id" = (select id
  from area
  where not exists (select 1
  from "nodes"
  where "nodes"."deletion_id" = (select id
  from area))) limit (?1 ->> '$.rows')) and +"assets"."deletion_id" = (select id
  from area)

-- trash.restoreBelow.episodes
with area as materialized (
  select busy.id as id, busy.deleted_at as deleted_at, ifnull(busy.container_id, busy.project_id) as container_id, busy.path as path, busy.new_path as new_path
  from "deletions" as busy
  where busy.id = (select "restorations"."id"
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId')) and busy.phase is null) update "episodes" set "deleted_at" = null, "deletion_id" = null, "node_path" = iif((select new_path is not null and container_id = "episodes"."project_id"
  from area), (select area.new_path || substr("episodes"."node_path", length(area.path) + 1)
  from area), "episodes"."node_path"), "updated_at" = iif((select new_path is not null and container_id = "episodes"."project_id"
  from area), (select "restorations"."restored_at"
  from "restorations"
  where "restorations"."id" = (select id
  from area)), "episodes"."updated_at"), "updated_request" = iif((select new_path is not null and container_id = "episodes"."project_id"
  from area), (select "restorations"."request"
  from "restorations"
  where "restorations"."id" = (select id
  from area)), "episodes"."updated_request"), "renamed_request" = iif((select new_path is not null and container_id = "episodes"."project_id"
  from area), null, "episodes"."renamed_request"), "version" = "episodes"."version" + 1
  where "episodes"."id" in (select "nodes"."item_id"
  from "nodes"
  where "nodes"."deletion_id" = (select id
  from area) limit (?1 ->> '$.rows')) and +"episodes"."deletion_id" = (select id
  from area)

-- trash.restoreBelow.nodes
with area as materialized (
  select busy.id as id, busy.deleted_at as deleted_at, ifnull(busy.container_id, busy.project_id) as container_id, busy.path as path, busy.new_path as new_path
  from "deletions" as busy
  where busy.id = (select "restorations"."id"
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId')) and busy.phase is null) update "nodes" set "deleted_at" = null, "deletion_id" = null, "path" = iif((select new_path is not null and container_id = "nodes"."container_id"
  from area), (select area.new_path || substr("nodes"."path", length(area.path) + 1)
  from area), "nodes"."path"), "version" = "nodes"."version" + 1
  where "nodes"."id" in (select "nodes"."id"
  from "nodes"
  where "nodes"."deletion_id" = (select id
  from area) limit (?1 ->> '$.rows')) and +"nodes"."deletion_id" = (select id
  from area)

-- trash.restorePlace
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "namespaces"."deleted_at" is not null as is_trashed, "members"."role" is not null as is_member, ifnull("members"."role", 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."id" = ifnull((select "namespaces"."id"
  from "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.namespace')), (select "restorations"."item_id"
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId') and "restorations"."request" = (?1 ->> '$.mark') and "restorations"."kind" = 'namespace')) and true and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), deletion as materialized (
  select "deletions".*
  from admitted as scope cross join "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId') and "deletions"."namespace_id" = scope.namespace_id and "deletions"."project_id" is null), obstacle as materialized (select iif(scope.is_trashed and deletion.kind = 'project', 'namespace ' || scope.namespace_slug, null) as container, case deletion.kind
  when 'project' then (select "projects"."slug"
  from "projects"
  where "projects"."namespace_id" = scope.namespace_id and "projects"."slug" = ifnull((?1 ->> '$.slug'), (select own.slug
  from "projects" as own
  where own.id = (select item_id
  from deletion))) and "projects"."deleted_at" is null)
  when 'namespace' then iif((?1 ->> '$.slug') <> scope.namespace_slug and ( exists (select 1
  from "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.slug')) or ifnull( (select "former_slugs"."namespace_id" is not scope.namespace_id
  from "former_slugs"
  where "former_slugs"."slug" = (?1 ->> '$.slug') and "former_slugs"."reserved_until" > (?1 ->> '$.now')), exists (select 1
  from "users"
  where "users"."username" = (?1 ->> '$.slug') and "users"."id" is not scope.user_id and "users"."home_id" is not scope.namespace_id))), (?1 ->> '$.slug'), null) end as namesake
  from admitted as scope cross join deletion), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 or scope.token_project_id is not null then 'namespace_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'outside', iif(scope.token_namespace_id is not null, 'bound', null)), '')
  when scope.is_trashed and scope.access < 3 then 'namespace_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId') and "restorations"."request" = (?1 ->> '$.mark'))) and not (scope.access < 2) then 'done'
  when not exists (select 1
  from deletion) then 'deletion_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select kind = 'namespace'
  from deletion) and scope.token_id is not null then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when (select kind = 'namespace'
  from deletion) and scope.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(scope.is_member, scope.access, 0), '')
  when (select purging
  from deletion) then 'deletion_purging'
  when exists (select 1
  from obstacle
  where container is not null or namesake is not null) then 'restore_conflict' end) is null) insert into "restorations" ("id", "namespace_id", "project_id", "kind", "item_id", "request", "restored_at")
  select deletion.id, deletion.namespace_id, deletion.project_id, deletion.kind, deletion.item_id, (?1 ->> '$.mark'), (?1 ->> '$.now')
  from permit cross join deletion
  where true

-- trash.restored
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), deletion as materialized (
  select "deletions".*
  from admitted as scope cross join "deletions"
  where "deletions"."id" = (?1 ->> '$.deletionId') and "deletions"."project_id" = scope.project_id), spot as materialized (
  select deletion.kind as kind, deletion.item_id as item_id, "nodes"."container_id" as container_id, "nodes"."path" as former, rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/') || '/' || ifnull((?1 ->> '$.newSegment'), substr("nodes"."path", length(rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/')) + 2)) as path, "nodes"."id" as node_id
  from deletion cross join "nodes" on "nodes"."id" = deletion.item_id
  where +deletion.kind = 'folder'
  union all
  select deletion.kind as kind, deletion.item_id as item_id, "episodes"."project_id" as container_id, "nodes"."path" as former, rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/') || '/' || ifnull((?1 ->> '$.newSegment'), substr("nodes"."path", length(rtrim(rtrim("nodes"."path", replace("nodes"."path", '/', '')), '/')) + 2)) as path, "nodes"."id" as node_id
  from deletion cross join "episodes" on "episodes"."id" = deletion.item_id cross join "nodes" on "nodes"."id" = "episodes"."node_id"
  where +deletion.kind = 'episode'
  union all
  select deletion.kind, deletion.item_id, "assets"."container_id", replace("assets"."name", '%', '%25'), ifnull((?1 ->> '$.newNodePath'), replace("assets"."name", '%', '%25')), "assets"."node_id"
  from deletion cross join "assets" on "assets"."id" = deletion.item_id
  where +deletion.kind in ('video', 'audio', 'label-track', 'text-track', 'image')), obstacle as materialized (select (select around.kind || ' ' || json_quote(around.name)
  from "episodes" join "deletions" as around on around.id = "episodes"."deletion_id"
  where "episodes"."id" = deletion.container_id) as container, case
  when deletion.kind = 'dataset' then (select "datasets"."name"
  from "datasets"
  where "datasets"."project_id" = scope.project_id and "datasets"."deleted_at" is null and "datasets"."name" = ifnull((?1 ->> '$.newName'), (select own.name
  from "datasets" as own
  where own.id = deletion.item_id)))
  when deletion.kind = 'collection' then (select "collections"."name"
  from "collections"
  where "collections"."project_id" = scope.project_id and "collections"."deleted_at" is null and "collections"."name" = ifnull((?1 ->> '$.newName'), (select own.name
  from "collections" as own
  where own.id = deletion.item_id)))
  when deletion.kind = 'episode' then (select "episodes"."name"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.newName') and "episodes"."id" <> deletion.item_id)
  when deletion.kind = 'folder' then (select "nodes"."path"
  from spot cross join "nodes" on "nodes"."container_id" = spot.container_id and "nodes"."path" = spot.path and "nodes"."kind" = 'folder' and "nodes"."deleted_at" is null) else (select "assets"."name"
  from "assets" as own join "assets" on "assets"."container_id" = own.container_id and "assets"."kind" = own.kind and "assets"."name" = ifnull((?1 ->> '$.newPath'), own.name) and "assets"."name" is not null and "assets"."deleted_at" is null
  where own.id = deletion.item_id) end as namesake
  from admitted as scope cross join deletion), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when (exists (select 1
  from "restorations"
  where "restorations"."id" = (?1 ->> '$.deletionId') and "restorations"."request" = (?1 ->> '$.mark'))) and not (scope.access < 2) then 'done'
  when not scope.is_member then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when not exists (select 1
  from deletion) then 'deletion_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when ((?1 ->> '$.isRenamed') and (select case
  when kind in ('video', 'audio', 'label-track', 'text-track', 'image') then (?1 ->> '$.newPath') is null
  when kind = 'folder' then (?1 ->> '$.newName') is null or instr((?1 ->> '$.newName'), '/') > 0 or exists (select 1
  from spot
  where (length(cast((?1 ->> '$.newName') as blob)) - length(cast(replace(replace(substr(spot.former, length(rtrim(rtrim(spot.former, replace(spot.former, '/', '')), '/')) + 2), '%2F', '/'), '%25', '%') as blob))) > 0 and iif(deletion.longest_path is not null, deletion.longest_path + (length(cast((?1 ->> '$.newName') as blob)) - length(cast(replace(replace(substr(spot.former, length(rtrim(rtrim(spot.former, replace(spot.former, '/', '')), '/')) + 2), '%2F', '/'), '%25', '%') as blob))) > 1024, (
  select count(*) > 5000 or max(container_id = spot.container_id and kind <> 'episode' and length(cast(replace(replace(path, '%2F', '/'), '%25', '%') as blob)) + (length(cast((?1 ->> '$.newName') as blob)) - length(cast(replace(replace(substr(spot.former, length(rtrim(rtrim(spot.former, replace(spot.former, '/', '')), '/')) + 2), '%2F', '/'), '%25', '%') as blob))) > 1024)
  from (select "nodes"."container_id" as container_id, "nodes"."kind" as kind, "nodes"."path" as path
  from "nodes"
  where "nodes"."deletion_id" = deletion.id limit 5001)))) else (?1 ->> '$.newName') is null end
  from deletion)) then 'restore_name_invalid'
  when (select "episodes"."write_protected"
  from deletion join "episodes" on "episodes"."id" = deletion.container_id) then 'episode_write_protected'
  when (select purging
  from deletion) then 'deletion_purging'
  when (select phase is not null
  from deletion) then 'deletion_marking'
  when exists (select 1
  from "deletions" as busy
  where busy.namespace_id = scope.namespace_id and busy.project_id = scope.project_id and busy.phase is not null and iif(busy.kind = 'episode', busy.item_id, ifnull(busy.container_id, busy.project_id)) = (select container_id
  from spot) and substr((select path
  from spot) || '/', 1, length(iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path))) + 1) = iif(busy.kind = 'episode', '', ifnull(busy.new_path, busy.path)) || '/') then 'deletion_marking'
  when exists (select 1
  from obstacle
  where container is not null or namesake is not null) then 'restore_conflict' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, 1 as version, 0 as created, (select iif((scope.scopes & 1 = 0), json_object('id', made.body ->> '$.id', 'name', made.body ->> '$.name'), made.body)
  from (select case "restorations"."kind"
  when 'dataset' then (select json_object('id', "datasets"."id", 'name', "datasets"."name", 'description', "datasets"."description", 'tags', json("datasets"."tags"), 'projectId', "datasets"."project_id", 'metadata', json("datasets"."metadata"), 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "datasets"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "datasets"."updated_at" / 1000.0, 'unixepoch'))
  from "datasets"
  where "datasets"."id" = "restorations"."item_id" and "datasets"."deleted_at" is null)
  when 'collection' then (select json_object('id', "collections"."id", 'name', "collections"."name", 'description', "collections"."description", 'tags', json("collections"."tags"), 'metadata', json("collections"."metadata"), 'projectId', "collections"."project_id", 'datasetId', "collections"."dataset_id", 'members', (select json_group_array(member_id)
  from (
  select "collection_members"."member_id" as member_id
  from "collection_members"
  where "collection_members"."collection_id" = "collections"."id"
  order by "collection_members"."position" limit 1000)), 'membersTotal', "collections"."member_count", 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "collections"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "collections"."updated_at" / 1000.0, 'unixepoch'))
  from "collections"
  where "collections"."id" = "restorations"."item_id" and "collections"."deleted_at" is null)
  when 'episode' then (select json_object('id', "episodes"."id", 'name', "episodes"."name", 'description', "episodes"."description", 'tags', json("episodes"."tags"), 'projectId', "episodes"."project_id", 'folderId', "episodes"."folder_id", 'nodePath', "episodes"."node_path", 'status', "episodes"."status", 'writeProtected', json(case "episodes"."write_protected"
  when 0 then 'false'
  when 1 then 'true' end), 'metadata', json("episodes"."metadata"), 'startedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "episodes"."started_at" / 1000.0, 'unixepoch'), 'endedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "episodes"."ended_at" / 1000.0, 'unixepoch'), 'durationMs', "episodes"."duration_ms", 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "episodes"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "episodes"."updated_at" / 1000.0, 'unixepoch'))
  from "episodes"
  where "episodes"."id" = "restorations"."item_id" and "episodes"."deleted_at" is null)
  when 'folder' then (select json_object('id', "nodes"."id", 'name', "nodes"."name", 'kind', "nodes"."kind", 'leaf', json(case "nodes"."kind" not in ('folder', 'episode')
  when 0 then 'false'
  when 1 then 'true' end), 'path', ifnull((select place.path
  from "episodes" as around join "nodes" as place on place.id = around.node_id
  where around.id = "nodes"."container_id"), '') || "nodes"."path", 'parentId', "nodes"."parent_id", 'assetId', iif("nodes"."kind" not in ('folder', 'episode'), "nodes"."item_id", null), 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "nodes"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "nodes"."updated_at" / 1000.0, 'unixepoch'))
  from "nodes"
  where "nodes"."id" = "restorations"."item_id" and "nodes"."deleted_at" is null)
  when 'video' then (select json_object('id', "assets"."id", 'projectId', "assets"."project_id", 'episodeId', nullif("assets"."container_id", "assets"."project_id"), 'nodeId', "assets"."node_id", 'name', "assets"."name", 'bssVideoId', "assets"."storage_id", 'object', json((select json_object('id', "objects"."id", 'size', "objects"."size", 'contentType', iif(ifnull(lower(trim(iif(instr("objects"."content_type", ';') > 0, substr("objects"."content_type", 1, instr("objects"."content_type", ';') - 1), "objects"."content_type"))), 'application/octet-stream') <> 'application/octet-stream', "objects"."content_type", coalesce(case lower("assets"."format")
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, case iif(instr("assets"."name", '.') > 0, lower(substr("assets"."name", length(rtrim("assets"."name", replace("assets"."name", '.', ''))) + 1)), null)
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, "objects"."content_type")), 'sha256', "objects"."sha256")
  from "objects"
  where "objects"."id" = "assets"."object_id" and "objects"."state" = 'complete')), 'fps', "assets"."fps", 'lens', "assets"."lens", 'tags', json("assets"."tags"), 'metadata', json("assets"."metadata"), 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "assets"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "assets"."updated_at" / 1000.0, 'unixepoch'))
  from "assets"
  where "assets"."id" = "restorations"."item_id" and "assets"."deleted_at" is null)
  when 'audio' then (select json_object('id', "assets"."id", 'projectId', "assets"."project_id", 'episodeId', nullif("assets"."container_id", "assets"."project_id"), 'nodeId', "assets"."node_id", 'name', "assets"."name", 'bssAudioId', "assets"."storage_id", 'object', json((select json_object('id', "objects"."id", 'size', "objects"."size", 'contentType', iif(ifnull(lower(trim(iif(instr("objects"."content_type", ';') > 0, substr("objects"."content_type", 1, instr("objects"."content_type", ';') - 1), "objects"."content_type"))), 'application/octet-stream') <> 'application/octet-stream', "objects"."content_type", coalesce(case lower("assets"."format")
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, case iif(instr("assets"."name", '.') > 0, lower(substr("assets"."name", length(rtrim("assets"."name", replace("assets"."name", '.', ''))) + 1)), null)
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, "objects"."content_type")), 'sha256', "objects"."sha256")
  from "objects"
  where "objects"."id" = "assets"."object_id" and "objects"."state" = 'complete')), 'sampleRate', "assets"."sample_rate", 'channels', "assets"."channels", 'tags', json("assets"."tags"), 'metadata', json("assets"."metadata"), 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "assets"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "assets"."updated_at" / 1000.0, 'unixepoch'))
  from "assets"
  where "assets"."id" = "restorations"."item_id" and "assets"."deleted_at" is null)
  when 'label-track' then (select json_object('id', "assets"."id", 'projectId', "assets"."project_id", 'episodeId', nullif("assets"."container_id", "assets"."project_id"), 'nodeId', "assets"."node_id", 'name', "assets"."name", 'bssLabelId', "assets"."storage_id", 'object', json((select json_object('id', "objects"."id", 'size', "objects"."size", 'contentType', iif(ifnull(lower(trim(iif(instr("objects"."content_type", ';') > 0, substr("objects"."content_type", 1, instr("objects"."content_type", ';') - 1), "objects"."content_type"))), 'application/octet-stream') <> 'application/octet-stream', "objects"."content_type", coalesce(case lower("assets"."format")
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, case iif(instr("assets"."name", '.') > 0, lower(substr("assets"."name", length(rtrim("assets"."name", replace("assets"."name", '.', ''))) + 1)), null)
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, "objects"."content_type")), 'sha256', "objects"."sha256")
  from "objects"
  where "objects"."id" = "assets"."object_id" and "objects"."state" = 'complete')), 'tags', json("assets"."tags"), 'metadata', json("assets"."metadata"), 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "assets"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "assets"."updated_at" / 1000.0, 'unixepoch'))
  from "assets"
  where "assets"."id" = "restorations"."item_id" and "assets"."deleted_at" is null)
  when 'text-track' then (select json_object('id', "assets"."id", 'projectId', "assets"."project_id", 'episodeId', nullif("assets"."container_id", "assets"."project_id"), 'nodeId', "assets"."node_id", 'name', "assets"."name", 'bssTextTrackId', "assets"."storage_id", 'object', json((select json_object('id', "objects"."id", 'size', "objects"."size", 'contentType', iif(ifnull(lower(trim(iif(instr("objects"."content_type", ';') > 0, substr("objects"."content_type", 1, instr("objects"."content_type", ';') - 1), "objects"."content_type"))), 'application/octet-stream') <> 'application/octet-stream', "objects"."content_type", coalesce(case lower("assets"."format")
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, case iif(instr("assets"."name", '.') > 0, lower(substr("assets"."name", length(rtrim("assets"."name", replace("assets"."name", '.', ''))) + 1)), null)
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, "objects"."content_type")), 'sha256', "objects"."sha256")
  from "objects"
  where "objects"."id" = "assets"."object_id" and "objects"."state" = 'complete')), 'format', "assets"."format", 'language', "assets"."language", 'tags', json("assets"."tags"), 'metadata', json("assets"."metadata"), 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "assets"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "assets"."updated_at" / 1000.0, 'unixepoch'))
  from "assets"
  where "assets"."id" = "restorations"."item_id" and "assets"."deleted_at" is null)
  when 'image' then (select json_object('id', "assets"."id", 'projectId', "assets"."project_id", 'episodeId', nullif("assets"."container_id", "assets"."project_id"), 'nodeId', "assets"."node_id", 'name', "assets"."name", 'bssImageId', "assets"."storage_id", 'object', json((select json_object('id', "objects"."id", 'size', "objects"."size", 'contentType', iif(ifnull(lower(trim(iif(instr("objects"."content_type", ';') > 0, substr("objects"."content_type", 1, instr("objects"."content_type", ';') - 1), "objects"."content_type"))), 'application/octet-stream') <> 'application/octet-stream', "objects"."content_type", coalesce(case lower("assets"."format")
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, case iif(instr("assets"."name", '.') > 0, lower(substr("assets"."name", length(rtrim("assets"."name", replace("assets"."name", '.', ''))) + 1)), null)
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, "objects"."content_type")), 'sha256', "objects"."sha256")
  from "objects"
  where "objects"."id" = "assets"."object_id" and "objects"."state" = 'complete')), 'tags', json("assets"."tags"), 'metadata', json("assets"."metadata"), 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "assets"."created_at" / 1000.0, 'unixepoch'), 'updatedAt', strftime('%Y-%m-%dT%H:%M:%fZ', "assets"."updated_at" / 1000.0, 'unixepoch'))
  from "assets"
  where "assets"."id" = "restorations"."item_id" and "assets"."deleted_at" is null) end as body) as made
  where made.body is not null) as body, obstacle.container as container, obstacle.namesake as namesake, deletion.kind as kind, iif(scope.refusal is null, deletion.phase is not null, null) as is_under_way
  from verdict as scope
  left join deletion
  left join obstacle
  left join "restorations" on "restorations"."id" = iif(scope.refusal is null, (?1 ->> '$.deletionId'), null) and "restorations"."request" = (?1 ->> '$.mark')

-- turns.items
with recursive walk0(id) as (
  select (select min("deletions"."namespace_id")
  from "deletions"
  where "deletions"."purging" = 0 and ("deletions"."kind" <> 'dataset') = 0 and "deletions"."namespace_id" > (?1 ->> '$.after'))
  union all
  select (select min("deletions"."namespace_id")
  from "deletions"
  where "deletions"."purging" = 0 and ("deletions"."kind" <> 'dataset') = 0 and "deletions"."namespace_id" > walk0.id)
  from walk0
  where walk0.id is not null limit 500), walk1(id) as (
  select (select min("deletions"."namespace_id")
  from "deletions"
  where "deletions"."purging" = 0 and ("deletions"."kind" <> 'dataset') = 1 and "deletions"."namespace_id" > (?1 ->> '$.after'))
  union all
  select (select min("deletions"."namespace_id")
  from "deletions"
  where "deletions"."purging" = 0 and ("deletions"."kind" <> 'dataset') = 1 and "deletions"."namespace_id" > walk1.id)
  from walk1
  where walk1.id is not null limit 500), walk2(id) as (
  select (select min("deletions"."namespace_id")
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."namespace_id" > (?1 ->> '$.after'))
  union all
  select (select min("deletions"."namespace_id")
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 0 and "deletions"."namespace_id" > walk2.id)
  from walk2
  where walk2.id is not null limit 500), horizon as materialized (select min(id) as id
  from (select iif(count(*) = 500, max(id), null) as id
  from walk0
  union all
  select iif(count(*) = 500, max(id), null) as id
  from walk1
  union all
  select iif(count(*) = 500, max(id), null) as id
  from walk2)), found as materialized (select distinct id
  from (select *
  from (select walk0.id as id
  from walk0
  where walk0.id is not null and (select min("deletions"."deleted_at")
  from "deletions"
  where "deletions"."purging" = 0 and ("deletions"."kind" <> 'dataset') = 0 and "deletions"."namespace_id" = walk0.id) <= (?1 ->> '$.before') limit (?1 ->> '$.most'))
  union all
  select *
  from (select walk1.id as id
  from walk1
  where walk1.id is not null and (select min("deletions"."deleted_at")
  from "deletions"
  where "deletions"."purging" = 0 and ("deletions"."kind" <> 'dataset') = 1 and "deletions"."namespace_id" = walk1.id) <= (?1 ->> '$.before') limit (?1 ->> '$.most'))
  union all
  select *
  from (select walk2.id as id
  from walk2
  where walk2.id is not null and walk2.id is not null limit (?1 ->> '$.most')))
  where id <= ifnull((select id
  from horizon), id)
  order by id limit (?1 ->> '$.most'))
  select id as horizon, null as namespace_id
  from horizon
  union all
  select null, id
  from found

-- turns.objects
with recursive walk0(id) as (
  select (select min("objects"."namespace_id")
  from "objects"
  where "objects"."asset_count" = 0 and "objects"."state" = 'pending' and "objects"."namespace_id" > (?1 ->> '$.after'))
  union all
  select (select min("objects"."namespace_id")
  from "objects"
  where "objects"."asset_count" = 0 and "objects"."state" = 'pending' and "objects"."namespace_id" > walk0.id)
  from walk0
  where walk0.id is not null limit 500), walk1(id) as (
  select (select min("objects"."namespace_id")
  from "objects"
  where "objects"."asset_count" = 0 and "objects"."state" = 'complete' and "objects"."namespace_id" > (?1 ->> '$.after'))
  union all
  select (select min("objects"."namespace_id")
  from "objects"
  where "objects"."asset_count" = 0 and "objects"."state" = 'complete' and "objects"."namespace_id" > walk1.id)
  from walk1
  where walk1.id is not null limit 500), walk2(id) as (
  select (select min("objects"."namespace_id")
  from "objects"
  where "objects"."asset_count" = 0 and "objects"."state" = 'purging' and "objects"."namespace_id" > (?1 ->> '$.after'))
  union all
  select (select min("objects"."namespace_id")
  from "objects"
  where "objects"."asset_count" = 0 and "objects"."state" = 'purging' and "objects"."namespace_id" > walk2.id)
  from walk2
  where walk2.id is not null limit 500), walk3(id) as (
  select (select min("objects"."namespace_id")
  from "objects"
  where "objects"."asset_count" = 0 and "objects"."state" = 'aborted' and "objects"."namespace_id" > (?1 ->> '$.after'))
  union all
  select (select min("objects"."namespace_id")
  from "objects"
  where "objects"."asset_count" = 0 and "objects"."state" = 'aborted' and "objects"."namespace_id" > walk3.id)
  from walk3
  where walk3.id is not null limit 500), walk4(id) as (
  select (select min("objects"."namespace_id")
  from "objects"
  where "objects"."asset_count" = 0 and "objects"."state" = 'discarded' and "objects"."namespace_id" > (?1 ->> '$.after'))
  union all
  select (select min("objects"."namespace_id")
  from "objects"
  where "objects"."asset_count" = 0 and "objects"."state" = 'discarded' and "objects"."namespace_id" > walk4.id)
  from walk4
  where walk4.id is not null limit 500), horizon as materialized (select min(id) as id
  from (select iif(count(*) = 500, max(id), null) as id
  from walk0
  union all
  select iif(count(*) = 500, max(id), null) as id
  from walk1
  union all
  select iif(count(*) = 500, max(id), null) as id
  from walk2
  union all
  select iif(count(*) = 500, max(id), null) as id
  from walk3
  union all
  select iif(count(*) = 500, max(id), null) as id
  from walk4)), found as materialized (select distinct id
  from (select *
  from (select walk0.id as id
  from walk0
  where walk0.id is not null and (select min("objects"."lease_until")
  from "objects"
  where "objects"."asset_count" = 0 and "objects"."state" = 'pending' and "objects"."namespace_id" = walk0.id) <= (?1 ->> '$.now') limit (?1 ->> '$.most'))
  union all
  select *
  from (select walk1.id as id
  from walk1
  where walk1.id is not null and (select min("objects"."lease_until")
  from "objects"
  where "objects"."asset_count" = 0 and "objects"."state" = 'complete' and "objects"."namespace_id" = walk1.id) <= (?1 ->> '$.now') limit (?1 ->> '$.most'))
  union all
  select *
  from (select walk2.id as id
  from walk2
  where walk2.id is not null and (select min("objects"."lease_until")
  from "objects"
  where "objects"."asset_count" = 0 and "objects"."state" = 'purging' and "objects"."namespace_id" = walk2.id) <= (?1 ->> '$.now') limit (?1 ->> '$.most'))
  union all
  select *
  from (select walk3.id as id
  from walk3
  where walk3.id is not null and (select min("objects"."lease_until")
  from "objects"
  where "objects"."asset_count" = 0 and "objects"."state" = 'aborted' and "objects"."namespace_id" = walk3.id) <= (?1 ->> '$.before') limit (?1 ->> '$.most'))
  union all
  select *
  from (select walk4.id as id
  from walk4
  where walk4.id is not null and (select min("objects"."lease_until")
  from "objects"
  where "objects"."asset_count" = 0 and "objects"."state" = 'discarded' and "objects"."namespace_id" = walk4.id) <= (?1 ->> '$.before') limit (?1 ->> '$.most')))
  where id <= ifnull((select id
  from horizon), id)
  order by id limit (?1 ->> '$.most'))
  select id as horizon, null as namespace_id
  from horizon
  union all
  select null, id
  from found

-- turns.places
with recursive walk0(id) as (
  select (select min("deletions"."namespace_id")
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 1 and "deletions"."namespace_id" > (?1 ->> '$.after'))
  union all
  select (select min("deletions"."namespace_id")
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 1 and "deletions"."namespace_id" > walk0.id)
  from walk0
  where walk0.id is not null limit 500), horizon as materialized (select min(id) as id
  from (select iif(count(*) = 500, max(id), null) as id
  from walk0)), found as materialized (select distinct id
  from (select *
  from (select walk0.id as id
  from walk0
  where walk0.id is not null and (select min("deletions"."turn")
  from "deletions"
  where "deletions"."purging" = 1 and ("deletions"."project_id" is null) = 1 and "deletions"."namespace_id" = walk0.id) <= (?1 ->> '$.now') limit (?1 ->> '$.most')))
  where id <= ifnull((select id
  from horizon), id)
  order by id limit (?1 ->> '$.most'))
  select id as horizon, null as namespace_id
  from horizon
  union all
  select null, id
  from found

-- turns.underWay
with recursive walk0(id) as (
  select (select min("deletions"."namespace_id")
  from "deletions"
  where "deletions"."phase" is not null and "deletions"."namespace_id" > (?1 ->> '$.after'))
  union all
  select (select min("deletions"."namespace_id")
  from "deletions"
  where "deletions"."phase" is not null and "deletions"."namespace_id" > walk0.id)
  from walk0
  where walk0.id is not null limit 500), horizon as materialized (select min(id) as id
  from (select iif(count(*) = 500, max(id), null) as id
  from walk0)), found as materialized (select distinct id
  from (select *
  from (select walk0.id as id
  from walk0
  where walk0.id is not null and walk0.id is not null limit (?1 ->> '$.most')))
  where id <= ifnull((select id
  from horizon), id)
  order by id limit (?1 ->> '$.most'))
  select id as horizon, null as namespace_id
  from horizon
  union all
  select null, id
  from found

-- uploads.abort
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "objects"."id" as object_id, "objects"."state" as object_state, "objects"."created_by_token" as object_token_id, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "objects" on "objects"."id" = (?1 ->> '$.id') and "objects"."key" = ifnull((?1 ->> '$.key'), "objects"."key") and "objects"."state" <> 'purging' and (ifnull("api_tokens"."scopes", 15) & 3 or "objects"."created_by_token" = "api_tokens"."id")
  left join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when scope.object_state = 'complete' then 'upload_complete' end) is null) update "objects" set "state" = 'aborted', "lease_until" = (?1 ->> '$.askedAt')
  where "objects"."id" = (select object_id
  from permit) and "objects"."state" = 'pending'

-- uploads.abort.find
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "objects"."id" as object_id, "objects"."state" as object_state, "objects"."created_by_token" as object_token_id, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "objects" on "objects"."id" = (?1 ->> '$.id') and "objects"."key" = ifnull((?1 ->> '$.key'), "objects"."key") and "objects"."state" <> 'purging' and (ifnull("api_tokens"."scopes", 15) & 3 or "objects"."created_by_token" = "api_tokens"."id")
  left join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 2 = 0 then 'forbidden' || ifnull(' ' || 'scopes 2', '')
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when scope.object_state = 'complete' then 'upload_complete' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "objects"."id" as id, "objects"."key" as key, "objects"."state" as state, "objects"."name" as name, "objects"."bucket_upload_id" as bucket_upload_id, "objects"."part_size" as part_size, "objects"."announced_size" as announced_size, "objects"."announced_sha256" as announced_sha256, "objects"."content_type" as content_type, "objects"."size" as size, "objects"."sha256" as sha256, "objects"."etag" as etag, "objects"."created_at" as created_at, not (scope.scopes & 1 = 0) or scope.object_token_id is scope.token_id as is_shown
  from verdict as scope
  left join "objects" on "objects"."id" = iif(scope.refusal is null, scope.object_id, null)

-- uploads.announce
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when ((?1 ->> '$.rowsQuota') is not null and iif(ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (?1 ->> '$.count') <= (?1 ->> '$.rowsQuota'), 0, (select ifnull(sum(1), 0)
  from json_each(?1, '$.files') as file
  where not exists (select 1
  from "objects"
  where "objects"."id" = (file.value ->> '$.id')) and (select "objects"."id"
  from (
  select "objects".*
  from "objects"
  where "objects"."namespace_id" = scope.namespace_id and "objects"."state" = 'complete' and "objects"."sha256" is not null and "objects"."sha256" = (file.value ->> '$.sha256')
  order by "objects"."id" desc limit 20) as objects join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null
  where (scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) and "objects"."size" = (file.value ->> '$.size') and ifnull("objects"."content_type", '') = coalesce((file.value ->> '$.contentType'), "objects"."content_type", '')
  order by "objects"."id" desc limit 1) is null) > 0 and ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (select ifnull(sum(1), 0)
  from json_each(?1, '$.files') as file
  where not exists (select 1
  from "objects"
  where "objects"."id" = (file.value ->> '$.id')) and (select "objects"."id"
  from (
  select "objects".*
  from "objects"
  where "objects"."namespace_id" = scope.namespace_id and "objects"."state" = 'complete' and "objects"."sha256" is not null and "objects"."sha256" = (file.value ->> '$.sha256')
  order by "objects"."id" desc limit 20) as objects join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null
  where (scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) and "objects"."size" = (file.value ->> '$.size') and ifnull("objects"."content_type", '') = coalesce((file.value ->> '$.contentType'), "objects"."content_type", '')
  order by "objects"."id" desc limit 1) is null) > (?1 ->> '$.rowsQuota'))) then 'quota_exceeded'
  when ((?1 ->> '$.bytesQuota') is not null and iif(ifnull((select "namespace_stats"."bytes"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (?1 ->> '$.bytes') <= (?1 ->> '$.bytesQuota'), 0, (select ifnull(sum((file.value ->> '$.size')), 0)
  from json_each(?1, '$.files') as file
  where not exists (select 1
  from "objects"
  where "objects"."id" = (file.value ->> '$.id')) and (select "objects"."id"
  from (
  select "objects".*
  from "objects"
  where "objects"."namespace_id" = scope.namespace_id and "objects"."state" = 'complete' and "objects"."sha256" is not null and "objects"."sha256" = (file.value ->> '$.sha256')
  order by "objects"."id" desc limit 20) as objects join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null
  where (scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) and "objects"."size" = (file.value ->> '$.size') and ifnull("objects"."content_type", '') = coalesce((file.value ->> '$.contentType'), "objects"."content_type", '')
  order by "objects"."id" desc limit 1) is null) > 0 and ifnull((select "namespace_stats"."bytes"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (select ifnull(sum((file.value ->> '$.size')), 0)
  from json_each(?1, '$.files') as file
  where not exists (select 1
  from "objects"
  where "objects"."id" = (file.value ->> '$.id')) and (select "objects"."id"
  from (
  select "objects".*
  from "objects"
  where "objects"."namespace_id" = scope.namespace_id and "objects"."state" = 'complete' and "objects"."sha256" is not null and "objects"."sha256" = (file.value ->> '$.sha256')
  order by "objects"."id" desc limit 20) as objects join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null
  where (scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) and "objects"."size" = (file.value ->> '$.size') and ifnull("objects"."content_type", '') = coalesce((file.value ->> '$.contentType'), "objects"."content_type", '')
  order by "objects"."id" desc limit 1) is null) > (?1 ->> '$.bytesQuota'))) then 'quota_exceeded' end) is null) insert into "objects" ("id", "namespace_id", "project_id", "key", "state", "size", "content_type", "lease_until", "created_by", "created_by_token", "created_at", "name", "part_size", "announced_size", "announced_sha256", "staging_hash")
  select (file.value ->> '$.id'), permit.namespace_id, permit.project_id, permit.namespace_id || '/' || (file.value ->> '$.id'), 'pending', 0, (file.value ->> '$.contentType'), (?1 ->> '$.leaseUntil'), permit.user_id, permit.token_id, (?1 ->> '$.now'), (file.value ->> '$.name'), (file.value ->> '$.partSize'), (file.value ->> '$.size'), (file.value ->> '$.sha256'), (file.value ->> '$.stagingHash')
  from permit cross join json_each(?1, '$.files') as file
  where (select "objects"."id"
  from (
  select "objects".*
  from "objects"
  where "objects"."namespace_id" = permit.namespace_id and "objects"."state" = 'complete' and "objects"."sha256" is not null and "objects"."sha256" = (file.value ->> '$.sha256')
  order by "objects"."id" desc limit 20) as objects join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null
  where (permit.token_project_id is null and permit.scopes & 2 or "objects"."project_id" = permit.project_id) and "objects"."size" = (file.value ->> '$.size') and ifnull("objects"."content_type", '') = coalesce((file.value ->> '$.contentType'), "objects"."content_type", '')
  order by "objects"."id" desc limit 1) is null
  on conflict do nothing

-- uploads.announced
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when ((?1 ->> '$.rowsQuota') is not null and iif(ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (?1 ->> '$.count') <= (?1 ->> '$.rowsQuota'), 0, (select ifnull(sum(1), 0)
  from json_each(?1, '$.files') as file
  where not exists (select 1
  from "objects"
  where "objects"."id" = (file.value ->> '$.id')) and (select "objects"."id"
  from (
  select "objects".*
  from "objects"
  where "objects"."namespace_id" = scope.namespace_id and "objects"."state" = 'complete' and "objects"."sha256" is not null and "objects"."sha256" = (file.value ->> '$.sha256')
  order by "objects"."id" desc limit 20) as objects join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null
  where (scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) and "objects"."size" = (file.value ->> '$.size') and ifnull("objects"."content_type", '') = coalesce((file.value ->> '$.contentType'), "objects"."content_type", '')
  order by "objects"."id" desc limit 1) is null) > 0 and ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (select ifnull(sum(1), 0)
  from json_each(?1, '$.files') as file
  where not exists (select 1
  from "objects"
  where "objects"."id" = (file.value ->> '$.id')) and (select "objects"."id"
  from (
  select "objects".*
  from "objects"
  where "objects"."namespace_id" = scope.namespace_id and "objects"."state" = 'complete' and "objects"."sha256" is not null and "objects"."sha256" = (file.value ->> '$.sha256')
  order by "objects"."id" desc limit 20) as objects join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null
  where (scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) and "objects"."size" = (file.value ->> '$.size') and ifnull("objects"."content_type", '') = coalesce((file.value ->> '$.contentType'), "objects"."content_type", '')
  order by "objects"."id" desc limit 1) is null) > (?1 ->> '$.rowsQuota'))) then 'quota_exceeded'
  when ((?1 ->> '$.bytesQuota') is not null and iif(ifnull((select "namespace_stats"."bytes"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (?1 ->> '$.bytes') <= (?1 ->> '$.bytesQuota'), 0, (select ifnull(sum((file.value ->> '$.size')), 0)
  from json_each(?1, '$.files') as file
  where not exists (select 1
  from "objects"
  where "objects"."id" = (file.value ->> '$.id')) and (select "objects"."id"
  from (
  select "objects".*
  from "objects"
  where "objects"."namespace_id" = scope.namespace_id and "objects"."state" = 'complete' and "objects"."sha256" is not null and "objects"."sha256" = (file.value ->> '$.sha256')
  order by "objects"."id" desc limit 20) as objects join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null
  where (scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) and "objects"."size" = (file.value ->> '$.size') and ifnull("objects"."content_type", '') = coalesce((file.value ->> '$.contentType'), "objects"."content_type", '')
  order by "objects"."id" desc limit 1) is null) > 0 and ifnull((select "namespace_stats"."bytes"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (select ifnull(sum((file.value ->> '$.size')), 0)
  from json_each(?1, '$.files') as file
  where not exists (select 1
  from "objects"
  where "objects"."id" = (file.value ->> '$.id')) and (select "objects"."id"
  from (
  select "objects".*
  from "objects"
  where "objects"."namespace_id" = scope.namespace_id and "objects"."state" = 'complete' and "objects"."sha256" is not null and "objects"."sha256" = (file.value ->> '$.sha256')
  order by "objects"."id" desc limit 20) as objects join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null
  where (scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) and "objects"."size" = (file.value ->> '$.size') and ifnull("objects"."content_type", '') = coalesce((file.value ->> '$.contentType'), "objects"."content_type", '')
  order by "objects"."id" desc limit 1) is null) > (?1 ->> '$.bytesQuota'))) then 'quota_exceeded' end, 'done') as refusal
  from scope), permit as materialized (select *
  from verdict
  where refusal is null)
  select scope.refusal as refusal, null as position, null as id, null as key, null as state, null as name, null as bucket_upload_id, null as part_size, null as announced_size, null as announced_sha256, null as content_type, null as size, null as sha256, null as etag, null as created_at
  from verdict as scope
  union all
  select null, file.key, "objects"."id" as id, "objects"."key" as key, "objects"."state" as state, "objects"."name" as name, "objects"."bucket_upload_id" as bucket_upload_id, "objects"."part_size" as part_size, "objects"."announced_size" as announced_size, "objects"."announced_sha256" as announced_sha256, "objects"."content_type" as content_type, "objects"."size" as size, "objects"."sha256" as sha256, "objects"."etag" as etag, "objects"."created_at" as created_at
  from permit cross join json_each(?1, '$.files') as file cross join "objects" on "objects"."id" = ifnull( (select "objects"."id"
  from "objects"
  where "objects"."id" = (file.value ->> '$.id')), (select "objects"."id"
  from (
  select "objects".*
  from "objects"
  where "objects"."namespace_id" = permit.namespace_id and "objects"."state" = 'complete' and "objects"."sha256" is not null and "objects"."sha256" = (file.value ->> '$.sha256')
  order by "objects"."id" desc limit 20) as objects join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null
  where (permit.token_project_id is null and permit.scopes & 2 or "objects"."project_id" = permit.project_id) and "objects"."size" = (file.value ->> '$.size') and ifnull("objects"."content_type", '') = coalesce((file.value ->> '$.contentType'), "objects"."content_type", '')
  order by "objects"."id" desc limit 1))

-- uploads.begin
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "objects"."id" as object_id, "objects"."state" as object_state, "objects"."created_by_token" as object_token_id, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "objects" on "objects"."id" = (?1 ->> '$.id') and "objects"."key" = ifnull((?1 ->> '$.key'), "objects"."key") and "objects"."state" <> 'purging' and (ifnull("api_tokens"."scopes", 15) & 3 or "objects"."created_by_token" = "api_tokens"."id")
  left join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((scope.scopes & 2 = 0) and scope.object_token_id is not scope.token_id) then 'upload_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when scope.object_state = 'complete' then 'upload_complete'
  when scope.object_state in ('aborted', 'discarded') then 'upload_aborted' end) is null) update "objects" set "bucket_upload_id" = (?1 ->> '$.bucketUploadId')
  where "objects"."id" = (select object_id
  from permit) and "objects"."bucket_upload_id" is null

-- uploads.complete
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "objects"."id" as object_id, "objects"."state" as object_state, "objects"."created_by_token" as object_token_id, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "objects" on "objects"."id" = (?1 ->> '$.id') and "objects"."key" = ifnull((?1 ->> '$.key'), "objects"."key") and "objects"."state" <> 'purging' and (ifnull("api_tokens"."scopes", 15) & 3 or "objects"."created_by_token" = "api_tokens"."id")
  left join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((scope.scopes & 2 = 0) and scope.object_token_id is not scope.token_id) then 'upload_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when scope.object_state in ('aborted', 'discarded') then 'upload_aborted'
  when ((?1 ->> '$.bytesQuota') is not null and iif(ifnull((select "namespace_stats"."bytes"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (?1 ->> '$.size') <= (?1 ->> '$.bytesQuota'), 0, ifnull((select (?1 ->> '$.size') - ifnull("objects"."announced_size", 0)
  from "objects"
  where "objects"."id" = scope.object_id and "objects"."state" = 'pending'), 0) > 0 and ifnull((select "namespace_stats"."bytes"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + ifnull((select (?1 ->> '$.size') - ifnull("objects"."announced_size", 0)
  from "objects"
  where "objects"."id" = scope.object_id and "objects"."state" = 'pending'), 0) > (?1 ->> '$.bytesQuota'))) then 'quota_exceeded' end) is null) update "objects" set "state" = 'complete', "size" = (?1 ->> '$.size'), "etag" = (?1 ->> '$.etag'), "sha256" = (?1 ->> '$.sha256'), "lease_until" = (?1 ->> '$.leaseUntil'), "completed_at" = (?1 ->> '$.now')
  where "objects"."id" = (select object_id
  from permit) and "objects"."state" = 'pending'

-- uploads.contest
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "objects"."id" as object_id, "objects"."state" as object_state, "objects"."created_by_token" as object_token_id, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "objects" on "objects"."id" = (?1 ->> '$.id') and "objects"."key" = ifnull((?1 ->> '$.key'), "objects"."key") and "objects"."state" <> 'purging' and (ifnull("api_tokens"."scopes", 15) & 3 or "objects"."created_by_token" = "api_tokens"."id")
  left join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((scope.scopes & 2 = 0) and scope.object_token_id is not scope.token_id) then 'upload_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when scope.object_state in ('aborted', 'discarded') then 'upload_aborted' end) is null) update "parts" set "contested" = 1
  where "parts"."object_id" = (select object_id
  from permit) and ("parts"."part_number", "parts"."etag") in (
  select part.value ->> '$.partNumber', part.value ->> '$.etag'
  from json_each(?1, '$.doubted') as part)

-- uploads.discard
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "objects"."id" as object_id, "objects"."state" as object_state, "objects"."created_by_token" as object_token_id, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "objects" on "objects"."id" = (?1 ->> '$.id') and "objects"."key" = ifnull((?1 ->> '$.key'), "objects"."key") and "objects"."state" <> 'purging' and (ifnull("api_tokens"."scopes", 15) & 3 or "objects"."created_by_token" = "api_tokens"."id")
  left join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((scope.scopes & 2 = 0) and scope.object_token_id is not scope.token_id) then 'upload_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when scope.object_state = 'complete' then 'upload_complete' end) is null) update "objects" set "state" = 'discarded', "lease_until" = (?1 ->> '$.askedAt')
  where "objects"."id" = (select object_id
  from permit) and "objects"."state" = 'pending'

-- uploads.discard.find
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "objects"."id" as object_id, "objects"."state" as object_state, "objects"."created_by_token" as object_token_id, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "objects" on "objects"."id" = (?1 ->> '$.id') and "objects"."key" = ifnull((?1 ->> '$.key'), "objects"."key") and "objects"."state" <> 'purging' and (ifnull("api_tokens"."scopes", 15) & 3 or "objects"."created_by_token" = "api_tokens"."id")
  left join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((scope.scopes & 2 = 0) and scope.object_token_id is not scope.token_id) then 'upload_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when scope.object_state = 'complete' then 'upload_complete' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "objects"."id" as id, "objects"."key" as key, "objects"."state" as state, "objects"."name" as name, "objects"."bucket_upload_id" as bucket_upload_id, "objects"."part_size" as part_size, "objects"."announced_size" as announced_size, "objects"."announced_sha256" as announced_sha256, "objects"."content_type" as content_type, "objects"."size" as size, "objects"."sha256" as sha256, "objects"."etag" as etag, "objects"."created_at" as created_at, not (scope.scopes & 1 = 0) or scope.object_token_id is scope.token_id as is_shown
  from verdict as scope
  left join "objects" on "objects"."id" = iif(scope.refusal is null, scope.object_id, null)

-- uploads.doubted
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "objects"."id" as object_id, "objects"."state" as object_state, "objects"."created_by_token" as object_token_id, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "objects" on "objects"."id" = (?1 ->> '$.id') and "objects"."key" = ifnull((?1 ->> '$.key'), "objects"."key") and "objects"."state" <> 'purging' and (ifnull("api_tokens"."scopes", 15) & 3 or "objects"."created_by_token" = "api_tokens"."id")
  left join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((scope.scopes & 2 = 0) and scope.object_token_id is not scope.token_id) then 'upload_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when scope.object_state in ('aborted', 'discarded') then 'upload_aborted' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal
  from verdict as scope

-- uploads.drop
update "objects" set "state" = 'aborted', "lease_until" = (?1 ->> '$.now')
  where "objects"."key" = (?1 ->> '$.key') and "objects"."bucket_upload_id" = (?1 ->> '$.bucketUploadId') and "objects"."state" = 'pending'

-- uploads.find
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "objects"."id" as object_id, "objects"."state" as object_state, "objects"."created_by_token" as object_token_id, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "objects" on "objects"."id" = (?1 ->> '$.id') and "objects"."key" = ifnull((?1 ->> '$.key'), "objects"."key") and "objects"."state" <> 'purging' and (ifnull("api_tokens"."scopes", 15) & 3 or "objects"."created_by_token" = "api_tokens"."id")
  left join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 7 = 0 then 'forbidden' || ifnull(' ' || 'scopes 7', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 7 = 0 then 'forbidden' || ifnull(' ' || 'scopes 7', '')
  when (scope.scopes & 1 = 0) and (scope.object_state <> 'pending' or scope.object_token_id is not scope.token_id) then 'upload_not_found'
  when scope.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "objects"."id" as id, "objects"."key" as key, "objects"."state" as state, "objects"."name" as name, "objects"."bucket_upload_id" as bucket_upload_id, "objects"."part_size" as part_size, "objects"."announced_size" as announced_size, "objects"."announced_sha256" as announced_sha256, "objects"."content_type" as content_type, "objects"."size" as size, "objects"."sha256" as sha256, "objects"."etag" as etag, "objects"."created_at" as created_at, not (scope.scopes & 1 = 0) or scope.object_token_id is scope.token_id as is_shown
  from verdict as scope
  left join "objects" on "objects"."id" = iif(scope.refusal is null, scope.object_id, null)

-- uploads.findObject
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "objects"."id" as object_id, "objects"."state" as object_state, "objects"."created_by_token" as object_token_id, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif(exists (select 1
  from "projects" as found
  where found.deleted_at is null and found.id = ifnull("api_tokens"."project_id", found.id) and found.visibility = 'public' and found.id in (select held.project_id
  from (
  select own.project_id, own.container_id, own.deleted_at
  from "assets" as own
  where own.object_id = "objects"."id" limit 500) as held
  where held.deleted_at is null and not exists (
  select 1
  from "episodes" as around
  where around.id = held.container_id and around.deleted_at is not null))), 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "objects" on "objects"."id" = (?1 ->> '$.id') and "objects"."key" = ifnull((?1 ->> '$.key'), "objects"."key") and "objects"."state" <> 'purging' and (ifnull("api_tokens"."scopes", 15) & 3 or "objects"."created_by_token" = "api_tokens"."id")
  left join "projects" on "projects"."id" = (select max(found.id)
  from "projects" as found
  where found.deleted_at is null and found.id = ifnull("api_tokens"."project_id", found.id) and found.id in (select "objects"."project_id"
  union all
  select held.project_id
  from (
  select own.project_id, own.container_id, own.deleted_at
  from "assets" as own
  where own.object_id = "objects"."id" limit 500) as held
  where held.deleted_at is null and not exists (
  select 1
  from "episodes" as around
  where around.id = held.container_id and around.deleted_at is not null))) and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'object_not_found'
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'object_not_found'
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')
  when scope.object_state <> 'complete' then 'object_not_found'
  when scope.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "objects"."key" as key, "objects"."size" as size, iif(ifnull(lower(trim(iif(instr("objects"."content_type", ';') > 0, substr("objects"."content_type", 1, instr("objects"."content_type", ';') - 1), "objects"."content_type"))), 'application/octet-stream') <> 'application/octet-stream', "objects"."content_type", coalesce(case lower(null)
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, case iif(instr("objects"."name", '.') > 0, lower(substr("objects"."name", length(rtrim("objects"."name", replace("objects"."name", '.', ''))) + 1)), null)
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, "objects"."content_type")) as content_type
  from verdict as scope
  left join "objects" on "objects"."id" = iif(scope.refusal is null, scope.object_id, null)

-- uploads.findSettled
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "objects"."id" as object_id, "objects"."state" as object_state, "objects"."created_by_token" as object_token_id, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "objects" on "objects"."id" = (?1 ->> '$.id') and "objects"."key" = ifnull((?1 ->> '$.key'), "objects"."key") and "objects"."state" <> 'purging' and (ifnull("api_tokens"."scopes", 15) & 3 or "objects"."created_by_token" = "api_tokens"."id")
  left join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((scope.scopes & 2 = 0) and scope.object_token_id is not scope.token_id) then 'upload_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when scope.object_state in ('aborted', 'discarded') then 'upload_aborted'
  when ((?1 ->> '$.bytesQuota') is not null and iif(ifnull((select "namespace_stats"."bytes"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (?1 ->> '$.size') <= (?1 ->> '$.bytesQuota'), 0, ifnull((select (?1 ->> '$.size') - ifnull("objects"."announced_size", 0)
  from "objects"
  where "objects"."id" = scope.object_id and "objects"."state" = 'pending'), 0) > 0 and ifnull((select "namespace_stats"."bytes"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + ifnull((select (?1 ->> '$.size') - ifnull("objects"."announced_size", 0)
  from "objects"
  where "objects"."id" = scope.object_id and "objects"."state" = 'pending'), 0) > (?1 ->> '$.bytesQuota'))) then 'quota_exceeded' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "objects"."id" as id, "objects"."key" as key, "objects"."state" as state, "objects"."name" as name, "objects"."bucket_upload_id" as bucket_upload_id, "objects"."part_size" as part_size, "objects"."announced_size" as announced_size, "objects"."announced_sha256" as announced_sha256, "objects"."content_type" as content_type, "objects"."size" as size, "objects"."sha256" as sha256, "objects"."etag" as etag, "objects"."created_at" as created_at, not (scope.scopes & 1 = 0) or scope.object_token_id is scope.token_id as is_shown
  from verdict as scope
  left join "objects" on "objects"."id" = iif(scope.refusal is null, scope.object_id, null)

-- uploads.findStaged
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), staged as materialized (select (select "objects"."id"
  from "objects"
  where "objects"."project_id" = scope.project_id and "objects"."staging_hash" = (?1 ->> '$.stagingHash') and "objects"."staging_hash" is not null and "objects"."created_by" = scope.user_id and "objects"."state" = 'complete' and not ((scope.scopes & 2 = 0) and "objects"."created_by_token" is not scope.token_id)
  order by "objects"."id" desc limit 1) as id, (select "objects"."id"
  from "objects"
  where "objects"."project_id" = scope.project_id and "objects"."staging_hash" = (?1 ->> '$.stagingHash') and "objects"."staging_hash" is not null and "objects"."created_by" = scope.user_id and "objects"."state" = 'pending' and not ((scope.scopes & 2 = 0) and "objects"."created_by_token" is not scope.token_id)
  order by "objects"."id" desc limit 1) as pending_id
  from admitted as scope), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when (select ifnull(id, pending_id)
  from staged) is null then 'upload_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when (select id
  from staged) is null then 'upload_incomplete' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "objects"."id" as id, "objects"."key" as key, "objects"."state" as state, "objects"."name" as name, "objects"."bucket_upload_id" as bucket_upload_id, "objects"."part_size" as part_size, "objects"."announced_size" as announced_size, "objects"."announced_sha256" as announced_sha256, "objects"."content_type" as content_type, "objects"."size" as size, "objects"."sha256" as sha256, "objects"."etag" as etag, "objects"."created_at" as created_at, not (scope.scopes & 1 = 0) or "objects"."created_by_token" is scope.token_id as is_shown
  from verdict as scope
  left join staged
  left join "objects" on "objects"."id" = iif(scope.refusal is null, staged.id, null)

-- uploads.findToComplete
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "objects"."id" as object_id, "objects"."state" as object_state, "objects"."created_by_token" as object_token_id, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "objects" on "objects"."id" = (?1 ->> '$.id') and "objects"."key" = ifnull((?1 ->> '$.key'), "objects"."key") and "objects"."state" <> 'purging' and (ifnull("api_tokens"."scopes", 15) & 3 or "objects"."created_by_token" = "api_tokens"."id")
  left join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((scope.scopes & 2 = 0) and scope.object_token_id is not scope.token_id) then 'upload_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when scope.object_state in ('aborted', 'discarded') then 'upload_aborted' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "objects"."id" as id, "objects"."key" as key, "objects"."state" as state, "objects"."name" as name, "objects"."bucket_upload_id" as bucket_upload_id, "objects"."part_size" as part_size, "objects"."announced_size" as announced_size, "objects"."announced_sha256" as announced_sha256, "objects"."content_type" as content_type, "objects"."size" as size, "objects"."sha256" as sha256, "objects"."etag" as etag, "objects"."created_at" as created_at, not (scope.scopes & 1 = 0) or scope.object_token_id is scope.token_id as is_shown
  from verdict as scope
  left join "objects" on "objects"."id" = iif(scope.refusal is null, scope.object_id, null)

-- uploads.findToSend
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "objects"."id" as object_id, "objects"."state" as object_state, "objects"."created_by_token" as object_token_id, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "objects" on "objects"."id" = (?1 ->> '$.id') and "objects"."key" = ifnull((?1 ->> '$.key'), "objects"."key") and "objects"."state" <> 'purging' and (ifnull("api_tokens"."scopes", 15) & 3 or "objects"."created_by_token" = "api_tokens"."id")
  left join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((scope.scopes & 2 = 0) and scope.object_token_id is not scope.token_id) then 'upload_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when scope.object_state = 'complete' then 'upload_complete'
  when scope.object_state in ('aborted', 'discarded') then 'upload_aborted' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "objects"."id" as id, "objects"."key" as key, "objects"."state" as state, "objects"."name" as name, "objects"."bucket_upload_id" as bucket_upload_id, "objects"."part_size" as part_size, "objects"."announced_size" as announced_size, "objects"."announced_sha256" as announced_sha256, "objects"."content_type" as content_type, "objects"."size" as size, "objects"."sha256" as sha256, "objects"."etag" as etag, "objects"."created_at" as created_at, not (scope.scopes & 1 = 0) or scope.object_token_id is scope.token_id as is_shown
  from verdict as scope
  left join "objects" on "objects"."id" = iif(scope.refusal is null, scope.object_id, null)

-- uploads.forgetContested
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "objects"."id" as object_id, "objects"."state" as object_state, "objects"."created_by_token" as object_token_id, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "objects" on "objects"."id" = (?1 ->> '$.id') and "objects"."key" = ifnull((?1 ->> '$.key'), "objects"."key") and "objects"."state" <> 'purging' and (ifnull("api_tokens"."scopes", 15) & 3 or "objects"."created_by_token" = "api_tokens"."id")
  left join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((scope.scopes & 2 = 0) and scope.object_token_id is not scope.token_id) then 'upload_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when scope.object_state in ('aborted', 'discarded') then 'upload_aborted' end) is null) delete
  from "parts"
  where "parts"."object_id" = (select object_id
  from permit) and ("parts"."part_number", "parts"."etag") in (
  select part.value ->> '$.partNumber', part.value ->> '$.etag'
  from json_each(?1, '$.doubted') as part) and "parts"."contested" = 1

-- uploads.forgetDropped
delete
  from "parts"
  where "parts"."object_id" = (
  select "objects"."id"
  from "objects"
  where "objects"."key" = (?1 ->> '$.key') and "objects"."state" <> 'pending')

-- uploads.forgetParts
delete
  from "parts"
  where "parts"."object_id" = (
  select "objects"."id"
  from "objects"
  where "objects"."id" = (?1 ->> '$.id') and "objects"."state" <> 'pending')

-- uploads.giveUp
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "objects"."id" as object_id, "objects"."state" as object_state, "objects"."created_by_token" as object_token_id, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "objects" on "objects"."id" = (?1 ->> '$.id') and "objects"."key" = ifnull((?1 ->> '$.key'), "objects"."key") and "objects"."state" <> 'purging' and (ifnull("api_tokens"."scopes", 15) & 3 or "objects"."created_by_token" = "api_tokens"."id")
  left join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((scope.scopes & 2 = 0) and scope.object_token_id is not scope.token_id) then 'upload_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when scope.object_state = 'complete' then 'upload_complete' end) is null) update "objects" set "state" = 'aborted', "lease_until" = (?1 ->> '$.askedAt')
  where "objects"."id" = (select object_id
  from permit) and "objects"."state" = 'pending'

-- uploads.giveUp.find
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "objects"."id" as object_id, "objects"."state" as object_state, "objects"."created_by_token" as object_token_id, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "objects" on "objects"."id" = (?1 ->> '$.id') and "objects"."key" = ifnull((?1 ->> '$.key'), "objects"."key") and "objects"."state" <> 'purging' and (ifnull("api_tokens"."scopes", 15) & 3 or "objects"."created_by_token" = "api_tokens"."id")
  left join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((scope.scopes & 2 = 0) and scope.object_token_id is not scope.token_id) then 'upload_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when scope.object_state = 'complete' then 'upload_complete' end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "objects"."id" as id, "objects"."key" as key, "objects"."state" as state, "objects"."name" as name, "objects"."bucket_upload_id" as bucket_upload_id, "objects"."part_size" as part_size, "objects"."announced_size" as announced_size, "objects"."announced_sha256" as announced_sha256, "objects"."content_type" as content_type, "objects"."size" as size, "objects"."sha256" as sha256, "objects"."etag" as etag, "objects"."created_at" as created_at, not (scope.scopes & 1 = 0) or scope.object_token_id is scope.token_id as is_shown
  from verdict as scope
  left join "objects" on "objects"."id" = iif(scope.refusal is null, scope.object_id, null)

-- uploads.list
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope), permit as materialized (select *
  from verdict
  where refusal is null)
  select scope.refusal as refusal, iif(scope.refusal is null, ifnull((select "pending_uploads"."uploads"
  from "pending_uploads"
  where "pending_uploads"."project_id" = scope.project_id and "pending_uploads"."holder_id" = iif((scope.scopes & 1 = 0), scope.token_id, scope.user_id)), 0), null) as count, true as is_counted, null as id, null as body
  from verdict as scope
  union all
  select null, null, null, id, body
  from (select id, body
  from (
  select "objects"."id" as id, json_object('id', "objects"."id", 'name', "objects"."name", 'size', "objects"."announced_size", 'contentType', "objects"."content_type", 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "objects"."created_at" / 1000.0, 'unixepoch'), 'expiresAt', strftime('%Y-%m-%dT%H:%M:%fZ', "objects"."lease_until" / 1000.0, 'unixepoch'), 'method', iif("objects"."part_size" is null, 'PUT', 'MULTIPART')) as body
  from "objects"
  where "objects"."project_id" = (select project_id
  from permit) and "objects"."created_by" = (select scope.user_id
  from permit as scope
  where not (scope.scopes & 1 = 0)) and "objects"."state" = 'pending' and "objects"."id" < (?1 ->> '$.before')
  order by "objects"."id" desc limit iif((?1 ->> '$.offset') > 0 and ((?1 ->> '$.offset') >= (select ifnull((select "pending_uploads"."uploads"
  from "pending_uploads"
  where "pending_uploads"."project_id" = scope.project_id and "pending_uploads"."holder_id" = iif((scope.scopes & 1 = 0), scope.token_id, scope.user_id)), 0)
  from permit as scope) or (?1 ->> '$.offset') > 100000), 0, (?1 ->> '$.limit') + 1) offset (?1 ->> '$.offset'))
  union all
  select id, body
  from (
  select "objects"."id" as id, json_object('id', "objects"."id", 'name', "objects"."name", 'size', "objects"."announced_size", 'contentType', "objects"."content_type", 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "objects"."created_at" / 1000.0, 'unixepoch'), 'expiresAt', strftime('%Y-%m-%dT%H:%M:%fZ', "objects"."lease_until" / 1000.0, 'unixepoch'), 'method', iif("objects"."part_size" is null, 'PUT', 'MULTIPART')) as body
  from "objects"
  where "objects"."project_id" = (select project_id
  from permit) and "objects"."created_by_token" = (select scope.token_id
  from permit as scope
  where (scope.scopes & 1 = 0)) and "objects"."state" = 'pending' and "objects"."id" < (?1 ->> '$.before')
  order by "objects"."id" desc limit iif((?1 ->> '$.offset') > 0 and ((?1 ->> '$.offset') >= (select ifnull((select "pending_uploads"."uploads"
  from "pending_uploads"
  where "pending_uploads"."project_id" = scope.project_id and "pending_uploads"."holder_id" = iif((scope.scopes & 1 = 0), scope.token_id, scope.user_id)), 0)
  from permit as scope) or (?1 ->> '$.offset') > 100000), 0, (?1 ->> '$.limit') + 1) offset (?1 ->> '$.offset')))

-- uploads.makeProject
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when ((?1 ->> '$.rowsQuota') is not null and iif(ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (?1 ->> '$.count') <= (?1 ->> '$.rowsQuota'), 0, (select ifnull(sum(1), 0)
  from json_each(?1, '$.files') as file
  where not exists (select 1
  from "objects"
  where "objects"."id" = (file.value ->> '$.id')) and (select "objects"."id"
  from (
  select "objects".*
  from "objects"
  where "objects"."namespace_id" = scope.namespace_id and "objects"."state" = 'complete' and "objects"."sha256" is not null and "objects"."sha256" = (file.value ->> '$.sha256')
  order by "objects"."id" desc limit 20) as objects join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null
  where (scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) and "objects"."size" = (file.value ->> '$.size') and ifnull("objects"."content_type", '') = coalesce((file.value ->> '$.contentType'), "objects"."content_type", '')
  order by "objects"."id" desc limit 1) is null) > 0 and ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (select ifnull(sum(1), 0)
  from json_each(?1, '$.files') as file
  where not exists (select 1
  from "objects"
  where "objects"."id" = (file.value ->> '$.id')) and (select "objects"."id"
  from (
  select "objects".*
  from "objects"
  where "objects"."namespace_id" = scope.namespace_id and "objects"."state" = 'complete' and "objects"."sha256" is not null and "objects"."sha256" = (file.value ->> '$.sha256')
  order by "objects"."id" desc limit 20) as objects join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null
  where (scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) and "objects"."size" = (file.value ->> '$.size') and ifnull("objects"."content_type", '') = coalesce((file.value ->> '$.contentType'), "objects"."content_type", '')
  order by "objects"."id" desc limit 1) is null) > (?1 ->> '$.rowsQuota'))) then 'quota_exceeded'
  when ((?1 ->> '$.bytesQuota') is not null and iif(ifnull((select "namespace_stats"."bytes"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (?1 ->> '$.bytes') <= (?1 ->> '$.bytesQuota'), 0, (select ifnull(sum((file.value ->> '$.size')), 0)
  from json_each(?1, '$.files') as file
  where not exists (select 1
  from "objects"
  where "objects"."id" = (file.value ->> '$.id')) and (select "objects"."id"
  from (
  select "objects".*
  from "objects"
  where "objects"."namespace_id" = scope.namespace_id and "objects"."state" = 'complete' and "objects"."sha256" is not null and "objects"."sha256" = (file.value ->> '$.sha256')
  order by "objects"."id" desc limit 20) as objects join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null
  where (scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) and "objects"."size" = (file.value ->> '$.size') and ifnull("objects"."content_type", '') = coalesce((file.value ->> '$.contentType'), "objects"."content_type", '')
  order by "objects"."id" desc limit 1) is null) > 0 and ifnull((select "namespace_stats"."bytes"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (select ifnull(sum((file.value ->> '$.size')), 0)
  from json_each(?1, '$.files') as file
  where not exists (select 1
  from "objects"
  where "objects"."id" = (file.value ->> '$.id')) and (select "objects"."id"
  from (
  select "objects".*
  from "objects"
  where "objects"."namespace_id" = scope.namespace_id and "objects"."state" = 'complete' and "objects"."sha256" is not null and "objects"."sha256" = (file.value ->> '$.sha256')
  order by "objects"."id" desc limit 20) as objects join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null
  where (scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) and "objects"."size" = (file.value ->> '$.size') and ifnull("objects"."content_type", '') = coalesce((file.value ->> '$.contentType'), "objects"."content_type", '')
  order by "objects"."id" desc limit 1) is null) > (?1 ->> '$.bytesQuota'))) then 'quota_exceeded' end) is null) insert into "projects" ("id", "namespace_id", "name", "slug", "tags", "visibility", "created_at", "updated_at", "created_by", "created_by_token", "created_request", "updated_request")
  select (?1 ->> '$.projectId'), permit.namespace_id, (?1 ->> '$.project'), (?1 ->> '$.project'), '[]', 'private', (?1 ->> '$.now'), (?1 ->> '$.now'), permit.user_id, permit.token_id, (?1 ->> '$.repeatable'), (?1 ->> '$.mark')
  from permit
  where permit.project_id is null

-- uploads.note
insert into "parts" ("object_id", "part_number", "etag", "bucket_etag", "size", "created_at")
  select "objects"."id", (?1 ->> '$.partNumber'), (?1 ->> '$.etag'), (?1 ->> '$.bucketEtag'), (?1 ->> '$.size'), (?1 ->> '$.takenAt')
  from "objects"
  where "objects"."key" = (?1 ->> '$.key') and "objects"."bucket_upload_id" = (?1 ->> '$.bucketUploadId') and "objects"."state" = 'pending'
  on conflict (object_id, part_number) do update set "etag" = iif(excluded.created_at > "parts"."created_at", excluded.etag, "parts"."etag"), "bucket_etag" = iif(excluded.created_at > "parts"."created_at", excluded.bucket_etag, "parts"."bucket_etag"), "size" = iif(excluded.created_at > "parts"."created_at", excluded.size, "parts"."size"), "created_at" = max(excluded.created_at, "parts"."created_at"), "contested" = max("parts"."contested", "parts"."bucket_etag" <> excluded.bucket_etag)
  where "parts"."bucket_etag" <> excluded.bucket_etag or "parts"."size" <> excluded.size

-- uploads.noted
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "objects"."id" as object_id, "objects"."state" as object_state, "objects"."created_by_token" as object_token_id, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "objects" on "objects"."id" = (?1 ->> '$.id') and "objects"."key" = ifnull((?1 ->> '$.key'), "objects"."key") and "objects"."state" <> 'purging' and (ifnull("api_tokens"."scopes", 15) & 3 or "objects"."created_by_token" = "api_tokens"."id")
  left join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 7 = 0 then 'forbidden' || ifnull(' ' || 'scopes 7', '') end) is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 7 = 0 then 'forbidden' || ifnull(' ' || 'scopes 7', '')
  when (scope.scopes & 1 = 0) and (scope.object_state <> 'pending' or scope.object_token_id is not scope.token_id) then 'upload_not_found'
  when scope.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '') end) is null)
  select "parts"."part_number" as part_number, "parts"."etag" as etag, "parts"."bucket_etag" as bucket_etag, "parts"."size" as size, "parts"."contested" as contested
  from permit cross join "parts" on "parts"."object_id" = permit.object_id

-- uploads.notedNow
select "parts"."part_number" as part_number
  from "objects" join "parts" on "parts"."object_id" = "objects"."id" and "parts"."part_number" = (?1 ->> '$.partNumber')
  where "objects"."key" = (?1 ->> '$.key') and "objects"."state" = 'pending'

-- uploads.notedToComplete
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "objects"."id" as object_id, "objects"."state" as object_state, "objects"."created_by_token" as object_token_id, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "objects" on "objects"."id" = (?1 ->> '$.id') and "objects"."key" = ifnull((?1 ->> '$.key'), "objects"."key") and "objects"."state" <> 'purging' and (ifnull("api_tokens"."scopes", 15) & 3 or "objects"."created_by_token" = "api_tokens"."id")
  left join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((scope.scopes & 2 = 0) and scope.object_token_id is not scope.token_id) then 'upload_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when scope.object_state in ('aborted', 'discarded') then 'upload_aborted' end) is null)
  select "parts"."part_number" as part_number, "parts"."etag" as etag, "parts"."bucket_etag" as bucket_etag, "parts"."size" as size, "parts"."contested" as contested
  from permit cross join "parts" on "parts"."object_id" = permit.object_id

-- uploads.renew
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "objects"."id" as object_id, "objects"."state" as object_state, "objects"."created_by_token" as object_token_id, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "objects" on "objects"."id" = (?1 ->> '$.id') and "objects"."key" = ifnull((?1 ->> '$.key'), "objects"."key") and "objects"."state" <> 'purging' and (ifnull("api_tokens"."scopes", 15) & 3 or "objects"."created_by_token" = "api_tokens"."id")
  left join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((scope.scopes & 2 = 0) and scope.object_token_id is not scope.token_id) then 'upload_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when scope.object_state = 'complete' then 'upload_complete'
  when scope.object_state in ('aborted', 'discarded') then 'upload_aborted' end) is null) update "objects" set "lease_until" = (?1 ->> '$.leaseUntil')
  where "objects"."id" = (select object_id
  from permit) and "objects"."lease_until" < (?1 ->> '$.renewedBefore') and (?1 ->> '$.highest') <= case
  when "objects"."part_size" is null then 1
  when "objects"."announced_size" is null then 10000 else max(1, ("objects"."announced_size" + "objects"."part_size" - 1) / "objects"."part_size") end

-- uploads.renewComplete
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "objects"."id" as object_id, "objects"."state" as object_state, "objects"."created_by_token" as object_token_id, "namespaces"."id" as namespace_id, "projects"."id" as project_id, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), 0) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "objects" on "objects"."id" = (?1 ->> '$.id') and "objects"."key" = ifnull((?1 ->> '$.key'), "objects"."key") and "objects"."state" <> 'purging' and (ifnull("api_tokens"."scopes", 15) & 3 or "objects"."created_by_token" = "api_tokens"."id")
  left join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")
  left join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'upload_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when ((scope.scopes & 2 = 0) and scope.object_token_id is not scope.token_id) then 'upload_not_found'
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when scope.object_state in ('aborted', 'discarded') then 'upload_aborted' end) is null) update "objects" set "lease_until" = (?1 ->> '$.leaseUntil')
  where "objects"."id" = (select object_id
  from permit) and "objects"."state" = 'complete' and "objects"."lease_until" < (?1 ->> '$.renewedBefore')

-- uploads.renewKnown
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '') end) is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null and scope.token_project_id is not null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.project_id is null and not (?1 ->> '$.createProject') then 'project_not_found'
  when scope.scopes & 6 = 0 then 'forbidden' || ifnull(' ' || 'scopes 6', '')
  when scope.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(scope.is_member, scope.access, 0), '')
  when ((?1 ->> '$.rowsQuota') is not null and iif(ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (?1 ->> '$.count') <= (?1 ->> '$.rowsQuota'), 0, (select ifnull(sum(1), 0)
  from json_each(?1, '$.files') as file
  where not exists (select 1
  from "objects"
  where "objects"."id" = (file.value ->> '$.id')) and (select "objects"."id"
  from (
  select "objects".*
  from "objects"
  where "objects"."namespace_id" = scope.namespace_id and "objects"."state" = 'complete' and "objects"."sha256" is not null and "objects"."sha256" = (file.value ->> '$.sha256')
  order by "objects"."id" desc limit 20) as objects join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null
  where (scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) and "objects"."size" = (file.value ->> '$.size') and ifnull("objects"."content_type", '') = coalesce((file.value ->> '$.contentType'), "objects"."content_type", '')
  order by "objects"."id" desc limit 1) is null) > 0 and ifnull((select "namespace_stats"."rows"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (select ifnull(sum(1), 0)
  from json_each(?1, '$.files') as file
  where not exists (select 1
  from "objects"
  where "objects"."id" = (file.value ->> '$.id')) and (select "objects"."id"
  from (
  select "objects".*
  from "objects"
  where "objects"."namespace_id" = scope.namespace_id and "objects"."state" = 'complete' and "objects"."sha256" is not null and "objects"."sha256" = (file.value ->> '$.sha256')
  order by "objects"."id" desc limit 20) as objects join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null
  where (scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) and "objects"."size" = (file.value ->> '$.size') and ifnull("objects"."content_type", '') = coalesce((file.value ->> '$.contentType'), "objects"."content_type", '')
  order by "objects"."id" desc limit 1) is null) > (?1 ->> '$.rowsQuota'))) then 'quota_exceeded'
  when ((?1 ->> '$.bytesQuota') is not null and iif(ifnull((select "namespace_stats"."bytes"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (?1 ->> '$.bytes') <= (?1 ->> '$.bytesQuota'), 0, (select ifnull(sum((file.value ->> '$.size')), 0)
  from json_each(?1, '$.files') as file
  where not exists (select 1
  from "objects"
  where "objects"."id" = (file.value ->> '$.id')) and (select "objects"."id"
  from (
  select "objects".*
  from "objects"
  where "objects"."namespace_id" = scope.namespace_id and "objects"."state" = 'complete' and "objects"."sha256" is not null and "objects"."sha256" = (file.value ->> '$.sha256')
  order by "objects"."id" desc limit 20) as objects join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null
  where (scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) and "objects"."size" = (file.value ->> '$.size') and ifnull("objects"."content_type", '') = coalesce((file.value ->> '$.contentType'), "objects"."content_type", '')
  order by "objects"."id" desc limit 1) is null) > 0 and ifnull((select "namespace_stats"."bytes"
  from "namespace_stats"
  where "namespace_stats"."namespace_id" = scope.namespace_id), 0) + (select ifnull(sum((file.value ->> '$.size')), 0)
  from json_each(?1, '$.files') as file
  where not exists (select 1
  from "objects"
  where "objects"."id" = (file.value ->> '$.id')) and (select "objects"."id"
  from (
  select "objects".*
  from "objects"
  where "objects"."namespace_id" = scope.namespace_id and "objects"."state" = 'complete' and "objects"."sha256" is not null and "objects"."sha256" = (file.value ->> '$.sha256')
  order by "objects"."id" desc limit 20) as objects join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null
  where (scope.token_project_id is null and scope.scopes & 2 or "objects"."project_id" = scope.project_id) and "objects"."size" = (file.value ->> '$.size') and ifnull("objects"."content_type", '') = coalesce((file.value ->> '$.contentType'), "objects"."content_type", '')
  order by "objects"."id" desc limit 1) is null) > (?1 ->> '$.bytesQuota'))) then 'quota_exceeded' end) is null) update "objects" set "lease_until" = (?1 ->> '$.leaseUntil')
  where "objects"."id" in (
  select (select "objects"."id"
  from (
  select "objects".*
  from "objects"
  where "objects"."namespace_id" = permit.namespace_id and "objects"."state" = 'complete' and "objects"."sha256" is not null and "objects"."sha256" = (file.value ->> '$.sha256')
  order by "objects"."id" desc limit 20) as objects join "projects" on "projects"."id" = "objects"."project_id" and "projects"."deleted_at" is null
  where (permit.token_project_id is null and permit.scopes & 2 or "objects"."project_id" = permit.project_id) and "objects"."size" = (file.value ->> '$.size') and ifnull("objects"."content_type", '') = coalesce((file.value ->> '$.contentType'), "objects"."content_type", '')
  order by "objects"."id" desc limit 1)
  from permit cross join json_each(?1, '$.files') as file) and "objects"."lease_until" < (?1 ->> '$.renewedBefore')

-- users.arrive
insert into provisions (user_id, issuer, sub, username, email, email_verified, name, given_name, family_name, picture, home_id, slug, request, created_at)
  select (?1 ->> '$.newUserId'), (?1 ->> '$.issuer'), (?1 ->> '$.sub'), ifnull((?1 ->> '$.username'), 'user-' || substr((?1 ->> '$.newUserId'), 1, 8)), (?1 ->> '$.email'), (?1 ->> '$.emailVerified'), (?1 ->> '$.name'), (?1 ->> '$.givenName'), (?1 ->> '$.familyName'), (?1 ->> '$.picture'), (?1 ->> '$.newHomeId'), ifnull(( with recursive candidate(n, slug) as (
  select 1, ifnull((?1 ->> '$.username'), 'user-' || substr((?1 ->> '$.newUserId'), 1, 8))
  union all
  select n + 1, substr(ifnull((?1 ->> '$.username'), 'user-' || substr((?1 ->> '$.newUserId'), 1, 8)), 1, 63 - length(n + 1)) || '-' || (n + 1)
  from candidate
  where n < 1000 and not (not exists (select 1
  from "namespaces"
  where "namespaces"."slug" = candidate.slug) and not exists (select 1
  from "former_slugs"
  where "former_slugs"."slug" = candidate.slug and "former_slugs"."reserved_until" > (?1 ->> '$.now')) and not exists (select 1
  from "users"
  where "users"."username" = candidate.slug)))
  select slug
  from candidate
  where (not exists (select 1
  from "namespaces"
  where "namespaces"."slug" = candidate.slug) and not exists (select 1
  from "former_slugs"
  where "former_slugs"."slug" = candidate.slug and "former_slugs"."reserved_until" > (?1 ->> '$.now')) and not exists (select 1
  from "users"
  where "users"."username" = candidate.slug)) limit 1), 'user-' || (?1 ->> '$.newUserId')), (?1 ->> '$.mark'), (?1 ->> '$.now')
  where true and (?1 ->> '$.tokenHash') is null and not exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) and not exists (
  select 1
  from "users"
  where "users"."issuer" = (?1 ->> '$.issuer') and "users"."sub" = (?1 ->> '$.sub'))

-- users.arriveAtHome
insert into provisions (user_id, issuer, sub, username, email, email_verified, name, given_name, family_name, picture, home_id, slug, request, created_at)
  select (?1 ->> '$.newUserId'), (?1 ->> '$.issuer'), (?1 ->> '$.sub'), ifnull((?1 ->> '$.username'), 'user-' || substr((?1 ->> '$.newUserId'), 1, 8)), (?1 ->> '$.email'), (?1 ->> '$.emailVerified'), (?1 ->> '$.name'), (?1 ->> '$.givenName'), (?1 ->> '$.familyName'), (?1 ->> '$.picture'), (?1 ->> '$.newHomeId'), ifnull((?1 ->> '$.username'), 'user-' || substr((?1 ->> '$.newUserId'), 1, 8)), (?1 ->> '$.mark'), (?1 ->> '$.now')
  where (not exists (select 1
  from "namespaces"
  where "namespaces"."slug" = ifnull((?1 ->> '$.username'), 'user-' || substr((?1 ->> '$.newUserId'), 1, 8))) and not exists (select 1
  from "former_slugs"
  where "former_slugs"."slug" = ifnull((?1 ->> '$.username'), 'user-' || substr((?1 ->> '$.newUserId'), 1, 8)) and "former_slugs"."reserved_until" > (?1 ->> '$.now')) and not exists (select 1
  from "users"
  where "users"."username" = ifnull((?1 ->> '$.username'), 'user-' || substr((?1 ->> '$.newUserId'), 1, 8)))) and (?1 ->> '$.tokenHash') is null and not exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) and not exists (
  select 1
  from "users"
  where "users"."issuer" = (?1 ->> '$.issuer') and "users"."sub" = (?1 ->> '$.sub'))

-- users.arriveForNamespace
insert into provisions (user_id, issuer, sub, username, email, email_verified, name, given_name, family_name, picture, home_id, slug, request, created_at)
  select (?1 ->> '$.newUserId'), (?1 ->> '$.issuer'), (?1 ->> '$.sub'), ifnull((?1 ->> '$.username'), 'user-' || substr((?1 ->> '$.newUserId'), 1, 8)), (?1 ->> '$.email'), (?1 ->> '$.emailVerified'), (?1 ->> '$.name'), (?1 ->> '$.givenName'), (?1 ->> '$.familyName'), (?1 ->> '$.picture'), (?1 ->> '$.newHomeId'), ifnull(( with recursive candidate(n, slug) as (
  select 1, ifnull((?1 ->> '$.username'), 'user-' || substr((?1 ->> '$.newUserId'), 1, 8))
  union all
  select n + 1, substr(ifnull((?1 ->> '$.username'), 'user-' || substr((?1 ->> '$.newUserId'), 1, 8)), 1, 63 - length(n + 1)) || '-' || (n + 1)
  from candidate
  where n < 1000 and not (not exists (select 1
  from "namespaces"
  where "namespaces"."slug" = candidate.slug) and not exists (select 1
  from "former_slugs"
  where "former_slugs"."slug" = candidate.slug and "former_slugs"."reserved_until" > (?1 ->> '$.now')) and not exists (select 1
  from "users"
  where "users"."username" = candidate.slug)))
  select slug
  from candidate
  where (not exists (select 1
  from "namespaces"
  where "namespaces"."slug" = candidate.slug) and not exists (select 1
  from "former_slugs"
  where "former_slugs"."slug" = candidate.slug and "former_slugs"."reserved_until" > (?1 ->> '$.now')) and not exists (select 1
  from "users"
  where "users"."username" = candidate.slug)) limit 1), 'user-' || (?1 ->> '$.newUserId')), (?1 ->> '$.mark'), (?1 ->> '$.now')
  where (not exists (select 1
  from "namespaces"
  where "namespaces"."slug" = (?1 ->> '$.slug')) and not exists (select 1
  from "former_slugs"
  where "former_slugs"."slug" = (?1 ->> '$.slug') and "former_slugs"."reserved_until" > (?1 ->> '$.now')) and not exists (select 1
  from "users"
  where "users"."username" = (?1 ->> '$.slug'))) and (?1 ->> '$.tokenHash') is null and not exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) and not exists (
  select 1
  from "users"
  where "users"."issuer" = (?1 ->> '$.issuer') and "users"."sub" = (?1 ->> '$.sub'))

-- users.exchanged
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, true as is_member, 3 as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when scope.access < 0 then 'forbidden' || ifnull(' ' || 'role 0 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "users"."version" as version, 0 as created, json_object('user', json_object('sub', "users"."sub", 'email', "users"."email", 'name', "users"."name", 'username', "namespaces"."slug", 'id', "users"."id", 'isNewUser', json(case ("users"."id" = (?1 ->> '$.newUserId'))
  when 0 then 'false'
  when 1 then 'true' end)), 'namespace', json_object('id', "namespaces"."id", 'slug', "namespaces"."slug")) as body
  from verdict as scope
  left join "users" on "users"."id" = iif(scope.refusal is null, scope.user_id, null)
  left join "namespaces" on "namespaces"."id" = "users"."home_id"

-- users.follow
update "users" set "email" = ifnull((?1 ->> '$.email'), "users"."email"), "email_verified" = case
  when (?1 ->> '$.email') <> ifnull("users"."email", '') then (?1 ->> '$.emailVerified') else ifnull((?1 ->> '$.emailVerified'), "users"."email_verified") end, "name" = case
  when "users"."is_edited" then "users"."name" else ifnull("users"."name", (?1 ->> '$.name')) end, "given_name" = ifnull("users"."given_name", (?1 ->> '$.givenName')), "family_name" = ifnull("users"."family_name", (?1 ->> '$.familyName')), "picture" = case
  when "users"."is_edited" then "users"."picture" else ifnull("users"."picture", (?1 ->> '$.picture')) end, "updated_at" = (?1 ->> '$.now'), "version" = "users"."version" + 1
  where "users"."issuer" = (?1 ->> '$.issuer') and "users"."sub" = (?1 ->> '$.sub') and not exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) and ( (?1 ->> '$.email') <> ifnull("users"."email", '') or (?1 ->> '$.emailVerified') <> ifnull("users"."email_verified", -1) or (not "users"."is_edited" and "users"."name" is null and (?1 ->> '$.name') is not null) or ("users"."given_name" is null and (?1 ->> '$.givenName') is not null) or ("users"."family_name" is null and (?1 ->> '$.familyName') is not null) or (not "users"."is_edited" and "users"."picture" is null and (?1 ->> '$.picture') is not null))

-- users.read
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, true as is_member, 3 as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.scopes & 7 = 0 then 'forbidden' || ifnull(' ' || 'scopes 7', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.scopes & 7 = 0 then 'forbidden' || ifnull(' ' || 'scopes 7', '')
  when scope.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "users"."version" as version, 0 as created, (select iif(scope.token_id is null, told.body, json_set(told.body, '$.token', json((select json_object('id', "api_tokens"."id", 'name', "api_tokens"."name", 'scopes', json('[' || concat_ws(',', iif("api_tokens"."scopes" & 1, '"read"', null), iif("api_tokens"."scopes" & 2, '"write"', null), iif("api_tokens"."scopes" & 4, '"upload"', null)) || ']'), 'namespace', ifnull((select "namespaces"."slug"
  from "members" join "namespaces" on "namespaces"."id" = "members"."namespace_id"
  where "members"."user_id" = "api_tokens"."user_id" and "members"."namespace_id" = "api_tokens"."namespace_id"), "api_tokens"."namespace_id"), 'project', ifnull((select "projects"."slug"
  from "members" join "namespaces" on "namespaces"."id" = "members"."namespace_id" join "projects" on "projects"."id" = "api_tokens"."project_id" and "projects"."namespace_id" = "namespaces"."id"
  where "members"."user_id" = "api_tokens"."user_id" and "members"."namespace_id" = "api_tokens"."namespace_id"), "api_tokens"."project_id"), 'expiresAt', strftime('%Y-%m-%dT%H:%M:%fZ', "api_tokens"."expires_at" / 1000.0, 'unixepoch'), 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "api_tokens"."created_at" / 1000.0, 'unixepoch'))
  from "api_tokens"
  where "api_tokens"."id" = scope.token_id))))
  from (select iif((scope.scopes & 1 = 0), json_object('id', "users"."id", 'username', "namespaces"."slug", 'namespace', json_object('id', "namespaces"."id", 'slug', "namespaces"."slug")), json_object('id', "users"."id", 'sub', "users"."sub", 'email', "users"."email", 'name', "users"."name", 'username', "namespaces"."slug", 'given_name', "users"."given_name", 'family_name', "users"."family_name", 'picture', "users"."picture", 'email_verified', json(case "users"."email_verified"
  when 0 then 'false'
  when 1 then 'true' end), 'namespace', json_object('id', "namespaces"."id", 'slug', "namespaces"."slug"), 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "users"."created_at" / 1000.0, 'unixepoch'))) as body) as told) as body
  from verdict as scope
  left join "users" on "users"."id" = iif(scope.refusal is null, scope.user_id, null)
  left join "namespaces" on "namespaces"."id" = "users"."home_id"

-- users.update
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, true as is_member, 3 as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null), permit as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when scope.access < 0 then 'forbidden' || ifnull(' ' || 'role 0 ' || iif(scope.is_member, scope.access, 0), '') end) is null) update "users" set "name" = case
  when (json_type(?1, '$.newName') is not null) then (?1 ->> '$.newName') else "users"."name" end, "picture" = case
  when (json_type(?1, '$.newPicture') is not null) then (?1 ->> '$.newPicture') else "users"."picture" end, "is_edited" = 1, "updated_at" = (?1 ->> '$.now'), "version" = "users"."version" + 1
  where "users"."id" = (select user_id
  from permit)

-- users.updated
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, true as is_member, 3 as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.scopes & 8 = 0 then 'forbidden' || ifnull(' ' || 'scopes 8', '')
  when scope.access < 0 then 'forbidden' || ifnull(' ' || 'role 0 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope)
  select scope.refusal as refusal, "users"."version" as version, 0 as created, json_object('id', "users"."id", 'sub', "users"."sub", 'email', "users"."email", 'name', "users"."name", 'username', "namespaces"."slug", 'given_name', "users"."given_name", 'family_name', "users"."family_name", 'picture', "users"."picture", 'email_verified', json(case "users"."email_verified"
  when 0 then 'false'
  when 1 then 'true' end), 'namespace', json_object('id', "namespaces"."id", 'slug', "namespaces"."slug"), 'createdAt', strftime('%Y-%m-%dT%H:%M:%fZ', "users"."created_at" / 1000.0, 'unixepoch')) as body
  from verdict as scope
  left join "users" on "users"."id" = iif(scope.refusal is null, scope.user_id, null)
  left join "namespaces" on "namespaces"."id" = "users"."home_id"

-- walks.note.audit.collections
insert into "walks" ("name", "position")
  select 'audit.collections', (?1 ->> '$.position')
  where true
  on conflict (name) do update set position = excluded.position

-- walks.note.audit.datasets
insert into "walks" ("name", "position")
  select 'audit.datasets', (?1 ->> '$.position')
  where true
  on conflict (name) do update set position = excluded.position

-- walks.note.audit.episode_stats
insert into "walks" ("name", "position")
  select 'audit.episode_stats', (?1 ->> '$.position')
  where true
  on conflict (name) do update set position = excluded.position

-- walks.note.audit.namespace_stats
insert into "walks" ("name", "position")
  select 'audit.namespace_stats', (?1 ->> '$.position')
  where true
  on conflict (name) do update set position = excluded.position

-- walks.note.audit.namespace_stats.quotas
insert into "walks" ("name", "position")
  select 'audit.namespace_stats.quotas', (?1 ->> '$.position')
  where true
  on conflict (name) do update set position = excluded.position

-- walks.note.audit.objects
insert into "walks" ("name", "position")
  select 'audit.objects', (?1 ->> '$.position')
  where true
  on conflict (name) do update set position = excluded.position

-- walks.note.audit.project_stats
insert into "walks" ("name", "position")
  select 'audit.project_stats', (?1 ->> '$.position')
  where true
  on conflict (name) do update set position = excluded.position

-- walks.note.audit.project_stats.rows
insert into "walks" ("name", "position")
  select 'audit.project_stats.rows', (?1 ->> '$.position')
  where true
  on conflict (name) do update set position = excluded.position

-- walks.note.audit.users
insert into "walks" ("name", "position")
  select 'audit.users', (?1 ->> '$.position')
  where true
  on conflict (name) do update set position = excluded.position

-- walks.note.bucket
insert into "walks" ("name", "position")
  select 'bucket', (?1 ->> '$.position')
  where true
  on conflict (name) do update set position = excluded.position

-- walks.note.steps
insert into "walks" ("name", "position")
  select 'steps', (?1 ->> '$.position')
  where true
  on conflict (name) do update set position = excluded.position

-- walks.note.turn.items
insert into "walks" ("name", "position")
  select 'turn.items', (?1 ->> '$.position')
  where true
  on conflict (name) do update set position = excluded.position

-- walks.note.turn.objects
insert into "walks" ("name", "position")
  select 'turn.objects', (?1 ->> '$.position')
  where true
  on conflict (name) do update set position = excluded.position

-- walks.note.turn.places
insert into "walks" ("name", "position")
  select 'turn.places', (?1 ->> '$.position')
  where true
  on conflict (name) do update set position = excluded.position

-- walks.note.turn.underWay
insert into "walks" ("name", "position")
  select 'turn.underWay', (?1 ->> '$.position')
  where true
  on conflict (name) do update set position = excluded.position

-- walks.read.audit.collections
select ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.collections'), '') as position

-- walks.read.audit.datasets
select ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.datasets'), '') as position

-- walks.read.audit.episode_stats
select ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.episode_stats'), '') as position

-- walks.read.audit.namespace_stats
select ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.namespace_stats'), '') as position

-- walks.read.audit.namespace_stats.quotas
select ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.namespace_stats.quotas'), '') as position

-- walks.read.audit.objects
select ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.objects'), '') as position

-- walks.read.audit.project_stats
select ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.project_stats'), '') as position

-- walks.read.audit.project_stats.rows
select ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.project_stats.rows'), '') as position

-- walks.read.audit.users
select ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'audit.users'), '') as position

-- walks.read.bucket
select ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'bucket'), '') as position

-- walks.read.steps
select ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'steps'), '') as position

-- walks.read.turn.items
select ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'turn.items'), '') as position

-- walks.read.turn.objects
select ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'turn.objects'), '') as position

-- walks.read.turn.places
select ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'turn.places'), '') as position

-- walks.read.turn.underWay
select ifnull((select "walks"."position"
  from "walks"
  where "walks"."name" = 'turn.underWay'), '') as position

-- wantedAssets.byId
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, true as is_member, 3 as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')
  when scope.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope), permit as materialized (select *
  from verdict
  where refusal is null), row as materialized (select wanted.key as position, (select "assets"."id"
  from "assets" join "projects" on "projects"."id" = "assets"."project_id" and "projects"."deleted_at" is null and "projects"."id" = ifnull(scope.token_project_id, "projects"."id") join "namespaces" on "namespaces"."id" = "projects"."namespace_id" and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull(scope.token_namespace_id, "namespaces"."id")
  where "assets"."id" = wanted.value and "assets"."deleted_at" is null and not exists (
  select 1
  from "episodes" as around
  where around.id = "assets"."container_id" and around.deleted_at is not null) and ("projects"."visibility" = 'public' or exists (
  select 1
  from "members"
  where "members"."user_id" = scope.user_id and "members"."namespace_id" = "namespaces"."id"))) as asset_id
  from permit as scope cross join json_each(?1, '$.ids') as wanted)
  select scope.refusal as refusal, null as position, null as id, null as path, null as key, null as size, null as content_type
  from verdict as scope
  union all
  select null, row.position, "assets"."id", "assets"."name", "objects"."key", "objects"."size", iif(ifnull(lower(trim(iif(instr("objects"."content_type", ';') > 0, substr("objects"."content_type", 1, instr("objects"."content_type", ';') - 1), "objects"."content_type"))), 'application/octet-stream') <> 'application/octet-stream', "objects"."content_type", coalesce(case lower("assets"."format")
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, case iif(instr("assets"."name", '.') > 0, lower(substr("assets"."name", length(rtrim("assets"."name", replace("assets"."name", '.', ''))) + 1)), null)
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, "objects"."content_type"))
  from row
  left join "assets" on "assets"."id" = row.asset_id
  left join "objects" on "objects"."id" = "assets"."object_id" and "objects"."state" = 'complete'

-- wantedAssets.byPath
with scope as materialized (
  select "users"."id" as user_id, case
  when (?1 ->> '$.tokenHash') is not null and "api_tokens"."id" is null then 'token_unknown'
  when "api_tokens"."expires_at" <= (?1 ->> '$.askedAt') then 'token_expired'
  when "api_tokens"."revoked_at" is not null or exists (select 1
  from "revocations"
  where "revocations"."issuer" = (?1 ->> '$.issuer') and "revocations"."jti" = (?1 ->> '$.jti')) then 'token_revoked' end as credential, "api_tokens"."id" as token_id, "api_tokens"."namespace_id" as token_namespace_id, "api_tokens"."project_id" as token_project_id, ifnull("api_tokens"."scopes", 15) as scopes, "namespaces"."id" as namespace_id, "namespaces"."slug" as namespace_slug, "projects"."id" as project_id, "projects"."slug" as project_slug, "projects"."visibility" as visibility, "members"."role" is not null as is_member, max(ifnull("members"."role", 0), iif("projects"."visibility" = 'public', 1, 0)) as access
  from (select 1)
  left join "api_tokens" on "api_tokens"."hash" = (?1 ->> '$.tokenHash')
  left join "users" on "users"."id" = ifnull("api_tokens"."user_id", (select holder.id
  from "users" as holder
  where holder.issuer = (?1 ->> '$.issuer') and holder.sub = (?1 ->> '$.sub')))
  left join "namespaces" on "namespaces"."slug" = (?1 ->> '$.namespace') and "namespaces"."deleted_at" is null and "namespaces"."id" = ifnull("api_tokens"."namespace_id", "namespaces"."id")
  left join "members" on "members"."user_id" = "users"."id" and "members"."namespace_id" = "namespaces"."id"
  left join "projects" on "projects"."namespace_id" = "namespaces"."id" and "projects"."slug" = (?1 ->> '$.project') and "projects"."deleted_at" is null and "projects"."id" = ifnull("api_tokens"."project_id", "projects"."id")), admitted as materialized (select *
  from scope
  where (case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '') end) is null), verdict as materialized (
  select *, nullif(case
  when scope.credential is not null then scope.credential
  when scope.namespace_id is null or scope.access = 0 then 'namespace_not_found' || ifnull(' ' || iif(scope.token_namespace_id is not null, 'bound', null), '')
  when scope.project_id is null then 'project_not_found' || ifnull(' ' || iif(scope.token_project_id is not null, 'bound', null), '')
  when scope.scopes & 1 = 0 then 'forbidden' || ifnull(' ' || 'scopes 1', '')
  when scope.access < 1 then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(scope.is_member, scope.access, 0), '') end, 'done') as refusal
  from scope), permit as materialized (select *
  from verdict
  where refusal is null), row as materialized (select wanted.key as position, iif((?1 ->> '$.episode') is null, (select max((select found.id
  from (
  select "assets"."id" as id, "assets"."container_id" as container_id
  from "assets"
  where "assets"."project_id" = scope.project_id and "assets"."kind" = kind.value and "assets"."deleted_at" is null and "assets"."name" = wanted.value
  order by "assets"."id" desc limit (?1 ->> '$.namesakes')) as found
  where not exists (
  select 1
  from "episodes" as around
  where around.id = found.container_id and around.deleted_at is not null) limit 1))
  from json_each(?1, '$.kinds') as kind), (select max((select "assets"."id"
  from "assets"
  where "assets"."container_id" = (
  select "episodes"."id"
  from "episodes"
  where "episodes"."project_id" = scope.project_id and "episodes"."name" = (?1 ->> '$.episode') and "episodes"."deleted_at" is null) and "assets"."kind" = kind.value and "assets"."deleted_at" is null and "assets"."name" = wanted.value and "assets"."name" is not null))
  from json_each(?1, '$.kinds') as kind)) as asset_id
  from permit as scope cross join json_each(?1, '$.paths') as wanted)
  select scope.refusal as refusal, null as position, null as id, null as path, null as key, null as size, null as content_type
  from verdict as scope
  union all
  select null, row.position, "assets"."id", "assets"."name", "objects"."key", "objects"."size", iif(ifnull(lower(trim(iif(instr("objects"."content_type", ';') > 0, substr("objects"."content_type", 1, instr("objects"."content_type", ';') - 1), "objects"."content_type"))), 'application/octet-stream') <> 'application/octet-stream', "objects"."content_type", coalesce(case lower("assets"."format")
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, case iif(instr("assets"."name", '.') > 0, lower(substr("assets"."name", length(rtrim("assets"."name", replace("assets"."name", '.', ''))) + 1)), null)
  when 'mp4' then 'video/mp4'
  when 'mov' then 'video/quicktime'
  when 'webm' then 'video/webm'
  when 'mkv' then 'video/x-matroska'
  when 'avi' then 'video/x-msvideo'
  when 'wav' then 'audio/wav'
  when 'mp3' then 'audio/mpeg'
  when 'flac' then 'audio/flac'
  when 'ogg' then 'audio/ogg'
  when 'm4a' then 'audio/mp4'
  when 'vtt' then 'text/vtt'
  when 'srt' then 'application/x-subrip'
  when 'jsonl' then 'application/x-ndjson'
  when 'ndjson' then 'application/x-ndjson'
  when 'json' then 'application/json'
  when 'csv' then 'text/csv'
  when 'txt' then 'text/plain'
  when 'png' then 'image/png'
  when 'jpg' then 'image/jpeg'
  when 'jpeg' then 'image/jpeg'
  when 'webp' then 'image/webp'
  when 'gif' then 'image/gif'
  when 'avif' then 'image/avif'
  when 'mcap' then 'application/x-mcap'
  when 'parquet' then 'application/vnd.apache.parquet'
  when 'zip' then 'application/zip' end, "objects"."content_type"))
  from row
  left join "assets" on "assets"."id" = row.asset_id
  left join "objects" on "objects"."id" = "assets"."object_id" and "objects"."state" = 'complete'
