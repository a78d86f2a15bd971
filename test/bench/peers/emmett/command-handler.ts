// Emmett's command handler on EventStoreDB: the stream read and folded, one event decided and appended; nothing sealed.
import { CommandHandler } from '@event-driven-io/emmett';
import { getEventStoreDBEventStore } from '@event-driven-io/emmett-esdb';
import { EventStoreDBClient } from '@eventstore/db-client';

interface NameChanged {
  type: 'NameChanged';
  data: { name: string; meta: object };
}

interface Named {
  name: string;
}

/** What changes a name, as a command of the ledger does. `meta` is what the ledger's own events say about themselves. */
export function openNaming(url: string, meta: object) {
  const client = EventStoreDBClient.connectionString(url);
  const store = getEventStoreDBEventStore(client);
  const handle = CommandHandler<Named, NameChanged>({
    evolve: (_state, { data }) => ({ name: data.name }),
    initialState: () => ({ name: '' }),
  });
  return {
    rename: (stream: string, name: string) =>
      handle(store, stream, (state) =>
        state.name === name ? [] : { type: 'NameChanged', data: { name, meta } },
      ),
    close: () => client.dispose(),
  };
}
