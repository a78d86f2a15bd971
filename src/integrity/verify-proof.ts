// Checks a contact's proof against a checkpoint and a public key: one file that needs nothing but Node, and no ledger.
import { createHash, createPublicKey, hash, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** What a proof file holds. Hashes are SHA-256 in base64; docs/proof.md says how each is made. */
export interface ProofFile {
  format: 'contact-ledger-proof/1';
  contactId: string;
  /** Contacts that were merged into this one at any time. */
  mergedIds: string[];
  /** A signed note: what the ledger held when the proof was made. */
  checkpoint: string;
  /** An earlier signed note, and the proof that the ledger has only grown since. */
  since?: { checkpoint: string; consistency: string[] };
  streams: StreamProof[];
}
export interface StreamProof {
  stream: string;
  /** Number of events at `checkpoint`, and at `since` where there is one. */
  count: CountProof;
  countSince?: CountProof;
  events: { event: SealedEvent; inclusion: string[] }[];
}
/** Where a stream stands in the map of counts; 0 where it is not in it. */
export interface CountProof {
  count: number;
  /** Hashes beside the way to the root, the lowest first. */
  siblings: string[];
  /** Where the stream is not in the map: the only stream that is where it would be; none where nothing is. */
  neighbour?: { key: string; count: number };
}
/** An event as it is stored and hashed: its personal part is in the boxes, sealed; binary values are base64. */
export interface SealedEvent {
  stream: string;
  version: number;
  position: number;
  id: string;
  type: string;
  data: { [name: string]: unknown };
  [name: string]: unknown;
}
export interface Checkpoint {
  origin: string;
  /** Events in the ledger. */
  size: number;
  root: Buffer;
  /** Root of the map of counts. */
  countsRoot: Buffer;
  /** The lines that are signed, and each signature with the key it names. */
  text: string;
  signatures: { name: string; keyId: string; signature: Buffer }[];
}
export interface VerifierKey {
  name: string;
  /** Eight hex digits. */
  keyId: string;
  publicKey: Buffer;
}
export type ProofFindingCode =
  | 'PROOF_MALFORMED'
  | 'CHECKPOINT_MALFORMED'
  | 'SIGNATURE_INVALID'
  | 'OTHER_LEDGER'
  | 'CHECKPOINT_UNRELATED'
  | 'TAIL_CUT'
  | 'HISTORY_REWRITTEN'
  | 'COUNT_ALTERED'
  | 'EVENT_MISSING'
  | 'EVENT_ALTERED'
  | 'EVENT_ORDER'
  | 'STREAM_MISSING'
  | 'STREAM_UNRELATED';
export interface ProofFinding {
  code: ProofFindingCode;
  message: string;
}
export interface ProofVerdict {
  /** In plain words; only what was proven. Empty where something was found. */
  proven: string[];
  findings: ProofFinding[];
}

/** What was given to the verifier is not what it takes. */
export class ProofUnreadable extends Error {
  readonly code: 'PROOF_MALFORMED' | 'CHECKPOINT_MALFORMED' | 'PUBLIC_KEY_INVALID';
  constructor(code: ProofUnreadable['code'], message: string) {
    super(message);
    this.code = code;
  }
}

// As text and back, since a buffer of its own for each of millions of hashes takes longer than the hash.
const sha256 = (data: Uint8Array | string) => Buffer.from(hash('sha256', data, 'binary'), 'binary');
function tagged(tag: number, left: Uint8Array, right: Uint8Array): Buffer {
  const data = Buffer.allocUnsafe(1 + left.length + right.length);
  data[0] = tag;
  data.set(left, 1);
  data.set(right, 1 + left.length);
  return sha256(data);
}

// The log's tree is that of RFC 9162: 0x00 before a leaf, 0x01 before two children.
export const hashLeaf = (canonicalText: string): Buffer => sha256(`\u0000${canonicalText}`);
export const hashChildren = (left: Uint8Array, right: Uint8Array): Buffer => tagged(0x01, left, right);
export const emptyRoot = sha256('');

// The map of counts: 0x02 before a stream, 0x03 before two children, 32 zero bytes where nothing is.
export const nothing: Buffer = Buffer.alloc(32);
export const streamKey = (stream: string): Buffer => sha256(stream);
export function hashCount(key: Uint8Array, count: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(count));
  return tagged(0x02, key, bytes);
}
export const hashBranches = (left: Uint8Array, right: Uint8Array): Buffer => tagged(0x03, left, right);

