import * as field from '../../http/field.ts'
import * as z from '../../http/zod.ts'

/** How a path leads to a place: as a route spells it, its parameters, and by what the database looks it up. */
export const NAMESPACE = '/namespaces/{slug}'
export const PROJECT = `${NAMESPACE}/projects/{projectSlug}`

const ofNamespace = { description: 'The slug of the namespace' }
const ofProject = { description: 'The slug of the project' }

export const NamespaceParams = z.object({ slug: field.lookup.meta(ofNamespace) })
export const ProjectParams = NamespaceParams.extend({ projectSlug: field.lookup.meta(ofProject) })

export const namespaceAt = ({ slug }: z.output<typeof NamespaceParams>) => ({ namespace: slug })

export const projectAt = ({ slug, projectSlug }: z.output<typeof ProjectParams>) => ({
  namespace: slug,
  project: projectSlug,
})

/** How a query names its project. */
export const projectAsked = {
  namespace: field.lookup.meta(ofNamespace),
  project: field.lookup.meta(ofProject),
}

/** How a body names its project, which is made where it is missing. */
export const projectGiven = {
  namespace: field.lookup.meta(ofNamespace),
  project: field.slug.meta(ofProject),
}

/** The failures of whatever is asked of a project. */
export const projectFailures = ['namespace_not_found', 'project_not_found'] as const
