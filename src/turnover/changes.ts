// What an event changed of a turnover, field by field, for people to read.
import { compareValues, createValueList, type FieldChange, type NamedValues } from '../changes.ts';
import { stageNow, type TurnoverBelief } from './belief.ts';

export function describeTurnoverChanges(
  before: TurnoverBelief | null,
  after: TurnoverBelief | null,
): FieldChange[] {
  return before === after ? [] : compareValues(valuesOf(before), valuesOf(after));
}

function valuesOf(belief: TurnoverBelief | null): NamedValues {
  const list = createValueList();
  if (!belief) return list.values;
  list.text('stage', stageNow(belief));
  list.text('departure.cause', belief.departure.cause);
  list.text('departure.leftOn', belief.departure.leftOn);
  list.text('departure.notice', belief.notice === 'unknown' ? null : belief.notice);
  list.text('departure.destination', belief.destination);
  list.text('departure.destinationAccount', belief.destinationAccountId);
  list.text('departure.destinationName', belief.destinationName);
  list.text('coverage.percent', (belief.assessed ?? belief.coverageAtOpening).percent);
  list.text('coverage.basis', (belief.assessed ?? belief.coverageAtOpening).basis);
  list.text('coverage.note', belief.assessed?.note);
  list.text('interim', belief.interim?.contactId);
  list.text('roleOutcome', belief.roleOutcome?.outcome);
  list.text('roleOutcome.note', belief.roleOutcome?.note);
  list.text('replacement', belief.replacement?.contactId);
  list.text('replacement.kind', belief.replacement?.kind);
  list.text('replacement.competitor', belief.replacement?.competitor);
  list.text('replacement.startsOn', belief.replacement?.startsOn);
  list.text('intention', belief.intention?.intention);
  list.text('intention.note', belief.intention?.note);
  list.text('productValue', belief.productValues.at(-1)?.value);
  list.text('productValue.rating', belief.productValues.at(-1)?.rating);
  list.text('advocacy', belief.advocacy?.stance);
  list.text('advocacy.npsScore', belief.advocacy?.npsScore);
  list.text('advocacy.note', belief.advocacy?.note);
  for (const [step, { note }] of Object.entries(belief.completed)) {
    list.text('step', true, { label: step, key: step });
    list.text('step.note', note, { label: step, key: step });
  }
  list.text('plan', `${belief.plan.name} ${belief.plan.version}`);
  list.text('forecast', belief.forecast?.forecast);
  list.text('forecast.amount', belief.forecast?.amount);
  list.text('forecast.note', belief.forecast?.note);
  list.text('owner', belief.owner);
  list.text('outcome.rootCause', belief.outcome?.rootCause);
  list.text('outcome.competitor', belief.outcome?.competitor);
  list.text('outcome.dismissal', belief.outcome?.dismissal);
  list.text('outcome.note', belief.outcome?.note);
  return list.values;
}
