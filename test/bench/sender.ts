import { parseArgs } from 'node:util'
import { bytesOfPart, lengthOfPart } from './part-bytes.ts'

/**
 * Sends what the bucket does not hold yet of an upload in parts, as a robot would: it asks which parts are there,
 * signs a few URLs at a time and prints the number of each part that it has sent. It may be killed at any time.
 */
const { values } = parseArgs({
  options: {
    api: { type: 'string', default: '' },
    token: { type: 'string', default: '' },
    id: { type: 'string', default: '' },
  },
})

interface Upload {
  readonly size: number
  readonly partSize: number
  readonly partCount: number
  readonly parts: readonly { readonly partNumber: number; readonly etag: string }[]
}

const AT_ONCE = 4

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(values.api + path, {
    method,
    headers: { Authorization: `Bearer ${values.token}`, 'Content-Type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

async function send(): Promise<void> {
  const upload = await ask<Upload>('GET', `/uploads/${values.id}`)
  const there = new Set(upload.parts.map(({ partNumber }) => partNumber))
  const missing = Array.from({ length: upload.partCount }, (_, index) => index + 1).filter(
    (partNumber) => !there.has(partNumber),
  )
  while (missing.length > 0) {
    const partNumbers = missing.splice(0, AT_ONCE)
    const { parts } = await ask<{ parts: Record<string, string> }>('POST', `/uploads/${values.id}/parts`, {
      partNumbers,
    })
    await Promise.all(
      partNumbers.map(async (partNumber) => {
        const body = bytesOfPart(partNumber, lengthOfPart(upload, partNumber))
        const answer = await fetch(parts[partNumber] ?? '', { method: 'PUT', body })
        if (!answer.ok) throw new Error(`part ${partNumber}: ${answer.status} ${await answer.text()}`)
        process.stdout.write(`${partNumber}\n`)
      }),
    )
  }
  const { parts } = await ask<Upload>('GET', `/uploads/${values.id}`)
  await ask('POST', `/uploads/${values.id}/complete`, { parts })
}

await send()
