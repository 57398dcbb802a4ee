import type { Column, Program } from '@tandem/dynamics';
import type { SetupLever } from '../setup.ts';
import type { Crossing } from './result.ts';
import { type Ahead, aheadOf, drawnPoints, plainName, runRows, type Subject, type Today, valueOn } from './subject.ts';

/** A level is held for four weeks, a pulse for a day; both are watched for four weeks. */
const heldDays = { level: 28, share: 28, pulse: 1 } as const;
/** Days from today on within which a change has to carry the community across. */
export const watchedDays = 28;
/** Values that each lever is tried at on either side of today's before the first that crosses is narrowed down. */
const gridSteps = 8;
const halvings = 12;
const sure = 0.8;
/** A lever that brings activity no nearer than by this, in the mean of the draws, has no effect. */
const effectMin = 1e-6;

interface Probe {
  ahead: Ahead;
  program: Program;
  levers: SetupLever[];
  now: number[];
  rows: Float64Array;
  count: number;
}

/**
 * For each lever the smallest change that carries activity across the threshold: a grid over its bounds shows where the
 * first draws cross (a lever need not act one way: more messages wake and tire), and bisection narrows it down, each value
 * tried in all draws. A lever acts alone, the others go on as today.
 */
export async function crossingsOf(
  subject: Subject,
  today: Today | null,
  { drawsMost, direction }: { drawsMost: number; direction: Crossing['direction'] },
): Promise<Crossing[]> {
  const { setup } = subject;
  const { points, count } = drawnPoints(subject, drawsMost);
  const found: Crossing[] = [];
  for (const days of [...new Set(setup.levers.map(({ kind }) => heldDays[kind]))]) {
    const levers = setup.levers.filter(({ kind }) => heldDays[kind] === days);
    const probe = await probeOf(subject, today, { levers, days, points, count });
    const outcomes = (tries: readonly Try[]) => crossingShares(subject, probe, tries, direction);
    const shares = async (tries: readonly Try[]) => (await outcomes(tries)).map(({ share }) => share);
    const grids = levers.map((lever, i) => gridOf(lever, probe.now[i]!));
    const all = grids.flatMap((values, lever) => values.map((value) => ({ lever, value })));
    const reached = await outcomes(all);
    const [still] = await outcomes([{ lever: 0, value: probe.now[0]! }]);
    const perLever = grids.map((values, lever) => ({
      lever,
      tried: values.map((value) => ({
        value,
        ...reached[all.findIndex((one) => one.lever === lever && one.value === value)]!,
      })),
    }));
    const half = await smallest(perLever, probe.now, 0.5, shares);
    const firm = await smallest(perLever, probe.now, sure, shares);
    for (const [i, lever] of levers.entries()) {
      const most = Math.max(...perLever[i]!.tried.map(({ share }) => share));
      const moves = perLever[i]!.tried.some(({ nearest }) => Math.abs(nearest - still!.nearest) > effectMin);
      found.push(crossingOf(lever, probe.now[i]!, { half: half[i]!, firm: firm[i]!, most, moves, days, direction }));
    }
  }
  return setup.levers.map(({ variable }) => found.find(({ lever }) => lever === variable)!);
}

interface Try {
  lever: number;
  value: number;
}

async function probeOf(
  subject: Subject,
  today: Today | null,
  { levers, days, points, count }: { levers: SetupLever[]; days: number; points: Float64Array; count: number },
): Promise<Probe> {
  const threshold = subject.setup.threshold!;
  const ahead = aheadOf(subject, today, {
    horizonDays: watchedDays,
    outputs: [threshold.activity, threshold.theta],
    held: { variables: levers.map(({ variable }) => variable), days },
  });
  const [activity, theta] = [threshold.activity, threshold.theta].map(
    (name) => ahead.program.outputs.find((output) => plainName(output.name) === plainName(name))!.node,
  );
  const nodes = [...ahead.program.nodes, { op: 'sub' as const, a: activity!, b: theta! }];
  const outputs = [...ahead.program.outputs, { name: distance, node: nodes.length - 1 }];
  const now = levers.map(({ variable, usual }) => {
    const path = subject.paths.find((one) => one.variable === variable);
    return path === undefined ? usual : valueOn(path, subject.days);
  });
  return {
    ahead,
    program: { ...ahead.program, nodes, outputs },
    levers,
    now,
    rows: await ahead.rows(points, count),
    count,
  };
}

const distance = 'distance to the threshold';

