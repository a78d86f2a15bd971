// Whether a registration says only what was believed at some time: the decider and the fold must never differ on it.
import { sameValue, type Timeline } from '../timeline.ts';
import type { AccountBelief, TimelineKey } from './belief.ts';
import type { AccountEventOf } from './events.ts';

export function restatesAccount(
  belief: AccountBelief,
  data: AccountEventOf<'AccountRegistered'>['data'],
  personal: AccountEventOf<'AccountRegistered'>['personal'],
): boolean {
  const { name, domains, location, externalId } = personal ?? {};
  const values: { [K in TimelineKey]?: unknown } = { ...data, name, domains, location };
  const held = Object.entries(values).every(([key, value]) => {
    const timeline = belief[key as TimelineKey] as Timeline<unknown>;
    return value === undefined || value === null || timeline.some((one) => sameValue(one.value, value));
  });
  return (
    held && (externalId === undefined || belief.externalIds.some((known) => sameValue(known, externalId)))
  );
}
