// What every mutation takes beside its own fields: repeats, versions, times, reasons and evidence, and mistakes in them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Application, openApplication } from '../../src/application.ts';
import { EventStoreFailure, type EventStoreFailureCode } from '../../src/event-store/port.ts';
import { newId } from '../../src/personal-data/derive-id.ts';
import { KeyStoreFailure } from '../../src/personal-data/key-store.ts';
import { ask, openTestApplication, tell } from '../support/app-in-memory.ts';
import { acme, ann, bob, job } from '../support/ids.ts';
import { change, mistake, refusal, send } from './mutate.ts';

const nowMs = Date.UTC(2026, 2, 14, 12);
let app: Application;
beforeEach(async () => {
  app = await openTestApplication({ nowMs });
  await change(app, 'registerAccount', { accountId: acme, name: 'Acme' });
  await change(app, 'registerContact', { contactId: ann, name: 'Ann Archer' });
});
afterEach(() => app.close());

async function lastEvent(stream: string) {
  const events = await app.sealing.open(await app.store.read(stream));
  return events.at(-1)!;
}

describe('ids made by the server', () => {
  test('a contact registered without an id gets one in the order of time', async () => {
    const first = await change(app, 'registerContact', { name: 'Bob' });
    const second = await change(app, 'registerContact', { name: 'Bob' });
    expect(String(first['id'])).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(String(second['id']) > String(first['id'])).toBe(true);
  });

  test('the id of another system always leads to the same contact', async () => {
    const externalId = { source: 'crm', id: '0042' };
    const first = await change(app, 'registerContact', { name: 'Bob', externalId });
    const again = await send(app, 'registerContact', { name: 'Bob', externalId });
    expect(again).toMatchObject({ contact: { id: first['id'] }, eventIds: [], rejection: null });
    expect(await refusal(app, 'registerContact', { name: 'Cleo', externalId })).toMatchObject({
      code: 'CONTACT_ALREADY_REGISTERED',
      path: 'input.contactId',
    });
  });

  test('an account is found by the id of another system in the same way', async () => {
    const externalId = { source: 'crm', id: 'A-1' };
    const first = await change(app, 'registerAccount', { name: 'Globex', externalId });
    const again = await change(app, 'registerAccount', { name: 'Globex', externalId });
    expect(again['id']).toBe(first['id']);
  });

  test('an id in a form that no UUID has is a mistake', async () => {
    const { extensions } = await mistake(app, 'changeContactName', { contactId: '42', name: 'Ann' });
    expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: 'input.contactId' });
  });
});

describe('an idempotency key', () => {
  const registered = { name: 'Bob', change: { idempotencyKey: 'form-1' } };

  test('makes the same registration sent twice one contact, with the same answer', async () => {
    const first = await send(app, 'registerContact', registered);
    const again = await send(app, 'registerContact', registered);
    expect(first.repeated).toBe(false);
    expect(again).toEqual({ ...first, repeated: true });
    expect(await app.store.head()).toBe(first.position);
  });

  test('gives the first answer again also after others changed the contact', async () => {
    const named = { contactId: ann, name: 'Ann Baker', change: { idempotencyKey: 'form-2' } };
    const first = await send(app, 'changeContactName', named);
    await change(app, 'changeContactName', { contactId: ann, name: 'Ann Cooper' });
    const { contact: _, ...again } = await send(app, 'changeContactName', named);
    const { contact: _before, ...before } = first;
    expect(again).toEqual({ ...before, repeated: true });
    expect(await change(app, 'changeContactName', { contactId: ann, name: 'Ann Cooper' }, 'name')).toEqual({
      name: 'Ann Cooper',
    });
  });

  test('with other content is refused', async () => {
    await change(app, 'registerContact', registered);
    expect(await refusal(app, 'registerContact', { ...registered, name: 'Cleo' })).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
      path: 'input.change.idempotencyKey',
    });
  });

  test('with other circumstances is refused too', async () => {
    await change(app, 'registerContact', registered);
    const backdated = { name: 'Bob', change: { idempotencyKey: 'form-1', effectiveOn: '2026-01' } };
    expect(await refusal(app, 'registerContact', backdated)).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });

  test('makes the same placement and the same move again', async () => {
    const start = { contactId: ann, accountId: acme, change: { idempotencyKey: 'start-1' } };
    const started = await send(app, 'startPlacement', start, 'placements { id }');
    expect(await send(app, 'startPlacement', start, 'placements { id }')).toEqual({
      ...started,
      repeated: true,
    });
    const [placement] = started.contact!['placements'] as { id: string }[];
    const move = {
      contactId: ann,
      placementId: placement!.id,
      accountId: acme,
      title: 'Director',
      change: { idempotencyKey: 'move-1', effectiveOn: '2026-03-01' },
    };
    const moved = await send(app, 'movePlacement', move, 'placements { id }');
    expect(moved.contact!['placements']).toHaveLength(2);
    expect(await send(app, 'movePlacement', move, 'placements { id }')).toEqual({ ...moved, repeated: true });
  });

  test('that is empty is a mistake', async () => {
    const { extensions } = await mistake(app, 'registerContact', {
      name: 'Bob',
      change: { idempotencyKey: '' },
    });
    expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: 'input.change.idempotencyKey' });
  });
});

