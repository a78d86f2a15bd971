// Erasures: planned, ordered in the log, carried out step by step, and finished at the next opening where one was cut short.
import { personOf } from '../../projections/identities.ts';
import type { Actor } from '../envelope.ts';
import { clearEvent } from '../enveloping.ts';
import type { EventSealing } from '../event-sealing.ts';
import type { EventStore } from '../event-store/port.ts';
import type { Ledger } from '../ledger.ts';
import { deriveId, newId } from '../personal-data/derive-id.ts';
import type { KeyStore } from '../personal-data/key-store.ts';
import type { ReadModels } from '../projector/read-models.ts';
import { type Rejection, reject } from '../rejections.ts';
import type { Clock } from '../time/clock.ts';
import type { ErasedPeople } from './erased-people.ts';
import {
  appendErasureEvent,
  type ErasureRecord,
  isOfPerson,
  readErasures,
  retireReplica,
} from './erasure-log.ts';
import type {
  ErasureAcknowledged,
  ErasureCompleted,
  ErasureOrdered,
  LegalBasis,
  Requester,
  SignalsErasureOrdered,
} from './events.ts';
import { keyIdsOf, readStreams, streamsOfContact, turnoverStreamsOf } from './person.ts';
import { type ErasurePlan, planErasure } from './plan.ts';
import { type ErasureReceipt, receiptOf } from './receipt.ts';

/** What an erasure goes through; a test may cut it short after each. */
export type ErasureStep = 'closed' | 'ordered' | 'keys_destroyed' | 'marked' | 'refolded' | 'compacted';

export interface ErasuresOptions {
  store: EventStore;
  sealing: EventSealing;
  keyStore: KeyStore;
  readModels: ReadModels;
  ledger: Ledger;
  erased: ErasedPeople;
  clock: Clock;
  /** Days after which no backup holds what was erased. */
  backupDays: number;
  /** Name of this copy of the ledger among those that share its log; undefined where it is the only one. */
  replica: string | undefined;
  onStep?: ((step: ErasureStep) => void | Promise<void>) | undefined;
}

export interface ErasureRequest {
  contactId: string;
  legalBasis: LegalBasis;
  requester: Requester;
  ticket?: string;
}

export type PlanOutcome = { plan: ErasurePlan } | { receipt: ErasureReceipt } | { rejection: Rejection };
export type ErasureOutcome = { receipt: ErasureReceipt } | { rejection: Rejection };

export interface Erasures {
  /** What erasing the contact would do; where it is erased already, its receipt. */
  plan(contactId: string): Promise<PlanOutcome>;
  /**
   * Erases people, several at the cost of one writing of the read models. Resolves once no file holds them in the clear.
   * Erasing again answers with the same receipt. CONTACT_UNKNOWN where there is no such contact.
   */
  erase(requests: readonly ErasureRequest[], actor: Actor): Promise<ErasureOutcome[]>;
  /** Makes unreadable what was observed of these contacts so far; the contacts stay. `rule` is the definition, as name:version. */
  eraseSignals(contactIds: readonly string[], rule: string, actor: Actor): Promise<void>;
  /** By the id of the erasure or of a contact; null where there was none. */
  receipt(id: string): Promise<ErasureReceipt | null>;
  /** Waits no longer for the word of a copy that is gone. False where there is none of this name. */
  retireReplica(replica: string, actor: Actor): Promise<boolean>;
  /** Says in the log that nothing can be read here any more, for each erasure that awaits this copy's word. */
  acknowledge(): Promise<void>;
  /** Resolves once nothing runs. */
  settled(): Promise<void>;
  /** Finishes what an earlier process was cut short in, and cleans up what a restored backup brought back. */
  resume(): Promise<void>;
}

type Order = ErasureRecord['order'];
type Mark = 'ContactErased' | 'SignalsErased' | 'TurnoverErased';

/** An order is one event, which has a largest size. */
const signalsPerOrder = 1_000;

function streamsOf({ type, data }: Order): string[] {
  return type === 'ErasureOrdered'
    ? data.contactIds.flatMap(streamsOfContact)
    : data.contactIds.map((id) => `signals-${id}`);
}

