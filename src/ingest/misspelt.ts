// Finds the field that somebody meant who wrote a name that is none.

/** Of the fields that are `lacking`, the one that the name looks like; undefined where it looks like none. */
export function fieldMeant(name: string, lacking: readonly string[]): string | undefined {
  const written = plain(name);
  return lacking.find((field) => slipsBetween(written, plain(field)) <= (field.length < 5 ? 0 : 1));
}

const plain = (name: string) => name.toLowerCase().replace(/[_\- ]/g, '');

/** Whether one letter too many, too few or another one, or two that changed places, part the two: 0, 1, or 2 for more. */
function slipsBetween(a: string, b: string): number {
  if (a === b) return 0;
  if (Math.abs(a.length - b.length) > 1) return 2;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const [restOfA, restOfB] = [a.slice(start), b.slice(start)];
  const isOneSlip =
    restOfA.slice(1) === restOfB ||
    restOfA === restOfB.slice(1) ||
    restOfA.slice(1) === restOfB.slice(1) ||
    (restOfA[0] === restOfB[1] && restOfA[1] === restOfB[0] && restOfA.slice(2) === restOfB.slice(2));
  return isOneSlip ? 1 : 2;
}
