import { z } from 'zod';
import { IDENTITY } from '../../sandbox/identity.ts';
import { sample } from '../amocrm/sample.ts';
import type { TestAccount } from './amocrm-sandbox.ts';
import type { Latitude } from './payload-shape.ts';

/** A request to the sandbox and the samples that its answer must look like. */
export interface AnswerSample extends Latitude {
  /** Samples without their ending `.json`; an answer may have what any of them has and must have what all of them have. */
  samples: string[];
  /** The sample that is sent, made to fit by `body`. */
  sends?: string;
  method?: 'GET' | 'POST' | 'PATCH';
  /** Under /api/v4 unless it is a whole path. */
  path: string | ((account: TestAccount) => string);
  body?: (sent: unknown, account: TestAccount) => unknown;
  headers?: (account: TestAccount) => Record<string, string>;
  status?: number;
  /** Only this part of the answer has a sample. */
  part?: (answer: unknown) => unknown;
}

const items = z.array(z.looseObject({}));
const client = {
  client_id: IDENTITY.clientId,
  client_secret: IDENTITY.clientSecret,
  redirect_uri: IDENTITY.redirectUri,
};

/** Whether a `call_…` or a `custom_fields_values` is well-formed is the world's tests' business: vendors and people fill them. */
const CARD_FREE = (list: string) => [`${list}custom_fields_values`];
const NOTE_FREE = (list: string) => [`${list}params`];

/** The documents show `enum` where real answers have `enum_code`. */
const VALUES = {
  more: ['custom_fields_values[].values[].enum_code'],
  lacking: [
    'custom_fields_values[].values[].enum',
    'custom_fields_values[].values[].enum_id',
    'custom_fields_values[].values[].enum_code',
  ],
  nullable: ['custom_fields_values[].field_code'],
  free: ['custom_fields_values[].values[].value'],
};

const firstContact = ({ world }: TestAccount) => [...world.entities.contacts.values()][0];
const somePhone = ({ world }: TestAccount) => [...world.entities.contacts.values()].find((one) => one.leadIds.length === 0); // prettier-ignore
const someCall = ({ world }: TestAccount) => {
  const note = world.notes.get(world.calls[0]?.noteIds[0] ?? 0);
  return `/${note?.entityType}/${note?.entityId}/notes/${note?.id}`;
};
const someUnsorted = ({ world }: TestAccount) => [...world.unsorted.values()][0];
const lostLead = ({ world }: TestAccount) =>
  [...world.entities.leads.values()].find((one) => one.lossReasonId !== null && one.companyId !== null);
const leadWithGoods = ({ world }: TestAccount) =>
  [...world.entities.leads.values()].find((one) => one.id % 5 === 0 && one.companyId !== null);

