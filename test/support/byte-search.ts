// Finds which of many texts occur in files, as bytes, in every form in which a program may have written them.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

interface Pattern {
  text: string;
  form: string;
  bytes: Buffer;
}

/** A text as UTF-8, as UTF-16 of either order and as JSON, each also in lower case and without accents as lists order names. */
function patternsOf(text: string): Pattern[] {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '');
  const spellings = new Set([text, text.toLowerCase(), plain.toLowerCase(), text.normalize('NFD')]);
  return [...spellings].flatMap((spelling) => {
    const escaped = JSON.stringify(spelling).slice(1, -1);
    const ascii = escaped.replace(
      /[^\x20-\x7e]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    const forms: [string, Buffer][] = [
      ['UTF-8', Buffer.from(spelling)],
      ['UTF-16LE', Buffer.from(spelling, 'utf16le')],
      ['UTF-16BE', Buffer.from(spelling, 'utf16le').swap16()],
      ['JSON', Buffer.from(escaped)],
      ['ASCII JSON', Buffer.from(ascii)],
    ];
    return forms.map(([form, bytes]) => ({ text, form, bytes }));
  });
}

/** All files of a folder, whatever they are called. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** Where which text was found: `file: text (form)`, each once. */
export function findInFiles(files: readonly string[], texts: Iterable<string>): string[] {
  const byPrefix = new Map<number, Pattern[]>();
  const seconds = new Uint8Array(65_536);
  for (const pattern of [...texts].flatMap(patternsOf)) {
    if (pattern.bytes.length < 4) continue;
    const prefix = pattern.bytes.readUInt32LE(0);
    seconds[prefix & 0xffff] = 1;
    byPrefix.set(prefix, [...(byPrefix.get(prefix) ?? []), pattern]);
  }
  const found = new Set<string>();
  for (const file of files) {
    const bytes = readFileSync(file);
    for (let at = 0; at + 4 <= bytes.length; at++) {
      if (seconds[bytes[at]! | (bytes[at + 1]! << 8)] === 0) continue;
      for (const { text, form, bytes: wanted } of byPrefix.get(bytes.readUInt32LE(at)) ?? [])
        if (
          at + wanted.length <= bytes.length &&
          bytes.compare(wanted, 0, wanted.length, at, at + wanted.length) === 0
        )
          found.add(`${file}: ${text} (${form})`);
    }
  }
  return [...found];
}
