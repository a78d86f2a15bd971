// A ledger's file changed by hand, by somebody who owns the database and all that can be computed from it: found from outside.
import { cpSync, existsSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Application } from '../../src/application.ts';
import { proveContact } from '../../src/contact-proof.ts';
import { readCheckpoints, verifyProof } from '../../src/integrity/verify-proof.ts';
import { openSealedLog } from '../../src/sealed-log.ts';
import { fixedClock } from '../../src/time/clock.ts';
import { verify, verifySealed } from '../../src/verify.ts';
import { tell } from '../support/app-in-memory.ts';
import { ledgerFolder } from '../support/app-on-disk.ts';
import { ann, at, bob } from '../support/ids.ts';
import { signingKeyFile } from '../support/signing-key-file.ts';

const keyFile = signingKeyFile();
const ledger = ledgerFolder();
const open = () => ledger.open({ signingKeyFile: keyFile });
/** Kept outside, from before anything was changed. */
let outside: string;
let publicKey: string;

beforeEach(async () => {
  const app = await open();
  for (const id of [ann, bob]) await tell(app, { type: 'RegisterContact', contactId: id, name: 'Ann' });
  for (const name of ['Ann Miller', 'Ann Miller-Jones', 'Ann Jones'])
    for (const id of [ann, bob]) await tell(app, { type: 'ChangeContactName', contactId: id, name });
  outside = await app.integrity.checkpoint();
  publicKey = app.integrity.verifierKey();
  await app.close();
});

const changes: Record<string, (log: DatabaseSync) => void> = {
  'a byte of a sealed box': (log) => {
    const boxes = Buffer.from(
      log.prepare('SELECT boxes FROM events WHERE position = 3').get()!['boxes'] as Uint8Array,
    );
    boxes[boxes.length - 1]! ^= 1;
    log.prepare('UPDATE events SET boxes = ? WHERE position = 3').run(boxes);
  },
  'the clear part of an event': (log) =>
    log.exec(`UPDATE events SET learned_at = learned_at - 86400000 WHERE position = 3`),
  'who did it': (log) => log.exec(`UPDATE contexts SET json = replace(json, 'user-1', 'user-2')`),
  'an event taken out, and those behind it moved up': (log) => remove(log, 4),
  'two events of a contact swapped': (log) => {
    log.exec('UPDATE events SET version = -version WHERE position IN (3, 5)');
    log.exec('UPDATE events SET position = CASE position WHEN 3 THEN -5 WHEN 5 THEN -3 ELSE position END');
    log.exec('UPDATE events SET position = -position WHERE position < 0');
    log.exec('UPDATE events SET version = CASE version WHEN -2 THEN 3 ELSE 2 END WHERE version < 0');
  },
  'the last event of a contact taken out': (log) => remove(log, 7),
  'the tail cut off': (log) => log.exec('DELETE FROM events WHERE position > 5'),
};

/** Takes an event out and gives all behind it the places that they would have without it. */
function remove(log: DatabaseSync, position: number): void {
  const { stream, version } = log
    .prepare('SELECT stream, version FROM events WHERE position = ?')
    .get(position)!;
  log.exec(`DELETE FROM events WHERE position = ${position}`);
  for (const row of log
    .prepare('SELECT position FROM events WHERE position > ? ORDER BY position')
    .all(position))
    log.exec(`UPDATE events SET position = position - 1 WHERE position = ${row['position']}`);
  const later = log.prepare('SELECT position FROM events WHERE stream = ? AND version > ? ORDER BY version');
  for (const row of later.all(stream!, version!))
    log.exec(`UPDATE events SET version = version - 1 WHERE position = ${row['position']}`);
}

function tamper(change: (log: DatabaseSync) => void): void {
  const log = new DatabaseSync(ledger.file('ledger.db'));
  change(log);
  log.close();
}

/** What can be computed from the log is computed anew, as its owner could. */
function forgetComputed(): void {
  for (const file of ['views.db', 'proofs.db'])
    for (const suffix of ['', '-wal', '-shm']) rmSync(ledger.file(file + suffix), { force: true });
}

const codesOf = async (app: Application) =>
  (await verify(app, { checkpoints: readCheckpoints(outside) })).findings.map(({ code }) => code);

