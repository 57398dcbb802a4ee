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
  const before = factorsOf(previous);
  const after = factorsOf(current);
  const from = before.map((value, i) => value ?? after[i] ?? 0);
  const to = after.map((value, i) => value ?? before[i] ?? 0);
  const outside = current.gmvMinor - chained(current) - (previous.gmvMinor - chained(previous));
  const change = chained(current) - chained(previous);
  const shares = wholeShares(shapley(from, to), change);
  const contributions: Contribution[] = factorNames.map((factor, i) => ({ factor, contributionMinor: shares[i]! }));
  if (outside !== 0n) contributions.push({ factor: outsideFactor, contributionMinor: outside });
  return contributions;
}

/** The four factors of a period; null where there is no denominator. */
function factorsOf({ views, clicks, orders, gmvMinor }: LiveTotals): (number | null)[] {
  const rate = (over: number, per: number) => (per > 0 ? over / per : null);
  return [views, rate(clicks, views), rate(orders, clicks), orders > 0 ? Number(gmvMinor) / orders : null];
}

/** GMV that went all the way through the chain: all of it, unless a step that it must have passed is empty. */
function chained({ views, clicks, orders, gmvMinor }: LiveTotals): bigint {
  return views > 0 && clicks > 0 && orders > 0 ? gmvMinor : 0n;
}

/** Shapley value of each factor of a product that moves from one set of values to another. */
export function shapley(from: readonly number[], to: readonly number[]): number[] {
  const count = from.length;
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
  return from.map((_, i) => {
    let value = 0;
    for (let moved = 0; moved < 1 << count; moved++) {
      if (moved & (1 << i)) continue;
      let others = 1;
      let size = 0;
      for (let j = 0; j < count; j++) {
        if (j === i) continue;
        const isMoved = (moved & (1 << j)) !== 0;
        others *= (isMoved ? to[j] : from[j])!;
        if (isMoved) size++;
      }
      value += ((factorial(size) * factorial(count - 1 - size)) / factorial(count)) * others * (to[i]! - from[i]!);
    }
    return value;
  });
}

/** Whole numbers next to the shares given that add up to a total exactly: the largest remainders are rounded up. */
export function wholeShares(shares: readonly number[], total: bigint): bigint[] {
  const whole = shares.map((share) => BigInt(Math.floor(share)));
  const order = shares
    .map((share, i) => ({ i, remainder: share - Math.floor(share) }))
    .sort((a, b) => b.remainder - a.remainder || a.i - b.i);
  let missing = total - whole.reduce((sum, share) => sum + share, 0n);
  const step = missing < 0n ? -1n : 1n;
  for (let at = 0; missing !== 0n; at = (at + 1) % order.length) {
    const { i } = order[step > 0n ? at : order.length - 1 - at]!;
    whole[i] = whole[i]! + step;
    missing -= step;
  }
  return whole;
}