/** For each try the share of draws that cross within the days that are watched, and how far they go in the mean. */
async function crossingShares(
  subject: Subject,
  { ahead, program, now, rows, count }: Probe,
  tries: readonly Try[],
  direction: Crossing['direction'],
): Promise<{ share: number; nearest: number }[]> {
  if (tries.length === 0) return [];
  const { days } = subject;
  const width = ahead.inputs.length;
  const whole = width + now.length;
  const points = new Float64Array(tries.length * count * whole);
  for (const [t, { lever, value }] of tries.entries()) {
    for (let k = 0; k < count; k += 1) {
      const at = (t * count + k) * whole;
      points.set(rows.subarray(k * width, (k + 1) * width), at);
      points.set(now, at + width);
      points[at + width + lever] = value;
    }
  }
  // A model that cannot begin today runs through its past, which is not watched.
  const times = Array.from({ length: watchedDays + 1 }, (_, day) => days + day);
  const columns: Column[] = [{ output: distance, reduce: { kind: 'samples', times } }];
  const inputs = [...ahead.inputs, ...ahead.heldInputs];
  const values = await runRows(subject, program, columns, { inputs, points, count: tries.length * count });
  return tries.map((_, t) => {
    let [crossed, nearest] = [0, 0];
    for (let k = 0; k < count; k += 1) {
      const own = values.subarray((t * count + k) * times.length, (t * count + k + 1) * times.length);
      const past = own.reduce(
        (most, value) => Math.max(most, direction === 'up' ? value : -value),
        Number.NEGATIVE_INFINITY,
      );
      if (past > 0) crossed += 1;
      nearest += past / count;
    }
    return { share: crossed / count, nearest };
  });
}

/** Values from today's to either bound. */
function gridOf({ low, high }: SetupLever, now: number): number[] {
  const side = (bound: number) =>
    bound === now ? [] : Array.from({ length: gridSteps }, (_, i) => now + ((i + 1) / gridSteps) * (bound - now));
  return [...side(low).reverse(), now, ...side(high)];
}

interface Tried {
  lever: number;
  tried: { value: number; share: number }[];
}

interface Found {
  value: number;
  share: number;
}

/** The value nearest to today's with which at least `least` of the draws cross, for each lever; all bisected together. */
async function smallest(
  levers: readonly Tried[],
  now: readonly number[],
  least: number,
  sharesOf: (tries: readonly Try[]) => Promise<number[]>,
): Promise<(Found | null)[]> {
  const brackets = levers.map(({ lever, tried }) => {
    const enough = tried.filter(({ share }) => (least === 0.5 ? share > least : share >= least));
    const away = ({ value }: { value: number }) => Math.abs(value - now[lever]!);
    const [first] = enough.sort((a, b) => away(a) - away(b));
    if (first === undefined || first.value === now[lever]) return { lever, inside: first ?? null, outside: null };
    const towards = tried.filter(
      ({ value }) =>
        Math.sign(value - now[lever]!) === Math.sign(first.value - now[lever]!) && away({ value }) < away(first),
    );
    const outside = towards.sort((a, b) => away(b) - away(a))[0]?.value ?? now[lever]!;
    return { lever, inside: first as Found | null, outside: outside as number | null };
  });
  for (let step = 0; step < halvings; step += 1) {
    const open = brackets.filter(({ inside, outside }) => inside !== null && outside !== null);
    const tries = open.map(({ lever, inside, outside }) => ({ lever, value: (inside!.value + outside!) / 2 }));
    const shares = await sharesOf(tries);
    for (const [i, bracket] of open.entries()) {
      const { value } = tries[i]!;
      const share = shares[i]!;
      if (least === 0.5 ? share > least : share >= least) bracket.inside = { value, share };
      else bracket.outside = value;
    }
  }
  return brackets.map(({ inside }) => inside);
}

function crossingOf(
  lever: SetupLever,
  from: number,
  figures: {
    half: Found | null;
    firm: Found | null;
    most: number;
    moves: boolean;
    days: number;
    direction: Crossing['direction'];
  },
): Crossing {
  const { half, firm, most, moves, days, direction } = figures;
  return {
    lever: lever.variable,
    label: lever.label,
    from,
    to: half?.value ?? null,
    share: half?.share ?? most,
    sureTo: firm?.value ?? null,
    sureShare: firm?.share ?? null,
    unit: lever.unit.en,
    unitWords: lever.unit,
    direction,
    heldDays: days,
    watchedDays,
    reason: half !== null ? null : moves ? reasons.not_within_bounds : reasons.no_effect,
  };
}

const reasons = {
  not_within_bounds: {
    code: 'not_within_bounds' as const,
    en: 'No value within its bounds carries more than half of the draws across.',
    zh: '在允许范围内，没有任何取值能使过半数的模拟越过阈值。',
  },
  no_effect: {
    code: 'no_effect' as const,
    en: 'It changes nothing about crossing within four weeks.',
    zh: '四周之内对是否越过阈值没有影响。',
  },
};
