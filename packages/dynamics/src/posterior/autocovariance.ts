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
  const roots = unitRoots(size);
  const power = new Float64Array(size);
  const real = new Float64Array(size);
  const imaginary = new Float64Array(size);
  // Two chains at a time, as real and imaginary part: what they have in common is odd in frequency, which the mean over
  // both signs of the frequency takes out again.
  for (let c = 0; c < centered.length; c += 2) {
    real.fill(0).set(centered[c]!);
    imaginary.fill(0).set(centered[c + 1] ?? []);
    fourier(real, imaginary, roots);
    for (let k = 0; k < size; k += 1) power[k]! += real[k]! ** 2 + imaginary[k]! ** 2;
  }
  fourier(power, imaginary.fill(0), roots);
  return power.subarray(0, n).map((sum) => sum / size / n / centered.length);
}

/** Cosines and sines of the angles -2πk/size, one after the other. */
function unitRoots(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => {
    const angle = (-2 * Math.PI * (i >> 1)) / size;
    return i % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  });
}

/** In-place transform of a power of two of complex numbers (J. W. Cooley, J. W. Tukey, Math. Comp. 19 (1965) 297-301). */
function fourier(real: Float64Array, imaginary: Float64Array, roots: Float64Array): void {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i += 1) {
    let bit = n >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      const kept = real[i]!;
      real[i] = real[j]!;
      real[j] = kept;
      const keptImaginary = imaginary[i]!;
      imaginary[i] = imaginary[j]!;
      imaginary[j] = keptImaginary;
    }
  }
  for (let half = 1; half < n; half *= 2) {
    const stride = n / half;
    for (let block = 0; block < n; block += 2 * half) {
      for (let k = 0; k < half; k += 1) {
        const cosine = roots[k * stride]!;
        const sine = roots[k * stride + 1]!;
        const even = block + k;
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
