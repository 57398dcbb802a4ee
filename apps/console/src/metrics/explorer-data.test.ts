import type { Kpi } from '@tandem/server/schema/metrics';
import { describe, expect, it } from 'vitest';
import { type ExplorerState, pointsQuery, rowsQuery } from './explorer-data.ts';
import { alignDay, filterOf, usableGrain } from './explorer-state.ts';

const kpi = { id: 'gmv', grains: ['week', 'total'], splits: ['product'] } as unknown as Kpi;
const state: ExplorerState = {
  kpi,
  grain: 'week',
  by: 'product',
  filter: ['channel:web'],
  period: { from: '2011-11-10', to: '2011-12-10' },
  compare: false,
};

describe('the state of the explorer', () => {
  it('asks for the largest parts of a split and passes the filters', () => {
    expect(pointsQuery(state)).toEqual({
      from: '2011-11-10',
      to: '2011-12-10',
      grain: 'week',
      by: 'product',
      limit: 5,
      filter: ['channel:web'],
    });
    expect(pointsQuery({ ...state, by: undefined, filter: [] })).toEqual({
      from: '2011-11-10',
      to: '2011-12-10',
      grain: 'week',
    });
  });
  it('drills into a point within the period', () => {
    const point = { t: '2011-11-07', key: 'p-1', value: 1 };
    expect(rowsQuery(state, point)).toEqual({
      from: '2011-11-10',
      to: '2011-11-14',
      grain: 'total',
      filter: ['channel:web', 'product:p-1'],
    });
    expect(rowsQuery(state, { t: '2011-12-05', key: 'other', value: 1 })).toEqual({
      from: '2011-12-05',
      to: '2011-12-10',
      grain: 'total',
      filter: ['channel:web'],
    });
    expect(rowsQuery({ ...state, filter: [] }, null)).toEqual({ from: '2011-11-10', to: '2011-12-10', grain: 'total' });
  });
  it('falls back to a grain that the KPI knows', () => {
    expect(usableGrain(kpi, 'day')).toBe('week');
    expect(usableGrain(kpi, 'total')).toBe('total');
  });
  it('reads filters, also with a colon in the value', () => {
    expect(filterOf('koc:openid:7')).toEqual({ split: 'koc', value: 'openid:7' });
    expect(filterOf('planet:mars')).toBeNull();
    expect(filterOf('nothing')).toBeNull();
  });
  it('lays the compared period over this one', () => {
    expect(alignDay('2011-10-07', '2011-10-06', '2011-11-10')).toBe('2011-11-11');
  });
});
