import { describe, expect, it } from 'vitest';
import { entriesOf, faultOf, rowsOf } from './promotion-rows.ts';

const entry = { name: '双11', from: '2026-11-01', to: '2026-11-12', depth: 0.3 };

describe('the promotion calendar', () => {
  it('is edited with its last day included and comes back as it was', () => {
    const rows = rowsOf([entry]);
    expect(rows[0]).toMatchObject({ first: '2026-11-01', last: '2026-11-11', depthPercent: 30 });
    expect(entriesOf(rows)).toEqual([entry]);
  });
  it('says what is wrong with a row', () => {
    const [row] = rowsOf([entry]);
    if (!row) throw new Error('a row');
    expect(faultOf(row)).toBeNull();
    expect(faultOf({ ...row, name: ' ' })).toBe('name');
    expect(faultOf({ ...row, last: null })).toBe('days');
    expect(faultOf({ ...row, last: '2026-10-01' })).toBe('order');
    expect(faultOf({ ...row, depthPercent: 130 })).toBe('depth');
    expect(faultOf({ ...row, depthPercent: null })).toBe('depth');
  });
  it('is kept by first day', () => {
    const rows = rowsOf([entry, { ...entry, from: '2026-06-01', to: '2026-06-19' }]);
    expect(entriesOf(rows).map(({ from }) => from)).toEqual(['2026-06-01', '2026-11-01']);
  });
});
