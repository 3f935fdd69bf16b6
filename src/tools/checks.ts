/** What stops a tool, in words for the one who runs it. */
export class Failure extends Error {}

export function assertEqual(what: string, found: unknown, wanted: unknown): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(wanted)]
  if (one !== other) throw new Failure(`${what} is ${one} instead of ${other}.`)
}

/** Compares every byte; `start` is the offset in the file at which both begin. */
export function assertSameBytes(name: string, found: Uint8Array, wanted: Uint8Array, start = 0): void {
  const differing = wanted.findIndex((byte, index) => byte !== found[index])
  if (differing === -1 && found.length === wanted.length) return
  const offset = differing === -1 ? wanted.length : differing
  const [one, other] = [found[offset] ?? 'nothing', wanted[offset] ?? 'nothing']
  throw new Failure(
    `${name} came back different at offset ${start + offset}: ${one} instead of ${other} ` +
      `(${found.length} of ${wanted.length} bytes arrived).`,
  )
}

export const say = (line: string): void => void process.stdout.write(`${line}\n`)
