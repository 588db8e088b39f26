/**
 * One extractor inside a program, without database or server: `node load-extractor.js <picture>`
 *
 * @module
 */
import { loadExtractor } from 'fovea';

const [picture = 'photo.jpg'] = process.argv.slice(2);
const objects = await loadExtractor('image/yolo', {
  models: [process.env.FOVEA_MODELS ?? './models'],
  params: { conf: 0.4 },
});
try {
  for (const { columns } of await objects.extract(picture)) console.log(columns.object_name, columns.bounding_box);
} finally {
  await objects.close();
}
