import { DateTime } from 'luxon';
import { z } from 'zod';
import type { ControlledPart } from '../part.ts';
import type { World } from '../world/world.ts';

export interface PageFacts {
  addresses: Record<string, string>;
  accountId: number;
  connectionId: string;
}

const talkCountSchema = z.looseObject({ talks: z.number() });
const talksSchema = z.array(z.looseObject({ id: z.string(), fields: z.record(z.string(), z.string()).optional() }));

const SHOWN_TALKS = 15;

/** The page for people: what the sandbox holds, where its parts listen, what came in last. */
export async function controlPage(
  world: World,
  parts: Record<'amocrm' | 'telephony' | 'speechsense', ControlledPart>,
  facts: PageFacts,
): Promise<string> {
  world.settle();
  const missed = world.calls.filter((call) => call.talkSeconds === 0).length;
  const withoutLink = world.calls.filter((call) => call.talkSeconds > 0 && !call.hasLink).length;
  const seconds = world.calls.reduce((sum, call) => sum + call.talkSeconds, 0);
  const now = DateTime.fromSeconds(world.now(), { zone: world.timeZone });
  const totals = [
    ['Звонков', world.calls.length],
    ['из них пропущенных', missed],
    ['отвеченных без записи', withoutLink],
    ['Часов разговоров', (seconds / 3600).toFixed(1)],
    ['Примечаний', world.notes.size],
    ['Контактов / сделок / компаний', (['contacts', 'leads', 'companies'] as const).map((name) => world.entities[name].size).join(' / ')], // prettier-ignore
    ['Часы песочницы', now.toFormat('dd.MM.yyyy HH:mm:ss ZZ')],
    ['Зерно', world.seed],
  ] as const;

  return `<!doctype html>
<html lang="ru"><meta charset="utf-8"><title>Песочница</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}td,th{padding:.2rem 1rem .2rem 0;text-align:left;vertical-align:top}code,pre{background:#f3f3f3;padding:.1rem .3rem}pre{overflow:auto}</style>
<h1>Песочница</h1>
<p>Замена amoCRM, телефонии и SpeechSense для проб и тестов. Данные вымышлены.</p>
<h2>Адреса</h2>${table(Object.entries(facts.addresses))}
<p>Аккаунт <code>${facts.accountId}</code>, подключение SpeechSense <code>${escape(facts.connectionId)}</code>.</p>
<h2>Что здесь есть</h2>${table(totals)}
<h2>Сотрудники</h2>${table(world.operators.map((one) => [one.id, `${one.name}${one.isDeleted ? ' (удалён)' : one.isActive ? '' : ' (отключён)'}`]))}
<h2>Последние разговоры в SpeechSense</h2>${await lastTalks(parts.speechsense)}
<h2>Счётчики</h2><pre>${escape(JSON.stringify(Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.counters()])), null, 2))}</pre>
<p>Управление по HTTP описано в <code>sandbox/README.md</code>: <code>/counters</code>, <code>/seed</code>, <code>/faults</code>, <code>/clock</code>, <code>/world/calls</code>, <code>/world/notes</code>.</p>
</html>
`;
}

async function lastTalks(speechsense: ControlledPart): Promise<string> {
  const count = talkCountSchema.safeParse(speechsense.counters()).data?.talks ?? 0;
  const answer = await speechsense.control('GET', `/talks?from=${Math.max(0, count - SHOWN_TALKS)}`, undefined);
  const talks = talksSchema.safeParse(answer.body).data ?? [];
  if (talks.length === 0) return '<p>Пока ни одного.</p>';
  return table(
    talks.reverse().map((talk) => {
      const fields = talk.fields ?? {};
      const told = ['date', 'operator_name', 'client_name'].map((key) => fields[key] ?? '').join(', ');
      return [talk.id, told];
    }),
  );
}

function table(rows: readonly (readonly [unknown, unknown])[]): string {
  const cells = rows.map(
    ([name, value]) => `<tr><th>${escape(String(name))}</th><td>${escape(String(value))}</td></tr>`,
  );
  return `<table>${cells.join('')}</table>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
