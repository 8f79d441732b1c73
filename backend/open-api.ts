import swagger from '@fastify/swagger';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import type { Api } from './api/api.ts';
import { docsPage } from './docs-page.ts';

/** `/api/openapi.json`, made from the routes' schemas, and `/api/docs` to read it. No token: they tell nobody's data. */
export async function describeApi(app: Api): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Export to SpeechSense: the widget’s API',
        version: '1',
        description:
          'For the settings page of the amoCRM widget. Every request carries amoCRM’s disposable token; POST and PUT spend it.',
      },
      components: {
        securitySchemes: { disposableToken: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' } },
      },
      security: [{ disposableToken: [] }],
    },
    transform: jsonSchemaTransform,
  });
  app.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger());
  app.get('/api/docs', { schema: { hide: true } }, (_, reply) =>
    reply.type('text/html; charset=utf-8').send(docsPage(app.swagger({ yaml: false }))),
  );
}
