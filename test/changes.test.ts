// Values as people read them in changes, previews and explanations.
import { expect, test } from 'vitest';
import { displayed } from '../src/changes.ts';

test.each([
  [{ minorUnits: 23_890_000, currency: 'EUR' }, '238900.00 EUR'],
  [{ minorUnits: 5, currency: 'USD' }, '0.05 USD'],
  [{ minorUnits: -150, currency: 'USD' }, '-1.50 USD'],
  [{ minorUnits: 43_000, currency: 'JPY' }, '43000 JPY'],
  [{ minorUnits: 43_000, currency: 'KWD' }, '43.000 KWD'],
  [{ minorUnits: Number.MAX_SAFE_INTEGER, currency: 'EUR' }, '90071992547409.91 EUR'],
])('money is shown in whole units of its currency: %j as %s', (money, text) => {
  expect(displayed(money)).toBe(text);
});
