// A process of its own that takes keys and prints their ids until it is killed. Arguments: path, master key, ledger id.
import { writeSync } from 'node:fs';
import { openFileKeyStore } from '../../src/personal-data/file-key-store.ts';

const [path, masterKey, ledgerId] = process.argv.slice(2);
const store = openFileKeyStore({
  path: path!,
  masterKey: Buffer.from(masterKey!, 'base64'),
  ledgerId: ledgerId!,
  create: true,
});
for (;;) {
  const { keyId } = await store.take();
  // Straight to the descriptor: what the parent reads was taken.
  writeSync(1, `${keyId}\n`);
  await new Promise((resolve) => setImmediate(resolve));
}
