/** Bytes on their way into the bucket. */
export interface Passing {
  /** Null for no bytes. */
  readonly body: ReadableStream<Uint8Array> | null
  readonly length: number
  readonly md5: Uint8Array
}

/**
 * Lets the bucket take bytes in while they are digested. The last of them are held back until the digest is the right
 * one, so that the bucket never has all of other bytes. Holds two chunks at most, however many there are.
 */
export async function takeDigested<T>(
  { body, length, md5 }: Passing,
  take: (body: ReadableStream<Uint8Array>) => Promise<T>,
): Promise<T | 'other bytes'> {
  const { readable, writable } = new FixedLengthStream(length)
  const writer = writable.getWriter()
  const passing = pass(body, writer, md5)
  // A bucket that wants no more bytes does not keep those that are still to come waiting.
  const taking = take(readable).finally(() => writer.abort())
  const [taken, passed] = await Promise.allSettled([taking, passing])
  if (passed.status === 'fulfilled' && passed.value === 'other bytes') return 'other bytes'
  if (taken.status === 'rejected') throw taken.reason
  return taken.value
}

async function pass(
  body: Passing['body'],
  writer: WritableStreamDefaultWriter<Uint8Array>,
  md5: Uint8Array,
): Promise<'the bytes' | 'other bytes'> {
  const digesting = new crypto.DigestStream('MD5')
  const digester = digesting.getWriter()
  try {
    let last: Uint8Array | null = null
    for await (const chunk of body ?? []) {
      await digester.write(chunk)
      if (last) await writer.write(last)
      last = chunk
    }
    await digester.close()
    const isSame = new Uint8Array(await digesting.digest).toHex() === md5.toHex()
    if (!isSame) throw new OtherBytes()
    if (last) await writer.write(last)
    await writer.close()
    return 'the bytes'
  } catch (error) {
    await writer.abort(error)
    if (error instanceof OtherBytes) return 'other bytes'
    throw error
  }
}

/** Why a body ends before its last bytes. */
class OtherBytes extends Error {}
