// Commands that meet on one contact: one waits for what another has on its way to the store or to the read models.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Command, CommandContext } from '../src/command.ts';
import { createErasedPeople } from '../src/erasure/erased-people.ts';
import type { EventStore } from '../src/event-store/port.ts';
import { createLedger, type Ledger } from '../src/ledger.ts';
import { openTestApplication, type TestApplication, tell, testActor } from './support/app-in-memory.ts';
import { at } from './support/ids.ts';

const contactId = '00000000-0000-8000-8000-000000000001';
const accountId = '00000000-0000-8000-8000-000000000002';
const placementId = '00000000-0000-8000-8000-000000000003';

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication();
  await tell(app, { type: 'RegisterContact', contactId, name: 'Ada' }, { learnedOn: '2026-01-01' });
});
afterEach(() => app.close());

const context = (more: Partial<CommandContext> = {}): CommandContext => ({
  actor: testActor,
  source: 'test',
  by: 'person',
  ...more,
});
const named = (name: string): Command => ({ type: 'ChangeContactName', contactId, name });

interface Gate {
  ledger: Ledger;
  /** Lets the append that waits fail, or go on. */
  fail(): void;
  open(): void;
}

/** A ledger on the same store whose appends wait to be told how they end. */
async function ledgerBehindGate(): Promise<Gate> {
  let told = Promise.withResolvers<void>();
  const store: EventStore = {
    ...app.store,
    async append(...appended) {
      await told.promise;
      return app.store.append(...appended);
    },
  };
  const { sealing, clock, readModels } = app;
  const ledger = createLedger({
    erased: createErasedPeople(Buffer.alloc(32)),
    store,
    sealing,
    clock,
    salt: app.keyStore.salt,
    head: await app.store.head(),
    applied: (position) => readModels.applied(position),
    holdersOf: () => [],
    mergesOf: (category, id) => readModels.beliefs.mergesOf(category, id),
    links: { note: () => {}, survivorsOf: () => [], cycleOf: () => [] },
  });
  return {
    ledger,
    fail() {
      told.reject(new Error('full'));
      told = Promise.withResolvers();
    },
    open: () => told.resolve(),
  };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('a command that needs the whole history', () => {
  it('goes on while the last command is durable and not yet visible', async () => {
    const { eventIds } = await tell(app, named('Bea'), { learnedOn: '2026-02-01' });
    const head = await app.store.head();
    const change = app.ledger.execute(named('Cleo'), context());
    while ((await app.store.head()) === head) await turns(1);
    const revert = app.ledger.execute(
      { type: 'RevertContactChanges', contactId, eventIds: [...eventIds] },
      context(),
    );
    expect(await Promise.all([change, revert])).toMatchObject([{ ok: true }, { ok: true }]);
  });
});

describe('two commands at once', () => {
  it('are both taken where the second one becomes a late arrival while it waits', async () => {
    const results = await Promise.all([
      app.ledger.execute(named('Bea'), context({ learnedAtMs: at('2026-06-01T00:00:00Z') })),
      app.ledger.execute(named('Cleo'), context({ learnedAtMs: at('2026-04-01T00:00:00Z') })),
    ]);
    expect(results).toMatchObject([{ ok: true }, { ok: true }]);
  });

  it('fail both where the second one only repeats what the first one could not write', async () => {
    const { ledger, fail } = await ledgerBehindGate();
    const first = ledger.execute(named('Bea'), context());
    const second = ledger.execute(named('Bea'), context());
    const outcomes = Promise.allSettled([first, second]);
    await turns(5);
    fail();
    await turns(5);
    fail();
    expect(await outcomes).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
  });

  it('leave no placement at an account whose registration could not be written', async () => {
    const { ledger, fail, open } = await ledgerBehindGate();
    const registered = ledger.execute({ type: 'RegisterAccount', accountId, name: 'Acme' }, context());
    const outcome = registered.catch(() => 'failed');
    await turns(5);
    const placed = ledger.execute({ type: 'StartPlacement', contactId, placementId, accountId }, context());
    await turns(5);
    fail();
    open();
    expect(await outcome).toBe('failed');
    expect(await placed).toMatchObject({ ok: false, rejected: 'ACCOUNT_UNKNOWN' });
  });
});

describe('a removal', () => {
  it('names as the last state what it was decided on, also what is still on its way to the store', async () => {
    const change = app.ledger.execute(named('Bea'), context());
    const removal = app.ledger.execute({ type: 'RemoveContact', contactId }, context({ reasonCode: 'left' }));
    await Promise.all([change, removal]);
    const stored = (await app.store.read(`contact-${contactId}`)).at(-1)!;
    expect(stored).toMatchObject({ type: 'ContactRemoved', version: 3, data: { lastState: 2 } });
  });
});

describe('a command that changes nothing', () => {
  it('is answered once what it agrees with is visible', async () => {
    const change = app.ledger.execute(named('Bea'), context());
    const { position } = (await app.ledger.execute(named('Bea'), context())) as { position: number };
    expect(app.readModels.database.checkpoint).toBeGreaterThanOrEqual(position);
    expect(await change).toMatchObject({ ok: true, position });
  });
});

describe('a role of an account team', () => {
  it('may be named like a property that every object has', async () => {
    await tell(app, { type: 'RegisterAccount', accountId, name: 'Acme' });
    const role = (member: string | null): Command => ({
      type: 'ChangeAccountTeam',
      accountId,
      teamRole: 'constructor',
      member,
    });
    expect(await app.ledger.execute(role(null), context())).toMatchObject({ ok: true, eventIds: [] });
    expect(await app.ledger.execute(role('user-7'), context())).toMatchObject({ ok: true, repeated: false });
  });
});
