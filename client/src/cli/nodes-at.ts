import type { components } from '../api.ts'
import { DreamLakeError } from '../error.ts'
import { STORAGE_NAME } from '../kinds.ts'
import { type Lake, type Run, textIn, UsageError } from './command.ts'

export type Node = components['schemas']['Node']
type NodeKind = Node['kind']

/** What may have one path. */
const NODE_KINDS = ['folder', 'episode', ...Object.keys(STORAGE_NAME)] as readonly NodeKind[]

/** A path in a project, and how the user has said where that is. */
interface Place {
  readonly namespace: string
  readonly project: string
  readonly path: string
  readonly where: string
}

function kindsIn({ values }: Run): readonly NodeKind[] {
  const kind = textIn(values, 'kind')
  if (kind === undefined) return NODE_KINDS
  if (NODE_KINDS.includes(kind as NodeKind)) return [kind as NodeKind]
  throw new UsageError(`--kind is ${kind}: it is one of ${NODE_KINDS.join(', ')}.`)
}

/** All that is at a path, of the kind that `--kind` says or of any. */
export async function nodesAt(run: Run, lake: Lake, { where, ...place }: Place): Promise<readonly Node[]> {
  const { signal } = run
  const found = async (kind: NodeKind): Promise<Node | null> => {
    try {
      const { data } = await lake.GET('/nodes/lookup', { params: { query: { ...place, kind } }, signal })
      return data
    } catch (error) {
      if (error instanceof DreamLakeError && error.code === 'node_not_found') return null
      throw error
    }
  }
  const nodes = (await Promise.all(kindsIn(run).map(found))).filter((node) => node !== null)
  if (nodes.length > 0) return nodes
  throw new DreamLakeError(`There is nothing at ${where}.`, { code: 'node_not_found', status: 404 })
}

/** The only one of several; else the user has to say which, as any of them would look like what was meant. */
export function onlyOne([node, ...others]: readonly Node[], where: string): Node {
  if (node !== undefined && others.length === 0) return node
  const kinds = [node, ...others].map((each) => `--kind ${each?.kind}`)
  throw new UsageError(`There is more than one thing at ${where}: say ${kinds.join(' or ')}.`)
}
