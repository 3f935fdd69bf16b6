-- apiTokens.creating
with <standing.user>, admitted as materialized (select * from standing where (case <authority.user.8> end) is null), place as materialized (
 select namespaces.id as namespace_id, projects.id as project_id
 from admitted as standing
 left join members on members.user_id = standing.user_id and members.namespace_id = (
 select namespaces.id
 from namespaces
 where namespaces.slug = :namespace and namespaces.deleted_at is null)
 left join namespaces on namespaces.id = members.namespace_id
 left join projects on projects.namespace_id = namespaces.id and projects.slug = :project and projects.deleted_at is null), kept as materialized (select idempotency_keys.fingerprint as fingerprint, idempotency_keys.attempt as attempt, idempotency_keys.item_id as item_id, idempotency_keys.version as version, idempotency_keys.created as created, idempotency_keys.body as body, idempotency_keys.place_id = standing.user_id as is_here
 from admitted as standing cross join idempotency_keys
 where idempotency_keys.id = :keyId and idempotency_keys.created_at > :now - 86400000), verdict as materialized (
 select *, nullif(case <authority.user.8>
 when ((select fingerprint = :fingerprint and is_here from kept)) and not (standing.access < 0) and not (:namespace is not null and (select namespace_id from place) is null) and not (:project is not null and (select project_id from place) is null) then 'done'
 when ((select fingerprint <> :fingerprint from kept)) and not (standing.access < 0) and not (:namespace is not null and (select namespace_id from place) is null) and not (:project is not null and (select project_id from place) is null) then 'idempotency_key_reused'
 when (exists (select 1 from api_tokens where api_tokens.id = :id)) and not (standing.access < 0) and not (:namespace is not null and (select namespace_id from place) is null) and not (:project is not null and (select project_id from place) is null) then 'done' <role.0>
 when :namespace is not null and (select namespace_id from place) is null then 'namespace_not_found'
 when :project is not null and (select project_id from place) is null then 'project_not_found'
 when (select users.token_count from users where users.id = standing.user_id) >= 100 and not exists (select 1
 from api_tokens
 where api_tokens.user_id = standing.user_id and (api_tokens.revoked_at is null and api_tokens.expires_at <= :now)) then 'too_many_api_tokens' end, 'done') as refusal
 from standing)

-- apiTokens.listing
with <standing.user>, admitted as materialized (select * from standing where (case <authority.user.8> end) is null), verdict as materialized ( select *, nullif(case <authority.user.8> <role.0> end, 'done') as refusal from standing)

-- apiTokens.revoking
with <standing.user>, admitted as materialized (select * from standing where (case <authority.user.8> end) is null), verdict as materialized (
 select *, nullif(case <authority.user.8>
 when not exists (select 1
 from api_tokens
 where api_tokens.id = :id and api_tokens.user_id = standing.user_id and (api_tokens.revoked_at is null or api_tokens.revoked_at = :askedAt)) then 'api_token_not_found' <role.0>
 when :expected is not null and not (:expected = '*' and true) then 'precondition_failed' end, 'done') as refusal
 from standing)

-- assets.finding
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.1> end) is null), verdict as materialized ( select *, nullif(case <authority.project.1> <role.1> end, 'done') as refusal from standing)

-- assets.listing
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.1> end) is null), held as materialized (select episodes.id as id
 from admitted as standing cross join episodes
 where episodes.project_id = standing.project_id and episodes.deleted_at is null and episodes.id = ifnull(:episodeId, (select episodes.id
 from episodes
 where episodes.project_id = standing.project_id and episodes.name = :episode)) and (:episode is null or episodes.name = :episode)), verdict as materialized ( select *, nullif(case <authority.project.1> <role.1> end, 'done') as refusal from standing)

-- assets.reading
with <standing.asset_not_found>, admitted as materialized (select * from standing where (case <authority.asset_not_found.1> end) is null), target as materialized (select assets.id as id, assets.container_id as container_id, assets.node_id as node_id, assets.deleted_at as deleted_at
 from admitted as standing cross join assets
 where assets.id = :id and assets.kind = :kind), verdict as materialized (
 select *, nullif(case <authority.asset_not_found.1>
 when not exists (select 1
 from target
 where deleted_at is null and not exists (
 select 1
 from episodes as around
 where around.id = target.container_id and around.deleted_at is not null)) then 'asset_not_found' <role.1> end, 'done') as refusal
 from standing)

-- assets.registering
with <standing.project>, admitted as materialized (select * from standing where (case <authority.projectToMake.6> end) is null), earlier as materialized (select assets.id as id, assets.storage_id as storage_id, 1 as is_done, assets.created_by_token as created_by_token
 from admitted as standing cross join assets
 where assets.id = :id
 union all
 select assets.id as id, assets.storage_id as storage_id, assets.updated_request = :mark as is_done, assets.created_by_token as created_by_token
 from admitted as standing cross join assets
 where assets.container_id = <assets.container.standing> and assets.kind = :kind and assets.deleted_at is null and assets.name = :name and assets.name is not null
 union all
 select assets.id as id, assets.storage_id as storage_id, 1 as is_done, assets.created_by_token as created_by_token
 from admitted as standing cross join assets
 where :name is null and assets.container_id = <assets.container.standing> and assets.kind = :kind and assets.deleted_at is null and assets.name is null and assets.created_request = :repeatable and assets.created_request is not null limit 1), kept as materialized (select idempotency_keys.fingerprint as fingerprint, idempotency_keys.attempt as attempt, idempotency_keys.item_id as item_id, idempotency_keys.version as version, idempotency_keys.created as created, idempotency_keys.body as body, idempotency_keys.place_id = standing.project_id as is_here
 from admitted as standing cross join idempotency_keys
 where idempotency_keys.id = :keyId and idempotency_keys.created_at > :now - 86400000), verdict as materialized (
 select *, nullif(case <authority.projectToMake.6>
 when ((select fingerprint = :fingerprint and is_here from kept)) and not (standing.access < 2) then 'done'
 when ((select fingerprint <> :fingerprint from kept)) and not (standing.access < 2) then 'idempotency_key_reused'
 when ((select is_done from earlier)) and not (standing.access < 2) then 'done'
 when <isAdding> and standing.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(standing.is_member, standing.access, 0), '')
 when (select (<isAdding> and created_by_token is not standing.token_id) from earlier) then 'created_by_another'
 when (select episodes.deleted_at is not null
 from episodes
 where episodes.project_id = standing.project_id and episodes.name = :episodeName) then 'episode_trashed' <role.2>
 when (select episodes.write_protected
 from episodes
 where episodes.project_id = standing.project_id and episodes.name = :episodeName) then 'episode_write_protected'
 when (select deletions.item_id from deletions where deletions.id = :deletionId) is null and :expected is not null and not exists (select 1
 from assets
 where assets.id = (select id from earlier) and (assets.updated_request = :mark or :expected = '*' or assets.id || '-' || assets.version in (select tag.value from each(:expected) as tag))) then 'precondition_failed'
 when :mustBeNew and (select id from earlier) is not null then 'precondition_failed'
 when exists (select 1
 from objects
 where objects.id = :storageId and <isWithinReach.standing> and objects.state in ('pending', 'purging')) then 'object_not_complete'
 when exists (select 1
 from deletions as busy
 where <isBusy> and <closedIn> = <assets.container.standing> and substr(:nodePath || '/', 1, length(<closed>) + 1) = <closed> || '/') then 'deletion_marking'
 when (:rowsQuota is not null and iif(<used.rows> + 100 <= :rowsQuota, 0, (iif(exists (select 1 from earlier where is_done or not ifnull(storage_id <> :storageId, 0)), 0, 1) + iif(:name is null or (select nodes.id
 from nodes
 where nodes.container_id = <assets.container.standing> and nodes.path = :nodePath and nodes.kind = :kind and nodes.deleted_at is null) is not null, 0, 1) + iif(:episodeName is null or <assets.container.standing> is not null, 0, 2) + (select count(*)
 from each(:folders) as made
 where (select nodes.id
 from nodes
 where nodes.container_id = <assets.container.standing> and nodes.path = substr(:parentPath, 1, made.value ->> '$.end') and nodes.kind = 'folder' and nodes.deleted_at is null) is null)) > 0 and <used.rows> + (iif(exists (select 1 from earlier where is_done or not ifnull(storage_id <> :storageId, 0)), 0, 1) + iif(:name is null or (select nodes.id
 from nodes
 where nodes.container_id = <assets.container.standing> and nodes.path = :nodePath and nodes.kind = :kind and nodes.deleted_at is null) is not null, 0, 1) + iif(:episodeName is null or <assets.container.standing> is not null, 0, 2) + (select count(*)
 from each(:folders) as made
 where (select nodes.id
 from nodes
 where nodes.container_id = <assets.container.standing> and nodes.path = substr(:parentPath, 1, made.value ->> '$.end') and nodes.kind = 'folder' and nodes.deleted_at is null) is null)) > :rowsQuota)) then 'quota_exceeded' end, 'done') as refusal
 from standing)

-- assets.trashing
with <standing.asset_not_found>, admitted as materialized (select * from standing where (case <authority.asset_not_found.2> end) is null), target as materialized (select assets.id as id, assets.container_id as container_id, assets.node_id as node_id, assets.deleted_at as deleted_at
 from admitted as standing cross join assets
 where assets.id = :id and assets.kind = :kind), verdict as materialized (
 select *, nullif(case <authority.asset_not_found.2>
 when (exists (select 1 from deletions where deletions.id = :deletionId) or exists (select 1 from restorations where restorations.id = :deletionId) or not exists (select 1
 from target
 where deleted_at is null and not exists (
 select 1
 from episodes as around
 where around.id = target.container_id and around.deleted_at is not null)) and exists (select 1 from deletions where deletions.request = :repeatable)) and not (standing.access < 2) then 'done'
 when not exists (select 1
 from target
 where deleted_at is null and not exists (
 select 1
 from episodes as around
 where around.id = target.container_id and around.deleted_at is not null)) then 'asset_not_found' <role.2>
 when exists (select 1
 from target join episodes on episodes.id = target.container_id
 where episodes.write_protected) then 'episode_write_protected'
 when :expected is not null and not exists (select 1
 from assets
 where assets.id = (select id from target) and (assets.updated_request = :mark or :expected = '*' or assets.id || '-' || assets.version in (select tag.value from each(:expected) as tag))) then 'precondition_failed' end, 'done') as refusal
 from standing)

-- assets.updating
with <standing.asset_not_found>, admitted as materialized (select * from standing where (case <authority.asset_not_found.2> end) is null), target as materialized (select assets.id as id, assets.container_id as container_id, assets.node_id as node_id, assets.deleted_at as deleted_at
 from admitted as standing cross join assets
 where assets.id = :id and assets.kind = :kind), verdict as materialized (
 select *, nullif(case <authority.asset_not_found.2>
 when (exists (select 1
 from target
 where deleted_at is null and not exists (
 select 1
 from episodes as around
 where around.id = target.container_id and around.deleted_at is not null)) and exists (select 1
 from target cross join assets on assets.id = target.id
 where assets.updated_request = :mark or assets.renamed_request = :mark and assets.name = :name and not (:fps? or :lens? or :sampleRate? or :channels? or :format? or :language? or :tags? or :metadata?))) and not (standing.access < 2) then 'done'
 when not exists (select 1
 from target
 where deleted_at is null and not exists (
 select 1
 from episodes as around
 where around.id = target.container_id and around.deleted_at is not null)) then 'asset_not_found' <role.2>
 when exists (select 1
 from target join episodes on episodes.id = target.container_id
 where episodes.write_protected) then 'episode_write_protected'
 when (:rowsQuota is not null and iif(<used.rows> + 100 <= :rowsQuota, 0, (iif(:name? and (select node_id from target) is null, 1, 0) + (select count(*)
 from each(:folders) as made
 where (select nodes.id
 from nodes
 where nodes.container_id = (select target.container_id from target) and nodes.path = substr(:parentPath, 1, made.value ->> '$.end') and nodes.kind = 'folder' and nodes.deleted_at is null) is null)) > 0 and <used.rows> + (iif(:name? and (select node_id from target) is null, 1, 0) + (select count(*)
 from each(:folders) as made
 where (select nodes.id
 from nodes
 where nodes.container_id = (select target.container_id from target) and nodes.path = substr(:parentPath, 1, made.value ->> '$.end') and nodes.kind = 'folder' and nodes.deleted_at is null) is null)) > :rowsQuota)) then 'quota_exceeded'
 when :expected is not null and not exists (select 1
 from assets
 where assets.id = (select target.id from target) and (assets.updated_request = :mark or :expected = '*' or assets.id || '-' || assets.version in (select tag.value from each(:expected) as tag))) then 'precondition_failed'
 when :isMerging and :metadata is not null and exists (
 select 1
 from assets
 where assets.id = (select target.id from target) and (select count(*) from json_tree(:metadata) as member where typeof(member.key) = 'text') * iif(instr(:metadata || ifnull(assets.metadata, '{}'), '\') > 0, (octet_length(ifnull(assets.metadata, '{}')) + octet_length(:metadata)), (select count(*) from json_tree(:metadata) as member where typeof(member.key) = 'text') + (select count(*)
 from json_tree(ifnull(assets.metadata, '{}')) as member
 where typeof(member.key) = 'text')) > 1000000) then 'metadata_entangled'
 when :isMerging and :metadata is not null and exists (
 select 1
 from assets
 where assets.id = (select target.id from target) and (octet_length(ifnull(assets.metadata, '{}')) + octet_length(:metadata)) > 65536 and octet_length(json_patch(ifnull(assets.metadata, '{}'), :metadata)) > 65536) then 'metadata_too_large'
 when exists (select 1
 from target cross join assets on assets.container_id = target.container_id and assets.kind = :kind and assets.name = :name and assets.name is not null and assets.deleted_at is null and assets.id <> target.id) then 'asset_name_taken'
 when exists (select 1
 from deletions as busy
 where <isBusy> and <closedIn> = (select target.container_id from target) and substr((select nodes.path from target cross join nodes on nodes.id = target.node_id) || '/', 1, length(<closed>) + 1) = <closed> || '/') then 'deletion_marking'
 when exists (select 1
 from deletions as busy
 where <isBusy> and <closedIn> = (select target.container_id from target) and substr(:nodePath || '/', 1, length(<closed>) + 1) = <closed> || '/') then 'deletion_marking' end, 'done') as refusal
 from standing)

