import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operandsOf } from '../packages/dynamics/src/program/operands.ts';
import type { Node, NodeId, Program } from '../packages/dynamics/src/program/program.ts';

const unary: Partial<Record<Node['op'], (a: string) => string>> = {
  neg: (a) => `-${a}`,
  not: (a) => `(${a} != 0.0 ? 0.0 : 1.0)`,
  abs: (a) => `fabs(${a})`,
  sqrt: (a) => `sqrt(${a})`,
  exp: (a) => `exp(${a})`,
  ln: (a) => `log(${a})`,
  sin: (a) => `sin(${a})`,
  cos: (a) => `cos(${a})`,
  floor: (a) => `floor(${a})`,
};

const binary: Partial<Record<Node['op'], (a: string, b: string) => string>> = {
  add: (a, b) => `${a} + ${b}`,
  sub: (a, b) => `${a} - ${b}`,
  mul: (a, b) => `${a} * ${b}`,
  div: (a, b) => `${a} / ${b}`,
  mod: (a, b) => `${a} - ${b} * floor(${a} / ${b})`,
  min: (a, b) => `(${b} < ${a} ? ${b} : ${a})`,
  max: (a, b) => `(${a} < ${b} ? ${b} : ${a})`,
  lt: (a, b) => `(${a} < ${b} ? 1.0 : 0.0)`,
  le: (a, b) => `(${a} <= ${b} ? 1.0 : 0.0)`,
  gt: (a, b) => `(${a} > ${b} ? 1.0 : 0.0)`,
  ge: (a, b) => `(${a} >= ${b} ? 1.0 : 0.0)`,
  eq: (a, b) => `(${a} == ${b} ? 1.0 : 0.0)`,
  ne: (a, b) => `(${a} != ${b} ? 1.0 : 0.0)`,
  and: (a, b) => `(${a} != 0.0 && ${b} != 0.0 ? 1.0 : 0.0)`,
  or: (a, b) => `(${a} != 0.0 || ${b} != 0.0 ? 1.0 : 0.0)`,
};

/** What the lanes of a batch program are called, and how wide a batch is. */
export interface CForm {
  /** Lanes of a batch; 1 makes plain scalar code. */
  batch: number;
}

/**
 * A program as C, for comparison: `run(inputs, results, lanes)` integrates batches of lanes, each step being one loop over
 * the lanes of a batch that compilers turn into vector code. Knows the programs of the benches: RK4 and Euler, no state
 * but stocks, results at the end only.
 */
export function cSource(program: Program, { batch }: CForm): string {
  const { stocks, inputs, outputs, time } = program;
  const invariant = invariants(program);
  const names: string[] = program.nodes.map((_, id) => (invariant[id] ? `a${id}[l]` : `v${id}`));
  const needed = needs(program, [...stocks.map(({ rate }) => rate), ...outputs.map(({ node }) => node)]);
  const kept = program.nodes.flatMap((node, id) => (invariant[id] && needed[id] && node.op !== 'constant' ? [id] : []));
  const each = (text: (stock: number) => string) => stocks.map((_, stock) => text(stock)).join(' ');
  const stage = (at: string, t: string, from: string) =>
    program.nodes
      .flatMap((node, id) =>
        needed[id] && !invariant[id] ? [`const double ${at}v${id} = ${text(program, node, names, at, t, from)};`] : [],
      )
      .join('\n      ');
  const k = (at: string, stock: number) => named(program, stocks[stock]!.rate, names, at);
  const half = `${time.dt / 2}`;
  const body =
    time.method === 'euler'
      ? `${stage('p', 't', 'y')}
      ${each((i) => `level${i}[l] += ${time.dt} * ${k('p', i)};`)}`
      : `${stage('p', 't', 'y')}
      ${each((i) => `const double yq${i} = level${i}[l] + ${half} * ${k('p', i)};`)}
      ${stage('q', `(t + ${half})`, 'yq')}
      ${each((i) => `const double yr${i} = level${i}[l] + ${half} * ${k('q', i)};`)}
      ${stage('r', `(t + ${half})`, 'yr')}
      ${each((i) => `const double ys${i} = level${i}[l] + ${time.dt} * ${k('r', i)};`)}
      ${stage('s', `(t + ${time.dt})`, 'ys')}
      ${each((i) => `level${i}[l] += ${time.dt / 6} * (${k('p', i)} + 2 * ${k('q', i)} + 2 * ${k('r', i)} + ${k('s', i)});`)}`;
  const arrays = (prefix: string, ids: readonly number[]) =>
    ids.map((id) => `static double ${prefix}${id}[W] __attribute__((aligned(64)));`).join('\n');
  return `#include <math.h>
#define W ${batch}
${arrays(
  'level',
  stocks.map((_, i) => i),
)}
${arrays('a', kept)}
void run(const double *restrict inputs, double *restrict results, int lanes) {
  for (int first = 0; first < lanes; first += W) {
    for (int l = 0; l < W; l++) {
      ${inputs.map((_, i) => `const double i${i} = inputs[${i} * (long)lanes + first + l];`).join('\n      ')}
      ${kept.map((id) => `a${id}[l] = ${text(program, program.nodes[id]!, names, '', '0.0', '')};`).join('\n      ')}
      ${each((i) => `level${i}[l] = ${named(program, stocks[i]!.initial, names, '')};`)}
    }
    for (int step = 0; step < ${time.steps}; step++) {
      const double t = ${time.start} + step ${time.stepsPerUnit === undefined ? `* ${time.dt}` : `/ ${time.stepsPerUnit}.0`};
      for (int l = 0; l < W; l++) {
      ${body}
      }
    }
    for (int l = 0; l < W; l++) {
      const double t = ${time.start + time.steps * time.dt};
      ${stage('p', 't', 'y')}
      ${outputs.map(({ node }, o) => `results[${o} * (long)lanes + first + l] = ${named(program, node, names, 'p')};`).join('\n      ')}
    }
  }
}
`;
}

