// What the ledger proves of itself: signed checkpoints, and one contact's history against them.
import { GraphQLError } from 'graphql';
import { Arg, Ctx, Field, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { proveContact } from '../src/contact-proof.ts';
import { IntegrityFailure } from '../src/integrity/integrity-failure.ts';
import {
  type Checkpoint as CheckpointNote,
  type ProofFile,
  ProofUnreadable,
  readCheckpoints,
  type StreamProof,
} from '../src/integrity/verify-proof.ts';
import type { Context } from './context.ts';
import { noteLook } from './looks.ts';
import { badUserInput } from './parse-input.ts';
import { canonicalId } from './reading.ts';
import { Position } from './scalars.ts';

/** An answer is held in memory, and every event since an earlier checkpoint is looked at: what takes longer is for the command line. */
const eventsMax = 10_000;
const positionsSinceMax = 1_000_000;

@ObjectType({
  description:
    'A signed note of all that the ledger held at a position. Kept elsewhere, it shows later whether history was altered.',
})
export class Checkpoint {
  @Field(() => String, {
    description:
      'The note itself (C2SP signed-note, tlog-checkpoint; Ed25519), to be kept as it is: verify-proof takes a file of such notes.',
  })
  note: string;

  @Field(() => String, { description: 'First line of the note: contact-ledger/ and the id of the ledger.' })
  origin: string;

  @Field(() => Position, { description: 'Number of events that it is about.' })
  position: number;

  @Field(() => String, {
    description: 'Root of the Merkle tree over all events up to the position (RFC 9162, SHA-256), in base64.',
  })
  rootHash: string;

  @Field(() => String, {
    description:
      'Root of the Merkle map from each stream to the number of its events (docs/proof.md), in base64.',
  })
  countsRootHash: string;
}

@ObjectType({ description: 'A stream of events that a proof shows completely.' })
export class ProvenStream {
  @Field(() => String, { description: 'Name of the stream: contact- or signals- and the id of a contact.' })
  stream: string;

  @Field(() => Int, { description: 'Number of its events; 0 is proven as well.' })
  events: number;
}

@ObjectType({
  description:
    'The history of a contact as it is stored, still sealed, with the proof that it is complete and unaltered. It covers the ' +
    'contact’s own two streams and those of every contact that was merged into it.',
})
export class ContactProof {
  @Field(() => ID, { description: 'The contact.' })
  contactId: string;

  @Field(() => [ID], {
    description:
      'Contacts that were merged into it at any time, directly or not, undone merges too; each is in the proof.',
  })
  mergedIds: string[];

  @Field(() => Checkpoint, { description: 'What the proof rests on: signed for it.' })
  checkpoint: Checkpoint;

  @Field(() => Checkpoint, {
    nullable: true,
    description: 'The earlier checkpoint that it goes on from. Null: none was given.',
  })
  since: Checkpoint | null;

  @Field(() => [ProvenStream], { description: 'What the proof shows.' })
  streams: ProvenStream[];

  @Field(() => String, {
    description:
      'The proof file as JSON text, for contact-ledger verify-proof. Hashes and forms are described in docs/proof.md.',
  })
  document: string;
}

@Resolver()
export class ProofQueries {
  @Query(() => Checkpoint, {
    description:
      'A checkpoint of what the ledger holds now, signed anew. SIGNING_KEY_MISSING where the server has no key.',
  })
  async checkpoint(@Ctx() { app }: Context): Promise<Checkpoint> {
    return checkpointOf(await app.integrity.checkpoint().catch(tell));
  }

  @Query(() => String, {
    description:
      'The public key that checkpoints and proofs are verified with: name, key id and key, divided by +. SIGNING_KEY_MISSING where the server has none.',
  })
  publicKey(@Ctx() { app }: Context): string {
    try {
      return app.integrity.verifierKey();
    } catch (fault) {
      return tell(fault);
    }
  }

  @Query(() => ContactProof, {
    nullable: true,
    description:
      'The proof of one contact’s history. Null: the ledger has no such contact. More than 10,000 events are BAD_USER_INPUT: use the ' +
      'command line. CHECKPOINT_INCONSISTENT where the ledger does not go on from the checkpoint given: history was rewritten.',
  })
  async proof(
    @Ctx() context: Context,
    @Arg('contactId', () => ID, { description: 'Id of the contact.' }) contactId: string,
    @Arg('since', () => String, {
      nullable: true,
      description:
        'An earlier checkpoint, as its note: the proof then also shows that the ledger has only grown since, and what the contact’s ' +
        'streams held then. A text that is no checkpoint of this ledger, or one more than 1,000,000 events back, is BAD_USER_INPUT.',
    })
    since: string | null | undefined,
  ): Promise<ContactProof | null> {
    const { app } = context;
    const id = canonicalId(contactId);
    const events = (await app.store.version(`contact-${id}`)) + (await app.store.version(`signals-${id}`));
    if (events > eventsMax)
      throw badUserInput([
        {
          path: 'contactId',
          message: `has ${events} events; use contact-ledger proof for more than ${eventsMax}`,
        },
      ]);
    if (typeof since === 'string') checkSince(since, await app.store.head());
    const proof = await proveContact(app, id, since ?? undefined).catch(tell);
    if (!proof) return null;
    noteLook(context, 'proof', [id, ...proof.mergedIds]);
    return proofOf(proof);
  }
}

function readSince(since: string): CheckpointNote {
  try {
    return readCheckpoints(since).at(-1)!;
  } catch (fault) {
    return tell(fault);
  }
}

function checkSince(since: string, head: number): void {
  const checkpoint = readSince(since);
  if (head - checkpoint.size > positionsSinceMax)
    throw badUserInput([
      { path: 'since', message: `lies more than ${positionsSinceMax} events back; use contact-ledger proof` },
    ]);
}

function checkpointOf(note: string): Checkpoint {
  const { origin, size, root, countsRoot } = readCheckpoints(note)[0]!;
  const roots = { rootHash: root.toString('base64'), countsRootHash: countsRoot.toString('base64') };
  return { note, origin, position: size, ...roots };
}

function proofOf(proof: ProofFile): ContactProof {
  return {
    contactId: proof.contactId,
    mergedIds: proof.mergedIds,
    checkpoint: checkpointOf(proof.checkpoint),
    since: proof.since ? checkpointOf(proof.since.checkpoint) : null,
    streams: proof.streams.map(({ stream, events }: StreamProof) => ({ stream, events: events.length })),
    document: JSON.stringify(proof),
  };
}

/** A file's path is nothing to tell a client. */
const keyMissing =
  'The server has no signing key that it can use; its configuration names none, or the file is gone.';

/** What a client can do something about is a mistake or has its code; all else stays a fault. */
function tell(fault: unknown): never {
  if (fault instanceof ProofUnreadable) throw badUserInput([{ path: 'since', message: fault.message }]);
  if (!(fault instanceof IntegrityFailure)) throw fault;
  const { code, message } = fault;
  if (code === 'CHECKPOINT_OF_ANOTHER_LEDGER') throw badUserInput([{ path: 'since', message }]);
  throw new GraphQLError(code.startsWith('SIGNING_KEY') ? keyMissing : message, { extensions: { code } });
}