-- collections.addingMembers
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.2> end) is null), target as materialized (
 select collections.id as id
 from admitted as standing cross join collections
 where collections.project_id = standing.project_id and collections.name = :name and collections.deleted_at is null), fresh as materialized (select given.key as key, given.value as id
 from target cross join each(:ids) as given
 left join collection_members on collection_members.collection_id = target.id and collection_members.member_id = given.value
 where collection_members.member_id is null), kept as materialized (select idempotency_keys.fingerprint as fingerprint, idempotency_keys.attempt as attempt, idempotency_keys.item_id as item_id, idempotency_keys.version as version, idempotency_keys.created as created, idempotency_keys.body as body, idempotency_keys.place_id = (select id from target) as is_here
 from admitted as standing cross join idempotency_keys
 where idempotency_keys.id = :keyId and idempotency_keys.created_at > :now - 86400000), verdict as materialized (
 select *, nullif(case <authority.project.2>
 when ((select fingerprint = :fingerprint and is_here from kept)) and not (standing.access < 2) then 'done'
 when ((select fingerprint <> :fingerprint from kept)) and not (standing.access < 2) then 'idempotency_key_reused'
 when (not exists (select 1 from fresh) and exists (select 1
 from target cross join collections on collections.id = target.id
 where collections.updated_request = :mark)) and not (standing.access < 2) then 'done'
 when not exists (select 1 from target where id is not null) then 'collection_not_found' <role.2>
 when (:rowsQuota is not null and iif(<used.rows> + (select count(*) from each(:ids)) <= :rowsQuota, 0, (select count(*) from fresh) > 0 and <used.rows> + (select count(*) from fresh) > :rowsQuota)) then 'quota_exceeded'
 when :expected is not null and not exists (select 1
 from collections
 where collections.id = (select id from target) and (collections.updated_request = :mark or :expected = '*' or collections.id || '-' || collections.version in (select tag.value from each(:expected) as tag))) then 'precondition_failed' end, 'done') as refusal
 from standing)

-- collections.creating
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.2> end) is null), earlier as materialized (
 select collections.id as id, 1 as is_made
 from admitted as standing cross join collections
 where collections.id = :id
 union all
 select collections.id, collections.created_request = :repeatable
 from admitted as standing cross join collections
 where collections.project_id = standing.project_id and collections.name = :name and collections.deleted_at is null limit 1), dataset as materialized (
 select datasets.id as id
 from admitted as standing cross join datasets
 where datasets.id = :datasetId and datasets.project_id = standing.project_id and datasets.deleted_at is null), kept as materialized (select idempotency_keys.fingerprint as fingerprint, idempotency_keys.attempt as attempt, idempotency_keys.item_id as item_id, idempotency_keys.version as version, idempotency_keys.created as created, idempotency_keys.body as body, idempotency_keys.place_id = standing.project_id as is_here
 from admitted as standing cross join idempotency_keys
 where idempotency_keys.id = :keyId and idempotency_keys.created_at > :now - 86400000), verdict as materialized (
 select *, nullif(case <authority.project.2>
 when ((select fingerprint = :fingerprint and is_here from kept)) and not (standing.access < 2) then 'done'
 when ((select fingerprint <> :fingerprint from kept)) and not (standing.access < 2) then 'idempotency_key_reused'
 when ((select is_made from earlier)) and not (standing.access < 2) then 'done'
 when :datasetId is not null and not exists (select 1 from dataset) then 'dataset_not_found' <role.2>
 when exists (select 1 from earlier) then 'collection_name_taken'
 when (:rowsQuota is not null and iif(<used.rows> + (select count(*) from each(:members)) <= :rowsQuota, 0, (select count(*) from each(:members)) > 0 and <used.rows> + (select count(*) from each(:members)) > :rowsQuota)) then 'quota_exceeded' end, 'done') as refusal
 from standing)

-- collections.listing
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.1> end) is null), verdict as materialized ( select *, nullif(case <authority.project.1> <role.1> end, 'done') as refusal from standing)

-- collections.reading
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.1> end) is null), target as materialized (
 select collections.id as id
 from admitted as standing cross join collections
 where collections.project_id = standing.project_id and collections.name = :name and collections.deleted_at is null), verdict as materialized (
 select *, nullif(case <authority.project.1>
 when not exists (select 1 from target where id is not null) then 'collection_not_found' <role.1> end, 'done') as refusal
 from standing)

-- collections.removingMembers
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.2> end) is null), target as materialized (
 select collections.id as id
 from admitted as standing cross join collections
 where collections.project_id = standing.project_id and collections.name = :name and collections.deleted_at is null), there as materialized (select collection_members.member_id as id
 from target cross join each(:ids) as given cross join collection_members on collection_members.collection_id = target.id and collection_members.member_id = given.value), verdict as materialized (
 select *, nullif(case <authority.project.2>
 when (not exists (select 1 from there) and exists (select 1
 from target cross join collections on collections.id = target.id
 where collections.updated_request = :mark)) and not (standing.access < 2) then 'done'
 when not exists (select 1 from target where id is not null) then 'collection_not_found' <role.2>
 when :expected is not null and not exists (select 1
 from collections
 where collections.id = (select id from target) and (collections.updated_request = :mark or :expected = '*' or collections.id || '-' || collections.version in (select tag.value from each(:expected) as tag))) then 'precondition_failed' end, 'done') as refusal
 from standing)

-- collections.trashing
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.2> end) is null), target as materialized (
 select collections.id as id
 from admitted as standing cross join collections
 where collections.project_id = standing.project_id and collections.name = :name and collections.deleted_at is null), verdict as materialized (
 select *, nullif(case <authority.project.2>
 when (exists (select 1 from deletions where deletions.id = :deletionId) or exists (select 1 from restorations where restorations.id = :deletionId) or not exists (select 1 from target) and exists (select 1 from deletions where deletions.request = :repeatable)) and not (standing.access < 2) then 'done'
 when not exists (select 1 from target where id is not null) then 'collection_not_found' <role.2>
 when :expected is not null and not exists (select 1
 from collections
 where collections.id = (select id from target) and (collections.updated_request = :mark or :expected = '*' or collections.id || '-' || collections.version in (select tag.value from each(:expected) as tag))) then 'precondition_failed' end, 'done') as refusal
 from standing)

-- collections.updating
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.2> end) is null), target as materialized (
 select ifnull((select collections.id
 from collections
 where collections.project_id = standing.project_id and collections.name = :name and collections.deleted_at is null), (select collections.id
 from collections
 where collections.project_id = standing.project_id and collections.name = :newName and collections.deleted_at is null and collections.renamed_request = :mark)) as id
 from admitted as standing), dataset as materialized (
 select datasets.id as id
 from admitted as standing cross join datasets
 where datasets.id = :datasetId and datasets.project_id = standing.project_id and datasets.deleted_at is null), verdict as materialized (
 select *, nullif(case <authority.project.2>
 when (exists (select 1
 from target cross join collections on collections.id = target.id
 where collections.updated_request = :mark or collections.name <> :name and collections.renamed_request = :mark)) and not (standing.access < 2) then 'done'
 when not exists (select 1 from target where id is not null) then 'collection_not_found'
 when :datasetId is not null and not exists (select 1 from dataset) then 'dataset_not_found' <role.2>
 when :expected is not null and not exists (select 1
 from collections
 where collections.id = (select id from target) and (collections.updated_request = :mark or :expected = '*' or collections.id || '-' || collections.version in (select tag.value from each(:expected) as tag))) then 'precondition_failed'
 when :isMerging and :metadata is not null and exists (
 select 1
 from collections
 where collections.id = (select id from target) and (select count(*) from json_tree(:metadata) as member where typeof(member.key) = 'text') * iif(instr(:metadata || ifnull(collections.metadata, '{}'), '\') > 0, (octet_length(ifnull(collections.metadata, '{}')) + octet_length(:metadata)), (select count(*) from json_tree(:metadata) as member where typeof(member.key) = 'text') + (select count(*)
 from json_tree(ifnull(collections.metadata, '{}')) as member
 where typeof(member.key) = 'text')) > 1000000) then 'metadata_entangled'
 when :isMerging and :metadata is not null and exists (
 select 1
 from collections
 where collections.id = (select id from target) and (octet_length(ifnull(collections.metadata, '{}')) + octet_length(:metadata)) > 65536 and octet_length(json_patch(ifnull(collections.metadata, '{}'), :metadata)) > 65536) then 'metadata_too_large'
 when exists (select 1
 from collections
 where collections.project_id = standing.project_id and collections.name = :newName and collections.deleted_at is null and collections.id <> (select id from target)) then 'collection_name_taken' end, 'done') as refusal
 from standing)

-- credential.judging
with <standing.user>, admitted as materialized (select * from standing where (case <authority.user.7> end) is null), verdict as materialized ( select *, nullif(case <authority.user.7> <role.1> end, 'done') as refusal from standing)

-- datasets.attaching
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.2> end) is null), target as materialized (
 select datasets.id as id
 from admitted as standing cross join datasets
 where datasets.project_id = standing.project_id and datasets.name = :name and datasets.deleted_at is null), named as materialized (select given.value as name, collections.id as id, collections.dataset_id as dataset_id
 from admitted as standing cross join each(:names) as given
 left join collections on collections.project_id = standing.project_id and collections.name = given.value and collections.deleted_at is null), concerned as materialized (select id from named where dataset_id is not (select id from target)), kept as materialized (select idempotency_keys.fingerprint as fingerprint, idempotency_keys.attempt as attempt, idempotency_keys.item_id as item_id, idempotency_keys.version as version, idempotency_keys.created as created, idempotency_keys.body as body, idempotency_keys.place_id = (select id from target) as is_here
 from admitted as standing cross join idempotency_keys
 where idempotency_keys.id = :keyId and idempotency_keys.created_at > :now - 86400000), verdict as materialized (
 select *, nullif(case <authority.project.2>
 when ((select fingerprint = :fingerprint and is_here from kept)) and not (standing.access < 2) then 'done'
 when ((select fingerprint <> :fingerprint from kept)) and not (standing.access < 2) then 'idempotency_key_reused'
 when (not exists (select 1 from concerned) and exists (select 1
 from target cross join datasets on datasets.id = target.id
 where datasets.updated_request = :mark)) and not (standing.access < 2) then 'done'
 when not exists (select 1 from target where id is not null) then 'dataset_not_found'
 when exists (select 1 from named where id is null) then 'collection_not_found' || ifnull(' ' || (select 'collection ' || name from named where id is null limit 1), '') <role.2>
 when :expected is not null and not exists (select 1
 from datasets
 where datasets.id = (select id from target) and (datasets.updated_request = :mark or :expected = '*' or datasets.id || '-' || datasets.version in (select tag.value from each(:expected) as tag))) then 'precondition_failed' end, 'done') as refusal
 from standing)

