// What the turnover policy would have done under another definition: all of history replayed in memory, nothing written.
import type { TurnoverSubject } from '../../projections/turnovers.ts';
import type { Cut } from '../belief.ts';
import { createBeliefs, streamsOf } from '../beliefs.ts';
import type { Deciding } from '../deciding.ts';
import type { LedgerEvent } from '../ledger-events.ts';
import type { ReadModels } from '../projector/read-models.ts';
import { isRejection } from '../rejections.ts';
import { sortByBelief } from '../time/belief-order.ts';
import { believeTurnover, believeTurnoverNext, isOpen, type TurnoverBelief } from '../turnover/belief.ts';
import { type TurnoverCommand, turnoverCommands } from '../turnover/commands.ts';
import { decideTurnover } from '../turnover/decider.ts';
import type { Definition } from '../turnover/definition.ts';
import type { TurnoverEvent, TurnoverEventOf } from '../turnover/events.ts';
import type { Plan } from '../turnover/plan.ts';
import { followed } from '../turnover/plans/index.ts';
import { isSaved } from '../turnover/progress.ts';
import type { TurnoverRules } from '../turnover/rules.ts';
import { versionAt } from '../turnover/versions.ts';
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
  const beliefs = createBeliefs(streamsOf(log.store, log.sealing), log.readModels.links, streamsRemembered);
  // As the world is, but for what is asked: `beliefs` is a getter there.
  const asked = Object.create(world, {
    rules: { value: rules },
    beliefs: { value: beliefs },
  }) as PolicyWorld;
  await dryRun(log, told, asked, (effect, event) => imagined.apply(effect, event));
  return imagined.all(cut);
}

/** The turnovers that there are, had they followed another plan: what people did counts where that has a step of the same key. */
export async function turnoversFollowing(
  { store, sealing }: Pick<RunnerOptions, 'store' | 'sealing'>,
  ids: readonly string[],
  plan: Plan,
  rules: TurnoverRules,
): Promise<TurnoverBelief[]> {
  const found: TurnoverBelief[] = [];
  for (const id of ids) {
    const events = await sealing.open(await store.read(`turnover-${id}`));
    const belief = believeFollowing(events as TurnoverEvent[], plan, rules);
    if (belief) found.push(belief);
  }
  return found;
}

/** Whether it is saved follows from the plan, so that is found out anew; what else ended it did so under any plan. */
function believeFollowing(
  events: readonly TurnoverEvent[],
  plan: Plan,
  { saved }: TurnoverRules,
): TurnoverBelief | null {
  let belief: TurnoverBelief | null = null;
  for (const event of sortByBelief(events)) {
    if (event.type === 'TurnoverSaved' || event.type === 'PlanMigrated') continue;
    belief = believeTurnoverNext(belief, event.type === 'TurnoverOpened' ? openedWith(event, plan) : event);
    if (!belief) continue;
    const applying = versionAt(saved, belief.opened.learnedAtMs);
    const isNow = isSaved(belief, applying);
    const data = { definition: { name: applying.name, version: applying.version } };
    if (isNow && isOpen(belief))
      belief = believeTurnoverNext(belief, { ...event, type: 'TurnoverSaved', data, personal: {} });
    else if (!isNow && belief.outcome?.kind === 'saved')
      belief = believeTurnoverNext(belief, { ...event, type: 'TurnoverReopened', data: {}, personal: {} });
  }
  return belief;
}

const openedWith = (event: TurnoverEventOf<'TurnoverOpened'>, plan: Plan) => ({
  ...event,
  data: { ...event.data, plan: followed(plan, event.data.plan.holidays) },
});

/** Streams of people who are asked about again and again, since each of their events is. */
const streamsRemembered = 10_000;

const keyOf: Readonly<Record<TurnoverSubject, (belief: TurnoverBelief) => string | null>> = {
  account_id: ({ accountId }) => accountId,
  contact_id: ({ contactId }) => contactId,
  placement_id: ({ placementId }) => placementId,
  replacement_id: ({ replacement }) => replacement?.contactId ?? null,
  interim_id: ({ interim }) => interim?.contactId ?? null,
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
