// One contact's proof: what it proves to an outsider, and every way of altering it that the verifier finds.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/canonical-json.ts';
import { proveContact } from '../../src/contact-proof.ts';
import type { StoredEvent } from '../../src/event-store/port.ts';
import { countsRoot, proveCount, setCounts } from '../../src/integrity/count-map.ts';
import { leafOf, sealedEventOf } from '../../src/integrity/sealed-event.ts';
import { readSigningKey, signCheckpoint } from '../../src/integrity/signing-key.ts';
import {
  canonicalText,
  hashLeaf,
  isSignedBy,
  type ProofFile,
  ProofUnreadable,
  readCheckpoints,
  readVerifierKey,
  streamKey,
  verifyProof,
} from '../../src/integrity/verify-proof.ts';
import { openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import { ann, at, bob, cleo, contactIdOf } from '../support/ids.ts';
import { signingKeyFile } from '../support/signing-key-file.ts';
import { countTilesInMemory } from './tiles-in-memory.ts';

const keyFile = signingKeyFile();
const fiveHundred = Array.from({ length: 500 }, (_, index) => contactIdOf(100 + index));
let app: TestApplication;
/** Taken when the ledger held the first half of Ann's history. */
let earlier: string;
let now: string;
let publicKey: string;
let proof: ProofFile;

async function tellAnn(target: TestApplication): Promise<void> {
  await tell(target, { type: 'RegisterContact', contactId: ann, name: 'Ann', email: 'ann@acme.example' });
  await tell(target, { type: 'ChangeContactName', contactId: ann, name: 'Ann Miller' });
  await tell(target, { type: 'RecordBounce', contactId: ann, kind: 'hard', address: 'ann@acme.example' });
}

beforeAll(async () => {
  app = await openTestApplication({ signingKeyFile: keyFile });
  await tellAnn(app);
  for (const id of fiveHundred)
    await tell(app, { type: 'RegisterContact', contactId: id, name: 'One of many' });
  earlier = await app.integrity.checkpoint();
  await tell(app, { type: 'RegisterContact', contactId: bob, name: 'Ann M.' });
  await tell(app, { type: 'RegisterContact', contactId: cleo, name: 'A. Miller' });
  await tell(app, { type: 'MergeContacts', contactId: cleo, intoId: bob });
  await tell(app, { type: 'MergeContacts', contactId: bob, intoId: ann });
  await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Ann Miller-Jones' });
  now = await app.integrity.checkpoint();
  publicKey = app.integrity.verifierKey();
  proof = (await proveContact(app, ann, earlier))!;
});
afterAll(() => app.close());

const copy = (of: ProofFile = proof): ProofFile => structuredClone(of);
const check = (of: ProofFile | string, checkpoint = earlier) =>
  verifyProof(typeof of === 'string' ? of : JSON.stringify(of), checkpoint, publicKey);
const codes = (of: ProofFile, checkpoint = earlier) => check(of, checkpoint).findings.map(({ code }) => code);
const streamOf = (of: ProofFile, stream = `contact-${ann}`) =>
  of.streams.find((one) => one.stream === stream)!;

describe('a proof', () => {
  it('is all that an outsider needs, together with a checkpoint and the public key', () => {
    const { findings, proven } = check(proof);
    expect(findings).toEqual([]);
    expect(proven).toEqual([
      expect.stringContaining(`These 8 events are the whole history of the contact ${ann}`),
      expect.stringContaining(bob),
      expect.stringContaining('has only grown since your checkpoint of 503 events'),
    ]);
    expect(check(proof, now).proven).toContain('Your checkpoint is of that very moment.');
    expect(check(proof, `${earlier}\n${now}`).findings).toEqual([]);
  });

  it('covers the contact, its signals and all contacts that were merged into it', () => {
    expect(proof.streams.map(({ stream, events }) => [stream, events.length])).toEqual([
      [`contact-${ann}`, 3],
      [`signals-${ann}`, 1],
      [`contact-${bob}`, 2],
      [`signals-${bob}`, 0],
      [`contact-${cleo}`, 2],
      [`signals-${cleo}`, 0],
    ]);
    expect(proof.mergedIds).toEqual([bob, cleo]);
  });

  it('shows nobody’s personal data and no other contact', () => {
    const text = JSON.stringify(proof);
    expect(text).not.toMatch(/Ann|Miller|acme\.example/);
    expect(text).not.toContain(contactIdOf(100));
  });

  it('is null for a contact that the ledger has never heard of', async () => {
    expect(await proveContact(app, contactIdOf(9_999))).toBeNull();
  });

  it('still verifies once the keys of the contact are destroyed', async () => {
    const other = await openTestApplication({ signingKeyFile: keyFile });
    await tellAnn(other);
    const before = await other.integrity.checkpoint();
    const events = await other.store.read(`contact-${ann}`);
    await other.keyStore.destroy([
      ...new Set(events.flatMap(({ boxes }) => boxes.map(({ keyId }) => keyId))),
    ]);
    const made = JSON.stringify(await proveContact(other, ann, before));
    expect(verifyProof(made, before, other.integrity.verifierKey()).findings).toEqual([]);
    expect(await other.integrity.checkpoint()).toBe(before);
    await other.close();
  });

  it('needs a signing key', async () => {
    const other = await openTestApplication();
    await tellAnn(other);
    await expect(proveContact(other, ann)).rejects.toMatchObject({ code: 'SIGNING_KEY_MISSING' });
    await expect(other.integrity.checkpoint()).rejects.toMatchObject({ code: 'SIGNING_KEY_MISSING' });
    await other.close();
  });
});

describe('an altered proof', () => {
  it.each<[string, object]>([
    ['a byte of a sealed box', { boxes: [{ ciphertext: 'AAAA' }] }],
    ['who did it', { meta: { actor: { id: 'user-2', kind: 'person' } } }],
    ['when it was learned', { learnedAtMs: 1 }],
    ['what it was', { type: 'ContactRestored' }],
    ['its place', { position: 504 }],
  ])('is found where %s was changed', (_, change) => {
    const altered = copy();
    Object.assign(streamOf(altered).events[1]!.event, change);
    expect(codes(altered)).toContain('EVENT_ALTERED');
  });

  it('is found where an event is left out, the last one as well', () => {
    for (const index of [0, 1, 2]) {
      const altered = copy();
      streamOf(altered).events.splice(index, 1);
      expect(codes(altered)).toContain('EVENT_MISSING');
    }
  });

  it('is found where the count goes along with what is left out', () => {
    for (const stream of [`contact-${ann}`, `signals-${ann}`, `contact-${bob}`]) {
      const altered = copy();
      const own = streamOf(altered, stream);
      own.events.pop();
      own.count.count -= 1;
      expect(codes(altered), stream).toContain('COUNT_ALTERED');
    }
    const absent = copy();
    streamOf(absent).count = streamOf(absent, `signals-${bob}`).count;
    streamOf(absent).events = [];
    expect(codes(absent)).toContain('COUNT_ALTERED');
  });

  it('is found where events from before the checkpoint are left out under a false count of later', () => {
    const altered = copy();
    delete streamOf(altered).countSince;
    expect(codes(altered)).toEqual(['COUNT_ALTERED']);
    const fewer = copy();
    streamOf(fewer).countSince!.count -= 1;
    expect(codes(fewer)).toEqual(['COUNT_ALTERED']);
  });

  it('is found where a later checkpoint was signed with a false count, to hide what was there before', async () => {
    const counts = new Map<string, number>();
    for await (const page of app.store.readAll(0))
      for (const { stream, version } of page) counts.set(stream, version);
    counts.delete(`signals-${ann}`);
    const tiles = countTilesInMemory();
    setCounts(
      tiles,
      Array.from(counts, ([stream, count]) => ({ key: streamKey(stream), count })),
    );
    const { size, root } = readCheckpoints(proof.checkpoint)[0]!;
    const forged = copy();
    const head = { size, root, countsRoot: countsRoot(tiles) };
    forged.checkpoint = signCheckpoint(readSigningKey(keyFile), app.ledgerId, head);
    for (const stream of forged.streams) stream.count = proveCount(tiles, stream.stream);
    streamOf(forged, `signals-${ann}`).events = [];
    expect(codes(forged)).toEqual(['EVENT_MISSING']);
    // Without a checkpoint from before, nobody but who has the log could tell.
    delete forged.since;
    expect(codes(forged, forged.checkpoint)).toEqual([]);
  });

  it('is found where two events are swapped, with or without their places', () => {
    const swapped = copy();
    streamOf(swapped).events.reverse();
    expect(codes(swapped)).toContain('EVENT_ORDER');
    const renumbered = copy();
    const [first, second] = streamOf(renumbered).events;
    for (const name of ['version', 'position'] as const)
      [first!.event[name], second!.event[name]] = [second!.event[name], first!.event[name]];
    streamOf(renumbered).events.sort((a, b) => a.event.version - b.event.version);
    expect(codes(renumbered)).toEqual(['EVENT_ALTERED', 'EVENT_ALTERED']);
  });

  it('is found where a stream is missing, foreign or there for no reason', () => {
    const missing = copy();
    missing.streams = missing.streams.filter(({ stream }) => stream !== `signals-${ann}`);
    expect(codes(missing)).toEqual(['STREAM_MISSING']);
    const foreign = copy();
    foreign.mergedIds = [cleo];
    expect(codes(foreign)).toEqual(expect.arrayContaining(['STREAM_UNRELATED']));
    const unmerged = copy();
    unmerged.mergedIds.push(contactIdOf(100));
    expect(codes(unmerged)).toEqual(['STREAM_MISSING', 'STREAM_MISSING', 'STREAM_UNRELATED']);
  });

  it.each([
    ['another way to write its id', ann.toUpperCase()],
    ['a text that says what was proven', `x\nThese 8 events are the whole history of the contact ${ann}`],
    ['a text that moves on a terminal', `\u001b[2K${ann}`],
  ])('is no proof where the contact is %s, of which the ledger holds nothing', async (_, contactId) => {
    const empty = await app.integrity.prove({ contactId, mergedIds: [] }, earlier);
    expect(() => check(empty)).toThrow(expect.objectContaining({ code: 'PROOF_MALFORMED' }));
    const merged = copy();
    merged.mergedIds.push(contactId);
    expect(() => check(merged)).toThrow(expect.objectContaining({ code: 'PROOF_MALFORMED' }));
    const beside = copy();
    beside.streams.push(empty.streams[0]!);
    expect(() => check(beside)).toThrow(expect.objectContaining({ code: 'PROOF_MALFORMED' }));
  });

  it('is no proof where a number that is told is a text', () => {
    const altered = copy();
    Object.assign(streamOf(altered).events[1]!.event, { version: '\u001b[2K' });
    expect(() => check(altered)).toThrow(expect.objectContaining({ code: 'PROOF_MALFORMED' }));
  });

  it('is found where the end of the ledger was cut off after the checkpoint', async () => {
    const before = copy();
    before.checkpoint = earlier;
    expect(codes(before, now)).toContain('TAIL_CUT');
  });

  it('is found whatever value of it is changed', () => {
    const paths: (string | number)[][] = [];
    const walk = (value: unknown, path: (string | number)[]): void => {
      if (typeof value !== 'object' || value === null) paths.push(path);
      else for (const [name, inner] of Object.entries(value)) walk(inner, [...path, name]);
    };
    walk(proof, []);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.nat(), (path, seed) => {
        const altered = copy();
        const holder = path
          .slice(0, -1)
          .reduce<Record<string | number, unknown>>(
            (value, name) => value[name] as Record<string | number, unknown>,
            altered as unknown as Record<string, unknown>,
          );
        const last = path.at(-1)!;
        const value = holder[last];
        holder[last] = typeof value === 'number' ? value + 1 + (seed % 5) : spoilt(String(value), seed);
        expect(isFound(altered)).toBe(true);
      }),
    );
  });
});

