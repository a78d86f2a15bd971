// What is told of a contact or account of which nothing is believed, because its registration was taken back.
import type { Application } from '../application.ts';
import { formatInstant } from '../time/instant.ts';
import type { SubjectKind } from './resolve-id.ts';
import { type Answer, wrap } from './terminal.ts';
import { howToUndo } from './undo-words.ts';

/** Undefined where that is not so. */
export async function undoneRegistration(
  { store, readModels }: Application,
  kind: SubjectKind,
  id: string,
): Promise<Answer | undefined> {
  if (await readModels.beliefs[kind](id)) return undefined;
  const [registration, ...later] = await store.read(`${kind}-${id}`);
  const undo = later.findLast(
    ({ type, data }) =>
      type === 'ChangesReverted' && (data['eventIds'] as string[]).includes(registration!.id),
  );
  if (!undo) return undefined;
  const { actor, reasonCode } = undo.meta;
  const because = reasonCode === undefined ? '' : `, because of ${reasonCode}`;
  const told =
    `The registration of this ${kind} was taken back on ${formatInstant(undo.learnedAtMs).slice(0, 10)} by ${actor.id}${because}: ` +
    'nothing is believed of it.';
  return {
    data: { registrationUndoneBy: undo.id },
    text: `${wrap(told)}\n\n${howToUndo(kind, id, undo.id)}`,
  };
}
