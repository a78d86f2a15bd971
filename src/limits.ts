// What one client may ask of the server: each limit with the environment variable that sets it and what it is for.

interface Limit {
  variable: `CONTACT_LEDGER_${string}`;
  /** What holds where the variable is not set. */
  value: number;
  min: number;
  what: string;
}

/** docs/limits.md has the same table; a test compares them. */
export const limitTable = {
  bodyBytesMax: {
    variable: 'CONTACT_LEDGER_BODY_BYTES_MAX',
    value: 1_048_576,
    min: 1_024,
    what: 'Bytes of a request body or WebSocket message.',
  },
  tokensMax: {
    variable: 'CONTACT_LEDGER_TOKENS_MAX',
    value: 10_000,
    min: 100,
    what: 'Words and signs in the text of a request.',
  },
  fieldsMax: {
    variable: 'CONTACT_LEDGER_FIELDS_MAX',
    value: 1_000,
    min: 10,
    what: 'Fields in the text of a request, fragments included.',
  },
  aliasesMax: {
    variable: 'CONTACT_LEDGER_ALIASES_MAX',
    value: 100,
    min: 0,
    what: 'Aliases in the text of a request.',
  },
  rootFieldsMax: {
    variable: 'CONTACT_LEDGER_ROOT_FIELDS_MAX',
    value: 50,
    min: 1,
    what: 'Fields at the top of an operation, after its fragments.',
  },
  depthMax: {
    variable: 'CONTACT_LEDGER_DEPTH_MAX',
    value: 20,
    min: 1,
    what: 'Levels of fields below each other.',
  },
  costMax: {
    variable: 'CONTACT_LEDGER_COST_MAX',
    value: 10_000,
    min: 1,
    what: 'Cost of an operation, by the formula below.',
  },
  operationMs: {
    variable: 'CONTACT_LEDGER_OPERATION_MS',
    value: 10_000,
    min: 10,
    what: 'Milliseconds until a query or mutation is given up.',
  },
  positionWaitMs: {
    variable: 'CONTACT_LEDGER_POSITION_WAIT_MS',
    value: 5_000,
    min: 0,
    what: 'Milliseconds that an operation waits for the position that it names.',
  },
  headersMs: {
    variable: 'CONTACT_LEDGER_HEADERS_MS',
    value: 10_000,
    min: 100,
    what: 'Milliseconds in which the headers of a request must have come.',
  },
  requestMs: {
    variable: 'CONTACT_LEDGER_REQUEST_MS',
    value: 30_000,
    min: 100,
    what: 'Milliseconds in which a request must have come whole.',
  },
  connectionsMax: {
    variable: 'CONTACT_LEDGER_CONNECTIONS_MAX',
    value: 5_000,
    min: 1,
    what: 'Connections to the server at the same time.',
  },
  streamsPerClientMax: {
    variable: 'CONTACT_LEDGER_STREAMS_PER_CLIENT_MAX',
    value: 200,
    min: 1,
    what: 'WebSockets and event streams of one subject at the same time.',
  },
  operationsPerSocketMax: {
    variable: 'CONTACT_LEDGER_OPERATIONS_PER_SOCKET_MAX',
    value: 50,
    min: 1,
    what: 'Operations at the same time over one WebSocket.',
  },
  stalledMs: {
    variable: 'CONTACT_LEDGER_STALLED_MS',
    value: 10_000,
    min: 100,
    what: 'Milliseconds after which a subscriber that takes nothing of what is sent is dropped.',
  },
  unreadMax: {
    variable: 'CONTACT_LEDGER_UNREAD_MAX',
    value: 10_000,
    min: 0,
    what: 'Events that the read models may lie behind the log while `/health/ready` says ready.',
  },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof limitTable;
export type Limits = { readonly [K in LimitName]: number };

const entries = Object.entries(limitTable) as [LimitName, Limit][];

/** More milliseconds than this a timer takes for one. */
const limitMax = 2_147_483_647;

export const defaultLimits = Object.fromEntries(entries.map(([name, { value }]) => [name, value])) as Limits;

/** Variable → what it sets. */
export const limitVariables: Readonly<Record<string, string>> = Object.fromEntries(
  entries.map(([, { variable, value, what }]) => [variable, `${what} Default ${value}.`]),
);

/** The limits of an environment, or what is wrong in it. */
export function readLimits(environment: NodeJS.ProcessEnv): Limits | { problems: string[] } {
  const problems: string[] = [];
  const limits = { ...defaultLimits } as Record<LimitName, number>;
  for (const [name, { variable, min }] of entries) {
    const text = environment[variable];
    if (text === undefined || text === '') continue;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= limitMax) limits[name] = value;
    else problems.push(`${variable} is a whole number from ${min} to ${limitMax}`);
  }
  return problems.length > 0 ? { problems } : limits;
}
