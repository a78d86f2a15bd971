// Canonical JSON after RFC 8785 (JCS): one text for one value, so that its hash can be compared anywhere.

/** Levels of nesting that are taken; a value that contains itself runs into this too. */
export const canonicalDepthMax = 256;

export type NotCanonicalCode = 'NUMBER_NOT_FINITE' | 'STRING_NOT_UNICODE' | 'NOT_JSON' | 'TOO_DEEP';

/** The value has no canonical form. The message says where, never what. */
export class NotCanonical extends TypeError {
  readonly code: NotCanonicalCode;
  constructor(code: NotCanonicalCode, message: string) {
    super(message);
    this.name = 'NotCanonical';
    this.code = code;
  }
}

/**
 * The RFC 8785 text of a JSON value: members sorted by UTF-16 code units, numbers as ECMAScript writes them, no white
 * space. Members that are undefined are left out. Throws NotCanonical for what JSON cannot say: NaN, the infinities,
 * undefined elsewhere, lone surrogates, bigint, functions, symbols and objects that are not plain.
 */
export function canonicalJson(value: unknown): string {
  return write(value, []);
}

function write(value: unknown, path: (string | number)[]): string {
  switch (typeof value) {
    case 'string':
      return writeString(value, path);
    case 'number':
      if (!Number.isFinite(value)) throw refusal('NUMBER_NOT_FINITE', 'a number that is not finite', path);
      // ECMAScript's own form is the one that the RFC asks for; minus zero becomes 0.
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (path.length >= canonicalDepthMax) {
        throw refusal('TOO_DEEP', `more than ${canonicalDepthMax} levels, or a value inside itself`, path);
      }
      return Array.isArray(value) ? writeArray(value, path) : writeObject(value, path);
    default:
      throw refusal('NOT_JSON', `${typeof value}, which JSON cannot hold`, path);
  }
}

// Most texts: nothing that JSON escapes and no surrogates, so that quotes around them are enough.
const plainText = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

function writeString(text: string, path: (string | number)[]): string {
  if (plainText.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw refusal('STRING_NOT_UNICODE', 'a text with half a surrogate pair', path);
  return JSON.stringify(text);
}

function writeArray(items: readonly unknown[], path: (string | number)[]): string {
  let text = '[';
  for (let index = 0; index < items.length; index++) {
    path.push(index);
    text += index === 0 ? write(items[index], path) : `,${write(items[index], path)}`;
    path.pop();
  }
  return `${text}]`;
}

function writeObject(value: object, path: (string | number)[]): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Dates, maps, buffers and the like would otherwise be written as empty objects.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw refusal('NOT_JSON', 'an object that is not plain', path);
  }
  const members = value as Record<string, unknown>;
  let text = '{';
  for (const name of sortedNames(members)) {
    const member = members[name];
    if (member === undefined) continue;
    path.push(name);
    const separator = text === '{' ? '' : ',';
    text += `${separator}${writeString(name, path)}:${write(member, path)}`;
    path.pop();
  }
  return `${text}}`;
}

const namesSortedByHandMax = 24;

/** Names by UTF-16 code units. Objects are small: an insertion sort in place makes no garbage, which the built-in sort does. */
function sortedNames(members: object): string[] {
  const names = Object.keys(members);
  if (names.length > namesSortedByHandMax) return names.sort();
  for (let index = 1; index < names.length; index++) {
    const name = names[index]!;
    let at = index;
    for (; at > 0 && names[at - 1]! > name; at--) names[at] = names[at - 1]!;
    names[at] = name;
  }
  return names;
}

// Names that do not look like a field's name might be personal data, so they are not repeated.
function refusal(code: NotCanonicalCode, what: string, path: readonly (string | number)[]): NotCanonical {
  const steps = path.slice(0, 12).map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    return /^[A-Za-z_]\w{0,40}$/.test(step) ? `.${step}` : '.?';
  });
  return new NotCanonical(code, `The value at $${steps.join('')} has no canonical JSON: it is ${what}.`);
}
