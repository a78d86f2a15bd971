// Derived ids, request digests and new ids.
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveId, newId, requestDigest } from '../../src/personal-data/derive-id.ts';

const salt = Buffer.alloc(32, 7);
const version8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const version7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const anyString = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));

describe('a derived id', () => {
  it('stays the same for ever for the same salt and parts', () => {
    expect(deriveId(salt, 'statehouse', 'openstates-person/1')).toBe('a289c1c1-3f77-8e36-951c-28e246c69074');
  });

  it('is a UUID of version 8 in lower case, whatever the parts', () => {
    fc.assert(fc.property(fc.array(anyString), (parts) => version8.test(deriveId(salt, ...parts))));
  });

  it('differs where the parts differ, also where they read the same when joined', () => {
    const ids = [
      ['ab', 'c'],
      ['a', 'bc'],
      ['abc'],
      ['abc', ''],
      ['', 'abc'],
      ['a|1:b'],
      ['a', 'b'],
      [],
      [''],
      ['\ud800'],
      ['\udc00'],
      ['\ufffd'],
      ['"\\ud800"'],
    ].map((parts) => deriveId(salt, ...parts));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('differs under another salt', () => {
    expect(deriveId(randomBytes(32), 'a')).not.toBe(deriveId(salt, 'a'));
  });
});

describe('the digest of a request', () => {
  it('is base64url of 16 bytes and does not depend on the order of members', () => {
    expect(requestDigest(salt, { a: 1, b: [true, 'x'] })).toBe(requestDigest(salt, { b: [true, 'x'], a: 1 }));
    expect(requestDigest(salt, { a: 1 })).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });

  it('stays the same for ever for the same salt', () => {
    // The first half of SHA-256 of the salt in hex, a bar and the two bytes {}.
    expect(requestDigest(salt, {})).toBe('LC6YKHZONXhbzkYtOCsrSQ');
  });

  it('cannot be tried out without the salt, because it lies in the clear', () => {
    const request = { address: 'ada@example.org' };
    expect(requestDigest(randomBytes(32), request)).not.toBe(requestDigest(salt, request));
  });

  it('differs where a value differs', () => {
    expect(requestDigest(salt, { a: 1 })).not.toBe(requestDigest(salt, { a: '1' }));
  });
});

describe('a new id', () => {
  it('is a UUID of version 7 that holds the time', () => {
    const beforeMs = Date.now();
    const id = newId();
    expect(id).toMatch(version7);
    const timeMs = Number.parseInt(id.replace('-', '').slice(0, 12), 16);
    expect(timeMs).toBeGreaterThanOrEqual(beforeMs);
    expect(timeMs).toBeLessThanOrEqual(Date.now() + 1000);
  });

  it('is greater than every one before, also within a millisecond and when the clock steps back', () => {
    const nowMs = Date.now() + 10_000;
    const ids = [newId(nowMs)];
    for (let index = 0; index < 20_000; index++) ids.push(newId(nowMs - (index % 3)));
    ids.push(newId(nowMs - 3_600_000));
    for (let index = 1; index < ids.length; index++) expect(ids[index]! > ids[index - 1]!).toBe(true);
    expect(ids.every((id) => version7.test(id))).toBe(true);
  });
});
