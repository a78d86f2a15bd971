// Erasing people: who is one person, what is refused afterwards, and that an erasure cut short anywhere is finished.

import { once } from 'node:events';
import { copyFileSync, cpSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findContact } from '../../projections/contacts.ts';
import { findByExternalId } from '../../projections/identities.ts';
import { findPost } from '../../projections/involvement.ts';
import type { Application, ApplicationOptions } from '../../src/application.ts';
import type { Command, CommandContext } from '../../src/command.ts';
import type { ErasureStep } from '../../src/erasure/erasures.ts';
import type { ErasureReceipt } from '../../src/erasure/receipt.ts';
import { systemClock } from '../../src/time/clock.ts';
import { verify } from '../../src/verify.ts';
import { tell, testActor } from '../support/app-in-memory.ts';
import { ledgerFolder } from '../support/app-on-disk.ts';
import { filesIn, findInFiles } from '../support/byte-search.ts';
import { importLines } from '../support/feed-in-memory.ts';
import { acme, ann, bob, cleo, factIdOf, job, nextJob } from '../support/ids.ts';
import { startScript } from '../support/script.ts';

const folder = ledgerFolder();
const texts = ['Ann Archer-Quill', 'ann.quill@acme.example', 'Loved the pottery class'];
const found = () => findInFiles(filesIn(folder.path), texts);

/** Ann and Bob hold the same post one after the other; Ann was told of by another system too. */
async function open(options: Partial<ApplicationOptions> = {}): Promise<Application> {
  const app = await folder.open(options);
  if ((await app.store.head()) > 0) return app;
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' });
  await tell(app, {
    type: 'RegisterContact',
    contactId: ann,
    name: texts[0]!,
    email: texts[1]!,
    externalId: { source: 'crm', id: 'A-1' },
  });
  await tell(app, { type: 'RegisterContact', contactId: bob, name: 'Bob', email: 'bob@acme.example' });
  await tell(app, {
    type: 'StartPlacement',
    contactId: bob,
    placementId: nextJob,
    accountId: acme,
    post: 'Champion',
  });
  await tell(app, {
    type: 'StartPlacement',
    contactId: ann,
    placementId: job,
    accountId: acme,
    post: 'Champion',
  });
  await tell(app, { type: 'RecordActivity', contactId: ann, activity: 'call', note: texts[2]! });
  return app;
}

const request = (contactId: string) => ({
  contactId,
  legalBasis: 'consent_withdrawn' as const,
  requester: 'data_subject' as const,
  ticket: 'PRIV-7',
});

async function erase(app: Application, contactId: string = ann): Promise<ErasureReceipt> {
  const [outcome] = await app.erasures.erase([request(contactId)], testActor);
  if (!outcome || !('receipt' in outcome)) throw new Error('refused');
  return outcome.receipt;
}

async function refusal(app: Application, command: Command, context: Partial<CommandContext> = {}) {
  const full = { actor: testActor, source: 'test', by: 'person', ...context } as CommandContext;
  const result = await app.ledger.execute(command, full);
  return result.ok ? null : { code: result.rejected, path: result.path };
}

const refuse = (code: string, path = 'contactId') => ({ code, path });

