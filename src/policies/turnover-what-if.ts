// What the turnover policy would have done under another definition: all of history replayed in memory, nothing written.
import type { TurnoverSubject } from '../../projections/turnovers.ts';
import type { Cut } from '../belief.ts';
import { createBeliefs } from '../beliefs.ts';
import type { Deciding } from '../deciding.ts';
import type { LedgerEvent } from '../ledger-events.ts';
import type { ReadModels } from '../projector/read-models.ts';
import { isRejection } from '../rejections.ts';
import { believeTurnover, type TurnoverBelief } from '../turnover/belief.ts';
import { type TurnoverCommand, turnoverCommands } from '../turnover/commands.ts';
import { decideTurnover } from '../turnover/decider.ts';
import type { Definition } from '../turnover/definition.ts';
import type { TurnoverEvent } from '../turnover/events.ts';
import type { Plan } from '../turnover/plan.ts';
import type { TurnoverRules } from '../turnover/rules.ts';
import type { Effect, PolicyWorld } from './policy.ts';
import { dryRun, type RunnerOptions } from './runner.ts';
import { createTurnoverPolicy } from './turnover-policy.ts';

export interface WhatIf {
  /** Key roles in place of those that apply. */
  definition?: Definition | undefined;
  /** The plan in place of those that apply. */
  plan?: Plan | undefined;
  /** False for a quick answer: coverage is then taken to be nothing. */
  computesCoverage?: boolean;
  /** As they would have been known at this point. */
  cut?: Cut;
}

/** The turnovers that there would be, as the policy alone would have left them: what people did to them is not replayed. */
export async function turnoversUnder(
  log: Pick<RunnerOptions, 'store' | 'sealing'> & { readModels: Pick<ReadModels, 'links'> },
  world: PolicyWorld,
  { definition, plan, computesCoverage = false, cut }: WhatIf,
): Promise<TurnoverBelief[]> {
  const rules: TurnoverRules = {
    ...world.rules,
    ...(definition && { keyRoles: [definition] }),
    ...(plan && { plans: [plan] }),
  };
  const imagined = createImagined(rules);
  const policy = createTurnoverPolicy({
    computesCoverage,
    turnoversOf: (_world, subject, id) => imagined.find(subject, id),
  });
  // What was learned of real turnovers is about other ones.
  const told = { ...policy, types: policy.types.filter((type) => type !== 'DepartureDetailsLearned') };
  const beliefs = createBeliefs(log.store, log.sealing, log.readModels.links, streamsRemembered);
  // As the world is, but for what is asked: `beliefs` is a getter there.
  const asked = Object.create(world, {
    rules: { value: rules },
    beliefs: { value: beliefs },
  }) as PolicyWorld;
  await dryRun(log, told, asked, (effect, event) => imagined.apply(effect, event));
  return imagined.all(cut);
}

/** Streams of people who are asked about again and again, since each of their events is. */
const streamsRemembered = 10_000;

const keyOf: Readonly<Record<TurnoverSubject, (belief: TurnoverBelief) => string | null>> = {
  account_id: ({ accountId }) => accountId,
  contact_id: ({ contactId }) => contactId,
  placement_id: ({ placementId }) => placementId,
  replacement_id: ({ replacement }) => replacement?.contactId ?? null,
  destination_account_id: ({ destinationAccountId }) => destinationAccountId,
};
const subjects = Object.keys(keyOf) as TurnoverSubject[];

/** Everybody whom the replay names is in the log. */
const deciding = { by: 'person', contactKnown: () => true } as unknown as Deciding;

function createImagined(rules: TurnoverRules) {
  const events = new Map<string, TurnoverEvent[]>();
  const beliefs = new Map<string, TurnoverBelief>();
  const index = new Map<string, Set<string>>();
  let count = 0;

  function isTurnoverCommand(command: Effect['command']): command is TurnoverCommand {
    return Object.hasOwn(turnoverCommands, command.type);
  }

  return {
    apply({ command, learnedAtMs, effectiveOn }: Effect, event: LedgerEvent): void {
      if (!isTurnoverCommand(command)) return;
      const { turnoverId } = command;
      const known = events.get(turnoverId) ?? [];
      const atMs = learnedAtMs ?? event.learnedAtMs;
      const decided = decideTurnover(believeTurnover(known, { knownAtMs: atMs }), command, deciding, rules);
      if (isRejection(decided)) return;
      for (const one of decided) {
        count += 1;
        known.push({
          ...one,
          id: `${count}`,
          stream: `turnover-${turnoverId}`,
          // Held as soon as what it follows from is.
          position: event.position,
          learnedAtMs: atMs,
          actor: { id: 'dry-run', kind: 'policy' },
          ...(effectiveOn !== undefined && { effectiveOn }),
        } as unknown as TurnoverEvent);
      }
      events.set(turnoverId, known);
      const belief = believeTurnover(known);
      if (!belief) return;
      beliefs.set(turnoverId, belief);
      for (const subject of subjects) {
        const key = `${subject} ${keyOf[subject](belief)}`;
        index.set(key, (index.get(key) ?? new Set()).add(turnoverId));
      }
    },
    find(subject: TurnoverSubject, id: string): TurnoverBelief[] {
      const ids = [...(index.get(`${subject} ${id}`) ?? [])];
      return ids.map((one) => beliefs.get(one)!).filter((belief) => keyOf[subject](belief) === id);
    },
    all(cut?: Cut): TurnoverBelief[] {
      if (!cut) return [...beliefs.values()];
      return [...events.values()].flatMap((told) => believeTurnover(told, cut) ?? []);
    },
  };
}
