// What is learned is believed in the order of learning, however it arrives: held back, interrupted, killed.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Application } from '../../src/application.ts';
import { openTestApplication } from '../support/app-in-memory.ts';
import { importFile } from '../support/imported-feed.ts';
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

  /** Runs the built program; with `killAfterMs` it is killed as a power cut would. */
  function run(data: string, args: string[], killAtLines?: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(
        process.execPath,
        ['dist/src/main.js', '--data', join(folder, data), '--json', ...args],
        {
          env: { ...process.env, CONTACT_LEDGER_MASTER_KEY: Buffer.alloc(32, 3).toString('base64') },
          cwd: process.cwd(),
        },
      );
      let output = '';
      child.stdout.on('data', (chunk) => {
        output += chunk;
      });
      child.stderr.on('data', (chunk) => {
        const lines = Number(/([\d,]+) lines/.exec(String(chunk))?.[1]?.replaceAll(',', '') ?? 0);
        if (killAtLines !== undefined && lines >= killAtLines) child.kill('SIGKILL');
      });
      child.on('error', reject);
      child.on('close', (code) =>
        code === 0 || code === null ? resolve(output) : reject(new Error(`exit ${code}: ${output}`)),
      );
    });
  }

  it('ends in the very same state as one that was not, once it is imported again', async () => {
    const part = join(folder, 'part.ndjson');
    writeFileSync(
      part,
      gunzipSync(readFileSync(feed)).toString('utf8').split('\n').slice(0, 25_000).join('\n'),
    );
    // Both begin as copies of one empty ledger: the same salt gives the same ids, so that all can be compared.
    writeFileSync(join(folder, 'empty.ndjson'), '');
    await run('whole', ['import', join(folder, 'empty.ndjson')]);
    cpSync(join(folder, 'whole'), join(folder, 'killed'), { recursive: true });
    const whole = JSON.parse(await run('whole', ['import', part]));
    await run('killed', ['import', part], 8_000);
    const resumed = JSON.parse(await run('killed', ['import', part]));
    expect(resumed.files[0].repeated).toBeGreaterThan(0);
    expect(resumed.files[0].accepted).toBeGreaterThan(0);
    expect(resumed.position).toBe(whole.position);
    const [one, other] = [
      JSON.parse(await run('whole', ['verify'])),
      JSON.parse(await run('killed', ['verify'])),
    ];
    expect(other.findings).toEqual([]);
    expect(other.readModels).toEqual(one.readModels);
  });
});
