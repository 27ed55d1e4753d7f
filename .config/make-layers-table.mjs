// Writes images/LAYERS.md and images/layers.schema.json anew: `npm run layers:table`. A test compares both.
import { writeFileSync } from 'node:fs';
import { layerSchema } from '../src/layers/layer-schema.ts';
import { layersPage } from '../test/support/layers-page.ts';

writeFileSync('images/LAYERS.md', layersPage());
writeFileSync('images/layers.schema.json', `${JSON.stringify(layerSchema(), null, 2)}\n`);
