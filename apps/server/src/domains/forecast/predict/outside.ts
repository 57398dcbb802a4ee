import { type LoadedModel, leverHistories } from '../model/index.ts';
import type { ForecastResult, ScenarioPlan, Snapshot } from '../task.ts';

/** Levers may leave what was seen by this share of its width before it is said. */
const slack = 0.02;

/** Where a plan moves a lever beyond what the brand's data have seen; levers that they never saw are not judged. */
export function leversOutside(
  { setup }: LoadedModel,
  snapshot: Snapshot,
  plan: Pick<ScenarioPlan, 'id' | 'levers'>,
): ForecastResult['outside'] {
  const histories = leverHistories(setup, snapshot);
  return plan.levers.flatMap(({ variable, steps }) => {
    const at = setup.levers.findIndex((lever) => lever.variable === variable);
    const seen = histories[at]?.seen;
    if (seen === undefined || steps.length === 0) return [];
    const room = slack * (seen.high - seen.low) + 1e-9 * Math.abs(seen.high);
    const furthest = steps.reduce(
      (worst, { value }) => {
        const beyond = Math.max(value - seen.high, seen.low - value);
        return beyond > worst.beyond ? { beyond, value } : worst;
      },
      { beyond: room, value: Number.NaN },
    );
    // A pulse rests at zero, which is no venture.
    const isRest = setup.levers[at]?.kind === 'pulse' && furthest.value === 0;
    return Number.isNaN(furthest.value) || isRest
      ? []
      : [{ scenario: plan.id, variable, low: seen.low, high: seen.high, value: furthest.value }];
  });
}
