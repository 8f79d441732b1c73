/** The part of jQuery's ajax settings that the page uses: what amoCRM's `$authorizedAjax` takes. */
export interface AjaxSettings {
  url: string;
  method: 'GET' | 'POST' | 'PUT';
  dataType: 'json';
  timeout: number;
  headers?: Record<string, string>;
  contentType?: string;
  data?: string;
}

/** Sends one request that carries the user's disposable token; fails with jQuery's jqXHR. */
export type SendRequest = (settings: AjaxSettings) => PromiseLike<unknown>;
