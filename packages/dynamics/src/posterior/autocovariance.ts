/** Lags summed one by one; mixing chains need no more, and others are better served by the transform. */
const directLags = 96;

/**
 * Mean over chains of the autocovariance at a lag, with the divisor n: (1/n) Σ (x_i - mean)(x_{i+lag} - mean). Computed
 * as asked for; long lags all at once by Fourier transform.
 */
export function meanAutocovariance(chains: readonly Float64Array[]): (lag: number) => number {
  const centered = chains.map((chain) => {
    const mean = chain.reduce((sum, x) => sum + x / chain.length, 0);
    return chain.map((x) => x - mean);
  });
  const n = chains[0]?.length ?? 0;
  let far: Float64Array | undefined;
  return (lag) => {
    if (lag >= directLags) {
      far ??= transformed(centered, n);
      return far[lag] ?? 0;
    }
    let sum = 0;
    for (const chain of centered) {
      for (let i = 0; i + lag < n; i += 1) sum += chain[i]! * chain[i + lag]!;
    }
    return sum / n / chains.length;
  };
}

/** All lags by the theorem of Wiener and Khinchin; padding with zeros keeps the ends apart. */
function transformed(centered: readonly Float64Array[], n: number): Float64Array {
  let size = 1;
  while (size < 2 * n) size *= 2;
  const power = new Float64Array(size);
  const real = new Float64Array(size);
  const imaginary = new Float64Array(size);
  // Two chains at a time, as real and imaginary part; their power spectra add up.
  for (let c = 0; c < centered.length; c += 2) {
    real.fill(0).set(centered[c]!);
    imaginary.fill(0).set(centered[c + 1] ?? []);
    fourier(real, imaginary);
    for (let k = 0; k < size; k += 1) power[k]! += real[k]! ** 2 + imaginary[k]! ** 2;
  }
  fourier(power, imaginary.fill(0));
  return power.subarray(0, n).map((sum) => sum / size / n / centered.length);
}

/** In-place transform of a power of two of complex numbers (J. W. Cooley, J. W. Tukey, Math. Comp. 19 (1965) 297-301). */
function fourier(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i += 1) {
    let bit = n >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j]!, real[i]!];
      [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
    }
  }
  for (let length = 2; length <= n; length *= 2) {
    const half = length / 2;
    for (let k = 0; k < half; k += 1) {
      const angle = (-2 * Math.PI * k) / length;
      const cosine = Math.cos(angle);
      const sine = Math.sin(angle);
      for (let even = k; even < n; even += length) {
        const odd = even + half;
        const re = real[odd]! * cosine - imaginary[odd]! * sine;
        const im = real[odd]! * sine + imaginary[odd]! * cosine;
        real[odd] = real[even]! - re;
        imaginary[odd] = imaginary[even]! - im;
        real[even]! += re;
        imaginary[even]! += im;
      }
    }
  }
}
