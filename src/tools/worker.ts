import { build } from 'esbuild'
import { root } from './project.ts'

/**
 * Modules of the Worker, for the tools that show its inside: what `exported` says, as in `export { app } from './app.ts'`,
 * from `src`. They are typed for workerd, so who asks says what there is. They become one file first: Node would read
 * the large package.json of drizzle-orm anew for each of its modules, which takes longer than all else.
 */
export async function insideOfWorker<T>(exported: string): Promise<T> {
  const { outputFiles } = await build({
    stdin: { contents: exported, resolveDir: `${root}/src`, loader: 'ts' },
    ...{ bundle: true, write: false, format: 'esm', platform: 'node' },
  })
  const [file] = outputFiles
  return import(`data:text/javascript;base64,${Buffer.from(file?.contents ?? '').toString('base64')}`)
}
