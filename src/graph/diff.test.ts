import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { differences, diffGraph } from './diff.ts';
import type { CurrentPolicy, WantedPolicy } from './diff.ts';
import { parseFilter } from './filter.ts';

const clip: WantedPolicy = {
  name: 'clip',
  extractor: 'embedding/clip',
  extractorVersion: '1',
  asked: { model: 'auto' },
  params: { model: 'fovea-tiny' },
  filter: [],
  space: 'aaa',
  model: 'fovea-tiny',
};
const objects: WantedPolicy = {
  name: 'objects',
  extractor: 'image/yolo',
  extractorVersion: '1',
  asked: {},
  params: { model: 'yolox-nano', conf: 0.25 },
  filter: [],
};
const crops: WantedPolicy = { ...clip, name: 'crops', contentSource: 'objects' };
const stored = (policy: WantedPolicy, version = 1): CurrentPolicy => ({ ...policy, version });

const apply = { mode: 'apply' } as const;
const prune = { mode: 'apply', prune: true } as const;
const merge = { mode: 'merge' } as const;

test('diffGraph() adds everything to a graph that is not there, sources first', () => {
  const { change, steps } = diffGraph('kb', undefined, [crops, objects], apply);
  expect(change).toEqual({
    graph: 'kb',
    created: true,
    added: ['objects', 'crops'],
    changed: [],
    unchanged: [],
    extra: [],
    removed: [],
    warnings: [],
  });
  expect(steps).toEqual([
    { kind: 'add', name: 'objects', to: objects },
    { kind: 'add', name: 'crops', to: crops },
  ]);
});

test('diffGraph() changes nothing the second time', () => {
  const { change } = diffGraph('kb', [stored(clip), stored(objects), stored(crops)], [clip, objects, crops], prune);
  expect(change).toMatchObject({
    created: false,
    added: [],
    changed: [],
    unchanged: ['clip', 'objects', 'crops'],
    removed: [],
    warnings: [],
  });
});

test('diffGraph() merges: what is not named stays, in silence', () => {
  const { change, steps } = diffGraph('kb', [stored(objects)], [clip], merge);
  expect(change).toMatchObject({ added: ['clip'], extra: [], removed: [] });
  expect(steps.map(({ kind }) => kind).toSorted()).toEqual(['add', 'extra']);
});

test('diffGraph() applies: what is not named is told, and removed only with prune, takers before sources', () => {
  const current = [stored(objects), stored(crops), stored(clip)];
  expect(diffGraph('kb', current, [clip], apply).change).toMatchObject({ extra: ['objects', 'crops'], removed: [] });
  expect(diffGraph('kb', current, [clip], prune).change).toMatchObject({ extra: [], removed: ['crops', 'objects'] });
  expect(() => diffGraph('kb', current, [clip], { mode: 'merge', prune: true })).toThrow(
    'only "apply" removes policies',
  );
});

test('diffGraph() leaves "auto" where it was, with a note', () => {
  const now = { ...clip, params: { model: 'clip-b32' }, model: 'clip-b32', space: 'bbb' };
  const { change, steps } = diffGraph('kb', [stored(clip)], [now], apply);
  expect(change).toMatchObject({ unchanged: ['clip'], changed: [] });
  expect(change.warnings).toEqual([
    'policy "clip" keeps fovea-tiny, though what was asked for would be clip-b32 now; write that out to change it',
  ]);
  expect(steps).toEqual([{ kind: 'keep', name: 'clip', from: stored(clip), to: now, reworded: false }]);
});

test('diffGraph() takes a default that is written out as the same, in other words', () => {
  const explicit = { ...objects, asked: { conf: 0.25, model: 'yolox-nano' } };
  const { change, steps } = diffGraph('kb', [stored(objects)], [explicit], apply);
  expect(change).toMatchObject({ unchanged: ['objects'], warnings: [] });
  expect(steps[0]).toMatchObject({ kind: 'keep', reworded: true });
});

test('diffGraph() makes a new version for other parameters and says which', () => {
  const strict = { ...objects, asked: { conf: 0.5 }, params: { conf: 0.5, model: 'yolox-nano' } };
  const { change, steps } = diffGraph('kb', [stored(objects)], [strict], merge);
  expect(change.changed).toEqual(['objects']);
  expect(change.warnings).toEqual(['policy "objects" gets a new version: conf 0.25 → 0.5']);
  expect(steps[0]).toEqual({
    kind: 'change',
    name: 'objects',
    from: stored(objects),
    to: strict,
    reasons: ['conf 0.25 → 0.5'],
  });
});

