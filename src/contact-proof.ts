// The proof of one contact's history: its own events and those of every contact that was merged into it.
import { findMergedInto } from '../projections/identities.ts';
import type { Application } from './application.ts';
import type { ProofFile } from './integrity/verify-proof.ts';

/** Null where the ledger has no event of the contact. Throws what `prove` of the ledger's integrity throws. */
export async function proveContact(
  app: Application,
  contactId: string,
  since?: string,
): Promise<ProofFile | null> {
  const { store, readModels, integrity } = app;
  if ((await store.version(`contact-${contactId}`)) === 0) return null;
  await readModels.applied(await store.head());
  const ids = new Set([contactId]);
  for (const id of ids) for (const loserId of findMergedInto(readModels.database, id)) ids.add(loserId);
  ids.delete(contactId);
  return integrity.prove({ contactId, mergedIds: [...ids] }, since);
}
