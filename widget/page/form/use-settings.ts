import { useState } from 'preact/hooks';
import { type ActionGroup, createActionGroup } from '../action-group.ts';
import { ApiError, type FieldProblem } from '../api/api-error.ts';
import type { SavedSettings, Sentence } from '../api/types.ts';
import { usePage } from '../page-context.ts';
import { type Action, useAction } from '../use-action.ts';
import { DICTIONARIES } from '../text/dictionary.ts';
import {
  connectionOf,
  emptyLines,
  type Form,
  formOf,
  isChanged,
  rebased,
  settingsOf,
  withoutEmptyLines,
} from './form.ts';

export interface SettingsEditor {
  form: Form;
  saved: SavedSettings;
  isDirty: boolean;
  /** Somebody else has saved meanwhile. */
  isStale: boolean;
  outcome: 'saved' | 'reloaded' | null;
  warnings: Sentence[];
  problems: FieldProblem[];
  change: (part: Partial<Form>) => void;
  /** Shows what another request found wrong with the fields. */
  report: (error: ApiError) => void;
  undo: () => void;
  /** What was said of saving is past. */
  forgetOutcome: () => void;
  /** What acts on the form, or on what was saved of it. */
  actions: ActionGroup;
  save: Action<[]>;
  /** Takes what was saved elsewhere; for a form without changes of its own. */
  refresh: () => Promise<void>;
  /** Takes what somebody else saved and keeps the user's own changes. */
  reload: Action<[]>;
}

/** Said on saving: a line that was left empty may be one that somebody forgot. */
const LINE_EMPTY: Sentence = {
  ru: DICTIONARIES.ru.mapping.lineEmpty,
  en: DICTIONARIES.en.mapping.lineEmpty,
};

/** The form over the settings as they are stored, with their version. */
export function useSettings(initial: SavedSettings): SettingsEditor {
  const { api } = usePage();
  const [saved, setSaved] = useState(initial);
  const [form, setForm] = useState(() => formOf(initial));
  const [problems, setProblems] = useState<FieldProblem[]>([]);
  const [isStale, setStale] = useState(false);
  const [outcome, setOutcome] = useState<SettingsEditor['outcome']>(null);

  const [actions] = useState(createActionGroup);

  const report = (error: ApiError) => setProblems(error.problems);

  const save = useAction(async () => {
    const sent = form;
    setProblems([]);
    setOutcome(null);
    const empty = emptyLines(form);
    if (empty.length > 0) {
      const problems = empty.map((field) => ({ field, message: LINE_EMPTY }));
      setProblems(problems);
      throw new ApiError({ status: 400, code: 'settings_invalid', sentence: null, problems });
    }
    try {
      const settings = settingsOf(sent);
      const connection = connectionOf(sent);
      const { version, warnings } = await api.saveSettings({ version: saved.version, settings, connection });
      const apiKeyTail = connection.apiKey?.slice(-4) ?? saved.connection?.apiKeyTail ?? '';
      const now = { version, settings, warnings, connection: { ...connection, apiKeyTail } };
      setSaved(now);
      // What was typed while the answer was on its way is kept, as unsaved.
      setForm((typed) =>
        rebased({ ...typed, apiKey: typed.apiKey === sent.apiKey ? '' : typed.apiKey }, sent, formOf(now)),
      );
      setStale(false);
      setOutcome('saved');
    } catch (failure) {
      if (failure instanceof ApiError) {
        report(failure);
        if (failure.code === 'settings_stale') setStale(true);
      }
      throw failure;
    }
  }, actions);

  const refresh = async () => {
    try {
      const latest = await api.settings();
      setForm((typed) => rebased(typed, formOf(saved), formOf(latest)));
      setSaved(latest);
    } catch {
      // The version that was not read is told when somebody saves over it.
    }
  };

  const reload = useAction(async () => {
    const latest = await api.settings();
    setForm(rebased(form, formOf(saved), formOf(latest)));
    setSaved(latest);
    setStale(false);
    setProblems([]);
    setOutcome('reloaded');
  }, actions);

  return {
    form,
    saved,
    isDirty: isChanged(withoutEmptyLines(form), formOf(saved)),
    isStale,
    outcome,
    warnings: saved.warnings,
    problems,
    change: (part) => {
      setForm((before) => ({ ...before, ...part }));
      setProblems((before) => before.filter(({ field }) => !Object.keys(part).some((name) => isWithin(field, name))));
      setOutcome(null);
      actions.forgetErrors();
    },
    report,
    undo: () => {
      setForm(formOf(saved));
      setProblems([]);
      setOutcome(null);
      actions.forgetErrors();
    },
    forgetOutcome: () => setOutcome(null),
    actions,
    save,
    refresh,
    reload,
  };
}

function isWithin(field: string, part: string): boolean {
  return field === part || field.startsWith(`${part}.`);
}
