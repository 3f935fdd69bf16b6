/** What an object is of that nobody has told the type of. */
export const UNTOLD_TYPE = 'application/octet-stream'

/**
 * The types of objects that came without one, by the `format` of the asset or the extension of its name, in lower case.
 * None of them can carry a script.
 */
export const typesByExtension: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  mkv: 'video/x-matroska',
  avi: 'video/x-msvideo',
  wav: 'audio/wav',
  mp3: 'audio/mpeg',
  flac: 'audio/flac',
  ogg: 'audio/ogg',
  m4a: 'audio/mp4',
  vtt: 'text/vtt',
  srt: 'application/x-subrip',
  jsonl: 'application/x-ndjson',
  ndjson: 'application/x-ndjson',
  json: 'application/json',
  csv: 'text/csv',
  txt: 'text/plain',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  avif: 'image/avif',
  mcap: 'application/x-mcap',
  parquet: 'application/vnd.apache.parquet',
  zip: 'application/zip',
}
