import { expect, test } from 'vitest';
import { parseFilter } from './filter.ts';
import { dependentPolicies, explainPlan, plannedPolicies, takenTypes, whyNot } from './plan.ts';
import type { PlanContent, PlanPolicy } from './plan.ts';

const clip: PlanPolicy = { graph: 'kb', name: 'clip', accepts: ['image/*'], filter: [] };
const exif: PlanPolicy = { graph: 'kb', name: 'exif', accepts: ['image/jpeg'], filter: [] };
const objects: PlanPolicy = { graph: 'kb', name: 'objects', accepts: ['image/*'], filter: [parseFilter('trip=rome')] };
const crops: PlanPolicy = { graph: 'kb', name: 'crops', accepts: ['image/*'], contentSource: 'objects', filter: [] };
const faces: PlanPolicy = {
  graph: 'kb',
  name: 'faces',
  accepts: ['image/*'],
  contentSource: 'crops',
  filter: [parseFilter('people=true')],
};
const all = [clip, exif, objects, crops, faces];

const photo: PlanContent = { mimeType: 'image/png', labels: {} };
const rome: PlanContent = { mimeType: 'image/jpg', labels: { trip: 'rome' } };
const names = (policies: readonly PlanPolicy[]) => policies.map(({ name }) => name);

test('plannedPolicies() takes a root by mime type and labels, and leaves the boxes of others for later', () => {
  expect(names(plannedPolicies(all, photo))).toEqual(['clip']);
  expect(names(plannedPolicies(all, rome))).toEqual(['clip', 'exif', 'objects']);
  expect(plannedPolicies(all, { ...rome, mimeType: 'text/plain' })).toEqual([]);
});

test('plannedPolicies() takes a derived content by the policy that made it', () => {
  const frames = { graph: 'kb', name: 'of_frames', accepts: ['image/*'], contentSource: 'frames', filter: [] };
  const away = { ...clip, graph: 'other' };
  const frameOf = (name: string) => ({ mimeType: 'image/jpeg', labels: {}, source: { graph: 'kb', name } });
  expect(names(plannedPolicies([frames, away], frameOf('frames')))).toEqual(['of_frames']);
  expect(plannedPolicies([frames, away], frameOf('crops'))).toEqual([]);
  // What takes pictures as they were added takes the frames that its own graph makes of videos.
  expect(names(plannedPolicies([clip, frames, away], frameOf('frames')))).toEqual(['clip', 'of_frames']);
});

test('dependentPolicies() takes the boxes of one policy where its own filters hold', () => {
  expect(names(dependentPolicies(all, { graph: 'kb', name: 'objects' }, rome))).toEqual(['crops']);
  expect(dependentPolicies(all, { graph: 'kb', name: 'crops' }, rome)).toEqual([]);
  expect(names(dependentPolicies(all, { graph: 'kb', name: 'crops' }, { ...rome, labels: { people: true } }))).toEqual([
    'faces',
  ]);
  expect(dependentPolicies(all, { graph: 'kb', name: 'clip' }, rome)).toEqual([]);
});

test('a policy takes the boxes of another graph, and not those of a namesake', () => {
  const away = { ...crops, graph: 'faces', contentSource: 'kb.objects' };
  const objectsOf = (graph: string) => names(dependentPolicies([crops, away], { graph, name: 'objects' }, rome));
  expect([objectsOf('kb'), objectsOf('faces')]).toEqual([['crops', 'crops'], []]);
  expect(whyNot(away, photo, all)).toContain('policy "kb.objects" makes, which does not take it');
});

test('explainPlan() says why nothing was extracted, back to the policy that is the cause', () => {
  expect(explainPlan(all, photo)).toEqual([
    { policy: 'clip', takes: true },
    { policy: 'exif', takes: false, reason: 'it takes image/jpeg, and this is image/png' },
    { policy: 'objects', takes: false, reason: 'filter "trip=rome" needs label "trip", which it does not have' },
    {
      policy: 'crops',
      takes: false,
      reason:
        'it takes what policy "objects" makes, which does not take it: filter "trip=rome" needs label "trip", which it does not have',
    },
    { policy: 'faces', takes: false, reason: 'filter "people=true" needs label "people", which it does not have' },
  ]);
  expect(
    explainPlan(all, rome)
      .filter(({ takes }) => takes)
      .map(({ policy }) => policy),
  ).toEqual(['clip', 'exif', 'objects', 'crops']);
});

test('whyNot() ends where sources are missing or make a circle', () => {
  expect(whyNot(crops, photo, [])).toBe('it takes what policy "objects" makes, which is not there');
  const a = { ...clip, name: 'a', contentSource: 'b' };
  const b = { ...clip, name: 'b', contentSource: 'a' };
  expect(whyNot(a, photo, [a, b])).toContain('not there');
  expect(whyNot(clip, { ...photo, source: { graph: 'videos', name: 'frames' } }, all)).toContain(
    'made by "videos.frames"',
  );
});

test('policies of texts take what another wrote, whatever it was written of', () => {
  const meaning = { ...crops, name: 'meaning', accepts: ['text/plain'] };
  expect(names(dependentPolicies([...all, meaning], { graph: 'kb', name: 'objects' }, rome))).toEqual([
    'crops',
    'meaning',
  ]);
  expect(plannedPolicies([meaning], rome)).toEqual([]);
  expect(whyNot(meaning, rome, all)).toBeUndefined();
  expect([takenTypes(meaning), takenTypes({ accepts: ['text/plain'] })]).toEqual([['*/*'], ['text/plain']]);
});
