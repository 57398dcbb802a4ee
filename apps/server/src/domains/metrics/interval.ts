/** Two-sided 95 % point of the standard normal distribution. */
const z = 1.959964;

/**
 * 95 % interval of a rate of events per unit (invitations accepted per inviter). Byar's approximation to the exact Poisson
 * limits (Breslow and Day, Statistical Methods in Cancer Research II, 1987, p. 69), on the count divided by its dispersion
 * (variance over mean across units, at least 1), as in quasi-Poisson regression (McCullagh and Nelder 1989, §6.2.3).
 * @param events number of events
 * @param units number of units that could have had events
 * @param squares sum over units of the squared number of events
 */
export function rateInterval(
  events: number,
  units: number,
  squares: number,
): { low: number; high: number } | undefined {
  if (units <= 0) return undefined;
  const mean = events / units;
  const variance = units > 1 ? Math.max(0, squares - events * mean) / (units - 1) : mean;
  const dispersion = mean > 0 ? Math.max(1, variance / mean) : 1;
  const count = events / dispersion;
  const limit = (from: number, sign: 1 | -1) =>
    from > 0 ? from * (1 - 1 / (9 * from) + (sign * z) / (3 * Math.sqrt(from))) ** 3 : 0;
  return {
    low: Math.max(0, (limit(count, -1) * dispersion) / units),
    high: (limit(count + 1, 1) * dispersion) / units,
  };
}
