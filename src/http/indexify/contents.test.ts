import { expect, test } from 'vitest';
import { memoryServices } from '../../../test/memory-services.ts';
import { createApp } from '../app.ts';

const idOf = (place: number): string => `00000000-0000-0000-0000-${String(place).padStart(12, '0')}`;

test('active_content lists what is open on every page, each once', async () => {
  const pages: Readonly<Record<string, { readonly places: readonly number[]; readonly cursor?: string }>> = {
    'running ': { places: [1, 2] },
    'waiting ': { places: [2, 3], cursor: 'more' },
    'waiting more': { places: [4] },
  };
  const services = memoryServices({
    givenIds: async () => new Map([[idOf(3), 'a3']]),
    listContents: async (_namespace, { state = '', cursor: at = '' }) => {
      const { places = [], ...rest } = pages[`${state} ${at}`] ?? {};
      return { contents: places.map((place) => ({ contentId: idOf(place) })) as never, total: 9, ...rest };
    },
  });
  const app = createApp(services, { version: '0.0.0' });
  const response = await app.request('http://localhost/namespaces/default/active_content');
  const shown = [idOf(1), idOf(2), 'a3', idOf(4)].map((id) => id.replaceAll('-', ''));
  expect(await response.json()).toEqual(shown);
});
