import { html } from 'hono/html'
import { originOf } from '../../config.ts'
import { type Failure, failures, type ProblemText, Refusal } from '../../domain/failure.ts'
import { problemTexts } from '../../domain/problem-texts.ts'
import { jsonAnswer, openEndpoint } from '../../http/endpoint.ts'
import { failuresOf } from '../../http/openapi.ts'
import {
  HTML,
  inline,
  JSON_TYPE,
  MARKDOWN,
  markdownAnswer,
  pageAnswer,
  preferredOf,
  VARIES,
} from '../../http/pages.ts'
import { statusOf } from '../../http/problem.ts'
import type { AnyRoute, Endpoint } from '../../http/route.ts'
import * as z from '../../http/zod.ts'

/** What can go wrong, a page each: the `type` of a problem is its address. */

const codes = Object.keys(failures) as Failure[]
const isFailure = (code: string): code is Failure => Object.hasOwn(failures, code)
const media = [JSON_TYPE, HTML, MARKDOWN] as const

const shownRoute = z.object({ method: z.string(), path: z.string(), operationId: z.string() })

const Explained = z
  .object({
    code: z.string(),
    status: z.int(),
    title: z.string(),
    meaning: z.string().meta({ description: 'What it means; code stands between backticks' }),
    when: z.string().meta({ description: 'When it happens' }),
    remedy: z.string().meta({ description: 'What to do' }),
    routes: z.array(shownRoute).meta({ description: 'Those that can give it' }),
  })
  .meta({ id: 'ExplainedProblem' })

interface Told extends ProblemText {
  readonly code: Failure
  readonly status: number
  readonly title: string
  readonly routes: readonly z.output<typeof shownRoute>[]
}

const toldOf = (code: Failure, routes: readonly AnyRoute[]): Told => ({
  code,
  status: statusOf[code],
  title: failures[code],
  ...problemTexts[code],
  routes: routes
    .filter((route) => failuresOf(route).includes(code))
    .map(({ method, path, operationId }) => ({ method, path, operationId })),
})

const sections = ({ meaning, when, remedy }: ProblemText) =>
  [
    ['What it means', meaning],
    ['When it happens', when],
    ['What to do', remedy],
  ] as const

const NO_ROUTE = 'None that there is: it is about the address itself.'

const routesOf = ({ routes }: Told) =>
  routes.length === 0
    ? html`<p>${NO_ROUTE}</p>`
    : html`<table>${routes.map(
        ({ method, path }) => html`<tr><td><code>${method}</code></td><td><code>${path}</code></td></tr>`,
      )}</table>`

const problemPage = (told: Told): Promise<Response> =>
  pageAnswer({
    title: `${told.code}: a problem of DreamLake Edge`,
    body: html`<main>
<p class="soft"><a href="/problems">Problems</a> · ${told.status}</p>
<h1>${told.code}</h1>
<p>${inline(told.title)}</p>
${sections(told).map(([title, text]) => html`<h2>${title}</h2><p>${inline(text)}</p>`)}
<h2>Which routes give it</h2>
${routesOf(told)}
</main>`,
  })

const problemText = (told: Told): string =>
  [
    `# ${told.code} (${told.status})`,
    told.title,
    ...sections(told).map(([title, text]) => `## ${title}\n\n${text}`),
    `## Which routes give it\n\n${told.routes.map(({ method, path }) => `- \`${method} ${path}\``).join('\n') || NO_ROUTE}\n`,
  ].join('\n\n')

const listPage = (): Promise<Response> =>
  pageAnswer({
    title: 'Problems of DreamLake Edge',
    body: html`<main>
<p class="soft"><a href="/">DreamLake Edge</a></p>
<h1>Problems</h1>
<p>What can go wrong, by the <code>code</code> of an answer.</p>
<table>${codes.map(
      (code) =>
        html`<tr><td>${statusOf[code]}</td><td><a href="/problems/${code}">${code}</a></td><td>${inline(failures[code])}</td></tr>`,
    )}</table>
</main>`,
  })

const list = openEndpoint(
  {
    operationId: 'listProblems',
    method: 'GET',
    path: '/problems',
    tag: 'Service',
    summary: 'All that can go wrong',
    description:
      'A `code` for each way in which a request can fail. The list is closed: programs may tell them apart by it.',
    params: z.object({}),
    query: z.object({}),
    answers: {
      200: {
        description: 'The codes of problems',
        media: [HTML, MARKDOWN],
        schema: z.object({
          problems: z.array(z.object({ code: z.string(), status: z.int(), title: z.string() })),
        }),
        example: { problems: [{ code: 'episode_not_found', status: 404, title: 'Episode not found' }] },
      },
    },
    failures: [],
    trips: 'none',
  },
  ({ request, url, config }) => {
    const preferred = preferredOf(request, media)
    if (preferred === HTML) return listPage()
    if (preferred === MARKDOWN)
      return markdownAnswer(
        `# Problems\n\n${codes.map((code) => `- [${code}](${originOf(config, url)}/problems/${code}) (${statusOf[code]}): ${failures[code]}`).join('\n')}\n`,
      )
    const problems = codes.map((code) => ({ code, status: statusOf[code], title: failures[code] }))
    return jsonAnswer(JSON.stringify({ problems }), 200, VARIES)
  },
)

const reading = (routes: () => readonly AnyRoute[]): Endpoint =>
  openEndpoint(
    {
      operationId: 'readProblem',
      method: 'GET',
      path: '/problems/{code}',
      tag: 'Service',
      summary: 'What a problem means, when it happens, and what to do',
      description: 'The `type` of a problem is the address of this page.',
      params: z.object({ code: z.string().meta({ description: 'The `code` of the problem' }) }),
      query: z.object({}),
      answers: {
        200: {
          description: 'The problem',
          media: [HTML, MARKDOWN],
          schema: Explained,
          example: {
            code: 'episode_not_found',
            status: 404,
            title: failures.episode_not_found,
            ...problemTexts.episode_not_found,
            routes: [
              {
                method: 'PATCH',
                path: '/namespaces/{slug}/projects/{projectSlug}/episodes/{episodeName}',
                operationId: 'updateEpisode',
              },
            ],
          },
        },
      },
      failures: ['route_not_found'],
      trips: 'none',
    },
    ({ request, params: { code } }) => {
      if (!isFailure(code)) throw new Refusal('route_not_found')
      const told = toldOf(code, routes())
      const preferred = preferredOf(request, media)
      if (preferred === HTML) return problemPage(told)
      if (preferred === MARKDOWN) return markdownAnswer(problemText(told))
      return jsonAnswer(JSON.stringify(told), 200, VARIES)
    },
  )

/** `routes` gives all that there are. */
export const problemEndpoints = (routes: () => readonly AnyRoute[]): readonly Endpoint[] => [
  list,
  reading(routes),
]
