import type { ExplainResult } from '@tandem/server/schema/forecast';

type Cause = ExplainResult['causes'][number];

export interface Trace {
  here: Cause;
  causes: (Cause['causes'][number] & { known: boolean })[];
  effects: { variable: string; known: boolean }[];
}

/** A variable with what it comes from, the strongest first, and what comes from it; null where nothing is said of it. */
export function traceOf(causes: ExplainResult['causes'], variable: string): Trace | null {
  const known = new Set(causes.map((one) => one.variable));
  const here = causes.find((one) => one.variable === variable);
  if (!here) return null;
  return {
    here,
    causes: [...here.causes]
      .sort((a, b) => Math.abs(b.influence) - Math.abs(a.influence))
      .map((one) => ({ ...one, known: known.has(one.variable) })),
    effects: here.effects.map((one) => ({ variable: one, known: known.has(one) })),
  };
}

const pathMax = 12;

/** The way walked so far with one step more; a place that was passed already is gone back to. */
export function pathStep(path: readonly string[], to: string): string[] {
  const at = path.indexOf(to);
  if (at >= 0) return path.slice(0, at + 1);
  return [...path, to].slice(-pathMax);
}
