const sweepsMax = 100;
const angleLeast = 1e-10;

/**
 * Turns orthonormal vectors of `d` numbers within the space they span so that each has few large components: H. F. Kaiser,
 * "The varimax criterion for analytic rotation in factor analysis", Psychometrika 23 (1958) 187-200. In place, over pairs
 * of vectors until none turns any more. Directions of equal weight are arbitrary without such a choice.
 */
export function varimax(vectors: readonly Float64Array[]): void {
  for (let sweep = 0; sweep < sweepsMax; sweep += 1) {
    let turned = false;
    for (let p = 0; p < vectors.length - 1; p += 1) {
      for (let q = p + 1; q < vectors.length; q += 1) {
        const angle = bestAngle(vectors[p]!, vectors[q]!);
        if (Math.abs(angle) < angleLeast) continue;
        turned = true;
        turn(vectors[p]!, vectors[q]!, angle);
      }
    }
    if (!turned) return;
  }
}

function bestAngle(x: Float64Array, y: Float64Array): number {
  let [sumU, sumV, squares, products] = [0, 0, 0, 0];
  for (let i = 0; i < x.length; i += 1) {
    const u = x[i]! ** 2 - y[i]! ** 2;
    const v = 2 * x[i]! * y[i]!;
    sumU += u;
    sumV += v;
    squares += u * u - v * v;
    products += u * v;
  }
  const top = 2 * (products - (sumU * sumV) / x.length);
  const bottom = squares - (sumU ** 2 - sumV ** 2) / x.length;
  return Math.atan2(top, bottom) / 4;
}

function turn(x: Float64Array, y: Float64Array, angle: number): void {
  const cosine = Math.cos(angle);
  const sine = Math.sin(angle);
  for (let i = 0; i < x.length; i += 1) {
    const [a, b] = [x[i]!, y[i]!];
    x[i] = cosine * a + sine * b;
    y[i] = cosine * b - sine * a;
  }
}