describe('an erased contact', () => {
  it('takes no command any more, whoever tells it and however late it was learned', async () => {
    const app = await open();
    await erase(app);
    const rename: Command = { type: 'ChangeContactName', contactId: ann, name: 'Back' };
    expect(await refusal(app, rename)).toEqual(refuse('CONTACT_ERASED'));
    expect(await refusal(app, rename, { by: 'feed', learnedAtMs: 0 })).toEqual(refuse('CONTACT_ERASED'));
    expect(await refusal(app, { type: 'RegisterContact', contactId: ann, name: 'Back' })).toEqual(
      refuse('CONTACT_ERASED'),
    );
    expect(
      await refusal(app, { type: 'RecordActivity', contactId: ann, activity: 'call', note: 'x' }),
    ).toEqual(refuse('CONTACT_ERASED'));
    const events = (await app.store.read(`contact-${ann}`)).map(({ id }) => id);
    expect(await refusal(app, { type: 'RevertContactChanges', contactId: ann, eventIds: events })).toEqual(
      refuse('CONTACT_ERASED'),
    );
    expect(await refusal(app, { type: 'MergeContacts', contactId: bob, intoId: ann })).toEqual(
      refuse('CONTACT_ERASED', 'intoId'),
    );
    expect(await refusal(app, { type: 'MergeContacts', contactId: ann, intoId: bob })).toEqual(
      refuse('CONTACT_ERASED'),
    );
  });

  it('takes no undo and no unmerge, of whichever of those who were one person', async () => {
    const app = await open();
    await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Ann B' });
    const changed = (await app.store.read(`contact-${ann}`)).at(-1)!.id;
    await tell(app, { type: 'MergeContacts', contactId: bob, intoId: ann });
    const merged = (await app.store.read(`contact-${bob}`)).at(-1)!.id;
    await erase(app);
    const because = { reasonCode: 'mistake' };
    for (const command of [
      { type: 'UndoContactChange', contactId: ann, eventId: changed },
      { type: 'UndoContactChange', contactId: bob, eventId: merged },
      { type: 'UnmergeContacts', contactId: bob },
    ] as const)
      expect(await refusal(app, command, because)).toEqual(refuse('CONTACT_ERASED'));
  });

  it('gets no fresh key where its own is destroyed and no order tells why', async () => {
    const app = await open();
    const keyIds = (await app.store.read(`contact-${ann}`)).flatMap(({ boxes }) =>
      boxes.map((box) => box.keyId),
    );
    await app.close();
    const again = await open();
    await again.keyStore.destroy([...new Set(keyIds)]);
    expect(await refusal(again, { type: 'ChangeContactName', contactId: ann, name: 'Back' })).toEqual(
      refuse('CONTACT_ERASED'),
    );
  });

  it('keeps its place and its account, and its post keeps its name while somebody else held it', async () => {
    const app = await open();
    const before = findContact(app.readModels.database, ann)!;
    await erase(app);
    const after = findContact(app.readModels.database, ann)!;
    expect(after.placements).toMatchObject([{ id: job, accountId: acme, postName: null }]);
    expect(after.erased).toBeDefined();
    expect(findByExternalId(app.readModels.database, 'contact', 'crm', 'A-1')).toBeNull();
    const postId = before.placements[0]!.postId!;
    expect(findPost(app.readModels.database, postId)?.name).toBe('Champion');
    await erase(app, bob);
    expect(findPost(app.readModels.database, postId)?.name).toBeNull();
    expect((await verify(app)).findings).toEqual([]);
  });

  it('does not come back by its address or its id in another system, except by new consent', async () => {
    const app = await open();
    await erase(app);
    const register = (email: string): Command => ({
      type: 'RegisterContact',
      contactId: cleo,
      name: 'Cleo',
      email,
    });
    for (const email of [texts[1]!, texts[1]!.toUpperCase(), ` ${texts[1]!}`.trim()]) {
      expect(await refusal(app, register(email), { by: 'feed', learnedAtMs: 1 })).toEqual(
        refuse('ADDRESS_SUPPRESSED', 'email'),
      );
      expect(await refusal(app, register(email))).toEqual(refuse('ADDRESS_SUPPRESSED', 'email'));
    }
    expect(await refusal(app, { type: 'AddContactEmail', contactId: bob, address: texts[1]! })).toEqual(
      refuse('ADDRESS_SUPPRESSED', 'address'),
    );
    const again = {
      source: 'crm',
      id: '9',
      type: 'ContactRegistered',
      contact: 'A-1',
      name: 'Ann',
      learnedAt: '2026-01-01T00:00:00Z',
    };
    expect((await importLines(app, [again])).refusals).toMatchObject([{ code: 'ADDRESS_SUPPRESSED' }]);
    expect(await refusal(app, register(texts[1]!), { reasonCode: 'consent_given' })).toBeNull();
    expect(found().every((one) => one.includes('ann.quill'))).toBe(true);
  });

  it('is not called, texted or written to again where it wanted that no more', async () => {
    const app = await open();
    const [phone, post] = ['+44 20 7946 0000', '1 Kiln Lane, Stoke'];
    for (const [channel, address, consent] of [
      ['phone', phone, 'refused'],
      ['post', post, 'suppressed'],
      ['text', '+44 20 7946 0001', 'given'],
    ] as const)
      await tell(app, { type: 'RecordConsent', contactId: ann, channel, address, consent });
    // The address and id that Ann was registered with, and these two: a number that she did not mind may be a company's.
    expect(await erase(app)).toMatchObject({ suppressed: 4 });
    const changePhone = (number: string): Command => ({
      type: 'ChangeContactPhone',
      contactId: bob,
      kind: 'work',
      line: 'voice',
      phone: number,
    });
    const dialled = '0044 (20) 7946-0000';
    expect(await refusal(app, changePhone(dialled))).toEqual(refuse('ADDRESS_SUPPRESSED', 'phone'));
    expect(
      await refusal(app, { type: 'RegisterContact', contactId: cleo, name: 'Cleo', phone: dialled }),
    ).toEqual(refuse('ADDRESS_SUPPRESSED', 'phone'));
    expect(
      await refusal(app, {
        type: 'ChangeContactAddress',
        contactId: bob,
        kind: 'work',
        address: post.toUpperCase(),
      }),
    ).toEqual(refuse('ADDRESS_SUPPRESSED', 'address'));
    expect(
      await refusal(app, {
        type: 'RecordConsent',
        contactId: bob,
        channel: 'text',
        address: phone,
        consent: 'given',
      }),
    ).toEqual(refuse('ADDRESS_SUPPRESSED', 'address'));
    expect(await refusal(app, changePhone('+44 20 7946 0001'))).toBeNull();
  });

  it('does not come back by a proposal that was open before, nor by another spelling of its domain', async () => {
    const app = await open();
    const address = 'ann@töpferei.example';
    await tell(app, { type: 'AddContactEmail', contactId: ann, address });
    const proposing = { asProposal: { doubt: 'heard on the phone' } };
    await tell(app, { type: 'AddContactEmail', contactId: bob, address }, proposing);
    await erase(app);
    const [proposal] = (await app.readModels.beliefs.contact(bob))!.proposals;
    const accept: Command = { type: 'AcceptChange', contactId: bob, proposalId: proposal!.id };
    expect(await refusal(app, accept)).toEqual(refuse('ADDRESS_SUPPRESSED', 'proposalId'));
    expect(
      await refusal(app, {
        type: 'AddContactEmail',
        contactId: bob,
        address: 'Ann@xn--tpferei-90a.example',
      }),
    ).toEqual(refuse('ADDRESS_SUPPRESSED', 'address'));
    expect(await refusal(app, accept, { reasonCode: 'consent_given' })).toBeNull();
  });

  it('leaves an address that somebody else holds too to the other', async () => {
    const app = await open();
    await tell(app, { type: 'AddContactEmail', contactId: bob, address: texts[1]! });
    await erase(app);
    const confirm: Command = { type: 'AddContactEmail', contactId: bob, address: texts[1]! };
    expect(await refusal(app, confirm, { by: 'feed', learnedAtMs: Date.UTC(2027, 0, 1, 12) })).toBeNull();
  });
});

