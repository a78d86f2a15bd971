// What a rebuild leaves sealed: no read model says otherwise for it, shown on a stored example of every type of event.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { projections } from '../../projections/index.ts';
import { eventContracts, type LedgerEvent } from '../../src/ledger-events.ts';
import type { EventProjection } from '../../src/projector/projection.ts';
import { ann, eventIdOf, firstMs } from '../support/ids.ts';

const folder = new URL('../examples/', import.meta.url);
const byEvent = projections.filter((projection): projection is EventProjection => projection.by === 'event');

const events = Object.keys(eventContracts).flatMap((category) =>
  readdirSync(new URL(`${category}/`, folder)).map((file): LedgerEvent => {
    const example = JSON.parse(readFileSync(new URL(`${category}/${file}`, folder), 'utf8')) as object;
    const actor = { id: 'someone', kind: 'person' };
    const circumstances = { id: eventIdOf(1), position: 7, learnedAtMs: firstMs, actor, source: 'crm' };
    return { ...circumstances, ...example, stream: `${category}-${ann}` } as LedgerEvent;
  }),
);

test.each(byEvent)(
  'the rows of $name rest on the sealed part of no event that it does not ask to be opened',
  ({ opens, rows }) => {
    const types = new Set(events.map(({ type }) => type));
    expect(opens.filter((type) => !types.has(type as LedgerEvent['type']))).toEqual([]);
    for (const event of events) {
      if (opens.includes(event.type)) continue;
      expect(rows({ ...event, personal: null } as LedgerEvent), event.type).toEqual(rows(event));
    }
  },
);
