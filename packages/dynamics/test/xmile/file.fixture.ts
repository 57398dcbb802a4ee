import { expect } from 'vitest';
import { describe } from '../../src/diagnostic.ts';
import { readXmile } from '../../src/xmile/reader.ts';
import type { SourceFile, SourceVariable } from '../../src/xmile/source.ts';

interface Parts {
  specs?: string;
  head?: string;
  tail?: string;
  model?: string;
}

const usualSpecs = '<sim_specs><start>0</start><stop>10</stop><dt>1</dt></sim_specs>';

/** An XMILE 1.0 file around the elements of one model's variables. */
export function fileWith(
  variables: string,
  { specs = usualSpecs, head = '', tail = '', model = '' }: Parts = {},
): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0" xmlns:isee="http://iseesystems.com/XMILE">
${specs}${head}

<model>${model}<variables>
${variables}
</variables></model>
${tail}</xmile>`;
}

/** What a file says; fails with all findings where it cannot be read. */
export function sourceOf(text: string | Uint8Array): SourceFile {
  const outcome = readXmile(text);
  if (!outcome.ok) expect.unreachable(outcome.errors.map(describe).join('\n'));
  return (outcome as { value: SourceFile }).value;
}

export function variableOf(text: string, name: string): SourceVariable {
  const found = sourceOf(text).models[0]?.variables.find((variable) => variable.name === name);
  if (found === undefined) expect.unreachable(`no variable ${name}`);
  return found as SourceVariable;
}

/** The errors of a file, as `code line`. */
export function errorsOf(text: string | Uint8Array): string[] {
  const outcome = readXmile(text);
  return outcome.ok ? [] : outcome.errors.map(({ code, place }) => `${code} ${place?.line ?? '-'}`);
}

export function warningsOf(text: string | Uint8Array): string[] {
  return readXmile(text).warnings.map(({ code, place }) => `${code} ${place?.line ?? '-'}`);
}

/** A source without places, for comparing: the same file written again has other lines. */
export function withoutPlaces<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutPlaces) as T;
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([key, field]) => key !== 'place' && field !== undefined);
  return Object.fromEntries(entries.map(([key, field]) => [key, withoutPlaces(field)])) as T;
}
