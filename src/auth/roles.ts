// The roles that an authenticated subject can have, each with what it is for. What a role may do says schema/access.ts.

export const roles = {
  reader: 'Looks things up: sees contacts and accounts with their history, changes nothing.',
  csm: 'Looks after customers: records changes of contacts and accounts as they are learned, settles proposals.',
  operations:
    'Keeps the data right: also merges, reverts, closes accounts and records what was learned earlier.',
  auditor:
    'Checks and corrects the record: sees everything, also who looked, and records what was learned earlier.',
  analyst: 'Counts and compares: never sees, filters or sorts by what would tell who a person is.',
  integration: 'A system that reports changes, also on behalf of a colleague.',
  admin: 'May do everything that the API offers.',
} as const;
export type Role = keyof typeof roles;

export const allRoles = Object.keys(roles) as Role[];

export function isRole(value: unknown): value is Role {
  return typeof value === 'string' && Object.hasOwn(roles, value);
}
