// Stored examples: one per event type and version, never edited. What was once written must be read for ever.
import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ContactBelief } from '../src/contact/belief.ts';
import type { ContactEvent } from '../src/contact/events.ts';
import type { EventContract } from '../src/event-contract.ts';
import { eventContracts, type LedgerEvent, type StreamCategory } from '../src/ledger-events.ts';
import { believeStream } from '../src/stream-belief.ts';
import { latest } from '../src/timeline.ts';
import { accountRegistered, contactRegistered, history, placementStarted } from './support/builders.ts';
import { acme, ann, eventIdOf, firstMs, hourMs } from './support/ids.ts';

interface Example {
  type: string;
  typeVersion: number;
  effectiveOn?: string;
  data: { claimed?: string; claim?: object; placementId?: string };
  personal: { claim?: object } | null;
}

const folder = new URL('examples/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json') && file !== 'checksums.json')
  .sort();
const examples = files.map((file) => {
  const [, category, type, version] = /^(\w+)\/(\w+)\.v(\d+)\.json$/.exec(file) ?? [];
  return { file, category, type, version: Number(version), example: JSON.parse(read(file)) as Example };
});

const tables: Record<string, Record<string, EventContract>> = eventContracts;

describe('the stored examples', () => {
  it('are one of every version of every event type, and of nothing else', () => {
    const expected = Object.entries(tables).flatMap(([category, table]) =>
      Object.entries(table).flatMap(([type, { version }]) =>
        Array.from({ length: version }, (_, index) => `${category}/${type}.v${index + 1}.json`),
      ),
    );
    expect(files).toEqual(expected.sort());
  });

  it('are never edited, only added', () => {
    const checksums = JSON.parse(read('checksums.json')) as Record<string, string>;
    const actual = Object.fromEntries(files.map((file) => [file, hash('sha256', read(file), 'hex')]));
    expect(
      actual,
      'An example shows an event as ledgers have stored it, so it is never changed or taken away: a `git diff` of one fails ' +
        'here. Put the file back (git checkout test/examples). If events shall look different, raise the version of the ' +
        'contract, add <EventType>.v<n+1>.json with its SHA-256 to test/examples/checksums.json, and read both.',
    ).toEqual(checksums);
  });

  it.each(examples)(
    '$file is what its name says and keeps its contract',
    ({ category, type, version, example }) => {
      expect([example.type, example.typeVersion]).toEqual([type, version]);
      const contract = tables[category!]![type!]!;
      expect(contract.clear.safeParse(example.data).error).toBeUndefined();
      expect(contract.sealed.safeParse(example.personal).error).toBeUndefined();
    },
  );

  const newest = examples.filter(
    ({ category, type, version }) => version === tables[category!]![type!]!.version,
  );
  it.each(newest)('$file says something of every field there is', ({ category, type, example }) => {
    const { clear, sealed } = tables[category!]![type!]!;
    const keysOf = (schema: unknown) => Object.keys((schema as { shape: object }).shape).sort();
    expect(Object.keys(example.data).sort()).toEqual(keysOf(clear));
    // What the ledger records of its own work is in the clear: imports, erasures, who looked.
    if (!['import', 'erasure', 'access'].includes(category!))
      expect(Object.keys(example.personal!).sort()).toEqual(keysOf(sealed));
  });

  it.each(examples.filter(({ example }) => example.data.claimed))(
    '$file carries a claim that keeps the contract of its own type',
    ({ category, example }) => {
      const contract = tables[category!]![example.data.claimed!]!;
      expect(contract.clear.safeParse(example.data.claim).error).toBeUndefined();
      expect(contract.sealed.safeParse(example.personal!.claim).error).toBeUndefined();
    },
  );

  it.each(examples)('$file folds, opened and erased', ({ category, example }) => {
    const { stream, known } = before(category as StreamCategory, example);
    for (const personal of [example.personal, null]) {
      const event = asEvent({ ...example, personal }, stream, known.length + 1);
      expect(() => believeStream(stream, [...known, event])).not.toThrow();
      expect(() => believeStream(stream, [event])).not.toThrow();
    }
  });

  it('mean what they say: the registration is believed as it stands', () => {
    const { example } = examples.find(({ file }) => file === 'contact/ContactRegistered.v1.json')!;
    const stream = `contact-${ann}`;
    const belief = believeStream(stream, [asEvent(example, stream, 1)]);
    const erased = believeStream(stream, [asEvent({ ...example, personal: null }, stream, 1)]);
    expect(latest((belief as ContactBelief).name)).toBe('Zoë O’Malley-Nguyễn');
    expect(erased).toMatchObject({
      emails: [{ id: expect.any(String) }],
      attributes: [{ name: null }, { name: null }],
    });
    expect(latest((erased as ContactBelief).name)).toBeNull();
  });
});

describe('a claim inside another event', () => {
  it('is refused where it does not keep the contract of the type that it names', () => {
    for (const type of ['ClaimConfirmed', 'ChangeProposed'] as const) {
      const { example } = examples.find(({ file }) => file === `contact/${type}.v1.json`)!;
      const broken = { ...example.data, claim: { ...example.data.claim, unheard: true } };
      const parsed = eventContracts.contact[type].clear.safeParse(broken);
      expect(parsed.error?.issues[0]?.path[0]).toBe('claim');
      const other = { ...example.data, claimed: 'PlacementEnded', claim: {} };
      expect(eventContracts.contact[type].clear.safeParse(other).success).toBe(false);
    }
  });
});

const opened = JSON.parse(read('turnover/TurnoverOpened.v1.json')) as Example;

/** What has to be known for the example to say something of it. */
function before(category: StreamCategory, example: Example): { stream: string; known: LedgerEvent[] } {
  if (category === 'account') return { stream: `account-${acme}`, known: history(accountRegistered()) };
  if (category === 'turnover')
    return { stream: `turnover-${ann}`, known: [asEvent(opened, `turnover-${ann}`, 1)] };
  if (category !== 'contact') return { stream: `${category}-${ann}`, known: [] };
  const placementId = example.data.placementId;
  const known = placementId
    ? history<ContactEvent>(contactRegistered(), placementStarted({ placementId }))
    : history(contactRegistered());
  return { stream: `contact-${ann}`, known };
}

const asEvent = (example: Example, stream: string, position: number): LedgerEvent =>
  ({
    ...example,
    id: eventIdOf(position),
    actor: { id: 'tester', kind: 'person' },
    stream,
    position,
    version: position,
    learnedAtMs: firstMs + position * hourMs,
    recordedAtMs: firstMs,
  }) as unknown as LedgerEvent;
