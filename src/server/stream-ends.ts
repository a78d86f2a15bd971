// Why the server ends a WebSocket or an event stream: a closed list of codes, with what a client should do.

export interface StreamEnd {
  /** Close code of a WebSocket: those of 4xxx that graphql-ws takes for fatal are not tried again by its client. */
  closeCode: number;
  code: string;
  message: string;
}

/** docs/live.md has the same table; a test compares them. */
export const streamEnds = {
  stopping: {
    closeCode: 1001,
    code: 'SERVER_STOPPING',
    message: 'The server stops. Connect again and go on after the last position.',
  },
  slow: {
    closeCode: 4013,
    code: 'SLOW_CLIENT',
    message:
      'Nothing of what was sent was taken for too long. Connect again and go on after the last position.',
  },
  unauthenticated: {
    closeCode: 4403,
    code: 'UNAUTHENTICATED',
    message: 'The credentials are missing, wrong or no longer valid. Connect again with valid ones.',
  },
  tooMany: {
    closeCode: 1013,
    code: 'TOO_MANY_STREAMS',
    message: 'The client has too many streams open. Close some, or subscribe to several things over one.',
  },
  fault: {
    closeCode: 4500,
    code: 'INTERNAL_SERVER_ERROR',
    message: 'Something went wrong on the server.',
  },
} as const satisfies Record<string, StreamEnd>;

/** At most the 123 bytes that a close frame takes. */
export function closeReason({ code, message }: StreamEnd): string {
  const reason = `${code}: ${message}`;
  return reason.length <= 123 ? reason : code;
}
