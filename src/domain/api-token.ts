/**
 * `dlk_`, 40 random characters (238 bits), and 6 of a checksum: a secret scanner recognises one, and a typing error
 * is told without a query.
 */
const PREFIX = 'dlk_'
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const RANDOM_LENGTH = 40
const CHECKSUM_LENGTH = 6
const TOKEN = /^dlk_[0-9A-Za-z]{46}$/

/** Of one user, not counting those that are revoked. */
export const MOST_API_TOKENS = 100

export function mintApiToken(): string {
  let random = ''
  while (random.length < RANDOM_LENGTH) {
    for (const byte of crypto.getRandomValues(new Uint8Array(RANDOM_LENGTH))) {
      // Of the other bytes some characters would have a greater share.
      const isFair = byte < 256 - (256 % ALPHABET.length)
      if (isFair && random.length < RANDOM_LENGTH) random += ALPHABET[byte % ALPHABET.length]
    }
  }
  return PREFIX + random + checksum(PREFIX + random)
}

/** Whether a bearer token means to be one of these. */
export const looksLikeApiToken = (token: string): boolean => token.startsWith(PREFIX)

export const isApiToken = (token: string): boolean =>
  TOKEN.test(token) && token.endsWith(checksum(token.slice(0, -CHECKSUM_LENGTH)))

function checksum(text: string): string {
  let rest = crc32(text)
  let digits = ''
  for (let index = 0; index < CHECKSUM_LENGTH; index++) {
    digits = ALPHABET[rest % ALPHABET.length] + digits
    rest = Math.floor(rest / ALPHABET.length)
  }
  return digits
}

/** CRC-32 of ISO 3309, over characters of one byte. */
function crc32(text: string): number {
  let crc = 0xffffffff
  for (let index = 0; index < text.length; index++) {
    crc ^= text.charCodeAt(index)
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
