/** 1 to 64 of `a-z 0-9 - _ .`, starting with a letter or digit. */
const SLUG = /^[a-z0-9][a-z0-9._-]{0,63}$/

export const isSlug = (text: string): boolean => SLUG.test(text)

/**
 * The slug that a name makes, or null where nothing of it is left. Letters lose their marks first, so that either form
 * of Unicode makes the same.
 */
export function slugFrom(name: string): string | null {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-_.]+/, '')
    .replace(/-+$/, '')
    .slice(0, 64)
    .replace(/-+$/, '')
  return slug === '' ? null : slug
}
