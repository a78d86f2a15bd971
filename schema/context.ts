// What every resolver is handed, and the point in valid and learned time that a read is about.
import type { Application } from '../src/application.ts';
import type { Role } from '../src/auth/roles.ts';
import type { Cut } from '../src/belief.ts';
import type { Actor } from '../src/envelope.ts';
import type { Day } from '../src/time/day.ts';

export interface Context {
  app: Application;
  /** Who asks, as authenticated: a change is recorded under it. Never what a client says of itself. */
  actor: Actor;
  /** What it may do: schema/access.ts. */
  roles: readonly Role[];
  /** The Last-Event-ID that a client of server-sent events goes on after. */
  resumeAfter?: string;
  /** Why it asks, as a code or reference, where it says so: recorded with what it looked at. */
  purpose?: string | undefined;
}

/** Where a read stands: the day it asks about, and what was known (learned) and held (position) then. */
export interface ReadPoint {
  /** The day on the valid axis. */
  on: Day;
  /** Empty for what is believed now. */
  cut: Cut;
}
