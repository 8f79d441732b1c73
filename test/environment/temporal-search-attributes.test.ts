import { describe, expect, test } from '@jest/globals';
import {
  ensureSearchAttributes,
  SEARCH_ATTRIBUTES,
  searchAttributesOf,
  searchAttributesRefused,
} from '../../environment/temporal-search-attributes.ts';

const NAMES = Object.values(SEARCH_ATTRIBUTES).map(({ name }) => name);

/** Temporal's operator service with these attributes; adding may be answered with an error. */
function serverWith(known: string[], refusal?: Error) {
  const added: { namespace: string; searchAttributes: Record<string, number> }[] = [];
  return {
    added,
    operatorService: {
      listSearchAttributes: () =>
        Promise.resolve({ customAttributes: Object.fromEntries(known.map((name) => [name, 2])) }),
      addSearchAttributes: (request: (typeof added)[number]) => {
        added.push(request);
        return refusal ? Promise.reject(refusal) : Promise.resolve({});
      },
    },
  };
}

describe('the search attributes of exports', () => {
  test('are added to a new server, as keywords', async () => {
    const server = serverWith([]);
    expect(await ensureSearchAttributes(server, 'exports')).toEqual(NAMES);
    expect(server.added).toEqual([
      { namespace: 'exports', searchAttributes: Object.fromEntries(NAMES.map((name) => [name, 2])) },
    ]);
  });

  test('are left alone where they are, and only what is missing is added', async () => {
    const complete = serverWith(NAMES);
    expect(await ensureSearchAttributes(complete, 'default')).toEqual([]);
    expect(complete.added).toEqual([]);
    const [first = '', ...rest] = NAMES;
    expect(await ensureSearchAttributes(serverWith([first]), 'default')).toEqual(rest);
  });

  test('may be added by another process at the same moment', async () => {
    const late = serverWith([], new Error('6 ALREADY_EXISTS: Search attribute SpeechSenseAccount already exists.'));
    await expect(ensureSearchAttributes(late, 'default')).resolves.toEqual(NAMES);
  });

  test('that cannot be added are an error', async () => {
    const refusing = serverWith([], new Error('7 PERMISSION_DENIED'));
    await expect(ensureSearchAttributes(refusing, 'default')).rejects.toThrow('PERMISSION_DENIED');
  });

  test('that cannot be added are told with the commands that add them', () => {
    const refused = searchAttributesRefused('calls.a1b2c', new Error('7 PERMISSION_DENIED'));
    const { message } = refused;
    expect(refused.code).toBe('search_attributes_refused');
    expect(message).toContain('temporal operator search-attribute create --namespace calls.a1b2c');
    expect(message).toContain('tcld namespace search-attributes add --namespace calls.a1b2c');
    for (const name of NAMES) {
      expect(message).toContain(`--name ${name} --type Keyword`);
      expect(message).toContain(`--sa "${name}=Keyword"`);
    }
  });

  test('of one export hold its ids and its first state, nothing else', () => {
    const pairs = searchAttributesOf(31_415, 'an-export-id').getAll();
    expect(pairs.map(({ key, value }) => [key.name, value])).toEqual([
      ['SpeechSenseAccount', '31415'],
      ['SpeechSenseExport', 'an-export-id'],
      ['ExportStatus', 'planning'],
    ]);
  });
});
