/** What is signed by this project and by others, and must come out the same. */
export interface SigningCase {
  readonly method: 'GET' | 'PUT'
  readonly origin: string
  /** Neither the bucket nor the key is encoded. */
  readonly bucket: string
  readonly key: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly expiresIn: number
  readonly datetime: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const keys = [
  'plain.mp4',
  'with space/and another .mp4',
  'größe/ä ö ü.mp4',
  'a+b.mp4',
  '100%.mp4',
  '%2F%41.mp4',
  '(1).mp4',
  "it's.mp4",
  'what?x=1&y=2.mp4',
  'a#b.mp4',
  '😀/🤖.mp4',
  'a//b.mp4',
  "!*~=;:@$,'()",
]

const usual = {
  origin: 'https://s3.example:9000',
  bucket: 'films',
  datetime: '20261122T031500Z',
  region: 'eu-central-1',
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}

export const signingCases: readonly SigningCase[] = keys.flatMap((key): SigningCase[] => [
  {
    ...usual,
    key,
    method: 'GET',
    expiresIn: 3_600,
    headers: {},
    query: {
      'response-content-disposition': `attachment; filename="x"; filename*=UTF-8''${encodeURIComponent(key)}`,
      'response-content-type': 'text/plain; charset=utf-8',
    },
  },
  {
    ...usual,
    key,
    method: 'PUT',
    expiresIn: 60,
    query: {},
    headers: {
      'content-length': '12345',
      'content-type': 'video/mp4; codecs="avc1.42E01E,  mp4a.40.2"',
      'if-none-match': '*',
      'x-amz-checksum-sha256': 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=',
    },
  },
  {
    ...usual,
    key,
    method: 'PUT',
    expiresIn: 604_800,
    headers: {},
    query: { partNumber: '10000', uploadId: 'oPM0DZ3ehKpL~7u.Ox-oxAcg_mx/N+NkNs=&WO' },
  },
])
