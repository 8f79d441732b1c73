import { z } from 'zod';
import type { Account } from '../account.ts';
import { disconnectUri } from '../hooks.ts';
import { disposableToken } from './disposable-token.ts';
import { Installation } from './installation.ts';
import { pageFile } from './page-files.ts';
import { type ShellAnswer, file, json, notFound, refused } from './shell-answer.ts';
import { shellState, WIDGET_FILES } from './shell-state.ts';

export interface ShellRequest {
  method: string;
  /** Host and port of the Host header. */
  host: string;
  path: string;
  /** Absent where no browser sent the request. */
  origin: string | undefined;
  body: string;
}

/** Makes the next tokens older or younger than they should be: a page that was open for long, a clock that is wrong. */
export const tokenAgeSchema = z.strictObject({
  ageSeconds: z.number(),
  /** For so many tokens; null until told otherwise. */
  times: z.number().int().positive().nullable(),
});

const tokenRequestSchema = z.strictObject({ userId: z.number() });
const settingsSchema = z.strictObject({ fields: z.record(z.string(), z.string()) });

const PAGES = ['/', '/settings/widgets/', '/settings/advanced/'];

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

  /** Undefined for a path that is the API's. */
  async answer(request: ShellRequest): Promise<ShellAnswer | undefined> {
    const { method, path } = request;
    if (method === 'GET' && PAGES.includes(path)) return pageFile('index.html');
    if (method === 'GET' && path.startsWith('/shell/page/')) return pageFile(path.slice('/shell/page/'.length));
    if (method === 'GET' && path.startsWith(`${WIDGET_FILES}/`)) return this.#widgetFile(path);
    if (!path.startsWith('/shell/')) return undefined;
    // A page elsewhere must not get tokens of this account by asking for them.
    if (request.origin !== undefined && request.origin !== originOf(request)) return refused(403, 'another origin');
    try {
      return await this.#ownRoute(request);
    } catch (error) {
      if (error instanceof z.ZodError || error instanceof SyntaxError) return refused(400, error.message);
      throw error;
    }
  }

  async #ownRoute(request: ShellRequest): Promise<ShellAnswer> {
    const { method, path } = request;
    switch (`${method} ${path}`) {
      case 'GET /shell/state':
        return json(this.#state(request));
      case 'POST /shell/disposable-tokens':
        return this.#token(request);
      case 'POST /shell/settings':
        await this.installation.save(settingsSchema.parse(JSON.parse(request.body)).fields, request.host);
        return json(this.#state(request));
      case 'POST /shell/disable':
        await this.installation.disable(disconnectUri(this.#account));
        return json(this.#state(request));
      default:
        return notFound();
    }
  }

  #state({ host }: ShellRequest) {
    return shellState(this.#account, this.installation, host);
  }

  #token(request: ShellRequest): ShellAnswer {
    const { world, identity, clock } = this.#account;
    const { userId } = tokenRequestSchema.parse(JSON.parse(request.body));
    const user = world.operators.find(({ id, isDeleted }) => id === userId && !isDeleted);
    if (user === undefined) return notFound();
    const nowSeconds = clock.nowMs() / 1000 - this.#takeTokenAge();
    const holder = { userId, isAdmin: user.isAdmin };
    return json({ token: disposableToken(identity, holder, originOf(request), nowSeconds) });
  }

  #takeTokenAge(): number {
    const { ageSeconds, times } = this.tokenAge;
    if (times === null) return ageSeconds;
    this.tokenAge = times > 1 ? { ageSeconds, times: times - 1 } : { ageSeconds: 0, times: null };
    return ageSeconds;
  }

  #widgetFile(path: string): ShellAnswer {
    const name = path.slice(WIDGET_FILES.length + 1);
    const content = this.installation.widget?.files.get(name);
    return content === undefined ? notFound() : file(name, content);
  }
}

function originOf({ host }: ShellRequest): string {
  return `http://${host}`;
}
