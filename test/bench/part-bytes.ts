import { createCipheriv } from 'node:crypto'

/** The bytes of one part: they look random, and are the same each time. */
export function bytesOfPart(partNumber: number, length: number): Uint8Array<ArrayBuffer> {
  const nonce = Buffer.alloc(16)
  nonce.writeUInt32BE(partNumber, 0)
  return new Uint8Array(
    createCipheriv('aes-256-ctr', Buffer.alloc(32, 7), nonce).update(Buffer.alloc(length)),
  )
}

export const lengthOfPart = (
  { size, partSize }: { readonly size: number; readonly partSize: number },
  partNumber: number,
) => Math.min(partSize, size - (partNumber - 1) * partSize)
