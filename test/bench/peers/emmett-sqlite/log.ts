// Emmett's log in SQLite: its own append on one connection that stays open, with a write-ahead log and fsync.
import { appendToStream, createEventStoreSchema, sqliteConnection } from '@event-driven-io/emmett-sqlite';

/**
 * One append at a time. Its event store opens and closes a connection for each, at some 75 a second, and at times finds its
 * own connection busy; appends at the same time share a transaction and are answered before that is durable.
 */
export async function openLog(fileName: string) {
  const connection = sqliteConnection({ fileName });
  await createEventStoreSchema(connection);
  return {
    async append(stream: string, event: object): Promise<void> {
      const { success } = await appendToStream(connection, stream, 'contact', [event], {
        expectedStreamVersion: 'STREAM_DOES_NOT_EXIST',
      });
      if (!success) throw new Error(`Emmett did not take what is new to the stream ${stream}.`);
    },
    close: () => connection.close(),
  };
}
