import type { EquilibriumPicture } from './result.ts';

type Picture = Pick<EquilibriumPicture, 'branches' | 'folds' | 'controlNow' | 'controlLow' | 'controlHigh'>;

/** A community that is farther from every equilibrium than this is on its way, and no fold is ahead of it. */
const nearMost = 0.15;

/**
 * The fold at which the equilibrium that the community is at ends, when the control grows (`up`) or falls: not the nearest
 * fold, which may end another equilibrium. Undefined where that equilibrium lasts to the end of the range.
 */
export function foldAhead(
  { branches, folds, controlNow, controlLow, controlHigh }: Picture,
  { activity, up }: { activity: number; up: boolean },
): EquilibriumPicture['folds'][number] | undefined {
  const range = controlHigh - controlLow || 1;
  const away = (one: { control: number; activity: number }, control: number, level: number) =>
    Math.hypot((one.control - control) / range, one.activity - level);
  const stable = branches.flatMap(({ points }) =>
    points.flatMap((point, place) =>
      point.stable ? [{ points, place, distance: away(point, controlNow, activity) }] : [],
    ),
  );
  const [here] = stable.sort((a, b) => a.distance - b.distance);
  if (here === undefined || here.distance > nearMost) return undefined;
  for (const step of [1, -1]) {
    let place = here.place;
    while (here.points[place]?.stable) place += step;
    const [end, last] = [here.points[place], here.points[place - step]];
    if (end === undefined || last === undefined) continue;
    const [fold] = folds
      .filter(({ kind, control }) => kind === 'fold' && (up ? control > controlNow : control < controlNow))
      .sort((a, b) => away(a, last.control, last.activity) - away(b, last.control, last.activity));
    if (fold !== undefined && away(fold, last.control, last.activity) < nearMost) return fold;
  }
  return undefined;
}
