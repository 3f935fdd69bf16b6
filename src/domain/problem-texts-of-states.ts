import type { Failure, ProblemText } from './failure.ts'

/** Of what things are: protected, in the trash, on the move, too many, or at odds with themselves. */
export const textsOfStates = {
  episode_write_protected: {
    meaning:
      'Somebody has set `writeProtected` of the episode. From then on neither the episode nor anything inside of it can be changed, and the protection cannot be taken away.',
    when: 'On `POST`, `PATCH` or `DELETE` of the episode; on registering, changing or deleting an asset in it; on moving or deleting a folder in it; on restoring what was deleted in it.',
    remedy:
      'Put what is to be added or corrected into another episode. Only the project or the namespace as a whole can still be deleted, by an owner with `?includeProtected=true`.',
  },
  holds_write_protected: {
    meaning:
      'A write-protected episode is somewhere inside, and would be moved or deleted with what is around it.',
    when: 'On `PATCH /nodes/:id` or `DELETE /nodes/:id` of a folder with such an episode below it. On `DELETE` of a project or namespace that holds one, without `includeProtected=true`.',
    remedy:
      'An owner can delete a project or namespace all the same: `DELETE /namespaces/:slug/projects/:projectSlug?includeProtected=true`, or the same of `/namespaces/:slug`. There is no such way for a folder: move or delete the other things in it one by one.',
  },
  restore_conflict: {
    meaning:
      'The deleted thing cannot come back as it was, because something else has its name by now, or because what it was inside of is in the trash too. `errors` says which. Nothing was restored.',
    when: 'On `POST /namespaces/:slug/trash/:deletionId/restore` and `POST /namespaces/:slug/projects/:projectSlug/trash/:deletionId/restore`. A taken name is told under `as`, and a deleted episode or namespace around it under `deletionId`.',
    remedy:
      'For a taken name, add `?as=` with a free one (a slug for a project or namespace, a path for an asset), or rename what has it. For what is around it, restore that first and send the request again.',
  },
  restore_name_invalid: {
    meaning:
      'Each kind of thing has names of its own form, and the one in `as` is not of the form of what is to be restored. Nothing was restored.',
    when: 'A folder is given a name with a slash, or one that would make a path below it longer than 1,024 bytes. An asset is given something that is no path of up to 1,024 bytes and 32 segments, or an episode, dataset or collection something over 255 characters.',
    remedy:
      'Give a path such as `/camera/front/run01.mp4` for an asset, and else a name of up to 255 characters, for a folder without a slash. Leave `as` out where the former name is free.',
  },
  deletion_purging: {
    meaning: 'The deleted thing is being removed for good, and cannot be brought back.',
    when: 'On restoring something that was in the trash for `RETENTION_DAYS` (30 unless the deployment says otherwise), or that an owner has purged by `DELETE` of its entry in the trash. `GET` of the trash shows it with `purging: true`.',
    remedy:
      'Make it anew, and upload its files again. `POST /uploads` with the `sha256` of a file answers `exists` where the namespace still has the same bytes.',
  },
  deletion_marking: {
    meaning:
      'A folder with over 5,000 nodes is on its way into the trash, or back, part by part. Until all of it has arrived, nothing new happens at its place, so nothing was changed.',
    when: 'On creating, changing, moving or restoring something in such a folder, and on moving or deleting a folder around or below it. On restoring that folder itself, and on purging it while it comes back.',
    remedy:
      'Wait for some seconds, for a very large folder some minutes, and send the same request again. It is done when `GET /namespaces/:slug/projects/:projectSlug/trash` shows no `state` of `marking` or `restoring` any more; reading goes on meanwhile.',
  },
  node_not_folder: {
    meaning:
      'Only folders are moved, renamed and deleted by the id of their node. This node is something else.',
    when: 'On `PATCH /nodes/:id` or `DELETE /nodes/:id`, where the `kind` of the node is `episode` or a kind of assets.',
    remedy:
      'For an episode, use `PATCH` or `DELETE` of `/namespaces/:slug/projects/:projectSlug/episodes/:episodeName`, where `folder` moves it. For an asset, use `/assets/<kind>/:id` with the `assetId` of the node, where a new `name` moves it.',
  },
  node_not_leaf: {
    meaning: 'Only assets have bytes to download, and this node is a folder or an episode.',
    when: 'On `GET /nodes/:id/download` or `GET /nodes/:id/content`, where `leaf` of the node is `false`.',
    remedy:
      'List the assets below it by `GET /nodes/:id/descendants?leavesOnly=true`. Send up to 1,000 of their `assetId` as `ids` to `POST /assets/sign`, which answers a URL for each.',
  },
  parent_not_folder: {
    meaning: 'A folder can be in another folder, or right below its episode, but not in an asset.',
    when: 'On `PATCH /nodes/:id`, where `parentId` is the node of an asset.',
    remedy:
      'Give the id of a folder, or of the node of the episode that the folder is inside of, or `null` for the top.',
  },
  node_across_episodes: {
    meaning:
      'The folders in an episode are a tree of their own, and so are the folders of a project outside of episodes. A folder does not go from one to another.',
    when: 'On `PATCH /nodes/:id`, where a folder in an episode would leave it, or a folder outside of episodes would come into one.',
    remedy:
      'Choose a parent in the same tree. To have the files in another episode, register them there by `POST /assets/<kind>` with its `episodeName` and the same storage ids, and delete the former assets.',
  },
  node_cycle: {
    meaning: 'The folder would be inside of itself. It stays where it was.',
    when: 'On `PATCH /nodes/:id`, where `parentId` is the folder itself or a folder anywhere below it.',
    remedy:
      'Choose a parent outside: one whose `ancestors` in `GET /nodes/:id` do not contain the folder. To turn two folders around, move the inner one out first.',
  },
  path_too_long: {
    meaning:
      'All that is below a folder has the folder in its path. After the change one of these paths would be over the limit of 1,024 bytes or 32 segments, so nothing was changed.',
    when: 'On `PATCH /nodes/:id` with a longer `name` or a deeper `parentId`. A path counts from the episode on, or from the top of the project where it is in none, in bytes of UTF-8; the names of episodes do not count.',
    remedy:
      'Choose a shorter name or a parent that is less deep, or shorten or move what is deepest in the folder first.',
  },
  asset_below_slash: {
    meaning:
      'The name of an asset is the names of its folders with slashes between. Below a folder that has a slash in its own name it would read as another path.',
    when: 'On `PATCH /nodes/:id` of a folder that holds assets, into a folder whose name has a slash, such as one that an episode with `folder` `/a%2Fb` has made.',
    remedy:
      'Choose another parent, or first give the folder with the slash another name by `PATCH /nodes/:id`, and send the request again.',
  },
  too_large: {
    meaning:
      'A single request changes 5,000 such things at most, so that others do not have to wait, and this one would have to change more. Nothing was changed.',
    when: 'On moving or renaming a folder with over 5,000 nodes below it (`detail` says how many), on deleting a dataset with over 5,000 collections, and on deleting a namespace with over 5,000 members.',
    remedy:
      'Do a part of it first: move what is in the folder, folder by folder; take collections out by `DELETE /namespaces/:slug/projects/:projectSlug/datasets/:name/collections`, up to 1,000 at once; remove members by `DELETE /namespaces/:slug/members/:username`. Then send the request again.',
  },
  home_namespace: {
    meaning: 'The namespace is the home of a user: it came with the account, and cannot be deleted.',
    when: 'On `DELETE /namespaces/:slug`, where the namespace is the home of any user.',
    remedy:
      'Delete what is inside by `DELETE /namespaces/:slug/projects/:projectSlug`. If it is the name that should go, rename it by `PATCH /namespaces/:slug`, which changes the username too.',
  },
  quota_exceeded: {
    meaning:
      'The operator bounds what a namespace may hold, in rows (episodes, nodes, assets, objects, members of collections) and in bytes, and the request would add more. What is there can still be changed and deleted, and be restored where its folders and its node are still there.',
    when: 'On creating episodes, assets, folders, uploads or collections, on adding members to a collection, on restoring what needs folders or a node made again, and on completing an upload of unknown size: beyond `QUOTA_ROWS` (2,000,000 unless the deployment says otherwise) or `QUOTA_BYTES` (no limit unless it is set). The trash counts until it is purged, and an upload counts as the `size` that was announced.',
    remedy:
      'See `usage` in `GET /namespaces/:slug`. Delete what is not needed, and have an owner purge it by `DELETE` of its entry in the trash; bytes go when nothing refers to them any more, which can take `UPLOAD_TTL_DAYS` (7) from their last upload or registration. Or ask the operator for a larger quota.',
  },
  manifest_out_of_order: {
    meaning:
      'A manifest is told in the order of names. Names have changed since the cursor was made, so what follows it is not the rest of what you have.',
    when: 'On `GET /namespaces/:slug/projects/:projectSlug/datasets/:name/manifest` with a `cursor`, after a collection of the dataset was renamed, or the episode or asset at which the cursor stands was moved or renamed. A manifest that is being sent at that moment breaks off without its last line.',
    remedy:
      'Forget the lines that you have, and ask again without `cursor`. Do not rename or move anything in the dataset meanwhile.',
  },
  manifest_entangled: {
    meaning:
      'A manifest tells each asset once, where the first member reaches it. Here there are too many collections to find out which member is the first.',
    when: 'On `GET /namespaces/:slug/projects/:projectSlug/datasets/:name/manifest`, where the dataset has over 1,000 collections and something that it reaches is a member of over 64 collections of the project.',
    remedy:
      'Leave at most 1,000 collections in the dataset, by merging some or by `DELETE /namespaces/:slug/projects/:projectSlug/datasets/:name/collections`, or see to it that no id is in more than 64 collections. Then begin the manifest anew.',
  },
  episode_ends_before_start: {
    meaning: 'With this change the episode would end before it starts. Nothing was changed.',
    when: 'On `POST` or `PATCH` of an episode that gives one of `startedAt` and `endedAt`, where the other, which the episode has already, contradicts it. A request that gives both is answered `invalid_request`.',
    remedy:
      'See both times in `GET /namespaces/:slug/projects/:projectSlug/episodes/:episodeName`, and send the right ones together. On `PATCH`, `null` clears one.',
  },
  episode_duration_contradicts: {
    meaning:
      'With this change the duration of the episode would not be the time between its start and its end. Nothing was changed.',
    when: 'On `POST` or `PATCH` of an episode that gives some of `startedAt`, `endedAt` and `durationMs`, where the episode has the others and they differ by more than a millisecond. A request that gives all three is answered `invalid_request`.',
    remedy:
      'Send `durationMs` as the milliseconds from `startedAt` to `endedAt`. On `PATCH`, `null` clears one of the three, and while one is unknown nothing is compared.',
  },
  too_many_tags: {
    meaning: 'An episode has 64 tags at most, and would have more. Its tags stay as they were.',
    when: 'On `PATCH` of an episode with `tagsAdd`. In the answer of `POST /namespaces/:slug/projects/:projectSlug/episodes/tags` it stands as the `code` of single entries of `skipped`, while the other episodes are changed.',
    remedy:
      'Take tags away in the same request: `tagsRemove`, or `remove` of the other route. `GET /namespaces/:slug/projects/:projectSlug/episodes/:episodeName` shows those that are there.',
  },
  metadata_too_large: {
    meaning:
      'What was sent would be merged with what is there, and the result would be over 64 KiB (65,536 bytes) as JSON. Nothing was changed.',
    when: 'On `PATCH` with `Content-Type: application/merge-patch+json`. Metadata that is too large by itself is answered `invalid_request`.',
    remedy:
      'Take members away in the same request, by `null`, or replace all of `metadata` with `Content-Type: application/json`. Large data belongs into a file: `POST /uploads`, and then `POST /assets/file`.',
  },
  metadata_entangled: {
    meaning:
      'Merging looks for each member that was sent among all that are there. These are so many that it would take too long, so nothing was changed.',
    when: 'On `PATCH` with `Content-Type: application/merge-patch+json`, where the number of members sent, multiplied by the number of those sent and those there together, is over 1,000,000. Where a name or value has a backslash in its JSON, all bytes count in place of the members there. Members of objects within objects, and within arrays, count too.',
    remedy:
      'Send several requests with fewer members each. Or read the metadata, merge it in your program, and send all of it with `Content-Type: application/json`, and with `If-Match` so that nobody else is overwritten.',
  },
} as const satisfies Partial<Record<Failure, ProblemText>>
