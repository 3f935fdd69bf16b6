export const LENIENT = 'handling=lenient'

/** Whether a client asks to be forgiven what is not known (RFC 7240); the first `handling` counts. */
export function prefersLenient(headers: Headers): boolean {
  const given = headers.get('Prefer')
  if (given === null) return false
  // A word may stand in quotes. Whatever else does is of another preference, commas included.
  const unquoted = given.replaceAll(/"([\w-]*)"/g, '$1').split('"')
  const preferences = unquoted.filter((_, index) => index % 2 === 0).join('')
  for (const preference of preferences.split(',')) {
    const [name = '', value = ''] = (preference.split(';', 1)[0] ?? '').split('=')
    if (name.trim().toLowerCase() === 'handling') return value.trim().toLowerCase() === 'lenient'
  }
  return false
}
