import { type Diagnostic, error } from '../diagnostic.ts';

/** Outputs of one experiment; each has a table of its own in the report. */
const outputsMax = 4096;

/** What is wrong with the names of outputs. */
export function outputFaults(names: readonly string[]): Diagnostic[] {
  if (names.length === 0) return [error('experiment.no_outputs')];
  if (names.length > outputsMax) {
    return [error('experiment.bad_setting', { setting: 'outputs', value: names.length, least: 1, most: outputsMax })];
  }
  const seen = new Set<string>();
  return names.flatMap((name) => {
    const isSecond = seen.has(name);
    seen.add(name);
    return isSecond ? [error('experiment.same_name', { name })] : [];
  });
}

/** Why an output has no place in the answer. */
export type Refusal = 'zero_variance' | 'near_constant' | 'failed_runs';

/** Variation that rounding makes in a simulation of some thousand steps, relative to the size of the output. */
const roundingShare = 1e-11;

/** Whether an output that goes from `least` to `most` varies too little to explain anything by it. */
export function constancy(least: number, most: number): 'zero_variance' | 'near_constant' | undefined {
  if (least === most) return 'zero_variance';
  return most / 2 - least / 2 <= roundingShare * Math.max(-least, most) ? 'near_constant' : undefined;
}

/** Why an output is refused: how many of all parts of the experiment failed, and the share that may, in percent. */
export function refusalOf(
  refusal: Refusal,
  output: string,
  counts: { failed: number; all: number; most: number },
): Diagnostic {
  switch (refusal) {
    case 'zero_variance':
      return error('experiment.zero_variance', { output }, { variable: output });
    case 'near_constant':
      return error('experiment.near_constant', { output }, { variable: output });
    case 'failed_runs':
      return error('experiment.failed_runs', { output, ...counts }, { variable: output });
  }
}
