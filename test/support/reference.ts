import { AwsV4Signer } from 'aws4fetch'
import { expect } from 'vitest'

/** Compares a signed URL with what aws4fetch signs of the same: parameter by parameter. */
export async function expectSignedAsByReference(
  url: URL,
  method: string,
  { secretAccessKey }: { readonly secretAccessKey: string },
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const unsigned = new URL(url)
  unsigned.searchParams.delete('X-Amz-Signature')
  const [accessKeyId = '', , region = '', service = ''] = (
    url.searchParams.get('X-Amz-Credential') ?? ''
  ).split('/')
  const signer = new AwsV4Signer({
    method,
    url: unsigned.href,
    headers,
    accessKeyId,
    secretAccessKey,
    region,
    service,
    datetime: url.searchParams.get('X-Amz-Date') ?? '',
    signQuery: true,
    allHeaders: true,
  })
  const { url: signed } = await signer.sign()
  expect(signed.pathname).toBe(url.pathname)
  expect(Object.fromEntries(url.searchParams)).toEqual(Object.fromEntries(signed.searchParams))
}
