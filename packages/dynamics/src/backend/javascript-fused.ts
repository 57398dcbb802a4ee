import type { NodeId, Program } from '../program/program.ts';
import { rates } from '../program/rate.ts';
import { attemptsMax, dormandPrince, stepControl } from './integration.ts';
import { expressionText, type Names, numberText } from './javascript-expression.ts';
import type { Phases } from './javascript-phases.ts';

/**
 * The text of a function that integrates one run from start to stop, everything in local variables:
 * `(inputs, results, lanes, lane, seed, run) => fault`. See `integration.ts` for what it does at each step.
 */
export function fusedSource(program: Program, phases: Phases): string {
  return new FusedWriter(program, phases).source();
}

/** Stage 1 has plain names; the others end in `_` and their number. */
class FusedWriter {
  readonly #program: Program;
  readonly #phases: Phases;
  readonly #lines: string[] = [];

  constructor(program: Program, phases: Phases) {
    this.#program = program;
    this.#phases = phases;
  }

  source(): string {
    const { time, inputs, stocks, memories, histories } = this.#program;
    const { run, step, save } = this.#phases;
    this.#add('(inputs, results, lanes, lane, seed, run) => {', `const dt = ${numberText(time.dt)};`);
    this.#add(...inputs.map((_, input) => `const p${input} = inputs[${input} * lanes + lane];`));
    this.#define(run);
    this.#add(...stocks.map(({ initial }, stock) => `let y${stock} = ${this.#text(initial)};`));
    for (const memory of this.#phases.memories) {
      this.#add(`let m${memory} = ${this.#text(memories[memory]!.initial)};`);
    }
    const past = histories.map(({ initial }, history) =>
      this.#phases.histories.includes(history) ? this.#text(initial) : 'NaN',
    );
    this.#add(`const past = [${past.join(', ')}];`);
    this.#add('let saveAt = 0, at = lane, point = 0, fault = -1, depth = 0, attempts = 0;');
    this.#add('for (let k = 0; ; k++) {', `const t = ${stepTimeText(this.#program)};`);
    this.#define(step);
    this.#add('if (k === saveAt) {');
    this.#define(save);
    this.#save();
    this.#add('}');
    for (const memory of this.#phases.memories) {
      this.#add(`const next${memory} = ${this.#text(memories[memory]!.next)};`);
    }
    for (const history of this.#phases.histories) {
      const ring = `rings[${history}]`;
      this.#add(`${ring}[k % ${ring}.length] = ${this.#text(histories[history]!.input)};`);
    }
    this.#integrate();
    this.#add(...this.#phases.memories.map((memory) => `m${memory} = next${memory};`), '}', '}');
    return this.#lines.join('\n');
  }