describe('an expected version', () => {
  test('that is the one the answer told of is accepted', async () => {
    const { version } = await send(app, 'changeContactName', { contactId: ann, name: 'Ann Baker' });
    const next = { contactId: ann, name: 'Ann Cooper', change: { expectedVersion: version } };
    expect(await send(app, 'changeContactName', next)).toMatchObject({
      version: version! + 1,
      rejection: null,
    });
  });

  test('that is stale is refused, and the message says which it is now', async () => {
    await change(app, 'changeContactName', { contactId: ann, name: 'Ann Baker' });
    const stale = { contactId: ann, name: 'Ann Cooper', change: { expectedVersion: 1 } };
    const { code, path, message } = await refusal(app, 'changeContactName', stale);
    expect([code, path]).toEqual(['VERSION_MISMATCH', 'input.change.expectedVersion']);
    expect(message).toContain('is at 2');
  });

  test('below zero is a mistake', async () => {
    const { extensions } = await mistake(app, 'changeContactName', {
      contactId: ann,
      name: 'Ann',
      change: { expectedVersion: -1 },
    });
    expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: 'input.change.expectedVersion' });
  });
});

describe('times', () => {
  test('what was learned earlier than it was entered keeps that moment, with any offset', async () => {
    const learnedAt = '2026-01-01T00:00:00Z';
    await change(app, 'registerContact', { contactId: bob, name: 'Ann Archer', change: { learnedAt } });
    await change(app, 'changeContactName', {
      contactId: bob,
      name: 'Ann Baker',
      change: { learnedAt: '2026-02-01T10:00:00+01:00', effectiveOn: '2026-01~' },
    });
    expect(await lastEvent(`contact-${bob}`)).toMatchObject({
      learnedAtMs: Date.UTC(2026, 1, 1, 9),
      effectiveOn: '2026-01~',
      recordedAtMs: nowMs,
    });
  });

  test('what was not known yet when something else was learned cannot have been changed then', async () => {
    const input = { contactId: ann, name: 'Ann', change: { learnedAt: '2026-02-01T00:00:00Z' } };
    expect(await refusal(app, 'changeContactName', input)).toMatchObject({ code: 'CONTACT_UNKNOWN' });
  });

  test('what is learned in the future is refused', async () => {
    const input = { contactId: ann, name: 'Ann', change: { learnedAt: '2026-03-14T12:05:00.001Z' } };
    expect(await refusal(app, 'changeContactName', input)).toMatchObject({
      code: 'LEARNED_IN_FUTURE',
      path: 'input.change.learnedAt',
    });
    const justInTime = { ...input, change: { learnedAt: '2026-03-14T12:05:00Z' } };
    expect((await send(app, 'changeContactName', justInTime)).rejection).toBeNull();
  });

  test('a date that is none is a mistake, and the message says what would be right', async () => {
    const { message, extensions } = await mistake(app, 'changeContactName', {
      contactId: ann,
      name: 'Ann',
      change: { effectiveOn: '14.03.2026' },
    });
    expect(extensions['code']).toBe('BAD_USER_INPUT');
    expect(message).toContain('input.change.effectiveOn');
    expect(message).toContain('as in 2026-03-14');
  });

  test('a moment without an offset is a mistake', async () => {
    const { extensions } = await mistake(app, 'changeContactName', {
      contactId: ann,
      name: 'Ann',
      change: { learnedAt: '2026-03-14T12:00:00' },
    });
    expect(extensions['code']).toBe('BAD_USER_INPUT');
  });
});

