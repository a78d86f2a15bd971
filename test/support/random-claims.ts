// Random claims of a feed about one contact or account, and their arrival in whatever order.
import fc from 'fast-check';
import type { Command } from '../../src/command.ts';
import { identify } from '../../src/enveloping.ts';
import { isRejection } from '../../src/rejections.ts';
import type { TestEvent } from './builders.ts';
import { acme, ann, bob, cleo, firstMs, globex, hourMs, placementIdOf, salt } from './ids.ts';
import { append, type Context, carryOut } from './ledger-in-memory.ts';

export interface Claim {
  command: Command;
  context: Context;
}

const contactId = ann;
const [first, second] = [placementIdOf(1), placementIdOf(2)];
const placement = fc.constantFrom(first, first, first, second);
const account = fc.constantFrom(acme, globex);
const title = fc.constantFrom('CIO', 'CTO', 'CEO');
const date = fc.constantFrom('2020', '2024-03', '2025-07-01', '2026-01-02', '2027~');
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });

const given = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
const of = (type: Command['type'], fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(fields).map((values) => given({ type, contactId, ...values }) as unknown as Command);
const onPlacement = (type: Command['type'], fields: Record<string, fc.Arbitrary<unknown>> = {}) =>
  of(type, { placementId: placement, ...fields });

const kinds = { kind: fc.constantFrom('office', 'office', 'home'), line: fc.constant('voice') };

/** A value of which there may be several. */
const oneOfMany = fc.oneof(
  of('AddContactEmail', { address: fc.constantFrom('1@home.example', '2@home.example') }),
  of('ChangeContactPhone', { ...kinds, phone: fc.constantFrom('+1', '+2') }),
  of('ChangeContactAddress', { kind: kinds.kind, address: fc.constantFrom('1 Way', '2 Way') }),
);

/** Claims that name facts by id only, or that say what a slot holds. */
const plainClaims: fc.Arbitrary<Command>[] = [
  of('RegisterContact', {
    name: fc.constantFrom('Ann', 'Anna'),
    email: maybe(fc.constantFrom('ann@acme.example', 'anna@acme.example')),
    attributes: maybe(fc.constant([{ name: 'hobby', value: 'chess' }])),
  }),
  of('ChangeContactName', { name: fc.constantFrom('Ann', 'Anna', 'Ann Archer') }),
  oneOfMany,
  of('ChangeContactEmail', { address: orNull(fc.constantFrom('ann@acme.example', 'a@acme.example')) }),
  of('ChangeContactAttribute', {
    attribute: fc.constantFrom('hobby', 'size'),
    value: orNull(fc.constantFrom('go', 'chess')),
  }),
  of('ChangeContactLocation', { location: orNull(fc.constantFrom({ country: 'DE' }, { country: 'FR' })) }),
  of('ChangeContactOwner', { owner: orNull(fc.constantFrom('csm-1', 'csm-2')) }),
  onPlacement('StartPlacement', {
    accountId: account,
    post: maybe(fc.constant('champion')),
    title: maybe(title),
  }),
  onPlacement('EndPlacement'),
  // A post belongs to an account: a claim that corrects the post of "its" account names that account.
  fc
    .record({ accountId: maybe(account), post: maybe(orNull(fc.constantFrom('champion', 'sponsor'))) })
    .chain(({ accountId, post }) =>
      onPlacement('CorrectPlacement', {
        accountId: fc.constant(accountId),
        post: fc.constant(accountId === undefined ? undefined : post),
        startsOn: maybe(orNull(date)),
        endsOn: maybe(orNull(date)),
        title: maybe(orNull(title)),
        endReason: maybe(orNull(fc.constantFrom('left', 'retired'))),
      }),
    ),
  onPlacement('WithdrawPlacement'),
  onPlacement('RemovePlacement'),
  onPlacement('RestorePlacement'),
  onPlacement('ChangeTitle', { title: orNull(title) }),
  onPlacement('ChangeReportsTo', { managerId: orNull(fc.constantFrom(bob, cleo)) }),
  onPlacement('ChangeContactType', {
    contactType: orNull(fc.constantFrom('main', 'other')),
    importance: fc.constant(1),
  }),
  onPlacement('AssignBuyingRole', { buyingRole: fc.constantFrom('champion', 'sponsor') }),
  onPlacement('RevokeBuyingRole', { buyingRole: fc.constantFrom('champion', 'sponsor') }),
  of('RemoveContact', {}),
  of('RestoreContact', {}),
  of('RecordDeath', {}),
];

const onAccount = (type: Command['type'], fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(fields).map((values) => given({ type, accountId: acme, ...values }) as unknown as Command);
const money = fc.constantFrom({ minorUnits: 1, currency: 'EUR' }, { minorUnits: 2, currency: 'EUR' });
const accountClaims: fc.Arbitrary<Command>[] = [
  onAccount('RegisterAccount', {
    name: fc.constantFrom('Acme', 'Acme Inc'),
    parentId: maybe(fc.constant(globex)),
    segment: maybe(fc.constantFrom('small', 'large')),
  }),
  onAccount('ChangeAccountName', { name: fc.constantFrom('Acme', 'Acme Group') }),
  onAccount('ChangeAccountDomains', { domains: fc.constantFrom([], ['acme.example']) }),
  onAccount('ChangeAccountAddress', { address: orNull(fc.constant('1 Way')), location: fc.constant(null) }),
  onAccount('ChangeAccountPhone', { phone: orNull(fc.constantFrom('+1', '+2')) }),
  onAccount('ChangeAccountParent', { parentId: orNull(fc.constant(globex)) }),
  onAccount('ClassifyAccount', {
    segment: orNull(fc.constantFrom('small', 'large')),
    tier: maybe(fc.constant('gold')),
  }),
  onAccount('ChangeAccountValue', { arr: orNull(money), acv: maybe(money) }),
  onAccount('ScheduleAccountRenewal', { renewalOn: orNull(date) }),
  onAccount('ChangeAccountTeam', {
    teamRole: fc.constantFrom('owner', 'steward'),
    member: orNull(fc.constant('csm-1')),
  }),
  onAccount('DecideRenewal', {
    product: fc.constant('suite'),
    outcome: fc.constantFrom('renewed', 'reduced'),
    amount: fc.constant(null),
    rootCause: fc.constant(null),
  }),
  onAccount('CloseAccount', {
    closing: fc.constantFrom('acquired', 'other'),
    intoId: orNull(fc.constant(globex)),
  }),
];

interface About {
  effectiveOn?: string | undefined;
  reasonCode?: string | undefined;
  reasonText?: string | undefined;
  asProposal?: { doubt: string };
}
type Told = [command: Command, about: About];

const about: fc.Arbitrary<About> = fc.record({
  effectiveOn: maybe(date),
  reasonCode: fc.constantFrom('left', 'bounced'),
  reasonText: maybe(fc.constantFrom('says the feed', 'says a colleague')),
});
const start = onPlacement('StartPlacement', { accountId: fc.constant(acme), title: maybe(title) });
const merging = [of('MergeContacts', { intoId: fc.constantFrom(bob, cleo) }), of('UnmergeContacts', {})];
const anything = fc.oneof(
  { weight: 9, arbitrary: fc.oneof(...plainClaims) },
  { weight: 1, arbitrary: fc.oneof(...merging) },
);

/** A registration and a start, so that most of what follows applies; merges are rare, because they shut the door. */
const contactStory: fc.Arbitrary<Told[]> = fc
  .tuple(
    fc.tuple(plainClaims[0]!, about),
    fc.tuple(start, about),
    fc.array(fc.tuple(anything, about), { minLength: 1, maxLength: 20, size: 'max' }),
  )
  .map(([registration, started, rest]) => [registration, started, ...rest]);

const feed = { by: 'feed', source: 'crm', actor: { id: 'crm', kind: 'integration' } } as const;
const lineOf = (index: number) => `line ${index}`;

/** Each claim with a learnedAt and a line of its own, in that order. */
const asClaims = (told: readonly Told[]): Claim[] =>
  told.map(([command, said], index) => {
    const learnedAtMs = firstMs + (index + 1) * hourMs;
    return {
      command,
      context: { ...feed, ...given(said), idempotencyKey: lineOf(index), learnedAtMs } as Context,
    };
  });

export const plainContactClaims = contactStory.map(asClaims);
export const plainAccountClaims = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 1, arbitrary: accountClaims[0]! },
        { weight: 4, arbitrary: fc.oneof(...accountClaims) },
      ),
      about,
    ),
    { minLength: 2, maxLength: 20, size: 'max' },
  )
  .map(asClaims);