describe('the turnover that the leaving of an erased person opened', () => {
  const turnoverId = factIdOf(7);
  const texts = ['Went to Globex Pottery Ltd', 'She is hard to replace'];
  const texted = () => findInFiles(filesIn(folder.path), texts);

  it('loses its words and goes on with new ones', async () => {
    const app = await open();
    await tell(app, {
      type: 'OpenTurnover',
      turnoverId,
      contactId: ann,
      placementId: job,
      accountId: acme,
      postId: null,
      keyRoles: ['champion'],
      definition: { name: 'key_role', version: 1 },
      departure: {
        cause: 'left',
        causeEventId: factIdOf(5),
        leftOn: '2026-01-01',
        learnedAtMs: 0,
        destination: null,
        destinationAccountId: null,
      },
      coverage: { percent: 25, basis: 'other_contact', contactIds: [bob] },
      plan: { name: 'recovery', version: 1 },
      owner: null,
      segment: null,
      arr: null,
      renewalOn: null,
    });
    await tell(app, { type: 'LearnDepartureDetails', turnoverId, destinationName: texts[0]! });
    await tell(app, { type: 'AssessCoverage', turnoverId, percent: 50, basis: 'manager', note: texts[1]! });
    expect(texted()).not.toEqual([]);
    const receipt = await erase(app);
    expect(receipt).toMatchObject({ events: 5, keysDestroyed: 3 });
    expect(texted()).toEqual([]);
    await tell(app, { type: 'AssessCoverage', turnoverId, percent: 75, basis: 'manager', note: 'Bob helps' });
    const events = await app.sealing.open(await app.store.read(`turnover-${turnoverId}`));
    expect(events.map(({ type, personal }) => [type, personal])).toEqual([
      ['TurnoverOpened', {}],
      ['DepartureDetailsLearned', null],
      ['CoverageAssessed', null],
      ['TurnoverErased', {}],
      ['CoverageAssessed', { note: 'Bob helps' }],
    ]);
    expect((await verify(app)).findings).toEqual([]);
    await app.close();
    const again = await open();
    expect(await erase(again)).toEqual(receipt);
    expect(
      (await again.sealing.open(await again.store.read(`turnover-${turnoverId}`))).at(-1)!.personal,
    ).toEqual({
      note: 'Bob helps',
    });
  });
});