describe.each(Object.entries(changes))('%s', (_, change) => {
  it('is found against a checkpoint from outside, though all else was computed anew', async () => {
    tamper(change);
    forgetComputed();
    const log = await openSealedLog({
      dataDirectory: ledger.path,
      clock: fixedClock(at('2027-01-01')),
      onFault: () => {},
    });
    const { findings } = await verifySealed(log, { checkpoints: readCheckpoints(outside) });
    await log.close();
    expect(findings.map(({ code }) => code)).toEqual(['CHECKPOINT_INCONSISTENT']);
  });

  it('is found by the tree that was kept of the log', async () => {
    tamper(change);
    const log = await openSealedLog({
      dataDirectory: ledger.path,
      clock: fixedClock(at('2027-01-01')),
      onFault: () => {},
    });
    const { findings } = await verifySealed(log);
    await log.close();
    expect(findings).toEqual([expect.objectContaining({ code: 'TREE_DIFFERS' })]);
  });
});

// A box that was changed cannot be opened, so such a ledger makes no proofs at all.
const openable = Object.keys(changes).filter((name) => !name.includes('sealed box'));
it.each(openable)('a proof signed with the ledger’s own key shows it: %s', async (name) => {
  tamper(changes[name]!);
  forgetComputed();
  const app = await open();
  await expect(proveContact(app, ann, outside)).rejects.toMatchObject({ code: 'CHECKPOINT_INCONSISTENT' });
  const forged = (await proveContact(app, ann))!;
  // The best that a forger can do: claim that it goes on from the checkpoint outside.
  const since = { checkpoint: outside, consistency: [] };
  const { findings } = verifyProof(JSON.stringify({ ...forged, since }), outside, publicKey);
  const isCut = name === 'the tail cut off' || name.includes('taken out');
  expect(findings.map(({ code }) => code)).toContain(isCut ? 'TAIL_CUT' : 'HISTORY_REWRITTEN');
  expect(ledger.faults).toEqual([]);
});

it('is found in the whole verification too', async () => {
  tamper(changes['who did it']!);
  forgetComputed();
  const app = await open();
  expect(await codesOf(app)).toEqual(['CHECKPOINT_INCONSISTENT']);
});

it('is not found where nothing was changed, also after more was told', async () => {
  const app = await open();
  expect(await codesOf(app)).toEqual([]);
  await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Ann Smith' });
  expect(await codesOf(app)).toEqual([]);
});

it('names the first position that differs', async () => {
  tamper(changes['the clear part of an event']!);
  const app = await open();
  expect((await verify(app)).findings).toContainEqual(
    expect.objectContaining({ code: 'TREE_DIFFERS', position: 3 }),
  );
});

it('finds hashes that were changed themselves', async () => {
  const proofs = new DatabaseSync(ledger.file('proofs.db'));
  proofs.exec("DELETE FROM count_tile WHERE path = ''");
  proofs.close();
  const app = await open();
  expect((await verify(app)).findings).toEqual([
    expect.objectContaining({ code: 'TREE_DIFFERS', message: expect.stringContaining('counts') }),
  ]);
});

describe('a log that is not the one that its hashes were made of', () => {
  it('is told at once, nothing is signed for it, and all else goes on', async () => {
    tamper(changes['the tail cut off']!);
    const app = await open();
    await expect(app.integrity.checkpoint()).rejects.toMatchObject({ code: 'TREE_DIFFERS' });
    expect(ledger.faults).toEqual([expect.objectContaining({ code: 'TREE_DIFFERS' })]);
    await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Ann Smith' });
  });

  it('may be an older backup: without its hashes they are made anew', async () => {
    cpSync(ledger.file('ledger.db'), ledger.file('backup'));
    const before = await open();
    await tell(before, { type: 'ChangeContactName', contactId: ann, name: 'Ann Smith' });
    await before.integrity.checkpoint();
    await before.close();
    cpSync(ledger.file('backup'), ledger.file('ledger.db'));
    rmSync(ledger.file('proofs.db'));
    const app = await open();
    expect(await app.integrity.checkpoint()).toBe(outside);
    expect(existsSync(ledger.file('proofs.db'))).toBe(true);
  });
});

describe('without keys', () => {
  it('the log can still be verified: the key file, the master key and the signing key are lost', async () => {
    rmSync(ledger.file('keys.db'));
    const log = await openSealedLog({
      dataDirectory: ledger.path,
      clock: fixedClock(at('2027-01-01')),
      onFault: () => {},
    });
    const { findings, events } = await verifySealed(log, { checkpoints: readCheckpoints(outside) });
    await log.close();
    expect({ findings, events }).toEqual({ findings: [], events: 8 });
  });
});