/** RFC 8785 of what JSON.parse gave: members in the order of their UTF-16 code units. */
export function canonicalText(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  const members = value as { [name: string]: unknown };
  const names = Object.keys(members).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalText(members[name])}`).join(',')}}`;
}

/** RFC 9162, 2.1.3.2. */
export function includes(
  root: Buffer,
  size: number,
  index: number,
  leaf: Buffer,
  path: readonly Buffer[],
): boolean {
  if (index < 0 || index >= size) return false;
  let [fn, sn, node] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      node = hashChildren(sibling, node);
      for (; fn % 2 === 0 && fn !== 0; fn /= 2) sn = Math.floor(sn / 2);
    } else node = hashChildren(node, sibling);
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && node.equals(root);
}

interface TreeHead {
  size: number;
  root: Buffer;
}

/** RFC 9162, 2.1.4.2: whether the second tree begins with all of the first. */
export function extendsTree(first: TreeHead, second: TreeHead, proof: readonly Buffer[]): boolean {
  if (first.size > second.size) return false;
  if (first.size === second.size) return proof.length === 0 && first.root.equals(second.root);
  if (first.size === 0) return proof.length === 0 && first.root.equals(emptyRoot);
  if (proof.length === 0) return false;
  const isPowerOfTwo = Number.isInteger(Math.log2(first.size));
  const [start, ...path] = isPowerOfTwo ? [first.root, ...proof] : proof;
  let [fn, sn] = [first.size - 1, second.size - 1];
  for (; fn % 2 === 1; fn = (fn - 1) / 2) sn = Math.floor(sn / 2);
  let [fr, sr] = [start!, start!];
  for (const node of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      [fr, sr] = [hashChildren(node, fr), hashChildren(node, sr)];
      for (; fn % 2 === 0 && fn !== 0; fn /= 2) sn = Math.floor(sn / 2);
    } else sr = hashChildren(sr, node);
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && fr.equals(first.root) && sr.equals(second.root);
}

export const bitOf = (key: Uint8Array, index: number): number => (key[index >> 3]! >> (7 - (index & 7))) & 1;

/** Whether the map with this root gives the stream this count, or does not hold it where the count is 0. */
export function countHolds(root: Buffer, stream: string, proof: CountProof): boolean {
  const { count, siblings, neighbour } = proof;
  const key = streamKey(stream);
  let node: Buffer = nothing;
  if (count > 0) node = hashCount(key, count);
  else if (neighbour) {
    const other = hashOf(neighbour.key);
    if (other.equals(key)) return false;
    // A stream elsewhere says nothing of this place.
    for (let bit = 0; bit < siblings.length; bit++) if (bitOf(other, bit) !== bitOf(key, bit)) return false;
    node = hashCount(other, neighbour.count);
  }
  for (const [height, sibling] of siblings.entries()) {
    const isRight = bitOf(key, siblings.length - 1 - height) === 1;
    node = isRight ? hashBranches(hashOf(sibling), node) : hashBranches(node, hashOf(sibling));
  }
  return node.equals(root);
}

function hashOf(base64: unknown): Buffer {
  if (typeof base64 === 'string' && /^[A-Za-z0-9+/]{43}=$/.test(base64)) return Buffer.from(base64, 'base64');
  throw new ProofUnreadable('PROOF_MALFORMED', 'The proof holds a hash that is not 32 bytes in base64.');
}
const hashesOf = (list: unknown): Buffer[] => {
  if (Array.isArray(list)) return list.map(hashOf);
  throw new ProofUnreadable(
    'PROOF_MALFORMED',
    'The proof has something else where a list of hashes belongs.',
  );
};

const noteForm = /((?:[^\n]+\n)+)\n((?:— [^\n]+(?:\n|$))+)\s*/y;
const countsLine = 'stream-counts ';

/** The checkpoints of a file, which may hold many, one after the other. Throws ProofUnreadable CHECKPOINT_MALFORMED. */
export function readCheckpoints(file: string): Checkpoint[] {
  const text = file.replaceAll('\r\n', '\n').trimStart();
  const found: Checkpoint[] = [];
  const note = new RegExp(noteForm);
  while (note.lastIndex < text.length) {
    const match = note.exec(text);
    if (!match) break;
    found.push(readCheckpoint(match[1]!, match[2]!));
    if (note.lastIndex === text.length) return found;
  }
  throw new ProofUnreadable(
    'CHECKPOINT_MALFORMED',
    `This is not a checkpoint: after ${found.length} of them comes something that is no signed note (lines, an empty line, signatures).`,
  );
}

