import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { addDays, type Day, dayIn, isDay } from '#lib/time.ts';
import { connect } from '../connect.ts';
import { UsageError } from '../usage.ts';
import { type HistorySummary, writeHistory } from './history.ts';
import { daysMax } from './plan.ts';
import { openTarget } from './target.ts';
import { readTruth, truthPath } from './truth-file.ts';

const membersRange = { low: 50, high: 100_000 } as const;
const seedMax = 4_294_967_295;

interface Wanted {
  data: string;
  json: boolean;
  brand: string | undefined;
  start: Day | undefined;
  truth: string | undefined;
  days: number;
  members: number;
  seed: number;
}

/** `tandem simulate brand`: lives the life of a brand that does not exist and sends what happens as events. */
export async function simulateBrandCommand(args: string[]): Promise<number> {
  const wanted = wantedOf(args);
  const stop = new AbortController();
  const onStop = () => stop.abort();
  process.once('SIGINT', onStop);
  process.once('SIGTERM', onStop);
  const connection = await connect(wanted.data);
  try {
    const target = await openTarget(connection, wanted.brand);
    const truthFile = wanted.truth ? resolve(wanted.truth) : truthPath(wanted.data, target.brandId, wanted.seed);
    const { days, members, seed } = wanted;
    const yesterday = addDays(dayIn(target.zone)(Date.now()), -1);
    const begun = wanted.start ?? (await readTruth(truthFile))?.start;
    const options = {
      ...{ days, members, seed },
      start: begun ?? addDays(yesterday, 1 - days),
      zone: target.zone,
      currency: target.currency,
    };
    const summary = await writeHistory(target, options, { truthFile, yesterday, signal: stop.signal, tell });
    process.stdout.write(wanted.json ? `${JSON.stringify(summary)}\n` : wordsOf(summary));
    return summary.state === 'done' && summary.quarantined === 0 ? 0 : 1;
  } finally {
    process.off('SIGINT', onStop);
    process.off('SIGTERM', onStop);
    await connection.close();
  }
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

function wantedOf(args: string[]): Wanted {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      data: { type: 'string', default: './data' },
      json: { type: 'boolean', default: false },
      brand: { type: 'string' },
      start: { type: 'string' },
      truth: { type: 'string' },
      days: { type: 'string', default: '540' },
      members: { type: 'string', default: '2000' },
      seed: { type: 'string', default: '1' },
    },
  });
  if (positionals.length > 0) throw new UsageError(`simulate brand does not know "${positionals.join(' ')}".`);
  const { data, json, brand, start, truth } = values;
  if (start !== undefined && !isDay(start))
    throw new UsageError(`--start must be a day such as 2025-01-01, not "${start}".`);
  return {
    ...{ data, json, brand, start, truth },
    days: whole('days', values.days, 1, daysMax),
    members: whole('members', values.members, membersRange.low, membersRange.high),
    seed: whole('seed', values.seed, 0, seedMax),
  };
}

function whole(name: string, text: string, low: number, high: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= low && value <= high) return value;
  throw new UsageError(`--${name} must be a whole number from ${low} to ${high}, not "${text}".`);
}

function wordsOf(summary: HistorySummary): string {
  const types = Object.entries(summary.events)
    .sort((a, b) => b[1] - a[1])
    .map(([type, count]) => `  ${type.padEnd(22)} ${count}`);
  const state = summary.state === 'done' ? '' : 'stopped before the end; the same command goes on from here\n';
  return [
    `${state}brand ${summary.brandId}, ${summary.from} to ${summary.to}, ${summary.days} days`,
    ...types,
    `events ${summary.total}: stored ${summary.stored}, there before ${summary.duplicate}, set aside ${summary.quarantined}`,
    `persons ${summary.persons}, orders ${summary.orders}, GMV ${summary.gmv} ${summary.currency}`,
    `promotions ${summary.promotions === null ? 'not taken by this server' : summary.promotions}`,
    `seconds ${summary.seconds}`,
    `truth ${summary.truth}`,
    '',
  ].join('\n');
}
