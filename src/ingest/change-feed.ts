// The change feed v1: one line is one claim of a source, and becomes one command of the ledger.
import { z } from 'zod';
import { relationships } from '../account/events.ts';
import type { Command, CommandContext } from '../command.ts';
import { consentChannels, consents, phoneLines } from '../contact/events.ts';
import type { Actor } from '../envelope.ts';
import { type Money, minorUnitsPerUnit, zCode, zDate, zText, zWords } from '../event-contract.ts';
import { parseInstant } from '../time/instant.ts';
import { fieldMeant } from './misspelt.ts';

/** Turns ids of a source into the ledger's own: the same id always into the same one. */
export interface SourceIds {
  contact(source: string, id: string): string;
  account(source: string, id: string): string;
  placement(source: string, contactId: string, placement: string): string;
}

const sourceId = zWords(1000);
const codeOrNull = zCode.nullable().optional();
const head = {
  type: z.string(),
  source: zWords(200),
  id: sourceId,
  learnedAt: z
    .string()
    .refine(
      (text) => parseInstant(text) !== undefined,
      'is not an RFC 3339 instant such as 2026-03-14T09:30:00Z',
    )
    .optional(),
  effectiveOn: zDate.optional(),
  evidence: zWords(4000).optional(),
  actor: zWords(500).optional(),
  reason: zWords(4000).optional(),
};
const onContact = { contact: sourceId };
const onPlacement = { contact: sourceId, placement: sourceId };
/** "" stands for none. A union with the empty text would not say what is wrong with another one. */
const orNone = (lengthMax: number) => emptyOr(zWords(lengthMax));
const dateOrUnknown = emptyOr(zDate);

function emptyOr(shape: z.ZodType<string>) {
  return z.string().check((context) => {
    if (context.value === '') return;
    for (const { message } of shape.safeParse(context.value).error?.issues ?? [])
      context.issues.push({ code: 'custom', message, input: context.value });
  });
}

/** Names with their values, as a list: a record would lose what is called like a property that every object has. */
const attributes = z
  .custom<Record<string, unknown>>(isObject, 'must be an object')
  .transform(Object.entries<unknown>)
  .pipe(z.array(z.tuple([zWords(200), orNone(4000)])).max(500));

export const feedLines = {
  AccountRegistered: z
    .object({
      ...head,
      account: sourceId,
      name: zWords(1000),
      parent: sourceId.optional(),
      domains: z.array(zWords(253)).max(1000).optional(),
      segment: codeOrNull,
      industry: codeOrNull,
      relationship: z.enum(relationships).optional(),
      country: z
        .string()
        .regex(/^[A-Z]{2}$/, 'is an ISO 3166-1 alpha-2 code such as DE')
        .optional(),
      arr: z.number().nonnegative().optional(),
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/, 'is an ISO 4217 code such as EUR')
        .optional(),
      renewalOn: zDate.optional(),
    })
    .check(({ value: { arr, currency }, issues }) => {
      if (arr === undefined || issues.length > 0) return;
      const refuse = (path: string, message: string) =>
        void issues.push({ code: 'custom', input: undefined, path: [path], message });
      if (currency === undefined)
        return refuse('currency', 'is missing: an amount needs its ISO 4217 code such as EUR');
      const { minorUnits } = moneyOf(arr, currency);
      if (!Number.isSafeInteger(minorUnits)) refuse('arr', 'is too large to be kept exactly');
      else if (minorUnits / minorUnitsPerUnit(currency) !== arr)
        refuse('arr', 'has more decimals than its currency; round it before it is imported');
    }),
  ContactRegistered: z.object({
    ...head,
    ...onContact,
    name: zWords(1000),
    email: orNone(320).optional(),
    phone: orNone(200).optional(),
    attributes: attributes.optional(),
  }),
  ContactNameChanged: z.object({ ...head, ...onContact, name: zWords(1000) }),
  ContactEmailChanged: z.object({
    ...head,
    ...onContact,
    email: orNone(320),
    was: zText(320).optional(),
  }),
  ContactEmailAdded: z.object({ ...head, ...onContact, email: zWords(320) }),
  ContactPhoneChanged: z.object({
    ...head,
    ...onContact,
    kind: zWords(100),
    line: z.enum(phoneLines),
    phone: orNone(200),
    was: zText(200).optional(),
  }),
  ContactAddressChanged: z.object({
    ...head,
    ...onContact,
    kind: zWords(100),
    address: orNone(2000),
    was: zText(2000).optional(),
  }),
  ContactAttributeChanged: z.object({
    ...head,
    ...onContact,
    attribute: zWords(200),
    value: orNone(4000),
  }),
  ConsentRecorded: z.object({
    ...head,
    ...onContact,
    channel: z.enum(consentChannels),
    address: zWords(2000).optional(),
    purpose: zCode.optional(),
    consent: z.enum([...consents, '']),
  }),
  PlacementStarted: z.object({
    ...head,
    ...onPlacement,
    account: sourceId,
    post: zWords(500).optional(),
    title: zWords(500).optional(),
    function: zWords(500).optional(),
    contactType: zCode.optional(),
    buyingRoles: z.array(zCode).max(20).optional(),
  }),
  PlacementEnded: z.object({ ...head, ...onPlacement }),
  PlacementCorrected: z.object({
    ...head,
    ...onPlacement,
    post: orNone(500).optional(),
    account: sourceId.optional(),
    startsOn: dateOrUnknown.optional(),
    endsOn: dateOrUnknown.optional(),
    title: orNone(500).optional(),
    reason: orNone(4000).optional(),
  }),
  PlacementWithdrawn: z.object({ ...head, ...onPlacement }),
  TitleChanged: z.object({ ...head, ...onPlacement, title: orNone(500) }),
  FunctionChanged: z.object({ ...head, ...onPlacement, function: orNone(500) }),
  ContactRemoved: z.object({ ...head, ...onContact, reason: zWords(4000) }),
  ContactRestored: z.object({ ...head, ...onContact }),
  ContactMerged: z.object({ ...head, ...onContact, into: sourceId }),
  ContactDied: z.object({ ...head, ...onContact }),
};

