/** How files are called that are fetched. */

/** What a file system takes for something else than a part of a name. */
const SPECIAL = process.platform === 'win32' ? /[/\\:<>"|?*]/g : /\//g

const escaped = (text: string): string =>
  text.replaceAll(SPECIAL, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)

/** The name of a file that leads nowhere else, whatever name it is made of. */
export const fileNameOf = (name: string): string =>
  name === '.' || name === '..' ? name.replaceAll('.', '%2E') : escaped(name)

/** Where something below a node goes. In the path of a node a slash and a percent sign inside a name are escaped. */
export const filePathOf = (path: string): string =>
  path
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => fileNameOf(segment.replaceAll(/%2[5F]/gi, (each) => (each === '%25' ? '%' : '/'))))
    .join('/')

/** Assets of two kinds may have one path; whatever is taken is left to what has it. */
export function without(taken: Set<string>, path: string, kind: string): string {
  let file = path
  for (let count = 1; taken.has(file); count++) file = `${path}.${kind}${count === 1 ? '' : count}`
  taken.add(file)
  return file
}

/** Where an asset goes whose path is as it was given. */
export const filePathAsGiven = (path: string): string =>
  path
    .split('/')
    .filter((segment) => segment !== '')
    .map(fileNameOf)
    .join('/')
