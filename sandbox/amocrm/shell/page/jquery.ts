/** The part of jQuery that the shell itself uses. */
export interface JQuery {
  (target: Element): ArrayLike<Element>;
  ajax: (settings: AjaxSettings) => JQueryPromise;
  Deferred: () => JQueryDeferred;
}

export interface AjaxSettings {
  url: string;
  method: string;
  headers?: Record<string, string>;
  [name: string]: unknown;
}

type Callback = (...results: unknown[]) => void;

export interface JQueryPromise {
  then: (onDone: Callback, onFail?: Callback) => unknown;
  done: (callback: Callback) => unknown;
  fail: (callback: Callback) => unknown;
  always: (callback: Callback) => unknown;
  state: () => string;
}

interface JQueryDeferred {
  resolve: Callback;
  reject: Callback;
  promise: () => JQueryPromise;
}
