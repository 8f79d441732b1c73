import { useMemo, useState } from 'preact/hooks';
import type { User } from '../api/types.ts';
import { Checkbox } from '../controls/Checkbox.tsx';
import { ErrorNotice } from '../controls/ErrorNotice.tsx';
import { Loading } from '../controls/Loading.tsx';
import { TextField } from '../controls/TextField.tsx';
import { useForm } from '../form/form-context.ts';
import { findUsers, SHOWN_USERS, type UserGroup } from '../form/user-choice.ts';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';
import type { Loaded } from '../use-loaded.ts';
import { ChosenUsers } from './ChosenUsers.tsx';

export function UserPicker({ users }: { users: Loaded<User[]> }) {
  const { text } = usePage();
  const { form, problemAt } = useForm();
  const problem = problemAt('users');
  return (
    <fieldset class="sse-fieldset">
      <legend class="sse-label">{text.users.title}</legend>
      {users.value ? <UserList users={users.value} /> : users.error ? null : <Loading lines={7} />}
      <ErrorNotice error={users.error} onRetry={() => void users.reload()} />
      {problem !== undefined && <p class="sse-problem">{problem}</p>}
      {form.users.length === 0 && <p class="sse-hint">{text.users.all}</p>}
      {/* Beneath the list, which would else move away from under the pointer with the first choice. */}
      <ChosenUsers users={users.value ?? []} isLoaded={users.value !== null} />
    </fieldset>
  );
}

function UserList({ users }: { users: User[] }) {
  const { text, formats } = usePage();
  const [query, setQuery] = useState('');
  const { groups, total } = useMemo(() => findUsers(users, query), [users, query]);
  if (users.length === 0) return <p class="sse-hint">{text.users.empty}</p>;
  return (
    <>
      <TextField label={text.users.search} type="search" value={query} onChange={setQuery} />
      <div class="sse-list" role="group" aria-label={text.users.title} tabIndex={0}>
        {groups.map((group) => (
          <GroupRows key={group.name ?? ''} group={group} all={users} />
        ))}
        {total === 0 && <p class="sse-hint">{text.users.nobody}</p>}
        {total > SHOWN_USERS && (
          <p class="sse-hint">{fill(text.users.shown, { shown: SHOWN_USERS, total: formats.number(total) })}</p>
        )}
      </div>
    </>
  );
}

/** The group's own box stands for all its users, also those that the search does not show. */
function GroupRows({ group, all }: { group: UserGroup; all: User[] }) {
  const { text } = usePage();
  const { form, change } = useForm();
  const chosen = new Set(form.users);
  const set = (ids: number[], isChosen: boolean) => {
    const next = new Set(form.users);
    for (const id of ids) {
      if (isChosen) next.add(id);
      else next.delete(id);
    }
    change({ users: [...next] });
  };
  const members = all.filter((user) => user.group === group.name).map(({ id }) => id);
  return (
    <div class="sse-list__group">
      {group.name === null ? (
        <p class="sse-hint">{text.users.noGroup}</p>
      ) : (
        <Checkbox
          label={fill(text.users.wholeGroup, { group: group.name })}
          checked={members.every((id) => chosen.has(id))}
          onChange={(isChosen) => set(members, isChosen)}
        />
      )}
      {group.users.map(({ id, name, active }) => (
        <Checkbox
          key={id}
          label={name}
          badge={active ? undefined : text.users.deleted}
          checked={chosen.has(id)}
          onChange={(isChosen) => set([id], isChosen)}
        />
      ))}
    </div>
  );
}
