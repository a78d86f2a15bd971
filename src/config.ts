// The configuration: environment variables and options, checked once, with a message that says what would be right.
import { z } from 'zod';
import { isTimeZone } from './time/clock.ts';

/** Every environment variable that the program reads. The README's table is compared with this one by a test. */
export const environmentVariables = {
  CONTACT_LEDGER_DATA: 'Folder of the ledger (default ./data).',
  CONTACT_LEDGER_MASTER_KEY:
    'Master key: 32 bytes in base64. It wraps the keys that personal data is sealed with.',
  CONTACT_LEDGER_MASTER_KEY_FILE: 'File that holds the master key instead.',
  CONTACT_LEDGER_HOST:
    'Address to listen on (default 127.0.0.1; only loopback until the API has authentication).',
  CONTACT_LEDGER_PORT: 'Port to listen on (default 4000; 0 takes a free one).',
  CONTACT_LEDGER_TIME_ZONE: 'IANA time zone in which a moment is a day (default UTC).',
  CONTACT_LEDGER_ACTOR: 'Subject that local commands are recorded under (default local).',
} as const;

const zConfig = z.object({
  CONTACT_LEDGER_DATA: z.string().min(1).default('./data'),
  CONTACT_LEDGER_MASTER_KEY: z.string().optional(),
  CONTACT_LEDGER_MASTER_KEY_FILE: z.string().optional(),
  CONTACT_LEDGER_HOST: z.string().min(1).default('127.0.0.1'),
  CONTACT_LEDGER_PORT: z.coerce.number('is a port number').int().min(0).max(65_535).default(4000),
  CONTACT_LEDGER_TIME_ZONE: z
    .string()
    .refine(isTimeZone, 'is an IANA time zone such as Europe/Berlin')
    .default('UTC'),
  CONTACT_LEDGER_ACTOR: z
    .string()
    .regex(/^[\w.@:+-]{1,128}$/, 'is a subject: letters, digits and . _ @ : + -')
    .default('local'),
});

export interface Config {
  dataDirectory: string;
  masterKey: string | undefined;
  masterKeyFile: string | undefined;
  host: string;
  port: number;
  timeZone: string;
  actor: string;
}

export class ConfigInvalid extends Error {
  readonly code = 'CONFIG_INVALID';
}

/** Throws ConfigInvalid naming each variable that is wrong; an empty variable counts as absent. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = zConfig.safeParse(given);
  if (!parsed.success)
    throw new ConfigInvalid(
      parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; '),
    );
  const values = parsed.data;
  return {
    dataDirectory: values.CONTACT_LEDGER_DATA,
    masterKey: values.CONTACT_LEDGER_MASTER_KEY,
    masterKeyFile: values.CONTACT_LEDGER_MASTER_KEY_FILE,
    host: values.CONTACT_LEDGER_HOST,
    port: values.CONTACT_LEDGER_PORT,
    timeZone: values.CONTACT_LEDGER_TIME_ZONE,
    actor: values.CONTACT_LEDGER_ACTOR,
  };
}
