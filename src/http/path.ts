import { invalid } from '../domain/failure.ts'
import type { AnyRoute } from './route.ts'

type Params = Readonly<Record<string, string>>

/**
 * What a path says, as text. What is no UTF-8 names nothing, and not what is called like its percent signs either; of an
 * open route, a signature settles that.
 */
export function decoded(params: Params, { open }: AnyRoute): Params {
  const pairs = Object.entries(params).map(([name, value]) => {
    const text = textOf(value)
    if (text === null && !open) throw invalid(name, 'is not percent-encoded UTF-8')
    return [name, text ?? value]
  })
  return Object.fromEntries(pairs)
}

/** A percent sign that stands for itself is taken as that. */
function textOf(value: string): string | null {
  try {
    return decodeURIComponent(value.replaceAll(/%(?![\da-f]{2})/gi, '%25'))
  } catch {
    return null
  }
}
