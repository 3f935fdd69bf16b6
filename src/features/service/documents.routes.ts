import { html, raw } from 'hono/html'
import packageJson from '../../../package.json' with { type: 'json' }
import { originOf } from '../../config.ts'
import { openEndpoint } from '../../http/endpoint.ts'
import { openApiOf } from '../../http/openapi.ts'
import { HTML, hashOf, JSON_TYPE, keptAnswer, MARKDOWN, pageAnswer } from '../../http/pages.ts'
import { type AnyRoute, type Endpoint, UNCHANGED } from '../../http/route.ts'
import * as z from '../../http/zod.ts'
import { shortOf } from './llms.ts'

const nothing = { params: z.object({}), query: z.object({}), failures: [], trips: 'none' } as const

/** The bundle of the reference, which is served beside the Worker (`src/tools/pages.ts`). */
const BUNDLE = `/docs/scalar-${packageJson.devDependencies['@scalar/api-reference']}.js`

/** Nothing is asked of another host: no font, no assistant, no proxy. */
const START = `Scalar.createApiReference('#reference', {
  url: '/openapi.json',
  baseServerURL: location.origin,
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
  persistAuth: true,
  defaultOpenAllTags: false,
  authentication: { preferredSecurityScheme: 'bearer' },
})`

const STYLE =
  'body { margin: 0 } noscript { display: block; padding: 2rem; font: 16px system-ui, sans-serif }'

/** What tells of the routes: `routes` gives them, the document's own included. */
export function documentEndpoints(routes: () => readonly AnyRoute[]): readonly Endpoint[] {
  let document: string | null = null
  const documentText = (): string => {
    document ??= JSON.stringify(openApiOf(routes()))
    return document
  }
  const openApi = openEndpoint(
    {
      ...nothing,
      operationId: 'readOpenApi',
      method: 'GET',
      path: '/openapi.json',
      tag: 'Service',
      summary: 'This document',
      description:
        'Made of the schemas that judge requests, and kept in step with them by a test of every route.',
      answers: {
        200: {
          description: 'OpenAPI 3.1',
          schema: z.record(z.string(), z.unknown()),
          example: { openapi: '3.1.0' },
        },
        304: UNCHANGED,
      },
    },
    ({ request }) => keptAnswer(request, documentText(), JSON_TYPE),
  )
  const reference = openEndpoint(
    {
      ...nothing,
      operationId: 'readReference',
      method: 'GET',
      path: '/docs',
      tag: 'Service',
      summary: 'This document as a page, from which calls can be tried',
      description: 'It asks no other host. A token that is pasted there stays in the browser.',
      answers: { 200: { description: 'The page', schema: null, media: [HTML] } },
    },
    async ({ url: { origin } }) =>
      pageAnswer({
        title: 'DreamLake Edge: the reference',
        style: STYLE,
        body: html`<div id="reference"></div>
<noscript>The reference needs JavaScript. <a href="/openapi.json">/openapi.json</a> and <a href="/llms.txt">/llms.txt</a> say the same.</noscript>`,
        scripts: html`<script src="${BUNDLE}"></script><script>${raw(START)}</script>`,
        policy: [
          `script-src ${origin}${BUNDLE} ${await hashOf(START)}`,
          "style-src 'unsafe-inline'",
          "connect-src 'self'",
          "font-src 'self' data:",
        ],
      }),
  )
  const short = openEndpoint(
    {
      ...nothing,
      operationId: 'readShort',
      method: 'GET',
      path: '/llms.txt',
      tag: 'Service',
      summary: 'This document in short, for language models',
      description: 'Every route in a line, and the rules that hold for all.',
      answers: { 200: { description: 'Markdown', schema: null, media: [MARKDOWN] }, 304: UNCHANGED },
    },
    ({ request, url, config }) =>
      keptAnswer(
        request,
        shortOf(JSON.parse(documentText()), originOf(config, url)),
        `${MARKDOWN}; charset=utf-8`,
      ),
  )
  return [openApi, reference, short]
}