function readCheckpoint(text: string, signatureLines: string): Checkpoint {
  const [origin, size, root, ...extensions] = text.trimEnd().split('\n');
  const counts = extensions.find((line) => line.startsWith(countsLine))?.slice(countsLine.length);
  const isHash = (line: string | undefined) => /^[A-Za-z0-9+/]{43}=$/.test(line ?? '');
  if (!/^(0|[1-9]\d{0,15})$/.test(size ?? '') || !isHash(root) || !isHash(counts))
    throw new ProofUnreadable(
      'CHECKPOINT_MALFORMED',
      'This is not a checkpoint of a contact ledger: its lines are the origin, the number of events, the root hash and ' +
        '"stream-counts" with the root of the counts.',
    );
  const signatures = signatureLines.trimEnd().split('\n').map(readSignature);
  const roots = { root: Buffer.from(root!, 'base64'), countsRoot: Buffer.from(counts!, 'base64') };
  return { origin: origin!, size: Number(size), ...roots, text, signatures };
}

function readSignature(line: string): Checkpoint['signatures'][number] {
  const [, name = '', base64 = ''] = line.split(' ');
  const bytes = Buffer.from(base64, 'base64');
  return { name, keyId: bytes.subarray(0, 4).toString('hex'), signature: bytes.subarray(4) };
}

/** Key id of a signed note for an Ed25519 key: eight hex digits. */
export const keyIdOf = (name: string, publicKey: Uint8Array): string =>
  createHash('sha256').update(`${name}\n\u0001`).update(publicKey).digest('hex').slice(0, 8);

/** Reads `<name>+<key id>+<base64>`. Throws ProofUnreadable PUBLIC_KEY_INVALID. */
export function readVerifierKey(line: string): VerifierKey {
  const [, name = '', keyId = '', base64 = ''] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/i.exec(line.trim()) ?? [];
  const bytes = Buffer.from(base64, 'base64');
  const publicKey = bytes.subarray(1);
  if (bytes.length === 33 && bytes[0] === 1 && keyIdOf(name, publicKey) === keyId.toLowerCase())
    return { name, keyId: keyId.toLowerCase(), publicKey };
  throw new ProofUnreadable(
    'PUBLIC_KEY_INVALID',
    'The public key is not one: it is a line such as contact-ledger/0190…+5a3c19e2+AQ…, as `contact-ledger public-key` prints it.',
  );
}

/** Whether the key signed the note: its name, its id and an Ed25519 signature over the text. */
export function isSignedBy({ text, signatures }: Pick<Checkpoint, 'text' | 'signatures'>, key: VerifierKey) {
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key.publicKey]);
  const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
  const own = signatures.filter(({ name, keyId }) => name === key.name && keyId === key.keyId);
  return (
    own.length > 0 && own.every(({ signature }) => verify(null, Buffer.from(text), publicKey, signature))
  );
}

/** Checks a proof against the checkpoints that the reader kept. Throws ProofUnreadable where the files are not such. */
export function verifyProof(proofText: string, checkpointText: string, publicKeyLine: string): ProofVerdict {
  const key = readVerifierKey(publicKeyLine);
  const trusted = readCheckpoints(checkpointText);
  const proof = readProof(proofText);
  const findings: ProofFinding[] = [];
  const found = (code: ProofFindingCode, message: string) => void findings.push({ code, message });
  const now = readCheckpoints(proof.checkpoint)[0]!;
  const since = proof.since && readCheckpoints(proof.since.checkpoint)[0]!;

  for (const [checkpoint, where] of [
    ...trusted.map((one) => [one, 'your file'] as const),
    ...[now, ...(since ? [since] : [])].map((one) => [one, 'the proof'] as const),
  ]) {
    if (!isSignedBy(checkpoint, key))
      found(
        'SIGNATURE_INVALID',
        `The checkpoint of ${checkpoint.size} events in ${where} is not signed by this key: it is forged, altered or another ledger's.`,
      );
    else if (checkpoint.origin !== trusted[0]!.origin)
      found('OTHER_LEDGER', `A checkpoint in ${where} is of another ledger (${checkpoint.origin}).`);
  }
  // Nothing rests on what nobody signed.
  if (findings.length > 0) return { proven: [], findings };

  const anchor = compareWithTrusted(trusted, now, since, found);
  if (since && !extendsTree(since, now, hashesOf(proof.since!.consistency)))
    found(
      'HISTORY_REWRITTEN',
      `The ledger of ${now.size} events does not begin with the ${since.size} events of the earlier checkpoint: history was rewritten.`,
    );
  for (const stream of proof.streams) checkStream(stream, now, since, found);
  checkCoverage(proof, found);
  return { proven: findings.length > 0 ? [] : statements(proof, now, anchor!), findings };
}

