import { visibilities } from '../../domain/kind.ts'
import { slugFrom } from '../../domain/slug.ts'
import { endpoint } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import { listAnswer, listShape, pageQuery, windowOf } from '../../http/page.ts'
import { resourceAnswer } from '../../http/resource.ts'
import type { Endpoint } from '../../http/route.ts'
import { trashEndpoint } from '../../http/trash-endpoint.ts'
import * as z from '../../http/zod.ts'
import {
  NAMESPACE,
  NamespaceParams,
  namespaceAt,
  PROJECT,
  ProjectParams,
  projectAt,
  projectFailures,
} from './address.ts'
import { AssetCounts, count, exampleCounts } from './asset-counts.ts'
import { createProject, listProjects, readProject, updateProject } from './projects.sql.ts'
import { trashProject } from './trash.sql.ts'

const example = {
  id: '019d8a3c5e00a1b2c3d4e5f6',
  name: 'Robotics Lab',
  slug: 'robotics-lab',
  description: 'Main robotics project',
  tags: ['robotics'],
  metadata: null,
  visibility: 'private',
  createdAt: '2026-04-14T09:30:00.000Z',
  updatedAt: '2026-04-14T09:30:00.000Z',
}

export const Project = z
  .object({
    id: field.id,
    name: z.string(),
    slug: z.string(),
    description: z.string().nullable(),
    tags: z.array(z.string()),
    metadata: field.metadataShown,
    visibility: z.enum(visibilities),
    createdAt: field.time,
    updatedAt: field.time,
  })
  .meta({ id: 'Project' })

const WholeProject = Project.extend({
  episodes: count,
  datasets: count,
  collections: count,
  assets: AssetCounts,
}).meta({ id: 'WholeProject' })

/** What hangs in a project is made, and counted, one by one. */
const elsewhere = {
  episodes: `POST ${PROJECT}/episodes makes one`,
  datasets: `POST ${PROJECT}/datasets makes one`,
  assets: 'POST /assets/video, and so on, registers one',
  collections: 'they are counted, not given',
}

const NameAndSlug = z.object({ name: field.name, slug: field.slug.optional() })

const NewProject = z
  .object({
    name: field.name,
    slug: field.slug.optional().meta({ description: 'Derived from the name when absent.' }),
    description: field.prose.optional(),
    tags: field.tags.optional(),
    metadata: field.metadata.optional(),
    visibility: z.enum(visibilities).optional().meta({ description: 'Public needs an owner.' }),
  })
  .refine(({ name, slug }) => slug !== undefined || slugFrom(name) !== null, {
    path: ['name'],
    error: 'makes no slug: give one',
    when: ({ value }) => NameAndSlug.safeParse(value).success,
  })
  .meta({ id: 'NewProject' })

/** "Space" is an older word for project: both lists answer the same, each under its own key. */
const bothSpellings = (make: (key: 'spaces' | 'projects', suffix: string) => Endpoint): Endpoint[] => [
  make('spaces', 'Spaces'),
  make('projects', 'Projects'),
]

const lists = bothSpellings((key, suffix) =>
  endpoint(
    {
      operationId: `list${suffix}`,
      grant: 'read',
      method: 'GET',
      path: `${NAMESPACE}/${key}`,
      tag: 'Projects',
      summary: 'List the projects of a namespace, newest first',
      description: 'Who is not a member sees the public ones, uncounted, or 404 where there is none.',
      params: NamespaceParams,
      query: z.object(pageQuery),
      answers: { 200: listShape(key, Project, example) },
      failures: ['namespace_not_found'],
    },
    async ({ asking, params, query, url, config, database }) => {
      const [window, cursors] = await windowOf(query, url, config)
      const page = await database.run(listProjects({ ...asking, ...namespaceAt(params) }, window))
      return listAnswer(key, page, query, url, cursors)
    },
  ),
)

