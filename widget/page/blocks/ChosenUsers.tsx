import type { User } from '../api/types.ts';
import { Button } from '../controls/Button.tsx';
import { useForm } from '../form/form-context.ts';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';

const SHOWN = 20;

/** Who is chosen, also those whom amoCRM does not list any more. */
export function ChosenUsers({ users, isLoaded }: { users: User[]; isLoaded: boolean }) {
  const { text, formats } = usePage();
  const { form, change } = useForm();
  if (form.users.length === 0) return null;
  const names = new Map(users.map(({ id, name }) => [id, name]));
  const nameOf = (id: number) => names.get(id) ?? (isLoaded ? fill(text.users.unknown, { id }) : `№ ${id}`);
  return (
    <div class="sse-chosen">
      <p class="sse-hint">{formats.plural(text.users.chosen, form.users.length)}</p>
      <ul class="sse-chips">
        {form.users.slice(0, SHOWN).map((id) => (
          <li key={id} class="sse-chip">
            {nameOf(id)}
            <Button
              kind="link"
              label={fill(text.users.remove, { name: nameOf(id) })}
              onClick={() => change({ users: form.users.filter((chosen) => chosen !== id) })}
            >
              ×
            </Button>
          </li>
        ))}
        {form.users.length > SHOWN && (
          <li>{fill(text.users.andMore, { n: formats.number(form.users.length - SHOWN) })}</li>
        )}
      </ul>
      <Button kind="link" onClick={() => change({ users: [] })}>
        {text.users.clear}
      </Button>
    </div>
  );
}
