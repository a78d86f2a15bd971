// Notes who is looked at: each contact once for an operation, in whichever fields and by whatever way a name or address is shown.
import { defaultFieldResolver, type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import type { ReadKind } from '../src/access/events.ts';
import type { ContactBelief } from '../src/contact/belief.ts';
import { categoryOf, type LedgerEvent, subjectOf } from '../src/ledger-events.ts';
import type { Context, ReadPoint } from './context.ts';
import { currentPoint, hasCut } from './read-point.ts';

/** What tells who somebody is, or what they said of themselves. */
const tellingFields: Readonly<Record<string, string>> = {
  Contact:
    'name email emails phones addresses attributes attribute externalIds location consents proposals mayBeContacted',
  Placement: 'title function department',
};

/** A context lives as long as one operation. */
const noted = new WeakMap<Context, Set<string>>();

/** Notes what was looked at, unless the operation has said so already. */
export function noteLook(context: Context, kind: ReadKind, subjectIds: readonly string[]): void {
  const { app, actor, purpose } = context;
  if (!app.accessLog.records(kind)) return;
  let known = noted.get(context);
  if (!known) {
    known = new Set();
    noted.set(context, known);
  }
  const fresh: string[] = [];
  for (const id of subjectIds) {
    const look = `${kind} ${id}`;
    if (known.has(look)) continue;
    known.add(look);
    fresh.push(id);
  }
  app.accessLog.note({ actor, kind, subjectIds: fresh, purpose, together: context });
}

/** Whose history an event is of; of a turnover it is that of the contact who left. */
export async function historyOf(
  { app }: Pick<Context, 'app'>,
  { stream }: Pick<LedgerEvent, 'stream'>,
): Promise<{ kind: ReadKind; subjectId: string } | null> {
  const [category, subjectId] = [categoryOf(stream), subjectOf(stream)];
  if (category !== 'turnover')
    return { kind: category === 'account' ? 'account_history' : 'contact_history', subjectId };
  const turnover = await app.readModels.beliefs.turnover(subjectId);
  return turnover && { kind: 'contact_history', subjectId: turnover.contactId };
}

/** A contact as it is is a card; as it was on another day, or was known at another moment, it is history. */
export const kindOfLook = (context: Context, point: ReadPoint): ReadKind =>
  isPast(context, point) ? 'contact_history' : 'contact';

const past = new WeakMap<ReadPoint, boolean>();

function isPast(context: Context, point: ReadPoint): boolean {
  let known = past.get(point);
  if (known === undefined) {
    known = hasCut(point) || point.on < currentPoint(context).on;
    past.set(point, known);
  }
  return known;
}

/** Has every field that tells who a contact is note the look. */
export function noteLooks(schema: GraphQLSchema): void {
  for (const [name, fields] of Object.entries(tellingFields)) {
    const type = schema.getType(name);
    if (!isObjectType(type)) throw new Error(`${name} is no type of the schema`);
    for (const field of fields.split(' ')) {
      const telling = type.getFields()[field]!;
      telling.resolve = noting(telling.resolve ?? defaultFieldResolver);
    }
  }
}

type Resolver = GraphQLFieldResolver<unknown, Context>;

function noting(resolve: Resolver): Resolver {
  return (source, args, context, info) => {
    // Who follows changes is recorded when that begins, or change by change (changes.ts).
    if (info.operation.operation !== 'subscription') {
      const { belief, point } = source as { belief: ContactBelief; point: ReadPoint };
      noteLook(context, kindOfLook(context, point), [belief.id]);
    }
    return resolve(source, args, context, info);
  };
}
