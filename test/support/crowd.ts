import { env } from 'cloudflare:workers'

const ROWS_AT_ONCE = 20_000

/**
 * Puts `count` episodes into a project, a millisecond apart, without asking the server for each. Of every hundred all but one
 * have the tag `most`, every other one has `half`, every other two have `pair`, every other four `four`, ten are completed,
 * and one of a thousand has `rare`.
 */
export async function crowd(projectId: string, count: number): Promise<void> {
  for (let from = 0; from < count; from += ROWS_AT_ONCE) {
    await env.DB.prepare(
      `insert into episodes (id, project_id, node_id, name, node_path, tags, status, write_protected,
         created_at, updated_at, created_by, updated_request)
       with recursive n(i) as (select cast(?2 as integer) union all select i + 1 from n limit ?3)
       select printf('%012x', 1700000000000 + i) || substr(?1, 13), ?1, printf('n%011x', i) || substr(?1, 13),
         'crowd-' || i, '/crowd-' || i, '["all"' || iif(i % 100, ',"most"', '') || iif(i % 2, '', ',"half"') || iif(i & 2, '', ',"pair"') || iif(i & 4, '', ',"four"') || iif(i % 1000, '', ',"rare"') || ']',
         iif(i % 10, 'running', 'completed'), 0, 1700000000000 + i, 1700000000000 + i, 'nobody', ''
       from n`,
    )
      .bind(projectId, from, Math.min(ROWS_AT_ONCE, count - from))
      .run()
  }
}
