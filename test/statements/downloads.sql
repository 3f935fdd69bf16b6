-- downloads.found, judged by downloads.finding
select standing.refusal as refusal, objects.key as key, objects.size as size, <contentTypeOfAsset> as content_type, assets.name as name, episodes.id as episode_id, episodes.name as episode_name
 from verdict as standing
 left join found
 left join assets on assets.id = iif(standing.refusal is null, found.id, null)
 left join objects on objects.id = assets.object_id
 left join episodes on episodes.id = assets.container_id

-- downloads.foundOfNode, judged by downloads.findingOfNode
select standing.refusal as refusal, objects.key as key, objects.size as size, <contentTypeOfAsset> as content_type, assets.name as name, episodes.id as episode_id, episodes.name as episode_name
 from verdict as standing
 left join found
 left join assets on assets.id = iif(standing.refusal is null, found.id, null)
 left join objects on objects.id = assets.object_id
 left join episodes on episodes.id = assets.container_id
