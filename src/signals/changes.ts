// What an observation says, field by field, for people to read: it changes no value of the contact, so all of it is new.
import { describeContent, type FieldChange } from '../changes.ts';
import type { SignalEvent } from './events.ts';

const signalNames: { [K in SignalEvent['type']]: string } = {
  Bounced: 'bounce',
  ActivityRecorded: 'activity',
  DatapointVerified: 'verification',
  SignalsErased: 'erasure',
};

export function describeSignal(event: SignalEvent): FieldChange[] {
  const prefix = signalNames[event.type];
  return describeContent(event.data, event.personal).map((change) => ({
    ...change,
    field: `${prefix}.${change.field}`,
  }));
}
