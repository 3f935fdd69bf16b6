import { Hono } from 'hono'
import { jwtVerify } from 'jose'

/**
 * What the platform itself takes: Hono, the verification of a token, and one raw statement of the shape that the
 * server's routes have, without authority, errors or anything else. The two lists are the two roads that
 * resources can take from a row to the wire.
 */
const app = new Hono<{ Bindings: Env }>()

app.get('/bare', (context) => context.json({ status: 'ok' }))

app.use('/floor/*', async (context, next) => {
  const token = context.req.header('Authorization')?.slice('Bearer '.length) ?? ''
  await jwtVerify(token, new TextEncoder().encode(context.env.JWT_SECRET), { algorithms: ['HS256'] })
  await next()
})

interface Row {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly tags: string
  readonly project_id: string
  readonly folder_id: string | null
  readonly node_path: string
  readonly status: string
  readonly write_protected: number
  readonly metadata: string | null
  readonly started_at: number | null
  readonly ended_at: number | null
  readonly duration_ms: number | null
  readonly created_at: number
  readonly updated_at: number
}

const time = (value: number | null) => (value === null ? null : new Date(value).toISOString())

/** Rows, decoded in the Worker. */
app.get('/floor/rows/:project', async (context) => {
  const { results } = await context.env.DB.prepare(
    `select id, name, description, tags, project_id, folder_id, node_path, status, write_protected, metadata,
       started_at, ended_at, duration_ms, created_at, updated_at
     from episodes where project_id = ? and deleted_at is null order by id desc limit 50`,
  )
    .bind(context.req.param('project'))
    .all<Row>()
  return context.json({
    episodes: results.map((row) => ({
      id: row.id,
      name: row.name,
      description: row.description,
      tags: JSON.parse(row.tags),
      projectId: row.project_id,
      folderId: row.folder_id,
      nodePath: row.node_path,
      status: row.status,
      writeProtected: row.write_protected === 1,
      metadata: row.metadata === null ? null : JSON.parse(row.metadata),
      startedAt: time(row.started_at),
      endedAt: time(row.ended_at),
      durationMs: row.duration_ms,
      createdAt: time(row.created_at),
      updatedAt: time(row.updated_at),
    })),
  })
})

/** JSON of each resource, made in SQL and passed through. */
app.get('/floor/json/:project', async (context) => {
  const iso = (column: string) => `strftime('%Y-%m-%dT%H:%M:%fZ', ${column} / 1000.0, 'unixepoch')`
  const { results } = await context.env.DB.prepare(
    `select json_object('id', id, 'name', name, 'description', description, 'tags', json(tags),
       'projectId', project_id, 'folderId', folder_id, 'nodePath', node_path, 'status', status,
       'writeProtected', json(iif(write_protected, 'true', 'false')), 'metadata', json(metadata),
       'startedAt', ${iso('started_at')}, 'endedAt', ${iso('ended_at')}, 'durationMs', duration_ms,
       'createdAt', ${iso('created_at')}, 'updatedAt', ${iso('updated_at')}) as body
     from episodes where project_id = ? and deleted_at is null order by id desc limit 50`,
  )
    .bind(context.req.param('project'))
    .all<{ body: string }>()
  return context.body(`{"episodes":[${results.map(({ body }) => body).join(',')}]}`, 200, {
    'Content-Type': 'application/json',
  })
})

/** One insert of a row with the indexes and triggers of an episode. */
app.post('/floor/insert/:project', async (context) => {
  const id = crypto.randomUUID().replaceAll('-', '').slice(8)
  await context.env.DB.prepare(
    `insert into episodes (id, project_id, node_id, name, node_path, tags, status, write_protected, created_at,
       updated_at, created_by, updated_request) values (?1, ?2, ?1, ?1, ?1, '[]', 'running', 0, 0, 0, '', '')`,
  )
    .bind(id, context.req.param('project'))
    .run()
  return context.json({ id }, 201)
})

export default app
