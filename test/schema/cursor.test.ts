// Cursors say nothing to who holds them, and only what a ledger sealed itself is taken back.
import { describe, expect, it } from 'vitest';
import { cursorsOf } from '../../schema/cursor.ts';
import { salt } from '../support/ids.ts';

const cursors = cursorsOf(salt);
const key = ['lovelace, ada', 'c0000000-0000-4000-8000-000000000001'];
const cursor = cursors.seal('contacts by name', key);

describe('a cursor', () => {
  it('leads back to its place, in any process that has the salt', () => {
    expect(cursors.open('contacts by name', cursor)).toEqual(key);
    expect(cursorsOf(Buffer.from(salt)).open('contacts by name', cursor)).toEqual(key);
  });

  it('is the same text for the same place, another for any other', () => {
    expect(cursors.seal('contacts by name', [...key])).toBe(cursor);
    expect(cursors.seal('contacts by name', ['lovelace, adb', key[1]!])).not.toBe(cursor);
    expect(cursors.seal('accounts by name', key)).not.toBe(cursor);
  });

  it('shows nothing of the name and id in it', () => {
    const bytes = Buffer.from(cursor, 'base64url').toString('latin1');
    for (const part of key) for (const text of [cursor, bytes]) expect(text).not.toContain(part.slice(0, 8));
  });

  it('of another list, of another ledger, changed in any byte or made up is none', () => {
    expect(cursors.open('accounts by name', cursor)).toBeUndefined();
    expect(cursorsOf(Buffer.alloc(32, 9)).open('contacts by name', cursor)).toBeUndefined();
    const bytes = Buffer.from(cursor, 'base64url');
    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes);
      changed[index]! ^= 1;
      expect(cursors.open('contacts by name', changed.toString('base64url'))).toBeUndefined();
    }
    for (const text of ['', 'no cursor', Buffer.from(JSON.stringify(key)).toString('base64url')])
      expect(cursors.open('contacts by name', text)).toBeUndefined();
  });
});
