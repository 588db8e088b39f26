import { expect, test } from 'vitest';
import { readOldParameters } from './indexify-parameters.ts';

test('readOldParameters() calls by our name what we have, leaves what it does not know, and says what means nothing', () => {
  expect(readOldParameters('image/describe', { user_prompt: 'What is it?', side: 512 })).toEqual({
    parameters: { prompt: 'What is it?', side: 512 },
    notes: ['"user_prompt" is an old name of "prompt"'],
  });
  expect(readOldParameters('image/yolo', { model_name: 'yolov8n.pt', user_prompt: 'x' })).toEqual({
    parameters: { user_prompt: 'x' },
    notes: [expect.stringMatching(/^"model_name: yolov8n\.pt" was ignored: .*"model"/)],
  });
  expect(readOldParameters(undefined, { model_name: 'x' })).toEqual({ parameters: { model_name: 'x' }, notes: [] });
});

test('of two prompts ours goes before, then the first; keys are told to nobody', () => {
  const { parameters, notes } = readOldParameters('image/describe', {
    task_prompt: '<CAPTION>',
    prompt: 'ours',
    api_key: 'secret-1',
    key: 'secret-2',
  });
  expect(parameters).toEqual({ prompt: 'ours' });
  expect(notes.join('\n')).toMatch(
    /"task_prompt: <CAPTION>" was ignored: "prompt" is given, too[\s\S]*FOVEA_VISION_KEY/,
  );
  expect(notes.join('\n')).not.toContain('secret');
  expect(readOldParameters('image/describe', { task_prompt: 'a', user_prompt: 'b' }).parameters).toEqual({
    prompt: 'a',
  });
});