interface Naming {
  what:
    | 'ChangeContactPhone'
    | 'ChangeContactAddress'
    | 'ChangeContactEmail'
    | 'propose'
    | 'AcceptChange'
    | 'DeclineChange';
  which: number;
  empties: boolean;
}
const naming: fc.Arbitrary<Naming> = fc.record({
  what: fc.constantFrom(
    ...(['ChangeContactPhone', 'ChangeContactAddress', 'ChangeContactEmail'] as const),
    ...(['propose', 'propose', 'AcceptChange', 'DeclineChange'] as const),
  ),
  which: fc.nat({ max: 30 }),
  empties: fc.boolean(),
});

/** Beside the plain ones: claims that name a value by what it was, and proposals that are accepted or declined. */
export const namingContactClaims = fc
  .tuple(
    contactStory,
    fc.array(fc.record({ at: fc.nat({ max: 40 }), one: fc.oneof(naming, fc.tuple(oneOfMany, about)) }), {
      minLength: 4,
      maxLength: 20,
      size: 'max',
    }),
  )
  .map(([story, names]) => {
    const mixed: (Told | Naming)[] = [...story];
    for (const { at, one } of names) mixed.splice(2 + (at % (mixed.length - 1)), 0, one);
    const told: Told[] = [];
    for (const one of mixed) told.push(Array.isArray(one) ? one : fillIn(one, told));
    return asClaims(told);
  });

