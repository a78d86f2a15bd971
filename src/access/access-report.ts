// All that is held of a person: every value with its source and dates, every event, who received it and who looked.

import { type ExportRecord, findExportsOf, type Look, listLooks } from '../../projections/access.ts';
import { findAccount } from '../../projections/accounts.ts';
import { personOf } from '../../projections/identities.ts';
import type { Application } from '../application.ts';
import type { ContactBelief } from '../contact/belief.ts';
import { describeChanges } from '../contact/changes.ts';
import type { Actor } from '../envelope.ts';
import { readStreams, readStreamsOf, turnoverStreamsOf } from '../erasure/person.ts';
import type { ErasureReceipt } from '../erasure/receipt.ts';
import type { LedgerEvent } from '../ledger-events.ts';
import { subjectOf } from '../ledger-events.ts';
import { formatInstant } from '../time/instant.ts';
import { latest } from '../timeline.ts';
import { type BelievedValue, believedValues, type ToldChanges } from './believed-values.ts';
import type { CardSource } from './jscontact.ts';

/** A value that is or was believed, and where it comes from. */
export interface ReportedValue {
  contactId: string;
  field: string;
  /** Kind of a phone, name of an attribute, account of a placement. */
  label: string | null;
  value: unknown;
  /** EDTF; null = not known, or from the beginning. */
  since: string | null;
  learnedAtMs: number;
  recordedAtMs: number | null;
  source: string | null;
  actor: string | null;
  eventId: string;
}

/** An event as it was stored, opened. `content` is null where its values were erased. */
export interface ReportedEvent {
  eventId: string;
  /** The contact, or the turnover that its leaving opened. */
  subjectId: string;
  type: string;
  effectiveOn: string | null;
  learnedAtMs: number;
  recordedAtMs: number;
  position: number;
  source: string;
  actor: Actor;
  reasonCode: string | null;
  data: object;
  content: object | null;
}

export interface AccessReport {
  ledgerId: string;
  position: number;
  generatedAtMs: number;
  /** All ids of the person, the one asked for first. */
  contactIds: string[];
  /** The contact that is shown for the person. */
  card: CardSource | null;
  values: ReportedValue[];
  events: ReportedEvent[];
  exports: ExportRecord[];
  looks: Look[];
  erasure: ErasureReceipt | null;
}

const looksMax = 10_000;

/** Null where the ledger has no such contact. The report itself is a look: who asks for it records that. */
export async function accessReport(app: Application, contactId: string): Promise<AccessReport | null> {
  const { store, sealing, readModels, clock, ledgerId } = app;
  if ((await store.version(`contact-${contactId}`)) === 0) return null;
  await readModels.applied(await store.head());
  const contactIds = await personOf(readModels, contactId);
  const streams = [
    ...(await readStreamsOf(store, contactIds)),
    ...(await readStreams(store, turnoverStreamsOf(readModels, contactIds))),
  ];
  const events: LedgerEvent[] = [];
  for (const stream of streams) events.push(...(await sealing.open(stream.events)));
  events.sort((a, b) => a.position - b.position);
  const byId = new Map(events.map((event) => [event.id, event]));
  const beliefs: ContactBelief[] = [];
  const values: ReportedValue[] = [];
  for (const id of contactIds) {
    const told: ToldChanges[] = [];
    const belief = await readModels.beliefs.contact(id, {}, (event, before, after) =>
      told.push({ event, changes: describeChanges(before, after) }),
    );
    if (!belief) continue;
    beliefs.push(belief);
    values.push(...believedValues(belief, told).map((value) => reportedValue(id, value, byId)));
  }
  const { database } = readModels;
  return {
    ledgerId,
    position: database.checkpoint,
    generatedAtMs: clock.nowMs(),
    contactIds,
    card: cardOf(app, beliefs),
    values,
    events: events.map(reportedEvent),
    exports: findExportsOf(database, contactIds, events[0]?.position ?? 0),
    looks: listLooks(database, { subjectIds: contactIds }, looksMax),
    erasure: await app.erasures.receipt(contactId),
  };
}

function cardOf({ readModels, timeZone }: Application, beliefs: readonly ContactBelief[]): CardSource | null {
  const belief = beliefs.find(({ mergedInto }) => !mergedInto) ?? beliefs[0];
  if (!belief) return null;
  const accountNames: Record<string, string> = {};
  for (const { accountId } of belief.placements) {
    const account = findAccount(readModels.database, accountId);
    const name = account && latest(account.name);
    if (name) accountNames[accountId] = name;
  }
  return { belief, accountNames, timeZone };
}

function reportedValue(
  contactId: string,
  { field, label, value, since, learnedAtMs, eventId }: BelievedValue,
  events: ReadonlyMap<string, LedgerEvent>,
): ReportedValue {
  // A value that a merge brought along comes from an event of the merged contact, which is there too.
  const event = events.get(eventId);
  return {
    contactId,
    field,
    label,
    value,
    since,
    learnedAtMs,
    recordedAtMs: event?.recordedAtMs ?? null,
    source: event?.source ?? null,
    actor: event?.actor.id ?? null,
    eventId,
  };
}

function reportedEvent(event: LedgerEvent): ReportedEvent {
  const { id, stream, type, learnedAtMs, recordedAtMs, position, source, actor, data, personal } = event;
  return {
    eventId: id,
    subjectId: subjectOf(stream),
    type,
    effectiveOn: event.effectiveOn ?? null,
    learnedAtMs,
    recordedAtMs,
    position,
    source,
    actor,
    reasonCode: event.reasonCode ?? null,
    data,
    content: personal,
  };
}

/** The report as JSON carries it: every instant as RFC 3339, under a name without its unit. */
export function reportJson({ card: _, ...report }: AccessReport): object {
  return withInstants(report) as object;
}

function withInstants(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withInstants);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      key.endsWith('Ms')
        ? [key.slice(0, -2), typeof inner === 'number' ? formatInstant(inner) : inner]
        : [key, withInstants(inner)],
    ),
  );
}
