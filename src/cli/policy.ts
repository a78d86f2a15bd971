// contact-ledger policy: lets a rule act once, shows what it would do, or takes back what it did.
import { Argument, type Command } from 'commander';
import type { Application } from '../application.ts';
import type { Config } from '../config.ts';
import { createRemovalGate } from '../policies/removal-gate.ts';
import { createTurnoverPolicy } from '../policies/turnover-policy.ts';
import { findRemovalCandidates, type RemovalCandidate, undoRemovals } from '../removal-candidates.ts';
import type { Day } from '../time/day.ts';
import { formatInstant } from '../time/instant.ts';
import { readCode } from './carry-out.ts';
import {
  configOf,
  count,
  createProgress,
  letPoliciesReact,
  openConfigured,
  print,
  readDay,
} from './terminal.ts';
import { definitionOf, planOf, turnoverRulesOf } from './turnover-rules.ts';
import { compareUnder, describeComparison } from './turnover-what-if.ts';

interface PolicyOptions {
  dryRun?: boolean;
  undo?: Day;
  definition?: string;
  plan?: string;
  reason?: string;
}

const candidatesMax = 100_000;

export function definePolicy(program: Command): void {
  program
    .command('policy')
    .description(
      'let a rule act once on all that the ledger holds, see what it would do, or take back what it did',
    )
    .addArgument(new Argument('<name>', 'which rule').choices(['removal-gate', 'turnover']))
    .option(
      '--dry-run',
      'write nothing: list each candidate with its evidence, or compare what would open with what is',
    )
    .option(
      '--definition <file|name>',
      'turnover --dry-run: key roles in place of those that apply (JSON file, or name[:version])',
    )
    .option(
      '--plan <file|name>',
      'turnover --dry-run: the plan in place of the one that applies (JSON file, or name[:version])',
    )
    .option('--undo <day>', 'removal-gate: take back what it removed for the bounces of this day', readDay)
    .option('--reason <code>', 'why it is taken back, as a code', readCode)
    .addHelpText('after', '\nThe lines hold ids, no names.')
    .action(async (name: string, options: PolicyOptions, command: Command) => {
      const config = configOf(command);
      const { dryRun, undo, reason, definition, plan } = options;
      if ((definition ?? plan) !== undefined && (name !== 'turnover' || !dryRun))
        command.error('error: --definition and --plan go with turnover --dry-run', { exitCode: 2 });
      if (undo !== undefined && name !== 'removal-gate')
        command.error('error: --undo goes with removal-gate', { exitCode: 2 });
      if (undo !== undefined && dryRun)
        command.error('error: --undo has no --dry-run; audit --policy removal_gate lists what it did', {
          exitCode: 2,
        });
      if ((undo === undefined) !== (reason === undefined))
        command.error('error: --undo needs a --reason, and --reason goes with --undo', { exitCode: 2 });
      const asked = whatIfOf(config, options);
      const progress = createProgress();
      const policy = name === 'turnover' ? createTurnoverPolicy() : createRemovalGate();
      const app = await openConfigured(config, { create: false, progress, policies: [policy] });
      try {
        const actor = { id: config.actor, kind: 'person' } as const;
        const result = dryRun
          ? name === 'turnover'
            ? await whatIf(app, asked)
            : await listCandidates(app)
          : undo !== undefined
            ? await takeBack(app, { day: undo, reasonCode: reason!, actor, source: 'terminal' })
            : await act(app, progress);
        progress.end();
        print(config.json ? JSON.stringify(result.data) : result.text);
      } finally {
        progress.end();
        await app.close();
      }
    });
}

type Asked = Parameters<typeof compareUnder>[1];

/** Read before the ledger is opened: a mistake in a file is told at once. */
function whatIfOf({ turnoverFile }: Config, { definition, plan }: PolicyOptions): Asked {
  const rules = turnoverRulesOf(turnoverFile);
  return {
    definition: definition === undefined ? undefined : definitionOf(definition, rules),
    plan: plan === undefined ? undefined : planOf(plan, rules),
  };
}

async function whatIf(app: Application, asked: Asked): Promise<Result> {
  const comparison = await compareUnder(app, asked);
  return { data: comparison, text: describeComparison(comparison) };
}

interface Result {
  data: object;
  text: string;
}

async function listCandidates(app: Application): Promise<Result> {
  const candidates = (await findRemovalCandidates(app, candidatesMax)).map(candidateOf);
  const lines = candidates.map(
    ({ contactId, placementId, accountId, bounce, lastSeen, isOnlyProposed }) =>
      `${contactId} at ${accountId} (placement ${placementId}): bounced${bounce.status ? ` ${bounce.status}` : ''} on ` +
      `${bounce.on}, ${lastSeen ? `last seen by ${lastSeen.type} on ${lastSeen.on}` : 'never seen before'}` +
      `${isOnlyProposed ? '; beyond the limit of a day, so only proposed' : ''}`,
  );
  return {
    data: { candidates },
    text: [...lines, `${count(candidates.length)} candidates; nothing was written.`].join('\n'),
  };
}

function candidateOf({ bounce, lastSeen, ...ids }: RemovalCandidate) {
  const onDay = (event: RemovalCandidate['bounce']) =>
    event.effectiveOn ?? formatInstant(event.learnedAtMs).slice(0, 10);
  const { status } = bounce.data as { status?: string };
  return {
    ...ids,
    bounce: { eventId: bounce.id, on: onDay(bounce), ...(status !== undefined && { status }) },
    lastSeen: lastSeen && {
      eventId: lastSeen.id,
      type: (lastSeen.data as { activity?: string }).activity ?? lastSeen.type,
      on: onDay(lastSeen),
    },
  };
}

async function act(app: Application, progress: Parameters<typeof letPoliciesReact>[1]): Promise<Result> {
  const { done, refused } = await letPoliciesReact(app, progress);
  return { data: { done, refused }, text: `${count(done)} changes made, ${count(refused)} refused` };
}

async function takeBack(app: Application, asked: Parameters<typeof undoRemovals>[1]): Promise<Result> {
  const run = await undoRemovals(app, asked);
  const refused = run.refused.map(({ contactId, code }) => `${contactId}: ${code}`);
  return {
    data: run,
    text: [...refused, `${count(run.undone)} removals taken back, ${count(refused.length)} refused`].join(
      '\n',
    ),
  };
}