/** Makes the claim name something that an earlier one has said. What it becomes is new, so that a value names one fact. */
function fillIn({ what, which, empties }: Naming, told: readonly Told[]): Told {
  const fresh = `#${told.length}`;
  const pick = <T>(from: readonly T[]): T | undefined => from[which % Math.max(from.length, 1)];
  if (what === 'propose')
    return [
      { type: 'ChangeTitle', contactId, placementId: first, title: fresh },
      { effectiveOn: '2025', asProposal: { doubt: 'older_source' } },
    ];
  if (what === 'AcceptChange' || what === 'DeclineChange') {
    const proposed = told.flatMap(([, said], index) => (said.asProposal ? [index] : []));
    return [{ type: what, contactId, proposalId: proposalIdOf(pick(proposed) ?? 0) }, {}];
  }
  const said = told.map(([command]) => command);
  if (what === 'ChangeContactPhone') {
    const named = pick(said.filter((one) => one.type === what && one.phone !== null)) as
      | CommandOf<typeof what>
      | undefined;
    const { kind = 'office', line = 'voice', phone: was = 'none' } = named ?? {};
    return [{ type: what, contactId, kind, line, was: was ?? 'none', phone: empties ? null : fresh }, {}];
  }
  if (what === 'ChangeContactAddress') {
    const named = pick(said.filter((one) => one.type === what && one.address !== null)) as
      | CommandOf<typeof what>
      | undefined;
    const { kind = 'office', address: was = 'none' } = named ?? {};
    return [{ type: what, contactId, kind, was: was ?? 'none', address: empties ? null : fresh }, {}];
  }
  const addresses = said.flatMap((one) =>
    one.type === 'AddContactEmail' || (one.type === what && one.was !== undefined)
      ? [one.address ?? 'none']
      : [],
  );
  return [{ type: what, contactId, was: pick(addresses) ?? 'none', address: empties ? null : fresh }, {}];
}

type CommandOf<T extends Command['type']> = Extract<Command, { type: T }>;

/** The id that the ledger gives to the proposal of a line. */
function proposalIdOf(index: number): string {
  const command: Command = { type: 'RestoreContact', contactId };
  return identify(command, { ...feed, idempotencyKey: lineOf(index) }, salt).derive('proposal');
}

export interface Arrival {
  events: TestEvent[];
  /** Claims that were refused to the end, in the order given. */
  refused: Claim[];
}

const isDoubtful = (decided: { doubt?: string }) => decided.doubt !== undefined;

/**
 * Claims arrive in this order; one that is refused is sent again once another was accepted, as a feed is imported again, so
 * that each arrives after the fact it names. One that would only be proposed waits as well.
 */
export function arrive(known: readonly TestEvent[], claims: readonly Claim[]): Arrival {
  let events = [...known];
  let waiting = [...claims];
  for (let progress = true; progress; ) {
    progress = false;
    const refused: Claim[] = [];
    for (const one of waiting) {
      const { decision, appended } = carryOut(events, one.command, one.context);
      if (isRejection(decision) || decision.some(isDoubtful)) refused.push(one);
      else {
        events = append(events, appended);
        progress = true;
      }
    }
    waiting = refused;
  }
  return { events, refused: waiting };
}
