// An entry of a history: one event with who, when, why, on what evidence, and what it changed.
import { Ctx, Field, ID, Int, ObjectType } from 'type-graphql';
import { placementOf } from '../projections/history.ts';
import type { LedgerEvent } from '../src/ledger-events.ts';
import { categoryOf, subjectOf } from '../src/ledger-events.ts';
import { Account, accountAt } from './account.ts';
import { Contact, contactAt } from './contact.ts';
import type { Context, ReadPoint } from './context.ts';
import { ActorKind } from './enums.ts';
import type { Folded, Folds } from './history-folds.ts';
import { entryIdOf, Node } from './node.ts';
import { readAccount, readContact } from './reading.ts';
import { EdtfDate, Instant, Position } from './scalars.ts';

@ObjectType({ description: 'Who made a change.' })
export class HistoryActor {
  @Field(() => ID, { description: "Opaque subject in the organisation's own directory." })
  id: string;

  @Field(() => ActorKind, { description: 'What kind of actor it is.' })
  kind: ActorKind;

  @Field(() => String, { nullable: true, description: 'The team at that time. Null: not said.' })
  team: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Subject of the one for whom it acted. Null: for itself.',
  })
  onBehalfOf: string | null;
}

@ObjectType({ description: 'One thing that a change rests on.' })
export class HistoryEvidence {
  @Field(() => String, {
    description: 'What it is, as a code: bounce, reply, feed_record, word, event, document, …',
  })
  kind: string;

  @Field(() => ID, { nullable: true, description: 'The event that is the evidence.' })
  eventId: string | null;

  @Field(() => String, { nullable: true, description: 'Hash of a document.' })
  digest: string | null;

  @Field(() => String, { nullable: true, description: 'Its words. Null: none, or no longer readable.' })
  text: string | null;
}

@ObjectType({ description: 'The rule or definition that made a change.' })
export class HistoryPolicy {
  @Field(() => String, { description: 'Its name.' })
  name: string;

  @Field(() => Int, { description: 'Its version at that time.' })
  version: number;
}

@ObjectType({ description: 'A value that an entry changed. Of an observation: what it says.' })
export class HistoryChange {
  @Field(() => String, {
    description:
      'Which value: name, email, phone, attribute, placement.title, placement.endsOn, bounce.address, …',
  })
  field: string;

  @Field(() => ID, {
    nullable: true,
    description:
      'The e-mail address, phone, placement, … that it belongs to. Null: to the contact or account itself.',
  })
  factId: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'What the fact is called: the name of an attribute, the kind of a phone, the role in a team.',
  })
  label: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The value that it took the place of, as text; money in whole units with its currency (43000.00 EUR). Null: none, or no longer readable.',
  })
  was: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The value that it said, in the form of `was`. Null: none, or no longer readable.',
  })
  now: string | null;
}

@ObjectType({ implements: Node, description: 'One event of the ledger.' })
export class HistoryEntry implements Node {
  /** Perhaps without its content. */
  event: LedgerEvent;
  point: ReadPoint;
  folds: Folds;
  opened: () => Promise<LedgerEvent>;

  @Field(() => ID, {
    description:
      'Names the entry in the whole ledger. The event alone is named by eventId, which is unique in its stream.',
  })
  id: string;

  @Field(() => Position, { description: 'Its place in the ledger; entries are in this order.' })
  position: number;

  @Field(() => ID, { description: 'Id of the event.' })
  eventId: string;

  @Field(() => ID, { description: 'The contact, account or turnover that it is about.' })
  subjectId: string;

  @Field(() => ID, { nullable: true, description: 'The placement that it names. Null: none.' })
  placementId: string | null;

  @Field(() => String, { description: 'What happened, such as TitleChanged. New types may come.' })
  type: string;

  @Field(() => String, {
    nullable: true,
    description: 'Of a ClaimConfirmed or ChangeProposed: the type of the claim. Else null.',
  })
  claimed: string | null;

  @Field(() => Instant, { description: 'When the organisation learned it.' })
  learnedAt: number;

  @Field(() => Instant, { description: 'When the ledger stored it.' })
  recordedAt: number;

  @Field(() => EdtfDate, { nullable: true, description: 'When it was true in the world. Null: not known.' })
  effectiveOn: string | null;

  @Field(() => HistoryActor, { description: 'Who made the change.' })
  actor: HistoryActor;

  @Field(() => String, { description: 'The system that it came from: api, the name of a feed, …' })
  source: string;

