// What a person is really refused with, over all commands: nothing but what the description of the mutation says.
import fc from 'fast-check';
import type { GraphQLSchema } from 'graphql';
import { beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';
import { buildLedgerSchema } from '../../schema/build.ts';
import { commonRefusals, mutationName, mutationTable } from '../../schema/mutation-table.ts';
import { accountCommands } from '../../src/account/commands.ts';
import type { Command, CommandContext } from '../../src/command.ts';
import { commandShapes, type PublicCommandType } from '../../src/command.ts';
import type { RejectionCode } from '../../src/rejections.ts';
import { openTestApplication, type TestApplication, tell, testActor } from '../support/app-in-memory.ts';
import { arbitraryObject } from '../support/arbitrary-values.ts';
import {
  accountIdOf,
  acme,
  ann,
  at,
  bob,
  cleo,
  contactIdOf,
  eventIdOf,
  factIdOf,
  globex,
  initech,
  job,
  placementIdOf,
} from '../support/ids.ts';

const erased = contactIdOf(4);
const suppressedMail = 'eve@acme.example';
const suppressedId = { source: 'crm', id: 'Eve' };
const takenIds = [
  { source: 'crm', id: 'Bob' },
  { source: 'crm', id: 'Acme' },
];
const [open, lost, saved] = [factIdOf(11), factIdOf(12), factIdOf(13)];
const [ended, removed] = [placementIdOf(2), placementIdOf(3)];

/** A ledger with something in every state that a command can find. */
async function ledgerWithAll(): Promise<TestApplication> {
  const app = await openTestApplication({ policies: [], compares: false });
  await tellAccounts(app);
  await tellContacts(app);
  await tellPlacements(app);
  await tellTurnovers(app);
  return app;
}

async function tellAccounts(app: TestApplication): Promise<void> {
  const inside = accountIdOf(4);
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme', externalId: takenIds[1]! });
  await tell(app, { type: 'ChangeAccountName', accountId: acme, name: 'Acme Group' });
  await tell(app, { type: 'RegisterAccount', accountId: globex, name: 'Globex' });
  await tell(app, { type: 'CloseAccount', accountId: globex, closing: 'other', intoId: null });
  await tell(app, { type: 'RegisterAccount', accountId: initech, name: 'Initech' });
  await tell(app, { type: 'RegisterAccount', accountId: inside, name: 'Acme South', parentId: acme });
  await tell(app, { type: 'MergeAccounts', accountId: initech, intoId: inside });
}

async function tellContacts(app: TestApplication): Promise<void> {
  await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Ann', email: 'ann@acme.example' });
  await tell(app, { type: 'RegisterContact', contactId: bob, name: 'Bob', externalId: takenIds[0]! });
  await tell(app, { type: 'RegisterContact', contactId: cleo, name: 'Cleo' });
  await tell(app, { type: 'MergeContacts', contactId: cleo, intoId: bob });
  const eve = { name: 'Eve', email: suppressedMail, externalId: suppressedId };
  await tell(app, { type: 'RegisterContact', contactId: erased, ...eve });
  await app.erasures.erase(
    [{ contactId: erased, legalBasis: 'objection', requester: 'data_subject', ticket: 'PRIV-1' }],
    testActor,
  );
  const asProposal = { doubt: 'other_source' };
  for (const name of ['Anna', 'Annie', 'Anne'])
    await tell(app, { type: 'ChangeContactName', contactId: ann, name }, { asProposal });
  const [accepted, declined] = await proposalsOf(app);
  await tell(app, { type: 'AcceptChange', contactId: ann, proposalId: accepted! });
  await tell(app, { type: 'DeclineChange', contactId: ann, proposalId: declined! });
}

const proposalsOf = async (app: TestApplication) =>
  (await app.readModels.beliefs.contact(ann))!.proposals.map(({ id }) => id);

async function tellPlacements(app: TestApplication): Promise<void> {
  const ofAnn = { contactId: ann, accountId: acme };
  for (const placementId of [job, ended, removed])
    await tell(app, { type: 'StartPlacement', ...ofAnn, placementId }, { effectiveOn: '2025-01-01' });
  await tell(
    app,
    { type: 'AssignBuyingRole', contactId: ann, placementId: job, buyingRole: 'champion' },
    { effectiveOn: '2025-06-01' },
  );
  await tell(
    app,
    { type: 'EndPlacement', contactId: ann, placementId: ended },
    { effectiveOn: '2025-12-31' },
  );
  await tell(
    app,
    { type: 'RemovePlacement', contactId: ann, placementId: removed },
    { reasonCode: 'bounced' },
  );
}

async function tellTurnovers(app: TestApplication): Promise<void> {
  for (const turnoverId of [open, lost, saved]) await openTurnover(app, turnoverId);
  await tell(app, { type: 'LearnRoleOutcome', turnoverId: open, outcome: 'refilled' });
  await tell(app, { type: 'LoseTurnover', turnoverId: lost, rootCause: 'price' });
  await tell(app, { type: 'LearnRoleOutcome', turnoverId: saved, outcome: 'given_up' });
  await tell(app, { type: 'CompleteStep', turnoverId: saved, step: 'extend_or_part' });
  const stance = { basis: 'judgement', stance: 'advocate' } as const;
  await tell(app, { type: 'RecordAdvocacy', turnoverId: saved, ...stance });
}

const openTurnover = (app: TestApplication, turnoverId: string) =>
  tell(app, {
    type: 'OpenTurnover',
    turnoverId,
    contactId: ann,
    placementId: ended,
    accountId: acme,
    postId: null,
    keyRoles: ['champion'],
    definition: { name: 'key_role', version: 1 },
    departure: {
      cause: 'left',
      causeEventId: eventIdOf(1),
      leftOn: '2025-12-31',
      learnedAtMs: 0,
      destination: null,
      destinationAccountId: null,
    },
    coverage: { percent: 0, basis: 'nobody', contactIds: [] },
    plan: { name: 'recovery', version: 1 },
    owner: null,
    segment: null,
    arr: null,
    renewalOn: null,
  });

const nobody = contactIdOf(9);
const contacts = [ann, ann, ann, bob, cleo, erased, nobody];
const nowhere = [7, 8, 9].map(accountIdOf);
const accounts = [acme, acme, acme, globex, initech, accountIdOf(4), ...nowhere];

async function poolsOf(app: TestApplication, type: PublicCommandType) {
  const stream = Object.hasOwn(accountCommands, type) ? `account-${acme}` : `contact-${ann}`;
  const eventIds = (await app.store.read(stream)).map(({ id }) => id);
  const emails = ['ann@acme.example', suppressedMail, 'no address'];
  return {
    contactId: contacts,
    managerId: contacts,
    delegateId: contacts,
    accountId: accounts,
    parentId: accounts,
    payingAccountId: accounts,
    intoId: type === 'MergeContacts' ? contacts : accounts,
    placementId: [job, ended, removed, placementIdOf(9)],
    newPlacementId: [job, ...[11, 12, 13, 14, 15, 16].map(placementIdOf)],
    turnoverId: [open, open, lost, saved, factIdOf(19)],
    proposalId: [...(await proposalsOf(app)), factIdOf(19)],
    eventId: [...eventIds, eventIdOf(99)],
    eventIds: [...eventIds.map((id) => [id]), [eventIdOf(99)]],
    acceptConflicts: [false],
    carried: [[], [factIdOf(99)]],
    buyingRole: ['champion', 'approver'],
    email: emails,
    address: [...emails, null],
    externalId: [...takenIds, suppressedId, { source: 'crm', id: 'new' }],
    step: ['confirm_departure', 'agree_interim_plan', 'introduce', 'no_such_step'],
    plan: [
      { name: 'recovery', version: 1 },
      { name: 'recovery', version: 99 },
    ],
    rootCause: ['no_such_cause', null],
  };
}

const said: fc.Arbitrary<Partial<CommandContext>> = fc.record(
  {
    effectiveOn: fc.constantFrom('2024-06-01', '2025-12-31', '2026-03-01'),
    reasonCode: fc.constantFrom('left', 'unwanted'),
  },
  { requiredKeys: [] },
);
/** Of what any command can be refused for. */
const trouble: fc.Arbitrary<Partial<CommandContext>> = fc.constantFrom(
  { learnedAtMs: at('2027-01-02') },
  { learnedAtMs: at('2026-06-01') },
  { expectedVersion: 99 },
  { idempotencyKey: 'once' },
  { asProposal: { doubt: 'other_source' } },
);
const contexts = fc.oneof({ weight: 6, arbitrary: said }, { weight: 1, arbitrary: trouble });

/** The codes that a person is refused with when a command is given many times, with these values and others. */
async function refusalsMet(type: PublicCommandType): Promise<RejectionCode[]> {
  const app = await ledgerWithAll();
  const { shape } = commandShapes[type] as unknown as { shape: Record<string, z.ZodType> };
  const commands = arbitraryObject(shape, await poolsOf(app, type));
  const met = new Set<RejectionCode>();
  for (const [fields, context] of fc.sample(fc.tuple(commands, contexts), { numRuns: 200, seed: 1 })) {
    const command = { type, ...fields } as Command;
    const asked = { actor: testActor, source: 'test', by: 'person', ...context } as const;
    const result = await app.ledger.execute(command, asked);
    if (!result.ok) met.add(result.rejected);
  }
  await app.close();
  return [...met];
}

let schema: GraphQLSchema;
beforeAll(async () => {
  schema = await buildLedgerSchema();
});

/** The codes that the description of a mutation ends with. */
function refusalsTold(type: PublicCommandType): string[] {
  const { description } = schema.getMutationType()!.getFields()[mutationName(type)]!;
  return / Refused with (?<codes>[\w, ]+)\.$/.exec(description!)!.groups!['codes']!.split(', ');
}

test.each(Object.keys(mutationTable) as PublicCommandType[])(
  '%s is refused with what its mutation says, and with nothing else',
  async (type) => {
    const met: string[] = await refusalsMet(type);
    const told = refusalsTold(type);
    expect(met.filter((code) => !told.includes(code))).toEqual([]);
    const common: readonly string[] = commonRefusals;
    expect(told.filter((code) => !common.includes(code) && !met.includes(code))).toEqual([]);
  },
);
