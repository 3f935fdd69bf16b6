import 'vitest'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The variables of a deployment whose bytes are in the bucket of wrangler's local S3 endpoint. */
    readonly s3: Readonly<Record<string, string>>
    /** What botocore signs of each of `signingCases`; empty where it is not installed. */
    readonly botocore: readonly string[]
    /** The file with what the server says that tests in Node share. */
    readonly serverSaid: string
  }
}