describe('reason, evidence and who', () => {
  test('all that a change carries is stored, texts apart from what is in the clear', async () => {
    const [eventId, causationId, correlationId] = [newId(), newId(), newId()];
    await change(app, 'changeContactName', {
      contactId: ann,
      name: 'Ann Baker',
      change: {
        reasonCode: 'married',
        reasonText: 'She told us.',
        evidence: [
          { kind: 'reply', eventId, text: 'I am Ann Baker now' },
          { kind: 'document', digest: 'ab'.repeat(32) },
        ],
        onBehalfOf: 'csm-7',
        causationId,
        correlationId,
      },
    });
    const event = await lastEvent(`contact-${ann}`);
    expect(event).toMatchObject({
      actor: { kind: 'person', onBehalfOf: 'csm-7' },
      source: 'api',
      reasonCode: 'married',
      evidence: [
        { kind: 'reply', eventId },
        { kind: 'document', digest: 'ab'.repeat(32) },
      ],
      causationId,
      correlationId,
      personal: {
        name: 'Ann Baker',
        reasonText: 'She told us.',
        evidenceTexts: ['I am Ann Baker now', ''],
      },
    });
    const [stored] = (await app.store.read(`contact-${ann}`)).slice(-1);
    expect(JSON.stringify({ ...stored, boxes: [] })).not.toContain('Baker');
  });

  test('null in a change is the same as leaving the field out', async () => {
    const nothing = {
      reasonCode: null,
      effectiveOn: null,
      learnedAt: null,
      evidence: null,
      idempotencyKey: null,
    };
    await change(app, 'changeContactName', { contactId: ann, name: 'Ann Baker', change: nothing });
    const event = await lastEvent(`contact-${ann}`);
    expect(event.learnedAtMs).toBe(nowMs);
    expect(event).not.toHaveProperty('effectiveOn');
    expect(event).not.toHaveProperty('reasonCode');
    await change(app, 'changeContactName', { contactId: ann, name: 'Ann Cooper', change: null });
  });

  test.each([
    ['reasonCode', 'Left the company', 'input.change.reasonCode'],
    ['evidence', [{ kind: 'reply' }, { kind: 'A Bounce' }], 'input.change.evidence.1.kind'],
    ['evidence', [{ kind: 'document', digest: 'secret text' }], 'input.change.evidence.0.digest'],
    ['onBehalfOf', 'Carla Smith', 'input.change.onBehalfOf'],
    ['correlationId', 'ticket of Ann', 'input.change.correlationId'],
  ])('a wrong %s is a mistake whose message does not repeat it', async (field, value, path) => {
    const { message, extensions } = await mistake(app, 'changeContactName', {
      contactId: ann,
      name: 'Ann',
      change: { [field]: value },
    });
    expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', path });
    for (const word of ['Left', 'Bounce', 'secret', 'Carla', 'ticket']) expect(message).not.toContain(word);
  });

  test('all mistakes are told at once', async () => {
    const { message, extensions } = await mistake(app, 'registerContact', {
      name: '',
      owner: 'Carla Smith',
      location: { country: 'Germany' },
    });
    const problems = extensions['problems'] as { path: string }[];
    expect(problems.map(({ path }) => path)).toEqual(['input.name', 'input.location.country', 'input.owner']);
    expect(message).toContain('is an ISO 3166-1 alpha-2 code such as DE');
    expect(message).not.toContain('Germany');
  });
});

describe('a proposed change', () => {
  test('that cannot be one is refused', async () => {
    const change = { proposeBecause: 'single_source' };
    expect(
      await refusal(app, 'changeAccountName', { accountId: acme, name: 'Acme AG', change }),
    ).toMatchObject({
      code: 'PROPOSAL_UNSUITABLE',
      path: 'input.change.proposeBecause',
    });
  });
});

