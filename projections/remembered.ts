// Remembers what was computed of a text: for values of which there are few, shared by many thousands of rows.

// Above this many it starts anew: memory must not grow with the log.
const rememberedMax = 10_000;

export function remembered<Value>(known: Map<string, Value>, text: string, compute: () => Value): Value {
  let value = known.get(text);
  if (value === undefined) {
    if (known.size >= rememberedMax) known.clear();
    value = compute();
    known.set(text, value);
  }
  return value;
}