-- datasets.creating
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.2> end) is null), earlier as materialized (
 select datasets.id as id, 1 as is_made
 from admitted as standing cross join datasets
 where datasets.id = :id
 union all
 select datasets.id, datasets.created_request = :repeatable
 from admitted as standing cross join datasets
 where datasets.project_id = standing.project_id and datasets.name = :name and datasets.deleted_at is null limit 1), kept as materialized (select idempotency_keys.fingerprint as fingerprint, idempotency_keys.attempt as attempt, idempotency_keys.item_id as item_id, idempotency_keys.version as version, idempotency_keys.created as created, idempotency_keys.body as body, idempotency_keys.place_id = standing.project_id as is_here
 from admitted as standing cross join idempotency_keys
 where idempotency_keys.id = :keyId and idempotency_keys.created_at > :now - 86400000), verdict as materialized (
 select *, nullif(case <authority.project.2>
 when ((select fingerprint = :fingerprint and is_here from kept)) and not (standing.access < 2) then 'done'
 when ((select fingerprint <> :fingerprint from kept)) and not (standing.access < 2) then 'idempotency_key_reused'
 when ((select is_made from earlier)) and not (standing.access < 2) then 'done' <role.2>
 when exists (select 1 from earlier) then 'dataset_name_taken' end, 'done') as refusal
 from standing)

-- datasets.detaching
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.2> end) is null), target as materialized (
 select datasets.id as id
 from admitted as standing cross join datasets
 where datasets.project_id = standing.project_id and datasets.name = :name and datasets.deleted_at is null), named as materialized (select given.value as name, collections.id as id, collections.dataset_id as dataset_id
 from admitted as standing cross join each(:names) as given
 left join collections on collections.project_id = standing.project_id and collections.name = given.value and collections.deleted_at is null), concerned as materialized (select id from named where dataset_id is (select id from target)), verdict as materialized (
 select *, nullif(case <authority.project.2>
 when (not exists (select 1 from concerned) and exists (select 1
 from target cross join datasets on datasets.id = target.id
 where datasets.updated_request = :mark)) and not (standing.access < 2) then 'done'
 when not exists (select 1 from target where id is not null) then 'dataset_not_found'
 when exists (select 1 from named where id is null) then 'collection_not_found' || ifnull(' ' || (select 'collection ' || name from named where id is null limit 1), '') <role.2>
 when :expected is not null and not exists (select 1
 from datasets
 where datasets.id = (select id from target) and (datasets.updated_request = :mark or :expected = '*' or datasets.id || '-' || datasets.version in (select tag.value from each(:expected) as tag))) then 'precondition_failed' end, 'done') as refusal
 from standing)

-- datasets.listing
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.1> end) is null), verdict as materialized ( select *, nullif(case <authority.project.1> <role.1> end, 'done') as refusal from standing)

-- datasets.reading
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.1> end) is null), target as materialized (
 select datasets.id as id
 from admitted as standing cross join datasets
 where datasets.project_id = standing.project_id and datasets.name = :name and datasets.deleted_at is null), verdict as materialized (
 select *, nullif(case <authority.project.1>
 when not exists (select 1 from target where id is not null) then 'dataset_not_found' <role.1> end, 'done') as refusal
 from standing)

-- datasets.trashing
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.2> end) is null), target as materialized (
 select datasets.id as id
 from admitted as standing cross join datasets
 where datasets.project_id = standing.project_id and datasets.name = :name and datasets.deleted_at is null), verdict as materialized (
 select *, nullif(case <authority.project.2>
 when (exists (select 1 from deletions where deletions.id = :deletionId) or exists (select 1 from restorations where restorations.id = :deletionId) or not exists (select 1 from target) and exists (select 1 from deletions where deletions.request = :repeatable)) and not (standing.access < 2) then 'done'
 when not exists (select 1 from target where id is not null) then 'dataset_not_found' <role.2>
 when :expected is not null and not exists (select 1
 from datasets
 where datasets.id = (select id from target) and (datasets.updated_request = :mark or :expected = '*' or datasets.id || '-' || datasets.version in (select tag.value from each(:expected) as tag))) then 'precondition_failed'
 when (select count(*)
 from (select 1 from collections where collections.dataset_id = (select id from target) limit 5001)) > 5000 then 'too_large' end, 'done') as refusal
 from standing)

-- datasets.updating
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.2> end) is null), target as materialized (
 select ifnull((select datasets.id
 from datasets
 where datasets.project_id = standing.project_id and datasets.name = :name and datasets.deleted_at is null), (select datasets.id
 from datasets
 where datasets.project_id = standing.project_id and datasets.name = :newName and datasets.deleted_at is null and datasets.renamed_request = :mark)) as id
 from admitted as standing), verdict as materialized (
 select *, nullif(case <authority.project.2>
 when (exists (select 1
 from target cross join datasets on datasets.id = target.id
 where datasets.updated_request = :mark or datasets.name <> :name and datasets.renamed_request = :mark)) and not (standing.access < 2) then 'done'
 when not exists (select 1 from target where id is not null) then 'dataset_not_found' <role.2>
 when :expected is not null and not exists (select 1
 from datasets
 where datasets.id = (select id from target) and (datasets.updated_request = :mark or :expected = '*' or datasets.id || '-' || datasets.version in (select tag.value from each(:expected) as tag))) then 'precondition_failed'
 when :isMerging and :metadata is not null and exists (
 select 1
 from datasets
 where datasets.id = (select id from target) and (select count(*) from json_tree(:metadata) as member where typeof(member.key) = 'text') * iif(instr(:metadata || ifnull(datasets.metadata, '{}'), '\') > 0, (octet_length(ifnull(datasets.metadata, '{}')) + octet_length(:metadata)), (select count(*) from json_tree(:metadata) as member where typeof(member.key) = 'text') + (select count(*)
 from json_tree(ifnull(datasets.metadata, '{}')) as member
 where typeof(member.key) = 'text')) > 1000000) then 'metadata_entangled'
 when :isMerging and :metadata is not null and exists (
 select 1
 from datasets
 where datasets.id = (select id from target) and (octet_length(ifnull(datasets.metadata, '{}')) + octet_length(:metadata)) > 65536 and octet_length(json_patch(ifnull(datasets.metadata, '{}'), :metadata)) > 65536) then 'metadata_too_large'
 when exists (select 1
 from datasets
 where datasets.project_id = standing.project_id and datasets.name = :newName and datasets.deleted_at is null and datasets.id <> (select id from target)) then 'dataset_name_taken' end, 'done') as refusal
 from standing)

-- deletions.purgingInNamespace
with standing as materialized (
 select <caller>, namespaces.id as namespace_id, namespaces.slug as namespace_slug, namespaces.deleted_at is not null as is_trashed, members.role is not null as is_member, ifnull(members.role, 0) as access
 from (select 1) <joinedUser>
 left join namespaces on namespaces.slug = :namespace and true and namespaces.id = ifnull(api_tokens.namespace_id, namespaces.id)
 left join members on members.user_id = users.id and members.namespace_id = namespaces.id), admitted as materialized (select * from standing where (case <authority.namespace.2> end) is null), deletion as materialized (
 select deletions.*
 from admitted as standing cross join deletions
 where deletions.id = :deletionId and deletions.namespace_id = standing.namespace_id and deletions.project_id is null), verdict as materialized (
 select *, nullif(case <authority.namespace.2>
 when (exists (select 1 from purges where purges.deletion_id = :deletionId and purges.request = :repeatable)) and not (standing.access < 3) then 'done'
 when not exists (select 1 from deletion) then 'deletion_not_found' <role.3>
 when (select kind = 'namespace' from deletion) and standing.token_id is not null then 'forbidden' || ifnull(' ' || 'scopes 8', '')
 when :expected is not null and not (:expected = '*' and true) then 'precondition_failed' end, 'done') as refusal
 from standing)

-- deletions.purgingInProject
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.2> end) is null), deletion as materialized (
 select deletions.*
 from admitted as standing cross join deletions
 where deletions.id = :deletionId and deletions.project_id = standing.project_id), verdict as materialized (
 select *, nullif(case <authority.project.2>
 when (exists (select 1 from purges where purges.deletion_id = :deletionId and purges.request = :repeatable)) and not (standing.access < 3) then 'done'
 when not standing.is_member then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(standing.is_member, standing.access, 0), '')
 when not exists (select 1 from deletion) then 'deletion_not_found' <role.3>
 when :expected is not null and not (:expected = '*' and true) then 'precondition_failed'
 when (select phase = 'restoring' from deletion) then 'deletion_marking' end, 'done') as refusal
 from standing)

-- downloads.finding
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.1> end) is null), found as materialized (select iif(:episodeId is null and :episode is null, (select found.id
 from (
 select assets.id as id, assets.container_id as container_id
 from assets
 where assets.project_id = standing.project_id and assets.kind = :kind and assets.deleted_at is null and assets.name = :name
 order by assets.id desc limit 20000) as found
 where not exists (
 select 1
 from episodes as around
 where around.id = found.container_id and around.deleted_at is not null) limit 1), (select assets.id
 from assets
 where assets.container_id = (select episodes.id
 from episodes
 where episodes.project_id = standing.project_id and episodes.deleted_at is null and (:episodeId is null or episodes.id = :episodeId) and episodes.name = ifnull(:episode, (select other.name from episodes as other where other.id = :episodeId))) and assets.kind = :kind and assets.deleted_at is null and assets.name = :name and assets.name is not null)) as id
 from admitted as standing), verdict as materialized (
 select *, nullif(case <authority.project.1>
 when (select id from found) is null then 'asset_not_found'
 when not exists (select 1
 from found join assets on assets.id = found.id join objects on objects.id = assets.object_id and objects.state = 'complete') then 'asset_without_object' <role.1> end, 'done') as refusal
 from standing)

-- downloads.findingOfNode
with <standing.node_not_found>, admitted as materialized (select * from standing where (case <authority.node_not_found.1> end) is null), target as materialized (select nodes.id as id, nodes.container_id as container_id, nodes.parent_id as parent_id, nodes.kind as kind, nodes.name as name, nodes.path as path, nodes.item_id as item_id, nodes.deleted_at as deleted_at
 from admitted as standing cross join nodes
 where nodes.id = :id), found as materialized (select item_id as id from target where kind not in ('folder', 'episode')), verdict as materialized (
 select *, nullif(case <authority.node_not_found.1>
 when not exists (select 1
 from target
 where deleted_at is null and not exists (
 select 1
 from episodes as around
 where around.id = target.container_id and around.deleted_at is not null)) then 'node_not_found'
 when exists (select 1 from found) and not exists (select 1
 from found join assets on assets.id = found.id join objects on objects.id = assets.object_id and objects.state = 'complete') then 'asset_without_object' <role.1>
 when not exists (select 1 from found) then 'node_not_leaf' end, 'done') as refusal
 from standing)

-- episodes.listing
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.1> end) is null), verdict as materialized ( select *, nullif(case <authority.project.1> <role.1> end, 'done') as refusal from standing)

-- episodes.listingOfNamespace
with standing as materialized (
 select <caller>, namespaces.id as namespace_id, namespaces.slug as namespace_slug, namespaces.deleted_at is not null as is_trashed, members.role is not null as is_member, ifnull(members.role, iif(exists (select 1
 from projects
 where projects.namespace_id = namespaces.id and projects.deleted_at is null and projects.visibility = 'public'), 1, 0)) as access
 from (select 1) <joinedUser>
 left join namespaces on namespaces.slug = :namespace and namespaces.deleted_at is null and namespaces.id = ifnull(api_tokens.namespace_id, namespaces.id)
 left join members on members.user_id = users.id and members.namespace_id = namespaces.id), admitted as materialized (select * from standing where (case <authority.visited.1> end) is null), verdict as materialized ( select *, nullif(case <authority.visited.1> <role.1> end, 'done') as refusal from standing)

-- episodes.reading
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.1> end) is null), target as materialized (
 select episodes.id as id, episodes.deleted_at as deleted_at, episodes.write_protected as write_protected, episodes.started_at as started_at, episodes.ended_at as ended_at, episodes.duration_ms as duration_ms, episodes.updated_request as updated_request, episodes.created_by_token as created_by_token
 from admitted as standing cross join episodes
 where episodes.id = (select episodes.id
 from episodes
 where episodes.project_id = standing.project_id and episodes.name = :name and episodes.deleted_at is null)), verdict as materialized (
 select *, nullif(case <authority.project.1>
 when not exists (select 1 from target) then 'episode_not_found' <role.1> end, 'done') as refusal
 from standing)

