import type { Config } from '../config.ts'
import type { Bucket } from './bucket.ts'
import { OwnBucket } from './own-bucket.ts'
import { ownSite, type Site, s3Site } from './presign.ts'
import { S3Bucket } from './s3-bucket.ts'

/** Where the bytes are: the URLs by which clients reach them, and the bucket that the server itself asks. */
export interface Store {
  readonly site: Site
  readonly bucket: Bucket
}

/** An S3-compatible store where one is configured, else the Worker itself at `origin` with its R2 binding. */
export async function storeOf(config: Config, r2: R2Bucket, origin: string): Promise<Store> {
  const { s3, tokens, publicUrl } = config
  if (s3) return { site: s3Site(s3), bucket: new S3Bucket(s3) }
  const [secret] = tokens.secrets
  if (!secret) throw new Error('Without a secret there is no key to sign with.')
  return { site: await ownSite(secret, publicUrl ?? origin), bucket: new OwnBucket(r2) }
}
