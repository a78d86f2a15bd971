// What has an id of its own and can be read again by it alone, as Relay and other caching clients expect.
import { Field, ID, InterfaceType } from 'type-graphql';

@InterfaceType({
  description:
    'Whatever can be read again by its id: node(id) answers it as it is now. Ids never change and are never given to anything else; ' +
    'treat them as opaque. What was read as of another point has the same id and other values: a cache must not mix the two.',
})
export abstract class Node {
  @Field(() => ID, { description: 'Its id, for node(id) and for every argument that names it.' })
  id: string;
}

const entryPrefix = 'HistoryEntry:';

/** An event's own id is unique in its stream only, its position in the whole ledger. */
export function entryIdOf(position: number): string {
  return Buffer.from(`${entryPrefix}${position}`).toString('base64url');
}

/** Undefined for what is not the id of an entry. */
export function positionOfEntryId(id: string): number | undefined {
  const text = Buffer.from(id, 'base64url').toString();
  const position = text.startsWith(entryPrefix) ? Number(text.slice(entryPrefix.length)) : 0;
  return Number.isSafeInteger(position) && position > 0 && entryIdOf(position) === id ? position : undefined;
}