export type FeedLineType = keyof typeof feedLines;
type LineOf<K extends FeedLineType> = z.infer<(typeof feedLines)[K]>;
type AnyLine = { [K in FeedLineType]: { type: K } & LineOf<K> }[FeedLineType];

export interface Claim {
  command: Command;
  context: CommandContext;
}

/** Codes of lines that cannot be read as a claim; the ledger's own refusals have codes of their own. */
export const lineCodes = {
  LINE_NOT_JSON: 'The line is not one JSON object, or nests more than 64 levels deep.',
  LINE_NOT_UTF8: 'The line is not UTF-8; convert the file before importing it.',
  LINE_TOO_LONG: 'The line is longer than 1 MiB; one change is one line.',
  TYPE_UNKNOWN: 'The change feed has no such type.',
  FIELD_INVALID: 'A field is missing or has the wrong form.',
  FEED_CUT: 'The input broke off here; what came before is in. Import the whole file to go on.',
} as const;
export type LineCode = keyof typeof lineCodes;

export interface LineRefusal {
  code: LineCode;
  /** Where in the line, as a path. */
  path: string;
  message: string;
}

export const notJson: LineRefusal = { code: 'LINE_NOT_JSON', path: '', message: lineCodes.LINE_NOT_JSON };

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const depthMax = 64;

/** Every later step walks through values by recursion, so that too deep a line would end the whole import. */
function isTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth >= depthMax || Object.values(value).some((inner) => isTooDeep(inner, depth + 1));
}

/** Reads a line's JSON; undefined where it is not one object of a sane depth. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value) && !isTooDeep(value)) return value;
  } catch {
    // The parser's message would show content.
  }
  return undefined;
}

/** Tells a refusal from what a line became otherwise, which has no code. */
export function isLineRefusal(value: object): value is LineRefusal {
  return 'code' in value;
}

/** Fields whose keys are the source's own, and so content. */
const keyedBySource: ReadonlySet<PropertyKey> = new Set(['attributes', 'claim']);

/** What is wrong with a field, and which. Never content: neither a value nor a key that the format does not know. */
export function fieldInvalid({ code, path, message }: z.core.$ZodIssue): LineRefusal {
  const known = path.findIndex((step) => keyedBySource.has(step));
  const shown = known < 0 ? path : path.slice(0, known + 1);
  return {
    code: 'FIELD_INVALID',
    path: shown.map(String).join('.'),
    message: code === 'unrecognized_keys' ? 'has a field that does not belong there' : message,
  };
}

