import type { Failure, ProblemText } from './failure.ts'

/** Of what is not there, and of names that are taken. */
export const textsOfThings = {
  namespace_not_found: {
    meaning:
      'There is no namespace by this slug that you may know of. Whether there is none, or none for you, is not told.',
    when: 'The slug is misspelt or was changed, or the namespace is in the trash. You are not a member of it, and what you ask for is not a public project. Or the API token is bound to another namespace, or to a project while the request is about the whole namespace.',
    remedy:
      'Compare with `GET /namespaces`, which lists those that you are a member of. If it is not there, ask an owner to add you by `PUT /namespaces/:slug/members/:username`, or make it by `POST /namespaces`. The owners of a deleted one find it in `GET /namespaces/:slug/trash`.',
  },
  project_not_found: {
    meaning: 'You may know of the namespace, but it has no project by this slug that you may see.',
    when: 'The slug is misspelt or was changed, or the project is in the trash. Or the API token is bound to another project, or the request says `createProject=false` and the project is missing.',
    remedy:
      'Compare with `GET /namespaces/:slug/projects`, or make it by `POST /namespaces/:slug/projects`; posting an episode, an asset or an upload makes a missing project too, unless `createProject=false` is given. A deleted project is in `GET /namespaces/:slug/trash`.',
  },
  episode_not_found: {
    meaning: 'The project has no episode of exactly this name, or has it in the trash.',
    when: 'On `GET`, `PATCH` or `DELETE` of `/namespaces/:slug/projects/:projectSlug/episodes/:episodeName`, where the name is spelt in another way (upper and lower case differ), or the episode was renamed or deleted.',
    remedy:
      'Compare with `GET /namespaces/:slug/projects/:projectSlug/episodes`, and encode the name in the URL: a slash is `%2F`, a space `%20`. A deleted episode is in `GET /namespaces/:slug/projects/:projectSlug/trash`, and comes back from there.',
  },
  dataset_not_found: {
    meaning: 'The project has no such dataset, or has it in the trash.',
    when: 'The name in `/namespaces/:slug/projects/:projectSlug/datasets/:name` is spelt in another way, or the dataset was renamed or deleted. In the body of a collection, `datasetId` is not the id of a dataset of the same project; its name will not do.',
    remedy:
      'Take `name` and `id` from `GET /namespaces/:slug/projects/:projectSlug/datasets`. A deleted dataset is in `GET /namespaces/:slug/projects/:projectSlug/trash`, and comes back from there.',
  },
  collection_not_found: {
    meaning: 'The project has no collection of this name, or has it in the trash.',
    when: 'The name in `/namespaces/:slug/projects/:projectSlug/collections/:name` is spelt in another way, or the collection was renamed or deleted. Or one of the names in `add` or `remove` on `/namespaces/:slug/projects/:projectSlug/datasets/:name/collections` is none: then `detail` names it, and nothing was changed.',
    remedy:
      'Take the name from `GET /namespaces/:slug/projects/:projectSlug/collections`, encode it where it stands in the URL, and send the request again. A deleted collection is in `GET /namespaces/:slug/projects/:projectSlug/trash`.',
  },
  asset_not_found: {
    meaning: 'There is no such asset of this kind that you may see, outside of the trash.',
    when: 'On `/assets/<kind>/:id`, where the asset is of another kind, was deleted or replaced, or is inside of a deleted episode or of a project that you may not read. On `download` and `content`, where no asset of the kind has the `path`. In the answer of `POST /assets/sign` it stands as the `code` of single entries.',
    remedy:
      'List `/assets/<kind>?namespace=...&project=...`, and take `id` or `name` from there. Registering a path with another storage id makes an asset with a new id: to mean whatever is there now, keep the path, or its `nodeId` for `/nodes/:id/download`.',
  },
  node_not_found: {
    meaning: 'The tree of folders, episodes and assets has nothing there that you may see.',
    when: 'The id in `/nodes/:id`, or `parentId` on `GET /nodes/children`, is of something that was deleted or is inside of a deleted episode, or is not the id of a node: episodes and assets have ids of their own besides. On `GET /nodes/lookup`, nothing is at the `path`, or nothing of that `kind`, or there is no such `episode`.',
    remedy:
      'Take node ids from `GET /nodes/children`, or the `nodeId` of an asset. The node of an episode is at `GET /nodes/lookup` with the name of the episode as `episode` and `/` as `path`; inside a name in `path`, a slash is `%2F` and a percent sign `%25`, before the URL is encoded.',
  },
  parent_not_found: {
    meaning: 'The node that the folder is to be moved into is not there. The folder stays where it was.',
    when: 'On `PATCH /nodes/:id`, where `parentId` is of another project, of something that was deleted or is inside of a deleted episode, or not the id of a node.',
    remedy:
      'Take `parentId` from `GET /nodes/children` of the same project. `null` moves the folder to the top of its episode, or of the project where it is in no episode.',
  },
  deletion_not_found: {
    meaning:
      'This trash has no deletion by that id. A deletion has an id of its own, which is not the id of what was deleted.',
    when: 'It was restored or purged before; the id of the deleted thing was given; or the wrong trash was asked: deleted projects are in the trash of the namespace, and what was deleted inside of a project is in the trash of that project.',
    remedy:
      'Take `deletionId` from `GET /namespaces/:slug/projects/:projectSlug/trash`, or from `GET /namespaces/:slug/trash` for a project or the namespace itself. What is not listed there is back, or gone for good: owners see in `GET /namespaces/:slug/purges` what was purged.',
  },
  episode_trashed: {
    meaning:
      'The name belongs to an episode in the trash, and nothing else can have it until that is purged.',
    when: 'On `POST` of an episode of that name, on `POST /assets/<kind>` with that `episodeName`, and on `PATCH` that would rename an episode to it. The trash is kept for `RETENTION_DAYS`, which is 30 unless the deployment says otherwise.',
    remedy:
      'Find its `deletionId` in `GET /namespaces/:slug/projects/:projectSlug/trash`, and bring it back by `POST /namespaces/:slug/projects/:projectSlug/trash/:deletionId/restore`; with `?as=` and another name, this one becomes free. Or have an owner purge it by `DELETE /namespaces/:slug/projects/:projectSlug/trash/:deletionId`, or use another name.',
  },
  namespace_slug_taken: {
    meaning: 'Slugs of namespaces are unique on the whole server, and this one is not free.',
    when: 'On `POST /namespaces`, or on `PATCH /namespaces/:slug` with a new slug: another namespace has it, in the trash or not, had it within the last 30 days, or it is the name of another user.',
    remedy:
      'Choose another slug: 1 to 64 of `a-z 0-9 - _ .`, beginning with a letter or digit. If it may be yours already, look at `GET /namespaces`, and at `GET /namespaces/:slug/trash` for one that you have deleted.',
  },
  project_slug_taken: {
    meaning:
      'Another project of the namespace has this slug. Where a new project is given none, its slug is made from the name.',
    when: 'On `POST /namespaces/:slug/projects`, or on `PATCH /namespaces/:slug/projects/:projectSlug` with a new slug. Names that differ in upper and lower case, accents or punctuation alone make the same slug.',
    remedy:
      'Give another `slug`, or use the project that is there: `POST` never changes it, `PATCH /namespaces/:slug/projects/:projectSlug` does. Projects in the trash do not keep their slugs.',
  },
  episode_name_taken: {
    meaning: 'Another episode of the project has the name that this one was to get. Nothing was changed.',
    when: 'On `PATCH /namespaces/:slug/projects/:projectSlug/episodes/:episodeName` with the `name` of another episode. If that one is in the trash, the answer is `episode_trashed`.',
    remedy: 'Choose another name, or rename the other episode first and send the request again.',
  },
  asset_name_taken: {
    meaning:
      'Within an episode, or within a project outside of episodes, a path leads to one asset of each kind, and another asset has this one.',
    when: 'On `PATCH /assets/<kind>/:id` with a `name` that another asset of the kind has there.',
    remedy:
      'Choose another path, or rename or delete the other asset first. To give a path new bytes, send `POST /assets/<kind>` with that name and the new storage id, which replaces what is there.',
  },
  dataset_name_taken: {
    meaning: 'Another dataset of the project has this name. Nothing was made or changed.',
    when: 'On `POST /namespaces/:slug/projects/:projectSlug/datasets`, or on `PATCH` of a dataset with a new name. Datasets in the trash do not keep their names.',
    remedy:
      'Choose another name, or change the dataset that has it: `PATCH /namespaces/:slug/projects/:projectSlug/datasets/:name`. `POST` never changes an existing one.',
  },
  collection_name_taken: {
    meaning:
      'Another collection of the project has this name, be it in the same dataset, in another one or in none. Nothing was made or changed.',
    when: 'On `POST /namespaces/:slug/projects/:projectSlug/collections`, or on `PATCH` of a collection with a new name. Collections in the trash do not keep their names.',
    remedy:
      'Choose another name. To add to the collection that has it, send `POST /namespaces/:slug/projects/:projectSlug/collections/:name/members`.',
  },
  node_name_taken: {
    meaning: 'The folder would come to where another folder of the same name is, and folders are not merged.',
    when: 'On `PATCH /nodes/:id`, where the folder named by `parentId`, or the present one if that is not given, holds a folder of that name.',
    remedy:
      'Choose another `name` or `parentId`. To bring two folders together, move what one of them holds into the other, and delete the empty one by `DELETE /nodes/:id`.',
  },
} as const satisfies Partial<Record<Failure, ProblemText>>
