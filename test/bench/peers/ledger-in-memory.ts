// The ledger's own server over a log in memory: everything that a mutation does but write to a disk.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const built = (path: string) => import(new URL(`../../../dist/src/${path}.js`, import.meta.url).href);
const { openApplication } = (await built('application')) as typeof import('../../../src/application.ts');
const { readConfig, readServingConfig } = (await built('config')) as typeof import('../../../src/config.ts');
const { serveApplication } = (await built(
  'cli/serve-application',
)) as typeof import('../../../src/cli/serve-application.ts');
const { systemClock } = (await built('time/clock')) as typeof import('../../../src/time/clock.ts');

const app = await openApplication({
  dataDirectory: ':memory:',
  masterKey: Buffer.alloc(32, 1),
  clock: systemClock,
  timeZone: 'UTC',
  create: true,
  onFault: (fault) => {
    throw fault;
  },
});
// For its tokens alone, of which there are none.
const folder = mkdtempSync(join(tmpdir(), 'contact-ledger-bench-'));
const environment = { CONTACT_LEDGER_DATA: folder, CONTACT_LEDGER_PORT: '0' };
const { url } = await serveApplication(app, {
  ...readConfig(environment),
  ...readServingConfig(environment),
});
process.send!({ port: Number(new URL(url).port) });
