// What the ledger can prove of itself: signed checkpoints, and one contact's history against them.
import type { KeyObject } from 'node:crypto';
import type { EventStore } from '../event-store/port.ts';
import {
  type CountEntry,
  type CountTiles,
  countsRoot,
  overlaid,
  proveCount,
  setCounts,
} from './count-map.ts';
import { IntegrityFailure } from './integrity-failure.ts';
import { type KeptHashes, type KeptTree, type KeptTreeOptions, openKeptTree } from './kept-tree.ts';
import { sealedEventOf } from './sealed-event.ts';
import { originOf, signCheckpoint, signingKeyMissing, verifierKeyOf } from './signing-key.ts';
import {
  type Checkpoint,
  type ProofFile,
  readCheckpoints,
  type StreamProof,
  streamKey,
} from './verify-proof.ts';

export interface IntegrityOptions extends KeptTreeOptions {
  /** Read when it is needed first: without it nothing is signed, all else goes on. */
  signingKey?: (() => KeyObject) | undefined;
}

export interface ProofSubject {
  contactId: string;
  /** Contacts that were merged into it at any time, directly or not. */
  mergedIds: readonly string[];
}

export interface Integrity {
  /** The first line of every checkpoint: `contact-ledger/` and the ledger's id. */
  readonly origin: string;
  /** What checkpoints are verified with. Throws SIGNING_KEY_MISSING. */
  verifierKey(): string;
  /** A signed note over all events there are now. Throws SIGNING_KEY_MISSING, TREE_DIFFERS. */
  checkpoint(): Promise<string>;
  /**
   * The whole history of a contact, with what proves it against a fresh checkpoint and, where one is given, against an
   * earlier one. Beside what `checkpoint` throws: CHECKPOINT_OF_ANOTHER_LEDGER, CHECKPOINT_INCONSISTENT, and ProofUnreadable
   * CHECKPOINT_MALFORMED.
   */
  prove(subject: ProofSubject, since?: string): Promise<ProofFile>;
  /** Throws CHECKPOINT_OF_ANOTHER_LEDGER or CHECKPOINT_INCONSISTENT where the ledger did not go on from this checkpoint. */
  compare(checkpoint: Checkpoint): Promise<void>;
  /** The kept hashes at the end of the log, as `at` of the kept tree gives them. */
  kept: KeptTree['at'];
  close(): Promise<void>;
}

export function openIntegrity(options: IntegrityOptions): Integrity {
  const { store, ledgerId, signingKey } = options;
  const keptTree = openKeptTree(options);
  const origin = originOf(ledgerId);

  function key(): KeyObject {
    if (signingKey) return signingKey();
    throw signingKeyMissing();
  }

  return {
    origin,
    verifierKey: () => verifierKeyOf(key(), ledgerId),
    async checkpoint() {
      const signing = key();
      return keptTree.at(await store.head(), ({ head }) => signCheckpoint(signing, ledgerId, head()));
    },
    async prove(subject, since) {
      const signing = key();
      const earlier = since === undefined ? undefined : readCheckpoints(since).at(-1)!;
      return keptTree.at(await store.head(), async (kept) => {
        const head = kept.head();
        const countsSince = earlier && (await countsAt(earlier, origin, kept, store));
        const streams: StreamProof[] = [];
        for (const id of [subject.contactId, ...subject.mergedIds])
          for (const stream of [`contact-${id}`, `signals-${id}`])
            streams.push(await proveStream(stream, kept, head.size, store, countsSince));
        return {
          format: 'contact-ledger-proof/1',
          contactId: subject.contactId,
          mergedIds: [...subject.mergedIds],
          checkpoint: signCheckpoint(signing, ledgerId, head),
          ...(earlier && {
            since: {
              checkpoint: noteOf(earlier),
              consistency: base64(kept.tree.consistency(earlier.size, head.size)),
            },
          }),
          streams,
        };
      });
    },
    compare: async (checkpoint) =>
      keptTree.at(await store.head(), async (kept) => {
        await countsAt(checkpoint, origin, kept, store);
      }),
    kept: keptTree.at,
    close: keptTree.close,
  };
}

const base64 = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString('base64'));

/** The note as it was read, without what else was in its file. */
function noteOf({ text, signatures }: Checkpoint): string {
  const lines = signatures.map(
    ({ name, keyId, signature }) =>
      `— ${name} ${Buffer.concat([Buffer.from(keyId, 'hex'), signature]).toString('base64')}\n`,
  );
  return `${text}\n${lines.join('')}`;
}

/** An event that came in after the head was taken belongs to the next proof. */
async function proveStream(
  stream: string,
  { tree, counts }: KeptHashes,
  size: number,
  store: EventStore,
  countsSince: CountTiles | undefined,
): Promise<StreamProof> {
  const events = (await store.read(stream)).filter(({ position }) => position <= size);
  return {
    stream,
    count: proveCount(counts, stream),
    ...(countsSince && { countSince: proveCount(countsSince, stream) }),
    events: events.map((event) => ({
      event: sealedEventOf(event),
      inclusion: base64(tree.inclusion(event.position - 1, size)),
    })),
  };
}

/**
 * The map of counts as it was at an earlier checkpoint: today's, with every stream that grew since set back. It takes a look at
 * each event since. Throws where tree or map were others then.
 */
async function countsAt(
  checkpoint: Checkpoint,
  origin: string,
  { tree, counts }: KeptHashes,
  store: EventStore,
): Promise<CountTiles> {
  const { size } = checkpoint;
  if (checkpoint.origin !== origin)
    throw new IntegrityFailure(
      'CHECKPOINT_OF_ANOTHER_LEDGER',
      `The checkpoint is of ${checkpoint.origin}, this ledger is ${origin}.`,
    );
  if (size > tree.size)
    throw inconsistent(`it speaks of ${size} events, the ledger has ${tree.size}: its end was cut off`);
  if (!tree.root(size).equals(checkpoint.root))
    throw inconsistent(`the first ${size} events are not the ones that it speaks of: history was rewritten`);
  const before = overlaid(counts);
  const firstVersions = await versionsAfter(size, tree.size, store);
  const entries = Array.from(firstVersions, ([stream, version]): CountEntry => {
    return { key: streamKey(stream), count: version - 1 };
  });
  setCounts(before, entries);
  if (!countsRoot(before).equals(checkpoint.countsRoot))
    throw inconsistent(`the ${size} events were spread over other streams than it says`);
  return before;
}

/** The version of each stream's first event after a position. */
async function versionsAfter(after: number, upTo: number, store: EventStore): Promise<Map<string, number>> {
  const versions = new Map<string, number>();
  if (after >= upTo) return versions;
  for await (const page of store.readAll(after))
    for (const { stream, version, position } of page) {
      if (position > upTo) return versions;
      if (!versions.has(stream)) versions.set(stream, version);
    }
  return versions;
}

function inconsistent(why: string): IntegrityFailure {
  return new IntegrityFailure(
    'CHECKPOINT_INCONSISTENT',
    `The ledger does not go on from this checkpoint: ${why}.`,
  );
}
