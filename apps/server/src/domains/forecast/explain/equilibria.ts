import { describeModel, type EquilibriaReport, followEquilibria } from '@tandem/dynamics';
import type { SetupLever, Words } from '../setup.ts';
import { type FastField, type FastPart, type FrozenModel, fastField, fastPartOf, freeze } from './frozen.ts';
import type { EquilibriumPicture } from './result.ts';
import { aheadOf, drawnPoints, labelsOf, plainName, quantile, type Subject, type Today, valueOn } from './subject.ts';

/** Activity is looked at from here on in steps, so that no branch is missed for want of a place to begin. */
const activitySteps = 12;
const pointsMost = 600;
const drawPointsMost = 300;

export type PictureMissing = { code: string; en: string; zh: string };

/**
 * Equilibria of activity along the control constant, by continuation from today's state of the fitted median, with the band
 * of each fold over draws. People flow through the model, so that as a whole it never rests: slow stocks are held at
 * today's level, and of the stocks that activity is a share of only the mix moves.
 */
export async function pictureOf(
  subject: Subject,
  today: Today | null,
  foldDraws: number,
): Promise<EquilibriumPicture | PictureMissing> {
  const { setup, days, names, median, workplace } = subject;
  const threshold = setup.threshold!;
  const control = threshold.control;
  if (today === null && days > 0) return missing.remembers;
  const isInput = names.some((name) => plainName(name) === plainName(control));
  const ahead = aheadOf(subject, today, {
    horizonDays: 1,
    outputs: [threshold.activity, threshold.theta],
    inputs: isInput ? [] : [control],
    paths: subject.paths.map(({ variable, steps }) =>
      setup.levers.some((lever) => lever.variable === variable && lever.kind === 'pulse')
        ? { variable, steps: [{ day: 0, value: 0 }] }
        : { variable, steps },
    ),
  });
  const model = ahead.program;
  if (model.memories.length + model.histories.length + model.draws.length > 0) return missing.remembers;
  const place = model.inputs.findIndex(({ name }) => plainName(name) === plainName(control));
  const path = subject.paths.find(({ variable }) => plainName(variable) === plainName(control));
  const own = path === undefined ? model.inputs[place]!.value : valueOn(path, days);
  const inputsOf = (row: Float64Array) => (isInput ? [...row] : [...row, own]);
  const width = ahead.inputs.length;
  const middle = freeze(model, inputsOf(await ahead.rows(median, 1)), threshold);
  const part = fastPartOf(middle);
  const controlNow = middle.evaluator.inputs[place]!;
  const range = controlRange(subject, control, controlNow);
  const watch = workplace.signal ? { signal: workplace.signal } : {};
  const whole = fastField(middle, part);
  const found = await followEquilibria(whole.field, range, {
    ...watch,
    starts: startsAlong(whole, part, range),
    scale: whole.scale,
    searches: 6,
    pointsMax: pointsMost,
    branchesMax: 12,
  });
  workplace.signal?.throwIfAborted();
  if (!found.ok) return missing.none;
  const report = found.value;
  const folds = foldsOf(report, whole);
  const { points, count } = drawnPoints(subject, foldDraws);
  const rows = await ahead.rows(points, count);
  const drawn: Fold[][] = [];
  for (let k = 0; k < count; k += 1) {
    const frozen = freeze(model, inputsOf(rows.subarray(k * width, (k + 1) * width)), threshold);
    drawn.push(folds.length === 0 ? [] : await foldsOfDraw(fastField(frozen, part), part, range, folds, watch));
    workplace.signal?.throwIfAborted();
  }
  return {
    ...wordsOfControl(subject, control),
    controlNow,
    controlLow: range.low,
    controlHigh: range.high,
    branches: branchesOf(report, whole),
    folds: folds.map((fold) => withBand(fold, folds, drawn)),
    ...namesOf(middle, part),
    complete: report.complete,
  };
}

interface Fold {
  control: number;
  activity: number;
  kind: string;
  state: number[];
}

const missing = {
  remembers: {
    code: 'picture.not_continuous',
    en: 'The model remembers more than its stocks, so it has no equilibria to follow.',
    zh: '模型除存量外还保留了其他记忆，无法追踪平衡点。',
  },
  none: {
    code: 'picture.none',
    en: 'No equilibrium of activity was found in the range of the control.',
    zh: '在控制参数的范围内没有找到活跃率的平衡点。',
  },
};

/** From nothing to four times what it is now, wider where its prior or its lever is. */
function controlRange({ setup }: Subject, control: string, now: number) {
  const lever = setup.levers.find(({ variable }) => plainName(variable) === plainName(control));
  if (lever !== undefined) return { name: control, low: lever.low, high: lever.high };
  const size = Math.abs(now) || 1;
  const low = now < 0 ? now - 3 * size : 0;
  return { name: control, low, high: now < 0 ? 0 : 4 * size };
}

