// The enums of turnovers: upper-case names for the lower-case codes that events store.
import { describe, enumOf } from './enums.ts';

export const TurnoverStage = enumOf(
  'TurnoverStage',
  'Where a turnover stands: it follows from what was learned and done.',
  {
    detected: 'A key role lost its holder; who is left has not been called yet.',
    coverage_assessed: 'It is known who can still be reached.',
    role_outcome_known: 'It is known what becomes of the role.',
    replacement_identified: 'It is known who takes the role over.',
    onboarding: 'The replacement is being won, or the account goes on without the role.',
    saved: 'Closed: the onboarding is complete and there is an advocate.',
    lost: 'Closed: the customer, or its renewal, was lost.',
    dismissed: 'Closed: there was no risk (any more).',
  },
);
export const DepartureCause = enumOf('DepartureCause', 'How a key role lost its holder.', {
  left: 'The placement ended.',
  removed: 'The contact or placement was removed by decision.',
  died: 'The contact died.',
  role_lost: 'The contact stays, without a key role.',
  bounced: 'Only suspected: an address of the contact failed for good.',
});
export const DepartureNotice = enumOf('DepartureNotice', 'Whether it was known before the contact left.', {
  before_leaving: 'Before the contact left.',
  after_leaving: 'After the contact had left.',
  unknown: 'Not known.',
});
export const CoverageBasis = enumOf(
  'CoverageBasis',
  'On whom the coverage of an account rests: the best who is left.',
  {
    champion: 'A champion: 100 percent.',
    manager: 'Whom the leaver reported to: 100 percent.',
    interim: 'Somebody who stands in: 100 percent.',
    decision_maker: 'A decision maker or executive sponsor: 75 percent.',
    key_role: 'Somebody else in a buying role, or a main contact: 50 percent.',
    other_contact: 'Any other contact: 25 percent.',
    human_resources: "Only human resources: 0 percent; the account's main number is the first to call.",
    nobody: "Nobody: 0 percent; the account's main number is the first to call.",
  },
);
export const CoverageBand = enumOf('CoverageBand', 'Coverage in bands.', {
  full: '100 percent.',
  high: '75 to 99 percent.',
  partial: '50 to 74 percent.',
  low: '1 to 49 percent.',
  none: '0 percent.',
});
export const RoleOutcome = enumOf('RoleOutcome', 'What becomes of the role.', {
  refilled: 'Somebody will have it.',
  merged: 'It becomes part of another role.',
  given_up: 'There will be no such role.',
});
export const ReplacementKind = enumOf(
  'ReplacementKind',
  'Where a replacement comes from, which decides on the onboarding.',
  {
    internal: 'From within the account: limited onboarding.',
    external: 'From outside; no more is known.',
    external_new: 'From outside and new to the function: full onboarding.',
    external_competitor:
      "From outside, having done it with a competitor's product: full onboarding tailored to that.",
  },
);
export const Intention = enumOf('Intention', 'What the new contact intends with the product.', {
  continue: 'To go on with it.',
  evaluate: 'To look at others.',
  replace: 'To replace it.',
  undecided: 'Asked, but not decided.',
});
export const Stance = enumOf('Stance', 'How somebody stands towards us.', {
  advocate: 'Speaks for us (a net promoter score of 9 or 10).',
  neutral: 'Neither for nor against us (7 or 8).',
  detractor: 'Speaks against us (0 to 6).',
});
export const AdvocacyBasis = enumOf('AdvocacyBasis', 'What a stance rests on.', {
  nps: 'The answer to a survey.',
  judgement: "A colleague's judgement.",
});
export const Forecast = enumOf('Forecast', 'What is expected to become of it.', {
  savable: 'It will probably be saved.',
  high_risk: 'It will probably be lost.',
  undecided: 'Nobody dares to say.',
});
export const TurnoverDismissal = enumOf('TurnoverDismissal', 'Why a turnover was no risk.', {
  departure_withdrawn: 'The departure was taken back: the contact is still there, or never was.',
  suspicion_refuted: 'The contact whose address bounced gave a sign of life.',
  duplicate_contact: 'The contact was a duplicate of another one.',
  contact_returned: 'The same contact came back to the role.',
  account_closed: 'The account was closed, or turned out to be no customer.',
  account_merged: 'The account was merged into, or acquired by, another one.',
  not_a_risk: 'Judged to be no risk.',
  opened_in_error: 'It should not have been opened.',
});
export const ArrBand = enumOf('ArrBand', "Annual recurring revenue in bands of the account's own currency.", {
  unknown: 'Not known.',
  small: 'Below 25,000.',
  medium: '25,000 to 99,999.',
  large: '100,000 or more.',
});
export const ComparedFigure = {
  SAVED: 'saved',
  LOST: 'lost',
  AT_RISK: 'atRisk',
  SAVABLE: 'savable',
  HIGH_RISK: 'highRisk',
  UNDECIDED: 'undecided',
} as const;
describe(ComparedFigure, 'ComparedFigure', 'A figure of the executive report that is compared.', {
  SAVED: 'Saved in the week.',
  LOST: 'Lost in the week.',
  AT_RISK: 'At risk at its end.',
  SAVABLE: 'At risk and expected to be saved.',
  HIGH_RISK: 'At risk and a high one.',
  UNDECIDED: 'At risk without a forecast for every turnover.',
});
export const TurnoverOrder = enumOf('TurnoverOrder', 'How turnovers are ordered.', {
  age: 'The longest open (first learned of) first.',
  money:
    'The most annual recurring revenue at opening first, within a currency; currencies by their code, none first.',
  due: 'The next step that is due first.',
});
export const RiskDimension = enumOf('RiskDimension', 'What turnovers can be grouped by.', {
  segment: 'Segment of the account when it opened.',
  owner: 'Subject of the colleague who answers for it.',
  arr_band: 'Annual recurring revenue when it opened, by currency and band.',
  buying_role: 'Key role of the contact who left; several where there were several.',
  quarter: 'Quarter in which it was learned of, such as 2026-Q1.',
  destination: 'Where the contact went.',
  coverage_band: 'How well the account was covered without the contact, in percent.',
});
export const RiskStanding = enumOf('RiskStanding', 'How a turnover stands on a day.', {
  open: 'Open, or ended only after it.',
  saved: 'Saved by then.',
  lost: 'Lost by then.',
});
export const WorkKind = enumOf('WorkKind', 'What kind of thing is to be done.', {
  step: 'The next step of a turnover.',
  confirm_departure: 'To find out whether somebody really left.',
  proposed_contact: 'To accept or decline somebody who left another customer for this one.',
  root_cause: 'To find out why a product was not renewed.',
});
export const CompletionGroup = {
  ACCOUNT: 'account_id',
  OWNER: 'owner',
  SEGMENT: 'segment',
  STAGE: 'stage',
} as const;
describe(CompletionGroup, 'CompletionGroup', 'What the completion of plans is grouped by.', {
  ACCOUNT: 'The account.',
  OWNER: 'The colleague who answers for it.',
  SEGMENT: 'The segment of the account when it opened.',
  STAGE: 'The stage that it is in.',
});
