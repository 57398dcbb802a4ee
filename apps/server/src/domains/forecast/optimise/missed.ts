import { everyDraw, meanOf } from './aggregate.ts';
import { missTolerance } from './climb.ts';
import { type Field, sheetValues } from './field.ts';
import { type Condition, type Sheet, type SheetValues, sizeOf } from './measures.ts';
import { type SearchOptions, searchPlan } from './search.ts';

/** A condition that the nearest plan misses. */
export interface Missed extends Condition {
  /** What it comes to in the plan that misses all conditions least. */
  value: number;
  /** The best that it can come to when nothing else is asked for. */
  alone: number;
  /** Whether it could be kept if nothing else were asked for. */
  isKeptAlone: boolean;
}

/** The worst figure of a condition under a plan: its values over the draws. */
export function figureOf(
  sheet: Sheet,
  values: SheetValues,
  condition: Condition,
): { values: Float64Array; mean: number } {
  const first = sheet.conditions
    .slice(0, sheet.conditions.indexOf(condition))
    .reduce((sum, { figures }) => sum + figures.length, 0);
  const sign = condition.kind === 'at_most' ? 1 : -1;
  return values.figures
    .slice(first, first + condition.figures.length)
    .map((of) => ({ values: of, mean: meanOf(of, everyDraw(of.length).weights) }))
    .reduce((worst, one) => (sign * (one.mean - worst.mean) > 0 ? one : worst));
}

/** How far a condition is missed, in its size; 0 or less where it is kept. */
function missOf(condition: Condition, mean: number): number {
  return ((condition.kind === 'at_most' ? 1 : -1) * (mean - condition.bound)) / sizeOf(condition);
}

/** What of the conditions a plan misses, and for each whether it stands in the way by itself or only with the others. */
export async function missedBy(
  field: Field,
  values: SheetValues,
  search: Omit<SearchOptions, 'spread' | 'onProgress'>,
): Promise<Missed[]> {
  const { sheet } = field;
  const found: Missed[] = [];
  for (const condition of sheet.conditions) {
    const value = figureOf(sheet, values, condition).mean;
    if (!(missOf(condition, value) > missTolerance)) continue;
    const alone = await bestOf(field, condition, value, search);
    found.push({ ...condition, value, alone, isKeptAlone: missOf(condition, alone) <= missTolerance });
  }
  return found;
}

async function bestOf(
  field: Field,
  condition: Condition,
  value: number,
  search: Omit<SearchOptions, 'spread' | 'onProgress'>,
): Promise<number> {
  const { sheet, draws } = field;
  const at = sheet.conditions.indexOf(condition);
  const before = [sheet.goal.figure, ...sheet.conditions.slice(0, at).flatMap(({ figures }) => figures)];
  const first = sheet.first + before.reduce((sum, { readings }) => sum + readings.length, 0);
  const toward = condition.kind === 'at_most' ? 1 : -1;
  const readings = condition.figures.flatMap((figure) => figure.readings);
  const goal: Sheet['goal'] = {
    unit: condition.unit,
    risk: { kind: 'mean' },
    figure: {
      readings,
      of(read, draw, all, soft) {
        let base = 0;
        let worst = Number.NEGATIVE_INFINITY;
        for (const figure of condition.figures) {
          const from = base;
          base += figure.readings.length;
          worst = Math.max(worst, toward * figure.of((reading, day) => read(from + reading, day), draw, all, soft));
        }
        return -worst;
      },
    },
  };
  const alone: Field = { ...field, sheet: { first, goal, conditions: [], readings } };
  const [start] = (await sheetValues(alone, search.starts[0]!, everyDraw(draws.count).places))!;
  const { place } = await searchPlan(alone, { ...search, spread: start!.goal, onProgress: () => undefined });
  const best = -toward * place.goal;
  return missOf(condition, best) < missOf(condition, value) ? best : value;
}
