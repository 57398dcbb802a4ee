import type { Words } from '../setup.ts';
import { everyDraw, meanOf } from './aggregate.ts';
import { missOf } from './climb.ts';
import { dimensionsOf, type Field, sheetValues, steadyPlan, withShares } from './field.ts';
import { worthOf } from './measures.ts';

/** A rule of thumb under the same limits, to hold the optimum against. */
export interface RulePlan extends Words {
  plan: Float64Array;
  factor: number;
}

const gridSize = 8;
const passes = 4;
const factorMost = 100;

/**
 * The usual split, and today's values of the levers that cost money times one factor, the same in all months, as large
 * as the limits allow. Without limits the factor is 1.
 */
export async function rulePlan(
  field: Field,
  spendOf: (plans: Float64Array) => Promise<Float64Array[]>,
): Promise<RulePlan> {
  const { free, sheet } = field;
  const paid = await payingLevers(field, spendOf);
  const planOf = (factor: number) =>
    withShares(
      field,
      steadyPlan(field, ({ lever, low, high, today }) => {
        if (lever.kind === 'share') return lever.usual;
        const wanted = paid.has(lever.variable) ? factor * today : today;
        return Math.min(high, Math.max(low, wanted));
      }),
    );
  const factor = sheet.conditions.length === 0 || paid.size === 0 ? 1 : await largestFactor(field, planOf, paid);
  return { plan: planOf(factor), factor, ...ruleWords(field, factor, paid.size > 0 && sheet.conditions.length > 0) };

  async function largestFactor(on: Field, at: (factor: number) => Float64Array, levers: ReadonlySet<string>) {
    const highs = free.flatMap(({ lever, today, high }) => (levers.has(lever.variable) ? [high / today] : []));
    let [low, high] = [0, Math.min(factorMost, Math.max(1, ...highs))];
    for (let pass = 0; pass < passes; pass += 1) {
      const grid = Array.from({ length: gridSize + 1 }, (_, i) => low + ((high - low) * i) / gridSize);
      const misses = await missesOf(on, grid.map(at));
      const kept = misses.lastIndexOf(0);
      const place = kept >= 0 ? kept : misses.indexOf(Math.min(...misses));
      if (place === gridSize) return high;
      [low, high] = [grid[place]!, grid[place + 1]!];
      if (kept < 0) return low;
    }
    return low;
  }
}

async function missesOf(field: Field, plans: readonly Float64Array[]): Promise<number[]> {
  const n = dimensionsOf(field);
  const all = new Float64Array(plans.length * n);
  for (const [k, plan] of plans.entries()) all.set(plan, k * n);
  const sample = everyDraw(field.draws.count);
  const values = (await sheetValues(field, all, sample.places))!;
  return values.map((one) => missOf({ misses: Float64Array.from(worthOf(field.sheet, one, sample).misses) }));
}

/** Levers of which more costs more, seen at today's values. */
async function payingLevers(
  field: Field,
  spendOf: (plans: Float64Array) => Promise<Float64Array[]>,
): Promise<Set<string>> {
  const { free } = field;
  const n = dimensionsOf(field);
  const plans = new Float64Array((free.length + 1) * n);
  plans.set(steadyPlan(field, ({ today }) => today));
  for (const [l] of free.entries()) {
    plans.set(
      steadyPlan(field, (one) =>
        one === free[l] ? (one.today < one.high ? one.today + 0.05 * (one.high - one.low) : one.today) : one.today,
      ),
      (l + 1) * n,
    );
  }
  const spent = await spendOf(plans);
  const weights = new Float64Array(field.draws.count).fill(1 / field.draws.count);
  const means = spent.map((values) => meanOf(values, weights));
  const found = new Set<string>();
  for (const [l, { lever, today }] of free.entries()) {
    const more = means[l + 1]! - means[0]!;
    if (lever.kind !== 'share' && today > 0 && more > 1e-6 * Math.max(1, Math.abs(means[0]!)))
      found.add(lever.variable);
  }
  return found;
}

function ruleWords({ free }: Field, factor: number, isScaled: boolean): Words {
  const shares = free.filter(({ lever }) => lever.kind === 'share').map(({ lever }) => lever);
  const percent = (value: number) => `${Math.round(value * 100)} %`;
  const split = {
    en: shares.map(({ label, usual }) => `${label.en} ${percent(usual)}`).join(', '),
    zh: shares.map(({ label, usual }) => `${label.zh} ${percent(usual)}`).join('、'),
  };
  const times = factor.toFixed(2);
  const scaled = isScaled
    ? {
        en: `today's values of what costs money, times ${times} in every month, the most that the limits allow`,
        zh: `花钱的杠杆各月一律为当前值的 ${times} 倍，即各项限制允许的上限`,
      }
    : { en: `today's values in every month`, zh: `各杠杆各月保持当前值` };
  if (shares.length === 0) return { en: `The same every month: ${scaled.en}.`, zh: `每月相同：${scaled.zh}。` };
  return {
    en: `The usual split (${split.en}) and ${scaled.en}.`,
    zh: `按常用比例分配（${split.zh}），${scaled.zh}。`,
  };
}
