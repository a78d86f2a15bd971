// Retention: how long each class of data is kept, whom that concerns now, and erasing what is kept too long.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import {
  findContactsRemovedBefore,
  findFormerContacts,
  findQuietSignals,
} from '../../projections/retention-candidates.ts';
import type { Application } from '../application.ts';
import { ConfigInvalid } from '../config.ts';
import type { Actor } from '../envelope.ts';
import { zCode } from '../event-contract.ts';
import { dayInZone } from '../time/clock.ts';

/** Class of data → what is kept, and what happens at the end. */
export const retentionClasses = {
  signals:
    'Activities, bounces and verifications of contacts of whom nothing was observed since: their contents become unreadable, the contact stays.',
  removed_contacts: 'Contacts that were removed from all views so long ago: erased.',
  former_contacts:
    'Contacts at no customer since, and of whom nothing was learned since, leads included: erased.',
} as const;
export type RetentionClass = keyof typeof retentionClasses;

const zRule = z.strictObject({
  class: z.enum(Object.keys(retentionClasses) as [RetentionClass, ...RetentionClass[]]),
  keepMonths: z.int().min(1).max(1200),
});
export type RetentionRule = z.infer<typeof zRule>;

/** Named and versioned: what was erased says by which version. */
export const zRetention = z.strictObject({
  name: zCode,
  version: z.int().min(1),
  rules: z
    .array(zRule)
    .min(1)
    .refine((rules) => new Set(rules.map((rule) => rule.class)).size === rules.length, 'names a class twice'),
});
export type RetentionDefinition = z.infer<typeof zRetention>;

/** Throws CONFIG_INVALID with what is wrong and where. */
export function readRetention(path: string): RetentionDefinition {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    throw new ConfigInvalid(`The retention file ${path} ${reason}.`);
  }
  const parsed = zRetention.safeParse(content);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path: at, message }) => `${at.map(String).join('.')}: ${message}`,
  );
  throw new ConfigInvalid(`The retention file ${path} is wrong at ${problems.join('; ')}`);
}

export interface RetentionCandidates extends RetentionRule {
  /** What is older than this moment is kept too long. */
  cutoffMs: number;
  contactIds: string[];
}

export const retentionLimitMax = 10_000;

/** Whom the rules concern now, at most `limit` contacts a rule. Changes nothing. */
export async function planRetention(
  { readModels, store, clock, timeZone }: Application,
  { rules }: RetentionDefinition,
  limit: number = retentionLimitMax,
): Promise<RetentionCandidates[]> {
  await readModels.applied(await store.head());
  return rules.map((rule) => {
    const cutoffMs = monthsBefore(clock.nowMs(), rule.keepMonths);
    const contactIds =
      rule.class === 'signals'
        ? findQuietSignals(readModels.database, cutoffMs, limit)
        : rule.class === 'removed_contacts'
          ? findContactsRemovedBefore(readModels.database, cutoffMs, limit)
          : findFormerContacts(readModels.database, cutoffMs, dayInZone(cutoffMs, timeZone), limit);
    return { ...rule, cutoffMs, contactIds };
  });
}

/** Carries the rules out and answers with what was done. People are erased as on request, each with a receipt. */
export async function applyRetention(
  app: Application,
  definition: RetentionDefinition,
  actor: Actor,
  limit: number = retentionLimitMax,
): Promise<RetentionCandidates[]> {
  const plan = await planRetention(app, definition, limit);
  const ticket = `${definition.name}:${definition.version}`;
  const people = plan.flatMap((rule) => (rule.class === 'signals' ? [] : rule.contactIds));
  const requests = [...new Set(people)].map((contactId) => ({
    contactId,
    legalBasis: 'retention_period' as const,
    requester: 'organisation' as const,
    ticket,
  }));
  if (requests.length > 0) await app.erasures.erase(requests, actor);
  const quiet = plan.find((rule) => rule.class === 'signals')?.contactIds ?? [];
  const left = quiet.filter((id) => !people.includes(id));
  if (left.length > 0) await app.erasures.eraseSignals(left, ticket, actor);
  return plan;
}

/** The same day so many months earlier, or the last of that month where it has no such day. */
function monthsBefore(ms: number, months: number): number {
  const date = new Date(ms);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() - months);
  const daysInMonth = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, daysInMonth));
  return date.getTime();
}
