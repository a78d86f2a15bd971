// Why no checkpoint or proof can be given.

export type IntegrityFailureCode =
  | 'SIGNING_KEY_MISSING'
  | 'SIGNING_KEY_INVALID'
  | 'CHECKPOINT_OF_ANOTHER_LEDGER'
  | 'CHECKPOINT_INCONSISTENT'
  | 'CHECKPOINT_NOT_WRITTEN'
  | 'TREE_DIFFERS'
  | 'PROOFS_STOPPED';

export class IntegrityFailure extends Error {
  readonly code: IntegrityFailureCode;
  constructor(code: IntegrityFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'IntegrityFailure';
    this.code = code;
  }
}
