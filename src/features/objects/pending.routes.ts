import { endpoint } from '../../http/endpoint.ts'
import * as field from '../../http/field.ts'
import { listAnswer, listShape, pageQuery, windowOf } from '../../http/page.ts'
import * as z from '../../http/zod.ts'
import { projectAsked, projectFailures } from '../places/address.ts'
import { listPendingUploads } from './pending.sql.ts'

export const listUploads = endpoint(
  {
    operationId: 'listUploads',
    grant: 'upload',
    method: 'GET',
    path: '/uploads',
    tag: 'Uploads',
    summary: 'List your pending uploads in a project',
    description:
      'Those of your tokens too, by whatever route they were begun. A token that may not read is shown its own alone.',
    params: z.object({}),
    query: z.object({ ...projectAsked, ...pageQuery }),
    answers: {
      200: listShape(
        'uploads',
        z
          .object({
            id: field.id,
            name: z.string().nullable(),
            size: z.int().nullable().meta({ description: 'Bytes; null where the client did not say.' }),
            contentType: z.string().nullable(),
            createdAt: field.time,
            expiresAt: field.time.meta({ description: 'When it is aborted, if nothing happens until then.' }),
            method: z.enum(['PUT', 'MULTIPART']),
          })
          .meta({ id: 'PendingUpload' }),
        {
          id: '019d8a3c5e00a1b2c3d4e5fa',
          name: 'run01.mp4',
          size: 104_857_600,
          contentType: 'video/mp4',
          createdAt: '2026-04-14T09:30:00.000Z',
          expiresAt: '2026-04-21T09:30:00.000Z',
          method: 'MULTIPART',
        },
      ),
    },
    failures: projectFailures,
  },
  async ({ asking, query, url, config, database }) => {
    const [window, cursors] = await windowOf(query, url, config)
    const { namespace, project } = query
    const page = await database.run(listPendingUploads({ ...asking, namespace, project }, window))
    return listAnswer('uploads', page, query, url, cursors)
  },
)
