/** Copies the files of Swagger UI that `/docs` needs to dist/http/openapi/ui. `npm run build` runs this program. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const FROM = join(ROOT, 'node_modules/swagger-ui-dist');
const TO = join(ROOT, 'dist/http/openapi/ui');

mkdirSync(TO, { recursive: true });
for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'])
  copyFileSync(join(FROM, name), join(TO, name));
