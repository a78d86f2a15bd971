// Checkpoints and proofs over the API: what a client gets, who may ask, and what is wrong with what was sent.
import { graphql } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildLedgerSchema } from '../../schema/build.ts';
import { verifyProof } from '../../src/integrity/verify-proof.ts';
import {
  answer,
  ask,
  mistakes,
  openTestApplication,
  type TestApplication,
  tell,
  testContext,
} from '../support/app-in-memory.ts';
import { ann, bob, contactIdOf } from '../support/ids.ts';
import { signingKeyFile } from '../support/signing-key-file.ts';

const keyFile = signingKeyFile();
let app: TestApplication;
beforeAll(async () => {
  app = await openTestApplication({ signingKeyFile: keyFile });
  await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Ann' });
});
afterAll(() => app.close());

const proofQuery = `query Proof($id: ID!, $since: String) {
  proof(contactId: $id, since: $since) {
    contactId mergedIds document
    checkpoint { note origin position rootHash countsRootHash }
    since { note position }
    streams { stream events }
  }
}`;
interface Answer {
  proof: { document: string; checkpoint: { note: string; position: number }; since: { note: string } | null };
}
const checkpointNote = async () =>
  (await answer<{ checkpoint: { note: string } }>(app, '{ checkpoint { note } }')).checkpoint.note;

it('gives a proof that the stand-alone verifier takes, against a checkpoint asked for before', async () => {
  const note = await checkpointNote();
  await tell(app, { type: 'RegisterContact', contactId: bob, name: 'Ann M.' });
  await tell(app, { type: 'MergeContacts', contactId: bob, intoId: ann });
  const { proof } = await answer<Answer>(app, proofQuery, { id: ann.toUpperCase(), since: note });
  expect(proof).toMatchObject({
    contactId: ann,
    mergedIds: [bob],
    checkpoint: { origin: `contact-ledger/${app.ledgerId}`, position: 3 },
    since: { note, position: 1 },
    streams: [
      { stream: `contact-${ann}`, events: 1 },
      { stream: `signals-${ann}`, events: 0 },
      { stream: `contact-${bob}`, events: 2 },
      { stream: `signals-${bob}`, events: 0 },
    ],
  });
  const { publicKey } = await answer<{ publicKey: string }>(app, '{ publicKey }');
  expect(verifyProof(proof.document, note, publicKey).findings).toEqual([]);
  expect(verifyProof(proof.document, proof.checkpoint.note, publicKey).findings).toEqual([]);
});

it('proves a contact that was merged away by its own events', async () => {
  const { proof } = await answer<Answer>(app, proofQuery, { id: bob });
  expect(proof).toMatchObject({ contactId: bob, mergedIds: [], since: null });
});

it('is null for a contact that the ledger does not know', async () => {
  for (const id of [contactIdOf(99), 'nobody'])
    expect(await answer(app, '{ proof(contactId: "$") { contactId } }'.replace('$', id))).toEqual({
      proof: null,
    });
});

describe('a checkpoint that was sent', () => {
  it('is refused where it is none, or another ledger’s', async () => {
    const other = await openTestApplication({ signingKeyFile: keyFile });
    for (const since of ['hello', await other.integrity.checkpoint()])
      expect(await mistakes(app, proofQuery, { id: ann, since })).toMatchObject([
        { code: 'BAD_USER_INPUT', path: 'since' },
      ]);
    await other.close();
  });

  it('shows that history was rewritten where the ledger does not go on from it', async () => {
    const note = await checkpointNote();
    const lines = note.split('\n');
    for (const rewritten of [lines.with(1, '2'), lines.with(1, '99')])
      expect(await mistakes(app, proofQuery, { id: ann, since: rewritten.join('\n') })).toMatchObject([
        { code: 'CHECKPOINT_INCONSISTENT' },
      ]);
  });
});

it('says that there is no signing key, and nothing of where it should be', async () => {
  const other = await openTestApplication({ signingKeyFile: '/nowhere/signing.key' });
  await tell(other, { type: 'RegisterContact', contactId: ann, name: 'Ann' });
  for (const query of [
    '{ checkpoint { note } }',
    '{ publicKey }',
    `{ proof(contactId: "${ann}") { contactId } }`,
  ]) {
    const [mistake] = await mistakes(other, query);
    expect(mistake).toMatchObject({ code: 'SIGNING_KEY_MISSING' });
    expect(mistake!.message).not.toContain('nowhere');
  }
  await other.close();
});

it('is for auditors and administrators', async () => {
  for (const role of ['reader', 'csm', 'operations', 'analyst', 'integration'] as const) {
    const { errors } = await ask(app, '{ checkpoint { note } }', {}, undefined, [role]);
    expect(errors?.[0]?.extensions['code'], role).toBe('FORBIDDEN');
  }
  expect((await ask(app, '{ checkpoint { note } }', {}, undefined, ['auditor'])).errors).toBeUndefined();
});

it('is recorded with who asked and why, for each contact that it tells of; of an unknown contact there is nothing to record', async () => {
  const recording = await openTestApplication({ signingKeyFile: keyFile, accessLog: 'history' });
  for (const contactId of [ann, bob])
    await tell(recording, { type: 'RegisterContact', contactId, name: 'Ann' });
  await tell(recording, { type: 'MergeContacts', contactId: bob, intoId: ann });
  const context = { ...testContext(recording, { id: 'auditor-1', kind: 'person' }), purpose: 'CASE-7' };
  const schema = await buildLedgerSchema();
  for (const id of [ann, contactIdOf(9)])
    await graphql({ schema, source: proofQuery, variableValues: { id }, contextValue: context });
  const { accessLog } = await answer<{ accessLog: { edges: { node: object }[] } }>(
    recording,
    '{ accessLog { edges { node { actor kind subjectId times purpose } } } }',
  );
  const asked = { actor: 'auditor-1', kind: 'PROOF', times: 1, purpose: 'CASE-7' };
  expect(accessLog.edges).toHaveLength(2);
  for (const subjectId of [ann, bob])
    expect(accessLog.edges).toContainEqual({ node: { ...asked, subjectId } });
  await recording.close();
});
