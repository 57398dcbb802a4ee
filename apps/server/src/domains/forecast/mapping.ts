import { dataDays } from '#domains/metrics/index.ts';
import { addDays, type Day } from '#lib/time.ts';
import { type Coverage, coverageOf, doneOf, historyBegin, recordedOf } from './brand-series.ts';
import { type ForecastBrand, type ForecastDeps, limitsOf } from './deps.ts';
import type { MappedSeries, MappingProblem, ModelMapping } from './schema.ts';
import type { ModelSetup } from './setup.ts';
import { kpisOf } from './setup-check.ts';
import { dailyKpis, dailySeries } from './snapshot.ts';

/** A KPI with fewer days than this says nothing about a model. */
const daysMin = 28;
const gapsTold = 20;

const words: Record<MappingProblem, { en: string; zh: string }> = {
  not_mapped: {
    en: 'No KPI tells what was done; the usual value is taken.',
    zh: '没有指标记录其历史；按常用值计算。',
  },
  unknown_kpi: {
    en: 'The catalogue has no such KPI by day.',
    zh: '指标目录中没有该按天指标。',
  },
  no_data: {
    en: 'The brand has no data of this KPI.',
    zh: '该品牌没有此指标的数据。',
  },
  too_short: {
    en: `There are fewer than ${daysMin} days of data.`,
    zh: `数据不足 ${daysMin} 天。`,
  },
  constant: {
    en: 'The value never changes, so nothing can be learned from it.',
    zh: '数值始终不变，无法从中学到信息。',
  },
};

/** What the brand has of everything that a setup observes, is moved by, or starts from. */
export async function mappingOf(
  deps: ForecastDeps,
  brand: ForecastBrand,
  setup: ModelSetup,
): Promise<Pick<ModelMapping, 'from' | 'to' | 'series'>> {
  const { firstDay, completeUntil } = await dataDays(deps, brand);
  const earliest = addDays(completeUntil, -limitsOf(deps).snapshotDays);
  const from = firstDay === null || firstDay > earliest ? firstDay : earliest;
  const hasDays = from !== null && from < completeUntil;
  const daily = hasDays ? await dailySeries(deps, brand, kpisOf(setup), from, completeUntil) : [];
  const values = new Map(daily.map((one) => [one.kpi, one.values]));
  const known = dailyKpis();
  const series = entriesOf(setup).map((entry) => mapped(entry, from ?? completeUntil, values, known));
  const observed = setup.observations.map(({ kpi }) => recordedOf(values.get(kpi) ?? []));
  const hasAny = observed.some((one) => one.some((value) => value !== null));
  return {
    from: from === null || !hasAny ? null : addDays(from, historyBegin(observed)),
    to: hasDays ? completeUntil : null,
    series,
  };
}

type Entry = Pick<MappedSeries, 'role' | 'variable' | 'kpi' | 'label' | 'unit'>;

function entriesOf(setup: ModelSetup): Entry[] {
  return [
    ...setup.observations.map(
      ({ kpi, variable, label, unit }): Entry => ({ role: 'observation', variable, kpi, label, unit }),
    ),
    ...setup.levers
      .filter(({ promotions }) => promotions !== true)
      .map(
        ({ variable, history, label, unit }): Entry => ({
          role: 'lever',
          variable,
          kpi: history?.kpi ?? null,
          label,
          unit,
        }),
      ),
    ...setup.parameters.flatMap(({ variable, startKpi, label, unit }): Entry[] =>
      startKpi === undefined ? [] : [{ role: 'start', variable, kpi: startKpi, label, unit }],
    ),
  ];
}

function mapped(
  entry: Entry,
  from: Day,
  values: ReadonlyMap<string, readonly (number | null)[]>,
  known: ReadonlySet<string>,
): MappedSeries {
  const raw = entry.kpi === null ? undefined : values.get(entry.kpi);
  const coverage = coverageOf(raw === undefined ? [] : entry.role === 'lever' ? doneOf(raw) : recordedOf(raw));
  const problem = problemOf(entry, coverage, known);
  const dayAt = (at: number | undefined) => (at === undefined ? null : addDays(from, at));
  const gaps = coverage.gaps.map((gap) => ({
    from: addDays(from, gap.from),
    to: addDays(from, gap.to),
    days: gap.to - gap.from,
  }));
  return {
    ...entry,
    firstDay: dayAt(coverage.first),
    lastDay: dayAt(coverage.last),
    days: coverage.days,
    gaps: gaps.sort((a, b) => b.days - a.days || (a.from < b.from ? -1 : 1)).slice(0, gapsTold),
    gapDays: gaps.reduce((sum, { days }) => sum + days, 0),
    constant: coverage.days > 0 && coverage.constant,
    usable: problem === null,
    problem,
    text: problem === null ? null : words[problem],
  };
}

function problemOf({ kpi, role }: Entry, coverage: Coverage, known: ReadonlySet<string>): MappingProblem | null {
  if (kpi === null) return 'not_mapped';
  if (!known.has(kpi)) return 'unknown_kpi';
  if (coverage.days === 0) return 'no_data';
  if (role !== 'observation') return null;
  if (coverage.days < daysMin) return 'too_short';
  return coverage.constant ? 'constant' : null;
}
