// Rows about what auditors ask of a long log: the proof of one contact, and the trail by any one condition and a range of time.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { type AuditAxis, audit, auditAxes, listAudit } from '../../../projections/audit.ts';
import type { EventStore, StoredEvent } from '../../../src/event-store/port.ts';
import { openIntegrity } from '../../../src/integrity/integrity.ts';
import type { LedgerEvent } from '../../../src/ledger-events.ts';
import { openReadDatabase } from '../../../src/projector/read-database.ts';
import { type Row, spreadOf } from '../measure.ts';
import { sampleEvent, scratch } from './store.ts';

const eventsPerContact = 12;
const asked = 50;
const firstMs = Date.UTC(2016, 0, 1);
const everyMs = 30_000;

function uuidOf(name: string): string {
  return createHash('sha256')
    .update(name)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

/** A log that is made up as it is read: contact after contact, then the next event of each. */
function imaginedStore(events: number): { store: EventStore; contactIdAt(position: number): string } {
  const contacts = Math.ceil(events / eventsPerContact);
  const sample = sampleEvent();
  const contactIdAt = (position: number) => uuidOf(`contact ${(position - 1) % contacts}`);
  function eventAt(position: number): StoredEvent {
    return {
      ...sample,
      id: uuidOf(`event ${position}`),
      stream: `contact-${contactIdAt(position)}`,
      version: Math.floor((position - 1) / contacts) + 1,
      position,
      learnedAtMs: firstMs + position * everyMs,
      recordedAtMs: firstMs + position * everyMs,
    };
  }
  const contactNumbers = new Map<string, number>();
  function numberOf(stream: string): number | undefined {
    if (contactNumbers.size === 0)
      for (let position = 1; position <= contacts; position += Math.ceil(contacts / 1_000))
        contactNumbers.set(`contact-${contactIdAt(position)}`, position - 1);
    return contactNumbers.get(stream);
  }
  const notAsked = () => Promise.reject(new Error('Nothing is written to an imagined log.'));
  const store: EventStore = {
    append: notAsked,
    version: notAsked,
    head: async () => events,
    close: async () => undefined,
    async read(stream) {
      const number = numberOf(stream);
      const found: StoredEvent[] = [];
      if (number === undefined) return found;
      for (let position = number + 1; position <= events; position += contacts) found.push(eventAt(position));
      return found;
    },
    readPositions: async (positions) => positions.map(eventAt),
    async *readAll(after) {
      yield* pages(after);
    },
    async *subscribe(after, { signal }) {
      yield* pages(after);
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
  };
  function* pages(after: number): Generator<StoredEvent[]> {
    for (let from = after + 1; from <= events; from += 4_000)
      yield Array.from({ length: Math.min(4_000, events - from + 1) }, (_, index) => eventAt(from + index));
  }
  return { store, contactIdAt };
}

const proofRow: Row = {
  id: 'proof',
  what: 'proof of one contact of 12 events, signed checkpoint included',
  unit: 'ms',
  target: '≤ 20 ms at 10,000,000 events',
  largerIsBetter: false,
  async open(size) {
    const events = size.events * 10;
    const folder = scratch();
    const { store, contactIdAt } = imaginedStore(events);
    const { privateKey } = generateKeyPairSync('ed25519');
    const integrity = openIntegrity({
      path: folder.file('proofs.db'),
      store,
      ledgerId: uuidOf('ledger'),
      signingKey: () => privateKey,
      onFault: (fault) => {
        throw fault;
      },
    });
    // The tree is made before anything is measured.
    await integrity.checkpoint();
    const step = Math.ceil(Math.ceil(events / eventsPerContact) / 1_000);
    return {
      own: {
        name: `ledger, ${events.toLocaleString('en')} events`,
        async run() {
          const times: number[] = [];
          for (let turn = 0; turn < asked; turn++) {
            const contactId = contactIdAt(1 + step * Math.floor(Math.random() * 900));
            const startedMs = performance.now();
            const { streams } = await integrity.prove({ contactId, mergedIds: [] });
            times.push(performance.now() - startedMs);
            if (streams[0]!.count.count === 0) throw new Error('The contact has no events.');
          }
          return spreadOf(times).median;
        },
      },
      async close() {
        await integrity.close();
        folder.remove();
      },
    };
  },
};

const [actors, sources, types, reasons, policies] = [500, 8, 40, 30, 3];

/** As much of an event as the trail keeps. */
function auditedEvent(position: number): LedgerEvent {
  // Spread, yet the same in every run.
  const pick = (salt: number, count: number) => (Math.imul(position + salt, 2_654_435_761) >>> 8) % count;
  const learnedAtMs = firstMs + position * everyMs;
  return {
    position,
    learnedAtMs,
    effectiveOn: new Date(learnedAtMs - (position % 90) * 86_400_000).toISOString().slice(0, 10),
    actor: { id: `actor-${pick(1, actors)}`, kind: 'person' },
    source: `source-${pick(2, sources)}`,
    type: `Type${pick(3, types)}`,
    ...(position % 5 === 0 && { reasonCode: `reason-${pick(4, reasons)}` }),
    ...(position % 20 === 0 && { policy: { name: `policy-${pick(5, policies)}`, version: 1 } }),
  } as unknown as LedgerEvent;
}

const placeOn: Record<AuditAxis, (position: number) => number> = {
  recorded: (position) => position,
  learned: (position) => firstMs + position * everyMs,
  effective: (position) => Math.floor((firstMs + position * everyMs) / 86_400_000),
};

const trailRow: Row = {
  id: 'trail',
  what: 'slowest of 150 pages of the audit trail: one condition and a range of time, on each axis',
  unit: 'ms',
  target: '≤ 50 ms at 10,000,000 events',
  largerIsBetter: false,
  async open(size) {
    const events = size.events * 10;
    const folder = scratch();
    const settings = { timeZone: 'UTC' };
    const opened = openReadDatabase(folder.file('views.db'), [audit], settings, uuidOf('ledger'), {
      indexes: false,
    });
    const database = opened.readDatabase!;
    for (let from = 1; from <= events; from += 20_000) {
      const last = Math.min(events, from + 19_999);
      const rows = Array.from({ length: last - from + 1 }, (_, index) =>
        audit.rows(auditedEvent(from + index)),
      ).flat();
      database.write({ checkpoint: last, replace: [], rows });
    }
    database.createIndexes();
    const some = (name: string, count: number) => `${name}${Math.floor(Math.random() * count)}`;
    const conditions = [
      () => ({ actor: some('actor-', actors) }),
      () => ({ source: some('source-', sources) }),
      () => ({ type: some('Type', types) }),
      () => ({ reasonCode: some('reason-', reasons) }),
      () => ({ policy: some('policy-', policies) }),
    ];
    return {
      own: {
        name: `ledger, ${events.toLocaleString('en')} events`,
        async run() {
          const times: number[] = [];
          for (let turn = 0; turn < 10; turn++)
            for (const axis of auditAxes)
              for (const condition of conditions) {
                const from = Math.floor(Math.random() * events * 0.9);
                const place = placeOn[axis];
                const ranges = { [axis]: { from: place(from), before: place(from + events / 10) } };
                const startedMs = performance.now();
                listAudit(
                  database,
                  { ...condition(), ranges },
                  { axis, limit: 50, newestFirst: turn % 2 === 0 },
                );
                times.push(performance.now() - startedMs);
              }
          return spreadOf(times).max;
        },
      },
      async close() {
        database.close();
        folder.remove();
      },
    };
  },
};

export const auditRows: readonly Row[] = [proofRow, trailRow];
