import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ActionGroup } from '../action-group.ts';
import type { StoredConnection } from '../api/types.ts';
import type { Form } from './form.ts';

export interface FormAccess {
  form: Form;
  change: (part: Partial<Form>) => void;
  /** What the server said is wrong with a field, in the user's language. */
  problemAt: (path: string) => string | undefined;
  stored: StoredConnection | null;
  /** There are changes that are not saved. */
  isDirty: boolean;
  actions: ActionGroup;
}

export const FormContext = createContext<FormAccess | null>(null);

export function useForm(): FormAccess {
  const access = useContext(FormContext);
  if (!access) throw new Error('outside of the form');
  return access;
}
