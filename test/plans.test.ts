import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import '../src/endpoints.ts'
import { statements } from '../src/db/sql.ts'

describe('every statement', () => {
  it.each(statements.map((s) => [s.name, s.text] as const))('%s', async (_, text) => {
    const { results } = await env.DB.prepare(`explain query plan ${text}`)
      .bind('{}')
      .all<{ detail: string }>()
    const details = results.map(({ detail }) => detail)
    const scans = details.filter(
      (detail) =>
        /SCAN (?!CONSTANT|json_each|\(|scope|permit|target|held|found|range|weighed|shown|earlier|candidate|\d)/.test(
          detail,
        ) || /TEMP B-TREE|AUTOMATIC/.test(detail),
    )
    expect(scans).toEqual([])
  })
})
