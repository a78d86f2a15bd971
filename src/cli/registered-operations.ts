// Reads the file of registered operations that the configuration names.
import { readFileSync } from 'node:fs';
import { ConfigInvalid, type ServingConfig } from '../config.ts';
import {
  noPersistedOperations,
  type PersistedOperations,
  parseRegisteredOperations,
} from '../server/persisted-operations.ts';

/** Throws ConfigInvalid where the file is not one, or is missing though no other operations are wanted. */
export function readRegisteredOperations({
  file,
  onlyRegistered,
}: ServingConfig['operations']): PersistedOperations {
  if (file === undefined) {
    if (!onlyRegistered) return noPersistedOperations;
    throw new ConfigInvalid(
      'CONTACT_LEDGER_OPERATIONS_ONLY lets only registered operations through: name their file in CONTACT_LEDGER_OPERATIONS_FILE.',
    );
  }
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigInvalid('The file that CONTACT_LEDGER_OPERATIONS_FILE names cannot be read.', { cause });
  }
  const registered = parseRegisteredOperations(text);
  if ('problem' in registered)
    throw new ConfigInvalid(`The file that CONTACT_LEDGER_OPERATIONS_FILE names ${registered.problem}.`);
  return { registered, onlyRegistered };
}
