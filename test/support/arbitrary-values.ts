// Random values of any shape that the contracts and commands are written in, drawn from small pools so that they meet.
import fc from 'fast-check';
import type { z } from 'zod';
import type { EventContract } from '../../src/event-contract.ts';
import type { TestEvent } from './builders.ts';
import { acme, ann, bob, eventIdOf, factIdOf, firstMs, globex, hourMs, job, nextJob } from './ids.ts';

const ids = [
  ann,
  bob,
  acme,
  globex,
  job,
  nextJob,
  factIdOf(1),
  factIdOf(2),
  ...[1, 2, 3, 4, 5, 6].map(eventIdOf),
];
const texts = [
  ...['Ann', 'CIO', '+49 30 1', 'ann@acme.example', 'champion', 'main', 'left'],
  ...['2024-03', '2026-01-31', '2025~', '2099', 'DE', 'DE-BE', 'EUR', '5.1.1', 'csm-1', '\u{1F600}'],
];
const numbers = [0, 1, 2, 9, 10, 4000];

interface Def {
  type: string;
  shape?: Record<string, z.ZodType>;
  element?: z.ZodType;
  innerType?: z.ZodType;
  items?: z.ZodType[];
  entries?: Record<string, string>;
  format?: string;
}

/** Values that the schema accepts. Throws for a kind of schema that no contract uses yet. */
export function arbitraryOf(schema: z.ZodType): fc.Arbitrary<unknown> {
  const { def } = schema as unknown as { def: Def };
  const accepted = <T>(pool: readonly T[]) =>
    fc.constantFrom(...pool.filter((one) => schema.safeParse(one).success));
  switch (def.type) {
    case 'string':
      return accepted(schema.safeParse(ann).success && !schema.safeParse('Ann').success ? ids : texts);
    case 'boolean':
      return fc.boolean();
    case 'number':
      return accepted(numbers);
    case 'enum':
      return fc.constantFrom(...Object.values(def.entries!));
    case 'nullable':
      return fc.option(arbitraryOf(def.innerType!), { nil: null });
    case 'array':
      return fc
        .array(arbitraryOf(def.element!), { maxLength: 3 })
        .filter((some) => schema.safeParse(some).success);
    case 'tuple':
      return fc.tuple(...def.items!.map(arbitraryOf));
    case 'object':
      return arbitraryObject(def.shape!).filter((one) => schema.safeParse(one).success);
    default:
      throw new Error(`No random values for a schema of type ${def.type}; teach this function.`);
  }
}

/** With a pool for each field whose values are to be others than any. */
export function arbitraryObject(
  shape: Record<string, z.ZodType>,
  pools: Readonly<Record<string, readonly unknown[]>> = {},
): fc.Arbitrary<object> {
  const optional = (schema: z.ZodType) => (schema as unknown as { def: Def }).def.type === 'optional';
  const model = Object.entries(shape).map(([key, schema]) => {
    const inner = optional(schema) ? (schema as unknown as { def: Def }).def.innerType! : schema;
    const pool = pools[key]?.filter((one) => schema.safeParse(one).success) ?? [];
    return [key, pool.length > 0 ? fc.constantFrom(...pool) : arbitraryOf(inner)] as const;
  });
  const requiredKeys = Object.keys(shape).filter((key) => !optional(shape[key]!));
  return fc.record(Object.fromEntries(model), { requiredKeys });
}

/** An event of any type of a table, with an id, a place and times that many others share or miss. */
export function arbitraryEvent(
  table: Record<string, EventContract>,
  stream: string,
): fc.Arbitrary<TestEvent> {
  const types = fc.constantFrom(...Object.keys(table));
  return types.chain((type) =>
    fc
      .record({
        parts: arbitraryParts(table, type),
        id: fc.constantFrom(...[1, 2, 3, 4, 5, 6, 7, 8].map(eventIdOf)),
        hour: fc.integer({ min: 0, max: 20 }),
        dated: fc.option(fc.constantFrom('2024-03', '2026-01-01', '2099', '2025~'), { nil: undefined }),
        reasonCode: fc.option(fc.constantFrom('left', 'bounced'), { nil: undefined }),
      })
      .map(
        ({ parts, id, hour, dated, reasonCode }) =>
          ({
            ...parts,
            id,
            stream,
            type,
            version: 0,
            position: 0,
            learnedAtMs: firstMs + hour * hourMs,
            ...(dated !== undefined && { effectiveOn: dated }),
            ...(reasonCode !== undefined && { reasonCode }),
          }) as unknown as TestEvent,
      ),
  );
}

type Parts = { data: object; personal: object };

function arbitraryParts(table: Record<string, EventContract>, type: string): fc.Arbitrary<Parts> {
  const shapeOf = (schema: z.ZodType) => (schema as unknown as { shape: Record<string, z.ZodType> }).shape;
  const { clear, sealed } = table[type]!;
  const { claimed, claim: _, ...ownClear } = shapeOf(clear);
  if (!claimed)
    return fc.record({ data: arbitraryOf(clear), personal: arbitraryOf(sealed) }) as fc.Arbitrary<Parts>;
  const { claim: __, ...ownSealed } = shapeOf(sealed);
  return arbitraryOf(claimed).chain((name) =>
    fc
      .tuple(arbitraryParts(table, name as string), arbitraryObject(ownClear), arbitraryObject(ownSealed))
      .map(([parts, data, personal]) => ({
        data: { ...data, claimed: name, claim: parts.data },
        personal: { ...personal, claim: parts.personal },
      })),
  );
}

/** Positions in the order told. */
export const placed = <E extends TestEvent>(events: readonly E[]): E[] =>
  events.map((event, index) => ({ ...event, position: index + 1, version: index + 1 }));
