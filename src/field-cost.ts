// What a field of the GraphQL schema says of its cost, in `extensions.cost`: written by the schema, read by the server.

/** Coerced, defaults included. */
export type FieldArguments = Readonly<Record<string, unknown>>;

export interface FieldCost {
  /** Cost of the field itself. By default one for each object that it gives, none where it gives values. */
  own?: (args: FieldArguments) => number;
  /** How many objects a list has at most, where another argument than `first` says so. */
  items?: (args: FieldArguments) => number;
  /** By how much more all costs that is asked for below it. */
  factor?: (args: FieldArguments) => number;
}
