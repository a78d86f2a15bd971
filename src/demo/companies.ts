// Names and figures of invented companies, composed from parts; no part is meant to be anybody's trade mark.
import type { Random } from './random.ts';

export type Segment = 'enterprise' | 'mid_market' | 'small_business';

const roots =
  `Aldermoor Arvenhall Ashgrove Balderwick Brackenfell Brightwater Calderon Carrowmore Cindervale Corvenna
  Dunhallow Eastmarch Elderfen Emberly Fallowmere Farrowgate Fenwright Glimmerholt Gravenhurst Greywick Hallowford
  Harrowmont Hawksmere Heronvale Ironmere Ivelstone Jorvendal Kestermann Kingsbarrow Larkhollow Lindemoor
  Lochmarren Lyndale Marrowby Mistlethorn Montclare Nethercote Norrington Oakhaven Orlanda Ostermark Palisander
  Pellworth Quarrington Ravensburgh Redmarsh Rosenhag Saltmarsh Silverhythe Skerrymore Stonewharf Sundervale
  Tamarind Thistledown Tormarin Underwell Valmora Verrington Westerholm Whinfield Winterbourne Wolverley Yarrow
  Zephyrine`.split(/\s+/);

/** Industry code → what a company of it calls itself. */
const trades: Readonly<Record<string, readonly string[]>> = {
  manufacturing: ['Works', 'Precision', 'Castings', 'Tooling', 'Components'],
  logistics: ['Freight', 'Logistics', 'Haulage', 'Forwarding', 'Depots'],
  insurance: ['Mutual', 'Assurance', 'Underwriting', 'Indemnity'],
  banking: ['Savings', 'Trust', 'Capital', 'Credit Union'],
  health_care: ['Clinics', 'Health', 'Diagnostics', 'Care Group'],
  retail: ['Stores', 'Outfitters', 'Markets', 'Home'],
  energy: ['Power', 'Energy', 'Renewables', 'Grid'],
  software: ['Software', 'Systems', 'Data', 'Labs'],
  education: ['College', 'Learning', 'Academy'],
  food: ['Foods', 'Dairies', 'Mills', 'Bakeries'],
  construction: ['Builders', 'Infrastructure', 'Concrete', 'Estates'],
  media: ['Press', 'Broadcast', 'Studios'],
  public_sector: ['Water Board', 'Housing Trust', 'Transit Authority'],
};
const industries = Object.keys(trades);

export interface CompanyName {
  root: string;
  trade: string;
  name: string;
  industry: string;
}

export function makeCompanyName(random: Random, taken: Set<string>): CompanyName {
  const industry = random.pick(industries);
  for (;;) {
    const trade = random.pick(trades[industry]!);
    // A second root once the simple names run out, so that any number of accounts has names of their own.
    const root = random.pick(roots);
    const whole = random.chance(0.12) ? `${root} & ${random.pick(roots)}` : root;
    const name = `${whole} ${trade}`;
    if (taken.has(name) || whole === `${root} & ${root}`) continue;
    taken.add(name);
    return { root: whole, trade, name, industry };
  }
}

/** A name that is free: the wanted one, else the wanted one with a number. */
export function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted} ${number}`;
  taken.add(name);
  return name;
}

/** Employees and yearly revenue in whole units of the account's currency. */
export const segmentFigures: Readonly<
  Record<Segment, { size: readonly [number, number]; arr: readonly [number, number]; contacts: number }>
> = {
  enterprise: { size: [2_000, 60_000], arr: [180_000, 1_400_000], contacts: 21 },
  mid_market: { size: [250, 2_000], arr: [30_000, 180_000], contacts: 10.5 },
  small_business: { size: [12, 250], arr: [4_000, 30_000], contacts: 5.5 },
};
export const segmentShares: readonly (readonly [Segment, number])[] = [
  ['enterprise', 0.15],
  ['mid_market', 0.4],
  ['small_business', 0.45],
];
/** Contacts per account that the figures above give on average. */
export const contactsPerAccountOfShares = segmentShares.reduce(
  (sum, [segment, share]) => sum + share * segmentFigures[segment].contacts,
  0,
);

export const touchModels: Readonly<Record<Segment, string>> = {
  enterprise: 'high_touch',
  mid_market: 'mid_touch',
  small_business: 'tech_touch',
};
export const tiers: Readonly<Record<Segment, readonly string[]>> = {
  enterprise: ['strategic', 'gold'],
  mid_market: ['gold', 'silver'],
  small_business: ['silver', 'bronze'],
};
export const products = ['core_platform', 'analytics', 'mobile_app', 'integrations', 'premium_support'];

/** Why something was not renewed, of the causes that are listed. */
export const rootCauses = [
  'low_adoption',
  'price',
  'product_gap',
  'service_quality',
  'budget_cut',
  'strategy_change',
  'no_longer_needed',
];
export const competitors = ['Quillmark', 'Tessaly Cloud', 'Northpath Suite', 'Obrix'];

/** Employers that are not customers: where leavers go. */
export const otherEmployers = [
  'Larkspur Advisory',
  'Meridian Bay Holdings',
  'Thornfield Partners',
  'Copperline Ventures',
  'Blue Heron Institute',
  'Vantreight & Sons',
  'Kasimir Consulting',
  'Ondine Robotics',
  'Perrault Frères',
  'Silberbach AG',
];
