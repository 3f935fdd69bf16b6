import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { localVariables, root } from '../../src/tools/project.ts'

/** The tool as an operator runs it, in a process of its own. */

const secret = randomBytes(48).toString('base64')

interface Asked {
  readonly args: readonly string[]
  readonly variables?: Readonly<Record<string, string>>
  readonly input?: string
}

function run({ args, variables = {}, input = '' }: Asked) {
  const { JWT_SECRET: _, ...rest } = process.env
  const env = { ...rest, ...variables }
  const tool = join('src/tools', 'token.ts')
  return spawnSync(process.execPath, [tool, ...args], { cwd: root, env, input, encoding: 'utf8' })
}

const verify = (token: string, key: string, audience = 'dreamlake') =>
  jwtVerify(token.trim(), new TextEncoder().encode(key), { issuer: 'dreamlake', audience })

describe('npm run token', () => {
  it('signs by the local secret where no other is given', async () => {
    const { stdout } = run({ args: ['--user', 'alice', '--expires', '1h'] })
    const { payload } = await verify(stdout, localVariables().JWT_SECRET ?? '')
    expect(payload).toMatchObject({ sub: 'alice', username: 'alice', jti: expect.any(String) })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3_600)
  })

  it('signs by the secret of a deployment, from the environment, with what else the deployment is set to', async () => {
    const variables = { JWT_SECRET: secret, JWT_AUDIENCE: 'robots' }
    const { stdout } = run({ args: ['--user', 'alice', '--sub', 'u-1'], variables })
    expect((await verify(stdout, secret, 'robots')).payload.sub).toBe('u-1')
  })

  it('signs by the secret on the standard input, whatever the environment has', async () => {
    const variables = { JWT_SECRET: randomBytes(48).toString('base64') }
    const { stdout } = run({ args: ['--user', 'alice', '--secret-stdin'], variables, input: `${secret}\n` })
    expect((await verify(stdout, secret)).payload.username).toBe('alice')
  })

  it.each([
    ['--secret', secret],
    [`--secret=${secret}`],
    [`--jwt-secret=${secret}`],
    [`JWT_SECRET=${secret}`],
    [secret],
    ['--secret-stdin', secret],
  ])('refuses a secret among the arguments, and does not repeat it: %#', (...args) => {
    const { status, stdout, stderr } = run({ args: ['--user', 'alice', ...args], input: secret })
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain('A secret does not belong among the arguments')
    expect(stderr).not.toContain(secret)
  })

  it('takes a name that sounds like one', () => {
    expect(run({ args: ['--user', 'secretary'] }).status).toBe(0)
  })

  it.each([
    ['', 'The secret has under 32 bytes'],
    ['abc', 'The secret has under 32 bytes'],
    ['ab'.repeat(40), 'The secret has under 8 different bytes'],
  ])('refuses a secret that no deployment accepts: %#', (input, words) => {
    const { status, stdout, stderr } = run({ args: ['--user', 'alice', '--secret-stdin'], input })
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(words)
  })
})
