/** Quantile of sorted values by linear interpolation, type 7 of R. J. Hyndman, Y. Fan, Am. Stat. 50 (1996) 361-365. */
export function quantileOf(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const lower = sorted[below];
  const upper = sorted[Math.min(below + 1, sorted.length - 1)];
  if (lower === undefined || upper === undefined) return Number.NaN;
  const part = position - below;
  return lower === upper ? lower : lower * (1 - part) + upper * part;
}
