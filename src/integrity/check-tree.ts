// Computes tree and counts anew from the log, and compares them with the kept ones and with checkpoints from outside.
import type { EventStore } from '../event-store/port.ts';
import type { HashTree } from './hash-tree.ts';
import type { Integrity } from './integrity.ts';
import { IntegrityFailure } from './integrity-failure.ts';
import { openProofsFile } from './proofs-file.ts';
import { createTreeWriter, type TreeHead, type TreeWriter } from './tree-writer.ts';
import { type Checkpoint, isSignedBy, type VerifierKey } from './verify-proof.ts';

export interface TreeFinding {
  code: 'TREE_DIFFERS' | 'CHECKPOINT_OF_ANOTHER_LEDGER' | 'CHECKPOINT_INCONSISTENT' | 'SIGNATURE_INVALID';
  position?: number;
  message: string;
}

export interface CheckTreeOptions {
  store: EventStore;
  ledgerId: string;
  integrity: Integrity;
  /** Checkpoints that were kept outside of the ledger. */
  checkpoints: readonly Checkpoint[];
  /** Their signatures are checked where it is given; whether the ledger goes on from them is checked always. */
  verifierKey?: VerifierKey | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What the log differs in; empty where it is whole. Rejects with faults of the store. */
export async function checkTree(options: CheckTreeOptions): Promise<TreeFinding[]> {
  const findings = options.checkpoints.flatMap((checkpoint) => checkOrigin(checkpoint, options));
  const own = options.checkpoints.filter(({ origin }) => origin === options.integrity.origin);
  // A temporary file of SQLite's: it goes with the connection.
  const file = openProofsFile('', options.ledgerId);
  try {
    const writer = createTreeWriter(file);
    await readLog(writer, options, own, (finding) => findings.push(finding));
    for (const { size } of own.filter((checkpoint) => checkpoint.size > writer.readTo))
      findings.push(inconsistent(size, `the log ends at ${writer.readTo}: its end was cut off`));
    findings.push(...(await compareWithKept(writer, options)));
  } catch (fault) {
    findings.push(differing(fault));
  } finally {
    file.close();
  }
  return findings;
}

function checkOrigin(checkpoint: Checkpoint, { integrity, verifierKey }: CheckTreeOptions): TreeFinding[] {
  const { size, origin } = checkpoint;
  if (origin !== integrity.origin)
    return [
      {
        code: 'CHECKPOINT_OF_ANOTHER_LEDGER',
        message: `The checkpoint of ${size} events is of ${origin}, this ledger is ${integrity.origin}.`,
      },
    ];
  if (!verifierKey || isSignedBy(checkpoint, verifierKey)) return [];
  return [
    {
      code: 'SIGNATURE_INVALID',
      message: `The checkpoint of ${size} events is not signed by this key: it is forged or altered.`,
    },
  ];
}

/** Takes the whole log, halting at the size of each checkpoint to see whether it is the same. */
async function readLog(
  writer: TreeWriter,
  { store, onProgress }: CheckTreeOptions,
  checkpoints: readonly Checkpoint[],
  found: (finding: TreeFinding) => void,
): Promise<void> {
  const total = await store.head();
  const sizes = [...new Set(checkpoints.map(({ size }) => size))].sort((a, b) => a - b);
  const compareAt = async (size: number) => {
    await writer.settle();
    for (const checkpoint of checkpoints)
      if (checkpoint.size === size && !sameHead(writer.head(), checkpoint))
        found(inconsistent(size, 'these events are not the ones that it speaks of: history was rewritten'));
  };
  if (sizes[0] === 0) await compareAt(0);
  for await (const page of store.readAll(0)) {
    let rest = page;
    for (const size of sizes.filter((one) => one > writer.readTo && one <= page.at(-1)!.position)) {
      const upTo = rest.findIndex(({ position }) => position > size);
      await writer.take(upTo < 0 ? rest : rest.slice(0, upTo));
      rest = upTo < 0 ? [] : rest.slice(upTo);
      await compareAt(size);
    }
    await writer.take(rest);
    onProgress?.(writer.readTo, total);
  }
  await writer.settle();
}

const sameHead = (head: TreeHead, { root, countsRoot }: Pick<TreeHead, 'root' | 'countsRoot'>) =>
  head.root.equals(root) && head.countsRoot.equals(countsRoot);

async function compareWithKept(
  { tree, head }: TreeWriter,
  { integrity }: CheckTreeOptions,
): Promise<TreeFinding[]> {
  return integrity.kept(tree.size, (kept) => {
    if (kept.tree.size === tree.size && sameHead(kept.head(), head())) return [];
    const position = firstDifference(kept.tree, tree);
    const message =
      position <= Math.min(tree.size, kept.tree.size)
        ? `The log and the tree that was kept of it differ from position ${position} on: the log was changed.`
        : 'The counts of events that were kept are not those of the log: proofs.db was changed.';
    return [{ code: 'TREE_DIFFERS', position, message }];
  });
}

/** Equal roots mean equal beginnings, so the first position that differs is found by halving. */
function firstDifference(a: HashTree, b: HashTree): number {
  let [same, other] = [0, Math.min(a.size, b.size) + 1];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (a.root(middle).equals(b.root(middle))) same = middle;
    else other = middle;
  }
  return other;
}

function inconsistent(size: number, why: string): TreeFinding {
  return {
    code: 'CHECKPOINT_INCONSISTENT',
    message: `The ledger does not go on from the checkpoint of ${size} events: ${why}.`,
  };
}

/** A finding where the log and its tree do not fit together; other faults are the caller's. */
function differing(fault: unknown): TreeFinding {
  if (fault instanceof IntegrityFailure && fault.code === 'TREE_DIFFERS')
    return { code: fault.code, message: fault.message };
  throw fault;
}
