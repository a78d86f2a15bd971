// What the contacts of a customer do there: contact types with the titles, functions and buying roles that fit them.
import type { Segment } from './companies.ts';
import type { Random } from './random.ts';

export interface Role {
  contactType: string;
  /** Name of the post, where the role is held by one person at a time and filled again. */
  post?: string;
  function: string;
  department: string;
  /** From junior to senior. */
  titles: readonly string[];
  buyingRoles: readonly string[];
  /** 1 comes first. */
  importance: number;
  interactionClass: string;
  /** 1 leads the company's side; each reports to somebody with a smaller number. */
  level: number;
}

const role = (
  [contactType, post, work, department]: readonly [string, string | null, string, string],
  titles: readonly string[],
  buyingRoles: readonly string[],
  importance: number,
  interactionClass: string,
  level: number,
): Role => ({
  contactType,
  ...(post !== null && { post }),
  function: work,
  department,
  titles,
  buyingRoles,
  importance,
  interactionClass,
  level,
});

export const roles = {
  executiveSponsor: role(
    ['executive_sponsor', 'executive sponsor', 'General management', 'Executive Board'],
    [
      'Managing Director',
      'Chief Operating Officer',
      'Chief Revenue Officer',
      'Chief Financial Officer',
      'Chief Executive Officer',
    ],
    ['executive_sponsor'],
    1,
    'decision',
    1,
  ),
  decisionMaker: role(
    ['decision_maker', 'decision maker', 'Operations', 'Operations'],
    ['Director of Operations', 'Senior Director of Operations', 'Vice President Operations'],
    ['decision_maker'],
    2,
    'decision',
    2,
  ),
  executiveUnderSponsor: role(
    ['executive', null, 'Sales', 'Commercial'],
    ['Director of Sales', 'Vice President Sales', 'Senior Vice President Commercial'],
    ['executive_under_sponsor'],
    3,
    'decision',
    2,
  ),
  champion: role(
    ['champion', 'champion', 'Process improvement', 'Business Excellence'],
    ['Process Owner', 'Programme Lead', 'Head of Business Excellence'],
    ['adoption_champion'],
    2,
    'end_use',
    3,
  ),
  primaryContact: role(
    ['primary_contact', 'primary contact', 'Programme management', 'Operations'],
    ['Project Manager', 'Programme Manager', 'Senior Programme Manager'],
    ['primary_contact'],
    1,
    'decision',
    3,
  ),
  itOwner: role(
    ['technical_contact', 'technical owner', 'Information technology', 'IT'],
    ['IT Manager', 'Head of Applications', 'Chief Information Officer'],
    ['cio_coo_organisation'],
    4,
    'support',
    2,
  ),
  procurement: role(
    ['procurement', 'procurement lead', 'Purchasing', 'Procurement'],
    ['Buyer', 'Category Manager', 'Head of Procurement'],
    ['procurement'],
    4,
    'purchasing',
    3,
  ),
  accountsPayable: role(
    ['accounts_payable', null, 'Accounting', 'Finance'],
    ['Accounts Payable Clerk', 'Accounts Payable Specialist', 'Accounts Payable Manager'],
    [],
    6,
    'accounts_payable',
    4,
  ),
  powerUser: role(
    ['power_user', null, 'Analysis', 'Operations'],
    ['Business Analyst', 'Senior Business Analyst', 'Lead Analyst'],
    ['power_user'],
    5,
    'end_use',
    4,
  ),
  administrator: role(
    ['technical_contact', null, 'System administration', 'IT'],
    ['System Administrator', 'Senior System Administrator', 'Platform Engineer'],
    [],
    6,
    'support',
    4,
  ),
  endUser: role(
    ['end_user', null, 'Planning', 'Operations'],
    ['Coordinator', 'Planner', 'Specialist', 'Team Lead'],
    [],
    8,
    'end_use',
    4,
  ),
  evangelist: role(
    ['evangelist', null, 'Communication', 'Marketing'],
    ['Community Manager', 'Content Lead'],
    [],
    7,
    'evangelist',
    4,
  ),
  partnerManager: role(
    ['partner_manager', null, 'Alliances', 'Partnerships'],
    ['Partner Manager', 'Head of Alliances'],
    [],
    4,
    'partner',
    3,
  ),
} as const satisfies Record<string, Role>;

/** In a small company the primary contact decides as well. */
const soleContact: Role = {
  ...roles.primaryContact,
  titles: ['Office Manager', 'Operations Manager', 'Owner'],
  buyingRoles: ['primary_contact', 'decision_maker'],
};

const staffing: Readonly<Record<Segment, readonly Role[]>> = {
  enterprise: [
    roles.executiveSponsor,
    roles.decisionMaker,
    roles.primaryContact,
    roles.champion,
    roles.itOwner,
    roles.procurement,
    roles.executiveUnderSponsor,
    roles.accountsPayable,
  ],
  mid_market: [roles.executiveSponsor, roles.primaryContact, roles.champion, roles.procurement],
  small_business: [soleContact, roles.accountsPayable],
};
const others: readonly (readonly [Role, number])[] = [
  [roles.endUser, 42],
  [roles.powerUser, 28],
  [roles.administrator, 14],
  [roles.accountsPayable, 8],
  [roles.executiveUnderSponsor, 5],
  [roles.evangelist, 3],
];

/** The roles of `count` contacts of a customer: those that matter first. */
export function staff(random: Random, segment: Segment, count: number, isPartner: boolean): Role[] {
  const chosen: Role[] = isPartner ? [roles.executiveSponsor, roles.partnerManager] : [...staffing[segment]];
  chosen.length = Math.min(chosen.length, count);
  while (chosen.length < count) chosen.push(random.weighted(others));
  return chosen;
}

export const otherRole = (random: Random): Role => random.weighted(others);
