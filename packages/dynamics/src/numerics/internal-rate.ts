/** Doublings of the interval in which the rate is looked for, and halvings of the one in which it lies, at most. */
const doublingsMax = 60;
const halvingsMax = 200;
/** Largest exponent with which a payment is discounted: e^700 is near the end of the range of numbers. */
const exponentMax = 700;

/**
 * The internal rate of return per unit of time of payments that were made every `dt`: the rate r nearest to 0 with
 * sum of payment_k / (1 + r)^(k dt) = 0. `past` holds the first `count` payments, `present` is the one after them. Where
 * there is no such rate, as when all payments have the same sign, the answer is `missing`; NaN for payments that are not
 * finite.
 */
export function internalRate(
  past: Float64Array,
  count: number,
  present: number,
  { missing, dt }: { missing: number; dt: number },
): number {
  let least = present;
  let most = present;
  for (let k = 0; k < count; k++) {
    least = Math.min(least, past[k]!);
    most = Math.max(most, past[k]!);
  }
  if (!Number.isFinite(least) || !Number.isFinite(most)) return Number.NaN;
  if (least >= 0 || most <= 0) return missing;
  // Of the power of the discount factor v that has the payments as coefficients, by Horner's rule from the end with the
  // smaller powers, so that nothing overflows.
  const worth = (exponent: number): number => {
    const v = Math.exp(-Math.abs(exponent) * dt);
    let sum = 0;
    if (exponent >= 0) {
      sum = present;
      for (let k = count - 1; k >= 0; k--) sum = sum * v + past[k]!;
    } else {
      for (let k = 0; k < count; k++) sum = sum * v + past[k]!;
      sum = sum * v + present;
    }
    return Math.sign(sum);
  };
  const limit = exponentMax / dt;
  const sign = worth(0);
  if (sign === 0) return 0;
  let width = 1e-3;
  let [low, high] = [0, 0];
  for (let doubling = 0; doubling < doublingsMax; doubling++, width *= 2) {
    const above = Math.min(limit, width);
    const below = Math.max(-limit, -width);
    if (worth(above) !== sign) return Math.expm1(rootBetween(worth, high, above, sign));
    if (worth(below) !== sign) return Math.expm1(rootBetween(worth, low, below, sign));
    if (above === limit && below === -limit) break;
    [low, high] = [below, above];
  }
  return missing;
}

/** Where the sign changes between `from`, where it is `sign`, and `to`. */
function rootBetween(worth: (exponent: number) => number, from: number, to: number, sign: number): number {
  let [same, other] = [from, to];
  for (let halving = 0; halving < halvingsMax; halving++) {
    const middle = (same + other) / 2;
    if (middle === same || middle === other) break;
    if (worth(middle) === sign) same = middle;
    else other = middle;
  }
  return (same + other) / 2;
}
