import type { Tx } from '#adapters/postgres.ts';
import { refuse } from '#errors.ts';
import { dayIn } from '#lib/time.ts';
import { quarterOf } from './calendar.ts';
import { kpiDefinitions } from './catalogue.ts';
import { type DataSpan, spanOf } from './cohorts.ts';
import type { MetricsBrand, MetricsDeps } from './deps.ts';
import { openReader } from './reader.ts';
import type { Target, TargetChange, TargetList } from './schema.ts';
import { deleteTarget, putTarget, targetsOfYear } from './store.ts';
import { templateGates, templateGoals } from './target-template.ts';

/** Goals of a year by KPI and quarter: the brand's own, and those of the template where it has set none. */
export async function targetsOf(deps: MetricsDeps, brand: MetricsBrand, year: number): Promise<TargetList> {
  const reader = await openReader(deps, brand);
  return targetsSince(deps, brand, year, await spanOf(deps, reader));
}

async function targetsSince(deps: MetricsDeps, brand: MetricsBrand, year: number, span: DataSpan): Promise<TargetList> {
  // The programme of a brand begins in the year of its first data, or in this year while it has none.
  const firstYear = Number((span.firstDay ?? dayIn(brand.zone)(deps.now())).slice(0, 4));
  const own = await deps.db.brand(brand.id, (tx) => targetsOfYear(tx, brand.id, year));
  const set = new Set(own.map((target) => `${target.kpi} ${target.quarter}`));
  const template = templateGoals(year, firstYear, brand.currency).filter(
    (goal) => !set.has(`${goal.kpi} ${goal.quarter}`),
  );
  const order = new Map(kpiDefinitions.map((kpi, i) => [kpi.id, i]));
  const targets: Target[] = [
    ...own.map((target) => ({ ...target, origin: 'brand' as const })),
    ...template.map((goal) => ({ ...goal, origin: 'template' as const })),
  ];
  targets.sort((a, b) => (order.get(a.kpi) ?? 0) - (order.get(b.kpi) ?? 0) || (a.quarter < b.quarter ? -1 : 1));
  return { targets, gates: templateGates(year, firstYear) };
}

/** Sets a goal, or with `value: null` gives it back to the template. Refuses `kpi.unknown` and `target.invalid`. */
export async function changeTarget(
  deps: MetricsDeps,
  brand: MetricsBrand,
  change: TargetChange,
  actor: string,
): Promise<TargetList> {
  await deps.db.brand(brand.id, (tx) => setTarget(tx, deps, brand, change, actor));
  return targetsOf(deps, brand, Number(change.quarter.slice(0, 4)));
}

/** The same within the transaction of the caller. Refuses `kpi.unknown` and `target.invalid`. */
export async function setTarget(
  tx: Tx,
  deps: Pick<MetricsDeps, 'audit'>,
  brand: Pick<MetricsBrand, 'id'>,
  change: TargetChange,
  actor: string,
): Promise<void> {
  const kpi = kpiDefinitions.find((known) => known.id === change.kpi);
  if (!kpi) throw refuse('kpi.unknown', { id: change.kpi });
  const { value } = change;
  if (value !== null && (!Number.isFinite(value) || value < 0)) {
    throw refuse('target.invalid', { detail: 'A target is a number that is not below zero; nothing was changed.' });
  }
  if (value !== null && kpi.unit === 'ratio' && value > 10) {
    throw refuse('target.invalid', {
      detail: `${kpi.id} is a share: write 30 % as 0.3, not as 30. Nothing was changed.`,
    });
  }
  const before =
    value === null
      ? await deleteTarget(tx, brand.id, change)
      : await putTarget(tx, brand.id, { ...change, value }, actor);
  await deps.audit(tx, brand.id, {
    actor,
    action: value === null ? 'target.removed' : 'target.set',
    subject: `${change.kpi} ${change.quarter}`,
    detail: { before, after: value },
  });
}

/** Goals of the quarter that a day lies in, by KPI. */
export async function goalsAt(
  deps: MetricsDeps,
  brand: MetricsBrand,
  day: string,
  span: DataSpan,
): Promise<{ quarter: string; goals: Map<string, number> }> {
  const quarter = quarterOf(day);
  const { targets } = await targetsSince(deps, brand, Number(day.slice(0, 4)), span);
  return {
    quarter,
    goals: new Map(targets.filter((target) => target.quarter === quarter).map(({ kpi, value }) => [kpi, value])),
  };
}
