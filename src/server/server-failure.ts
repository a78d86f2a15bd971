// Why the server could not start: a closed list of codes, each with a message that says what would be right.
export type ServerFailureCode = 'HOST_NOT_LOOPBACK' | 'PORT_IN_USE' | 'CANNOT_LISTEN';

export class ServerFailure extends Error {
  readonly code: ServerFailureCode;
  constructor(code: ServerFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ServerFailure';
    this.code = code;
  }
}
