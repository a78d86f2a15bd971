// The configuration: environment variables and options, checked once, with a message that says what would be right.
import { hostname } from 'node:os';
import { z } from 'zod';
import { type AccessLogLevel, accessLogLevels } from './access/events.ts';
import { type JwtSettings, type JwtVariables, readJwtSettings } from './auth/settings.ts';
import { zReplica } from './erasure/events.ts';
import { type Limits, limitVariables, readLimits } from './limits.ts';
import { isTimeZone } from './time/clock.ts';

/** Every environment variable that the program reads. A test compares them with the tables in docs/commands.md and docs/limits.md. */
export const environmentVariables = {
  CONTACT_LEDGER_DATA: 'Folder of the ledger (default ./data).',
  CONTACT_LEDGER_MASTER_KEY:
    'Master key: 32 bytes in base64. It wraps the keys that personal data is sealed with.',
  CONTACT_LEDGER_MASTER_KEY_FILE: 'File that holds the master key instead.',
  CONTACT_LEDGER_SIGNING_KEY_FILE: 'File with the Ed25519 key in PEM that checkpoints are signed with.',
  CONTACT_LEDGER_CHECKPOINT_FILE: 'File outside of the data folder that serve appends checkpoints to.',
  CONTACT_LEDGER_CHECKPOINT_COMMAND:
    'Command of the shell that serve hands each checkpoint on standard input.',
  CONTACT_LEDGER_CHECKPOINT_MINUTES: 'Minutes from one checkpoint of serve to the next (default 60).',
  CONTACT_LEDGER_EVENT_STORE:
    'Connection string of an EventStoreDB cluster that holds the log instead of a file.',
  CONTACT_LEDGER_KEY_DATABASE:
    'Connection string of a PostgreSQL database that holds the keys instead of a file.',
  CONTACT_LEDGER_REPLICA:
    'Name of this replica of a ledger on a cluster, as receipts of erasures state it (default: the name of the machine).',
  CONTACT_LEDGER_HOST:
    'Address to listen on (default 127.0.0.1); another than loopback only with authentication.',
  CONTACT_LEDGER_PORT: 'Port to listen on (default 4000; 0 takes a free one).',
  CONTACT_LEDGER_TIME_ZONE: 'IANA time zone in which a moment is a day (default UTC).',
  CONTACT_LEDGER_ACCESS_LOG:
    'Which reads are recorded: off, history (the default: histories, reports and exports) or all (every contact read too).',
  CONTACT_LEDGER_REMOVAL_GATE:
    'on: hard bounces without a sign of life remove contacts from accounts; default off.',
  CONTACT_LEDGER_TURNOVER_FILE:
    'File with what turnovers go by: key roles, plans, when one is saved, root causes, holidays (default: what is shipped).',
  CONTACT_LEDGER_RETENTION_FILE: 'File with the rules of retention: how long each class of data is kept.',
  CONTACT_LEDGER_BACKUP_DAYS:
    'Days after which no backup of the ledger is kept, as receipts of erasures state it (default 35).',
  CONTACT_LEDGER_ACTOR:
    'Subject that changes are recorded under while no authentication is set up (default local).',
  CONTACT_LEDGER_JWT_SECRET: 'Secret of JSON Web Tokens signed with HS256: a text of at least 32 bytes.',
  CONTACT_LEDGER_JWT_SECRET_FILE: 'File that holds the secret instead.',
  CONTACT_LEDGER_JWKS: 'Where the public keys of JSON Web Tokens are instead: an https: address or a file.',
  CONTACT_LEDGER_JWT_ISSUER: 'The iss that tokens must have.',
  CONTACT_LEDGER_JWT_AUDIENCE: 'The aud that tokens must have.',
  CONTACT_LEDGER_JWT_ALGORITHMS:
    'Accepted signature algorithms (default RS256 ES256 EdDSA with public keys).',
  CONTACT_LEDGER_JWT_CLAIMS:
    'Names of the claims (default subject=sub kind=kind team=team roles=roles; a name may be a path).',
  CONTACT_LEDGER_ORIGINS:
    'Web origins whose pages may use the API, such as https://app.example (default none).',
  CONTACT_LEDGER_GRAPHIQL: 'The page at /: on or off (default on, but off with NODE_ENV=production).',
  CONTACT_LEDGER_INTROSPECTION:
    'Questions about the schema itself: on or off (default on, but off with NODE_ENV=production).',
  CONTACT_LEDGER_LOG_LEVEL: 'What is logged: info (each request too), warn, error or silent (default info).',
  CONTACT_LEDGER_OPERATIONS_FILE: 'File of registered operations: a JSON object, SHA-256 of the text → text.',
  CONTACT_LEDGER_OPERATIONS_ONLY: 'on: only registered operations are answered (default off).',
  ...limitVariables,
} as const;

