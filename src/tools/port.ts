import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { hasCode } from './project.ts'

/** Whether something listens on a port already, at any address of the host. */
export async function isTaken(port: number, host: string): Promise<boolean> {
  for (const { address } of await lookup(host, { all: true }))
    if (!(await canListen(port, address))) return true
  return false
}

async function canListen(port: number, host: string): Promise<boolean> {
  const server = createServer().listen({ port, host, exclusive: true })
  try {
    await once(server, 'listening')
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE')) return false
    // A name may stand for addresses that this machine does not have, as localhost does without IPv6.
    if (hasCode(error, 'EADDRNOTAVAIL')) return true
    throw error
  }
  server.close()
  await once(server, 'close')
  return true
}
