import { type SQL, sql } from 'drizzle-orm'
import { apiTokens, members, namespaces, projects } from '../../../drizzle/schema.ts'
import { iso, json } from '../../db/json.ts'
import { scopes } from '../../domain/access.ts'

const bit = (scope: keyof typeof scopes): SQL =>
  sql`iif(${apiTokens.scopes} & ${sql.raw(String(scopes[scope]))}, '"${sql.raw(scope)}"', null)`

const membership = sql`from ${members} join ${namespaces} on ${namespaces.id} = ${members.namespaceId}`

/** What an API token is good for, as its user and itself are told. */
export const tokenFields = {
  id: apiTokens.id,
  name: apiTokens.name,
  scopes: json(sql`'[' || concat_ws(',', ${bit('read')}, ${bit('write')}, ${bit('upload')}) || ']'`),
  // Whoever is no member any more is told no more than the ids.
  namespace: sql`ifnull((select ${namespaces.slug} ${membership}
    where ${members.userId} = ${apiTokens.userId} and ${members.namespaceId} = ${apiTokens.namespaceId}),
    ${apiTokens.namespaceId})`,
  project: sql`ifnull((select ${projects.slug} ${membership}
    join ${projects} on ${projects.id} = ${apiTokens.projectId} and ${projects.namespaceId} = ${namespaces.id}
    where ${members.userId} = ${apiTokens.userId} and ${members.namespaceId} = ${apiTokens.namespaceId}),
    ${apiTokens.projectId})`,
  expiresAt: iso(apiTokens.expiresAt),
  createdAt: iso(apiTokens.createdAt),
}
