// Runs policies: each follows the log with a checkpoint of its own, and what it does is written once, whoever repeats it.
import type { CommandContext } from '../command.ts';
import type { EventSealing } from '../event-sealing.ts';
import type { EventStore } from '../event-store/port.ts';
import { createFollower, type Follower, type FollowerOptions } from '../follower.ts';
import type { Ledger } from '../ledger.ts';
import type { LedgerEvent } from '../ledger-events.ts';
import type { Effect, Policy, PolicyWorld, RefusedEffect } from './policy.ts';
import type { PolicyFile } from './policy-file.ts';

export interface RunnerOptions extends FollowerOptions {
  policies: readonly Policy[];
  store: EventStore;
  sealing: EventSealing;
  ledger: Pick<Ledger, 'execute'>;
  world: PolicyWorld;
  /** Resolves once the read models rest on this position. */
  applied: (position: number) => Promise<void>;
  file: PolicyFile;
  /** Position of the ledger's last event when this process opened it. */
  head: number;
  /** Told of what the ledger refused a policy. */
  onRefusal?: ((refused: RefusedEffect) => void) | undefined;
}

export interface PolicyRunner {
  /** Lets every policy react to all that the log holds, what they themselves write included. Rejects on faults. */
  catchUp(onProgress?: (progress: PolicyProgress) => void): Promise<PolicyCounts>;
  /**
   * For a ledger that came as another one's export: what a policy did there is here already, under ids that the other ledger gave,
   * so that doing it again would not be recognised. One that never ran here goes on behind the newest event that it reacted to there.
   */
  goOnFromExport(): Promise<void>;
  /** What a policy, one of these or another, would do over all of history; nothing is written. */
  dryRun(
    policy: Policy,
    onEffect: (effect: Effect, event: LedgerEvent) => void | Promise<void>,
  ): Promise<void>;
  /**
   * From now on policies react as events arrive, until `stop`. Where a fault stops one the others go on, and this one from where
   * it stopped: by itself after a fault that may pass, else when it is started again.
   */
  follow(): void;
  /** Position up to which every policy has reacted. */
  readonly checkpoint: number;
  /** What policies may ask; a dry run asks the same. */
  readonly world: PolicyWorld;
  /** What policies were refused last, newest first. */
  refused(limit: number): RefusedEffect[];
  /** Lets what a policy is doing come to its end, then stops all. */
  stop(): Promise<void>;
}

export interface PolicyProgress {
  policy: string;
  done: number;
  total: number;
}

export interface PolicyCounts {
  /** Commands that wrote something. */
  done: number;
  refused: number;
}

