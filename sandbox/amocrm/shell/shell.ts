import path from 'node:path';
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Requested } from '../../http-app.ts';
import type { Account } from '../account.ts';
import { disconnectUri } from '../hooks.ts';
import { disposableToken } from './disposable-token.ts';
import { Installation } from './installation.ts';
import { pageFile } from './page-files.ts';
import { shellState, WIDGET_FILES } from './shell-state.ts';

/** Makes the next tokens older or younger than they should be: a page that was open for long, a clock that is wrong. */
export const tokenAgeSchema = z.strictObject({
  ageSeconds: z.number(),
  /** For so many tokens; null until told otherwise. */
  times: z.number().int().positive().nullable(),
});

const tokenRequestSchema = z.strictObject({ userId: z.number() });
const settingsSchema = z.strictObject({ fields: z.record(z.string(), z.string()) });

const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

type Request = FastifyRequest<Requested>;

/**
 * amoCRM's pages as an administrator sees them, as far as a widget needs them: the list of integrations with the settings
 * window, and the advanced settings. It loads the uploaded widget.zip and nothing else of the product.
 */
export class Shell {
  readonly installation: Installation;
  tokenAge: z.output<typeof tokenAgeSchema> = { ageSeconds: 0, times: null };
  readonly #account: Account;

  constructor(account: Account) {
    this.#account = account;
    this.installation = new Installation(account);
  }

  readonly pages: FastifyPluginCallback = (app, _options, done) => {
    // Never cached: the next upload may have the same version.
    app.addHook('onRequest', async (_request, reply) => {
      reply.headers({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
    });
    for (const page of ['/', '/settings/widgets', '/settings/advanced']) {
      app.get(page, async (_request, reply) => sendFile(reply, 'index.html', await pageFile('index.html')));
    }
    app.get<Requested>('/shell/page/*', async ({ params: { '*': name = '' } }, reply) =>
      sendFile(reply, name, await pageFile(name)),
    );
    app.get<Requested>(`${WIDGET_FILES}/*`, ({ params: { '*': name = '' } }, reply) =>
      sendFile(reply, name, this.installation.widget?.files.get(name)),
    );
    app.register(this.#asked, { prefix: '/shell' });
    done();
  };

  /** What the page asks of the account. */
  readonly #asked: FastifyPluginCallback = (app, _options, done) => {
    app.setNotFoundHandler((_request, reply) => notFound(reply));
    app.setErrorHandler((error, _request, reply) => {
      if (!(error instanceof z.ZodError || error instanceof SyntaxError)) throw error;
      return reply.code(400).send({ error: error.message });
    });
    app.addHook('onRequest', async (request, reply) => {
      // A page elsewhere must not get tokens of this account by asking for them.
      const { origin } = request.headers;
      if (origin !== undefined && origin !== originOf(request))
        return reply.code(403).send({ error: 'another origin' });
      return undefined;
    });
    app.get('/state', ({ host }) => this.#state(host));
    app.post<Requested>('/disposable-tokens', (request, reply) => this.#token(request, reply));
    app.post<Requested>('/settings', async (request) => {
      await this.installation.save(settingsSchema.parse(jsonOf(request)).fields, request.host);
      return this.#state(request.host);
    });
    app.post('/disable', async ({ host }) => {
      await this.installation.disable(disconnectUri(this.#account));
      return this.#state(host);
    });
    done();
  };

  #state(host: string) {
    return shellState(this.#account, this.installation, host);
  }

  #token(request: Request, reply: FastifyReply): FastifyReply {
    const { world, identity, clock } = this.#account;
    const { userId } = tokenRequestSchema.parse(jsonOf(request));
    const user = world.operators.find(({ id, isDeleted }) => id === userId && !isDeleted);
    if (user === undefined) return notFound(reply);
    const nowSeconds = clock.nowMs() / 1000 - this.#takeTokenAge();
    const holder = { userId, isAdmin: user.isAdmin };
    return reply.send({ token: disposableToken(identity, holder, originOf(request), nowSeconds) });
  }

  #takeTokenAge(): number {
    const { ageSeconds, times } = this.tokenAge;
    if (times === null) return ageSeconds;
    this.tokenAge = times > 1 ? { ageSeconds, times: times - 1 } : { ageSeconds: 0, times: null };
    return ageSeconds;
  }
}

function sendFile(reply: FastifyReply, name: string, content: string | Uint8Array | undefined): FastifyReply {
  if (content === undefined) return notFound(reply);
  return reply.type(CONTENT_TYPES[path.extname(name)] ?? 'application/octet-stream').send(content);
}

function notFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).send({ error: 'not found' });
}

function jsonOf({ body = '' }: Request): unknown {
  return JSON.parse(body);
}

function originOf({ host }: Pick<Request, 'host'>): string {
  return `http://${host}`;
}
