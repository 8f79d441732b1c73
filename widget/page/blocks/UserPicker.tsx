import { useMemo, useState } from 'preact/hooks';
import type { User } from '../api/types.ts';
import { ErrorNotice } from '../controls/ErrorNotice.tsx';
import { Loading } from '../controls/Loading.tsx';
import { TextField } from '../controls/TextField.tsx';
import { useForm } from '../form/form-context.ts';
import { findUsers } from '../form/user-choice.ts';
import { usePage } from '../page-context.ts';
import type { Loaded } from '../use-loaded.ts';
import { ChosenUsers } from './ChosenUsers.tsx';
import { UserGroupRows } from './UserGroupRows.tsx';

/** So few users are seen at once: their groups need not be opened one by one. */
const FEW_USERS = 20;

export function UserPicker({ users }: { users: Loaded<User[]> }) {
  const { text } = usePage();
  const { form, problemAt } = useForm();
  const problem = problemAt('users') ?? problemAt('groups');
  return (
    <fieldset class="sse-fieldset">
      <legend class="sse-label">{text.users.title}</legend>
      {users.value ? <UserList users={users.value} /> : users.error ? null : <Loading lines={7} />}
      <ErrorNotice error={users.error} onRetry={() => void users.reload()} />
      {problem !== undefined && <p class="sse-problem">{problem}</p>}
      {form.users.length + form.groups.length === 0 && <p class="sse-hint">{text.users.all}</p>}
      {/* Beneath the list, which would else move away from under the pointer with the first choice. */}
      <ChosenUsers users={users.value ?? []} isLoaded={users.value !== null} />
    </fieldset>
  );
}

function UserList({ users }: { users: User[] }) {
  const { text } = usePage();
  const [query, setQuery] = useState('');
  const groups = useMemo(() => findUsers(users, query), [users, query]);
  if (users.length === 0) return <p class="sse-hint">{text.users.empty}</p>;
  return (
    <>
      <TextField label={text.users.search} type="search" value={query} onChange={setQuery} />
      <div class="sse-list" role="group" aria-label={text.users.title} tabIndex={0}>
        {groups.map((group) => (
          <UserGroupRows
            key={group.name ?? ''}
            group={group}
            isUnfolded={users.length <= FEW_USERS || query.trim() !== ''}
          />
        ))}
        {groups.length === 0 && <p class="sse-hint">{text.users.nobody}</p>}
      </div>
    </>
  );
}
