/**
 * How much of drawn text `image/ocr` reads, through the product's own path: 50 pictures in six fonts, five sizes and ten angles
 * are added and indexed, and the words of the rows are held against those that were drawn.
 *
 *     share of words read = words of a picture that stand in its rows, exactly and as often / words drawn
 *
 *     npm run bench -- ocr [--pictures 50] [--model <folder or card>] [--keep folder]
 *
 * @module
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { open } from 'fovea';
import { scratchFolder, testData } from './lib-data.ts';
import type { Figure } from './lib-report.ts';
import { report } from './lib-report.ts';
import type { TextPicture } from './lib-text-pictures.ts';
import { missingFonts, textPictures } from './lib-text-pictures.ts';

const { values: options } = parseArgs({
  options: {
    pictures: { type: 'string', default: '50' },
    model: { type: 'string', default: testData('models/ppocr') },
    keep: { type: 'string' },
  },
});
const GOAL = 0.9;

const missing = missingFonts();
if (missing.length > 0) {
  console.error(`This bench needs the fonts ${missing.join(', ')}: install fonts-dejavu-core and fonts-liberation`);
  process.exit(2);
}

const folder = scratchFolder('ocr');
const pictures = await textPictures(Number(options.pictures));
const source = options.keep ?? join(folder, 'pictures');
mkdirSync(source, { recursive: true });
for (const { name, png } of pictures) writeFileSync(join(source, name), png);
// `auto` where a name is not given would fetch.
const fovea = await open({ home: join(folder, 'home'), workers: 1, hub: { offline: true } });
try {
  await fovea.graphs.apply(
    JSON.stringify({
      name: 'signs',
      extraction_policies: [{ name: 'ocr', extractor: 'image/ocr', input_params: { model: options.model } }],
    }),
  );
  for await (const { failed } of fovea.addPath(source)) if (failed > 0) throw new Error('A file was not added');
  const started = performance.now();
  const { failedContents } = await fovea.waitUntilIndexed();
  if (failedContents > 0) throw new Error(`${failedContents} pictures failed`);
  const seconds = (performance.now() - started) / 1000;
  const { rows } = await fovea.sql('select name, ord, text from signs order by name, ord', [], { limit: 100_000 });
  const read = new Map<string, string[]>();
  for (const { name, text } of rows) read.set(String(name), [...(read.get(String(name)) ?? []), String(text)]);
  const { figures, misread } = compare(pictures, read);
  for (const line of misread) console.log(line);
  report('ocr', [...figures, { name: 'pictures a second, one worker', value: pictures.length / seconds }]);
} finally {
  await fovea.close();
  rmSync(folder, { recursive: true, force: true });
}

function compare(all: readonly TextPicture[], read: ReadonlyMap<string, readonly string[]>) {
  const counts = new Map<string, { found: number; all: number }>();
  const misread: string[] = [];
  const count = (group: string, found: number, of: number): void => {
    const before = counts.get(group) ?? { found: 0, all: 0 };
    counts.set(group, { found: before.found + found, all: before.all + of });
  };
  for (const { name, lines, font, size, angle } of all) {
    const drawn = lines.flat();
    const left = (read.get(name) ?? []).flatMap((line) => line.split(/\s+/));
    const lost = drawn.filter((word) => {
      const at = left.indexOf(word);
      if (at !== -1) left.splice(at, 1);
      return at === -1;
    });
    if (lost.length > 0) misread.push(`${name}: not read: ${lost.join(' ')} | read instead: ${left.join(' ')}`);
    for (const group of ['words read', font, `${size} px`, `${angle}°`])
      count(group, drawn.length - lost.length, drawn.length);
  }
  const figures = [...counts].map(([name, { found, all: of }]): Figure => {
    const value = found / of;
    return name === 'words read' ? { name, value, goal: `≥ ${GOAL}`, met: value >= GOAL } : { name, value };
  });
  return { figures, misread };
}