  #add(...lines: string[]): void {
    this.#lines.push(...lines);
  }

  #define(ids: readonly NodeId[], suffix = ''): void {
    for (const id of ids) {
      if (isLeaf(this.#program, id)) continue;
      this.#add(`const n${id}${suffix} = ${expressionText(this.#program, id, this.#names(suffix))};`);
    }
  }

  #names(suffix: string): Names {
    return {
      value: (id) => this.#text(id, suffix),
      stock: (stock) => `y${stock}${suffix}`,
      memory: (memory) => `m${memory}`,
      input: (input) => `p${input}`,
      time: `t${suffix}`,
      stepTime: 't',
      step: 'k',
    };
  }

  #text(id: NodeId, suffix = ''): string {
    if (isLeaf(this.#program, id)) return expressionText(this.#program, id, this.#names(suffix));
    return this.#phases.rates[id] === rates.stage ? `n${id}${suffix}` : `n${id}`;
  }

  #save(): void {
    const { outputs, stocks, time } = this.#program;
    const values = outputs.map(({ node }) => this.#text(node));
    const checked = new Set([...stocks.map((_, stock) => `y${stock}`), ...values]);
    this.#add(
      ...values.map((value, output) => `results[at + ${output} * lanes] = ${value};`),
      `if (fault === -1 && !(${finiteText([...checked])})) fault = point;`,
      `if (k === ${time.steps}) return fault;`,
      `at += ${outputs.length} * lanes; point++; saveAt = Math.min(saveAt + ${time.saveEvery}, ${time.steps});`,
    );
  }

  #integrate(): void {
    const { dt, method } = this.#program.time;
    const half = numberText(dt / 2);
    this.#add(...this.#each((i) => `let f${i} = ${this.#text(this.#program.stocks[i]!.rate)};`));
    switch (method) {
      case 'euler':
        this.#add(...this.#each((i) => `y${i} = y${i} + dt * f${i};`));
        return;
      case 'rk2':
        this.#stage(2, 't + dt', (i) => `dt * f${i}`);
        this.#add(...this.#each((i) => `y${i} = y${i} + ${half} * (f${i} + f${i}_2);`));
        return;
      case 'rk4':
        this.#stage(2, `t + ${half}`, (i) => `${half} * f${i}`);
        this.#stage(3, `t + ${half}`, (i) => `${half} * f${i}_2`);
        this.#stage(4, 't + dt', (i) => `dt * f${i}_3`);
        this.#add(
          ...this.#each(
            (i) => `y${i} = y${i} + ${numberText(dt / 6)} * (f${i} + 2 * f${i}_2 + 2 * f${i}_3 + f${i}_4);`,
          ),
        );
        return;
      case 'rk45':
        this.#integrate45();
        return;
      default:
        method satisfies never;
    }
  }

  #integrate45(): void {
    const { absolute, relative, easy, deepest, unitsPerStep } = stepControl;
    const finite = finiteText(this.#each((i) => `y${i}`));
    this.#add(`if (!(${finite})) depth = 0;`, `for (let position = 0; position < ${unitsPerStep}; ) {`);
    this.#add(`const subStep = ${unitsPerStep} >> depth, h = dt * (subStep / ${unitsPerStep});`);
    dormandPrince.a.forEach((row, i) => {
      const time = `t + dt * ((position + ${numberText(dormandPrince.c[i]!)} * subStep) / ${unitsPerStep})`;
      this.#stage(i + 2, time, (stock) => `h * (${weighted(row, stock)})`);
    });
    this.#add('let worst = 0;');
    this.#add(
      ...this.#each((i) => {
        const tolerance = `(${absolute} + ${relative} * Math.max(Math.abs(y${i}), Math.abs(y${i}_7)))`;
        return `worst = Math.max(worst, Math.abs(h * (${weighted(dormandPrince.error, i)})) / ${tolerance});`;
      }),
    );
    this.#add(`if (worst <= 1 || !(${finite})) {`, ...this.#each((i) => `y${i} = y${i}_7; f${i} = f${i}_7;`));
    this.#add(
      'position += subStep;',
      `if (worst < ${easy} && depth > 0 && position % (2 * subStep) === 0) depth--;`,
      '} else depth++;',
      `if (++attempts > ${attemptsMax(this.#program.time)} || depth > ${deepest}) {`,
      'if (fault === -1) fault = -2;',
      ...this.#each((i) => `y${i} = NaN;`),
      'depth = 0; break;',
      '}',
      '}',
    );
  }

  /** The levels, the time and the net flows of a later stage. */
  #stage(stage: number, time: string, move: (stock: number) => string): void {
    const suffix = `_${stage}`;
    this.#add(`const t${suffix} = ${time};`, ...this.#each((i) => `const y${i}${suffix} = y${i} + ${move(i)};`));
    this.#define(this.#phases.stage, suffix);
    this.#add(...this.#each((i) => `const f${i}${suffix} = ${this.#text(this.#program.stocks[i]!.rate, suffix)};`));
  }

  #each(line: (stock: number) => string): string[] {
    return this.#program.stocks.map((_, stock) => line(stock));
  }
}

/** Whether a node is but another name of a constant or of a local variable. */
function isLeaf(program: Program, id: NodeId): boolean {
  const { op } = program.nodes[id]!;
  return op === 'constant' || op === 'input' || op === 'time' || op === 'stepTime' || op === 'stock' || op === 'memory';
}

function stepTimeText({ time: { start, stepsPerUnit } }: Program): string {
  const first = numberText(start);
  return stepsPerUnit === undefined ? `${first} + k * dt` : `${first} + k / ${numberText(stepsPerUnit)}`;
}

/** True when all are finite: what is not finite minus itself is NaN. */
function finiteText(values: readonly string[]): string {
  return values.length === 0 ? 'true' : `${values.map((value) => `(${value} - ${value})`).join(' + ')} === 0`;
}

function weighted(coefficients: readonly number[], stock: number): string {
  return coefficients
    .flatMap((coefficient, i) => {
      const rate = i === 0 ? `f${stock}` : `f${stock}_${i + 1}`;
      return coefficient === 0 ? [] : [`${numberText(coefficient)} * ${rate}`];
    })
    .join(' + ');
}