  @Field(() => String, { nullable: true, description: "The source's own id of the record that says so." })
  async sourceRecord(): Promise<string | null> {
    return (await this.#sealed())?.sourceRecord ?? null;
  }

  @Field(() => String, { nullable: true, description: 'Who the source says did it.' })
  async sourceActor(): Promise<string | null> {
    return (await this.#sealed())?.sourceActor ?? null;
  }

  @Field(() => String, { nullable: true, description: 'Why, as a code.' })
  reasonCode: string | null;

  @Field(() => String, { nullable: true, description: 'Why, in words.' })
  async reasonText(): Promise<string | null> {
    return (await this.#sealed())?.reasonText ?? null;
  }

  @Field(() => [HistoryEvidence], { description: 'What it rests on.' })
  async evidence(): Promise<HistoryEvidence[]> {
    const { evidence = [] } = this.event;
    const texts = evidence.length > 0 ? (await this.#sealed())?.evidenceTexts : undefined;
    return evidence.map(({ kind, eventId, digest }, index) => ({
      kind,
      eventId: eventId ?? null,
      digest: digest ?? null,
      text: texts?.[index] || null,
    }));
  }

  @Field(() => HistoryPolicy, { nullable: true, description: 'The policy that did it. Null: none.' })
  policy: HistoryPolicy | null;

  @Field(() => ID, { description: 'The command that it followed from.' })
  commandId: string;

  @Field(() => ID, { nullable: true, description: 'The event or request that caused it.' })
  causationId: string | null;

  @Field(() => ID, { nullable: true, description: 'What all changes of one piece of work share.' })
  correlationId: string | null;

  @Field(() => Boolean, {
    description: 'Whether the person or account was erased since, so that the content is gone.',
  })
  async isErased(): Promise<boolean> {
    return (await this.#sealed()) === null;
  }

  @Field(() => Boolean, {
    description:
      'Whether nothing follows from it as far as was known: it was reverted, or no longer applied where belief order puts it.',
  })
  async isVoid(): Promise<boolean> {
    return (await this.#folded()).isVoid;
  }

  @Field(() => Boolean, { description: 'Whether a later change reverted it, as far as was known.' })
  async isReverted(): Promise<boolean> {
    return (await this.#folded()).isReverted;
  }

  @Field(() => [HistoryChange], {
    description:
      'What it changed of what was believed when it was learned. None for what only restates, or is void.',
  })
  async changes(): Promise<readonly HistoryChange[]> {
    return (await this.#folded()).changes;
  }

  @Field(() => Contact, {
    nullable: true,
    description:
      'The contact that it is about, itself, also where it was merged into another. Null: it is about an account or a turnover.',
  })
  async contact(@Ctx() context: Context): Promise<Contact | null> {
    const category = categoryOf(this.event.stream);
    if (category === 'account' || category === 'turnover') return null;
    const belief = await readContact(context, this.subjectId, this.point);
    return belief && contactAt(belief, this.point);
  }

  @Field(() => Account, {
    nullable: true,
    description: 'The account that it is about. Null: it is about a contact or a turnover.',
  })
  async account(@Ctx() context: Context): Promise<Account | null> {
    if (categoryOf(this.event.stream) !== 'account') return null;
    const belief = await readAccount(context, this.subjectId, this.point);
    return belief && accountAt(belief, this.point);
  }

  async #folded(): Promise<Folded> {
    return this.folds.of(await this.opened());
  }

  async #sealed(): Promise<Sealed | null> {
    return (await this.opened()).personal as Sealed | null;
  }
}

interface Sealed {
  reasonText?: string;
  evidenceTexts?: string[];
  sourceRecord?: string;
  sourceActor?: string;
}

/** Of an event that comes without its content, `open` reads that when a field asks for it. */
export function entryOf(
  event: LedgerEvent,
  point: ReadPoint,
  folds: Folds,
  open: (() => Promise<LedgerEvent>) | undefined = undefined,
): HistoryEntry {
  const { actor, policy } = event;
  let opening: Promise<LedgerEvent> | undefined;
  return Object.assign(new HistoryEntry(), {
    event,
    point,
    folds,
    opened: () => (opening ??= open?.() ?? Promise.resolve(event)),
    id: entryIdOf(event.position),
    position: event.position,
    eventId: event.id,
    subjectId: subjectOf(event.stream),
    placementId: placementOf(event),
    type: event.type,
    claimed: (event.data as { claimed?: string }).claimed ?? null,
    learnedAt: event.learnedAtMs,
    recordedAt: event.recordedAtMs,
    effectiveOn: event.effectiveOn ?? null,
    actor: { id: actor.id, kind: actor.kind, team: actor.team ?? null, onBehalfOf: actor.onBehalfOf ?? null },
    source: event.source,
    reasonCode: event.reasonCode ?? null,
    policy: policy ?? null,
    commandId: event.commandId,
    causationId: event.causationId ?? null,
    correlationId: event.correlationId ?? null,
  });
}
