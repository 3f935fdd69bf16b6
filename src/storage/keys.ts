const derived = new WeakMap<Uint8Array, Map<string, Uint8Array>>()

/**
 * A key for one purpose, derived from the deployment's secret by HKDF (RFC 5869): 32 bytes that tell nothing of
 * the secret, nor of the keys for other purposes. Derived once an isolate.
 */
export async function deriveKey(secret: Uint8Array, purpose: string): Promise<Uint8Array> {
  const known = derived.get(secret)?.get(purpose)
  if (known) return known
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const info = new TextEncoder().encode(`dreamlake ${purpose}`)
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  const key = new Uint8Array(await crypto.subtle.deriveBits(algorithm, material, 256))
  derived.set(secret, (derived.get(secret) ?? new Map<string, Uint8Array>()).set(purpose, key))
  return key
}

/** Compares without telling by its time where two texts differ. */
export function isSame(one: string, other: string): boolean {
  const encoder = new TextEncoder()
  const [a, b] = [encoder.encode(one), encoder.encode(other)]
  return a.byteLength === b.byteLength && crypto.subtle.timingSafeEqual(a, b)
}
