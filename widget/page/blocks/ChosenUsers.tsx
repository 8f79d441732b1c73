import type { User } from '../api/types.ts';
import { Button } from '../controls/Button.tsx';
import { useForm } from '../form/form-context.ts';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';

const SHOWN = 20;

/** Who is chosen: groups with today's number of users, then users, also those whom amoCRM does not list any more. */
export function ChosenUsers({ users, isLoaded }: { users: User[]; isLoaded: boolean }) {
  const { text, formats } = usePage();
  const { form, change } = useForm();
  if (form.users.length + form.groups.length === 0) return null;
  const names = new Map(users.map(({ id, name }) => [id, name]));
  const nameOf = (id: number) => names.get(id) ?? (isLoaded ? fill(text.users.unknown, { id }) : `№ ${id}`);
  const membersOf = (group: string) =>
    isLoaded ? ` · ${formats.number(users.filter((user) => user.group === group).length)}` : '';
  const chips = [
    ...form.groups.map((group) => ({
      key: `group ${group}`,
      name: `${group}${membersOf(group)}`,
      remove: () => change({ groups: form.groups.filter((chosen) => chosen !== group) }),
    })),
    ...form.users.map((id) => ({
      key: String(id),
      name: nameOf(id),
      remove: () => change({ users: form.users.filter((chosen) => chosen !== id) }),
    })),
  ];
  return (
    <div class="sse-chosen">
      <p class="sse-hint">
        {[
          ...(form.groups.length > 0 ? [formats.plural(text.users.chosenGroups, form.groups.length)] : []),
          ...(form.users.length > 0 ? [formats.plural(text.users.chosen, form.users.length)] : []),
        ].join(' · ')}
        {form.groups.length > 0 && `. ${text.users.groupsFollow}`}
      </p>
      <ul class="sse-chips">
        {chips.slice(0, SHOWN).map(({ key, name, remove }) => (
          <li key={key} class="sse-chip">
            <span class="sse-chip__name">{name}</span>
            <Button kind="link" label={fill(text.users.remove, { name })} onClick={remove}>
              ×
            </Button>
          </li>
        ))}
        {chips.length > SHOWN && <li>{fill(text.users.andMore, { n: formats.number(chips.length - SHOWN) })}</li>}
      </ul>
      <Button kind="link" onClick={() => change({ users: [], groups: [] })}>
        {text.users.clear}
      </Button>
    </div>
  );
}