/** A text of blanks would be the number 0. */
const zDigits = (what: string) =>
  z
    .string()
    .regex(/^[\d.]+$/, what)
    .transform(Number);

const zConfig = z.object({
  CONTACT_LEDGER_DATA: z.string().min(1).default('./data'),
  CONTACT_LEDGER_MASTER_KEY: z.string().optional(),
  CONTACT_LEDGER_MASTER_KEY_FILE: z.string().optional(),
  CONTACT_LEDGER_SIGNING_KEY_FILE: z.string().optional(),
  CONTACT_LEDGER_CHECKPOINT_FILE: z.string().optional(),
  CONTACT_LEDGER_CHECKPOINT_COMMAND: z.string().optional(),
  CONTACT_LEDGER_CHECKPOINT_MINUTES: zDigits('is a number of minutes')
    .pipe(
      z
        .number('is a number of minutes')
        .min(1, 'is at least 1 minute')
        .max(10_000, 'is at most 10000 minutes'),
    )
    .default(60),
  CONTACT_LEDGER_EVENT_STORE: z
    .string()
    .regex(/^esdb(\+discover)?:\/\//, 'is a connection string: esdb://host:2113?tls=false')
    .optional(),
  CONTACT_LEDGER_KEY_DATABASE: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'is a connection string: postgres://user:password@host:5432/database')
    .optional(),
  CONTACT_LEDGER_REPLICA: zReplica.default(hostname()),
  CONTACT_LEDGER_HOST: z.string().min(1).default('127.0.0.1'),
  CONTACT_LEDGER_PORT: zDigits('is a port number')
    .pipe(z.number('is a port number').int().min(0).max(65_535))
    .default(4000),
  CONTACT_LEDGER_TIME_ZONE: z
    .string()
    .refine(isTimeZone, 'is an IANA time zone such as Europe/Berlin')
    .default('UTC'),
  CONTACT_LEDGER_ACTOR: z
    .string()
    .regex(/^[\w.@:+-]{1,128}$/, 'is a subject: letters, digits and . _ @ : + -')
    .default('local'),
  CONTACT_LEDGER_ACCESS_LOG: z.enum(accessLogLevels).default('history'),
  CONTACT_LEDGER_REMOVAL_GATE: z.enum(['off', 'on']).default('off'),
  CONTACT_LEDGER_TURNOVER_FILE: z.string().optional(),
  CONTACT_LEDGER_RETENTION_FILE: z.string().optional(),
  CONTACT_LEDGER_BACKUP_DAYS: zDigits('is a number of days')
    .pipe(z.number('is a number of days').int().min(0).max(36_500))
    .default(35),
});

const zSwitch = z.enum(['on', 'off'], 'is on or off').transform((value) => value === 'on');
const zServing = z.object({
  NODE_ENV: z.string().optional(),
  CONTACT_LEDGER_JWT_SECRET: z.string().optional(),
  CONTACT_LEDGER_JWT_SECRET_FILE: z.string().optional(),
  CONTACT_LEDGER_JWKS: z.string().optional(),
  CONTACT_LEDGER_JWT_ISSUER: z.string().optional(),
  CONTACT_LEDGER_JWT_AUDIENCE: z.string().optional(),
  CONTACT_LEDGER_JWT_ALGORITHMS: z.string().optional(),
  CONTACT_LEDGER_JWT_CLAIMS: z.string().optional(),
  CONTACT_LEDGER_ORIGINS: z
    .string()
    .default('')
    .transform((text) => text.split(/[\s,]+/).filter((origin) => origin !== ''))
    .refine(
      (origins) => origins.every(isOrigin),
      'is a list of origins such as https://app.example, without a path',
    ),
  CONTACT_LEDGER_GRAPHIQL: zSwitch.optional(),
  CONTACT_LEDGER_INTROSPECTION: zSwitch.optional(),
  CONTACT_LEDGER_OPERATIONS_FILE: z.string().optional(),
  CONTACT_LEDGER_OPERATIONS_ONLY: zSwitch.default(false),
  CONTACT_LEDGER_LOG_LEVEL: z
    .enum(['info', 'warn', 'error', 'silent'], 'is info, warn, error or silent')
    .default('info'),
});

export interface Config {
  dataDirectory: string;
  masterKey: string | undefined;
  masterKeyFile: string | undefined;
  eventStore: string | undefined;
  keyDatabase: string | undefined;
  /** Undefined where the log is a file, of which there is one. */
  replica: string | undefined;
  signingKeyFile: string | undefined;
  checkpoints: { file: string | undefined; command: string | undefined; everyMs: number };
  host: string;
  port: number;
  timeZone: string;
  actor: string;
  accessLog: AccessLogLevel;
  backupDays: number;
  /** Whether contacts are removed by rule. */
  hasRemovalGate: boolean;
  turnoverFile: string | undefined;
  retentionFile: string | undefined;
}