/** Today's state, and states with other activity: the mix is what positive feedback drives. */
function startsAlong(fast: FastField, { mixed }: FastPart, range: { low: number; high: number }) {
  const shares = Math.max(0, mixed.length - 1);
  const starts: { state: Float64Array; parameter: number }[] = [];
  const controls = [0.02, 0.25, 0.5, 0.75, 1].map((at) => range.low + at * (range.high - range.low));
  for (let step = 0; step <= activitySteps; step += 1) {
    for (const parameter of controls) {
      const state = fast.start.slice();
      const level = (step + 0.5) / (activitySteps + 1);
      if (shares > 0) state[0] = level;
      else for (const [i, value] of fast.start.entries()) state[i] = 2 * level * value;
      starts.push({ state, parameter });
    }
  }
  return [{ state: fast.start, parameter: (range.low + range.high) / 4 }, ...starts];
}

function foldsOf(report: EquilibriaReport, fast: FastField): Fold[] {
  return report.bifurcations
    .filter(({ kind, state }) => kind !== 'hopf' && fast.isPossible(state))
    .map(({ kind, parameter, state }) => ({
      kind,
      control: parameter,
      activity: fast.activityAt(state, parameter),
      state,
    }));
}

async function foldsOfDraw(
  fast: FastField,
  part: FastPart,
  range: { name: string; low: number; high: number },
  known: readonly Fold[],
  watch: { signal?: AbortSignal },
): Promise<Fold[]> {
  const beside = known.flatMap(({ state, control }) =>
    [-0.05, 0.05].map((shift) => {
      const moved = Float64Array.from(state);
      if (part.mixed.length > 1) moved[0] = Math.min(1, Math.max(0, moved[0]! + shift));
      else for (const [i, value] of state.entries()) moved[i] = (1 + 2 * shift) * value;
      return { state: moved, parameter: control };
    }),
  );
  const found = await followEquilibria(fast.field, range, {
    ...watch,
    starts: [...beside, { state: fast.start, parameter: (range.low + range.high) / 4 }],
    scale: fast.scale,
    searches: 0,
    pointsMax: drawPointsMost,
    branchesMax: 6,
  });
  return found.ok ? foldsOf(found.value, fast) : [];
}

/** The band of a fold: of each draw the fold of its kind that lies nearest in activity, if it is nearer to this than to others. */
function withBand(fold: Fold, all: readonly Fold[], drawn: readonly Fold[][]) {
  const nearest = (activity: number) =>
    all.reduce((best, one) => (Math.abs(one.activity - activity) < Math.abs(best.activity - activity) ? one : best));
  const controls = drawn.flatMap((folds) => {
    const own = folds.filter(({ kind, activity }) => kind === fold.kind && nearest(activity) === fold);
    const [first] = own.sort((a, b) => Math.abs(a.activity - fold.activity) - Math.abs(b.activity - fold.activity));
    return first ? [first.control] : [];
  });
  const values = Float64Array.from(controls);
  const share = drawn.length === 0 ? 0 : controls.length / drawn.length;
  const { control, activity, kind } = fold;
  if (controls.length < 2) return { control, activity, kind, low: null, high: null, share };
  // The fold of the fitted median is one of the possible ones, though draws may lie to one side of it.
  const [low, high] = [Math.min(control, quantile(values, 0.1)), Math.max(control, quantile(values, 0.9))];
  return { control, activity, kind, low, high, share };
}

function branchesOf(report: EquilibriaReport, fast: FastField): EquilibriumPicture['branches'] {
  return report.branches
    .map(({ points }) => ({
      points: points
        .filter(({ state }) => fast.isPossible(state))
        .map(({ parameter, state, stable }) => ({
          control: parameter,
          activity: fast.activityAt(state, parameter),
          stable,
        })),
    }))
    .filter(({ points }) => points.length > 1);
}

function wordsOfControl({ setup, loaded }: Subject, control: string) {
  const parameter = setup.parameters.find(({ variable }) => plainName(variable) === plainName(control));
  const lever = setup.levers.find(({ variable }) => plainName(variable) === plainName(control));
  const described = describeModel(loaded.file).find(({ name }) => plainName(name) === plainName(control));
  const unit: Words | undefined = parameter?.unit ?? (lever as SetupLever | undefined)?.unit;
  return { control, controlLabel: labelsOf(setup)(control), controlUnit: unit?.en ?? described?.units ?? '' };
}

function namesOf({ program, levels }: FrozenModel, { moving, mixed, held }: FastPart) {
  const name = (place: number) => program.stocks[place]!.name;
  const sum = mixed.reduce((total, place) => total + levels[place]!, 0);
  const names = mixed.map(name);
  const growing = {
    en: `Stocks that move within a quarter and act on activity are followed: ${moving.map(name).join(', ')}. All other stocks are held at today's level of the fitted median, and levers as they go on from today.`,
    zh: `追踪一个季度内会变动且影响活跃率的存量：${moving.map(name).join('、')}。其余存量固定为拟合中位数在今天的水平，抓手保持今天以后的取值。`,
  };
  const mix = {
    en: ` Activity is a share of ${names.join(' and ')}: their sum is held at ${Math.round(sum)} and only their mix moves.`,
    zh: `活跃率是 ${names.join('、')} 的占比：其总和固定为 ${Math.round(sum)}，只有构成变动。`,
  };
  return {
    moving: moving.map(name),
    held: held.map((place) => ({ variable: name(place), value: levels[place]! })),
    mixed: names,
    method: mixed.length > 0 ? { en: growing.en + mix.en, zh: growing.zh + mix.zh } : growing,
  };
}
