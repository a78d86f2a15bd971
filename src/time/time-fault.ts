// The fault that the time functions throw when a caller hands over what has no written form.

export type TimeFaultCode = 'DAY_OUT_OF_RANGE' | 'INSTANT_OUT_OF_RANGE' | 'TIME_ZONE_UNKNOWN';

/** A mistake of the calling code or of the configuration, never of a customer's input. */
export class TimeFault extends RangeError {
  readonly code: TimeFaultCode;

  constructor(code: TimeFaultCode, message: string) {
    super(message);
    this.name = 'TimeFault';
    this.code = code;
  }
}
