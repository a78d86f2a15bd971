// Words that explanations share: who did it, when, why and on what, in plain English.
import type { LedgerEvent } from '../ledger-events.ts';
import { dayInZone } from '../time/clock.ts';
import { isoFromDay } from '../time/day.ts';

/** `A`, `A and B`, `A, B and C`. */
export function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

export const quoted = (text: string) => `“${text}”`;
export const dayOf = (ms: number, timeZone: string) => isoFromDay(dayInZone(ms, timeZone));

export function counted(n: number, one: string): string {
  return `${n} ${n === 1 ? one : `${one}s`}`;
}

/** `by the policy removal_gate (version 2)`, `by csm-1 for max, from api`. */
export function byWhom({ actor, source, policy, personal }: LedgerEvent): string {
  if (policy) return `by the policy ${policy.name} (version ${policy.version})`;
  const { sourceActor } = (personal ?? {}) as { sourceActor?: string };
  const behalf = actor.onBehalfOf === undefined ? '' : ` for ${actor.onBehalfOf}`;
  const told = sourceActor === undefined ? '' : `, which names ${sourceActor}`;
  return `by ${actor.id}${behalf}, from ${source}${told}`;
}

/** ` because of hard_bounce (“…”)`; empty where no reason was given. */
export function because({ reasonCode, personal }: LedgerEvent): string {
  const { reasonText } = (personal ?? {}) as { reasonText?: string };
  if (reasonCode === undefined) return reasonText === undefined ? '' : ` because ${quoted(reasonText)}`;
  return ` because of ${reasonCode}${reasonText === undefined ? '' : ` (${quoted(reasonText)})`}`;
}

/** `on 2026-05-31 (learned on 2026-06-01)`. */
export function when({ effectiveOn, learnedAtMs }: LedgerEvent, timeZone: string): string {
  const learned = dayOf(learnedAtMs, timeZone);
  if (effectiveOn === undefined) return `on a day that nobody named (learned on ${learned})`;
  return effectiveOn === learned ? `on ${effectiveOn}` : `on ${effectiveOn} (learned on ${learned})`;
}

/** `a hard Bounced (5.1.1) of 2026-05-30 from mailgun`. */
export function evidenceInWords(event: LedgerEvent, timeZone: string): string {
  const { kind, status, reason } = event.data as { kind?: string; status?: string; reason?: string };
  const details = [status, reason].filter((part) => part !== undefined);
  const about = details.length > 0 ? ` (${details.join(', ')})` : '';
  return `${event.type}${kind ? `, ${kind}` : ''}${about}, of ${event.effectiveOn ?? dayOf(event.learnedAtMs, timeZone)} from ${event.source}`;
}