/** Every answer that has a published sample. A route without one is named in the test. */
export const ANSWERS: AnswerSample[] = [
  {
    samples: ['account', 'account-newer-fields-uncertain'],
    path: '/account?with=amojo_id,amojo_rights,users_groups,task_types,version,entity_names,datetime_settings,drive_url,is_api_filter_enabled,uuid', // prettier-ignore
    free: ['entity_names'],
  },
  { samples: ['users-list'], path: '/users?with=role,group&limit=250', free: ['_embedded.users[].rights'] },
  { samples: ['users-list'], path: '/users?with=role,group&page=2&limit=2', free: ['_embedded.users[].rights'] },
  {
    samples: ['user-detail'],
    path: ({ world }) => `/users/${world.operators[1]?.id}`,
    more: ['_embedded'],
    nullable: ['rights.status_rights'],
  },
  {
    samples: ['notes-list-calls', 'notes-list-by-entity-type'],
    path: '/contacts/notes?filter[note_type][]=call_in&filter[note_type][]=call_out&limit=250',
    free: NOTE_FREE('_embedded.notes[].'),
  },
  {
    samples: ['notes-list-by-entity-id'],
    path: (account) => someCall(account).replace(/\/\d+$/, ''),
    free: NOTE_FREE('_embedded.notes[].'),
  },
  { samples: ['note-detail', 'note-call-in'], path: someCall, free: ['params'] },
  {
    samples: ['note-detail'],
    path: (account) => someCall(account).replace(/\d+\/notes/, 'notes'),
    free: ['params'],
  },
  {
    samples: ['note-params-by-type', 'note-call-in'],
    path: '/contacts/notes?filter[note_type]=call_in&limit=1',
    part: (answer) => ({ call_in: z.object({ _embedded: z.object({ notes: items }) }).parse(answer)._embedded.notes[0]?.['params'] }), // prettier-ignore
    // A vendor writes either, and names the operator by an id, a name or a number.
    lacking: ['call_in.source', 'call_in.call_responsible'],
    free: ['call_in.call_responsible'],
    more: ['call_in.call_result', 'call_in.call_status', 'call_in.src'],
    nullable: ['call_in.link'],
  },
  {
    samples: ['leads-list'],
    path: '/leads?limit=250',
    free: CARD_FREE('_embedded.leads[].'),
    nullable: ['_embedded.leads[].closed_at'],
  },
  {
    samples: ['lead-detail-with-all'],
    path: (account) =>
      `/leads/${lostLead(account)?.id}?with=contacts,catalog_elements,loss_reason,source,is_price_modified_by_robot`,
    free: ['custom_fields_values'],
  },
  { samples: ['contacts-list'], path: '/contacts?limit=250', free: CARD_FREE('_embedded.contacts[].') },
  {
    samples: ['contact-detail-with-all'],
    path: (account) => `/contacts/${firstContact(account)?.id}?with=leads,customers,catalog_elements`,
    ...VALUES,
  },
  { samples: ['companies-list'], path: '/companies?limit=250', free: CARD_FREE('_embedded.companies[].') },
  {
    samples: ['company-detail'],
    path: ({ world }) => `/companies/${[...world.entities.companies.keys()][0]}`,
    ...VALUES,
  },
  {
    samples: ['customers-list'],
    path: '/customers?with=contacts&limit=250',
    free: CARD_FREE('_embedded.customers[].'),
    more: ['_embedded.customers[].group_id'],
  },
  {
    samples: ['customer-detail'],
    path: ({ world }) => `/customers/${[...world.entities.customers.keys()][0]}`,
    more: ['group_id'],
  },
  {
    samples: ['links-mass'],
    path: (account) => `/leads/links?filter[entity_id][]=${leadWithGoods(account)?.id}`,
    // What a link says of itself depends on what it leads to.
    free: ['_embedded.links[].metadata'],
  },
  {
    samples: ['links-of-one-entity'],
    path: (account) => `/leads/${leadWithGoods(account)?.id}/links`,
    free: ['_embedded.links[].metadata'],
  },
  {
    samples: ['custom-fields-list', 'custom-fields-list-real-page-head'],
    path: '/leads/custom_fields?limit=10&page=2',
    // The documents show fields of an older time beside the real page's.
    more: ['_embedded.custom_fields[]._links'],
    nullable: ['_embedded.custom_fields[].group_id', '_embedded.custom_fields[].required_statuses'],
  },
  {
    samples: ['custom-fields-list-real-page-head'],
    path: '/leads/custom_fields?limit=50',
    more: ['_embedded.custom_fields[]._links'],
    nullable: ['_embedded.custom_fields[].group_id'],
  },
  {
    samples: ['custom-field-detail-phone'],
    path: '/contacts/custom_fields/3',
    more: ['tracking_callback', 'triggers', 'currency', 'hidden_statuses', 'chained_lists'],
  },
  { samples: ['custom-fields-groups'], path: '/leads/custom_fields/groups' },
  { samples: ['pipelines-list'], path: '/leads/pipelines' },
  { samples: ['pipeline-detail'], path: '/leads/pipelines/3177727' },
  { samples: ['statuses-list'], path: '/leads/pipelines/3177727/statuses?with=descriptions' },
  { samples: ['status-detail'], path: '/leads/pipelines/3177727/statuses/142?with=descriptions' },
  { samples: ['tags-list'], path: '/leads/tags?filter[id][]=2707&filter[id][]=2709' },
  {
    samples: ['events-list-calls-composed', 'events-list'],
    path: '/events?filter[type]=incoming_call,outgoing_call&limit=100',
  },
  {
    samples: ['event-value-after-note'],
    path: '/events?filter[type]=incoming_call&limit=1',
    part: (answer) => ({ value_after: z.object({ _embedded: z.object({ events: items }) }).parse(answer)._embedded.events[0]?.['value_after'] }), // prettier-ignore
  },
  {
    samples: ['event-detail'],
    path: ({ world }) => `/events/${world.events.page({ until: Infinity, offset: 0, limit: 1, matches: () => true }).events[0]?.id}`, // prettier-ignore
  },
  { samples: ['events-types'], path: '/events/types' },

  { samples: ['unsorted-list'], path: '/leads/unsorted?filter[category][]=sip', more: ['_embedded.unsorted[].metadata.uniq'], nullable: ['_embedded.unsorted[].metadata.link'] }, // prettier-ignore
  {
    samples: ['unsorted-detail'],
    path: ({ world }) => `/leads/unsorted/${[...world.unsorted.values()].find((one) => one.category === 'forms')?.uid}`,
    nullable: ['source_uid'],
  },
  { samples: ['unsorted-summary'], path: '/leads/unsorted/summary' },
  {
    samples: ['unsorted-sip-create-response'],
    sends: 'unsorted-sip-create-request',
    method: 'POST',
    path: '/leads/unsorted/sip',
  },
  {
    samples: ['unsorted-accept-response'],
    method: 'POST',
    path: (account) => `/leads/unsorted/${someUnsorted(account)?.uid}/accept`,
    body: () => ({ user_id: 939801, status_id: 3178730 }),
  },
  {
    samples: ['calls-create-response'],
    sends: 'calls-create-request',
    method: 'POST',
    path: '/calls',
    body: (sent, account) => items.parse(sent).map((call) => ({ ...call, phone: `8${somePhone(account)?.phone}` })),
  },
  ...['notes-create-request-call-and-others', 'notes-create-request-call-for-analytics'].map((sends): AnswerSample => ({
    samples: ['notes-create-response'],
    sends,
    method: 'POST',
    path: '/contacts/notes',
    body: (sent, account) => items.parse(sent).map((note) => ({ ...note, entity_id: firstContact(account)?.id })),
  })),
  {
    samples: ['notes-create-response'],
    sends: 'notes-create-request-call-for-analytics',
    method: 'POST',
    path: (account) => `/contacts/${firstContact(account)?.id}/notes`,
  },
  {
    samples: ['notes-patch-response'],
    sends: 'notes-patch-request',
    method: 'PATCH',
    path: '/contacts/notes',
    body: (sent, { world }) => {
      const call = world.calls.find((one) => one.entities[0]?.entityType === 'contacts');
      return items.parse(sent).map((note) => ({ ...note, id: call?.noteIds[0] }));
    },
  },
  ...[someCall, (account: TestAccount) => someCall(account).replace(/\d+\/notes/, 'notes')].map(
    (path): AnswerSample => ({
      samples: ['notes-patch-response'],
      method: 'PATCH',
      path,
      body: () => ({ note_type: 'call_in', params: { call_result: 'перезвонить' } }),
      part: (answer) => ({ _links: { self: { href: '' } }, _embedded: { notes: [answer] } }),
    }),
  ),

  {
    samples: ['oauth-token-response'],
    sends: 'oauth-exchange-code-request',
    method: 'POST',
    path: '/oauth2/access_token',
    body: (sent, { amocrm }) => ({ ...z.looseObject({}).parse(sent), ...client, code: amocrm.account.tokens.issueCode() }), // prettier-ignore
  },
  {
    samples: ['oauth-refresh-response'],
    sends: 'oauth-refresh-request',
    method: 'POST',
    path: '/oauth2/access_token',
    body: (sent, account) => ({ ...z.looseObject({}).parse(sent), ...client, refresh_token: freshPair(account) }),
  },
  {
    samples: ['error-401-oauth-refresh-reused'],
    sends: 'oauth-refresh-request',
    method: 'POST',
    path: '/oauth2/access_token',
    body: (sent, account) => {
      const refreshToken = freshPair(account);
      account.amocrm.account.tokens.refresh(refreshToken);
      return { ...z.looseObject({}).parse(sent), ...client, refresh_token: refreshToken };
    },
    status: 401,
  },
  {
    samples: ['error-401-oauth-bad-client'],
    sends: 'oauth-refresh-request',
    method: 'POST',
    path: '/oauth2/access_token',
    status: 401,
  },
  {
    samples: ['oauth-account-subdomain-current'],
    path: '/oauth2/account/current/subdomain',
    headers: (account) => ({ 'X-Refresh-Token': freshPair(account) }),
  },
  { samples: ['oauth-account-subdomain-current'], path: '/oauth2/account/subdomain' },
  { samples: ['error-401-api'], path: '/account', headers: () => ({ Authorization: 'Bearer x' }), status: 401 },
  { samples: ['error-400-validation'], method: 'POST', path: '/leads/notes', body: () => [{ note_type: 'common' }], status: 400 }, // prettier-ignore
];

/** What a row sends: its body, made of the sample if it names one. */
export function bodyOf(row: AnswerSample, account: TestAccount): unknown {
  const sent = row.sends === undefined ? undefined : sample(row.sends);
  return row.body === undefined ? sent : row.body(sent, account);
}

function freshPair({ amocrm }: TestAccount): string {
  const { tokens } = amocrm.account;
  const grant = tokens.exchangeCode(tokens.issueCode());
  return 'pair' in grant ? grant.pair.refreshToken : '';
}
