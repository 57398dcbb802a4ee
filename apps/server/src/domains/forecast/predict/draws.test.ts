import { expect, it } from 'vitest';
import { decodeDraws, encodeDraws, modelPoints, spreadOver } from './draws.ts';

it('draws come back as they were, to the bit', () => {
  const names = ['a', 'b', 'scale:orders'];
  const values = Float64Array.from({ length: 3 * 5000 }, (_, i) => Math.sin(i) * 10 ** ((i % 600) - 300));
  const draws = decodeDraws(encodeDraws(names, values));
  expect(draws).toEqual({ names, count: 5000, values, modelNames: 2 });
  const { points, chosen } = modelPoints(draws, 4);
  expect(chosen).toEqual([625, 1875, 3125, 4375]);
  expect([...points.subarray(2, 4)]).toEqual([values[3 * 1875], values[3 * 1875 + 1]]);
  expect(decodeDraws(encodeDraws([], new Float64Array()))).toMatchObject({ count: 0, modelNames: 0 });
  expect(() => decodeDraws({ names, count: 2, values: '' })).toThrow(RangeError);
  expect(spreadOver(3, 5)).toHaveLength(5);
  expect(spreadOver(0, 5)).toEqual([]);
});
