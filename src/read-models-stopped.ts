// A change that is stored and that nobody will see before a restart: what reads answer from cannot be written.
export class ReadModelsStopped extends Error {
  readonly code = 'READ_MODELS_STOPPED';
  constructor(cause: unknown) {
    super('The change is stored, but the read models could not be written and have stopped.', { cause });
  }
}
