// What a stored event type promises: a zod shape for its clear part, one for its sealed part, and the typed event they make.
import { z } from 'zod';
import type { EventMeta } from './envelope.ts';
import { zEdtf } from './time/edtf.ts';
import './validation-words.ts';

/** A line or paragraph of text: well-formed Unicode, at least one character. */
export const zText = (lengthMax: number) =>
  z
    .string()
    .min(1)
    .max(lengthMax)
    .refine((text) => text.isWellFormed(), 'contains half of a surrogate pair; send well-formed Unicode');
// An empty text is told of otherwise.
const emptyOrVisible = /^$|[^\p{White_Space}\p{Control}\p{Default_Ignorable_Code_Point}]/u;
/** A text that a command or a line brings: one in which there is nothing to see would pass for a value. */
export const zWords = (lengthMax: number) =>
  zText(lengthMax).refine((text) => emptyOrVisible.test(text), 'must not be blank');
/** A code of a configurable list: lower snake case. */
export const zCode = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,63}$/, 'is a code: lower-case letters, digits and _, at most 64');
/** UUIDs compare as text: lower case, whatever a client sends. */
export const zId = z.uuid().toLowerCase();
export const zDate = zEdtf;
/** The opaque subject of a colleague or system in the organisation's own directory. */
export const zSubject = z
  .string()
  .regex(/^[\w.@:+-]{1,128}$/, 'is a subject: letters, digits and . _ @ : + -, at most 128');
export const zMoney = z.strictObject({
  /** Integer minor units (cents). */
  minorUnits: z.int(),
  /** ISO 4217. */
  currency: z.string().regex(/^[A-Z]{3}$/, 'is an ISO 4217 code such as EUR'),
});
export type Money = z.infer<typeof zMoney>;

// ISO 4217, list one. The runtime's own tables tell how a currency is used (no decimals of HUF), and change with its version.
const currenciesByDecimals = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};
const decimalsOf = new Map(
  Object.entries(currenciesByDecimals).flatMap(([decimals, currencies]) =>
    currencies.split(' ').map((currency) => [currency, Number(decimals)] as const),
  ),
);

/** How many minor units make one: 100 for EUR, 1 for JPY (ISO 4217). */
export function minorUnitsPerUnit(currency: string): number {
  return 10 ** (decimalsOf.get(currency) ?? 2);
}

/** ISO 3166-1 alpha-2 country and, optionally, ISO 3166-2 subdivision. */
export const zLocation = z.strictObject({
  country: z.string().regex(/^[A-Z]{2}$/, 'is an ISO 3166-1 alpha-2 code such as DE'),
  region: z
    .string()
    .regex(/^[A-Z]{2}-[A-Z0-9]{1,3}$/, 'is an ISO 3166-2 code such as DE-BY')
    .optional(),
});
export type Location = z.infer<typeof zLocation>;
/** The id that another system knows the same thing by. */
export const zExternalId = z.strictObject({ source: zText(200), id: zText(1000) });
export type ExternalId = z.infer<typeof zExternalId>;
export const zNewExternalId = z.strictObject({ source: zWords(200), id: zWords(1000) });

/** What any event may carry sealed beside its own values. */
const commonSealed = {
  reasonText: zText(4000).optional(),
  /** Texts of the envelope's evidence entries, by index. */
  evidenceTexts: z.array(z.string().max(4000)).optional(),
  /** The source's id of the record that said so. */
  sourceRecord: zText(1000).optional(),
  /** Who the source says did it. */
  sourceActor: zText(500).optional(),
};

export interface EventContract<C extends z.ZodType = z.ZodType, S extends z.ZodType = z.ZodType> {
  version: number;
  /** Ids, enums, codes, dates and numbers that identify nobody. Stored in the clear. */
  clear: C;
  /** Everything else. Stored sealed for the person or account that the stream is about. */
  sealed: S;
}

/**
 * Declares an event type; `clear` and `sealed` are the fields of each part. A later version only adds what may be absent, so that
 * it reads what earlier ones stored: a program that does not know it refuses the event rather than overlook what it says.
 */
export function eventContract<C extends z.ZodRawShape, S extends z.ZodRawShape>(
  clear: C,
  sealed: S,
  version = 1,
) {
  return {
    version,
    clear: z.strictObject(clear),
    sealed: z.strictObject({ ...commonSealed, ...sealed }),
  } satisfies EventContract;
}

/**
 * Declares version 1 of an event type that carries a claim of another type: `claimed` names it, `claim` are its clear and its
 * sealed part. The clear part is checked against that type's contract, because folds rely on it.
 */
export function claimContract<K extends string, C extends z.ZodRawShape>(
  claims: Record<K, EventContract>,
  clear: C,
) {
  const names = Object.keys(claims) as [K, ...K[]];
  const claim = z.record(z.string(), z.json());
  return {
    version: 1,
    clear: z.strictObject({ ...clear, claimed: z.enum(names), claim }).superRefine((value, context) => {
      const carried = value as unknown as { claimed: K; claim: object };
      const parsed = claims[carried.claimed].clear.safeParse(carried.claim);
      for (const { path, message } of parsed.error?.issues ?? [])
        context.addIssue({ code: 'custom', path: ['claim', ...path], message });
    }),
    sealed: z.strictObject({ ...commonSealed, claim }),
  } satisfies EventContract;
}

/** What the envelope says of an event, opened for the domain. */
export interface EventEnvelope extends EventMeta {
  id: string;
  stream: string;
  version: number;
  position: number;
  typeVersion: number;
  learnedAtMs: number;
  recordedAtMs: number;
}

/** An event in memory. `personal` is null once the person is erased: its values are gone, its structure is not. */
export interface DomainEvent<T extends string = string, C = object, S = object> extends EventEnvelope {
  type: T;
  data: C;
  personal: S | null;
}

/** The union of the events that a table of contracts declares. */
export type EventsOf<T extends Record<string, EventContract>> = {
  [K in keyof T & string]: DomainEvent<K, z.infer<T[K]['clear']>, z.infer<T[K]['sealed']>>;
}[keyof T & string];

/**
 * What a decider hands back: the type and its two parts; times, ids and actor come with the command. A claim with a `doubt`,
 * a code, is only proposed.
 */
export type DecidedEvent<E extends DomainEvent> =
  E extends DomainEvent<infer T, infer C, infer S>
    ? { type: T; data: C; personal: S; effectiveOn?: string; doubt?: string }
    : never;
