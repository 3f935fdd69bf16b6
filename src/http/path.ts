type Params = Readonly<Record<string, string>>

/** What a path says. */
export interface Named {
  readonly params: Params
  /** The parameters that are no UTF-8: they name nothing, and not what is called like their percent signs either. */
  readonly garbled: readonly string[]
}

/** The parameters of a path as text. */
export function decoded(params: Params): Named {
  const texts = Object.entries(params).map(([name, value]) => [name, textOf(value)] as const)
  return {
    params: Object.fromEntries(texts.map(([name, text]) => [name, text ?? params[name] ?? ''])),
    garbled: texts.flatMap(([name, text]) => (text === null ? [name] : [])),
  }
}

/** A percent sign that stands for itself is taken as that. */
function textOf(value: string): string | null {
  try {
    return decodeURIComponent(value.replaceAll(/%(?![\da-f]{2})/gi, '%25'))
  } catch {
    return null
  }
}
