// Opened streams stay in memory for who asks again, and never longer than the keys that they were opened with.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEventSealing, type EventSealing } from '../src/event-sealing.ts';
import { type KeyStore, KeyStoreFailure } from '../src/personal-data/key-store.ts';
import {
  answer,
  openTestApplication,
  type TestApplication,
  tell,
  testActor,
} from './support/app-in-memory.ts';
import { contactIdOf } from './support/ids.ts';

const [ada, bob] = [contactIdOf(1), contactIdOf(2)];
const stream = `contact-${ada}`;

let app: TestApplication;
let reads: string[];
/** Only a key store's answers change, not what it keeps. */
let keyStore: KeyStore;
let sealing: EventSealing;
beforeEach(async () => {
  app = await openTestApplication();
  await tell(app, { type: 'RegisterContact', contactId: ada, name: 'Ada Archer' });
  await tell(app, { type: 'RegisterContact', contactId: bob, name: 'Bob Baker' });
  reads = [];
  keyStore = { ...app.keyStore };
  sealing = createEventSealing(keyStore);
});
afterEach(() => app.close());

async function open(of = stream) {
  return sealing.openStream(of, await app.store.version(of), () => {
    reads.push(of);
    return app.store.read(of);
  });
}
const namesIn = async (of = stream) =>
  (await open(of)).map(({ personal }) => personal && 'name' in personal && personal.name);
const keyIdsOf = async (of: string) =>
  (await app.store.read(of)).flatMap(({ boxes }) => boxes.map(({ keyId }) => keyId));
const outage = () => Promise.reject(new KeyStoreFailure('KEYS_UNAVAILABLE', 'Out of reach.'));

it('reads the events of a stream once, until another is written to it', async () => {
  const first = await open();
  expect(await open()).toBe(first);
  expect(reads).toEqual([stream]);
  await tell(app, { type: 'ChangeContactName', contactId: ada, name: 'Ada Baker' });
  expect(await namesIn()).toEqual(['Ada Archer', 'Ada Baker']);
  expect(reads).toEqual([stream, stream]);
});

it('shows nothing of a key that was destroyed, whoever destroyed it', async () => {
  expect(await namesIn()).toEqual(['Ada Archer']);
  expect(await namesIn(`contact-${bob}`)).toEqual(['Bob Baker']);
  await app.keyStore.destroy(await keyIdsOf(stream));
  expect((await open()).map(({ personal }) => personal)).toEqual([null]);
  expect(await namesIn(`contact-${bob}`)).toEqual(['Bob Baker']);
});

it('asks for a key again that was dropped because it may be destroyed elsewhere, and takes an outage for no erasure', async () => {
  expect(await namesIn()).toEqual(['Ada Archer']);
  keyStore.forget(await keyIdsOf(stream));
  const { getMany } = keyStore;
  keyStore.getMany = outage;
  await expect(open()).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
  keyStore.getMany = getMany;
  expect(await namesIn()).toEqual(['Ada Archer']);
});

it('asks again for a key that is dropped while others are asked for', async () => {
  const stored = [...(await app.store.read(stream)), ...(await app.store.read(`contact-${bob}`))];
  await namesIn();
  keyStore.forget(await keyIdsOf(`contact-${bob}`));
  const { getMany } = keyStore;
  const adas = await keyIdsOf(stream);
  keyStore.getMany = async (keyIds) => {
    keyStore.getMany = getMany;
    keyStore.forget(adas);
    return getMany(keyIds);
  };
  const opened = await sealing.open(stored);
  expect(opened.map(({ personal }) => personal)).toMatchObject([
    { name: 'Ada Archer' },
    { name: 'Bob Baker' },
  ]);
});

it('answers on from memory while keys that it has are out of reach', async () => {
  await open();
  keyStore.getMany = outage;
  expect(await namesIn()).toEqual(['Ada Archer']);
});

it('keeps nothing of a stream whose key is destroyed while its events are read', async () => {
  const stored = await app.store.read(stream);
  const keyIds = await keyIdsOf(stream);
  const opened = await sealing.openStream(stream, 1, async () => {
    await app.keyStore.destroy(keyIds);
    return stored;
  });
  expect(opened.map(({ personal }) => personal)).toEqual([null]);
  await open();
  expect(reads).toEqual([stream]);
});

it('forgets at once the streams that it is told to forget', async () => {
  await open();
  sealing.forget(new Set([stream]));
  await open();
  expect(reads).toEqual([stream, stream]);
});

it('leaves no name in answers about the past once somebody is erased', async () => {
  const then = `{ contact(id: "${ada}", knownAt: "2027-01-01T12:00:00Z") { name } }`;
  expect(await answer(app, then)).toEqual({ contact: { name: 'Ada Archer' } });
  await app.erasures.erase(
    [{ contactId: ada, legalBasis: 'consent_withdrawn', requester: 'data_subject', ticket: 'PRIV-7' }],
    testActor,
  );
  expect(await answer(app, then)).toEqual({ contact: { name: null } });
});
