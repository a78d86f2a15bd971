// The registry of read models.
import type { Projection } from '../src/projector/projection.ts';
import { access } from './access.ts';
import { accounts } from './accounts.ts';
import { audit } from './audit.ts';
import { contacts } from './contacts.ts';
import { history } from './history.ts';
import { identities } from './identities.ts';
import { involvement } from './involvement.ts';
import { searchAccounts, searchContacts } from './search.ts';
import { turnoverStates } from './turnover-states.ts';
import { turnovers } from './turnovers.ts';

export const projections: readonly Projection[] = [
  contacts,
  accounts,
  history,
  involvement,
  identities,
  access,
  audit,
  searchContacts,
  searchAccounts,
  turnovers,
  turnoverStates,
];