-- episodes.tagging
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.2> end) is null), asked as materialized (
 select given.value as name, episodes.id as id, episodes.tags as tags, episodes.write_protected as write_protected, (
 select json_group_array(value)
 from (select value
 from (
 select value, key as place
 from json_each(episodes.tags)
 where value not in (select value from each(:tagsRemove))
 union all
 select value, 1000 + key
 from each(:tagsAdd)) group by value
 order by min(place))) as changed
 from admitted as standing cross join each(:names) as given
 left join episodes on episodes.project_id = standing.project_id and episodes.name = given.value and episodes.deleted_at is null), named as materialized (
 select name, id, tags, changed, case
 when id is null then 'episode_not_found'
 when write_protected then 'episode_write_protected'
 when json_array_length(changed) > 64 then 'too_many_tags' end as code
 from asked), kept as materialized (select idempotency_keys.fingerprint as fingerprint, idempotency_keys.attempt as attempt, idempotency_keys.item_id as item_id, idempotency_keys.version as version, idempotency_keys.created as created, idempotency_keys.body as body, idempotency_keys.place_id = standing.project_id as is_here
 from admitted as standing cross join idempotency_keys
 where idempotency_keys.id = :keyId and idempotency_keys.created_at > :now - 86400000), verdict as materialized (
 select *, nullif(case <authority.project.2>
 when ((select fingerprint = :fingerprint and is_here from kept)) and not (standing.access < 2) then 'done'
 when ((select fingerprint <> :fingerprint from kept)) and not (standing.access < 2) then 'idempotency_key_reused' <role.2> end, 'done') as refusal
 from standing)

-- episodes.trashing
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.2> end) is null), target as materialized (select episodes.id as id, episodes.write_protected as write_protected
 from admitted as standing cross join episodes
 where episodes.project_id = standing.project_id and episodes.name = :name and episodes.deleted_at is null), verdict as materialized (
 select *, nullif(case <authority.project.2>
 when (exists (select 1 from deletions where deletions.id = :deletionId) or exists (select 1 from restorations where restorations.id = :deletionId) or not exists (select 1 from target) and exists (select 1 from deletions where deletions.request = :repeatable)) and not (standing.access < 2) then 'done'
 when not exists (select 1 from target) then 'episode_not_found' <role.2>
 when (select write_protected from target) then 'episode_write_protected'
 when :expected is not null and not exists (select 1
 from episodes
 where episodes.id = (select id from target) and (episodes.updated_request = :mark or :expected = '*' or episodes.id || '-' || episodes.version in (select tag.value from each(:expected) as tag))) then 'precondition_failed' end, 'done') as refusal
 from standing)

-- episodes.updating
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.2> end) is null), target as materialized (
 select episodes.id as id, episodes.deleted_at as deleted_at, episodes.write_protected as write_protected, episodes.started_at as started_at, episodes.ended_at as ended_at, episodes.duration_ms as duration_ms, episodes.updated_request as updated_request, episodes.created_by_token as created_by_token
 from admitted as standing cross join episodes
 where episodes.id = ifnull((select episodes.id
 from episodes
 where episodes.project_id = standing.project_id and episodes.name = :name and episodes.deleted_at is null), (select episodes.id
 from episodes
 where episodes.project_id = standing.project_id and episodes.name = :newName and episodes.deleted_at is null and episodes.renamed_request = :mark))), verdict as materialized (
 select *, nullif(case <authority.project.2>
 when ((select deleted_at is null and updated_request = :mark from target) or exists (select 1
 from episodes
 where episodes.id = (select id from target) and episodes.name <> :name and episodes.renamed_request = :mark)) and not (standing.access < 2) then 'done'
 when not exists (select 1 from target) then 'episode_not_found'
 when (select episodes.deleted_at is not null as trashed
 from episodes
 where episodes.project_id = standing.project_id and episodes.name = :newName and episodes.id <> (select id from target)) = 1 then 'episode_trashed' <role.2>
 when (select write_protected from target) then 'episode_write_protected'
 when (:rowsQuota is not null and iif(<used.rows> + 100 <= :rowsQuota, 0, (select count(*)
 from each(:folders) as made
 where (select nodes.id
 from nodes
 where nodes.container_id = standing.project_id and nodes.path = substr(:folderPath, 1, made.value ->> '$.end') and nodes.kind = 'folder' and nodes.deleted_at is null) is null) > 0 and <used.rows> + (select count(*)
 from each(:folders) as made
 where (select nodes.id
 from nodes
 where nodes.container_id = standing.project_id and nodes.path = substr(:folderPath, 1, made.value ->> '$.end') and nodes.kind = 'folder' and nodes.deleted_at is null) is null) > :rowsQuota)) then 'quota_exceeded'
 when :expected is not null and not exists (select 1
 from episodes
 where episodes.id = (select id from target) and (episodes.updated_request = :mark or :expected = '*' or episodes.id || '-' || episodes.version in (select tag.value from each(:expected) as tag))) then 'precondition_failed'
 when :isMerging and :metadata is not null and exists (
 select 1
 from episodes
 where episodes.id = (select id from target) and (select count(*) from json_tree(:metadata) as member where typeof(member.key) = 'text') * iif(instr(:metadata || ifnull(episodes.metadata, '{}'), '\') > 0, (octet_length(ifnull(episodes.metadata, '{}')) + octet_length(:metadata)), (select count(*) from json_tree(:metadata) as member where typeof(member.key) = 'text') + (select count(*)
 from json_tree(ifnull(episodes.metadata, '{}')) as member
 where typeof(member.key) = 'text')) > 1000000) then 'metadata_entangled'
 when :isMerging and :metadata is not null and exists (
 select 1
 from episodes
 where episodes.id = (select id from target) and (octet_length(ifnull(episodes.metadata, '{}')) + octet_length(:metadata)) > 65536 and octet_length(json_patch(ifnull(episodes.metadata, '{}'), :metadata)) > 65536) then 'metadata_too_large'
 when (:tagsAdd? or :tagsRemove?) and (select json_array_length((
 select json_group_array(value)
 from (select value
 from (
 select value, key as place
 from json_each(episodes.tags)
 where value not in (select value from each(:tagsRemove))
 union all
 select value, 1000 + key
 from each(:tagsAdd)) group by value
 order by min(place)))) > 64
 from target cross join episodes on episodes.id = target.id) then 'too_many_tags'
 when case
 when :endedAt? then :endedAt else (select ended_at from target) end < case
 when :startedAt? then :startedAt else (select started_at from target) end then 'episode_ends_before_start'
 when abs(case
 when :durationMs? then :durationMs else (select duration_ms from target) end - (case
 when :endedAt? then :endedAt else (select ended_at from target) end - case
 when :startedAt? then :startedAt else (select started_at from target) end)) > 1 then 'episode_duration_contradicts'
 when (select episodes.deleted_at is not null as trashed
 from episodes
 where episodes.project_id = standing.project_id and episodes.name = :newName and episodes.id <> (select id from target)) = 0 then 'episode_name_taken'
 when exists (select 1
 from deletions as busy
 where <isBusy> and <closedIn> = standing.project_id and substr(:folderPath || '/', 1, length(<closed>) + 1) = <closed> || '/') then 'deletion_marking'
 when exists (select 1
 from deletions as busy
 where <isBusy> and <closedIn> = standing.project_id and substr((select nodes.path
 from target cross join episodes on episodes.id = target.id cross join nodes on nodes.id = episodes.node_id) || '/', 1, length(<closed>) + 1) = <closed> || '/') then 'deletion_marking' end, 'done') as refusal
 from standing)

-- episodes.upserting
with <standing.project>, admitted as materialized (select * from standing where (case <authority.projectToMake.6> end) is null), target as materialized (
 select episodes.id as id, episodes.deleted_at as deleted_at, episodes.write_protected as write_protected, episodes.started_at as started_at, episodes.ended_at as ended_at, episodes.duration_ms as duration_ms, episodes.updated_request as updated_request, episodes.created_by_token as created_by_token
 from admitted as standing cross join episodes
 where episodes.id = ifnull((select episodes.id from episodes where episodes.id = :id), (select episodes.id
 from episodes
 where episodes.project_id = standing.project_id and episodes.name = :name))), kept as materialized (select idempotency_keys.fingerprint as fingerprint, idempotency_keys.attempt as attempt, idempotency_keys.item_id as item_id, idempotency_keys.version as version, idempotency_keys.created as created, idempotency_keys.body as body, idempotency_keys.place_id = standing.project_id as is_here
 from admitted as standing cross join idempotency_keys
 where idempotency_keys.id = :keyId and idempotency_keys.created_at > :now - 86400000), verdict as materialized (
 select *, nullif(case <authority.projectToMake.6>
 when ((select fingerprint = :fingerprint and is_here from kept)) and not (standing.access < 2) then 'done'
 when ((select fingerprint <> :fingerprint from kept)) and not (standing.access < 2) then 'idempotency_key_reused'
 when ((select id from target) = :id or (select deleted_at is null and updated_request = :mark from target)) and not (standing.access < 2) then 'done'
 when <isAdding> and standing.access < 2 then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(standing.is_member, standing.access, 0), '')
 when (select (<isAdding> and created_by_token is not standing.token_id) from target) then 'created_by_another'
 when (select deleted_at is not null from target) then 'episode_trashed' <role.2>
 when (select write_protected from target) then 'episode_write_protected'
 when :expected is not null and not exists (select 1
 from episodes
 where episodes.id = (select id from target) and (episodes.updated_request = :mark or :expected = '*' or episodes.id || '-' || episodes.version in (select tag.value from each(:expected) as tag))) then 'precondition_failed'
 when :mustBeNew and (select id from target) is not null then 'precondition_failed'
 when case
 when :endedAt? then :endedAt else (select ended_at from target) end < case
 when :startedAt? then :startedAt else (select started_at from target) end then 'episode_ends_before_start'
 when abs(case
 when :durationMs? then :durationMs else (select duration_ms from target) end - (case
 when :endedAt? then :endedAt else (select ended_at from target) end - case
 when :startedAt? then :startedAt else (select started_at from target) end)) > 1 then 'episode_duration_contradicts'
 when exists (select 1
 from deletions as busy
 where <isBusy> and <closedIn> = standing.project_id and substr(:folderPath || '/', 1, length(<closed>) + 1) = <closed> || '/') then 'deletion_marking'
 when exists (select 1
 from deletions as busy
 where <isBusy> and <closedIn> = standing.project_id and substr((select nodes.path
 from target cross join episodes on episodes.id = target.id cross join nodes on nodes.id = episodes.node_id) || '/', 1, length(<closed>) + 1) = <closed> || '/') then 'deletion_marking'
 when (:rowsQuota is not null and iif(<used.rows> + 100 <= :rowsQuota, 0, (iif(exists (select 1 from target), 0, 2) + (select count(*)
 from each(:folders) as made
 where (select nodes.id
 from nodes
 where nodes.container_id = standing.project_id and nodes.path = substr(:folderPath, 1, made.value ->> '$.end') and nodes.kind = 'folder' and nodes.deleted_at is null) is null)) > 0 and <used.rows> + (iif(exists (select 1 from target), 0, 2) + (select count(*)
 from each(:folders) as made
 where (select nodes.id
 from nodes
 where nodes.container_id = standing.project_id and nodes.path = substr(:folderPath, 1, made.value ->> '$.end') and nodes.kind = 'folder' and nodes.deleted_at is null) is null)) > :rowsQuota)) then 'quota_exceeded' end, 'done') as refusal
 from standing)

-- facets.listing
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.1> end) is null), verdict as materialized ( select *, nullif(case <authority.project.1> <role.1> end, 'done') as refusal from standing)

-- manifest.reading
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.1> end) is null), target as materialized (
 select datasets.id as id
 from admitted as standing cross join datasets
 where datasets.project_id = standing.project_id and datasets.name = :name and datasets.deleted_at is null), verdict as materialized (
 select *, nullif(case <authority.project.1>
 when not exists (select 1 from target where id is not null) then 'dataset_not_found' <role.1> end, 'done') as refusal
 from standing)

-- members.listing
with <standing.namespace>, admitted as materialized (select * from standing where (case <authority.namespace.1> end) is null), verdict as materialized ( select *, nullif(case <authority.namespace.1> <role.1> end, 'done') as refusal from standing)

