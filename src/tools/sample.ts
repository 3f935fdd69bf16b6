import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './project.ts'

export const sampleKinds = ['video', 'audio', 'label-track', 'text-track', 'file'] as const

/** A file of the sample episode, and the asset that it becomes. */
export interface Sample {
  readonly kind: (typeof sampleKinds)[number]
  /** Also the file's path below the folder of samples. */
  readonly name: string
  readonly storageName: string
  /** The fields of its kind. */
  readonly own: Readonly<Record<string, string | number>>
  readonly contentType: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

const described: readonly Omit<Sample, 'bytes'>[] = [
  {
    kind: 'video',
    name: '/camera/front.mp4',
    storageName: 'bssVideoId',
    own: { fps: 30 },
    contentType: 'video/mp4',
  },
  {
    kind: 'audio',
    name: '/microphone/mic.wav',
    storageName: 'bssAudioId',
    own: { sampleRate: 16_000, channels: 1 },
    contentType: 'audio/wav',
  },
  {
    kind: 'label-track',
    name: '/labels/detections.jsonl',
    storageName: 'bssLabelId',
    own: {},
    contentType: 'application/x-ndjson',
  },
  {
    kind: 'text-track',
    name: '/subtitles/en.vtt',
    storageName: 'bssTextTrackId',
    own: { format: 'vtt', language: 'en' },
    contentType: 'text/vtt',
  },
  {
    kind: 'file',
    name: '/sensors/imu.mcap',
    storageName: 'bssFileId',
    own: { format: 'mcap' },
    contentType: 'application/x-mcap',
  },
  {
    kind: 'file',
    name: '/tables/joints.parquet',
    storageName: 'bssFileId',
    own: { format: 'parquet' },
    contentType: 'application/vnd.apache.parquet',
  },
]

export const readSamples = (): Sample[] =>
  described.map((each) => ({
    ...each,
    bytes: new Uint8Array(readFileSync(join(root, 'test/sample', each.name))),
  }))

/** The sample episode lasts this long. */
export const DURATION_MILLISECONDS = 6_000
