// contact-ledger proof: writes one contact's history with what proves it to an outsider.
import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { proveContact } from '../contact-proof.ts';
import { resolveId, scopeUnknown } from './resolve-id.ts';
import { configOf, count, createProgress, openConfigured, print } from './terminal.ts';

interface ProofOptions {
  contact: string;
  since?: string;
  out?: string;
}

export function defineProof(program: Command): void {
  program
    .command('proof')
    .description(
      "write one contact's history, still sealed, with the proof that it is complete and unaltered; verify-proof checks it",
    )
    .requiredOption('--contact <id>', "the contact (the ledger's id or SOURCE:ID)")
    .option('--since <file>', 'prove too that the ledger goes on from the last checkpoint of this file')
    .option('--out <file>', 'file to write (default: standard output)')
    .action(async ({ contact, since, out }: ProofOptions, command: Command) => {
      const config = configOf(command);
      const sinceText = since === undefined ? undefined : readFileSync(since, 'utf8');
      const progress = createProgress();
      const app = await openConfigured(config, { create: false, progress });
      try {
        const contactId = await resolveId(app, 'contact', contact);
        const proof = await proveContact(app, contactId, sinceText);
        progress.end();
        if (!proof) throw scopeUnknown('contact');
        const text = JSON.stringify(proof);
        if (out === undefined) return print(text);
        writeFileSync(out, `${text}\n`, { mode: 0o600 });
        const events = proof.streams.reduce((sum, stream) => sum + stream.events.length, 0);
        print(
          config.json
            ? JSON.stringify({ file: out, contactId, mergedIds: proof.mergedIds, events })
            : `${count(events)} events of ${contactId} with their proofs written to ${out}`,
        );
      } finally {
        progress.end();
        await app.close();
      }
    });
}