-- members.removing
with standing as materialized (
 select <caller>, namespaces.id as namespace_id, namespaces.slug as namespace_slug, namespaces.deleted_at is not null as is_trashed, members.role is not null as is_member, ifnull(members.role, iif(exists (
 select 1
 from departures
 where departures.user_id = users.id and departures.namespace_id = namespaces.id and departures.request = :mark), 1, 0)) as access
 from (select 1) <joinedUser>
 left join namespaces on namespaces.slug = :namespace and namespaces.deleted_at is null and namespaces.id = ifnull(api_tokens.namespace_id, namespaces.id)
 left join members on members.user_id = users.id and members.namespace_id = namespaces.id), admitted as materialized (select * from standing where (case <authority.namespace.8> end) is null), member as materialized (
 select users.id as id, members.role as role, members.updated_request as updated_request, users.home_id = standing.namespace_id as is_home
 from admitted as standing
 left join users on users.home_id = ( select namespaces.id from namespaces where namespaces.slug = :username)
 left join members on members.user_id = users.id and members.namespace_id = standing.namespace_id), verdict as materialized (
 select *, nullif(case <authority.namespace.8>
 when ((select role is null and exists (
 select 1
 from departures
 where departures.user_id = member.id and departures.namespace_id = standing.namespace_id and departures.request = :mark)
 from member)) and not (standing.access < 0) then 'done'
 when (select role from member) is null then 'member_not_found' <role.0>
 when (select id from member) <> standing.user_id and standing.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(standing.is_member, standing.access, 0), '')
 when :expected is not null and not (:expected = '*' and true) then 'precondition_failed'
 when (select is_home from member) then 'home_owner'
 when (select role = 3 from member) and not exists (select 1
 from members
 where members.namespace_id = standing.namespace_id and members.role = 3 and members.user_id <> (select id from member)) then 'last_owner' end, 'done') as refusal
 from standing)

-- members.setting
with <standing.namespace>, admitted as materialized (select * from standing where (case <authority.namespace.8> end) is null), member as materialized (
 select users.id as id, members.role as role, members.updated_request as updated_request, users.home_id = standing.namespace_id as is_home
 from admitted as standing
 left join users on users.home_id = ( select namespaces.id from namespaces where namespaces.slug = :username)
 left join members on members.user_id = users.id and members.namespace_id = standing.namespace_id), verdict as materialized (
 select *, nullif(case <authority.namespace.8>
 when (:expected is null and (select role = :rank and (standing.access >= 3 or updated_request = :mark) from member)) and not (standing.access < 0) then 'done'
 when (select id from member) is null then 'user_not_found' <role.0> <role.3>
 when :expected is not null and not (:expected = '*' and (select role from member) is not null) then 'precondition_failed'
 when :rank < 3 and ((select is_home from member)) then 'home_owner'
 when :rank < 3 and ((select role = 3 from member) and not exists (select 1
 from members
 where members.namespace_id = standing.namespace_id and members.role = 3 and members.user_id <> (select id from member))) then 'last_owner' end, 'done') as refusal
 from standing)

-- namespaces.creating
with <standing.user>, admitted as materialized (select * from standing where (case <authority.user.8> end) is null), earlier as materialized (
 select namespaces.id as id, (namespaces.id = :id or namespaces.created_request = :repeatable or namespaces.updated_request = :mark) and namespaces.deleted_at is null and exists (select 1
 from members
 where members.namespace_id = namespaces.id and members.user_id = standing.user_id) as is_made
 from admitted as standing cross join namespaces
 where namespaces.id = :id
 union all
 select namespaces.id as id, (namespaces.id = :id or namespaces.created_request = :repeatable or namespaces.updated_request = :mark) and namespaces.deleted_at is null and exists (select 1
 from members
 where members.namespace_id = namespaces.id and members.user_id = standing.user_id) as is_made
 from admitted as standing cross join namespaces
 where namespaces.slug = :slug
 union all
 select namespaces.id as id, (namespaces.id = :id or namespaces.created_request = :repeatable or namespaces.updated_request = :mark) and namespaces.deleted_at is null and exists (select 1
 from members
 where members.namespace_id = namespaces.id and members.user_id = standing.user_id) as is_made
 from admitted as standing cross join namespaces
 where namespaces.created_request = :repeatable and namespaces.id = ( select former_slugs.namespace_id from former_slugs where former_slugs.slug = :slug) limit 1), kept as materialized (select idempotency_keys.fingerprint as fingerprint, idempotency_keys.attempt as attempt, idempotency_keys.item_id as item_id, idempotency_keys.version as version, idempotency_keys.created as created, idempotency_keys.body as body, idempotency_keys.place_id = standing.user_id as is_here
 from admitted as standing cross join idempotency_keys
 where idempotency_keys.id = :keyId and idempotency_keys.created_at > :now - 86400000), verdict as materialized (
 select *, nullif(case <authority.user.8>
 when ((select fingerprint = :fingerprint and is_here from kept)) and not (standing.access < 0) then 'done'
 when ((select fingerprint <> :fingerprint from kept)) and not (standing.access < 0) then 'idempotency_key_reused'
 when ((select is_made from earlier)) and not (standing.access < 0) then 'done' <role.0>
 when exists (select 1 from earlier) or ifnull( (select former_slugs.namespace_id is not null
 from former_slugs
 where former_slugs.slug = :slug and former_slugs.reserved_until > :now), exists (select 1
 from users
 where users.username = :slug and users.id is not standing.user_id and users.home_id is not null)) then 'namespace_slug_taken' end, 'done') as refusal
 from standing)

-- namespaces.listing
with <standing.user>, admitted as materialized (select * from standing where (case <authority.user.1> end) is null), verdict as materialized ( select *, nullif(case <authority.user.1> <role.1> end, 'done') as refusal from standing)

-- namespaces.reading
with <standing.namespace>, admitted as materialized (select * from standing where (case <authority.namespace.1> end) is null), verdict as materialized ( select *, nullif(case <authority.namespace.1> <role.1> end, 'done') as refusal from standing)

-- namespaces.trashing
with standing as materialized (
 select <caller>, namespaces.id as namespace_id, namespaces.slug as namespace_slug, namespaces.deleted_at is not null as is_trashed, members.role is not null as is_member, ifnull(members.role, 0) as access
 from (select 1) <joinedUser>
 left join namespaces on namespaces.slug = :namespace and true and namespaces.id = ifnull(api_tokens.namespace_id, namespaces.id)
 left join members on members.user_id = users.id and members.namespace_id = namespaces.id), admitted as materialized (select * from standing where (case <authority.namespace.8> end) is null), verdict as materialized (
 select *, nullif(case <authority.namespace.8>
 when (exists (select 1 from deletions where deletions.id = :deletionId) or exists (select 1 from restorations where restorations.id = :deletionId) or standing.is_trashed and exists (select 1 from deletions where deletions.request = :repeatable)) and not (standing.access < 3) then 'done'
 when standing.is_trashed then 'namespace_not_found' <role.3>
 when not :includeProtected and (select namespace_stats.protected_episodes > 0
 from namespace_stats
 where namespace_stats.namespace_id = standing.namespace_id) then 'holds_write_protected'
 when :expected is not null and not exists (select 1
 from namespaces
 where namespaces.id = standing.namespace_id and (namespaces.updated_request = :mark or :expected = '*' or namespaces.id || '-' || namespaces.version in (select tag.value from each(:expected) as tag))) then 'precondition_failed'
 when exists (select 1 from users where users.home_id = standing.namespace_id) then 'home_namespace'
 when (select namespace_stats.members > 5000
 from namespace_stats
 where namespace_stats.namespace_id = standing.namespace_id) then 'too_large' end, 'done') as refusal
 from standing)

-- namespaces.updating
with standing as materialized (
 select <caller>, namespaces.id as namespace_id, namespaces.slug as namespace_slug, namespaces.deleted_at is not null as is_trashed, members.role is not null as is_member, ifnull(members.role, 0) as access
 from (select 1) <joinedUser>
 left join namespaces on namespaces.id = ifnull((select namespaces.id from namespaces where namespaces.slug = :namespace), (select namespaces.id
 from namespaces
 where namespaces.slug = :newSlug and namespaces.renamed_request = :mark)) and namespaces.deleted_at is null and namespaces.id = ifnull(api_tokens.namespace_id, namespaces.id)
 left join members on members.user_id = users.id and members.namespace_id = namespaces.id), admitted as materialized (select * from standing where (case <authority.namespace.8> end) is null), verdict as materialized (
 select *, nullif(case <authority.namespace.8>
 when (exists (select 1
 from namespaces
 where namespaces.id = standing.namespace_id and ( namespaces.updated_request = :mark or namespaces.slug <> :namespace and namespaces.renamed_request = :mark))) and not (standing.access < 3) then 'done' <role.3>
 when :expected is not null and not exists (select 1
 from namespaces
 where namespaces.id = standing.namespace_id and (namespaces.updated_request = :mark or :expected = '*' or namespaces.id || '-' || namespaces.version in (select tag.value from each(:expected) as tag))) then 'precondition_failed'
 when :isMerging and :metadata is not null and exists (
 select 1
 from namespaces
 where namespaces.id = standing.namespace_id and (select count(*) from json_tree(:metadata) as member where typeof(member.key) = 'text') * iif(instr(:metadata || ifnull(namespaces.metadata, '{}'), '\') > 0, (octet_length(ifnull(namespaces.metadata, '{}')) + octet_length(:metadata)), (select count(*) from json_tree(:metadata) as member where typeof(member.key) = 'text') + (select count(*)
 from json_tree(ifnull(namespaces.metadata, '{}')) as member
 where typeof(member.key) = 'text')) > 1000000) then 'metadata_entangled'
 when :isMerging and :metadata is not null and exists (
 select 1
 from namespaces
 where namespaces.id = standing.namespace_id and (octet_length(ifnull(namespaces.metadata, '{}')) + octet_length(:metadata)) > 65536 and octet_length(json_patch(ifnull(namespaces.metadata, '{}'), :metadata)) > 65536) then 'metadata_too_large'
 when :newSlug <> standing.namespace_slug and (exists (
 select 1
 from namespaces
 where namespaces.slug = :newSlug and namespaces.id <> standing.namespace_id) or ifnull( (select former_slugs.namespace_id is not standing.namespace_id
 from former_slugs
 where former_slugs.slug = :newSlug and former_slugs.reserved_until > :now), exists (select 1
 from users
 where users.username = :newSlug and users.id is not standing.user_id and users.home_id is not standing.namespace_id))) then 'namespace_slug_taken' end, 'done') as refusal
 from standing)

-- nodes.listingBelow
with <standing.node_not_found>, admitted as materialized (select * from standing where (case <authority.node_not_found.1> end) is null), target as materialized (select nodes.id as id, nodes.container_id as container_id, nodes.parent_id as parent_id, nodes.kind as kind, nodes.name as name, nodes.path as path, nodes.item_id as item_id, nodes.deleted_at as deleted_at
 from admitted as standing cross join nodes
 where nodes.id = :id), verdict as materialized (
 select *, nullif(case <authority.node_not_found.1>
 when not exists (select 1
 from target
 where deleted_at is null and not exists (
 select 1
 from episodes as around
 where around.id = target.container_id and around.deleted_at is not null)) then 'node_not_found' <role.1> end, 'done') as refusal
 from standing)

-- nodes.listingTop
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.1> end) is null), verdict as materialized ( select *, nullif(case <authority.project.1> <role.1> end, 'done') as refusal from standing)

