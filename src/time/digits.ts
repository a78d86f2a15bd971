// Reads decimal digits at a fixed place of a text, without making a substring.

/** The number written in the `count` characters from `at` on, or -1 when one of them is not an ASCII digit. */
export function digitsAt(text: string, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = text.charCodeAt(i) - 48;
    // Written this way round so that NaN, from beyond the end of the text, is refused too.
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** '00' to '99': a table, because padding is what costs most when a date is written. */
export const twoDigits: readonly string[] = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'));
