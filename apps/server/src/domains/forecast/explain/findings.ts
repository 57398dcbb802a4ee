import type { ModelSetup, Words } from '../setup.ts';
import { foldAhead } from './fold-ahead.ts';
import { partLabel } from './growth.ts';
import type { Quarter } from './quarter.ts';
import type { Crossing, ExplainResult, GrowthMonth, OutcomeGrowth } from './result.ts';
import {
  couplingSentence,
  crossingSentence,
  distanceSentence,
  dropSentence,
  type Finding,
  foldSentence,
  growthSentence,
  loopSentence,
  noCrossingSentence,
  rareFoldSentence,
} from './sentences.ts';
import { plainName } from './subject.ts';

/** A month of fewer days is too short to speak of. */
const monthDaysMin = 7;

/** A fold that fewer of the draws have is no place to name. */
const foldShareMin = 0.5;

/** The sentences that a reader sees first. */
export function findingsOf(
  setup: ModelSetup,
  result: Omit<ExplainResult, 'findings'>,
  {
    growth,
    outputs,
    pulses,
  }: {
    growth: OutcomeGrowth | undefined;
    outputs: Quarter['outputs'];
    /** Offers that the calendar has for the weeks that crossings are looked for in. */
    pulses: Words | undefined;
  },
): Finding[] {
  return [
    ...(growth ? growthFindings(growth, result.today) : []),
    ...loopFindings(setup, result),
    ...thresholdFindings(result.threshold, pulses),
    ...couplingFindings(setup, result, outputs),
  ];
}

function growthFindings({ direct, label }: OutcomeGrowth, today: string): Finding[] {
  const month = spokenOf(direct);
  if (month === undefined) return [];
  const strongest = [...month.terms].filter(({ part }) => part !== null).sort((a, b) => b.share - a.share);
  return strongest
    .slice(0, 2)
    .filter(({ share }) => share > 0)
    .map((term) =>
      growthSentence(
        term.label,
        label,
        term,
        { month: month.month, isLatest: isThisMonth(month.month, today) },
        month.amount.p50 < 0,
      ),
    );
}

/** The last month of data that has days enough. */
function spokenOf(months: readonly GrowthMonth[]): GrowthMonth | undefined {
  const past = months.filter(({ isForecast }) => !isForecast);
  const known = past.length > 0 ? past : months;
  const length = ({ from, to }: GrowthMonth) => (Date.parse(to) - Date.parse(from)) / 86_400_000;
  return known.findLast((one) => length(one) >= monthDaysMin) ?? known.at(-1);
}

function isThisMonth(month: string, today: string): boolean {
  return month.slice(0, 7) === today.slice(0, 7);
}

function loopFindings(setup: ModelSetup, { loopMonths, today }: Omit<ExplainResult, 'findings'>): Finding[] {
  // Loops are looked at once a week, so a month of a few days says little.
  const isBegun = today.slice(8) !== '01' && Number(today.slice(8)) <= monthDaysMin;
  const last = isBegun && loopMonths.length > 1 ? loopMonths.at(-2) : loopMonths.at(-1);
  const [first] = last?.parts.filter(({ part }) => part !== null) ?? [];
  if (last === undefined || first === undefined || first.share === 0) return [];
  return [
    loopSentence(partLabel(setup, first.part), first, { month: last.month, isLatest: isThisMonth(last.month, today) }),
  ];
}

function thresholdFindings(threshold: ExplainResult['threshold'], pulses: Words | undefined): Finding[] {
  if (threshold === null) return [];
  const { activity, theta, probabilityAbove, crossings, drop } = threshold;
  const distance = distanceSentence({ activity: activity.p50, theta: theta.p50, probabilityAbove });
  const up = probabilityAbove <= 0.5;
  const reach = crossings.filter(({ to, from }) => to !== null && to !== from);
  const told = reach
    .map((one) => ({ one, size: Math.abs(one.to! - one.from) / Math.max(Math.abs(one.from), 1e-9) }))
    .sort((a, b) => a.size - b.size)
    .slice(0, 2)
    .map(({ one }) => crossingSentence(one.label, { ...figuresOf(one), up, pulses }));
  const none = crossings.length > 0 && told.length === 0 ? [noCrossingSentence(up)] : [];
  return [distance, ...foldFindings(threshold, up), ...(drop === null ? [] : [dropSentence(drop)]), ...told, ...none];
}

function foldFindings(threshold: NonNullable<ExplainResult['threshold']>, up: boolean): Finding[] {
  const next = foldAhead(threshold, { activity: threshold.activity.p50, up });
  if (next === undefined || next.low === null || next.high === null) return [];
  if (next.share < foldShareMin) return [rareFoldSentence(next.share)];
  const { control: at, low, high } = next;
  const { controlNow: now, controlLabel, controlUnit: unit } = threshold;
  return [foldSentence(controlLabel, { now, at, low, high, unit, up })];
}

function figuresOf({ from, to, unitWords, heldDays }: Crossing) {
  return { from, to: to!, unit: unitWords, heldDays };
}

/** The coupling that binds the first output of members and of money each. */
function couplingFindings(
  setup: ModelSetup,
  { couplings }: Omit<ExplainResult, 'findings'>,
  outputs: Quarter['outputs'],
): Finding[] {
  const [first, ...others] = outputs;
  if (first === undefined) return [];
  const money = others.find(({ unit }) => unit.en !== first.unit.en && /^[A-Z]{3}$/.test(unit.en));
  return [first, ...(money ? [money] : [])].flatMap((output) => {
    const own = couplings.filter((one) => one.output === output.id).sort((a, b) => b.elasticity - a.elasticity);
    const [strongest] = own;
    const words = setup.couplings.find(({ variable }) => plainName(variable) === plainName(strongest?.variable ?? ''));
    return strongest && words && strongest.elasticity > 0
      ? [couplingSentence(words.label, output.label, strongest)]
      : [];
  });
}
