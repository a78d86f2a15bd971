// The receipt of an erasure: what was done, when, on what ground, what is kept and who else must act. No personal data.

import { type ExportRecord, findExportsById } from '../../projections/access.ts';
import type { ReadDatabase } from '../projector/read-database.ts';
import { dayMs } from '../time/day.ts';
import { formatInstant } from '../time/instant.ts';
import type { ErasureRecord } from './erasure-log.ts';
import type { ErasureOrdered } from './events.ts';
import { keptAfterErasure } from './plan.ts';

export interface ErasureReceipt {
  erasureId: string;
  contactIds: string[];
  legalBasis: string;
  requester: string;
  ticket: string | null;
  orderedBy: string;
  orderedAtMs: number;
  orderedAtPosition: number;
  /** Null while it is not finished: it goes on when the ledger is next opened, or when it is asked for again. */
  completedAtMs: number | null;
  /** Events whose content cannot be read any more. */
  events: number;
  keysDestroyed: number;
  /** Addresses and ids that an import cannot bring back. */
  suppressed: number;
  /** Exports that contained the person: who received them must be told (GDPR Art. 19). */
  exportsToNotify: ExportRecord[];
  kept: readonly { what: string; why: string }[];
  /** From then on no backup holds the data, as configured when the erasure was ordered. */
  backups: { days: number; clearFromMs: number };
  /** Copies of the ledger that have acknowledged: from that position on nothing of the person can be read there. */
  replicas: { name: string; position: number }[];
  /** Copies that have not: each does when it next runs. */
  awaited: string[];
}

/** All of it is in the log; once no copy's word is awaited, the same for ever. */
export function receiptOf(
  { order, completed, acknowledged, awaited }: ErasureRecord<ErasureOrdered>,
  database: ReadDatabase,
): ErasureReceipt {
  const { data, actor, learnedAtMs, position } = order;
  return {
    erasureId: data.erasureId,
    contactIds: data.contactIds,
    legalBasis: data.legalBasis,
    requester: data.requester,
    ticket: data.ticket ?? null,
    orderedBy: actor.id,
    orderedAtMs: learnedAtMs,
    orderedAtPosition: position,
    completedAtMs: completed?.learnedAtMs ?? null,
    events: data.events,
    keysDestroyed: data.keyIds.length,
    suppressed: data.suppressed.length,
    exportsToNotify: findExportsById(database, data.exportIds),
    kept: keptAfterErasure,
    backups: { days: data.backupDays, clearFromMs: learnedAtMs + data.backupDays * dayMs },
    replicas: acknowledged,
    awaited,
  };
}

/** The receipt as JSON carries it: instants as RFC 3339. */
export function receiptJson(receipt: ErasureReceipt): object {
  const { orderedAtMs, completedAtMs, exportsToNotify, backups, ...rest } = receipt;
  return {
    ...rest,
    orderedAt: formatInstant(orderedAtMs),
    completedAt: completedAtMs === null ? null : formatInstant(completedAtMs),
    exportsToNotify: exportsToNotify.map(({ atMs, ...made }) => ({ ...made, at: formatInstant(atMs) })),
    backups: { days: backups.days, clearFrom: formatInstant(backups.clearFromMs) },
  };
}

/** The receipt for people. */
export function receiptText(receipt: ErasureReceipt): string {
  const { completedAtMs, ticket, replicas, awaited, backups, exportsToNotify } = receipt;
  const replicaLines = replicas.map(({ name, position }) => `  ${name}, at position ${position}`);
  const exportLines = exportsToNotify.map(
    ({ exportId, scope, actor, atMs }) =>
      `  ${exportId}: ${scope === 'all' ? 'the whole ledger' : `one ${scope}`}, by ${actor} at ${formatInstant(atMs)}`,
  );
  return [
    `Receipt of erasure ${receipt.erasureId}`,
    '',
    `Person:       ${receipt.contactIds.join(', ')}`,
    `Legal basis:  ${receipt.legalBasis}, requested by: ${receipt.requester}${ticket === null ? '' : `, ticket ${ticket}`}`,
    `Ordered:      ${formatInstant(receipt.orderedAtMs)} by ${receipt.orderedBy}, position ${receipt.orderedAtPosition}`,
    `Completed:    ${completedAtMs === null ? 'not yet; it goes on when the ledger is next opened' : formatInstant(completedAtMs)}`,
    `Unreadable:   the content of ${receipt.events} events; ${receipt.keysDestroyed} keys destroyed`,
    `Suppressed:   ${receipt.suppressed} addresses and ids cannot come back by import`,
    `Backups:      hold nothing readable from ${formatInstant(backups.clearFromMs)} on (${backups.days} days)`,
    '',
    'Copies that have acknowledged:',
    ...(replicaLines.length > 0 ? replicaLines : ['  none yet']),
    ...awaited.map((name) => `  ${name}: not yet`),
    '',
    'Exports that contained the person; tell who received them:',
    ...(exportLines.length > 0 ? exportLines : ['  none']),
    '',
    'Kept:',
    ...receipt.kept.map(({ what, why }) => `  ${what}: ${why}`),
  ].join('\n');
}
