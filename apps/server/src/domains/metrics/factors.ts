/** What a period of live selling came to. */
export interface LiveTotals {
  views: number;
  clicks: number;
  orders: number;
  gmvMinor: bigint;
}

export const factorNames = ['views', 'click_rate', 'click_to_order_rate', 'order_value'] as const;
/** GMV that the chain cannot explain, for example orders in a session without a single click. */
export const outsideFactor = 'outside_the_chain';
export type FactorName = (typeof factorNames)[number] | typeof outsideFactor;

export interface Contribution {
  factor: FactorName;
  contributionMinor: bigint;
}

/** A rational number: money is split exactly, not to within the error of a float. The denominator is above zero. */
export interface Fraction {
  n: bigint;
  d: bigint;
}

/**
 * Splits the change of GMV between two periods over views x click rate x click-to-order rate x order value. Each factor
 * gets its Shapley value: the mean, over all orders in which the factors could have moved one after another, of what its
 * move changed (Shapley 1953; for products of factors: Albrecht, François and Schoors, Energy Policy 30, 2002). It does not
 * depend on an order, and leaves no rest. The contributions are whole minor units that add up to the change exactly
 * (largest remainder).
 *
 * A rate without a denominator (no clicks in one period) takes the other period's value: what cannot be seen has not moved.
 */
export function attribute(previous: LiveTotals, current: LiveTotals): Contribution[] {
  const none: Fraction = { n: 0n, d: 1n };
  const before = factorsOf(previous);
  const after = factorsOf(current);
  const from = before.map((value, i) => value ?? after[i] ?? none);
  const to = after.map((value, i) => value ?? before[i] ?? none);
  const outside = current.gmvMinor - chained(current) - (previous.gmvMinor - chained(previous));
  const shares = wholeShares(shapley(from, to));
  const contributions: Contribution[] = factorNames.map((factor, i) => ({ factor, contributionMinor: shares[i]! }));
  if (outside !== 0n) contributions.push({ factor: outsideFactor, contributionMinor: outside });
  return contributions;
}

/** The four factors of a period; null where there is no denominator. */
function factorsOf({ views, clicks, orders, gmvMinor }: LiveTotals): (Fraction | null)[] {
  const rate = (over: bigint, per: number) => (per > 0 ? { n: over, d: BigInt(per) } : null);
  return [
    { n: BigInt(views), d: 1n },
    rate(BigInt(clicks), views),
    rate(BigInt(orders), clicks),
    rate(gmvMinor, orders),
  ];
}

/** GMV that went all the way through the chain: all of it, unless a step that it must have passed is empty. */
function chained({ views, clicks, orders, gmvMinor }: LiveTotals): bigint {
  return views > 0 && clicks > 0 && orders > 0 ? gmvMinor : 0n;
}

/** Shapley value of each factor of a product that moves from one set of values to another, over a common denominator. */
export function shapley(from: readonly Fraction[], to: readonly Fraction[]): { shares: bigint[]; per: bigint } {
  const count = from.length;
  const factorial = (n: number): bigint => (n <= 1 ? 1n : BigInt(n) * factorial(n - 1));
  const shares = from.map((_, i) => {
    const move = to[i]!.n * from[i]!.d - from[i]!.n * to[i]!.d;
    let share = 0n;
    for (let moved = 0; moved < 1 << count; moved++) {
      if (moved & (1 << i)) continue;
      let others = 1n;
      let size = 0;
      for (let j = 0; j < count; j++) {
        if (j === i) continue;
        const isMoved = (moved & (1 << j)) !== 0;
        // Both denominators of every factor are in the common one, so each numerator is widened by the other side's.
        others *= isMoved ? to[j]!.n * from[j]!.d : from[j]!.n * to[j]!.d;
        if (isMoved) size++;
      }
      share += factorial(size) * factorial(count - 1 - size) * others * move;
    }
    return share;
  });
  return { shares, per: [...from, ...to].reduce((product, { d }) => product * d, factorial(count)) };
}

/** Whole numbers next to shares whose sum is whole, with the same sum: the largest remainders are rounded up. */
export function wholeShares({ shares, per }: { shares: readonly bigint[]; per: bigint }): bigint[] {
  const floor = (share: bigint) => (share - (((share % per) + per) % per)) / per;
  const whole = shares.map(floor);
  const remainders = shares.map((share, i) => ({ i, remainder: share - whole[i]! * per }));
  const missing = remainders.reduce((sum, { remainder }) => sum + remainder, 0n) / per;
  remainders.sort((a, b) => (a.remainder === b.remainder ? a.i - b.i : a.remainder > b.remainder ? -1 : 1));
  for (const { i } of remainders.slice(0, Number(missing))) whole[i] = whole[i]! + 1n;
  return whole;
}
