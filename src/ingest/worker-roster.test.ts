import { beforeEach, describe, expect, test, vi } from 'vitest';
import { WorkerRoster } from './worker-roster.ts';

const MINUTE = 60_000;
const CLIP = { policyId: 1, version: 2, name: 'photos.clip' };

describe('WorkerRoster', () => {
  let now = 0;
  let roster: WorkerRoster;
  beforeEach(() => {
    now = Date.UTC(2026, 0, 1);
    roster = new WorkerRoster(() => now);
  });
  const ask = (workerId: string, more: object = {}, local = false): void =>
    roster.asked({ workerId, maxContents: 1, waitMs: 0, ...more }, local);
  const states = (): string[] => roster.list().map(({ id, state }) => `${id} ${state}`);

  test('tells what a worker says of itself, what it holds and since when', () => {
    ask('a', { extractors: ['image/yolo'], worker: { host: 'attic', version: '1.2.3' } });
    ask('here', {}, true);
    now += 5000;
    roster.leased('a', 't1', 16, ['photos.objects']);
    now += 1000;
    roster.leased('a', 't2', 4, ['photos.objects', 'photos.faces']);
    const [first, second] = roster.list();
    expect(first).toEqual({
      id: 'a',
      host: 'attic',
      version: '1.2.3',
      local: false,
      extractors: ['image/yolo'],
      state: 'working',
      startedAt: '2026-01-01T00:00:00.000Z',
      seenAt: '2026-01-01T00:00:00.000Z',
      doing: { contents: 20, policies: ['photos.objects', 'photos.faces'], since: '2026-01-01T00:00:05.000Z' },
      completed: 0,
      refuses: [],
    });
    expect(second).toMatchObject({
      id: 'here',
      local: true,
      host: null,
      extractors: null,
      state: 'waiting',
      doing: null,
    });
    roster.released('a', 't1', 16);
    expect(roster.list()[0]).toMatchObject({ completed: 16, doing: { contents: 4 } });
    roster.released('a', 't2', 4);
    expect(roster.list().find(({ id }) => id === 'a')).toMatchObject({ completed: 20, state: 'waiting', doing: null });
  });

  test('what one loop of a worker asks for apart is not all that it takes', () => {
    ask('here', {}, true);
    ask('here', { extractors: ['image/describe'], picture: false }, true);
    expect(roster.list()[0]?.extractors).toBeNull();
    roster.refused('here', CLIP, 'it would make another space');
    expect(roster.refusedByAll({ ...CLIP, extractor: 'embedding/clip' })).toMatch(/another space/);
  });

  test('a silent one is lost after a minute, one that has ended at once; both are forgotten after an hour', () => {
    for (const id of ['silent', 'died', 'stopped', 'well']) ask(id);
    roster.left('died', 'died');
    roster.left('stopped', 'stopped');
    now += MINUTE + 1;
    roster.heard('well');
    expect(states()).toEqual(['well waiting', 'silent lost', 'died died', 'stopped stopped']);
    expect(roster.living()).toEqual(['well']);
    now += 59 * MINUTE;
    roster.heard('well');
    expect(states()).toEqual(['well waiting']);
    ask('silent');
    expect(roster.living()).toEqual(['well', 'silent']);
  });

  test('what a dead one was given late, or is given back for it, does not bring it to life', () => {
    ask('a');
    roster.leased('a', 't1', 1, []);
    roster.left('a', 'died');
    roster.leased('a', 't2', 1, []);
    roster.released('a', 't1');
    roster.released('stranger', 't1');
    expect(roster.list()).toMatchObject([{ id: 'a', state: 'died', doing: null }]);
  });

  test('remembers a refusal for some minutes, of that version and that worker only', () => {
    ask('a');
    ask('b');
    roster.refused('a', CLIP, 'other files');
    expect(roster.refuses('a', CLIP)).toBe(true);
    expect([roster.refuses('b', CLIP), roster.refuses('a', { ...CLIP, version: 3 })]).toEqual([false, false]);
    expect(roster.list().find(({ id }) => id === 'a')?.refuses).toEqual([
      { policy: 'photos.clip', version: 2, reason: 'other files' },
    ]);
    now += 5 * MINUTE + 1;
    expect(roster.refuses('a', CLIP)).toBe(false);
  });

  test('a policy waits where all who live and take its extractor refuse it', () => {
    const policy = { ...CLIP, extractor: 'embedding/clip' };
    expect(roster.refusedByAll(policy)).toBeUndefined();
    ask('a');
    ask('detector', { extractors: ['image/yolo'] });
    roster.refused('a', CLIP, 'other files');
    expect(roster.refusedByAll(policy)).toBe('worker a refuses it: other files');
    ask('b');
    expect(roster.refusedByAll(policy)).toBeUndefined();
    roster.refused('b', CLIP, 'no files');
    roster.left('a', 'stopped');
    expect(roster.refusedByAll(policy)).toBe('worker b refuses it: no files');
  });

  test('keeps a bounded number of those that are gone', () => {
    for (let n = 0; n < 300; n += 1) {
      ask(`w${n}`);
      roster.left(`w${n}`, 'stopped');
    }
    expect(roster.list().length).toBeLessThanOrEqual(200);
    expect(roster.list().some(({ id }) => id === 'w299')).toBe(true);
  });
});

test('WorkerRoster takes nobody for lost when the clock of the system jumps', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const roster = new WorkerRoster();
    roster.heard('w');
    vi.setSystemTime(Date.now() + 3_600_000);
    expect(roster.living()).toEqual(['w']);
    vi.setSystemTime(Date.now() - 2 * 3_600_000);
    roster.heard('v');
    expect(roster.living()).toEqual(['w', 'v']);
  } finally {
    vi.useRealTimers();
  }
});