export type LogLevel = 'info' | 'warn' | 'error' | 'silent';

/** What only a server needs to know. */
export interface ServingConfig {
  jwt: JwtSettings | undefined;
  /** Origins whose pages may use the API. */
  origins: readonly string[];
  graphiql: boolean;
  introspection: boolean;
  operations: { file: string | undefined; onlyRegistered: boolean };
  limits: Limits;
  logLevel: LogLevel;
}

export class ConfigInvalid extends Error {
  readonly code = 'CONFIG_INVALID';
}

/** Throws ConfigInvalid naming each variable that is wrong; an empty variable counts as absent. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const values = parseVariables(zConfig, environment);
  return {
    dataDirectory: values.CONTACT_LEDGER_DATA,
    masterKey: values.CONTACT_LEDGER_MASTER_KEY,
    masterKeyFile: values.CONTACT_LEDGER_MASTER_KEY_FILE,
    signingKeyFile: values.CONTACT_LEDGER_SIGNING_KEY_FILE,
    checkpoints: {
      file: values.CONTACT_LEDGER_CHECKPOINT_FILE,
      command: values.CONTACT_LEDGER_CHECKPOINT_COMMAND,
      everyMs: values.CONTACT_LEDGER_CHECKPOINT_MINUTES * 60_000,
    },
    eventStore: values.CONTACT_LEDGER_EVENT_STORE,
    keyDatabase: values.CONTACT_LEDGER_KEY_DATABASE,
    replica: values.CONTACT_LEDGER_EVENT_STORE === undefined ? undefined : values.CONTACT_LEDGER_REPLICA,
    host: values.CONTACT_LEDGER_HOST,
    port: values.CONTACT_LEDGER_PORT,
    timeZone: values.CONTACT_LEDGER_TIME_ZONE,
    actor: values.CONTACT_LEDGER_ACTOR,
    accessLog: values.CONTACT_LEDGER_ACCESS_LOG,
    backupDays: values.CONTACT_LEDGER_BACKUP_DAYS,
    hasRemovalGate: values.CONTACT_LEDGER_REMOVAL_GATE === 'on',
    turnoverFile: values.CONTACT_LEDGER_TURNOVER_FILE,
    retentionFile: values.CONTACT_LEDGER_RETENTION_FILE,
  };
}

/** The same for what a server needs beside. Reads the files that variables name. Throws ConfigInvalid. */
export function readServingConfig(environment: NodeJS.ProcessEnv): ServingConfig {
  const values = parseVariables(zServing, environment);
  const isOpen = values.NODE_ENV !== 'production';
  const variables = Object.fromEntries(
    Object.entries(jwtVariables).map(([name, variable]) => [name, values[variable]]),
  );
  const jwt = readJwtSettings(variables);
  if (jwt && 'variable' in jwt) throw new ConfigInvalid(`${jwtVariables[jwt.variable]} ${jwt.message}`);
  const limits = readLimits(environment);
  if ('problems' in limits) throw new ConfigInvalid(limits.problems.join('; '));
  return {
    jwt,
    origins: values.CONTACT_LEDGER_ORIGINS,
    graphiql: values.CONTACT_LEDGER_GRAPHIQL ?? isOpen,
    introspection: values.CONTACT_LEDGER_INTROSPECTION ?? isOpen,
    operations: {
      file: values.CONTACT_LEDGER_OPERATIONS_FILE,
      onlyRegistered: values.CONTACT_LEDGER_OPERATIONS_ONLY,
    },
    limits,
    logLevel: values.CONTACT_LEDGER_LOG_LEVEL,
  };
}

const jwtVariables = {
  secret: 'CONTACT_LEDGER_JWT_SECRET',
  secretFile: 'CONTACT_LEDGER_JWT_SECRET_FILE',
  jwks: 'CONTACT_LEDGER_JWKS',
  issuer: 'CONTACT_LEDGER_JWT_ISSUER',
  audience: 'CONTACT_LEDGER_JWT_AUDIENCE',
  algorithms: 'CONTACT_LEDGER_JWT_ALGORITHMS',
  claims: 'CONTACT_LEDGER_JWT_CLAIMS',
} as const satisfies Record<keyof JwtVariables, string>;

/** An empty variable counts as absent. */
function parseVariables<S extends z.ZodType>(shape: S, environment: NodeJS.ProcessEnv): z.infer<S> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = shape.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ConfigInvalid(
    parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; '),
  );
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text;
}
