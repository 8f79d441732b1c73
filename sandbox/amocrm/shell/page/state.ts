/** What the shell's server knows; made by ../shell-state.ts. */
export interface ShellState {
  account: { id: number; name: string; subdomain: string; domain: string; timezone: string };
  users: User[];
  groups: { id: number; name: string }[];
  widget?: WidgetFacts;
  /** What the integration's server answered to the last hook. */
  lastHook?: { outcome: string; status: number | null };
}

export interface User {
  id: number;
  name: string;
  email: string;
  isAdmin: boolean;
  isActive: boolean;
  groupId: number;
}

export interface WidgetFacts {
  code: string;
  path: string;
  clientId: string;
  manifest: {
    widget: { name: string; description: string; short_description: string; version: string };
    locations: string[];
    settings: Record<string, { name: string; type: string; required: boolean }>;
    advanced?: { title: string };
  };
  texts: Record<string, unknown>;
  /** Null while the widget is switched off. */
  settings: Record<string, string> | null;
}

export async function readState(): Promise<ShellState> {
  return answered(await fetch('/shell/state'));
}

/** What the settings window's buttons ask the server for. */
export async function post(path: string, body: unknown): Promise<ShellState> {
  const headers = { 'Content-Type': 'application/json' };
  return answered(await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }));
}

async function answered(response: Response): Promise<ShellState> {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  return (await response.json()) as ShellState;
}
