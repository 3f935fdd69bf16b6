import chromium from '@sparticuz/chromium'
import { type Browser, chromium as playwright } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signLocalToken } from '../../src/tools/local-token.ts'
import { originOfServer } from './running.ts'

/** The pages as a browser shows them, from a server as a developer runs it. */

let origin = ''
let browser: Browser

beforeAll(async () => {
  browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: ['--no-sandbox'],
  })
  origin = await originOfServer()
})

afterAll(() => browser?.close())

const looks = [
  { look: 'light', colorScheme: 'light', width: 1_280 },
  { look: 'dark', colorScheme: 'dark', width: 1_280 },
  { look: 'narrow', colorScheme: 'light', width: 390 },
] as const

/** A page, with all that it complains of, and that it asks of others. */
async function opened(path: string, { colorScheme, width }: Omit<(typeof looks)[number], 'look'>) {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } })
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`))
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !/^(data|blob):/.test(request.url()))
      complaints.push(request.url())
  })
  await page.goto(origin + path)
  return { page, complaints }
}

describe.each(looks)('$look', (look) => {
  it.each(['/', '/problems', '/problems/precondition_failed'])(
    '%s fits, and asks no other host',
    async (path) => {
      const { page, complaints } = await opened(path, look)
      expect(await page.locator('h1').textContent()).not.toBe('')
      const isWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
      const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor')
      expect([isWide, complaints, ground]).toEqual([
        false,
        [],
        look.colorScheme === 'dark' ? 'rgb(20, 23, 27)' : 'rgb(255, 255, 255)',
      ])
      await page.close()
    },
  )

  it('/docs shows the reference, and asks no other host', async () => {
    const { page, complaints } = await opened('/docs', look)
    await page.getByRole('heading', { name: 'DreamLake Edge' }).first().waitFor()
    await page.getByText('Recordings of robots and experiments').first().waitFor()
    expect([await page.evaluate('document.documentElement.scrollWidth > innerWidth'), complaints]).toEqual([
      false,
      [],
    ])
    await page.close()
  })
})

it('a call is tried from /docs, with a token that was pasted', async () => {
  const { page, complaints } = await opened('/docs#tag/account/GET/auth/me', looks[0])
  const user = `user-${crypto.randomUUID().slice(0, 8)}`
  await page
    .getByPlaceholder('Token')
    .first()
    .fill(await signLocalToken({ user }))
  await page
    .getByRole('button', { name: /Test Request.*get \/auth\/me/i })
    .first()
    .click()
  const answered = page.waitForResponse(`${origin}/auth/me`)
  await page.getByRole('button', { name: /^Send/ }).first().click()
  const answer = await answered
  expect([answer.status(), (await answer.json()).username, complaints]).toEqual([200, user, []])
  await page.close()
})
