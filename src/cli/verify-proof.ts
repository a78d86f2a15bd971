// contact-ledger verify-proof: checks a proof file with nothing but a checkpoint and the public key.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { publicKeyArgument, verifyProof } from '../integrity/verify-proof.ts';
import { type GlobalOptions, print } from './terminal.ts';

interface VerifyProofOptions {
  checkpoint: string;
  publicKey: string;
}

export function defineVerifyProof(program: Command): void {
  program
    .command('verify-proof')
    .argument('<file>', 'proof to check')
    .description(
      "check a proof of a contact's history against checkpoints that you kept; it needs no ledger and no key to personal data",
    )
    .requiredOption('--checkpoint <file>', 'checkpoints that you trust, one or many')
    .requiredOption(
      '--public-key <key>',
      "the ledger's public key (a line of contact-ledger public-key, or its file)",
    )
    .addHelpText('after', '\nExit codes: 0 proven, 4 something is wrong, 1 it could not be checked.')
    .action((file: string, { checkpoint, publicKey }: VerifyProofOptions, command: Command) => {
      const [proofText, checkpointText] = [file, checkpoint].map((path) => readFileSync(path, 'utf8'));
      const verdict = verifyProof(proofText!, checkpointText!, publicKeyArgument(publicKey));
      const { proven, findings } = verdict;
      if (command.optsWithGlobals<GlobalOptions>().json) print(JSON.stringify(verdict));
      else print([...findings.map(({ code, message }) => `${code}: ${message}`), ...proven].join('\n'));
      if (findings.length > 0) process.exitCode = 4;
    });
}
