/**
 * The same as a client of a running server. `node connect.js <url> <folder with pictures> <words…>`
 *
 * @module
 */
import { connect } from 'fovea';

const [url = 'http://127.0.0.1:8900', folder = './photos', ...words] = process.argv.slice(2);
/** Adding folders in place needs the token of the server's home (`server.json`). */
const fovea = connect(url, { token: process.env.FOVEA_TOKEN });
for await (const { added, finished } of fovea.addPath(folder)) if (finished) console.log(`${added} added`);
const { indexedContents } = await fovea.waitUntilIndexed();
console.log(`${indexedContents} indexed`);
const { hits } = await fovea.search({ query: words.join(' ') || 'a cat', limit: 3 });
for (const { name, similarity } of hits) console.log(name, similarity?.toFixed(2));
const { rows } = await fovea.sql('select count(*) as pictures from content');
console.log(rows[0]);
