// How the benchmark measures: two things in turn in one run, so that a slow moment of the machine meets both.

/** One of the two things compared. `run` does a round and gives its figure, in the unit of the row. */
export interface Side {
  name: string;
  run(): Promise<number>;
}

/** Connection string of a PostgreSQL database that may be written to, for the rows beside those that need one. */
export const postgresVariable = 'BENCH_POSTGRES';
/** Names what starts a real EventStoreDB in the foreground. */
export const eventStoreVariable = 'EVENTSTOREDB_COMMAND';

/** A line of the table. */
export interface Row {
  id: string;
  what: string;
  unit: string;
  /** What the ratio, or the figure itself where nothing is compared, is to reach. */
  target: string;
  /** Whether a larger figure is better. */
  largerIsBetter: boolean;
  /** Packages and variables that it needs beside the project's own, by name; not there = the row is reported as left out. */
  needs?: readonly string[];
  open(size: Size): Promise<{ own: Side; other?: Side; close(): Promise<void> }>;
}

export interface Size {
  name: 'smoke' | 'small' | 'full';
  /** Rounds of each comparison, the first not counted. */
  rounds: number;
  /** Events of a ledger that is read from or built. */
  events: number;
  /** Appends or reads of a round. */
  operations: number;
  /** Seconds for which a round asks a server. */
  loadS: number;
  /** Accounts of the demo base that is queried. */
  accounts: number;
}

export const sizes: Record<Size['name'], Size> = {
  smoke: { name: 'smoke', rounds: 2, events: 2_000, operations: 256, loadS: 1, accounts: 10 },
  small: { name: 'small', rounds: 6, events: 50_000, operations: 3_200, loadS: 4, accounts: 100 },
  full: { name: 'full', rounds: 6, events: 1_000_000, operations: 12_800, loadS: 8, accounts: 300 },
};

export interface Spread {
  median: number;
  min: number;
  max: number;
}

export interface Result {
  id: string;
  what: string;
  unit: string;
  target: string;
  own?: Spread & { name: string };
  other?: Spread & { name: string };
  /** Own ÷ other of each round. */
  ratio?: Spread;
  leftOut?: string;
}

export function spreadOf(figures: readonly number[]): Spread {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

export async function measure(row: Row, size: Size, onRound: (round: number) => void): Promise<Result> {
  const { id, what, unit, target } = row;
  const { own, other, close } = await row.open(size);
  const figures: { own: number; other: number }[] = [];
  try {
    for (let round = 0; round < size.rounds; round++) {
      onRound(round + 1);
      // Who goes first changes, so that neither always finds the warmer machine.
      const first = round % 2 === 0 ? own : (other ?? own);
      const one = await first.run();
      const two = other ? await (first === own ? other : own).run() : one;
      const figure = first === own ? { own: one, other: two } : { own: two, other: one };
      if (round > 0) figures.push(figure);
    }
  } finally {
    await close();
  }
  const result: Result = {
    id,
    what,
    unit,
    target,
    own: { name: own.name, ...spreadOf(figures.map((figure) => figure.own)) },
  };
  if (!other) return result;
  return {
    ...result,
    other: { name: other.name, ...spreadOf(figures.map((figure) => figure.other)) },
    ratio: spreadOf(
      figures.map((figure) => (row.largerIsBetter ? figure.own / figure.other : figure.other / figure.own)),
    ),
  };
}

/** Operations a second of work that is done `count` times, `inFlight` at a time. */
export async function perSecond(
  count: number,
  inFlight: number,
  work: (index: number) => unknown,
): Promise<number> {
  const startedMs = performance.now();
  let next = 0;
  async function lane(): Promise<void> {
    while (next < count) await work(next++);
  }
  await Promise.all(Array.from({ length: inFlight }, lane));
  return count / ((performance.now() - startedMs) / 1_000);
}
