import type { components } from './api.ts'

type Schemas = components['schemas']

/** An asset, as registering answers it; one that may not be read is shown by id and name alone. */
export type Asset =
  | Schemas['Video']
  | Schemas['Audio']
  | Schemas['LabelTrack']
  | Schemas['TextTrack']
  | Schemas['Image']
  | Schemas['File']
  | Schemas['Bare']

/** The field by which a kind refers to its bytes. */
export const STORAGE_NAME = {
  video: 'bssVideoId',
  audio: 'bssAudioId',
  'label-track': 'bssLabelId',
  'text-track': 'bssTextTrackId',
  image: 'bssImageId',
  file: 'bssFileId',
} as const

export type Kind = keyof typeof STORAGE_NAME

const TYPES: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  webm: 'video/webm',
  mov: 'video/quicktime',
  mkv: 'video/x-matroska',
  wav: 'audio/wav',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  flac: 'audio/flac',
  ogg: 'audio/ogg',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  vtt: 'text/vtt',
  srt: 'application/x-subrip',
  txt: 'text/plain',
  csv: 'text/csv',
  json: 'application/json',
  jsonl: 'application/x-ndjson',
  mcap: 'application/x-mcap',
  parquet: 'application/vnd.apache.parquet',
}

const TRACKS = new Set(['vtt', 'srt'])

const extensionOf = (path: string): string => /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ''

export const typeOf = (path: string): string => TYPES[extensionOf(path)] ?? 'application/octet-stream'

/** The kind that a path and a content type speak of. Labels look like any other file, and have to be named. */
export function kindOf(path: string, contentType: string): Kind {
  const [family = ''] = contentType.split('/')
  if (family === 'video' || family === 'audio' || family === 'image') return family
  return TRACKS.has(extensionOf(path)) ? 'text-track' : 'file'
}

/** What a kind has to be told of its bytes that their path tells. */
export function fieldsOf(kind: Kind, path: string): Readonly<Record<string, string>> {
  const format = extensionOf(path)
  return kind === 'text-track' && TRACKS.has(format) ? { format } : {}
}