-- nodes.moving
with <standing.node_not_found>, admitted as materialized (select * from standing where (case <authority.node_not_found.2> end) is null), target as materialized (select nodes.id as id, nodes.container_id as container_id, nodes.parent_id as parent_id, nodes.kind as kind, nodes.name as name, nodes.path as path, nodes.item_id as item_id, nodes.deleted_at as deleted_at
 from admitted as standing cross join nodes
 where nodes.id = :id), parent as materialized (
 select nodes.id as id, nodes.kind as kind, nodes.container_id as container_id, nodes.path as path, nodes.item_id as item_id
 from admitted as standing cross join nodes
 where nodes.id = :parentId and nodes.project_id = standing.project_id and nodes.deleted_at is null and not exists (
 select 1
 from episodes as around
 where around.id = nodes.container_id and around.deleted_at is not null)), goal as materialized (
 select case
 when not :parentId? then target.parent_id
 when :parentId is null then (select episodes.node_id from episodes where episodes.id = target.container_id) else :parentId end as parent_id, case
 when not :parentId? then rtrim(rtrim(target.path, replace(target.path, '/', '')), '/')
 when :parentId is null then '' else (select iif(kind = 'folder', path, '') from parent) end || '/' || ifnull(:segment, substr(target.path, length(rtrim(rtrim(target.path, replace(target.path, '/', '')), '/')) + 2)) as path, ifnull(:name, target.name) as name
 from target), verdict as materialized (
 select *, nullif(case <authority.node_not_found.2>
 when not exists (select 1
 from target
 where deleted_at is null and not exists (
 select 1
 from episodes as around
 where around.id = target.container_id and around.deleted_at is not null)) then 'node_not_found'
 when :parentId is not null and not exists (select 1 from parent) then 'parent_not_found' <role.2>
 when (select kind <> 'folder' from target) then 'node_not_folder'
 when exists (select 1 from target cross join parent where parent.kind not in ('folder', 'episode')) then 'parent_not_folder'
 when exists (select 1
 from target cross join parent
 where case parent.kind
 when 'folder' then parent.container_id <> target.container_id else parent.item_id <> target.container_id end) then 'node_across_episodes'
 when (select path from goal) <> (select path from target) and (select ifnull(max(octet_length(replace(replace(path, '%2F', '/'), '%25', '%'))), octet_length(replace(replace((select path from target), '%2F', '/'), '%25', '%'))) - octet_length(replace(replace((select path from target), '%2F', '/'), '%25', '%')) + octet_length(replace(replace((select path from goal), '%2F', '/'), '%25', '%')) > 1024 or ifnull(max((length(path) - length(replace(path, '/', '')))), (length((select path from target)) - length(replace((select path from target), '/', '')))) - (length((select path from target)) - length(replace((select path from target), '/', ''))) + (length((select path from goal)) - length(replace((select path from goal), '/', ''))) > 32
 from (select nodes.path as path, nodes.kind as kind
 from nodes
 where nodes.container_id = (select container_id from target) and nodes.path > (select path || '/' from target) and nodes.path < (select path || '0' from target) and nodes.deleted_at is null limit 5001)
 where kind <> 'episode') then 'path_too_long'
 when exists (select 1
 from target join episodes on episodes.id = target.container_id
 where episodes.write_protected) then 'episode_write_protected'
 when exists (select 1
 from target cross join episodes on episodes.project_id = target.container_id and episodes.write_protected = 1 and episodes.deleted_at is null and episodes.folder_path >= target.path || '/' and episodes.folder_path < target.path || '0') then 'holds_write_protected'
 when (select path from goal) <> (select path from target) and :expected is not null and not exists (select 1
 from nodes
 where nodes.id = (select id from target) and ( :expected = '*' or nodes.id || '-' || nodes.version in (select tag.value from each(:expected) as tag))) then 'precondition_failed'
 when (select path from goal) <> (select path from target) and substr((select path from goal), 1, length((select path from target)) + 1) = (select path from target) || '/' then 'node_cycle'
 when (select path from goal) <> (select path from target) and exists (
 select 1
 from target cross join nodes on nodes.container_id = target.container_id and nodes.path = (select path from goal) and nodes.kind = 'folder' and nodes.deleted_at is null) then 'node_name_taken'
 when (select path from goal) <> (select path from target) and (select count(*)
 from (select 1
 from nodes
 where nodes.container_id = (select container_id from target) and nodes.path > (select path || '/' from target) and nodes.path < (select path || '0' from target) and nodes.deleted_at is null limit 5001)) > 5000 then 'too_large' || ifnull(' ' || (select 'nodes ' || count(*) || iif(count(*) = 100000, ' more', '')
 from (
 select 1
 from nodes
 where nodes.container_id = (select container_id from target) and nodes.path > (select path || '/' from target) and nodes.path < (select path || '0' from target) and nodes.deleted_at is null limit 100000)), '')
 when (select path from goal) <> (select path from target) and instr((select path from goal), '%2F') > 0 and exists (
 select 1
 from nodes
 where nodes.container_id = (select container_id from target) and nodes.path > (select path || '/' from target) and nodes.path < (select path || '0' from target) and nodes.deleted_at is null and nodes.kind not in ('folder', 'episode')) then 'asset_below_slash'
 when exists (select 1
 from deletions as busy
 where <isBusy> and <closedIn> = (select container_id from target) and (substr((select path from target) || '/', 1, length(<closed>) + 1) = <closed> || '/' or substr(<closed> || '/', 1, length((select path from target)) + 1) = (select path from target) || '/')) then 'deletion_marking'
 when exists (select 1
 from deletions as busy
 where <isBusy> and <closedIn> = (select container_id from target) and (substr((select path from goal) || '/', 1, length(<closed>) + 1) = <closed> || '/' or substr(<closed> || '/', 1, length((select path from goal)) + 1) = (select path from goal) || '/')) then 'deletion_marking' end, 'done') as refusal
 from standing)

-- nodes.reading
with <standing.node_not_found>, admitted as materialized (select * from standing where (case <authority.node_not_found.1> end) is null), target as materialized (select nodes.id as id, nodes.container_id as container_id, nodes.parent_id as parent_id, nodes.kind as kind, nodes.name as name, nodes.path as path, nodes.item_id as item_id, nodes.deleted_at as deleted_at
 from admitted as standing cross join nodes
 where nodes.id = :id), verdict as materialized (
 select *, nullif(case <authority.node_not_found.1>
 when not exists (select 1
 from target
 where deleted_at is null and not exists (
 select 1
 from episodes as around
 where around.id = target.container_id and around.deleted_at is not null)) then 'node_not_found' <role.1> end, 'done') as refusal
 from standing)

-- nodes.seeking
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.1> end) is null), target as materialized (select substr(min(preference), -24) as id
 from (
 select iif(nodes.kind not in ('folder', 'episode'), 2, nodes.kind = 'episode') || 0 || nodes.kind || ' ' || nodes.id as preference
 from admitted as standing cross join nodes on nodes.container_id = iif(:episode is null, standing.project_id, (select episodes.id
 from episodes
 where episodes.project_id = standing.project_id and episodes.name = :episode and episodes.deleted_at is null)) and nodes.path = :path and nodes.deleted_at is null and (:kind is null or nodes.kind = :kind)
 union all
 select iif(nodes.kind not in ('folder', 'episode'), 2, nodes.kind = 'episode') || 1 || nodes.kind || ' ' || nodes.id
 from admitted as standing cross join each(:ends) as along cross join nodes as around on around.container_id = standing.project_id and around.path = substr(:path, 1, along.value) and around.kind = 'episode' and around.deleted_at is null cross join nodes on nodes.container_id = around.item_id and nodes.path = substr(:path, along.value + 1) and nodes.deleted_at is null and (:kind is null or nodes.kind = :kind)
 where :episode is null
 union all
 select iif(nodes.kind not in ('folder', 'episode'), 2, nodes.kind = 'episode') || 0 || nodes.kind || ' ' || nodes.id
 from admitted as standing cross join episodes on episodes.id = (select episodes.id
 from episodes
 where episodes.project_id = standing.project_id and episodes.name = :episode and episodes.deleted_at is null) cross join nodes on nodes.id = episodes.node_id and nodes.deleted_at is null and (:kind is null or nodes.kind = :kind)
 where :path = '/')), verdict as materialized (
 select *, nullif(case <authority.project.1>
 when (select id from target) is null then 'node_not_found' <role.1> end, 'done') as refusal
 from standing)

-- nodes.trashing
with <standing.node_not_found>, admitted as materialized (select * from standing where (case <authority.node_not_found.2> end) is null), target as materialized (select nodes.id as id, nodes.container_id as container_id, nodes.parent_id as parent_id, nodes.kind as kind, nodes.name as name, nodes.path as path, nodes.item_id as item_id, nodes.deleted_at as deleted_at
 from admitted as standing cross join nodes
 where nodes.id = :id), verdict as materialized (
 select *, nullif(case <authority.node_not_found.2>
 when (exists (select 1 from deletions where deletions.id = :deletionId) or exists (select 1 from restorations where restorations.id = :deletionId) or not exists (select 1
 from target
 where deleted_at is null and not exists (
 select 1
 from episodes as around
 where around.id = target.container_id and around.deleted_at is not null)) and exists (select 1 from deletions where deletions.request = :repeatable)) and not (standing.access < 2) then 'done'
 when not exists (select 1
 from target
 where deleted_at is null and not exists (
 select 1
 from episodes as around
 where around.id = target.container_id and around.deleted_at is not null)) then 'node_not_found' <role.2>
 when (select kind <> 'folder' from target) then 'node_not_folder'
 when exists (select 1
 from target join episodes on episodes.id = target.container_id
 where episodes.write_protected) then 'episode_write_protected'
 when exists (select 1
 from target cross join episodes on episodes.project_id = target.container_id and episodes.write_protected = 1 and episodes.deleted_at is null and episodes.folder_path >= target.path || '/' and episodes.folder_path < target.path || '0') then 'holds_write_protected'
 when :expected is not null and not exists (select 1
 from nodes
 where nodes.id = (select id from target) and ( :expected = '*' or nodes.id || '-' || nodes.version in (select tag.value from each(:expected) as tag))) then 'precondition_failed'
 when exists (select 1
 from deletions as busy
 where <isBusy> and <closedIn> = (select container_id from target) and (substr((select path from target) || '/', 1, length(<closed>) + 1) = <closed> || '/' or substr(<closed> || '/', 1, length((select path from target)) + 1) = (select path from target) || '/')) then 'deletion_marking' end, 'done') as refusal
 from standing)

-- nodes.walking
with <standing.node_not_found>, admitted as materialized (select * from standing where (case <authority.node_not_found.1> end) is null), target as materialized (select nodes.id as id, nodes.container_id as container_id, nodes.parent_id as parent_id, nodes.kind as kind, nodes.name as name, nodes.path as path, nodes.item_id as item_id, nodes.deleted_at as deleted_at
 from admitted as standing cross join nodes
 where nodes.id = :id), top as materialized (
 select iif(kind = 'episode', item_id, container_id) as container_id, iif(kind = 'episode', '', path) || '/' as low, iif(kind = 'episode', '', path) || '0' as high
 from target
 where exists (select 1
 from target
 where deleted_at is null and not exists (
 select 1
 from episodes as around
 where around.id = target.container_id and around.deleted_at is not null))), walk(n, outer_path, outer_kind, episode, inner_path, inner_kind, id) as materialized (
 select 0, low || ifnull(:outerPath, ''), ifnull(:outerKind, ''), (select nodes.item_id
 from nodes
 where nodes.container_id = top.container_id and nodes.path = top.low || :outerPath and nodes.kind = 'episode' and nodes.deleted_at is null and nodes.item_id = :episode), ifnull(:innerPath, ''), ifnull(:innerKind, ''), null
 from top
 union all
 select walk.n + 1, iif(next.container_id = top.container_id, next.path, walk.outer_path), iif(next.container_id = top.container_id, next.kind, walk.outer_kind), iif(next.container_id <> top.container_id, walk.episode, iif(next.kind = 'episode', next.item_id, null)), iif(next.container_id <> top.container_id, next.path, ''), iif(next.container_id <> top.container_id, next.kind, ''), next.id
 from walk cross join top cross join nodes as next on next.id = ifnull((select nodes.id
 from nodes
 where nodes.container_id = walk.episode and (nodes.path, nodes.kind) > (walk.inner_path, walk.inner_kind) and nodes.deleted_at is null and walk.episode is not null
 order by nodes.path, nodes.kind limit 1), (select nodes.id
 from nodes
 where nodes.container_id = top.container_id and (nodes.path, nodes.kind) > (walk.outer_path, walk.outer_kind) and nodes.deleted_at is null and nodes.path < top.high
 order by nodes.path, nodes.kind limit 1))
 where walk.n < :examined), verdict as materialized (
 select *, nullif(case <authority.node_not_found.1>
 when not exists (select 1
 from target
 where deleted_at is null and not exists (
 select 1
 from episodes as around
 where around.id = target.container_id and around.deleted_at is not null)) then 'node_not_found' <role.1> end, 'done') as refusal
 from standing)

-- projects.creating
with standing as materialized (
 select <caller>, namespaces.id as namespace_id, namespaces.slug as namespace_slug, namespaces.deleted_at is not null as is_trashed, members.role is not null as is_member, ifnull(members.role, iif(exists (select 1
 from projects
 where projects.namespace_id = namespaces.id and projects.deleted_at is null and projects.visibility = 'public'), 1, 0)) as access
 from (select 1) <joinedUser>
 left join namespaces on namespaces.slug = :namespace and namespaces.deleted_at is null and namespaces.id = ifnull(api_tokens.namespace_id, namespaces.id)
 left join members on members.user_id = users.id and members.namespace_id = namespaces.id), admitted as materialized (select * from standing where (case <authority.visited.2> end) is null), earlier as materialized (
 select projects.id as id, 1 as is_made
 from admitted as standing cross join projects
 where projects.id = :id
 union all
 select projects.id, projects.created_request = :repeatable
 from admitted as standing cross join projects
 where projects.namespace_id = standing.namespace_id and projects.slug = :slug and projects.deleted_at is null limit 1), kept as materialized (select idempotency_keys.fingerprint as fingerprint, idempotency_keys.attempt as attempt, idempotency_keys.item_id as item_id, idempotency_keys.version as version, idempotency_keys.created as created, idempotency_keys.body as body, idempotency_keys.place_id = standing.namespace_id as is_here
 from admitted as standing cross join idempotency_keys
 where idempotency_keys.id = :keyId and idempotency_keys.created_at > :now - 86400000), verdict as materialized (
 select *, nullif(case <authority.visited.2>
 when ((select fingerprint = :fingerprint and is_here from kept)) and not (standing.access < 2) and not (:visibility <> 'private' and standing.access < 3) then 'done'
 when ((select fingerprint <> :fingerprint from kept)) and not (standing.access < 2) and not (:visibility <> 'private' and standing.access < 3) then 'idempotency_key_reused'
 when ((select is_made from earlier)) and not (standing.access < 2) and not (:visibility <> 'private' and standing.access < 3) then 'done' <role.2>
 when :visibility <> 'private' and standing.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(standing.is_member, standing.access, 0), '')
 when exists (select 1 from earlier) then 'project_slug_taken' end, 'done') as refusal
 from standing)

