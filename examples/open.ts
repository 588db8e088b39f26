/**
 * Fovea inside a program: no server, no port. `node open.js <folder with pictures> <words…>`
 *
 * @module
 */
import { open } from 'fovea';

const [folder = './photos', ...words] = process.argv.slice(2);
const fovea = await open({
  home: process.env.FOVEA_HOME ?? './library',
  models: [process.env.FOVEA_MODELS ?? './models'],
});
try {
  for await (const { added, finished } of fovea.addPath(folder)) if (finished) console.log(`${added} added`);
  const { indexedContents } = await fovea.waitUntilIndexed();
  console.log(`${indexedContents} indexed`);
  const { hits } = await fovea.search({ query: words.join(' ') || 'a cat', limit: 3 });
  for (const { name, similarity } of hits) console.log(name, similarity?.toFixed(2));
  const { rows } = await fovea.sql('select count(*) as pictures from content');
  console.log(rows[0]);
} finally {
  await fovea.close();
}