/** A field of the type that the line lacks and seems to have meant: its value would be lost without a word. */
function misspeltIn(object: object, shape: object): string | undefined {
  const lacking = () => Object.keys(shape).filter((field) => !Object.hasOwn(object, field));
  for (const name in object) {
    const meant = name in shape ? undefined : fieldMeant(name, lacking());
    if (meant !== undefined) return meant;
  }
  return undefined;
}

/** From an object of the change feed to the command it asks for. */
export function readClaim(
  object: Record<string, unknown>,
  actor: Actor,
  ids: SourceIds,
): Claim | LineRefusal {
  const type = object['type'];
  if (typeof type !== 'string' || !Object.hasOwn(feedLines, type))
    return {
      code: 'TYPE_UNKNOWN',
      path: 'type',
      message: `${lineCodes.TYPE_UNKNOWN} Known are: ${Object.keys(feedLines).join(', ')}.`,
    };
  const shape = feedLines[type as FeedLineType];
  const meant = misspeltIn(object, shape.shape);
  if (meant !== undefined)
    return { code: 'FIELD_INVALID', path: meant, message: 'is missing, but a field looks like it, misspelt' };
  const parsed = shape.safeParse(object);
  if (!parsed.success) return fieldInvalid(parsed.error.issues[0]!);
  const line = parsed.data as AnyLine;
  const command = commandOf(line, ids);
  return { command, context: contextOf(line, actor) };
}

const fieldsByCommandField: Readonly<Record<string, string>> = {
  contactId: 'contact',
  accountId: 'account',
  placementId: 'placement',
  intoId: 'into',
  parentId: 'parent',
  reasonCode: 'reason',
  endReason: 'reason',
};

/** What a line calls the field of its command that the ledger names in a refusal. */
export function fieldOfLine(type: unknown, path: string): string {
  const isOf = (noun: string) => typeof type === 'string' && type.startsWith(noun);
  if (path === 'externalId') return isOf('Account') ? 'account' : 'contact';
  if (path === 'address' && isOf('ContactEmail')) return 'email';
  return fieldsByCommandField[path] ?? path;
}

function contextOf(line: AnyLine, actor: Actor): CommandContext {
  const reason = 'reason' in line && line.type !== 'PlacementCorrected' ? line.reason : undefined;
  const isCode = reason !== undefined && zCode.safeParse(reason).success;
  const removal = line.type === 'ContactRemoved';
  return {
    actor,
    source: line.source,
    by: 'feed',
    idempotencyKey: line.id,
    ...(line.learnedAt !== undefined && { learnedAtMs: parseInstant(line.learnedAt)! }),
    sourceRecord: line.id,
    ...(line.effectiveOn !== undefined && { effectiveOn: line.effectiveOn }),
    ...(line.actor !== undefined && { sourceActor: line.actor }),
    ...(isCode && { reasonCode: reason }),
    // Words of a source are kept as words: a code is never guessed from them.
    ...(reason !== undefined && !isCode && { reasonText: reason, ...(removal && { reasonCode: 'other' }) }),
    ...(line.evidence !== undefined && { evidence: [{ kind: 'feed_record', text: line.evidence }] }),
  };
}

const noneIfEmpty = (text: string) => (text === '' ? null : text);

