// Events of another ledger's export, taken back one by one: erased ones stay erased, and what came after them stays readable.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ContactBelief } from '../src/contact/belief.ts';
import type { LedgerEvent } from '../src/ledger-events.ts';
import { createLedgerStates } from '../src/ledger-state.ts';
import { noMerges } from '../src/merge.ts';
import { latest } from '../src/timeline.ts';
import { openTestApplication, type TestApplication, tell, testActor } from './support/app-in-memory.ts';
import { collectGarbage } from './support/collect-garbage.ts';
import { eventsOf } from './support/feed-in-memory.ts';
import { at } from './support/ids.ts';

const contactId = '00000000-0000-8000-8000-000000000001';
const stream = `contact-${contactId}`;
let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication();
});
afterEach(() => app.close());

/** An event as an export of another ledger says it; `version` is its place in the stream. */
function exported(version: number, about: Partial<LedgerEvent>): LedgerEvent {
  return {
    id: `00000000-0000-8000-8000-0000000000a${version}`,
    stream,
    version,
    position: version,
    typeVersion: 1,
    learnedAtMs: at('2026-01-01T00:00:00Z'),
    recordedAtMs: 0,
    actor: testActor,
    source: 'test',
    commandId: `00000000-0000-8000-8000-0000000000b${version}`,
    requestDigest: String(version),
    data: {},
    ...about,
  } as LedgerEvent;
}
const takeBack = async (event: LedgerEvent) =>
  expect(await (await app.ledger.restore(event)).done).toMatchObject({ ok: true });

it('keeps what was told before and after an erasure apart', async () => {
  await takeBack(exported(1, { type: 'ContactRegistered', personal: null }));
  await takeBack(exported(2, { type: 'ContactNameChanged', personal: { name: 'Ada' } }));
  await takeBack(exported(3, { type: 'ContactNameChanged', personal: null }));
  await takeBack(exported(4, { type: 'ContactNameChanged', personal: { name: 'Bea' } }));
  const boxes = (await app.store.read(stream)).map((event) => event.boxes[0]!.keyId);
  expect(boxes[2]).toBe(boxes[0]);
  expect(boxes[3]).toBe(boxes[1]);
  const keys = await app.keyStore.getMany(boxes);
  expect(boxes.map((keyId) => keys.get(keyId)?.state)).toEqual([
    'destroyed',
    'available',
    'destroyed',
    'available',
  ]);
});

it('orders events that were learned at the same moment as they come, whatever their place in the other ledger was', async () => {
  for (let number = 1; number <= 9; number++)
    await tell(app, {
      type: 'RegisterContact',
      contactId: `00000000-0000-8000-8000-00000000001${number}`,
      name: 'Somebody',
    });
  await takeBack(exported(1, { type: 'ContactRegistered', personal: { name: 'Ada' } }));
  const later = at('2026-02-01T00:00:00Z');
  await takeBack(
    exported(2, { type: 'ContactOwnerChanged', data: { owner: 'x' }, personal: {}, learnedAtMs: later }),
  );
  await takeBack(exported(3, { type: 'ContactNameChanged', personal: { name: 'Bea' } }));
  await takeBack(exported(4, { type: 'ContactNameChanged', personal: { name: 'Ada' } }));
  // Decided on the ledger's own state: the name is Ada already, so nothing is to do.
  const context = { actor: testActor, source: 'test', by: 'person' } as const;
  const rename = await app.ledger.execute({ type: 'ChangeContactName', contactId, name: 'Ada' }, context);
  expect(rename).toMatchObject({ ok: true, eventIds: [] });
  expect((await eventsOf(app)).at(-1)!.version).toBe(4);
});

it('does not keep a state that was dropped while it was read', async () => {
  await tell(app, { type: 'RegisterContact', contactId, name: 'Ada' });
  const states = createLedgerStates(app.store, app.sealing, async () => noMerges);
  const loading = states.load(stream);
  states.dropStream(stream);
  const stale = await loading;
  expect(states.isCurrent(stale)).toBe(false);
  const current = await states.load(stream);
  expect(states.isCurrent(current)).toBe(true);
  expect(latest((current.belief as ContactBelief).name)).toBe('Ada');
});

it('lets go of the events of a state that is dropped', async () => {
  await tell(app, { type: 'RegisterContact', contactId, name: 'Ada' });
  const states = createLedgerStates(app.store, app.sealing, async () => noMerges);
  async function loadAndDrop(): Promise<WeakRef<object>> {
    const state = await states.load(stream);
    await states.loadEvents(state);
    states.dropSettled();
    return new WeakRef(state);
  }
  const dropped = await loadAndDrop();
  await collectGarbage();
  expect(dropped.deref()).toBeUndefined();
});