type Found = (code: ProofFindingCode, message: string) => void;

/** The newest checkpoint of the reader's file that the proof speaks of. */
function compareWithTrusted(
  trusted: readonly Checkpoint[],
  now: Checkpoint,
  since: Checkpoint | undefined,
  found: Found,
): Checkpoint | undefined {
  let anchor: Checkpoint | undefined;
  for (const checkpoint of trusted) {
    const same = [now, since].find((one) => one?.size === checkpoint.size);
    if (!same) continue;
    if (!same.root.equals(checkpoint.root) || !same.countsRoot.equals(checkpoint.countsRoot))
      found(
        'HISTORY_REWRITTEN',
        `The proof and your checkpoint both speak of ${checkpoint.size} events, but not of the same: history was rewritten.`,
      );
    if (!anchor || checkpoint.size > anchor.size) anchor = checkpoint;
  }
  const newest = trusted.reduce((a, b) => (b.size > a.size ? b : a));
  if (newest.size > now.size)
    found(
      'TAIL_CUT',
      `Your checkpoint says that there were ${newest.size} events, the proof ends at ${now.size}: the end was cut off, or the proof is older than the checkpoint and has to be made anew.`,
    );
  else if (!anchor)
    found(
      'CHECKPOINT_UNRELATED',
      `The proof is about ${[...(since ? [since.size] : []), now.size].join(' and ')} events, your checkpoint about ${newest.size}: ask for a proof since your checkpoint.`,
    );
  return anchor;
}

function checkStream(proof: StreamProof, now: Checkpoint, since: Checkpoint | undefined, found: Found): void {
  const { stream, count, countSince, events } = proof;
  if (!countHolds(now.countsRoot, stream, count))
    found(
      'COUNT_ALTERED',
      `${stream}: the number of its events (${count.count}) is not the one of the checkpoint.`,
    );
  if (events.length !== count.count)
    found(
      'EVENT_MISSING',
      `${stream}: ${events.length} events are here, the checkpoint counts ${count.count}.`,
    );
  if (since) {
    const before = events.filter(({ event }) => event.position <= since.size).length;
    if (!countSince || !countHolds(since.countsRoot, stream, countSince))
      found(
        'COUNT_ALTERED',
        `${stream}: the number of its events at ${since.size} is not the one of that checkpoint.`,
      );
    else if (before !== countSince.count)
      found(
        'EVENT_MISSING',
        `${stream}: ${before} events are here from before ${since.size}, that checkpoint counts ${countSince.count}.`,
      );
  }
  let position = 0;
  for (const [index, { event, inclusion }] of events.entries()) {
    if (event.stream !== stream)
      found('STREAM_UNRELATED', `${stream}: the event at position ${event.position} is of another stream.`);
    if (event.version !== index + 1 || event.position <= position)
      found(
        'EVENT_ORDER',
        `${stream}: event ${index + 1} is version ${event.version} at position ${event.position}: out of order.`,
      );
    const leaf = hashLeaf(canonicalText(event));
    if (!includes(now.root, now.size, event.position - 1, leaf, hashesOf(inclusion)))
      found(
        'EVENT_ALTERED',
        `${stream}: the event at position ${event.position} is not the one that was recorded there.`,
      );
    position = event.position;
  }
}

/** The contact's own two streams must be there; a further contact only where its own events say that it was merged. */
function checkCoverage({ contactId, mergedIds, streams }: ProofFile, found: Found): void {
  const given = new Map(streams.map(({ stream, events }) => [stream, events]));
  const covered = [contactId, ...mergedIds];
  for (const id of covered)
    for (const stream of [`contact-${id}`, `signals-${id}`])
      if (!given.has(stream)) found('STREAM_MISSING', `The proof says nothing of ${stream}.`);
  for (const stream of given.keys())
    if (!covered.includes(stream.slice(stream.indexOf('-') + 1)))
      found('STREAM_UNRELATED', `${stream} belongs to none of the contacts that the proof is about.`);
  for (const id of mergedIds) {
    const speaksOfMerge = given.get(`contact-${id}`)?.some(({ event: { data } }) => {
      const { intoId } = (data['claim'] ?? data) as { intoId?: unknown };
      return covered.includes(String(intoId));
    });
    if (!speaksOfMerge)
      found('STREAM_UNRELATED', `No event of the contact ${id} says that it was merged into ${contactId}.`);
  }
}

