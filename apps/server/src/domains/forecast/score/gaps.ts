/**
 * The series without its gaps (NaN): those at the beginning are cut off, others lie on the straight line between their
 * neighbours, those at the end have the last value that was seen.
 */
export function gapsFilled(values: Float64Array): Float64Array {
  const first = values.findIndex((value) => !Number.isNaN(value));
  if (first < 0) return new Float64Array(0);
  const filled = values.slice(first);
  let before = 0;
  for (let at = 1; at <= filled.length; at += 1) {
    if (at < filled.length && Number.isNaN(filled[at]!)) continue;
    const [from, to] = [filled[before]!, filled[at] ?? filled[before]!];
    for (let gap = before + 1; gap < at; gap += 1) {
      filled[gap] = from + ((to - from) * (gap - before)) / (at - before);
    }
    before = at;
  }
  return filled;
}
