import { type DeepPartial, Filter } from '@yandex-cloud/nodejs-sdk/speechsense-v1/search';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { type Bench, codeOf, openBench } from './speechsense-client.ts';

let bench: Bench;

beforeAll(async () => {
  bench = await openBench();
});

beforeEach(async () => {
  bench.sandbox.reset();
  await bench.sandbox.control('PUT', '/behaviour', { indexDelayMs: 0 });
});

afterAll(async () => {
  await bench.close();
});

function filter(partial: DeepPartial<Filter>): Filter[] {
  return [Filter.fromPartial(partial)];
}

function byCall(...values: string[]): Filter[] {
  return filter({ key: 'userMeta.call_id', anyMatch: { values } });
}

describe('Search', () => {
  test('finds a talk by any of the values of a metadata key, exactly', async () => {
    const one = await bench.client.upload({ call_id: '1' });
    const two = await bench.client.upload({ call_id: '2' });
    await bench.client.upload({ call_id: '12' });
    expect(await bench.client.search({ filters: byCall('1', '2', '3') })).toMatchObject({
      talkIds: [one, two],
      talksCount: 2,
      nextPageToken: '',
    });
  });

  test('joins filters with AND, and inverts one', async () => {
    const first = await bench.client.upload({ call_id: '1', operator_id: 'a' });
    const second = await bench.client.upload({ call_id: '2', operator_id: 'a' });
    const operator = filter({ key: 'userMeta.operator_id', anyMatch: { values: ['a'] } });
    const notFirst = filter({ key: 'userMeta.call_id', anyMatch: { values: ['1'] }, inverse: true });
    expect((await bench.client.search({ filters: [...operator, ...byCall('1')] })).talkIds).toEqual([first]);
    expect((await bench.client.search({ filters: [...operator, ...notFirst] })).talkIds).toEqual([second]);
  });

  test('reads a date range in any offset, its bounds excluded unless told', async () => {
    const talk = await bench.client.upload({ date: '2026-11-01T13:00:00+03:00' });
    const from = new Date('2026-11-01T10:00:00Z');
    const to = new Date('2026-11-01T11:00:00Z');
    const range = (boundsInclusive?: { fromInclusive: boolean; toInclusive: boolean }): Filter[] =>
      filter({
        key: 'userMeta.date',
        dateRange: { fromValue: from, toValue: to, ...(boundsInclusive && { boundsInclusive }) },
      });
    expect((await bench.client.search({ filters: range() })).talkIds).toEqual([]);
    const inclusive = range({ fromInclusive: true, toInclusive: true });
    expect((await bench.client.search({ filters: inclusive })).talkIds).toEqual([talk]);
  });

  test('gives pages of 100 unless told, and each talk once', async () => {
    const ids = await Promise.all(
      Array.from({ length: 120 }, (_, index) => bench.client.upload({ call_id: `${index}` })),
    );
    const first = await bench.client.search();
    expect(first).toMatchObject({ talksCount: 120 });
    expect(first.talkIds).toHaveLength(100);
    const second = await bench.client.search({ pageToken: first.nextPageToken });
    expect(second.nextPageToken).toBe('');
    expect([...first.talkIds, ...second.talkIds].sort()).toEqual([...ids].sort());
    expect(await codeOf(bench.client.search({ pageSize: 1_001 }))).toBe(3);
  });

  test('by a key that the connection lacks finds nothing, or is refused where switched', async () => {
    await bench.client.upload({ call_id: '1' });
    const unknown = filter({ key: 'userMeta.ticket_id', anyMatch: { values: ['1'] } });
    expect((await bench.client.search({ filters: unknown })).talksCount).toBe(0);
    await bench.sandbox.control('PUT', '/behaviour', { unknownFilterKey: 'refuse' });
    expect(await codeOf(bench.client.search({ filters: unknown }))).toBe(3);
    expect(
      await codeOf(bench.client.search({ filters: filter({ key: 'user.call_id', anyMatch: { values: [] } }) })),
    ).toBe(3);
  });

  test('of an unknown connection is NOT_FOUND; where all four ids are wanted, one is not enough', async () => {
    expect(await codeOf(bench.client.search({ connectionId: 'eag-unknown' }))).toBe(5);
    expect(await codeOf(bench.client.search({ connectionId: '' }))).toBe(3);
    await bench.sandbox.control('PUT', '/behaviour', { searchNeedsAllIds: true });
    expect(await codeOf(bench.client.search())).toBe(3);
    expect(await codeOf(bench.client.search({ organizationId: 'o', spaceId: 's', projectId: 'p' }))).toBeUndefined();
  });

  test('shows a talk once its index delay is over on the clock, and never where there is no index', async () => {
    await bench.sandbox.control('PUT', '/behaviour', { indexDelayMs: 60_000 });
    const talk = await bench.client.upload({ call_id: '1' });
    bench.clock.advance(59);
    expect((await bench.client.search()).talkIds).toEqual([]);
    bench.clock.advance(1);
    expect((await bench.client.search()).talkIds).toEqual([talk]);
    await bench.sandbox.control('PUT', '/behaviour', { indexDelayMs: 'never' });
    expect((await bench.client.search()).talkIds).toEqual([]);
  });

  test('shows no talk older than 90 days', async () => {
    const talk = await bench.client.upload({ call_id: '1' });
    bench.clock.advance(90 * 86_400);
    expect((await bench.client.search()).talkIds).toEqual([talk]);
    bench.clock.advance(1);
    expect((await bench.client.search()).talkIds).toEqual([]);
    expect((await bench.client.get([talk])).talk).toEqual([]);
  });
});

