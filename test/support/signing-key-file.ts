// A signing key in a file of its own, for the tests of one file.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { newSigningKey } from '../../src/integrity/signing-key.ts';

export function signingKeyFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'contact-ledger-key-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'signing.key');
  writeFileSync(path, newSigningKey(), { mode: 0o600 });
  return path;
}
