import { ApiError, toApiError } from './api-error.ts';
import type { AjaxSettings, SendRequest } from './request.ts';
import type {
  CallPage,
  CallQuery,
  ConnectionInput,
  ConnectionKey,
  ConnectionOutcome,
  ExportPage,
  ExportStatus,
  FieldCatalogue,
  Mapping,
  Preview,
  ReportFormat,
  RetryChoice,
  SavedSettings,
  SettingsForm,
  SettingsOutcome,
  Settings,
  Status,
  User,
} from './types.ts';

/** Longer than the back end's own limit for a request, so that its sentence arrives rather than ours. */
const TIMEOUT_MS = 40_000;

export type Api = ReturnType<typeof createApi>;

/**
 * The back end's widget API. Every method rejects with an ApiError and with nothing else.
 * @param backend its address, without a slash at the end.
 */
export function createApi(backend: string, send: SendRequest) {
  async function call<Answer>(method: AjaxSettings['method'], path: string, body?: unknown, idempotencyKey?: string) {
    const settings: AjaxSettings = { url: `${backend}/api${path}`, method, dataType: 'json', timeout: TIMEOUT_MS };
    if (body !== undefined) {
      settings.contentType = 'application/json';
      settings.data = JSON.stringify(body);
    }
    if (idempotencyKey !== undefined) settings.headers = { 'Idempotency-Key': idempotencyKey };
    try {
      return await answered<Answer>(send, settings);
    } catch (failure) {
      const error = toApiError(failure);
      // A disposable token lives 30 minutes, and each request brings its own: a fresh one is worth a second try. The
      // back end refuses a token before it does anything.
      if (error.status !== 401 || !error.code.startsWith('token_')) throw error;
    }
    try {
      return await answered<Answer>(send, settings);
    } catch (failure) {
      throw toApiError(failure);
    }
  }

  const oneExport = (exportId: string) => `/exports/${encodeURIComponent(exportId)}`;

  return {
    status: () => call<Status>('GET', '/status'),
    consent: () => call<{ consentUrl: string }>('POST', '/consent', {}),

    settings: () => call<SavedSettings>('GET', '/settings'),
    saveSettings: (body: SettingsForm) => call<SettingsOutcome>('PUT', '/settings', body),
    checkConnection: (unsaved: Partial<ConnectionInput>) =>
      call<ConnectionOutcome>('POST', '/connection/check', unsaved),
    connectionKeys: (mapping: Mapping) => call<{ keys: ConnectionKey[] }>('POST', '/connection/keys', { mapping }),
    users: () => call<{ users: User[] }>('GET', '/users'),
    fields: () => call<FieldCatalogue>('GET', '/fields'),

    startPreview: (settings: Settings) => call<{ exportId: string }>('POST', '/previews', { settings }),
    preview: (exportId: string) => call<Preview>('GET', `/previews/${encodeURIComponent(exportId)}`),

    /** How many calls a start with the saved settings would send once more. */
    repeats: () => call<{ calls: number }>('GET', '/re-export'),
    start: (key: string) => call<{ exportId: string }>('POST', '/exports', {}, key),
    stop: (exportId: string, key: string) => call<{ exportId: string }>('POST', `${oneExport(exportId)}/stop`, {}, key),
    resume: (exportId: string, key: string) =>
      call<{ exportId: string }>('POST', `${oneExport(exportId)}/resume`, {}, key),
    retry: (exportId: string, choice: RetryChoice, key: string) =>
      call<{ exportId: string }>('POST', `${oneExport(exportId)}/retry`, choice, key),

    exports: (query: { limit: number; before?: string | undefined }) =>
      call<ExportPage>('GET', `/exports${queryString(query)}`),
    oneExport: (exportId: string) => call<ExportStatus>('GET', oneExport(exportId)),
    calls: (exportId: string, query: CallQuery) =>
      call<CallPage>('GET', `${oneExport(exportId)}/calls${queryString({ ...query })}`),
    reportLink: async (exportId: string, format: ReportFormat) => {
      const { url } = await call<{ url: string }>('POST', `${oneExport(exportId)}/report-link`, { format });
      // The browser is sent there: nowhere but to the back end itself.
      if (new URL(url, backend).origin !== new URL(backend).origin) {
        throw new ApiError({ status: 200, code: 'bad_answer', sentence: null });
      }
      return new URL(url, backend).href;
    },
  };
}

async function answered<Answer>(send: SendRequest, settings: AjaxSettings): Promise<Answer> {
  // The old jQuery's promise knows no `catch` and no `finally`: a real one is made of it.
  const answer = await Promise.resolve(send(settings));
  // A proxy in between may answer 200 with a page of its own.
  if (typeof answer !== 'object' || answer === null) {
    throw new ApiError({ status: 502, code: 'bad_answer', sentence: null });
  }
  return answer as Answer;
}

function queryString(query: Record<string, string | number | undefined>): string {
  const entries = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return entries.length > 0 ? `?${new URLSearchParams(entries).toString()}` : '';
}
