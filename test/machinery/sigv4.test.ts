import { describe, expect, inject, it } from 'vitest'
import { encodePath, signQuery } from '../../src/storage/sigv4.ts'
import { expectSignedAsByReference } from '../support/reference.ts'
import { type SigningCase, signingCases } from '../support/signing-cases.ts'

/** The signer against other signers, and against published vectors. */

const sign = ({ bucket, key, ...rest }: SigningCase): Promise<string> =>
  signQuery(rest, { ...rest, path: encodePath(`/${bucket}/${key}`) })

const parametersOf = (url: string) => Object.fromEntries(new URL(url).searchParams)

describe('a signed URL', () => {
  it.each(signingCases)('$method of $key is what aws4fetch signs', async (signing) => {
    await expectSignedAsByReference(new URL(await sign(signing)), signing.method, signing, signing.headers)
  })

  it.each(inject('botocore').map((theirs, index) => ({ theirs, ...(signingCases[index] as SigningCase) })))(
    '$method of $key is what botocore signs',
    async ({ theirs, ...signing }) => {
      const ours = await sign(signing)
      expect(new URL(ours).pathname).toBe(new URL(theirs).pathname)
      expect(parametersOf(ours)).toEqual(parametersOf(theirs))
    },
  )

  it('has its parameters in the order in which they are signed, and its signature last', async () => {
    for (const signing of signingCases) {
      const names = [...new URL(await sign(signing)).searchParams.keys()]
      expect(names.pop()).toBe('X-Amz-Signature')
      expect(names).toEqual(names.toSorted())
    }
  })
})

/** Of "Signature Version 4 test suite" by Amazon, and of the Amazon S3 API reference. */
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const unreserved = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

interface Vector {
  readonly name: string
  readonly signature: string
  readonly method?: string
  readonly path?: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

const vectors: readonly Vector[] = [
  { name: 'get-vanilla', signature: 'e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d' },
  {
    name: 'get-vanilla-query-order-encoded',
    query: { 'Param-3': 'Value3', Param: 'Value2', '\u1234': 'Value1' },
    signature: 'c5f1848ceec943ac2ca68ee720460c23aaae30a2300586597ada94c4a65e4787',
  },
  {
    name: 'get-vanilla-query-order-key-case',
    query: { Param2: 'value2', Param1: 'value1' },
    signature: '86012e2c9ad4d77369f5d81c11f75158aae4f895a085212cc6d3f923d300bed5',
  },
  {
    name: 'get-vanilla-query-unreserved',
    query: { [unreserved]: unreserved },
    signature: '8e76a88a7433637b12778d5592799b29ad21ecd6cf6325051c21d86f0acda2bf',
  },
  {
    name: 'get-unreserved',
    path: `/${unreserved}`,
    signature: '95968482db1b9e0fadef6efc1bd24689f77c77d9ef56919c96a28cc92e0d6005',
  },
  {
    name: 'get-utf8',
    path: '/\u1234',
    signature: '10eae3f14a260bd3911cc6d008d3c576d143b05b62f09782a7a4b37f52178e44',
  },
  {
    name: 'get-header-value-trim',
    headers: { 'my-header1': ' value1', 'my-header2': ' "a   b   c"' },
    signature: 'e7bb0fd515e125e1aec2ecc4c0c17484fb06f6846b927c35e46005dd3df3acd4',
  },
  {
    name: 'post-header-value-case',
    method: 'POST',
    headers: { 'my-header1': 'VALUE1' },
    signature: '0698bc9e4f7f9139065ba2909c0e99da257e8e2a42492a097bcd46d792391fed',
  },
  {
    name: 'post-vanilla-query',
    method: 'POST',
    query: { Param1: 'value1' },
    signature: 'a9ef26247f293bffe40eeff86a0480ba8c14d31503b2e0c3399e3a16bf1a3682',
  },
]

const signatureIn = (url: string) => parametersOf(url)['X-Amz-Signature']

describe('the published signature', () => {
  it.each(vectors)('$name', async ({ signature, method = 'GET', path = '/', query = {}, headers = {} }) => {
    const url = await signQuery(
      {
        region: 'us-east-1',
        accessKeyId: 'AKIDEXAMPLE',
        secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
      },
      {
        method,
        origin: 'https://example.amazonaws.com',
        path: encodePath(path),
        query,
        headers,
        datetime: '20150830T123600Z',
        expiresIn: 3_600,
      },
      { service: 'service', payload: EMPTY },
    )
    expect(signatureIn(url)).toBe(signature)
  })

  it('of a presigned GET of S3', async () => {
    const url = await signQuery(
      {
        region: 'us-east-1',
        accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
        secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      },
      {
        method: 'GET',
        origin: 'https://examplebucket.s3.amazonaws.com',
        path: '/test.txt',
        query: {},
        headers: {},
        datetime: '20130524T000000Z',
        expiresIn: 86_400,
      },
    )
    expect(signatureIn(url)).toBe('aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404')
  })
})
