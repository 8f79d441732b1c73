import type { ExportStatus } from '../../../widget/page/api/types.ts';
import { openAltered, type Scene } from './scene.ts';

/** An export's moments that no test can hold on to; the status is otherwise that of the export before. */
function moment(name: string, part: Partial<ExportStatus>): Scene {
  return {
    name,
    open: (look) => openAltered(look, (status) => ({ export: status.export && { ...status.export, ...part } })),
  };
}

const running = { finishedAt: null, failures: {}, droppedKeys: [], warnings: [] };
const nothingYet = { found: 0, planned: 0, exported: 0, failed: 0, waiting: 0, unconfirmed: 0, remaining: 0 };

/** Need an export, best one that is over. */
export const RARE_SCENES: readonly Scene[] = [
  moment('planning', {
    ...running,
    state: 'planning',
    etaSeconds: null,
    calls: { ...nothingYet, found: 1_204, skipped: {} },
    talkSeconds: { planned: 0, exported: 0 },
  }),
  moment('troubled', {
    ...running,
    state: 'planning',
    etaSeconds: null,
    calls: { ...nothingYet, skipped: {} },
    troubleMessage: {
      ru: 'amoCRM прислала ответ в неизвестном виде (запрос /leads/notes (id)). Идущая выгрузка повторит попытку сама.',
      en: 'amoCRM sent an answer of an unknown form (request /leads/notes (id)). A running export tries again by itself.',
    },
  }),
  moment('large', {
    ...running,
    state: 'transferring',
    etaSeconds: 21_780,
    calls: {
      found: 1_234_567,
      planned: 1_000_001,
      exported: 412_345,
      failed: 12_001,
      waiting: 1_022,
      unconfirmed: 21,
      remaining: 574_612,
      skipped: { not_answered: 201_000, too_short: 33_566 },
    },
    talkSeconds: { planned: 150_000_000, exported: 61_851_600 },
    failures: { recording_expired: 11_000, talk_ambiguous: 1_000, audio_unsupported: 1 },
  }),
  moment('settling', {
    ...running,
    state: 'settling',
    etaSeconds: null,
    calls: {
      found: 120,
      planned: 94,
      exported: 91,
      failed: 0,
      waiting: 2,
      unconfirmed: 1,
      remaining: 0,
      skipped: { not_answered: 26 },
    },
  }),
  moment('stopping', { ...running, state: 'stopping', etaSeconds: null }),
  moment('broken-off', {
    ...running,
    state: 'failed',
    blockedBy: 'internal',
    blockedMessage: {
      ru: 'Выгрузку прервала ошибка программы. Начните её заново.',
      en: 'A defect of the program ended the export. Start it again.',
    },
  }),
  moment('blocked-forbidden', {
    ...running,
    state: 'blocked',
    etaSeconds: null,
    blockedBy: 'amocrm_forbidden',
    blockedMessage: {
      ru: 'amoCRM не даёт часть данных пользователю, который подключил аккаунт. Требуется: право на просмотр сделок. Подключите аккаунт от имени администратора, и остановленная выгрузка продолжится сама. Или выдайте это пользователю и продолжите выгрузку.',
      en: 'amoCRM denies part of the data to the user who connected the account: it needs the right to view leads. Connect the account as an administrator; a blocked export then goes on by itself. Or give that user the right and resume the export.',
    },
  }),
  moment('blocked-unknown', {
    ...running,
    state: 'blocked',
    etaSeconds: null,
    blockedBy: 'from_a_newer_version',
    blockedMessage: null,
  }),
  {
    name: 'access-revoked',
    open: (look) =>
      openAltered(look, ({ account }) => ({ account: { ...account, state: 'reauth_required', message: null } })),
  },
];