function isFound(altered: ProofFile): boolean {
  try {
    return check(altered).findings.length > 0;
  } catch (fault) {
    if (fault instanceof ProofUnreadable) return true;
    throw fault;
  }
}

/** One character of the text is another one, and in base64 not one that stands for the same bytes. */
function spoilt(text: string, seed: number): string {
  const index = seed % Math.max(1, text.replace(/.=*\n*$/, '').length);
  return `${text.slice(0, index)}${text[index] === 'x' ? 'y' : 'x'}${text.slice(index + 1)}`;
}

describe('a checkpoint', () => {
  it('is a signed note over size, root and counts', () => {
    const [checkpoint] = readCheckpoints(now);
    expect(now.split('\n')).toEqual([
      `contact-ledger/${app.ledgerId}`,
      '508',
      expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
      expect.stringMatching(/^stream-counts [A-Za-z0-9+/]{43}=$/),
      '',
      expect.stringMatching(`^— contact-ledger/${app.ledgerId} [A-Za-z0-9+/]+=*$`),
      '',
    ]);
    expect(readVerifierKey(publicKey)).toMatchObject({
      name: checkpoint!.origin,
      keyId: checkpoint!.signatures[0]!.keyId,
    });
  });

  it('is refused where it is forged: another size, another root, another signature', () => {
    const lines = now.split('\n');
    const forged = [
      lines.with(1, '507'),
      lines.with(2, lines[3]!.slice('stream-counts '.length)),
      lines.with(3, `stream-counts ${lines[2]}`),
      lines.with(5, earlier.split('\n')[5]!),
    ];
    for (const forgery of forged) {
      expect(codes(proof, forgery.join('\n'))).toContain('SIGNATURE_INVALID');
      const inside = copy();
      inside.checkpoint = forgery.join('\n');
      expect(codes(inside)).toContain('SIGNATURE_INVALID');
    }
  });

  it('is refused where it is another ledger’s, under the same key or another', async () => {
    for (const file of [keyFile, signingKeyFile()]) {
      const other = await openTestApplication({ signingKeyFile: file });
      await tellAnn(other);
      const foreign = await other.integrity.checkpoint();
      expect(codes(proof, foreign)).toContain('SIGNATURE_INVALID');
      expect(
        verifyProof(JSON.stringify(proof), foreign, other.integrity.verifierKey()).findings[0]!.code,
      ).toBe('SIGNATURE_INVALID');
      await expect(proveContact(app, ann, foreign)).rejects.toMatchObject({
        code: 'CHECKPOINT_OF_ANOTHER_LEDGER',
      });
      await other.close();
    }
  });

  it('is not gone on from where its counts are not those that were', async () => {
    const lines = earlier.split('\n');
    const rewritten = lines.with(3, `stream-counts ${lines[2]}`).join('\n');
    await expect(proveContact(app, ann, rewritten)).rejects.toMatchObject({
      code: 'CHECKPOINT_INCONSISTENT',
    });
  });

  it('must be one that the proof is about', async () => {
    const fresh = (await proveContact(app, ann))!;
    expect(codes(fresh)).toEqual(['CHECKPOINT_UNRELATED']);
    expect(codes(fresh, now)).toEqual([]);
  });

  it('tells nothing where it cannot be read, and says what would be right', () => {
    for (const [file, message] of [
      ['', 'not a checkpoint'],
      ['hello', 'not a checkpoint'],
      [`${now}\nrest`, 'after 1 of them'],
      [now.replace('stream-counts', 'something'), 'stream-counts'],
    ] as const)
      expect(() => check(proof, file)).toThrow(
        expect.objectContaining({ code: 'CHECKPOINT_MALFORMED', message: expect.stringContaining(message) }),
      );
    expect(() => check('{}')).toThrow(expect.objectContaining({ code: 'PROOF_MALFORMED' }));
    expect(() => check('{"format"')).toThrow(expect.objectContaining({ code: 'PROOF_MALFORMED' }));
    for (const key of ['', 'contact-ledger/1', publicKey.replace(/\+[0-9a-f]{8}\+/, '+00000000+')])
      expect(() => verifyProof(JSON.stringify(proof), now, key)).toThrow(
        expect.objectContaining({ code: 'PUBLIC_KEY_INVALID' }),
      );
  });
});

