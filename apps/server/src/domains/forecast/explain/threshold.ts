import { type Column, describeModel } from '@tandem/dynamics';
import { dayOf, driveModel } from '../model/index.ts';
import { crossingsOf } from './crossing.ts';
import { dropCrossing } from './drop.ts';
import { pictureOf } from './equilibria.ts';
import type { ExplainedThreshold } from './result.ts';
import {
  columnOf,
  drawnPoints,
  labelsOf,
  plainName,
  quantilesOf,
  runRows,
  type Subject,
  type Today,
} from './subject.ts';

const bandDays = 7;
/** Before this many days from the start activity still settles. */
const bandPointsMost = 210;

/** How far activity is from the threshold, how that came about, and what would cross it. */
export async function explainThreshold(
  subject: Subject,
  today: Today | null,
  { drawsMost, foldDraws }: { drawsMost: number; foldDraws: number },
  stage: (share: number) => void,
): Promise<ExplainedThreshold | null> {
  const { setup } = subject;
  if (setup.threshold === undefined) return null;
  const { times, activity, theta, now } = await activityOverTime(subject, drawsMost);
  stage(0.2);
  const probabilityAbove = now.activity.filter((value, k) => value > now.theta[k]!).length / now.activity.length;
  const picture = await pictureOf(subject, today, foldDraws);
  stage(0.7);
  const direction = probabilityAbove > 0.5 ? 'down' : 'up';
  const crossings = await crossingsOf(subject, today, { drawsMost, direction });
  stage(0.9);
  const drop = direction === 'up' ? await dropCrossing(subject, today) : null;
  stage(1);
  const band = (values: readonly Float64Array[]) =>
    times.map((day, i) => {
      const { p10, p50, p90 } = quantilesOf(values[i]!);
      return { t: dayOf(subject.snapshot, day), low: p10, median: p50, high: p90 };
    });
  const isMissing = 'code' in picture;
  return {
    activity: quantilesOf(now.activity),
    theta: quantilesOf(now.theta),
    distance: quantilesOf(now.activity.map((value, k) => value - now.theta[k]!)),
    probabilityAbove,
    activityOverTime: band(activity),
    thetaOverTime: band(theta),
    crossings,
    drop,
    ...(isMissing ? emptyPicture(subject, setup.threshold.control) : picture),
    method: isMissing ? null : picture.method,
    pictureMissing: isMissing ? picture : null,
  };
}

/** Where there is nothing to draw, what the control is now is still told. */
function emptyPicture({ names, median, setup, loaded }: Subject, control: string) {
  const fitted = names.findIndex((name) => plainName(name) === plainName(control));
  const described = describeModel(loaded.file).find(({ name }) => plainName(name) === plainName(control));
  const now = fitted < 0 ? (described?.elements[0]?.value ?? 0) : median[fitted]!;
  return {
    control,
    controlLabel: labelsOf(setup)(control),
    controlUnit: described?.units ?? '',
    controlNow: now,
    controlLow: now,
    controlHigh: now,
    branches: [],
    folds: [],
    moving: [],
    held: [],
    mixed: [],
    complete: false,
  };
}

async function activityOverTime(subject: Subject, drawsMost: number) {
  const { setup, loaded, days, paths, names } = subject;
  const { activity, theta } = setup.threshold!;
  const stop = Math.max(days, bandDays);
  const step = Math.max(bandDays, Math.ceil(stop / bandPointsMost / bandDays) * bandDays);
  const times = Array.from({ length: Math.floor(stop / step) + 1 }, (_, i) => stop - i * step).reverse();
  const { program } = driveModel(loaded, { stop, paths, inputs: names, outputs: [activity, theta] });
  const columns = [activity, theta].map((output): Column => ({ output, reduce: { kind: 'samples', times } }));
  const { points, count } = drawnPoints(subject, drawsMost);
  const values = await runRows(subject, program, columns, { inputs: names, points, count });
  const width = 2 * times.length;
  const at = (first: number) => times.map((_, i) => columnOf(values, width, first + i));
  const [byActivity, byTheta] = [at(0), at(times.length)];
  const last = days === 0 ? 0 : times.length - 1;
  return { times, activity: byActivity, theta: byTheta, now: { activity: byActivity[last]!, theta: byTheta[last]! } };
}