test('diffGraph() builds again what takes from a policy that changes, wanted or kept', () => {
  const strict = { ...objects, extractorVersion: '2' };
  const both = diffGraph('kb', [stored(crops), stored(objects)], [crops, strict], apply);
  expect(both.change).toMatchObject({ changed: ['objects', 'crops'], unchanged: [] });
  const kept = diffGraph('kb', [stored(crops), stored(objects)], [strict], apply);
  expect(kept.change).toMatchObject({ changed: ['objects', 'crops'], extra: ['crops'] });
  expect(kept.steps[1]).toMatchObject({ kind: 'change', name: 'crops', to: stored(crops) });
});

test('diffGraph() does not resolve "auto" anew because a source changes', () => {
  const later = { ...crops, params: { model: 'clip-b32' }, space: 'bbb' };
  const { steps } = diffGraph(
    'kb',
    [stored(crops), stored(objects)],
    [later, { ...objects, extractorVersion: '2' }],
    apply,
  );
  expect(steps[1]).toMatchObject({ kind: 'change', name: 'crops', to: { params: { model: 'fovea-tiny' } } });
});

test('diffGraph() compares with the newest version of a policy', () => {
  const strict = { ...objects, asked: { conf: 0.5 }, params: { conf: 0.5 } };
  const current = [stored(strict, 2), stored(objects, 1)];
  expect(diffGraph('kb', current, [strict], apply).change.unchanged).toEqual(['objects']);
  expect(diffGraph('kb', current, [objects], apply).change.changed).toEqual(['objects']);
});

test('differences() compares everything that decides results', () => {
  expect(differences(clip, { ...clip })).toEqual([]);
  expect(differences(clip, { ...clip, extractor: 'embedding/siglip', extractorVersion: '7' })).toEqual([
    'extractor "embedding/clip" → "embedding/siglip"',
  ]);
  expect(differences(clip, { ...clip, extractorVersion: '2' })).toEqual(['version of "embedding/clip" 1 → 2']);
  expect(differences(clip, crops)).toEqual(['content source contents as they were added → "objects"']);
  expect(differences(clip, { ...clip, filter: [parseFilter('a=1')] })).toEqual(['filter (none) → a=1']);
  expect(differences(clip, { ...clip, space: 'bbb' })).toEqual(['the files of its model are others now']);
  expect(differences(clip, { ...clip, asked: { model: 'x' }, params: { model: 'x' }, space: 'bbb' })).toEqual([
    'model "fovea-tiny" → "x"',
  ]);
});

test('differences() tells of another resolution where there is another reason already', () => {
  const now = { ...clip, extractorVersion: '2', params: { model: 'clip-b32' } };
  expect(differences(clip, now)).toEqual(['version of "embedding/clip" 1 → 2', 'model "fovea-tiny" → "clip-b32"']);
});

test('differences() ignores the order of keys and conditions', () => {
  const filter = [parseFilter('a=1'), parseFilter('b=2')];
  const from = { ...objects, asked: { a: 1, b: { c: 1, d: 2 } }, filter };
  const to = { ...objects, asked: { b: { d: 2, c: 1 }, a: 1 }, filter: filter.toReversed() };
  expect(differences(from, to)).toEqual([]);
});

test('diffGraph() puts every name into exactly one list, and none is lost', () => {
  const policy = fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'd'),
    version: fc.constantFrom('1', '2'),
    source: fc.boolean(),
  });
  const policies = fc.uniqueArray(policy, { selector: ({ name }) => name }).map((each) =>
    each.map(({ name, version, source }, index): WantedPolicy => {
      const contentSource = each[index - 1]?.name;
      return {
        ...objects,
        name,
        extractorVersion: version,
        ...(source && contentSource !== undefined ? { contentSource } : {}),
      };
    }),
  );
  fc.assert(
    fc.property(policies, policies, (before, after) => {
      const { change, steps } = diffGraph(
        'kb',
        before.map((each) => stored(each)),
        after,
        prune,
      );
      const lists = [...change.added, ...change.changed, ...change.unchanged, ...change.removed];
      expect(lists.toSorted()).toEqual([...new Set([...before, ...after].map(({ name }) => name))].toSorted());
      expect(steps.map(({ name }) => name).toSorted()).toEqual(lists.toSorted());
      const kept = steps.filter(({ kind }) => kind !== 'remove').map(({ name }) => name);
      for (const { name, contentSource } of after) {
        if (contentSource !== undefined) expect(kept.indexOf(contentSource)).toBeLessThan(kept.indexOf(name));
      }
      expect(change.extra).toEqual([]);
    }),
  );
});
