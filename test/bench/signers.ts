import { createHash, createHmac } from 'node:crypto'
import { AwsV4Signer } from 'aws4fetch'
import { encodePath, type Signing, signQuery } from '../../src/storage/sigv4.ts'

/**
 * Four ways to sign the URLs of 1,000 downloads: aws4fetch as it is, with a cache of its keys, `node:crypto`, which
 * is synchronous, and this project's own over WebCrypto. All give the same signatures.
 */
const URLS = 1_000
const signer = { region: 'auto', accessKeyId: 'bench', secretAccessKey: 'a secret of the bench' }
const origin = 'https://s3.example'
const datetime = '20261122T031500Z'

const signingOf = (number: number): Signing => ({
  method: 'GET',
  origin,
  path: encodePath(`/films/019d8a3c5e00a1b2c3d4e5f6/019d8a3c5e00a1b2c3d4${number}`),
  query: {
    'response-content-disposition': 'attachment; filename="film.mp4"',
    'response-content-type': 'video/mp4',
  },
  headers: {},
  datetime,
  expiresIn: 3_600,
})

async function byAws4fetch({ method, path, query, expiresIn }: Signing, cache: Map<string, ArrayBuffer>) {
  const url = new URL(origin + path)
  for (const [name, value] of Object.entries({ ...query, 'X-Amz-Expires': String(expiresIn) }))
    url.searchParams.set(name, value)
  const asked = { method, url: url.href, service: 's3', datetime, signQuery: true, cache, ...signer }
  return (await new AwsV4Signer(asked).sign()).url.href
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
const scope = `20261122/${signer.region}/s3/aws4_request`
const nodeKey = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${signer.secretAccessKey}`)

function byNode({ method, path, query, expiresIn }: Signing): string {
  const parameters = {
    ...query,
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${signer.accessKeyId}/${scope}`,
    'X-Amz-Date': datetime,
    'X-Amz-Expires': String(expiresIn),
    'X-Amz-SignedHeaders': 'host',
  }
  const canonical = Object.entries(parameters)
    .map((pair) => pair.map((text) => encodePath(text).replaceAll('/', '%2F')).join('='))
    .sort()
    .join('&')
  const request = `${method}\n${path}\n${canonical}\nhost:s3.example\n\nhost\nUNSIGNED-PAYLOAD`
  const digest = createHash('sha256').update(request).digest('hex')
  const signature = hmac(nodeKey, `AWS4-HMAC-SHA256\n${datetime}\n${scope}\n${digest}`).toString('hex')
  return `${origin}${path}?${canonical}&X-Amz-Signature=${signature}`
}

const kept = new Map<string, ArrayBuffer>()

const ways: Readonly<Record<string, (signing: Signing) => Promise<string> | string>> = {
  aws4fetch: (signing) => byAws4fetch(signing, new Map()),
  cached: (signing) => byAws4fetch(signing, kept),
  node: byNode,
  own: (signing) => signQuery(signer, signing),
}

export default {
  async fetch(request: Request): Promise<Response> {
    const way = ways[new URL(request.url).pathname.split('/').at(-1) ?? '']
    if (!way) return new Response(null, { status: 404 })
    let last = ''
    for (let number = 0; number < URLS; number++) last = await way(signingOf(number))
    return Response.json({ signature: new URL(last).searchParams.get('X-Amz-Signature') })
  },
}
