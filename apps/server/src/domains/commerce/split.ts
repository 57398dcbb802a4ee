/**
 * Splits a total into parts proportional to weights that add up to it exactly (largest remainder; of equal remainders
 * the earlier part gets the unit). Weights that are all zero or unusable count as equal. The sign of the total is kept.
 */
export function splitExactly(total: number, weights: readonly number[]): number[] {
  if (weights.length === 0) return [];
  const usable =
    weights.every((weight) => Number.isSafeInteger(weight) && weight >= 0) && weights.some((weight) => weight > 0);
  const parts = (usable ? weights : weights.map(() => 1)).map((weight) => BigInt(weight));
  const sum = parts.reduce((a, b) => a + b, 0n);
  const magnitude = BigInt(Math.abs(total));
  const shares = parts.map((part, index) => ({
    index,
    floor: (magnitude * part) / sum,
    rest: (magnitude * part) % sum,
  }));
  let left = magnitude - shares.reduce((a, share) => a + share.floor, 0n);
  for (const share of [...shares].sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest < b.rest ? 1 : -1))) {
    if (left === 0n) break;
    share.floor += 1n;
    left -= 1n;
  }
  return shares.map((share) => (total < 0 ? -Number(share.floor) : Number(share.floor)));
}