-- projects.listing
with standing as materialized (
 select <caller>, namespaces.id as namespace_id, namespaces.slug as namespace_slug, namespaces.deleted_at is not null as is_trashed, members.role is not null as is_member, ifnull(members.role, iif(exists (select 1
 from projects
 where projects.namespace_id = namespaces.id and projects.deleted_at is null and projects.visibility = 'public'), 1, 0)) as access
 from (select 1) <joinedUser>
 left join namespaces on namespaces.slug = :namespace and namespaces.deleted_at is null and namespaces.id = ifnull(api_tokens.namespace_id, namespaces.id)
 left join members on members.user_id = users.id and members.namespace_id = namespaces.id), admitted as materialized (select * from standing where (case <authority.visited.1> end) is null), verdict as materialized ( select *, nullif(case <authority.visited.1> <role.1> end, 'done') as refusal from standing)

-- projects.reading
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.1> end) is null), verdict as materialized ( select *, nullif(case <authority.project.1> <role.1> end, 'done') as refusal from standing)

-- projects.trashing
with standing as materialized (
 select <caller>, namespaces.id as namespace_id, namespaces.slug as namespace_slug, projects.id as project_id, projects.slug as project_slug, projects.visibility as visibility, members.role is not null as is_member, max(ifnull(members.role, 0), iif(projects.visibility = 'public', 1, 0)) as access
 from (select 1) <joinedUser>
 left join namespaces on namespaces.slug = :namespace and namespaces.deleted_at is null and namespaces.id = ifnull(api_tokens.namespace_id, namespaces.id)
 left join members on members.user_id = users.id and members.namespace_id = namespaces.id
 left join projects on projects.id = ifnull((select projects.id
 from projects
 where projects.namespace_id = namespaces.id and projects.slug = :project and projects.deleted_at is null), (select deletions.item_id
 from deletions
 where deletions.id = :deletionId or deletions.request = :repeatable)) and projects.id = ifnull(api_tokens.project_id, projects.id)), admitted as materialized (select * from standing where (case <authority.project.2> end) is null), verdict as materialized (
 select *, nullif(case <authority.project.2>
 when (exists (select 1 from deletions where deletions.id = :deletionId) or exists (select 1 from restorations where restorations.id = :deletionId) or (select projects.deleted_at is not null from projects where projects.id = standing.project_id) and exists (select 1 from deletions where deletions.request = :repeatable)) and not (standing.access < 2) and not (:includeProtected and (select project_stats.protected_episodes > 0
 from project_stats
 where project_stats.project_id = standing.project_id) and standing.access < 3) then 'done' <role.2>
 when :includeProtected and (select project_stats.protected_episodes > 0
 from project_stats
 where project_stats.project_id = standing.project_id) and standing.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(standing.is_member, standing.access, 0), '')
 when not :includeProtected and (select project_stats.protected_episodes > 0
 from project_stats
 where project_stats.project_id = standing.project_id) then 'holds_write_protected'
 when :expected is not null and not exists (select 1
 from projects
 where projects.id = standing.project_id and (projects.updated_request = :mark or :expected = '*' or projects.id || '-' || projects.version in (select tag.value from each(:expected) as tag))) then 'precondition_failed' end, 'done') as refusal
 from standing)

-- projects.updating
with standing as materialized (
 select <caller>, namespaces.id as namespace_id, namespaces.slug as namespace_slug, projects.id as project_id, projects.slug as project_slug, projects.visibility as visibility, members.role is not null as is_member, max(ifnull(members.role, 0), iif(projects.visibility = 'public', 1, 0)) as access
 from (select 1) <joinedUser>
 left join namespaces on namespaces.slug = :namespace and namespaces.deleted_at is null and namespaces.id = ifnull(api_tokens.namespace_id, namespaces.id)
 left join members on members.user_id = users.id and members.namespace_id = namespaces.id
 left join projects on projects.id = ifnull((select projects.id
 from projects
 where projects.namespace_id = namespaces.id and projects.slug = :project and projects.deleted_at is null), (select projects.id
 from projects
 where projects.namespace_id = namespaces.id and projects.slug = :newSlug and projects.deleted_at is null and projects.renamed_request = :mark)) and projects.id = ifnull(api_tokens.project_id, projects.id)), admitted as materialized (select * from standing where (case <authority.project.2> end) is null), verdict as materialized (
 select *, nullif(case <authority.project.2>
 when (exists (select 1
 from projects
 where projects.id = standing.project_id and ( projects.updated_request = :mark or projects.slug <> :project and projects.renamed_request = :mark))) and not (standing.access < 2) and not (:visibility <> standing.visibility and standing.access < 3) then 'done' <role.2>
 when :visibility <> standing.visibility and standing.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(standing.is_member, standing.access, 0), '')
 when :expected is not null and not exists (select 1
 from projects
 where projects.id = standing.project_id and (projects.updated_request = :mark or :expected = '*' or projects.id || '-' || projects.version in (select tag.value from each(:expected) as tag))) then 'precondition_failed'
 when :isMerging and :metadata is not null and exists (
 select 1
 from projects
 where projects.id = standing.project_id and (select count(*) from json_tree(:metadata) as member where typeof(member.key) = 'text') * iif(instr(:metadata || ifnull(projects.metadata, '{}'), '\') > 0, (octet_length(ifnull(projects.metadata, '{}')) + octet_length(:metadata)), (select count(*) from json_tree(:metadata) as member where typeof(member.key) = 'text') + (select count(*)
 from json_tree(ifnull(projects.metadata, '{}')) as member
 where typeof(member.key) = 'text')) > 1000000) then 'metadata_entangled'
 when :isMerging and :metadata is not null and exists (
 select 1
 from projects
 where projects.id = standing.project_id and (octet_length(ifnull(projects.metadata, '{}')) + octet_length(:metadata)) > 65536 and octet_length(json_patch(ifnull(projects.metadata, '{}'), :metadata)) > 65536) then 'metadata_too_large'
 when exists (select 1
 from projects
 where projects.namespace_id = standing.namespace_id and projects.slug = :newSlug and projects.deleted_at is null and projects.id <> standing.project_id) then 'project_slug_taken' end, 'done') as refusal
 from standing)

-- purges.listing
with standing as materialized (
 select <caller>, namespaces.id as namespace_id, namespaces.slug as namespace_slug, namespaces.deleted_at is not null as is_trashed, members.role is not null as is_member, ifnull(members.role, 0) as access
 from (select 1) <joinedUser>
 left join namespaces on namespaces.slug = :namespace and true and namespaces.id = ifnull(api_tokens.namespace_id, namespaces.id)
 left join members on members.user_id = users.id and members.namespace_id = namespaces.id), admitted as materialized (select * from standing where (case <authority.namespace.1> end) is null), verdict as materialized ( select *, nullif(case <authority.namespace.1> <role.3> end, 'done') as refusal from standing)

-- revocations.loggingOut
with <standing.user>, admitted as materialized (select * from standing where (case <authority.user.8> end) is null), verdict as materialized ( select *, nullif(case <authority.user.8> <role.0> end, 'done') as refusal from standing)

-- signing.findingById
with <standing.user>, admitted as materialized (select * from standing where (case <authority.user.1> end) is null), verdict as materialized ( select *, nullif(case <authority.user.1> <role.1> end, 'done') as refusal from standing)

-- signing.findingByName
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.1> end) is null), verdict as materialized ( select *, nullif(case <authority.project.1> <role.1> end, 'done') as refusal from standing)

-- trash.listingOfNamespace
with standing as materialized (
 select <caller>, namespaces.id as namespace_id, namespaces.slug as namespace_slug, namespaces.deleted_at is not null as is_trashed, members.role is not null as is_member, ifnull(members.role, 0) as access
 from (select 1) <joinedUser>
 left join namespaces on namespaces.slug = :namespace and true and namespaces.id = ifnull(api_tokens.namespace_id, namespaces.id)
 left join members on members.user_id = users.id and members.namespace_id = namespaces.id), admitted as materialized (select * from standing where (case <authority.namespace.1> end) is null), verdict as materialized ( select *, nullif(case <authority.namespace.1> <role.1> end, 'done') as refusal from standing)

-- trash.listingOfProject
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.1> end) is null), verdict as materialized (
 select *, nullif(case <authority.project.1>
 when not standing.is_member then 'forbidden' || ifnull(' ' || 'role 1 ' || iif(standing.is_member, standing.access, 0), '') <role.1> end, 'done') as refusal
 from standing)

-- trash.restoringItem
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.2> end) is null), deletion as materialized (
 select deletions.*
 from admitted as standing cross join deletions
 where deletions.id = :deletionId and deletions.project_id = standing.project_id), <trash.spot.deletion>, obstacle as materialized (select (select around.kind || ' ' || json_quote(around.name)
 from episodes join deletions as around on around.id = episodes.deletion_id
 where episodes.id = deletion.container_id) as container, case
 when deletion.kind in ('folder') then (select nodes.path
 from spot cross join nodes on nodes.container_id = spot.container_id and nodes.path = spot.path and nodes.kind = 'folder' and nodes.deleted_at is null)
 when deletion.kind in ('episode') then (select episodes.name
 from episodes
 where episodes.project_id = standing.project_id and episodes.name = :newName and episodes.id <> deletion.item_id)
 when deletion.kind in ('video', 'audio', 'label-track', 'text-track', 'image', 'file') then (select assets.name
 from assets as own join assets on assets.container_id = own.container_id and assets.kind = own.kind and assets.name = ifnull(:newAssetName, own.name) and assets.name is not null and assets.deleted_at is null
 where own.id = deletion.item_id)
 when deletion.kind in ('dataset') then (select datasets.name
 from datasets
 where datasets.project_id = standing.project_id and datasets.deleted_at is null and datasets.name = ifnull(:newName, (select own.name from datasets as own where own.id = deletion.item_id)))
 when deletion.kind in ('collection') then (select collections.name
 from collections
 where collections.project_id = standing.project_id and collections.deleted_at is null and collections.name = ifnull(:newName, (select own.name from collections as own where own.id = deletion.item_id))) end as namesake
 from admitted as standing cross join deletion), verdict as materialized (
 select *, nullif(case <authority.project.2>
 when (exists (select 1 from restorations where restorations.id = :deletionId and restorations.request = :mark)) and not (standing.access < 2) then 'done'
 when not standing.is_member then 'forbidden' || ifnull(' ' || 'role 2 ' || iif(standing.is_member, standing.access, 0), '')
 when not exists (select 1 from deletion) then 'deletion_not_found' <role.2>
 when (:isRenamed and (select case
 when deletion.kind in ('folder') then :newName is null or instr(:newName, '/') > 0 or exists (select 1
 from spot
 where (octet_length(:newName) - octet_length(replace(replace(substr(spot.former, length(rtrim(rtrim(spot.former, replace(spot.former, '/', '')), '/')) + 2), '%2F', '/'), '%25', '%'))) > 0 and iif(deletion.longest_path is not null, deletion.longest_path + (octet_length(:newName) - octet_length(replace(replace(substr(spot.former, length(rtrim(rtrim(spot.former, replace(spot.former, '/', '')), '/')) + 2), '%2F', '/'), '%25', '%'))) > 1024, (
 select count(*) > 5000 or max(container_id = spot.container_id and kind <> 'episode' and octet_length(replace(replace(path, '%2F', '/'), '%25', '%')) + (octet_length(:newName) - octet_length(replace(replace(substr(spot.former, length(rtrim(rtrim(spot.former, replace(spot.former, '/', '')), '/')) + 2), '%2F', '/'), '%25', '%'))) > 1024)
 from (select nodes.container_id as container_id, nodes.kind as kind, nodes.path as path
 from nodes
 where nodes.deletion_id = deletion.id limit 5001))))
 when deletion.kind in ('episode') then :newName is null
 when deletion.kind in ('video', 'audio', 'label-track', 'text-track', 'image', 'file') then :newAssetName is null
 when deletion.kind in ('dataset') then :newName is null
 when deletion.kind in ('collection') then :newName is null end
 from deletion)) then 'restore_name_invalid'
 when (select episodes.write_protected from deletion join episodes on episodes.id = deletion.container_id) then 'episode_write_protected'
 when (select purging from deletion) then 'deletion_purging'
 when (select phase is not null from deletion) then 'deletion_marking'
 when exists (select 1
 from deletions as busy
 where <isBusy> and <closedIn> = (select container_id from spot) and substr((select path from spot) || '/', 1, length(<closed>) + 1) = <closed> || '/') then 'deletion_marking'
 when exists (select 1 from obstacle where container is not null or namesake is not null) then 'restore_conflict'
 when (:rowsQuota is not null and iif(<used.rows> + 100 <= :rowsQuota, 0, ((with recursive <trash.ancestors>
 select count(*)
 from ancestor
 where (select nodes.id
 from nodes
 where nodes.container_id = ancestor.container_id and nodes.path = ancestor.path and nodes.kind = 'folder' and nodes.deleted_at is null) is null) + (select count(*)
 from spot cross join assets on assets.id = spot.item_id and spot.kind in ('video', 'audio', 'label-track', 'text-track', 'image', 'file')
 where spot.path is not null and not exists (select 1 from nodes where nodes.id = assets.node_id and nodes.deletion_id = assets.deletion_id))) > 0 and <used.rows> + ((with recursive <trash.ancestors>
 select count(*)
 from ancestor
 where (select nodes.id
 from nodes
 where nodes.container_id = ancestor.container_id and nodes.path = ancestor.path and nodes.kind = 'folder' and nodes.deleted_at is null) is null) + (select count(*)
 from spot cross join assets on assets.id = spot.item_id and spot.kind in ('video', 'audio', 'label-track', 'text-track', 'image', 'file')
 where spot.path is not null and not exists (select 1 from nodes where nodes.id = assets.node_id and nodes.deletion_id = assets.deletion_id))) > :rowsQuota)) then 'quota_exceeded' end, 'done') as refusal
 from standing)