describe('a person', () => {
  it('is all contacts that are merged, whichever of them is named', async () => {
    for (const named of [ann, bob, cleo]) {
      const app = await open();
      await tell(app, { type: 'RegisterContact', contactId: cleo, name: 'Ann Quill' });
      await tell(app, { type: 'MergeContacts', contactId: ann, intoId: bob });
      await tell(app, { type: 'MergeContacts', contactId: bob, intoId: cleo });
      const plan = await app.erasures.plan(named);
      const planned = 'plan' in plan ? plan.plan.contactIds : [];
      expect(planned[0]).toBe(named);
      expect([...planned].sort()).toEqual([ann, bob, cleo].sort());
      const receipt = await erase(app, named);
      expect(receipt.contactIds).toEqual(planned);
      expect(found()).toEqual([]);
      expect(await refusal(app, { type: 'UnmergeContacts', contactId: ann })).toEqual(
        refuse('CONTACT_ERASED'),
      );
      for (const id of [ann, bob, cleo]) expect(await app.erasures.receipt(id)).toEqual(receipt);
      expect((await verify(app)).findings).toEqual([]);
      await app.close();
      for (const file of filesIn(folder.path)) rmSync(file);
    }
  });

  it('is not who was merged by mistake and taken out again', async () => {
    const app = await open();
    await tell(app, { type: 'MergeContacts', contactId: bob, intoId: ann });
    await tell(app, { type: 'UnmergeContacts', contactId: bob });
    expect((await erase(app)).contactIds).toEqual([ann]);
    expect(await refusal(app, { type: 'ChangeContactName', contactId: bob, name: 'Bob B' })).toBeNull();
  });
});

describe('erasing again', () => {
  it('answers with the same receipt, also after a restart, and writes nothing', async () => {
    const app = await open();
    const receipt = await erase(app);
    expect(receipt).toMatchObject({
      legalBasis: 'consent_withdrawn',
      ticket: 'PRIV-7',
      events: 3,
      keysDestroyed: 2,
    });
    expect(receipt.replicas).toHaveLength(1);
    const head = await app.store.head();
    expect(await erase(app)).toEqual(receipt);
    await app.close();
    const again = await open();
    expect(await erase(again)).toEqual(receipt);
    expect(await again.store.head()).toBe(head);
    expect(await again.erasures.receipt(receipt.erasureId)).toEqual(receipt);
  });

  it('at once is one erasure', async () => {
    const app = await open();
    const receipts = await Promise.all([erase(app), erase(app), erase(app, bob)]);
    expect(receipts[0]).toEqual(receipts[1]);
    expect(receipts[2]!.erasureId).not.toBe(receipts[0]!.erasureId);
    expect(await app.store.version('erasure-00000000-0000-8000-8000-000000000000')).toBe(4);
  });

  it('at once, by either id of a person or of two people, is one erasure each', async () => {
    const app = await open();
    await tell(app, { type: 'MergeContacts', contactId: bob, intoId: ann });
    const both = await Promise.all([erase(app), erase(app, bob), erase(app)]);
    expect(new Set(both.map(({ erasureId }) => erasureId)).size).toBe(1);
    expect([...both[0]!.contactIds].sort()).toEqual([ann, bob].sort());
    expect(found()).toEqual([]);
    expect((await verify(app)).findings).toEqual([]);
  });

  it('is refused for whom nobody knows, and a merge that is on its way belongs to it', async () => {
    const app = await open();
    expect(await app.erasures.erase([request(cleo)], testActor)).toMatchObject([
      { rejection: { rejected: 'CONTACT_UNKNOWN' } },
    ]);
    const merging = refusal(app, { type: 'MergeContacts', contactId: bob, intoId: ann });
    const [receipt, refused] = await Promise.all([erase(app), merging]);
    expect(receipt.contactIds.includes(bob)).toBe(refused === null);
  });
});