const creations = bothSpellings((key, suffix) =>
  endpoint(
    {
      operationId: `create${suffix.slice(0, -1)}`,
      grant: 'write',
      isKeyed: true,
      method: 'POST',
      path: `${NAMESPACE}/${key}`,
      tag: 'Projects',
      summary: 'Create a project',
      description:
        'The slug is made from the name where none is given; one that a live project of the namespace has is 409. Creating an episode, an asset or an upload makes a missing project by itself.',
      params: NamespaceParams,
      query: z.object({}),
      body: NewProject,
      bodyExample: { name: 'Robotics Lab', description: 'Main robotics project', tags: ['robotics'] },
      elsewhere,
      isTagged: true,
      answers: { 201: { description: 'The project', schema: field.changed(Project), example } },
      failures: ['namespace_not_found', 'project_slug_taken'],
    },
    async (call) => {
      const { asking, params, body, stamp, mint, arriving, database } = call
      // The schema has seen to it that the name makes one where none is given.
      const slug = body.slug ?? (slugFrom(body.name) as string)
      const plan = createProject(
        {
          ...asking,
          ...stamp,
          ...field.stored(body),
          ...namespaceAt(params),
          id: mint(),
          slug,
          visibility: body.visibility ?? 'private',
        },
        arriving,
      )
      return resourceAnswer(call, await database.run(plan), { status: 201 })
    },
  ),
)

const read = endpoint(
  {
    operationId: 'readProject',
    grant: 'read',
    method: 'GET',
    path: PROJECT,
    tag: 'Projects',
    summary: 'Read a project with the counts of what it holds',
    description: 'The counts are of what is there; what is in the trash is not counted.',
    params: ProjectParams,
    query: z.object({}),
    isTagged: true,
    answers: {
      200: {
        description: 'The project',
        schema: WholeProject,
        example: { ...example, episodes: 12, datasets: 1, collections: 2, assets: exampleCounts },
      },
    },
    failures: projectFailures,
  },
  async (call) => {
    const { asking, params, database } = call
    return resourceAnswer(call, await database.run(readProject({ ...asking, ...projectAt(params) })))
  },
)

const update = endpoint(
  {
    operationId: 'updateProject',
    grant: 'write',
    method: 'PATCH',
    path: PROJECT,
    tag: 'Projects',
    summary: 'Change the given fields of a project',
    description:
      'What is not given stays. Another slug changes the address of all that is inside; URLs that were signed before stay good.',
    params: ProjectParams,
    query: z.object({}),
    body: z
      .object({
        name: field.name.optional(),
        slug: field.slug.optional(),
        description: field.prose.nullable().optional(),
        tags: field.clearableTags.optional(),
        metadata: field.metadata.nullable().optional(),
        visibility: z.enum(visibilities).optional().meta({ description: 'Changing it needs an owner.' }),
      })
      .meta({ id: 'ProjectChanges' }),
    bodyExample: { tags: ['robotics', 'production'], metadata: { team: 'lab-a' } },
    elsewhere,
    isTagged: true,
    answers: { 200: { description: 'The project', schema: field.changed(Project), example } },
    failures: [...projectFailures, 'project_slug_taken'],
  },
  async (call) => {
    const { asking, params, body, stamp, database } = call
    const { slug: newSlug, ...changes } = field.stored(body)
    const plan = updateProject({ ...asking, ...stamp, ...changes, ...projectAt(params), newSlug })
    return resourceAnswer(call, await database.run(plan))
  },
)

const trash = trashEndpoint(
  {
    operationId: 'trashProject',
    grant: 'write',
    path: PROJECT,
    tag: 'Projects',
    summary: 'Move a project to the trash',
    description: 'With all that is inside; its slug is free again.',
    params: ProjectParams,
    query: z.object({ includeProtected: field.includeProtected }),
    failures: [...projectFailures, 'holds_write_protected'],
  },
  (values, { params, query }) => trashProject({ ...values, ...query, ...projectAt(params) }),
)

export const projectEndpoints: readonly Endpoint[] = [...lists, ...creations, read, update, trash]
