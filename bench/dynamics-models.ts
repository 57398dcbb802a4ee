import { Graph } from '../packages/dynamics/src/program/graph.ts';
import type { NodeId, Program } from '../packages/dynamics/src/program/program.ts';

/**
 * A ring of sectors, each with a stock, an input, and auxiliaries that look at the stocks of the sectors before and
 * after: `variables` values in all (stocks, auxiliaries and flows), `stocks` of them stocks.
 */
export function ringModel(stocks: number, variables: number, steps = 200): Program {
  const g = new Graph();
  const inputs: { name: string; value: number }[] = [];
  const stock = (index: number) => g.node({ op: 'stock', stock: (index + stocks) % stocks });
  const perSector = Math.max(2, Math.round((variables - stocks) / stocks));
  const rates: NodeId[] = [];
  for (let sector = 0; sector < stocks; sector++) {
    inputs.push({ name: `time ${sector}`, value: 4 + (sector % 7) });
    const delay = g.node({ op: 'input', input: sector });
    const own = stock(sector);
    let value = g.binary('div', g.binary('sub', stock(sector - 1), own), delay);
    for (let i = 0; i < perSector - 1; i++) {
      const other = stock(sector + i + 1);
      const part = g.constant(0.1 + 0.8 * (((sector * 13 + i * 7) % 97) / 97));
      const choice = (sector + i) % 4;
      if (choice === 0) value = g.binary('add', value, g.binary('mul', part, g.binary('sub', other, own)));
      else if (choice === 1)
        value = g.binary(
          'mul',
          value,
          g.binary('div', own, g.binary('add', own, g.binary('add', part, g.unary('abs', other)))),
        );
      else if (choice === 2) value = g.binary('max', g.binary('mul', value, part), g.constant(-5 - part));
      else value = g.select(g.binary('gt', other, g.constant(60)), g.binary('mul', value, part), value);
    }
    rates.push(value);
  }
  return {
    time: { start: 0, dt: 0.125, stepsPerUnit: 8, steps, method: 'rk4', saveEvery: steps },
    nodes: g.nodes,
    inputs,
    stocks: rates.map((rate, i) => ({ name: `level ${i}`, initial: g.constant(20 + ((i * 31) % 80)), rate })),
    memories: [],
    histories: [],
    draws: [],
    tables: [],
    outputs: Array.from({ length: Math.min(10, stocks) }, (_, i) => ({ name: `level ${i}`, node: stock(i) })),
    variables: [],
  };
}
