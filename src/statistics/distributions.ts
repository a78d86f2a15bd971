// The upper tail of the chi-square distribution, through the incomplete gamma function.

const iterationsMax = 1_000;
const precision = 1e-15;

/** Probability that a chi-square variable with these degrees of freedom exceeds `value`. */
export function chiSquareUpperTail(value: number, degreesOfFreedom: number): number {
  if (value <= 0) return 1;
  const [a, x] = [degreesOfFreedom / 2, value / 2];
  // Each expansion converges fast on its side (Numerical Recipes, section 6.2).
  return x < a + 1 ? 1 - gammaSeries(a, x) : gammaFraction(a, x);
}

/** The regularised lower incomplete gamma function as a series. */
function gammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < iterationsMax && Math.abs(term) > Math.abs(sum) * precision; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * Math.exp(-x + a * Math.log(x) - logGamma(a));
}

/** The regularised upper incomplete gamma function as a continued fraction, evaluated by Lentz's method. */
function gammaFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < iterationsMax; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = numerator * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + numerator / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < precision) break;
  }
  return fraction * Math.exp(-x + a * Math.log(x) - logGamma(a));
}

/** ln Γ(a) of a whole or half number, by its recurrence from Γ(1) = 1 and Γ(1/2) = √π. */
function logGamma(a: number): number {
  let sum = Number.isInteger(a) ? 0 : Math.log(Math.PI) / 2;
  for (let n = Number.isInteger(a) ? 1 : 0.5; n < a; n++) sum += Math.log(n);
  return sum;
}
