import { html } from 'hono/html'
import packageJson from '../../../package.json' with { type: 'json' }
import { originOf } from '../../config.ts'
import { jsonAnswer, openEndpoint } from '../../http/endpoint.ts'
import { HTML, JSON_TYPE, pageAnswer, preferredOf, VARIES } from '../../http/pages.ts'
import type { Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'

const { name, version, description } = packageJson

/** Where to read on. */
const links = { docs: '/docs', openapi: '/openapi.json', llms: '/llms.txt', problems: '/problems' } as const

const words: Readonly<Record<keyof typeof links, string>> = {
  docs: 'The reference: every route, with an example, to be tried from the page',
  openapi: 'The same for programs: OpenAPI 3.1',
  llms: 'The same in short, for language models',
  problems: 'What can go wrong, and what to do then',
}

const firstSteps = (origin: string) => `TOKEN=... # an API token, or one of POST /auth/exchange
API="${origin}"
api() { curl -sS -H "Authorization: Bearer $TOKEN" \\
  -H "Content-Type: application/json" "$@"; echo; }

api "$API/auth/me"
api "$API/namespaces/alice/projects/robotics/episodes" -d '{"name": "run-042"}'
api "$API/assets/video" -d '{"namespace": "alice", "project": "robotics",
  "episodeName": "run-042", "name": "/camera/front.mp4"}'
api "$API/assets/video?namespace=alice&project=robotics"`

const indexPage = (origin: string): Promise<Response> =>
  pageAnswer({
    title: 'DreamLake Edge',
    body: html`<main>
<h1>DreamLake Edge</h1>
<p class="soft">${name} ${version}</p>
<p>Recordings of robots and experiments: namespaces hold projects, projects hold episodes, episodes hold videos, audio, tracks and files, and datasets group collections of those for training. This is the API server.</p>
<h2>Read on</h2>
<ul>${Object.entries(links).map(
      ([key, path]) => html`<li><a href="${path}">${path}</a>: ${words[key as keyof typeof links]}</li>`,
    )}</ul>
<h2>First steps</h2>
<p>With a token, a recording and its video come into being with all that they hang in; alice is the name of your own namespace, which <code>/auth/me</code> tells.</p>
<pre><code>${firstSteps(origin)}</code></pre>
</main>`,
  })

const index = openEndpoint(
  {
    operationId: 'readIndex',
    method: 'GET',
    path: '/',
    tag: 'Service',
    summary: 'What this is, and where to read on',
    description: 'JSON for programs, a page for browsers.',
    params: z.object({}),
    query: z.object({}),
    answers: {
      200: {
        description: 'The name of the service, its version, and links',
        media: [HTML],
        schema: z.object({
          name: z.string(),
          description: z.string(),
          version: z.string(),
          openapi: z.string(),
          links: z.object({ docs: z.string(), openapi: z.string(), llms: z.string(), problems: z.string() }),
        }),
        example: { name, description, version, openapi: links.openapi, links },
      },
    },
    failures: [],
    trips: 'none',
  },
  ({ request, url, config }) =>
    preferredOf(request, [JSON_TYPE, HTML]) === HTML
      ? indexPage(originOf(config, url))
      : jsonAnswer(
          JSON.stringify({ name, description, version, openapi: links.openapi, links }),
          200,
          VARIES,
        ),
)

export const indexEndpoints: readonly Endpoint[] = [index]
