// What the demo's colleagues do about turnovers: some go through the whole plan, some get stuck, some lose the customer.
import type { TurnoverBelief } from '../turnover/belief.ts';
import type { TurnoverCommand } from '../turnover/commands.ts';
import { rootCauses } from '../turnover/definition.ts';
import { competitors } from './companies.ts';
import type { DemoCommand } from './journal.ts';
import { createRandom, type Random } from './random.ts';

const dayMs = 86_400_000;
type Said = TurnoverCommand extends infer C
  ? C extends { turnoverId: string }
    ? Omit<C, 'turnoverId'>
    : never
  : never;

/**
 * The commands on one turnover that are learned before an instant. They depend on what opened it and who took over, never on
 * what was done to it since: a later run gives the same ones again and goes on.
 */
export function recoveryOf(turnover: TurnoverBelief, beforeMs: number): DemoCommand[] {
  const random = createRandom(`recovery ${turnover.placementId}`);
  const commands: DemoCommand[] = [];
  let atMs = turnover.opened.learnedAtMs;
  const owner = turnover.formerOwners[0]?.owner ?? turnover.owner ?? 'operations';
  function say(afterDays: number, key: string, said: Said): void {
    atMs += Math.max(1, afterDays) * dayMs + random.int(0, 3_600_000);
    commands.push({
      command: { ...said, turnoverId: turnover.id } as TurnoverCommand,
      context: {
        actor: { id: owner, kind: 'person', team: 'customer_success' },
        source: 'console',
        by: 'person',
        learnedAtMs: atMs,
        idempotencyKey: `recovery:${turnover.placementId}:${key}`,
      },
    });
  }
  // One in twelve is noticed by nobody.
  if (random.chance(0.92)) work(turnover, random, say, (ms) => (atMs = Math.max(atMs, ms)));
  return commands.filter(({ context }) => context.learnedAtMs < beforeMs);
}

type Say = (afterDays: number, key: string, said: Said) => void;

function work(turnover: TurnoverBelief, random: Random, say: Say, notBefore: (ms: number) => void): void {
  const { percent, basis, contactIds } = turnover.coverageAtOpening;
  say(random.int(0, 6), 'coverage', { type: 'AssessCoverage', percent, basis, contactIds: [...contactIds] });
  if (turnover.departure.destination === null && random.chance(0.6))
    say(random.int(0, 4), 'destination', {
      type: 'LearnDepartureDetails',
      destination: random.pick(['another_company', 'retired', 'other'] as const),
    });
  if (random.chance(0.7))
    say(random.int(0, 5), 'value', {
      type: 'CaptureProductValue',
      rating: random.int(4, 10),
      value: 'Told us what they would miss without it.',
    });
  if (random.chance(0.09)) {
    giveUp(random, say);
    return;
  }
  if (random.chance(0.7))
    say(random.int(1, 6), 'interim', { type: 'CompleteStep', step: 'agree_interim_plan' });
  forecast(turnover, random, say);
  const { replacement } = turnover;
  if (!replacement) {
    if (random.chance(0.25)) lose(random, say);
    return;
  }
  notBefore(replacement.learnedAtMs);
  const isInternal = replacement.kind === 'internal';
  const kind = isInternal ? 'internal' : random.pick(['external_new', 'external_competitor'] as const);
  const { contactId, placementId, startsOn } = replacement;
  if (!isInternal)
    say(random.int(1, 8), 'kind', {
      type: 'IdentifyReplacement',
      contactId,
      kind,
      ...(placementId !== null && { placementId }),
      ...(startsOn !== null && { startsOn }),
      ...(kind === 'external_competitor' && { competitor: random.pick(competitors) }),
    });
  if (random.chance(0.15)) return;
  say(random.int(1, 6), 'introduce', { type: 'CompleteStep', step: 'introduce' });
  onboard(kind, contactId, random, say);
}

function onboard(
  kind: 'internal' | 'external_new' | 'external_competitor',
  contactId: string,
  random: Random,
  say: Say,
): void {
  const intention = random.pick(['continue', 'continue', 'continue', 'evaluate', 'undecided'] as const);
  say(random.int(2, 12), 'intentions', { type: 'LearnIntentions', intention });
  if (intention === 'evaluate' && random.chance(0.5)) {
    lose(random, say);
    return;
  }
  const step = {
    internal: 'onboard_internal',
    external_new: 'onboard_new',
    external_competitor: 'onboard_from_competitor',
  }[kind];
  say(random.int(5, 30), 'onboarding', { type: 'CompleteStep', step });
  if (random.chance(0.12)) return;
  say(random.int(3, 20), 'review', { type: 'CompleteStep', step: 'review_value' });
  const stance = random.pick(['advocate', 'advocate', 'advocate', 'neutral'] as const);
  say(random.int(1, 20), 'advocacy', { type: 'RecordAdvocacy', basis: 'judgement', stance, contactId });
}

function giveUp(random: Random, say: Say): void {
  say(random.int(5, 30), 'role', { type: 'LearnRoleOutcome', outcome: 'given_up' });
  if (random.chance(0.4)) {
    lose(random, say);
    return;
  }
  say(random.int(5, 25), 'extension', { type: 'CompleteStep', step: 'extend_or_part' });
  if (random.chance(0.7))
    say(random.int(3, 20), 'advocacy', { type: 'RecordAdvocacy', basis: 'judgement', stance: 'advocate' });
}

function forecast({ arr }: TurnoverBelief, random: Random, say: Say): void {
  if (!random.chance(0.75)) return;
  say(random.int(1, 5), 'forecast', {
    type: 'ForecastOutcome',
    forecast: random.weighted([
      ['savable', 70],
      ['high_risk', 22],
      ['undecided', 8],
    ] as const),
    ...(arr && { amount: arr }),
  });
}

function lose(random: Random, say: Say): void {
  const rootCause = random.pick(Object.keys(rootCauses.causes));
  say(random.int(20, 120), 'loss', {
    type: 'LoseTurnover',
    rootCause,
    ...(rootCause === 'competitor_offer' && { competitor: random.pick(competitors) }),
  });
}