function statements(
  { contactId, mergedIds, streams }: ProofFile,
  now: Checkpoint,
  anchor: Checkpoint,
): string[] {
  const eventCount = streams.reduce((sum, { events }) => sum + events.length, 0);
  const lines = [
    `These ${eventCount} events are the whole history of the contact ${contactId} in the ledger ${now.origin} at ${now.size} events: none is altered, left out, added or out of order.`,
  ];
  if (mergedIds.length > 0)
    lines.push(`The contacts merged into it are in it, each complete as well: ${mergedIds.join(', ')}.`);
  lines.push(
    anchor.size === now.size
      ? 'Your checkpoint is of that very moment.'
      : `The ledger has only grown since your checkpoint of ${anchor.size} events; what it held then it holds still.`,
  );
  return lines;
}

function readProof(text: string): ProofFile {
  const malformed = (why: string) => new ProofUnreadable('PROOF_MALFORMED', `This is not a proof: ${why}.`);
  let proof: unknown;
  try {
    proof = JSON.parse(text);
  } catch {
    throw malformed('it is not JSON');
  }
  if (!isObject(proof) || proof['format'] !== 'contact-ledger-proof/1')
    throw malformed('its format is not contact-ledger-proof/1');
  const { contactId, mergedIds, checkpoint, since, streams } = proof;
  const isWhole =
    isId(contactId) &&
    typeof checkpoint === 'string' &&
    isListOf(mergedIds, isId) &&
    (since === undefined || (isObject(since) && typeof since['checkpoint'] === 'string')) &&
    isListOf(streams, isStream) &&
    new Set((streams as StreamProof[]).map(({ stream }) => stream)).size === (streams as unknown[]).length;
  if (!isWhole) throw malformed('a field is missing, is there twice or has the wrong form');
  return proof as unknown as ProofFile;
}

const isObject = (value: unknown): value is { [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isListOf = (value: unknown, isItem: (item: unknown) => boolean) =>
  Array.isArray(value) && value.every(isItem);
const isNumber = (value: unknown, min: number) => Number.isSafeInteger(value) && (value as number) >= min;
// What is printed: another way to write an id is no id of a contact, and a text could overwrite what a terminal shows.
const isId = (value: unknown) =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
const isStreamName = (value: unknown) => typeof value === 'string' && /^[a-z]+-[0-9a-f-]{36}$/.test(value);
const isEvent = (value: unknown) =>
  isObject(value) &&
  isObject(value['event']) &&
  isObject(value['event']['data']) &&
  isNumber(value['event']['version'], 1) &&
  isNumber(value['event']['position'], 1);
const isStream = (value: unknown) =>
  isObject(value) &&
  isStreamName(value['stream']) &&
  isCount(value['count']) &&
  (value['countSince'] === undefined || isCount(value['countSince'])) &&
  isListOf(value['events'], isEvent);
const isCount = (value: unknown) =>
  isObject(value) &&
  isNumber(value['count'], 0) &&
  hashesOf(value['siblings']).length <= 256 &&
  (value['neighbour'] === undefined ||
    (isObject(value['neighbour']) && isNumber(value['neighbour']['count'], 1)));

/** The line itself, or the first line of the file of that name. */
export const publicKeyArgument = (given: string): string =>
  /\+[0-9a-f]{8}\+/i.test(given) ? given : readFileSync(given, 'utf8').trim().split('\n')[0]!;

function main(): number {
  const options = { checkpoint: { type: 'string' }, 'public-key': { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [proof] = positionals;
  if (!proof || !values.checkpoint || !values['public-key']) {
    process.stderr.write('Usage: node verify-proof.ts PROOF --checkpoint FILE --public-key KEY\n');
    return 2;
  }
  const [proofText, checkpointText] = [proof, values.checkpoint].map((path) => readFileSync(path, 'utf8'));
  const { proven, findings } = verifyProof(
    proofText!,
    checkpointText!,
    publicKeyArgument(values['public-key']),
  );
  for (const { code, message } of findings) process.stdout.write(`${code}: ${message}\n`);
  for (const line of proven) process.stdout.write(`${line}\n`);
  return findings.length > 0 ? 4 : 0;
}

if (import.meta.main) {
  try {
    process.exitCode = main();
  } catch (fault) {
    const { code = 'UNREADABLE', message, path } = fault as NodeJS.ErrnoException;
    const isMissing = code === 'ENOENT' && path !== undefined;
    process.stderr.write(isMissing ? `FILE_MISSING: There is no file ${path}.\n` : `${code}: ${message}\n`);
    process.exitCode = 1;
  }
}
