import { useState } from 'preact/hooks';
import { Button } from '../controls/Button.tsx';
import { Checkbox } from '../controls/Checkbox.tsx';
import { useForm } from '../form/form-context.ts';
import { chooseGroup, chooseUser, groupChoice, type UserGroup } from '../form/user-choice.ts';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';

/** A page that draws a thousand rows grows slow: they come by so many at a time. */
const STEP = 100;

interface UserGroupRowsProps {
  group: UserGroup;
  /** A search is under way, or there are so few users that nothing need be folded. */
  isUnfolded: boolean;
}

/** The group's own box stands for all its users, at each start anew, also those that the search does not show. */
export function UserGroupRows({ group, isUnfolded }: UserGroupRowsProps) {
  const { text, formats } = usePage();
  const { form, change } = useForm();
  const [isToggled, setToggled] = useState(false);
  const [shown, setShown] = useState(STEP);
  const isOpen = isUnfolded || isToggled;
  const choice = groupChoice(form, group);
  const count = formats.plural(text.users.members, group.members.length);
  const name = group.name ?? text.users.noGroup;
  return (
    <div class="sse-list__group">
      <div class="sse-row">
        {group.name === null ? (
          <span>{name}</span>
        ) : (
          <Checkbox
            label={name}
            badge={count}
            checked={choice === 'all'}
            isMixed={choice === 'some'}
            onChange={(isChosen) => change(chooseGroup(form, group, isChosen))}
          />
        )}
        {!isUnfolded && (
          <Button
            kind="link"
            expanded={isOpen}
            label={fill(text.users.listOf, { group: name })}
            onClick={() => setToggled(!isToggled)}
          >
            {isOpen ? text.users.fold : text.users.unfold}
          </Button>
        )}
      </div>
      {isOpen && (
        <div class="sse-list__members">
          {group.users.slice(0, shown).map(({ id, name: userName, active }) => (
            <Checkbox
              key={id}
              label={userName}
              badge={active ? undefined : text.users.deleted}
              checked={choice === 'all' || form.users.includes(id)}
              onChange={(isChosen) => change(chooseUser(form, group, id, isChosen))}
            />
          ))}
          {group.users.length > shown && (
            <Button kind="link" onClick={() => setShown(shown + STEP)}>
              {fill(text.users.more, { n: formats.number(Math.min(STEP, group.users.length - shown)) })}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
