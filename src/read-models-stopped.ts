// A change that is stored and that nobody sees yet: what reads answer from cannot be written, be it for now or until somebody mends it.
export class ReadModelsStopped extends Error {
  readonly code = 'READ_MODELS_STOPPED';
  constructor(cause: unknown) {
    super('The change is stored, but the read models could not be written and have stopped.', { cause });
  }
}
