/** The S3 endpoint stands before it. */
export default { fetch: () => new Response(null, { status: 404 }) } satisfies ExportedHandler
