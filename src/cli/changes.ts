// contact-ledger changes: who was in an account on two days, who came, left, moved or changed in between, and when that was learned.
import type { Command } from 'commander';
import type { Application } from '../application.ts';
import { type Day, isoFromDay } from '../time/day.ts';
import { ask } from './ask.ts';
import { resolveId } from './resolve-id.ts';
import { configOf, inOneLine, openConfigured, print, readDay } from './terminal.ts';

interface ChangesOptions {
  account: string;
  from: Day;
  to: Day;
}

interface Member {
  title: string | null;
  contact: { name: string | null };
}
interface Difference {
  kind: 'CAME' | 'LEFT' | 'CHANGED';
  learnedAt: string | null;
  contact: { name: string | null };
  placement: { title: string | null };
  cameFrom: { name: string | null } | null;
  wentTo: { name: string | null } | null;
  values: ValueChange[];
}
interface ValueChange {
  field: string;
  was: string | null;
  now: string | null;
  learnedAt: string | null;
}
interface Report {
  account: string | null;
  from: string;
  to: string;
  thereAtFirst: Member[];
  thereAtLast: Member[];
  values: ValueChange[];
  contacts: Difference[];
}

export function defineChanges(program: Command): void {
  program
    .command('changes')
    .description(
      'tell who was in an account on two days, who came, left, moved or changed in between, and when that was learned',
    )
    .requiredOption('--account <id>', "the account (the ledger's id or SOURCE:ID)")
    .requiredOption('--from <day>', 'the first day', readDay)
    .requiredOption('--to <day>', 'the second day', readDay)
    .addHelpText('after', '\nThe report names people: treat it as personal data.')
    .action(async ({ account, from, to }: ChangesOptions, command: Command) => {
      const config = configOf(command);
      const app = await openConfigured(config, { create: false });
      try {
        const report = await readReport(
          app,
          config.actor,
          await resolveId(app, 'account', account),
          isoFromDay(from),
          isoFromDay(to),
        );
        await app.accessLog.flush();
        print(config.json ? JSON.stringify(report) : inWords(report));
      } finally {
        await app.close();
      }
    });
}

const members = 'contacts(first: 500) { edges { node { title contact { name } } } }';
const query = `query ($id: ID!, $from: EdtfDate!, $to: EdtfDate!, $after: String) {
  first: account(id: $id, asOf: $from) { ${members} }
  last: account(id: $id, asOf: $to) { ${members} }
  account(id: $id) {
    name
    changesBetween(from: { asOf: $from }, to: { asOf: $to }) {
      values { field was now learnedAt }
      contacts(first: 500, after: $after) {
        edges { node {
          kind learnedAt contact { name } placement { title } cameFrom { name } wentTo { name }
          values { field was now learnedAt }
        } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;

interface Edges<N> {
  edges: { node: N }[];
}
interface Answer {
  first: { contacts: Edges<Member> } | null;
  last: { contacts: Edges<Member> } | null;
  account: {
    name: string | null;
    changesBetween: {
      values: ValueChange[];
      contacts: Edges<Difference> & { pageInfo: { hasNextPage: boolean; endCursor: string | null } };
    };
  };
}

/** What the API answers, asked page by page. */
async function readReport(
  app: Application,
  actorId: string,
  id: string,
  from: string,
  to: string,
): Promise<Report> {
  const contacts: Difference[] = [];
  for (let after: string | null = null; ; ) {
    const answer: Answer = await ask<Answer>(app, actorId, query, { id, from, to, after });
    const { first, last, account } = answer;
    const { values, contacts: page } = account.changesBetween;
    contacts.push(...page.edges.map(({ node }) => node));
    after = page.pageInfo.endCursor;
    if (!page.pageInfo.hasNextPage)
      return {
        account: account.name,
        from,
        to,
        thereAtFirst: nodesOf(first?.contacts),
        thereAtLast: nodesOf(last?.contacts),
        values,
        contacts,
      };
  }
}

const nodesOf = <N>(list: Edges<N> | undefined): N[] => (list?.edges ?? []).map(({ node }) => node);

function inWords({ account, from, to, thereAtFirst, thereAtLast, values, contacts }: Report): string {
  return [
    `${account ?? 'The account'} from ${from} to ${to}`,
    '',
    `There on ${from}: ${namesOf(thereAtFirst)}`,
    `There on ${to}: ${namesOf(thereAtLast)}`,
    ...(contacts.length + values.length > 0 ? [''] : []),
    ...contacts.flatMap(lineOf),
    ...values.map((value) => `the account: ${changeOf(value)}${learned(value)}`),
  ]
    .map(inOneLine)
    .join('\n');
}

function namesOf(list: readonly Member[]): string {
  if (list.length === 0) return 'nobody';
  return list
    .map(({ title, contact }) => `${contact.name ?? 'somebody'}${title ? ` (${title})` : ''}`)
    .join(', ');
}

function lineOf(difference: Difference): string[] {
  const { kind, contact, placement, cameFrom, wentTo, values } = difference;
  const name = contact.name ?? 'somebody';
  const title = placement.title ? ` (${placement.title})` : '';
  if (kind === 'CAME')
    return [`came: ${name}${title}${cameFrom ? `, from ${cameFrom.name}` : ''}${learned(difference)}`];
  if (kind === 'LEFT')
    return [`left: ${name}${title}${wentTo ? `, to ${wentTo.name}` : ''}${learned(difference)}`];
  return values.map((value) => `changed: ${name}, ${changeOf(value)}${learned(value)}`);
}

const changeOf = ({ field, was, now }: ValueChange) =>
  `${field} from ${was ?? 'nothing'} to ${now ?? 'nothing'}`;

function learned({ learnedAt }: { learnedAt: string | null }): string {
  return learnedAt === null ? '' : `; learned on ${learnedAt.slice(0, 10)}`;
}