describe('the canonical form', () => {
  it('is the same in the ledger and in the verifier', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 4 }), (value) => {
        const read = JSON.parse(JSON.stringify(value));
        expect(canonicalText(read)).toBe(canonicalJson(read));
      }),
    );
  });

  it('is what every leaf is the hash of, whatever the event holds', () => {
    const text = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed());
    const bytes = fc.uint8Array({ maxLength: 40 });
    const box = fc.record({ keyId: text, nonce: bytes, ciphertext: bytes, tag: bytes });
    const number = fc.nat();
    const event = fc.record({
      ...{ stream: text, version: number, position: number, id: text, type: text, typeVersion: number },
      ...{ learnedAtMs: fc.integer(), recordedAtMs: number },
      meta: fc.dictionary(text, fc.jsonValue()),
      data: fc.dictionary(text, fc.jsonValue()),
      boxes: fc.array(box, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(event, (value) => {
        const stored = value as unknown as StoredEvent;
        expect(leafOf(stored)).toEqual(hashLeaf(canonicalJson(sealedEventOf(stored))));
      }),
    );
  });

  it('is what docs/proof.md says of an event', async () => {
    const [event] = await app.store.read(`contact-${ann}`);
    expect(Object.keys(sealedEventOf(event!)).sort()).toEqual([
      'boxes',
      'data',
      'id',
      'learnedAtMs',
      'meta',
      'position',
      'recordedAtMs',
      'stream',
      'type',
      'typeVersion',
      'version',
    ]);
    const fixed = sealedEventOf({
      ...event!,
      id: '0190c7a4-0000-7000-8000-000000000001',
      learnedAtMs: at('2026-01-01'),
      recordedAtMs: at('2026-01-02'),
      meta: { actor: { id: 'user-1', kind: 'person' }, source: 'test', commandId: 'c', requestDigest: 'd' },
      data: {},
      boxes: [{ keyId: 'k', nonce: Buffer.of(1), ciphertext: Buffer.of(2), tag: Buffer.of(3) }],
    });
    const text =
      '{"boxes":[{"ciphertext":"Ag==","keyId":"k","nonce":"AQ==","tag":"Aw=="}],"data":{},' +
      '"id":"0190c7a4-0000-7000-8000-000000000001","learnedAtMs":1767225600000,' +
      '"meta":{"actor":{"id":"user-1","kind":"person"},"commandId":"c","requestDigest":"d","source":"test"},' +
      `"position":1,"recordedAtMs":1767312000000,"stream":"contact-${ann}","type":"ContactRegistered","typeVersion":1,"version":1}`;
    expect(canonicalText(fixed)).toBe(text);
    expect(hashLeaf(text).toString('hex')).toHaveLength(64);
  });
});

it('reads notes of other makers: the example of the signed-note format verifies', () => {
  const text =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const signature = Buffer.from(
    'x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=',
    'base64',
  );
  const signatures = [
    {
      name: 'PeterNeumann',
      keyId: signature.subarray(0, 4).toString('hex'),
      signature: signature.subarray(4),
    },
  ];
  const key = readVerifierKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
  expect(isSignedBy({ text, signatures }, key)).toBe(true);
  expect(isSignedBy({ text: `${text}\n`, signatures }, key)).toBe(false);
});
