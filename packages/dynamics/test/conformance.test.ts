import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { conformanceRuns } from './conformance-runs.ts';

const runs = conformanceRuns(join(import.meta.dirname, 'conformance'));

describe('models of the public suite', () => {
  it('are all there', () => {
    expect(new Set(runs.map(({ folder }) => folder)).size).toBeGreaterThanOrEqual(26);
    expect(runs.length).toBeGreaterThanOrEqual(27);
  });

  it.each(runs)('$folder/$file gives the published values in every back end', ({ columns, values, failure }) => {
    expect(failure).toBeUndefined();
    expect(columns).toBeGreaterThan(0);
    expect(values).toBeGreaterThan(columns);
  });

  it('is refused where the published file is no XML', () => {
    const { remark } = runs.find(({ folder }) => folder === 'non_negative_flows')!;
    expect(remark).toContain('`file.malformed`');
  });
});
