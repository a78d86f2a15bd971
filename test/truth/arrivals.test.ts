// What is learned is believed in the order of learning, however it arrives: held back, interrupted, killed.
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Application } from '../../src/application.ts';
import { openTestApplication } from '../support/app-in-memory.ts';
import { importFile } from '../support/imported-feed.ts';
import { type RunOptions, runProgram } from '../support/program.ts';
import { describeWithData, feedFile, readJson, truthFile } from '../support/test-data.ts';
import { expectedPerson, type PersonProbe, personAsKnown, type SeatProbe, seatHolders } from './probes.ts';

const feed = feedFile('statehouse');
const persons = truthFile('statehouse-asof-recorded-200.json');
const bitemporal = truthFile('statehouse-bitemporal-seat-holders.json');
const seats = truthFile('statehouse-seat-holders-200.json');
const heldBack =
  /"type": "(ContactEmailChanged|ContactEmailAdded|ContactPhoneChanged|ContactAddressChanged|ContactAttributeChanged|TitleChanged|FunctionChanged|PlacementCorrected)"/;

describeWithData(
  'the statehouse feed with corrections and contact data held back to the end',
  [feed, persons, bitemporal, seats],
  () => {
    let app: Application;
    let folder: string;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'contact-ledger-test-'));
      const lines = gunzipSync(readFileSync(feed)).toString('utf8').trim().split('\n');
      const parts = [
        lines.filter((line) => !heldBack.test(line)),
        lines.filter((line) => heldBack.test(line)),
      ];
      app = await openTestApplication({ nowMs: Date.now() });
      for (const [index, part] of parts.entries()) {
        const file = join(folder, `part-${index}.ndjson`);
        writeFileSync(file, part.join('\n'));
        const { refusals } = await importFile(app, file);
        expect(refusals).toEqual([]);
      }
    });
    afterAll(async () => {
      await app?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it('still answers every probe', async () => {
      for (const probe of readJson<PersonProbe[]>(persons))
        expect({ probe: probe.personId, ...(await personAsKnown(app, 'statehouse', probe)) }).toEqual({
          probe: probe.personId,
          ...expectedPerson(probe),
        });
      for (const probe of [...readJson<SeatProbe[]>(bitemporal), ...readJson<SeatProbe[]>(seats)])
        expect({ ...probe, holders: await seatHolders(app, probe) }).toEqual(probe);
    });

    it('has read models that equal their rebuild', async () => {
      const { live, rebuilt } = await app.readModels.compareWithRebuilt();
      expect(live).toEqual(rebuilt);
    });
  },
);

describeWithData('an import that is killed in the middle', [feed], () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'contact-ledger-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (data: string, args: string[], options: Partial<RunOptions> = {}) =>
    runProgram(['--data', data, '--json', ...args], { cwd: folder, ...options });

  /** What the program did, which must be all that it was to do. */
  async function done(data: string, ...args: string[]) {
    const { code, stdout, stderr } = await run(data, args);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return JSON.parse(stdout);
  }

  /** Kills it, as a power cut would, once so much of the log is on the disk. */
  async function killedAt(data: string, logBytes: number, args: string[]): Promise<void> {
    const files = ['ledger.db', 'ledger.db-wal'].map((name) => join(folder, data, name));
    const size = () =>
      files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
    const { signal } = await run(data, args, {
      async onStart(child) {
        await vi.waitFor(() => expect(size()).toBeGreaterThan(logBytes), { timeout: 60_000, interval: 5 });
        child.kill('SIGKILL');
      },
    });
    expect(signal).toBe('SIGKILL');
  }

  it('ends in the very same state as one that was not, once it is imported again', async () => {
    const lines = gunzipSync(readFileSync(feed)).toString('utf8').split('\n');
    writeFileSync(join(folder, 'part.ndjson'), lines.slice(0, 10_000).join('\n'));
    // Both begin as copies of one empty ledger: the same salt gives the same ids, so that all can be compared.
    writeFileSync(join(folder, 'empty.ndjson'), '');
    await done('whole', 'import', 'empty.ndjson');
    cpSync(join(folder, 'whole'), join(folder, 'killed'), { recursive: true });
    const whole = await done('whole', 'import', 'part.ndjson');
    await killedAt('killed', 1_500_000, ['import', 'part.ndjson']);
    const resumed = await done('killed', 'import', 'part.ndjson');
    expect(resumed.files[0].repeated).toBeGreaterThan(0);
    expect(resumed.files[0].accepted).toBeGreaterThan(0);
    expect(resumed.position).toBe(whole.position);
    const verified = await done('killed', 'verify');
    expect(verified.findings).toEqual([]);
    const { readModels } = await done('whole', 'verify');
    expect(verified.readModels).toEqual(readModels);
  });
});