describe('an erasure that is cut short', () => {
  const steps: ErasureStep[] = ['ordered', 'keys_destroyed', 'marked', 'refolded', 'compacted'];

  it.each(steps)('by a kill after "%s" is finished when the ledger is next opened', async (step) => {
    await (await open()).close();
    const eraser = startScript(new URL('eraser.ts', import.meta.url), [folder.path, ann, step], 'inherit');
    expect(await once(eraser, 'exit')).toEqual([null, 'SIGKILL']);
    const app = await open({ clock: systemClock });
    const receipt = (await app.erasures.receipt(ann))!;
    expect(receipt.completedAtMs).not.toBeNull();
    expect(found()).toEqual([]);
    expect(await erase(app)).toEqual(receipt);
    expect(await refusal(app, { type: 'ChangeContactName', contactId: ann, name: 'x' })).toEqual(
      refuse('CONTACT_ERASED'),
    );
    expect((await verify(app)).findings).toEqual([]);
    await app.close();
    expect(found()).toEqual([]);
  });

  it('before the order was written has not happened, and the contact goes on', async () => {
    let isCut = true;
    const app = await open({
      onErasureStep() {
        if (isCut) throw new Error('full');
      },
    });
    await expect(erase(app)).rejects.toThrow('full');
    expect(await refusal(app, { type: 'ChangeContactName', contactId: ann, name: 'Ann B' })).toBeNull();
    isCut = false;
    expect((await erase(app)).completedAtMs).not.toBeNull();
  });

  it('is finished by asking again in the same process', async () => {
    let isCut = true;
    const app = await open({
      onErasureStep(step) {
        if (isCut && step === 'marked') throw new Error('full');
      },
    });
    await expect(erase(app)).rejects.toThrow('full');
    isCut = false;
    expect((await erase(app)).completedAtMs).not.toBeNull();
    expect(found()).toEqual([]);
  });
});

describe('a restored backup', () => {
  it('of the keys is erased again before anything is read', async () => {
    const app = await open();
    await app.close();
    const backup = `${folder.path}-keys`;
    copyFileSync(folder.file('keys.db'), backup);
    const erasing = await open();
    const receipt = await erase(erasing);
    await erasing.close();
    cpSync(backup, folder.file('keys.db'));
    rmSync(folder.file('views.db'));
    const again = await open();
    expect(findContact(again.readModels.database, ann)?.name[0]?.value).toBeNull();
    expect(await again.erasures.receipt(ann)).toEqual(receipt);
    expect(found()).toEqual([]);
    await again.close();
    expect(found()).toEqual([]);
    rmSync(backup);
  });

  it('of the read models is written anew', async () => {
    const app = await open();
    await app.close();
    const backup = `${folder.path}-views`;
    copyFileSync(folder.file('views.db'), backup);
    const erasing = await open();
    await erase(erasing);
    await erasing.close();
    cpSync(backup, folder.file('views.db'));
    expect(found()).not.toEqual([]);
    const again = await open();
    expect(findContact(again.readModels.database, ann)?.name[0]?.value).toBeNull();
    expect(found()).toEqual([]);
    expect((await verify(again)).findings).toEqual([]);
    rmSync(backup);
  });
});
