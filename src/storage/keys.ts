/**
 * A key for one purpose, derived from the deployment's secret by HKDF (RFC 5869): 32 bytes that tell nothing of
 * the secret, nor of the keys for other purposes.
 */
export async function deriveKey(secret: Uint8Array, purpose: string): Promise<Uint8Array> {
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const bits = await crypto.subtle.deriveBits(
    {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: new Uint8Array(),
      info: new TextEncoder().encode(`dreamlake ${purpose}`),
    },
    material,
    256,
  )
  return new Uint8Array(bits)
}

export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** Compares without telling by its time where two texts differ. */
export function isSame(one: string, other: string): boolean {
  const encoder = new TextEncoder()
  const [a, b] = [encoder.encode(one), encoder.encode(other)]
  return a.byteLength === b.byteLength && crypto.subtle.timingSafeEqual(a, b)
}