describe('faults', () => {
  function failing(code: EventStoreFailureCode): Application {
    const submit = () => Promise.reject(new EventStoreFailure(code, `disk /secret/path: ${code}`));
    return { ...app, ledger: { ...app.ledger, submit } };
  }

  test.each(['STORE_FULL', 'EVENT_TOO_LARGE'] as const)(
    '%s reaches the client with its code, and without the words of the store',
    async (code) => {
      const { message, extensions } = await mistake(failing(code), 'registerContact', { name: 'Bob' });
      expect(extensions['code']).toBe(code);
      expect(message).toContain('Nothing was written');
      expect(message).not.toContain('secret');
    },
  );

  async function onDisk(faults: unknown[]): Promise<Application> {
    const folder = mkdtempSync(join(tmpdir(), 'contact-ledger-'));
    const opened = await openApplication({
      dataDirectory: folder,
      masterKey: Buffer.alloc(32, 1),
      clock: app.clock,
      timeZone: 'UTC',
      create: true,
      onFault: (fault) => faults.push(fault),
    });
    onTestFinished(async () => {
      await opened.close();
      rmSync(folder, { recursive: true });
    });
    return opened;
  }

  test('what is stored, but can no longer be shown, is said to be stored', async () => {
    const faults: unknown[] = [];
    const full = await onDisk(faults);
    await change(full, 'registerContact', { contactId: ann, name: 'Ann Archer' });
    // As a full disk would.
    full.readModels.database.database.exec('PRAGMA max_page_count = 1');
    const bobs = { contactId: bob, name: 'Bob Baker '.repeat(90), change: { idempotencyKey: 'once' } };
    const text =
      'mutation ($input: RegisterContactInput!) { registerContact(input: $input) { contact { name } } }';
    for (const _ of ['first', 'again']) {
      const { errors } = await ask(full, text, { input: bobs });
      expect(errors).toMatchObject([
        {
          message: expect.stringContaining('The change is stored'),
          extensions: { code: 'READ_MODELS_STOPPED' },
        },
      ]);
    }
    expect(faults).toMatchObject([{ code: 'ERR_SQLITE_ERROR' }]);
    expect(await full.store.read(`contact-${bob}`)).toHaveLength(1);
  });

  test('what is stored, but can no longer be shown, is what the next change is decided on', async () => {
    const full = await onDisk([]);
    for (const contactId of [ann, bob]) await change(full, 'registerContact', { contactId, name: 'Ann' });
    await change(full, 'registerAccount', { accountId: acme, name: 'Acme' });
    await change(full, 'startPlacement', { contactId: ann, placementId: job, accountId: acme });
    full.readModels.database.database.exec('PRAGMA query_only = 1');
    const merging = tell(full, { type: 'MergeContacts', contactId: ann, intoId: bob, carried: [job] });
    await expect(merging).rejects.toMatchObject({ code: 'READ_MODELS_STOPPED' });
    const ending = tell(full, { type: 'EndPlacement', contactId: bob, placementId: job });
    await expect(ending).rejects.toMatchObject({ code: 'READ_MODELS_STOPPED' });
  });

  test('what is stored, while the keys that show it are away, is said to be stored', async () => {
    const away = await openTestApplication({ compares: false });
    onTestFinished(() => away.close());
    away.readModels.applied = async () => {
      throw new KeyStoreFailure('KEYS_UNAVAILABLE', 'The keys are away.');
    };
    const telling = tell(away, { type: 'RegisterContact', contactId: ann, name: 'Ann' });
    await expect(telling).rejects.toMatchObject({ code: 'READ_MODELS_STOPPED' });
    expect(await away.store.version(`contact-${ann}`)).toBe(1);
  });

  test('any other is left for the server to mask', async () => {
    const { extensions } = await mistake(failing('LEDGER_DAMAGED'), 'registerContact', { name: 'Bob' });
    expect(extensions).toEqual({});
  });

  test('of one mutation leave the answers of the others in the operation', async () => {
    const { data, errors } = await ask(
      app,
      `mutation ($contactId: ID!) {
        first: changeContactName(input: { contactId: $contactId, name: "Ann Butler" }) { contact { name } }
        mistaken: changeContactName(input: { contactId: $contactId, name: "" }) { contact { name } }
        batch: executeCommands(commands: []) { position }
        gate: undoRemovalGate(day: "2026-03", reasonCode: "server_was_down") { undone }
        erasure: eraseContact(input: {
          contactId: "nobody", legalBasis: OBJECTION, requester: DATA_SUBJECT
        }) { receipt { erasureId } }
        last: changeContactOwner(input: { contactId: $contactId, owner: "grace" }) { contact { name owner } }
      }`,
      { contactId: ann },
    );
    expect(data).toEqual({
      first: { contact: { name: 'Ann Butler' } },
      mistaken: null,
      batch: null,
      gate: null,
      erasure: null,
      last: { contact: { name: 'Ann Butler', owner: 'grace' } },
    });
    expect(errors!.map(({ path, extensions }) => [path, extensions['code']])).toEqual(
      ['mistaken', 'batch', 'gate', 'erasure'].map((name) => [[name], 'BAD_USER_INPUT']),
    );
  });
});
