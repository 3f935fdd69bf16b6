import { Recent } from '../domain/recent.ts'
import { HOUR } from '../domain/time.ts'

/** A credential that this isolate has seen accepted. */
interface Acquaintance {
  /** The key that its user's requests are counted by; null while nobody has told who that is. */
  user: string | null
  /** When its use was noted last, in epoch milliseconds. */
  notedAt: number
  /** When it was asked last whose it is, in epoch milliseconds. */
  soughtAt: number
}

const MOST_KNOWN = 10_000

/** By the key of the credential: the credential itself is kept nowhere. */
const known = new Recent<Acquaintance>(MOST_KNOWN)

export const isKnown = (credential: string): boolean => known.get(credential) !== undefined

/** The key of the user of a credential; null where it is not known. */
export const userOf = (credential: string): string | null => known.get(credential)?.user ?? null

/** The credential was found good. Whose it is may have been learnt before. */
export function remember(credential: string, user: string | null): void {
  const before = known.get(credential) ?? { user: null, notedAt: 0, soughtAt: 0 }
  known.remember(credential, { ...before, user: user ?? before.user })
}

/** The credential is good no more. */
export const forget = (credential: string): void => known.forget(credential)

/** Learns whose a credential is, unless it is known no more. */
export function introduce(credential: string, user: string): void {
  const acquaintance = known.get(credential)
  if (acquaintance) acquaintance.user = user
}

/** Whether the use of a known credential was not noted for an hour; it counts as noted from now on. */
export function isUseDue(credential: string, now: number): boolean {
  const acquaintance = known.get(credential)
  if (!acquaintance || now - acquaintance.notedAt < HOUR) return false
  acquaintance.notedAt = now
  // Whoever notes it is told whose it is.
  acquaintance.soughtAt = now
  return true
}

/** Whether it is not known whose a known credential is, nor was asked for an hour; it counts as asked from now on. */
export function isUserDue(credential: string, now: number): boolean {
  const acquaintance = known.get(credential)
  if (!acquaintance || acquaintance.user !== null || now - acquaintance.soughtAt < HOUR) return false
  acquaintance.soughtAt = now
  return true
}
