// contact-ledger token: makes, lists and revokes the API tokens of a ledger.

import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type AccessFile, type ApiToken, openAccessFile } from '../auth/access-file.ts';
import { allRoles, type Role } from '../auth/roles.ts';
import type { ActorKind } from '../envelope.ts';
import { zSubject } from '../event-contract.ts';
import { systemClock } from '../time/clock.ts';
import { dayMs } from '../time/day.ts';
import { accessFileName, configOf, print, wholeNumber } from './terminal.ts';

const kinds: ActorKind[] = ['person', 'integration', 'system'];

interface CreateOptions {
  subject: string;
  role: Role[];
  kind: ActorKind;
  team?: string;
  days: number;
}

export function defineToken(program: Command): void {
  const token = program
    .command('token')
    .description(
      'make, list and revoke API tokens; from the first one on, the API answers nobody without a token',
    );
  token
    .command('create')
    .description('make a token and print it, once: only its hash is kept')
    .requiredOption('--subject <subject>', 'who it is for, as changes made with it are recorded', subject)
    .addOption(
      new Option('--role <role...>', 'what it may do, see docs/access.md')
        .choices(allRoles)
        .makeOptionMandatory(),
    )
    .addOption(new Option('--kind <kind>', 'what kind of actor it is').choices(kinds).default('integration'))
    .option('--team <team>', 'its team, as changes are recorded', teamName)
    .option('--days <days>', 'how long it is good, 1 to 366 days', wholeNumber(1, 366), 90)
    .addHelpText(
      'after',
      '\nExample:\n  contact-ledger token create --subject crm-sync --role integration > crm.token',
    )
    .action((options: CreateOptions, command: Command) => create(options, command));
  token
    .command('list')
    .description('list all tokens, the newest first; never the tokens themselves')
    .action((_, command: Command) => list(command));
  token
    .command('revoke')
    .description('make a token useless at once, also for a server that runs')
    .argument('<id>', 'id of the token, as list shows it')
    .action((id: string, _, command: Command) => revoke(id, command));
}

function create({ subject: id, role, kind, team, days }: CreateOptions, command: Command): void {
  withTokens(command, (tokens, isJson) => {
    const nowMs = systemClock.nowMs();
    const actor = { id, kind, ...(team !== undefined && { team }) };
    const { token, ...made } = tokens.create(
      { actor, roles: role, expiresAtMs: nowMs + days * dayMs },
      nowMs,
    );
    if (isJson) return print(JSON.stringify({ token, ...shown(made) }));
    // The token alone on standard output, so that it can go straight into a file.
    print(token);
    process.stderr.write(
      `${made.id} for ${id} (${role.join(', ')}), good until ${isoOf(made.expiresAtMs)}. Keep it: it is not shown again.\n`,
    );
  });
}

function list(command: Command): void {
  withTokens(command, (tokens, isJson) => {
    const nowMs = systemClock.nowMs();
    const all = tokens.list();
    if (isJson)
      return print(JSON.stringify(all.map((token) => ({ ...shown(token), state: stateOf(token, nowMs) }))));
    if (all.length === 0) return print('There are no tokens.');
    for (const token of all)
      print(
        [
          token.id,
          stateOf(token, nowMs),
          isoOf(token.expiresAtMs),
          token.actor.id,
          token.roles.join(','),
        ].join('  '),
      );
  });
}

function revoke(id: string, command: Command): void {
  withTokens(command, (tokens, isJson) => {
    const revoked = tokens.revoke(id, systemClock.nowMs());
    print(isJson ? JSON.stringify(shown(revoked)) : `Revoked ${revoked.id} of ${revoked.actor.id}.`);
  });
}

function withTokens(command: Command, work: (tokens: AccessFile, isJson: boolean) => void): void {
  const { dataDirectory, json } = configOf(command);
  const tokens = openAccessFile(join(dataDirectory, accessFileName));
  try {
    work(tokens, json);
  } finally {
    tokens.close();
  }
}

function shown({ id, actor, roles: granted, createdAtMs, expiresAtMs, revokedAtMs }: ApiToken): object {
  return {
    id,
    subject: actor.id,
    kind: actor.kind,
    team: actor.team ?? null,
    roles: granted,
    createdAt: isoOf(createdAtMs),
    expiresAt: isoOf(expiresAtMs),
    revokedAt: revokedAtMs === null ? null : isoOf(revokedAtMs),
  };
}

function stateOf({ revokedAtMs, expiresAtMs }: ApiToken, nowMs: number): 'active' | 'revoked' | 'expired' {
  if (revokedAtMs !== null) return 'revoked';
  return expiresAtMs <= nowMs ? 'expired' : 'active';
}

const isoOf = (ms: number): string => new Date(ms).toISOString();

function subject(text: string): string {
  if (zSubject.safeParse(text).success) return text;
  throw new InvalidArgumentError('It is letters, digits and . _ @ : + -, at most 128.');
}

function teamName(text: string): string {
  if (/^[^\p{C}]{1,128}$/u.test(text)) return text;
  throw new InvalidArgumentError('It is a name of at most 128 characters.');
}
