// A small pseudo-random generator (sfc32, seeded by a hash of text), so that a seed gives the same base on every machine.

export interface Random {
  /** At least 0, less than 1. */
  next(): number;
  /** A whole number, both ends included. */
  int(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
  /** One of the values, each as likely as its weight. */
  weighted<T>(table: readonly (readonly [value: T, weight: number])[]): T;
  /** Around the median with a long tail upwards: half lies below it, one in twenty above four times of it. */
  longTail(median: number): number;
  /** A UUID of version 4 made from this generator's bits. */
  uuid(): string;
  /** Each X of the template becomes a digit. */
  digits(template: string): string;
  /** A generator of its own that depends on the seed and the label only, not on what was drawn before. */
  fork(label: string): Random;
}

export function createRandom(seed: string): Random {
  const state = hashText(seed);

  function bits(): number {
    const sum = (state[0] + state[1] + state[3]) | 0;
    state[3] = (state[3] + 1) | 0;
    state[0] = state[1] ^ (state[1] >>> 9);
    state[1] = (state[2] + (state[2] << 3)) | 0;
    state[2] = ((state[2] << 21) | (state[2] >>> 11)) + sum;
    state[2] |= 0;
    return sum >>> 0;
  }
  for (let round = 0; round < 15; round++) bits();

  const next = () => bits() / 2 ** 32;
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  const hex = () => bits().toString(16).padStart(8, '0');

  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (choices) => choices[Math.floor(next() * choices.length)]!,
    weighted(table) {
      let left = next() * table.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [value, weight] of table) {
        left -= weight;
        if (left < 0) return value;
      }
      return table[table.length - 1]![0];
    },
    longTail(median) {
      // Three uniform numbers are normal enough for delays: their sum has mean 0 and variance 1/4.
      const normal = (next() + next() + next() - 1.5) * 2;
      return Math.round(median * Math.exp(normal * 0.85));
    },
    uuid() {
      const a = hex();
      const b = hex();
      const c = hex();
      const variant = '89ab'.charAt(Number.parseInt(c.charAt(0), 16) & 3);
      return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${hex()}`;
    },
    digits: (template) => template.replace(/X/g, () => String(int(0, 9))),
    fork: (label) => createRandom(`${seed}/${label}`),
  };
}

/** Four 32-bit words of which each depends on every character (cyrb128). */
function hashText(text: string): [number, number, number, number] {
  const words: [number, number, number, number] = [1779033703, 3144134277, 1013904242, 2773480762];
  const factors = [597399067, 2869860233, 951274213, 2716044179] as const;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    words[0] = words[1] ^ Math.imul(words[0] ^ code, factors[0]);
    words[1] = words[2] ^ Math.imul(words[1] ^ code, factors[1]);
    words[2] = words[3] ^ Math.imul(words[2] ^ code, factors[2]);
    words[3] = words[0] ^ Math.imul(words[3] ^ code, factors[3]);
  }
  return words;
}
