/**
 * The discrete Fourier transform of complex numbers in place: `real` and `imaginary` have a length that is a power of two.
 * Radix 2 by J. W. Cooley, J. W. Tukey, Mathematics of Computation 19 (1965) 297-301.
 */
export function fourier(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i += 1) {
    let bit = n >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    [real[i], real[j]] = [real[j]!, real[i]!];
    [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
  }
  const cosine = new Float64Array(n >> 1);
  const sine = new Float64Array(n >> 1);
  for (let k = 0; k < n >> 1; k += 1) {
    cosine[k] = Math.cos((2 * Math.PI * k) / n);
    sine[k] = -Math.sin((2 * Math.PI * k) / n);
  }
  for (let half = 1; half < n; half <<= 1) {
    const stride = n / (2 * half);
    for (let from = 0; from < n; from += 2 * half) {
      for (let k = 0, t = 0; k < half; k += 1, t += stride) {
        const [a, b] = [from + k, from + k + half];
        const re = real[b]! * cosine[t]! - imaginary[b]! * sine[t]!;
        const im = real[b]! * sine[t]! + imaginary[b]! * cosine[t]!;
        real[b] = real[a]! - re;
        imaginary[b] = imaginary[a]! - im;
        real[a] = real[a]! + re;
        imaginary[a] = imaginary[a]! + im;
      }
    }
  }
}

/**
 * Sums over all `rows`, of equal length, of the products of values a lag apart, for each lag. By the power spectrum, two
 * rows to a transform: the one is the real, the other the imaginary part, whose spectra add up.
 */
export function laggedProducts(rows: readonly Float64Array[]): Float64Array {
  const length = rows[0]?.length ?? 0;
  let size = 1;
  while (size < 2 * length) size <<= 1;
  const power = new Float64Array(size);
  for (let r = 0; r < rows.length; r += 2) {
    const real = new Float64Array(size);
    const imaginary = new Float64Array(size);
    real.set(rows[r]!);
    const other = rows[r + 1];
    if (other !== undefined) imaginary.set(other);
    fourier(real, imaginary);
    for (let k = 0; k < size; k += 1) power[k] = power[k]! + real[k]! * real[k]! + imaginary[k]! * imaginary[k]!;
  }
  const still = new Float64Array(size);
  fourier(power, still);
  return power.subarray(0, length).map((value) => value / size);
}
