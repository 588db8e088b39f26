import { expect, test } from 'vitest';
import { promptOf, withPrompt } from './prompt-text.ts';

const GRAPH = `name: g
extraction_policies:
  - extractor: image/describe
    name: said
    input_params:
      model: auto
      prompt: Describe it.
  - extractor: image/describe
    name: plain
`;

test('withPrompt() changes one prompt and nothing else', async () => {
  expect(await withPrompt(GRAPH, 'said', 'What: "is" it?')).toBe(GRAPH.replace('Describe it.', '\'What: "is" it?\''));
  expect(await withPrompt(GRAPH, 'plain', 'Short.')).toBe(`${GRAPH}    input_params:\n      prompt: Short.\n`);
  await expect(withPrompt(GRAPH, 'gone', 'x')).rejects.toThrow('Cannot change the prompt of "gone"');
});

test('promptOf() is what the policy asks', () => {
  expect(promptOf({ prompt: 'cat. dog.' })).toBe('cat. dog.');
  expect(promptOf({ model: 'x' })).toBeUndefined();
});
