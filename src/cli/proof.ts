// contact-ledger proof: writes one contact's history with what proves it to an outsider.
import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { proveContact } from '../contact-proof.ts';
import { checkPurpose, resolveId, scopeUnknown } from './resolve-id.ts';
import { configOf, count, createProgress, openConfigured, print } from './terminal.ts';

interface ProofOptions {
  contact: string;
  since?: string;
  out?: string;
  purpose?: string;
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
    .option('--purpose <reference>', 'why, as a code or the reference of a ticket: it is recorded')
    .action(async ({ contact, since, out, purpose }: ProofOptions, command: Command) => {
      checkPurpose(purpose);
      const config = configOf(command);
      const sinceText = since === undefined ? undefined : readFileSync(since, 'utf8');
      const progress = createProgress();
      const app = await openConfigured(config, { create: false, progress });
      try {
        const contactId = await resolveId(app, 'contact', contact);
        const proof = await proveContact(app, contactId, sinceText);
        progress.end();
        if (!proof) throw scopeUnknown('contact');
        // Before it leaves: a proof that is not recorded must not be handed out.
        app.accessLog.note({
          actor: { id: config.actor, kind: 'person' },
          kind: 'proof',
          subjectIds: [contactId, ...proof.mergedIds],
          purpose,
        });
        await app.accessLog.flush();
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