-- trash.restoringPlace
with standing as materialized (
 select <caller>, namespaces.id as namespace_id, namespaces.slug as namespace_slug, namespaces.deleted_at is not null as is_trashed, members.role is not null as is_member, ifnull(members.role, 0) as access
 from (select 1) <joinedUser>
 left join namespaces on namespaces.id = ifnull((select namespaces.id from namespaces where namespaces.slug = :namespace), (select restorations.item_id
 from restorations
 where restorations.id = :deletionId and restorations.request = :mark and restorations.kind = 'namespace')) and true and namespaces.id = ifnull(api_tokens.namespace_id, namespaces.id)
 left join members on members.user_id = users.id and members.namespace_id = namespaces.id), admitted as materialized (select * from standing where (case <authority.namespace.2> end) is null), deletion as materialized (
 select deletions.*
 from admitted as standing cross join deletions
 where deletions.id = :deletionId and deletions.namespace_id = standing.namespace_id and deletions.project_id is null), obstacle as materialized (select iif(standing.is_trashed and deletion.kind = 'project', 'namespace ' || standing.namespace_slug, null) as container, case deletion.kind
 when 'project' then (select projects.slug
 from projects
 where projects.namespace_id = standing.namespace_id and projects.slug = ifnull(:slug, (select own.slug from projects as own where own.id = (select item_id from deletion))) and projects.deleted_at is null)
 when 'namespace' then iif(:slug <> standing.namespace_slug and ( exists (select 1 from namespaces where namespaces.slug = :slug) or ifnull( (select former_slugs.namespace_id is not standing.namespace_id
 from former_slugs
 where former_slugs.slug = :slug and former_slugs.reserved_until > :now), exists (select 1
 from users
 where users.username = :slug and users.id is not standing.user_id and users.home_id is not standing.namespace_id))), :slug, null) end as namesake
 from admitted as standing cross join deletion), verdict as materialized (
 select *, nullif(case <authority.namespace.2>
 when (exists (select 1 from restorations where restorations.id = :deletionId and restorations.request = :mark)) and not (standing.access < 2) then 'done'
 when not exists (select 1 from deletion) then 'deletion_not_found' <role.2>
 when (select kind = 'namespace' from deletion) and standing.token_id is not null then 'forbidden' || ifnull(' ' || 'scopes 8', '')
 when (select kind = 'namespace' from deletion) and standing.access < 3 then 'forbidden' || ifnull(' ' || 'role 3 ' || iif(standing.is_member, standing.access, 0), '')
 when (select purging from deletion) then 'deletion_purging'
 when exists (select 1 from obstacle where container is not null or namesake is not null) then 'restore_conflict' end, 'done') as refusal
 from standing)

-- uploads.aborting
with <standing.upload_not_found>, admitted as materialized (select * from standing where (case <authority.upload_not_found.2> end) is null), verdict as materialized (
 select *, nullif(case <authority.upload_not_found.2> <role.2>
 when :expected is not null and not (:expected = '*' and true) then 'precondition_failed'
 when standing.object_state = 'complete' then 'upload_complete' end, 'done') as refusal
 from standing)

-- uploads.announcing
with <standing.project>, admitted as materialized (select * from standing where (case <authority.projectToMake.6> end) is null), kept as materialized (select idempotency_keys.fingerprint as fingerprint, idempotency_keys.attempt as attempt, idempotency_keys.item_id as item_id, idempotency_keys.version as version, idempotency_keys.created as created, idempotency_keys.body as body, idempotency_keys.place_id = standing.project_id as is_here
 from admitted as standing cross join idempotency_keys
 where idempotency_keys.id = :keyId and idempotency_keys.created_at > :now - 86400000), verdict as materialized (
 select *, nullif(case <authority.projectToMake.6>
 when ((select fingerprint = :fingerprint and is_here from kept)) and not (standing.access < 2) then 'done'
 when ((select fingerprint <> :fingerprint from kept)) and not (standing.access < 2) then 'idempotency_key_reused' <role.2>
 when (:rowsQuota is not null and iif(<used.rows> + :count <= :rowsQuota, 0, (select ifnull(sum(1), 0)
 from each(:files) as file
 where not exists (select 1 from objects where objects.id = (file.value ->> '$.id')) and <uploads.known.standing> is null) > 0 and <used.rows> + (select ifnull(sum(1), 0)
 from each(:files) as file
 where not exists (select 1 from objects where objects.id = (file.value ->> '$.id')) and <uploads.known.standing> is null) > :rowsQuota)) then 'quota_exceeded'
 when (:bytesQuota is not null and iif(<used.bytes> + :bytes <= :bytesQuota, 0, (select ifnull(sum((file.value ->> '$.size')), 0)
 from each(:files) as file
 where not exists (select 1 from objects where objects.id = (file.value ->> '$.id')) and <uploads.known.standing> is null) > 0 and <used.bytes> + (select ifnull(sum((file.value ->> '$.size')), 0)
 from each(:files) as file
 where not exists (select 1 from objects where objects.id = (file.value ->> '$.id')) and <uploads.known.standing> is null) > :bytesQuota)) then 'quota_exceeded' end, 'done') as refusal
 from standing)

-- uploads.completing
with <standing.upload_not_found>, admitted as materialized (select * from standing where (case <authority.upload_not_found.6> end) is null), verdict as materialized (
 select *, nullif(case <authority.upload_not_found.6>
 when (<isAdding> and standing.object_token_id is not standing.token_id) then 'upload_not_found' <role.2>
 when standing.object_state in ('aborted', 'discarded') then 'upload_aborted' end, 'done') as refusal
 from standing)

-- uploads.discarding
with <standing.upload_not_found>, admitted as materialized (select * from standing where (case <authority.upload_not_found.6> end) is null), verdict as materialized (
 select *, nullif(case <authority.upload_not_found.6>
 when (<isAdding> and standing.object_token_id is not standing.token_id) then 'upload_not_found' <role.2>
 when standing.object_state = 'complete' then 'upload_complete' end, 'done') as refusal
 from standing)

-- uploads.findingObject
with <standing.object_not_found>, admitted as materialized (select * from standing where (case <authority.object_not_found.1> end) is null), verdict as materialized (
 select *, nullif(case <authority.object_not_found.1>
 when standing.object_state <> 'complete' then 'object_not_found' <role.1> end, 'done') as refusal
 from standing)

-- uploads.findingStaged
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.6> end) is null), staged as materialized (select (select own.id
 from (
 select objects.id as id, objects.created_by_token as token_id
 from objects
 where objects.project_id = standing.project_id and objects.staging_hash = :stagingHash and objects.staging_hash is not null and objects.created_by = standing.user_id and objects.state = 'complete'
 order by objects.id desc limit 500) as own
 where not (<isAdding> and own.token_id is not standing.token_id)
 order by own.id desc limit 1) as id, (select own.id
 from (
 select objects.id as id, objects.created_by_token as token_id
 from objects
 where objects.project_id = standing.project_id and objects.staging_hash = :stagingHash and objects.staging_hash is not null and objects.created_by = standing.user_id and objects.state = 'pending'
 order by objects.id desc limit 500) as own
 where not (<isAdding> and own.token_id is not standing.token_id)
 order by own.id desc limit 1) as pending_id
 from admitted as standing), verdict as materialized (
 select *, nullif(case <authority.project.6>
 when (select ifnull(id, pending_id) from staged) is null then 'upload_not_found' <role.2>
 when (select id from staged) is null then 'upload_incomplete' end, 'done') as refusal
 from standing)

-- uploads.listing
with <standing.project>, admitted as materialized (select * from standing where (case <authority.project.6> end) is null), verdict as materialized ( select *, nullif(case <authority.project.6> <role.2> end, 'done') as refusal from standing)

-- uploads.sending
with <standing.upload_not_found>, admitted as materialized (select * from standing where (case <authority.upload_not_found.6> end) is null), verdict as materialized (
 select *, nullif(case <authority.upload_not_found.6>
 when (<isAdding> and standing.object_token_id is not standing.token_id) then 'upload_not_found' <role.2>
 when standing.object_state = 'complete' then 'upload_complete'
 when standing.object_state in ('aborted', 'discarded') then 'upload_aborted' end, 'done') as refusal
 from standing)

-- uploads.settling
with <standing.upload_not_found>, admitted as materialized (select * from standing where (case <authority.upload_not_found.6> end) is null), verdict as materialized (
 select *, nullif(case <authority.upload_not_found.6>
 when (<isAdding> and standing.object_token_id is not standing.token_id) then 'upload_not_found' <role.2>
 when standing.object_state in ('aborted', 'discarded') then 'upload_aborted'
 when (:bytesQuota is not null and iif(<used.bytes> + :size <= :bytesQuota, 0, ifnull((select :size - ifnull(objects.announced_size, 0)
 from objects
 where objects.id = standing.object_id and objects.state = 'pending'), 0) > 0 and <used.bytes> + ifnull((select :size - ifnull(objects.announced_size, 0)
 from objects
 where objects.id = standing.object_id and objects.state = 'pending'), 0) > :bytesQuota)) then 'quota_exceeded' end, 'done') as refusal
 from standing)

-- uploads.watching
with <standing.upload_not_found>, admitted as materialized (select * from standing where (case <authority.upload_not_found.7> end) is null), verdict as materialized (
 select *, nullif(case <authority.upload_not_found.7>
 when <isBlind> and (standing.object_state <> 'pending' or standing.object_token_id is not standing.token_id) then 'upload_not_found' <role.1> end, 'done') as refusal
 from standing)

-- users.exchanging
with <standing.user>, admitted as materialized (select * from standing where (case <authority.user.8> end) is null), verdict as materialized ( select *, nullif(case <authority.user.8> <role.0> end, 'done') as refusal from standing)

-- users.reading
with <standing.user>, admitted as materialized (select * from standing where (case <authority.user.7> end) is null), verdict as materialized ( select *, nullif(case <authority.user.7> <role.1> end, 'done') as refusal from standing)

-- users.updating
with <standing.user>, admitted as materialized (select * from standing where (case <authority.user.8> end) is null), verdict as materialized (
 select *, nullif(case <authority.user.8>
 when (exists (select 1 from users where users.id = standing.user_id and users.updated_request = :mark)) and not (standing.access < 0) then 'done' <role.0>
 when :expected is not null and not exists (select 1
 from users
 where users.id = standing.user_id and (users.updated_request = :mark or :expected = '*' or users.id || '-' || users.version in (select tag.value from each(:expected) as tag))) then 'precondition_failed' end, 'done') as refusal
 from standing)
