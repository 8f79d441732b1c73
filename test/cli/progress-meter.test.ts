import { expect, test } from '@jest/globals';
import { ProgressMeter } from '../../cli/watch/progress-meter.ts';
import { statusOf } from './statuses.ts';

test('the bar never goes back, even when waiting calls are planned once more', () => {
  const meter = new ProgressMeter();
  expect(meter.observe(statusOf({ calls: { exported: 6, waiting: 4, remaining: 0 } }), 0).share).toBe(1);
  const again = statusOf({ state: 'settling', calls: { exported: 6, remaining: 4 } });
  expect(meter.observe(again, 1_000).share).toBe(1);
});

test('while the plan is open nobody knows the whole, and there is no bar', () => {
  const planning = statusOf({ state: 'planning', calls: { found: 40, planned: 0, remaining: 0 } });
  expect(new ProgressMeter().observe(planning, 0)).toEqual({
    share: null,
    callsPerSecond: null,
    bytesPerSecond: null,
    etaSeconds: null,
  });
});

test('an export of nothing is done when it is completed', () => {
  const empty = { found: 0, planned: 0, remaining: 0 };
  expect(new ProgressMeter().observe(statusOf({ calls: empty }), 0).share).toBeNull();
  expect(new ProgressMeter().observe(statusOf({ state: 'completed', calls: empty }), 0).share).toBe(1);
});

test('speed is the average of the last fifteen seconds, and the time left follows from it', () => {
  const meter = new ProgressMeter();
  meter.observe(statusOf({ calls: { planned: 100, remaining: 100 } }), 0);
  meter.observe(statusOf({ calls: { planned: 100, remaining: 98 } }), 10_000);
  const pace = meter.observe(statusOf({ calls: { planned: 100, remaining: 68 }, bytes: { uploaded: 3_000 } }), 20_000);
  // The sample of the first moment is out of the window: 30 calls and 3,000 bytes in the 10 s since the second one.
  expect(pace.callsPerSecond).toBeCloseTo(3);
  expect(pace.bytesPerSecond).toBeCloseTo(300);
  expect(pace.etaSeconds).toBeCloseTo(68 / 3);
});

test('a first look tells no speed; the time left is then what the status says', () => {
  expect(new ProgressMeter().observe(statusOf({ etaSeconds: 77 }), 0)).toMatchObject({
    callsPerSecond: null,
    etaSeconds: 77,
  });
});

test('calls that the plan itself settles are no speed', () => {
  const meter = new ProgressMeter();
  meter.observe(statusOf({ state: 'planning', calls: { planned: 0, remaining: 0 } }), 0);
  const closed = statusOf({ calls: { failed: 9, remaining: 1 } });
  expect(meter.observe(closed, 3_000).callsPerSecond).toBeNull();
  expect(meter.observe(closed, 6_000).callsPerSecond).toBe(0);
});

test('an ended export has no time left', () => {
  const meter = new ProgressMeter();
  meter.observe(statusOf({ calls: { remaining: 10 } }), 0);
  expect(meter.observe(statusOf({ state: 'stopped', calls: { remaining: 5 } }), 5_000).etaSeconds).toBeNull();
});

test('speed after a block counts from its end', () => {
  const meter = new ProgressMeter();
  meter.observe(statusOf({ calls: { planned: 100, remaining: 90 } }), 0);
  expect(meter.observe(statusOf({ state: 'blocked', calls: { planned: 100, remaining: 90 } }), 8_000)).toMatchObject({
    callsPerSecond: null,
    etaSeconds: null,
  });
  meter.observe(statusOf({ calls: { planned: 100, remaining: 90 } }), 9_000);
  expect(meter.observe(statusOf({ calls: { planned: 100, remaining: 80 } }), 11_000)).toMatchObject({
    callsPerSecond: 5,
    etaSeconds: 16,
  });
});
