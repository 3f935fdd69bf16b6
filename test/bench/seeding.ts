import type { LocalDatabase } from './host.ts'

interface Seeding {
  readonly project: string
  readonly container: string
  /** Of the folder that they hang in. */
  readonly path: string
  /** Hex digits that tell the ids of one seeding from those of another; the nodes' begin with the next one. */
  readonly tag: string
  /** The folder's node. */
  readonly parent?: string
}

/** Assets and their nodes, past the server, some thousands at a time. */
export async function seed(
  database: LocalDatabase,
  count: number,
  { project, container, path, tag, parent }: Seeding,
): Promise<void> {
  const many = 5_000
  const nodeTag = String.fromCharCode(tag.charCodeAt(0) + 1) + tag.slice(1)
  const digits = 24 - tag.length
  for (let from = 0; from < count; from += many) {
    const to = Math.min(from + many, count)
    const rows = `with recursive n(i) as (select ${from} union all select i + 1 from n where i + 1 < ${to})`
    await database.batch(
      [
        `insert into assets (id, project_id, container_id, node_id, kind, name, tags, created_at, updated_at, created_by, updated_request)
         ${rows} select printf('${tag}%0${digits}x', i), '${project}', '${container}', printf('${nodeTag}%0${digits}x', i), 'video',
           printf('${path}/%d.mp4', i), '[]', 0, 0, 'seed', 'seed' from n where true`,
        `insert into nodes (id, project_id, parent_id, container_id, kind, name, path, item_id, created_at, updated_at)
         ${rows} select printf('${nodeTag}%0${digits}x', i), '${project}', ${parent ? `'${parent}'` : 'null'}, '${container}', 'video', printf('%d.mp4', i),
           printf('${path}/%d.mp4', i), printf('${tag}%0${digits}x', i), 0, 0 from n where true`,
      ].map((text) => database.prepare(text)),
    )
  }
}
