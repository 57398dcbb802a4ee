import type { Column } from '@tandem/dynamics';
import { addDays } from '#lib/time.ts';
import { dayOf, driveModel } from '../model/index.ts';
import type { ModelSetup, Words } from '../setup.ts';
import {
  contributionsOf,
  countingUp,
  type GrowingGraph,
  growingGraph,
  type Owners,
  ownersOf,
  sourcesOf,
  type Term,
} from './contributions.ts';
import { type MonthSpan, monthsBetween } from './months.ts';
import type { GrowthMonth, GrowthTerm, OutcomeGrowth } from './result.ts';
import {
  distinctObservations,
  drawnPoints,
  labelsOf,
  plainName,
  quantilesOf,
  runRows,
  type Subject,
  uncertain,
} from './subject.ts';

const outcomesMost = 12;
const termsMost = 400;

interface Outcome {
  variable: string;
  kpi: string | null;
  label: Words;
  unit: Words;
  direct: Term[];
  source: Term[];
}

/**
 * What each part of the setup adds to what KPI count (and to members): flows summed up over months by the run itself, so
 * that the parts add up to the whole, over the draws of the fit.
 */
export async function growthByPart(subject: Subject, drawsMost: number, horizonDays: number): Promise<OutcomeGrowth[]> {
  const { loaded, setup, days, paths, names, snapshot } = subject;
  const wanted = wantedOutcomes(setup);
  if (wanted.length === 0 || setup.parts.length === 0) return [];
  const stop = days + horizonDays;
  const { program } = driveModel(loaded, {
    stop,
    paths,
    inputs: names,
    outputs: wanted.map(({ variable }) => variable),
    traced: true,
  });
  const graph = growingGraph(program);
  const owners = ownersOf(program, setup.parts);
  const outcomes = wanted.flatMap((one) => openedOutcome(one, graph, owners));
  if (outcomes.length === 0) return [];
  const terms = [...new Set(outcomes.flatMap(({ direct, source }) => [...direct, ...source]))].slice(0, termsMost);
  const months = monthsBetween(snapshot, 0, stop, days);
  const times = [...months.map(({ from }) => from), stop];
  const counting = countingUp(
    graph,
    terms.map(({ node }) => node),
    (place) => `term ${place}`,
  );
  const columns = terms.map((_, i): Column => ({ output: `term ${i}`, reduce: { kind: 'samples', times } }));
  const { points, count } = drawnPoints(subject, drawsMost);
  const values = await runRows(subject, counting, columns, { inputs: names, points, count });
  const sums: Sums = { values, count, times: times.length, places: new Map(terms.map((term, i) => [term, i])) };
  return outcomes.map(({ direct, source, ...words }) => ({
    ...words,
    direct: monthly(subject, direct, months, sums),
    source: source.every((term, i) => term === direct[i]) ? [] : monthly(subject, source, months, sums),
  }));
}

/** What counts up, and members; where nothing does, whatever is seen. */
function wantedOutcomes(setup: ModelSetup) {
  const seen = distinctObservations(setup);
  const anyCounts = seen.some(({ measure }) => measure === 'total') || setup.optimise !== undefined;
  const counted = anyCounts ? seen.filter(({ measure }) => measure === 'total') : seen;
  const outcomes = counted.map(({ variable, kpi, label, unit }) => ({
    variable,
    kpi: kpi as string | null,
    label,
    unit,
  }));
  const members = setup.optimise?.members;
  if (members !== undefined && !outcomes.some(({ variable }) => plainName(variable) === plainName(members))) {
    const worded = [...setup.shown, ...setup.observations].find(
      ({ variable }) => plainName(variable) === plainName(members),
    );
    const people = { en: 'people', zh: '人' };
    outcomes.push({ variable: members, kpi: null, label: labelsOf(setup)(members), unit: worded?.unit ?? people });
  }
  return outcomes.slice(0, outcomesMost);
}

function openedOutcome(
  wanted: ReturnType<typeof wantedOutcomes>[number],
  graph: GrowingGraph,
  owners: Owners,
): Outcome[] {
  const direct = contributionsOf(graph, wanted.variable, owners);
  if (direct === undefined || direct.every(({ part }) => part === null)) return [];
  return [{ ...wanted, direct, source: sourcesOf(graph, direct, owners) }];
}

interface Sums {
  /** Draws x terms x times. */
  values: Float64Array;
  count: number;
  times: number;
  places: ReadonlyMap<Term, number>;
}

function monthly(subject: Subject, terms: readonly Term[], months: readonly MonthSpan[], sums: Sums): GrowthMonth[] {
  const { snapshot, setup } = subject;
  const known = terms.filter((term) => sums.places.has(term));
  const parts = [...new Set(known.map(({ part }) => part))];
  const byPart = parts.map((part) => known.filter((term) => term.part === part));
  return months.map(({ month, from, to, isForecast }, m) => {
    const amounts = byPart.map((own) => amountsOf(own, m, sums));
    const whole = new Float64Array(sums.count);
    const added = new Float64Array(sums.count);
    for (const amount of amounts) {
      for (let k = 0; k < sums.count; k += 1) {
        whole[k]! += amount[k]!;
        added[k]! += Math.max(0, amount[k]!);
      }
    }
    return {
      month,
      from: dayOf(snapshot, from),
      to: addDays(snapshot.from, to),
      isForecast,
      amount: quantilesOf(whole),
      terms: parts.map((part, p): GrowthTerm => {
        const shares = amounts[p]!.map((amount, k) => shareOf(amount, added[k]!));
        return {
          part,
          label: partLabel(setup, part),
          variables: [...new Set(byPart[p]!.map(({ variable }) => variable).filter((name) => name !== ''))],
          amount: quantilesOf(amounts[p]!),
          ...uncertain(shares),
        };
      }),
    };
  });
}

/** A run that is not finite has no shares and is left out. */
function shareOf(amount: number, whole: number): number {
  if (!Number.isFinite(whole)) return Number.NaN;
  return whole === 0 ? 0 : Math.max(0, amount) / whole;
}

function amountsOf(terms: readonly Term[], month: number, { values, count, times, places }: Sums): Float64Array {
  const width = times * places.size;
  const amounts = new Float64Array(count);
  for (const term of terms) {
    const at = places.get(term)! * times + month;
    for (let k = 0; k < count; k += 1) amounts[k]! += values[k * width + at + 1]! - values[k * width + at]!;
  }
  return amounts;
}

/** What a part is called; for null what no part accounts for. */
export function partLabel({ parts }: ModelSetup, part: string | null): Words {
  return parts.find(({ id }) => id === part)?.label ?? { en: 'everything else', zh: '其他' };
}
