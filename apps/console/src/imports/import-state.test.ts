import type { PresetInfo } from '@tandem/server/schema/imports';
import { describe, expect, it } from 'vitest';
import {
  columnsOf,
  fieldLabel,
  mappingOf,
  missingFields,
  rankedPresets,
  sizeText,
  stateSentence,
  unusedColumns,
} from './import-state.ts';

const preview = {
  mapping: [
    { field: 'orderId', column: 'Order', confidence: 1, required: true },
    { field: 'paidAt', column: null, confidence: 0, required: true },
    { field: 'phone', column: 'Phone', confidence: 0.8, required: false },
  ],
};
const preset = { id: 'p', columns: [{ field: 'orderId', labelEn: 'Order number', labelZh: '订单编号' }] } as PresetInfo;

describe('columns of an import', () => {
  it('are what was guessed, with what a person changed on top', () => {
    expect(columnsOf(preview, { paidAt: 'Paid', phone: null })).toEqual({
      orderId: 'Order',
      paidAt: 'Paid',
      phone: null,
    });
  });
  it('are sent only where a person changed them', () => {
    expect(mappingOf({})).toBeUndefined();
    expect(mappingOf({ paidAt: 'Paid', phone: null })).toEqual({ paidAt: 'Paid', phone: { constant: '-' } });
  });
  it('carry what a person says about the whole file', () => {
    const guessed = columnsOf(preview, {});
    expect(mappingOf({ phone: null }, { dateOrder: 'mdy' }, guessed)).toEqual({
      fields: { orderId: 'Order', phone: { constant: '-' } },
      dateOrder: 'mdy',
    });
  });
  it('name required fields that are still missing, and columns that nothing uses', () => {
    expect(missingFields(preview, columnsOf(preview, {}))).toEqual(['paidAt']);
    expect(missingFields(preview, columnsOf(preview, { paidAt: 'Paid' }))).toEqual([]);
    expect(unusedColumns(['Order', 'Phone', 'Note', ''], columnsOf(preview, {}))).toEqual(['Note']);
  });
});

describe('words of an import', () => {
  it('call fields by the labels of the preset', () => {
    expect(fieldLabel(preset, 'orderId', 'zh-CN')).toBe('订单编号');
    expect(fieldLabel(preset, 'orderId', 'en')).toBe('Order number');
  });
  it('put the best fitting preset first', () => {
    const other = { id: 'q', columns: [] } as unknown as PresetInfo;
    expect(rankedPresets([preset, other], [{ preset: 'q', score: 0.9 }]).map((one) => one.preset.id)).toEqual([
      'q',
      'p',
    ]);
  });
  it('never call a dry run an import', () => {
    expect(stateSentence({ state: 'done', dryRun: true })).toBe('progress.doneDry');
    expect(stateSentence({ state: 'running', dryRun: true })).toBe('progress.runningDry');
    expect(stateSentence({ state: 'failed', dryRun: false })).toBe('progress.failed');
  });
  it('give sizes in readable units', () => {
    expect(sizeText(900)).toBe('900 B');
    expect(sizeText(48_213)).toBe('47.1 KB');
    expect(sizeText(5_000_000)).toBe('4.8 MB');
  });
});
