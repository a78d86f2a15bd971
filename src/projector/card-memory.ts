// What is believed of contacts, accounts and turnovers, as parsed from their rows: those asked for lately stay in memory.

/** The tables that hold a belief as JSON, in `card`, under its `id`. */
export type CardTable = 'contact' | 'account' | 'turnover_card';

export interface CardMemory {
  get(table: CardTable, id: string): object | undefined;
  /** `size` is what it takes, roughly: the length of its JSON. */
  set(table: CardTable, id: string, card: object, size: number): void;
  delete(table: CardTable, id: string): void;
  clear(): void;
}

type Entry = { card: object; size: number };

/** Keeps up to `sizeMax`. Two generations: the older is forgotten when the younger has come to half of it. */
export function createCardMemory(sizeMax: number): CardMemory {
  let young = new Map<string, Entry>();
  let old = new Map<string, Entry>();
  let youngSize = 0;

  function keep(key: string, entry: Entry): void {
    if (youngSize + entry.size > sizeMax / 2) {
      old = young;
      young = new Map();
      youngSize = 0;
    }
    young.set(key, entry);
    youngSize += entry.size;
  }

  return {
    get(table, id) {
      const key = keyOf(table, id);
      const entry = young.get(key);
      if (entry) return entry.card;
      const older = old.get(key);
      if (older) keep(key, older);
      return older?.card;
    },
    set: (table, id, card, size) => keep(keyOf(table, id), { card, size }),
    delete(table, id) {
      const key = keyOf(table, id);
      young.delete(key);
      old.delete(key);
    },
    clear() {
      young.clear();
      old.clear();
      youngSize = 0;
    },
  };
}

function keyOf(table: CardTable, id: string): string {
  return `${table} ${id}`;
}
