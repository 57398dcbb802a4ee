import { Graph } from '../packages/dynamics/src/program/graph.ts';
import type { NodeId, Program } from '../packages/dynamics/src/program/program.ts';

/** The six-state threshold model of bench/models/threshold-a.xmile and threshold-b.xmile as a program. */
export function thresholdModel(form: 'rational' | 'transcendental', steps = 1000): Program {
  const g = new Graph();
  const inputs: { name: string; value: number }[] = [];
  const input = (name: string, value: number): NodeId => {
    inputs.push({ name, value });
    return g.node({ op: 'input', input: inputs.length - 1 });
  };
  const stock = (index: number) => g.node({ op: 'stock', stock: index });
  const c = (value: number) => g.constant(value);
  const add = (a: NodeId, b: NodeId) => g.binary('add', a, b);
  const sub = (a: NodeId, b: NodeId) => g.binary('sub', a, b);
  const mul = (a: NodeId, b: NodeId) => g.binary('mul', a, b);
  const div = (a: NodeId, b: NodeId) => g.binary('div', a, b);
  const market = input('market', 1000);
  const contacts = input('contacts', 0.6);
  const half = input('half point', 0.25);
  const seeding = input('seeding', 2);
  const trial = input('trial time', 6);
  const churn = input('churn time', 40);
  const build = input('build time', 8);
  const decay = input('decay time', 12);
  const capacityPerHead = input('capacity per head', 20);
  const limit = input('crowding limit', 0.8);
  const relief = input('relief', 0.5);
  const gain = input('gain', 0.15);
  const [potential, tryers, adopters, momentum, capacity, reputation] = [0, 1, 2, 3, 4, 5].map(stock) as [
    NodeId,
    NodeId,
    NodeId,
    NodeId,
    NodeId,
    NodeId,
  ];
  const share = div(add(tryers, adopters), market);
  const m4 = g.binary('pow', momentum, c(4));
  const pull = div(m4, add(g.binary('pow', half, c(4)), m4));
  const load = div(adopters, add(mul(capacity, capacityPerHead), c(1)));
  const crowded = g.binary('gt', load, limit);
  const quality = g.select(crowded, div(relief, add(c(1), load)), c(1));
  let word = mul(mul(contacts, share), pull);
  if (form === 'transcendental') {
    word = mul(word, sub(c(1), g.unary('exp', mul(c(-3), reputation))));
    word = mul(word, g.unary('exp', mul(c(-0.2), load)));
  }
  const adoption = g.binary('min', mul(potential, add(word, div(seeding, market))), div(potential, c(1.5)));
  const converting = div(mul(tryers, quality), trial);
  let leaving = div(adopters, mul(churn, g.binary('max', reputation, c(0.1))));
  if (form === 'transcendental') leaving = mul(leaving, g.binary('pow', add(c(0.5), share), c(1.7)));
  let building = div(sub(mul(adopters, gain), capacity), build);
  if (form === 'transcendental') building = mul(building, add(c(1), g.unary('ln', add(c(1), load))));
  const rates = [
    sub(leaving, adoption),
    sub(adoption, converting),
    sub(converting, leaving),
    div(sub(share, momentum), decay),
    building,
    div(sub(quality, reputation), decay),
  ];
  const initial = [sub(market, c(10)), c(10), c(0), c(0.01), c(5), c(0.5)];
  const names = ['potential', 'tryers', 'adopters', 'momentum', 'capacity', 'reputation'];
  return {
    time: { start: 0, dt: 0.125, stepsPerUnit: 8, steps, method: 'rk4', saveEvery: steps },
    nodes: g.nodes,
    inputs,
    stocks: names.map((name, i) => ({ name, initial: initial[i]!, rate: rates[i]! })),
    memories: [],
    histories: [],
    draws: [],
    tables: [],
    outputs: names.map((name, i) => ({ name, node: stock(i) })),
    variables: [],
  };
}

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
