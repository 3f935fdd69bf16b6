import { HOUR } from './time.ts'

const MEBIBYTE = 1_048_576

/** Up to here an object is sent at once. */
export const MOST_BYTES_AT_ONCE = 64 * MEBIBYTE

/** What S3 and R2 take. */
export const MOST_PARTS = 10_000

/** What S3 and R2 take as a part that is not the last. */
export const LEAST_PART_BYTES = 5 * MEBIBYTE

/** Small enough that a lost part costs little, on a robot's connection too. */
const USUAL_PART_BYTES = 16 * MEBIBYTE

/** The parts of uploads by the older routes, whose clients know no other size. */
export const OLDER_PART_BYTES = 10 * MEBIBYTE

/** The size in bytes of every part but the last. Objects of over 156 GiB get larger parts, whole mebibytes. */
export const partBytesFor = (size: number): number =>
  Math.max(USUAL_PART_BYTES, Math.ceil(size / MOST_PARTS / MEBIBYTE) * MEBIBYTE)

/** How many parts an object has; null where its size is not known. */
export const partCountOf = (size: number | null, partBytes: number): number | null =>
  size === null ? null : Math.max(1, Math.ceil(size / partBytes))

/** The bytes that a part has at most: of an announced size, what is left of it. */
export const mostBytesOfPart = (size: number | null, partBytes: number, partNumber: number): number =>
  size === null ? partBytes : Math.min(partBytes, size - (partNumber - 1) * partBytes)

/** Seconds that the URL of a single PUT lives: a completed object must outlive every URL that could have made it. */
export const PUT_LIFETIME = 3_600

/** Seconds that the URL of a part lives: it is worth nothing once the upload is complete or aborted. */
export const PART_LIFETIME = 86_400

/** Whether a lease is worth renewing: not by every request of a busy upload. `until` is what it would become. */
export const renewedBefore = (until: number): number => until - HOUR