describe('Get', () => {
  test('gives the fields of the connection, those never sent without a value', async () => {
    const id = await bench.client.upload({ call_id: '1', direction_outgoing: 'true', lost: 'x' });
    const { talk } = await bench.client.get([id], ['talk_fields']);
    expect(talk).toMatchObject([{ id, createdAt: new Date(bench.clock.nowMs()) }]);
    expect(talk[0]?.talkState).toBeUndefined();
    expect(talk[0]?.talkFields).toHaveLength(9);
    expect(talk[0]?.talkFields).toContainEqual({ name: 'call_id', value: '1', type: 1 });
    expect(talk[0]?.talkFields).toContainEqual({ name: 'direction_outgoing', value: 'true', type: 4 });
    expect(talk[0]?.talkFields).toContainEqual({ name: 'language', value: '', type: 1 });
  });

  test('takes an unset mask for everything or for basic information, as switched', async () => {
    const id = await bench.client.upload({});
    expect((await bench.client.get([id])).talk[0]?.talkState).toBeDefined();
    await bench.sandbox.control('PUT', '/behaviour', { unsetMask: 'basic' });
    const [basic] = (await bench.client.get([id])).talk;
    expect(basic?.id).toBe(id);
    expect(basic?.talkState).toBeUndefined();
    expect(await codeOf(bench.client.get([id], ['transcripts']))).toBe(3);
  });

  test('shows the processing go on with the clock, and fail for what is no audio', async () => {
    const good = await bench.client.upload({});
    const bad = await bench.client.upload({}, Buffer.from('<html>not found</html>'));
    const states = async (): Promise<(number | undefined)[]> =>
      (await bench.client.get([good, bad], ['talk_state'])).talk.map((talk) => talk.talkState?.processingState);
    expect(await states()).toEqual([2, 2]);
    bench.clock.advance(5);
    expect(await states()).toEqual([3, 4]);
  });

  test.each([
    ['absent', undefined, 0],
    ['not-found', 5, 0],
    ['visible', undefined, 1],
  ])('of a talk that is not indexed yet answers as switched: %s', async (unindexedGet, code, count) => {
    await bench.sandbox.control('PUT', '/behaviour', { indexDelayMs: 'never', unindexedGet });
    const id = await bench.client.upload({});
    expect(await codeOf(bench.client.get([id]))).toBe(code);
    if (code === undefined) expect((await bench.client.get([id])).talk).toHaveLength(count);
  });

  test('of an unknown id leaves it out, or is NOT_FOUND where switched', async () => {
    expect((await bench.client.get(['aud0'])).talk).toEqual([]);
    await bench.sandbox.control('PUT', '/behaviour', { missingTalk: 'not-found' });
    expect(await codeOf(bench.client.get(['aud0']))).toBe(5);
  });
});

describe('the quota of a project', () => {
  async function allowed(requests: number, project: string): Promise<number> {
    const codes = [];
    for (let done = 0; done < requests; done += 1) codes.push(await codeOf(bench.client.get([], [], project)));
    expect(codes.filter((code) => code !== undefined && code !== 8)).toEqual([]);
    return codes.filter((code) => code === undefined).length;
  }

  test('is 20 requests a second and 200 a minute, for each project by itself', async () => {
    expect(await allowed(25, 'a')).toBe(20);
    expect(await allowed(25, 'b')).toBe(20);
    bench.clock.advance(0.5);
    expect(await allowed(25, 'a')).toBe(10);
    let inMinute = 30;
    for (let second = 0; second < 15; second += 1) {
      bench.clock.advance(1);
      inMinute += await allowed(20, 'a');
    }
    // 200 at once and a third of a minute's refill since.
    expect(inMinute).toBeLessThanOrEqual(200 + Math.ceil((15.5 * 200) / 60));
    expect(inMinute).toBeGreaterThanOrEqual(200);
  });

  test('counts Search unless switched', async () => {
    const searches = async (): Promise<number> => {
      const codes = await Promise.all(Array.from({ length: 25 }, () => codeOf(bench.client.search())));
      return codes.filter((code) => code === 8).length;
    };
    expect(await searches()).toBe(5);
    await bench.sandbox.control('PUT', '/behaviour', { quotaCountsSearch: false });
    expect(await searches()).toBe(0);
  });
});
