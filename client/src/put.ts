import type { Bytes } from './source.ts'

interface PutOptions {
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** Is told how many bytes of these have left, each time that more have. */
  readonly onSent: (sent: number) => void
}

/** Sends bytes to a signed URL. */
export type Put = (url: string, bytes: Bytes, options: PutOptions) => Promise<Response>

/** In a page or its workers XMLHttpRequest alone tells how much has left; elsewhere it is told when all has. */
export const put: Put = (url, bytes, options) =>
  typeof XMLHttpRequest === 'undefined' ? byFetch(url, bytes, options) : byRequest(url, bytes, options)

async function byFetch(
  url: string,
  bytes: Bytes,
  { headers, signal, onSent }: PutOptions,
): Promise<Response> {
  const response = await fetch(url, { method: 'PUT', headers, body: bytes as Blob, signal })
  if (response.ok) onSent(bytes.size)
  return response
}

function byRequest(url: string, bytes: Bytes, { headers, signal, onSent }: PutOptions): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const stop = () => request.abort()
    request.open('PUT', url)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded }) => onSent(loaded)
    request.onload = () => {
      // To ask for one that a page may not see is an error in its console.
      const [, retryAfter] = /^retry-after: *(.+)$/im.exec(request.getAllResponseHeaders()) ?? []
      const answered = new Headers(retryAfter === undefined ? {} : { 'Retry-After': retryAfter.trim() })
      resolve(new Response(request.responseText || null, { status: request.status, headers: answered }))
    }
    request.onerror = () => reject(new TypeError('The connection was lost.'))
    request.onabort = () => reject(signal.reason)
    request.onloadend = () => signal.removeEventListener('abort', stop)
    signal.addEventListener('abort', stop)
    request.send(bytes as Blob)
  })
}
