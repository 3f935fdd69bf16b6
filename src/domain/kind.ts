/** The kinds of assets. What each looks like on the wire: `features/recordings/asset-kinds.ts`. */
export const assetKinds = ['video', 'audio', 'label-track', 'text-track', 'image', 'file'] as const
export type AssetKind = (typeof assetKinds)[number]

export const lenses = ['fisheye', 'pinhole', 'eqrec'] as const
export const textFormats = ['vtt', 'srt', 'jsonl'] as const
/** Of the format of a file, which may be any, in code points. */
export const MOST_IN_A_FORMAT = 32
export const episodeStatuses = ['running', 'completed', 'failed', 'archived'] as const
export const visibilities = ['private', 'public'] as const