export function createPolicyRunner(options: RunnerOptions): PolicyRunner {
  const { policies, store, sealing, world, file } = options;
  const stopping = new AbortController();
  const following: Promise<void>[] = [];
  /** One at a time for each policy: who catches up waits for the follower's event, and the other way round. */
  const turns = new Map<string, Promise<void>>();

  async function inTurn<T>(policy: Policy, work: () => Promise<T>): Promise<T> {
    const before = turns.get(policy.name) ?? Promise.resolve();
    const running = before.then(work);
    turns.set(
      policy.name,
      running.then(
        () => undefined,
        () => undefined,
      ),
    );
    return running;
  }

  /** Reacts to events in order. What lies behind the checkpoint was done by the other of catching up and following. */
  async function take(policy: Policy, events: readonly LedgerEvent[], counts: PolicyCounts): Promise<void> {
    for (const event of events) {
      if (event.position <= file.checkpoint(policy.name)) continue;
      if (stopping.signal.aborted) return;
      await options.applied(event.position);
      const effects = await policy.react(event, world);
      for (const effect of effects) await carryOut(policy, event, effect, counts);
      if (effects.length > 0) file.save(policy.name, event.position);
    }
    const last = events.at(-1)?.position ?? 0;
    if (last > file.checkpoint(policy.name)) file.save(policy.name, last);
  }

  async function carryOut(
    policy: Policy,
    event: LedgerEvent,
    effect: Effect,
    counts: PolicyCounts,
  ): Promise<void> {
    const result = await options.ledger.execute(effect.command, contextOf(policy, event, effect));
    if (result.ok) {
      if (!result.repeated && result.eventIds.length > 0) counts.done += 1;
      return;
    }
    counts.refused += 1;
    const refused: RefusedEffect = {
      policy: policy.name,
      version: policy.version,
      position: event.position,
      eventId: event.id,
      key: effect.key,
      command: effect.command.type,
      code: result.rejected,
      path: result.path,
    };
    file.refuse(refused);
    options.onRefusal?.(refused);
  }

  async function catchUpOne(
    policy: Policy,
    counts: PolicyCounts,
    onProgress?: (progress: PolicyProgress) => void,
  ): Promise<void> {
    for (;;) {
      const head = await store.head();
      const after = file.checkpoint(policy.name);
      if (after >= head || stopping.signal.aborted) return;
      for await (const page of store.readAll(after, { types: [...policy.types] })) {
        await take(policy, await sealing.open(page, new Set(policy.opens)), counts);
        onProgress?.({ policy: policy.name, done: file.checkpoint(policy.name), total: head });
        if (stopping.signal.aborted) return;
      }
      // What it is not told of is done with, too.
      if (file.checkpoint(policy.name) < head) file.save(policy.name, head);
    }
  }

  /** Position of the newest event that led each policy to write something, by the policy's name. */
  async function newestCauses(): Promise<Map<string, number>> {
    const causeIds = new Map<string, string>();
    for await (const page of store.readAll(0))
      for (const { meta } of page)
        if (meta.policy && meta.causationId !== undefined) causeIds.set(meta.policy.name, meta.causationId);
    const names = Map.groupBy(causeIds.keys(), (name) => causeIds.get(name)!);
    const causes = new Map<string, number>();
    if (names.size === 0) return causes;
    for await (const page of store.readAll(0))
      for (const { id, position } of page) for (const name of names.get(id) ?? []) causes.set(name, position);
    return causes;
  }

  // In a ledger that was opened empty nobody has reacted to anything.
  let begun = options.head === 0 ? Promise.resolve() : undefined;

  /**
   * Without a checkpoint each goes on with the newest event that it reacted to. It was done with those before, and told again
   * in a world that knows what came later it might find something else to do.
   */
  function begin(): Promise<void> {
    begun ??= goOnOrBegin().catch((fault) => {
      begun = undefined;
      throw fault;
    });
    return begun;
  }

  async function goOnOrBegin(): Promise<void> {
    await goOn((position) => position - 1);
    // Where nothing tells it begins at the first event: the whole log is looked through once, not at every start.
    for (const { name } of withoutCheckpoint()) file.save(name, 0);
  }

  const withoutCheckpoint = () => policies.filter(({ name }) => !file.hasCheckpoint(name));

  async function goOn(from: (newestCause: number) => number): Promise<void> {
    const fresh = withoutCheckpoint();
    if (fresh.length === 0) return;
    const causes = await newestCauses();
    for (const { name } of fresh) if (causes.has(name)) file.save(name, from(causes.get(name)!));
  }

  async function followOne(policy: Policy, follower: Follower): Promise<void> {
    const { signal } = stopping;
    await begin();
    if (!follower.isFollowing) {
      await inTurn(policy, () => catchUpOne(policy, { done: 0, refused: 0 }));
      if (!signal.aborted) follower.goesOn();
    }
    const filter = { types: [...policy.types] };
    for await (const page of store.subscribe(file.checkpoint(policy.name), { signal, filter })) {
      const events = await sealing.open(page, new Set(policy.opens));
      await inTurn(policy, () => take(policy, events, { done: 0, refused: 0 }));
      if (signal.aborted) return;
    }
  }

  return {
    async catchUp(onProgress) {
      await begin();
      const counts = { done: 0, refused: 0 };
      // What one policy writes another may react to: until nobody has anything to do.
      const isBehind = async () => {
        const head = await store.head();
        return policies.some((policy) => file.checkpoint(policy.name) < head);
      };
      while ((await isBehind()) && !stopping.signal.aborted)
        for (const policy of policies) await inTurn(policy, () => catchUpOne(policy, counts, onProgress));
      return counts;
    },
    goOnFromExport: () => goOn((position) => position),
    dryRun: (policy, onEffect) => dryRun(options, policy, world, onEffect),
    follow() {
      if (following.length > 0) return;
      for (const policy of policies) {
        const follower = createFollower(`policy.${policy.name}`, options);
        following.push(follower.run(() => followOne(policy, follower), stopping.signal));
      }
    },
    get checkpoint() {
      return Math.min(...policies.map((policy) => file.checkpoint(policy.name)));
    },
    world,
    refused: (limit) => file.refused(limit),
    async stop() {
      stopping.abort();
      await Promise.all([...following, ...turns.values()]);
    },
  };
}

/** Ids of what is written derive from these: the policy's name is the actor, the event and the effect's key are the key. */
function contextOf({ name, version }: Policy, event: LedgerEvent, effect: Effect): CommandContext {
  const { key, command: _, ...circumstances } = effect;
  return {
    ...circumstances,
    actor: { id: `policy.${name}`, kind: 'policy' },
    source: 'policy',
    by: 'person',
    policy: { name, version },
    idempotencyKey: `${event.id}:${key}`,
    causationId: event.id,
    correlationId: event.correlationId ?? event.id,
  };
}

/** What a policy would do over all of history, in a world of the caller's choice; nothing is written. */
export async function dryRun<W>(
  { store, sealing }: Pick<RunnerOptions, 'store' | 'sealing'>,
  policy: Policy<W>,
  world: W,
  onEffect: (effect: Effect, event: LedgerEvent) => void | Promise<void>,
): Promise<void> {
  for await (const page of store.readAll(0, { types: [...policy.types] }))
    for (const event of await sealing.open(page, new Set(policy.opens)))
      for (const effect of await policy.react(event, world)) await onEffect(effect, event);
}