export function createErasures(options: ErasuresOptions): Erasures {
  const { store, readModels, ledger, erased, keyStore, onStep } = options;
  const sources = { ...options, salt: keyStore.salt };
  let queue: Promise<unknown> = Promise.resolve();

  /** One after the other: each finds what the one before has done. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = queue.then(work, work);
    queue = turn.catch(() => undefined);
    return turn;
  }

  async function find(id: string): Promise<ErasureRecord<ErasureOrdered> | undefined> {
    const erasureId = erased.erasureOf(id) ?? id;
    const records = await readErasures(store);
    return records.filter(isOfPerson).find(({ order }) => order.data.erasureId === erasureId);
  }

  /** Closes the ledger to all ids of the person; a merge that was on its way may add one. */
  async function closePerson(contactId: string): Promise<string[]> {
    let ids = [contactId];
    try {
      for (;;) {
        await ledger.closeTo(ids);
        await readModels.applied(await store.head());
        const person = await personOf(readModels, contactId);
        if (person.every((id) => ids.includes(id))) return ids;
        ids = person;
      }
    } catch (fault) {
      erased.reopen(ids);
      throw fault;
    }
  }

  async function order(request: ErasureRequest, actor: Actor): Promise<ErasureRecord<ErasureOrdered>> {
    const contactIds = await closePerson(request.contactId);
    try {
      await onStep?.('closed');
      const plan = await planErasure(sources, contactIds);
      const { legalBasis, requester, ticket } = request;
      const ordered = await appendErasureEvent<ErasureOrdered>(
        options,
        'ErasureOrdered',
        {
          erasureId: newId(),
          contactIds,
          keyIds: plan.keyIds,
          legalBasis,
          requester,
          ...(ticket !== undefined && { ticket }),
          suppressed: plan.suppressed,
          events: plan.events,
          exportIds: plan.exports.map(({ exportId }) => exportId),
          backupDays: options.backupDays,
        },
        { actor, learnedAtMs: options.clock.nowMs(), reasonCode: legalBasis },
      );
      erased.note(ordered);
      await onStep?.('ordered');
      return recordOf(ordered);
    } catch (fault) {
      erased.reopen(contactIds);
      throw fault;
    }
  }

  /** Each step may be repeated: who is cut short begins again with the first. */
  async function finish(records: readonly ErasureRecord[]): Promise<void> {
    const open = records.filter(({ completed }) => !completed);
    if (open.length === 0) return;
    for (const { order } of open) await destroyKeys(order);
    await onStep?.('keys_destroyed');
    let marked = 0;
    for (const { order } of open) marked = Math.max(marked, await mark(order));
    await onStep?.('marked');
    await readModels.applied(marked);
    await onStep?.('refolded');
    await readModels.compact();
    await onStep?.('compacted');
    for (const record of open) {
      const { erasureId } = record.order.data;
      record.completed = await appendErasureEvent<ErasureCompleted>(
        options,
        'ErasureCompleted',
        {
          erasureId,
          replicas: [{ name: options.replica ?? 'this', position: readModels.database.checkpoint }],
        },
        { actor: record.order.actor, learnedAtMs: options.clock.nowMs() },
      );
    }
  }

  async function destroyKeys(order: Order): Promise<void> {
    const { contactIds, keyIds } = order.data;
    const isOfPerson = order.type === 'ErasureOrdered';
    const closed = streamsOf(order);
    const others = isOfPerson ? turnoverStreamsOf(readModels, contactIds) : [];
    await ledger.closeTo(contactIds);
    // Of what goes on only those that were ordered: what is told meanwhile has a key of its own.
    const more = isOfPerson ? keyIdsOf(await readStreams(store, closed)) : [];
    await destroyKnown(keyStore, [...new Set([...keyIds, ...more])]);
    options.sealing.forget(new Set([...closed, ...others]));
    // Once more: a state that was read before its key was destroyed must not be kept.
    await ledger.closeTo(contactIds);
    await ledger.forget(others);
    if (!isOfPerson) erased.reopen(contactIds);
  }

  /** Tells each stream, from which its read models follow. Returns the position of the last mark. */
  async function mark(order: Order): Promise<number> {
    const { contactIds } = order.data;
    let last = 0;
    const markAll = async (streams: readonly string[], type: Mark) => {
      for (const stream of streams) last = Math.max(last, await markStream(stream, type, order));
    };
    if (order.type === 'SignalsErasureOrdered') await markAll(streamsOf(order), 'SignalsErased');
    else {
      await markAll(turnoverStreamsOf(readModels, contactIds), 'TurnoverErased');
      await markAll(
        contactIds.map((id) => `contact-${id}`),
        'ContactErased',
      );
    }
    return last;
  }

  async function markStream(stream: string, type: Mark, order: Order): Promise<number> {
    const { erasureId } = order.data;
    const reasonCode = order.type === 'ErasureOrdered' ? order.data.legalBasis : 'retention_period';
    for (;;) {
      const events = await store.read(stream);
      const known = events.find((event) => event.type === type && event.data['erasureId'] === erasureId);
      if (known) return known.position;
      const learnedAtMs = Math.max(options.clock.nowMs(), ...events.map((event) => event.learnedAtMs));
      const about = { actor: order.actor, source: 'erasure', learnedAtMs, reasonCode };
      const id = deriveId(keyStore.salt, type, erasureId, stream);
      const event = clearEvent(id, stream, type, { erasureId }, about);
      await store.append(stream, events.length, [options.sealing.seal(event, null)]);
    }
  }

  async function orderSignals(contactIds: string[], rule: string, actor: Actor): Promise<ErasureRecord> {
    const streams = await readStreams(
      store,
      contactIds.map((id) => `signals-${id}`),
    );
    const keyIds = keyIdsOf(streams);
    const events = streams.reduce((sum, stream) => sum + stream.events.length, 0);
    const ordered = await appendErasureEvent<SignalsErasureOrdered>(
      options,
      'SignalsErasureOrdered',
      { erasureId: newId(), contactIds, keyIds, rule, events },
      { actor, learnedAtMs: options.clock.nowMs(), reasonCode: 'retention_period' },
    );
    return recordOf(ordered);
  }

  async function acknowledge(): Promise<void> {
    const { replica } = options;
    if (replica === undefined) return;
    const records = (await readErasures(store)).filter(({ awaited }) => awaited.includes(replica));
    const completed = records.flatMap((record) => record.completed ?? []);
    if (completed.length === 0) return;
    await readModels.applied(completed.at(-1)!.position);
    await readModels.compact();
    for (const { actor, data } of completed)
      await appendErasureEvent<ErasureAcknowledged>(
        options,
        'ErasureAcknowledged',
        { erasureId: data.erasureId, replica, position: readModels.database.checkpoint },
        { actor, learnedAtMs: options.clock.nowMs() },
      );
  }

  const isKnown = async (contactId: string) => (await store.version(`contact-${contactId}`)) > 0;
  const unknown = () => ({ rejection: reject('CONTACT_UNKNOWN', 'contactId') });
  const receipt = (record: ErasureRecord<ErasureOrdered>) => ({
    receipt: receiptOf(record, readModels.database),
  });

  return {
    async plan(contactId) {
      const record = await find(contactId);
      if (record) return receipt(record);
      if (!(await isKnown(contactId))) return unknown();
      await readModels.applied(await store.head());
      return { plan: await planErasure(sources, await personOf(readModels, contactId)) };
    },

    erase: (requests, actor) =>
      inTurn(async () => {
        const outcomes: ({ record: ErasureRecord<ErasureOrdered> } | { rejection: Rejection })[] = [];
        const records = new Map<string, ErasureRecord<ErasureOrdered>>();
        for (const request of requests) {
          const { contactId } = request;
          const erasureId = erased.erasureOf(contactId);
          if (erasureId === undefined && !(await isKnown(contactId))) {
            outcomes.push(unknown());
            continue;
          }
          const record =
            erasureId === undefined
              ? await order(request, actor)
              : (records.get(erasureId) ?? (await find(contactId))!);
          records.set(record.order.data.erasureId, record);
          outcomes.push({ record });
        }
        await finish([...records.values()]);
        // As the log has them now, with those whose word is awaited.
        for (const record of (await readErasures(store)).filter(isOfPerson))
          records.set(record.order.data.erasureId, record);
        return outcomes.map((outcome) =>
          'record' in outcome ? receipt(records.get(outcome.record.order.data.erasureId)!) : outcome,
        );
      }),

    eraseSignals: (contactIds, rule, actor) =>
      inTurn(async () => {
        const records: ErasureRecord[] = [];
        for (let start = 0; start < contactIds.length; start += signalsPerOrder)
          records.push(await orderSignals(contactIds.slice(start, start + signalsPerOrder), rule, actor));
        await finish(records);
      }),

    async receipt(id) {
      const record = await find(id);
      return record ? receiptOf(record, readModels.database) : null;
    },

    resume: () =>
      inTurn(async () => {
        const records = await readErasures(store);
        await finish(records);
        const last = records.at(-1)?.completed?.position ?? 0;
        // Read models from a backup may be older than the erasure.
        await readModels.applied(Math.min(last, await store.head()));
        await readModels.compact();
        await acknowledge();
      }),

    retireReplica: (replica, actor) =>
      inTurn(() => retireReplica(options, replica, { actor, learnedAtMs: options.clock.nowMs() })),
    acknowledge: () => inTurn(acknowledge),
    async settled() {
      await queue;
    },
  };
}

function recordOf<O extends Order>(order: O): ErasureRecord<O> {
  return { order, completed: undefined, acknowledged: [], awaited: [] };
}

/** Before anything is read: destroys again what an older copy of the keys has brought back. */
export async function destroyErasedKeys(
  keyStore: KeyStore,
  records: readonly ErasureRecord[],
): Promise<void> {
  await destroyKnown(
    keyStore,
    records.flatMap(({ order }) => order.data.keyIds),
  );
}

async function destroyKnown(keyStore: KeyStore, keyIds: readonly string[]): Promise<void> {
  if (keyIds.length === 0) return;
  try {
    await keyStore.destroy(keyIds);
  } catch (fault) {
    // Orders of another ledger, taken over with its export, name keys that were never here.
    if ((fault as { code?: unknown }).code !== 'KEY_UNKNOWN') throw fault;
  }
}