function needs(program: Program, roots: readonly NodeId[]): Uint8Array {
  const needed = new Uint8Array(program.nodes.length);
  for (const root of roots) needed[root] = 1;
  for (const { initial } of program.stocks) needed[initial] = 1;
  for (let id = program.nodes.length - 1; id >= 0; id--) {
    if (needed[id] === 1) for (const operand of operandsOf(program.nodes[id]!)) needed[operand] = 1;
  }
  return needed;
}

function invariants({ nodes }: Program): boolean[] {
  const result: boolean[] = [];
  for (const node of nodes) {
    result.push(
      node.op !== 'stock' && node.op !== 'time' && node.op !== 'stepTime' && operandsOf(node).every((id) => result[id]),
    );
  }
  return result;
}

function named(program: Program, id: NodeId, names: readonly string[], at: string): string {
  const node = program.nodes[id]!;
  if (node.op === 'constant') return Number.isInteger(node.value) ? `${node.value}.0` : `${node.value}`;
  return names[id]!.startsWith('v') ? `${at}${names[id]}` : names[id]!;
}

function text(
  program: Program,
  node: Node,
  names: readonly string[],
  at: string,
  time: string,
  stocks: string,
): string {
  const value = (id: NodeId) => named(program, id, names, at);
  if (node.op === 'input') return `i${node.input}`;
  if (node.op === 'time' || node.op === 'stepTime') return time;
  if (node.op === 'stock') return stocks === 'y' ? `level${node.stock}[l]` : `${stocks}${node.stock}`;
  if (node.op === 'select') return `(${value(node.condition)} != 0.0 ? ${value(node.then)} : ${value(node.otherwise)})`;
  if (node.op === 'pow') {
    const exponent = program.nodes[node.b]!;
    return exponent.op === 'constant' && exponent.value === 4
      ? `(${value(node.a)} * ${value(node.a)}) * (${value(node.a)} * ${value(node.a)})`
      : `pow(${value(node.a)}, ${value(node.b)})`;
  }
  if ('b' in node) return binary[node.op]!(value(node.a), value(node.b));
  const write = unary[node.op];
  if (write === undefined || !('a' in node)) throw new Error(`the C baseline does not know ${node.op}`);
  return write(value(node.a));
}

/** Whether there is a gcc. */
export function hasGcc(): boolean {
  try {
    execFileSync('gcc', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const driver = `
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
void run(const double *restrict inputs, double *restrict results, int lanes);
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }
/* For each line "rounds lanes inputs outputs" on stdin, then the inputs: the best time of the rounds and the results. */
int main(void) {
  int rounds, lanes, inputs, outputs;
  double *in = 0, *out = 0;
  while (scanf("%d %d %d %d", &rounds, &lanes, &inputs, &outputs) == 4) {
    in = realloc(in, sizeof(double) * inputs * lanes + 64);
    out = realloc(out, sizeof(double) * outputs * lanes + 64);
    for (int i = 0; i < inputs * lanes; i++) if (scanf("%lf", in + i) != 1) return 1;
    double best = 1e30;
    for (int r = 0; r < rounds; r++) { double t = now(); run(in, out, lanes); t = now() - t; if (t < best) best = t; }
    printf("%.9f", best);
    for (int i = 0; i < outputs * lanes; i++) printf(" %.17g", out[i]);
    printf("\\n");
    fflush(stdout);
  }
  return 0;
}
`;

export interface CProgram {
  path: string;
  /** Assembly calls of vector functions of libmvec, which show that the loops really became vector code. */
  vectorCalls: string[];
  /** Vector divisions or multiplications of 256 bits or more in the assembly. */
  wideInstructions: number;
  remove(): void;
}

/** Compiles a program with gcc; `flags` decide whether it becomes vector code. */
export function compileC(source: string, flags: readonly string[]): CProgram {
  const dir = mkdtempSync(join(tmpdir(), 'dynamics-c-'));
  const model = join(dir, 'model.c');
  const main = join(dir, 'main.c');
  const path = join(dir, 'run');
  writeFileSync(model, source);
  writeFileSync(main, driver);
  const assembly = execFileSync('gcc', [...flags, '-S', '-o', '-', model], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  execFileSync('gcc', [...flags, '-o', path, main, model, '-lmvec', '-lm']);
  return {
    path,
    vectorCalls: [...new Set(assembly.match(/_ZGV\w+/g) ?? [])],
    wideInstructions: (assembly.match(/v(?:mul|div|fmadd\d+|fmsub\d+|fnmadd\d+)pd\s.*%[yz]mm/g) ?? []).length,
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
