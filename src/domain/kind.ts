/** The kinds of assets. What each looks like on the wire: `features/recordings/asset-kinds.ts`. */
export const assetKinds = ['video', 'audio', 'label-track', 'text-track', 'image'] as const
export type AssetKind = (typeof assetKinds)[number]

export const lenses = ['fisheye', 'pinhole', 'eqrec'] as const
export const textFormats = ['vtt', 'srt', 'jsonl'] as const
export const episodeStatuses = ['running', 'completed', 'failed', 'archived'] as const
export const visibilities = ['private', 'public'] as const
