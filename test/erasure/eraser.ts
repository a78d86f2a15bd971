// A process of its own that erases a contact and is killed, as by a power cut, right after one step.
import { flushCompileCache } from 'node:module';
import { openApplication } from '../../src/application.ts';
import { systemClock } from '../../src/time/clock.ts';

flushCompileCache();
const [dataDirectory = '', contactId = '', lastStep = ''] = process.argv.slice(2);
const app = await openApplication({
  dataDirectory,
  masterKey: Buffer.alloc(32, 1),
  clock: systemClock,
  timeZone: 'UTC',
  create: false,
  onErasureStep(step) {
    if (step === lastStep) process.kill(process.pid, 'SIGKILL');
  },
  onFault(fault) {
    throw fault;
  },
});
await app.erasures.erase(
  [{ contactId, legalBasis: 'consent_withdrawn', requester: 'data_subject', ticket: 'PRIV-7' }],
  { id: 'user-1', kind: 'person' },
);
