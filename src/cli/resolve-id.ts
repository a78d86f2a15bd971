// Ids on the command line, the ledger's own or SOURCE:ID as another system knows a contact or account; and what they are asked for.
import { Argument } from 'commander';
import { findAccount } from '../../projections/accounts.ts';
import { zPurpose } from '../access/events.ts';
import type { Application } from '../application.ts';
import { createSourceIds } from '../ingest/import-feed.ts';
import { latest } from '../timeline.ts';

export const subjectKinds = ['contact', 'account'] as const;
export type SubjectKind = (typeof subjectKinds)[number];

/** Ids of other systems are of contacts or of accounts: so a command that takes either is told which. */
export const kindArgument = () => new Argument('<kind>', 'of what').choices(subjectKinds);

export type ScopeCode = 'SCOPE_INVALID' | 'SCOPE_UNKNOWN' | 'PURPOSE_INVALID';

/** What was asked for does not exist or is said in a wrong way. */
export class ScopeRefused extends Error {
  readonly code: ScopeCode;
  constructor(code: ScopeCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Throws PURPOSE_INVALID for what must not be recorded as it stands. */
export function checkPurpose(purpose: string | undefined): void {
  if (purpose !== undefined && !zPurpose.safeParse(purpose).success)
    throw new ScopeRefused(
      'PURPOSE_INVALID',
      '--purpose is a code or reference without blanks or @, at most 64 characters.',
    );
}

/** The ledger's id. Throws SCOPE_UNKNOWN where it has no such contact or account. */
export async function resolveId(app: Application, kind: SubjectKind, given: string): Promise<string> {
  const colon = given.indexOf(':');
  const id =
    colon < 0
      ? given.toLowerCase()
      : createSourceIds(app)[kind](given.slice(0, colon), given.slice(colon + 1));
  const known = /^[0-9a-f-]{36}$/.test(id) && (await app.store.version(`${kind}-${id}`)) > 0;
  if (!known) throw scopeUnknown(kind);
  return id;
}

/** The same where a contact or an account may be meant; any other id of the ledger, such as a turnover's, as it is. */
export async function resolveSubject(app: Application, given: string): Promise<string> {
  if (!given.includes(':')) return given.toLowerCase();
  for (const kind of subjectKinds) {
    const found = await resolveId(app, kind, given).catch((fault: unknown) => {
      if (fault instanceof ScopeRefused) return undefined;
      throw fault;
    });
    if (found !== undefined) return found;
  }
  throw scopeUnknown('contact or account');
}

export function scopeUnknown(what: SubjectKind | 'contact or account'): ScopeRefused {
  return new ScopeRefused(
    'SCOPE_UNKNOWN',
    `The ledger has no ${what} with this id; contact-ledger find NAME tells ids.`,
  );
}

/** The name of an account, or its id where there is none to be read. */
export function accountNameOf({ readModels }: Application, id: string): string {
  const belief = findAccount(readModels.database, id);
  return (belief && latest(belief.name)) ?? `the account ${id}`;
}