function commandOf(line: AnyLine, ids: SourceIds): Command {
  if (line.type === 'AccountRegistered') return registerAccount(line, ids);
  const contactId = ids.contact(line.source, line.contact);
  const placementId = 'placement' in line ? ids.placement(line.source, contactId, line.placement) : '';
  const account = (id: string) => ids.account(line.source, id);
  switch (line.type) {
    case 'ContactRegistered':
      return registerContact(line, contactId);
    case 'ContactNameChanged':
      return { type: 'ChangeContactName', contactId, name: line.name };
    case 'ContactEmailChanged':
      return {
        type: 'ChangeContactEmail',
        contactId,
        address: noneIfEmpty(line.email),
        ...(line.was && { was: line.was }),
      };
    case 'ContactEmailAdded':
      return { type: 'AddContactEmail', contactId, address: line.email };
    case 'ContactPhoneChanged':
      return {
        type: 'ChangeContactPhone',
        contactId,
        kind: line.kind,
        line: line.line,
        phone: noneIfEmpty(line.phone),
        ...(line.was && { was: line.was }),
      };
    case 'ContactAddressChanged':
      return {
        type: 'ChangeContactAddress',
        contactId,
        kind: line.kind,
        address: noneIfEmpty(line.address),
        ...(line.was && { was: line.was }),
      };
    case 'ContactAttributeChanged':
      return {
        type: 'ChangeContactAttribute',
        contactId,
        attribute: line.attribute,
        value: noneIfEmpty(line.value),
      };
    case 'ConsentRecorded': {
      const { channel, address, purpose, consent } = line;
      return {
        type: 'RecordConsent',
        contactId,
        channel,
        ...(address !== undefined && { address }),
        ...(purpose !== undefined && { purpose }),
        consent: consent === '' ? null : consent,
      };
    }
    case 'PlacementStarted': {
      const { post, title, contactType, buyingRoles } = line;
      return {
        type: 'StartPlacement',
        contactId,
        placementId,
        accountId: account(line.account),
        ...(post !== undefined && { post }),
        ...(title !== undefined && { title }),
        ...(line.function !== undefined && { function: line.function }),
        ...(contactType !== undefined && { contactType }),
        ...(buyingRoles !== undefined && { buyingRoles }),
      };
    }
    case 'PlacementEnded':
      return { type: 'EndPlacement', contactId, placementId };
    case 'PlacementCorrected':
      return {
        type: 'CorrectPlacement',
        contactId,
        placementId,
        ...(line.account !== undefined && { accountId: account(line.account) }),
        ...(line.post !== undefined && { post: noneIfEmpty(line.post) }),
        ...(line.startsOn !== undefined && { startsOn: noneIfEmpty(line.startsOn) }),
        ...(line.endsOn !== undefined && { endsOn: noneIfEmpty(line.endsOn) }),
        ...(line.title !== undefined && { title: noneIfEmpty(line.title) }),
        ...(line.reason !== undefined && { endReason: noneIfEmpty(line.reason) }),
      };
    case 'PlacementWithdrawn':
      return { type: 'WithdrawPlacement', contactId, placementId };
    case 'TitleChanged':
      return { type: 'ChangeTitle', contactId, placementId, title: noneIfEmpty(line.title) };
    case 'FunctionChanged':
      return { type: 'ChangeFunction', contactId, placementId, function: noneIfEmpty(line.function) };
    case 'ContactRemoved':
      return { type: 'RemoveContact', contactId };
    case 'ContactRestored':
      return { type: 'RestoreContact', contactId };
    case 'ContactMerged':
      return { type: 'MergeContacts', contactId, intoId: ids.contact(line.source, line.into) };
    case 'ContactDied':
      return { type: 'RecordDeath', contactId };
  }
}

function registerContact(line: LineOf<'ContactRegistered'>, contactId: string): Command {
  const attributes = (line.attributes ?? []).filter(([, value]) => value !== '');
  return {
    type: 'RegisterContact',
    contactId,
    name: line.name,
    externalId: { source: line.source, id: line.contact },
    ...(line.email && { email: line.email }),
    ...(line.phone && { phone: line.phone }),
    ...(attributes.length && { attributes: attributes.map(([name, value]) => ({ name, value })) }),
  };
}

function registerAccount(line: LineOf<'AccountRegistered'>, ids: SourceIds): Command {
  const { parent, domains, segment, industry, relationship, country, arr, currency, renewalOn } = line;
  return {
    type: 'RegisterAccount',
    accountId: ids.account(line.source, line.account),
    name: line.name,
    externalId: { source: line.source, id: line.account },
    ...(parent !== undefined && { parentId: ids.account(line.source, parent) }),
    ...(domains?.length && { domains }),
    ...(segment != null && { segment }),
    ...(industry != null && { industry }),
    ...(relationship !== undefined && { relationship }),
    ...(country !== undefined && { location: { country } }),
    ...(arr !== undefined && currency !== undefined && { arr: moneyOf(arr, currency) }),
    ...(renewalOn !== undefined && { renewalOn }),
  };
}

/** A feed counts money in major units (43000.00); the ledger in minor ones, as many as ISO 4217 gives the currency. */
function moneyOf(amount: number, currency: string): Money {
  return { minorUnits: Math.round(amount * minorUnitsPerUnit(currency)), currency };
}
