import type { ImportBrand, ImportRow, RowOutcome } from '#domains/imports/index.ts';
import { localTimes } from '#lib/day-order.ts';
import { stripMark } from '#lib/tabular/money.ts';
import { parseInterval, type TimeOptions, timeOptions } from '#lib/tabular/timestamps.ts';
import { type DurationUnits, type FigureName, type Figures, figureNames, figures } from './figures.ts';

/** What one file says of one session. Times in UTC milliseconds. */
export interface SessionReport {
  platform: string;
  room: { externalId: string | null; name: string };
  externalId: string | null;
  title: string | null;
  host: string | null;
  startedAtMs: number;
  endedAtMs: number | null;
  figures: Figures;
  /** Figures that the platform has not fixed yet. */
  notFinal: FigureName[];
}

export interface LivePlatform {
  platform: string;
  /** The room of files that name none: they are of one account. */
  roomName: string;
  units: DurationUnits;
}

type Head = Omit<SessionReport, 'figures' | 'notFinal'>;

/** Sheets of a session workbook whose first row is about the session as a whole. */
const wholeSheets = /基本信息|概览|漏斗|互动|售后|整体|核心/;
const workbookName = /[(（](.+)_(\d{4}-\d{2}-\d{2})[_ ](\d{2})-(\d{2})-(\d{2})[)）]/;

/**
 * Starts reading a file of sessions: a list with one session a row, or the workbook of one session, whose first sheet says
 * which and whose further sheets add figures.
 */
export function sessionReader(
  platform: LivePlatform,
  brand: ImportBrand,
  file: { name: string },
): (row: ImportRow) => RowOutcome<SessionReport> {
  const roomOfFile = workbookName.exec(file.name)?.[1] ?? null;
  const sheetsRead = new Set<string>();
  const clock = timeOptions(brand.zone);
  const time = localTimes(brand.zone, brand.currency);
  let current: Head | undefined;
  return (row) => {
    const period = periodOf(row, clock);
    const startedAtMs = time(row, 'startedAt') ?? period?.from ?? null;
    if (startedAtMs === null) {
      if (row.note('startedAt') === 'unreadable' || row.note('period') === 'unreadable')
        return rejected('startedAt', 'not_a_time');
      if (!current || row.sheet === undefined) return rejected('startedAt', 'required_missing');
      return detail(row, current, platform, sheetsRead);
    }
    const head: Head = {
      platform: platform.platform,
      room: roomOf(row, roomOfFile ?? platform.roomName),
      externalId: row.text('sessionId'),
      title: row.text('title'),
      host: row.text('host'),
      startedAtMs,
      endedAtMs: time(row, 'endedAt') ?? period?.to ?? null,
    };
    if (row.sheet !== undefined) current = head;
    return report(row, head, platform, brand);
  };
}

function rejected(field: string, code: string): RowOutcome<SessionReport> {
  return { kind: 'rejected', problems: [{ field, code }] };
}

/** A row of a further sheet of a session's workbook: the first of a sheet about the whole session counts. */
function detail(
  row: ImportRow,
  head: Head,
  platform: LivePlatform,
  sheetsRead: Set<string>,
): RowOutcome<SessionReport> {
  const sheet = row.sheet ?? '';
  const part = row.text('productName') !== null || (row.text('channelName') ?? '整体') !== '整体';
  if (part || sheetsRead.has(sheet) || !(wholeSheets.test(sheet) || row.text('channelName') === '整体')) {
    return { kind: 'skipped', code: 'session_detail' };
  }
  sheetsRead.add(sheet);
  const { figures: read, notFinal } = figuresOf(row, platform.units);
  if (Object.keys(read).length === 0) return { kind: 'skipped', code: 'session_detail' };
  return { kind: 'records', records: [{ ...head, figures: read, notFinal }] };
}

function report(row: ImportRow, head: Head, platform: LivePlatform, brand: ImportBrand): RowOutcome<SessionReport> {
  const foreign = foreignMoney(row, brand.currency);
  if (foreign !== undefined) return rejected(foreign, 'currency_mismatch');
  const { figures: read, notFinal } = figuresOf(row, platform.units);
  if (read.durationSeconds === undefined && head.endedAtMs !== null && head.endedAtMs > head.startedAtMs) {
    read.durationSeconds = (head.endedAtMs - head.startedAtMs) / 1000;
  }
  const endedAtMs =
    head.endedAtMs ?? (read.durationSeconds === undefined ? null : head.startedAtMs + read.durationSeconds * 1000);
  return { kind: 'records', records: [{ ...head, endedAtMs, figures: read, notFinal }] };
}

/** The first amount in another currency than the brand's: none of the row's money could be trusted. */
function foreignMoney(row: ImportRow, currency: string): FigureName | undefined {
  return figureNames.find((field) => {
    if (figures[field].kind !== 'money' || row.moneyMinor(field) !== null || row.note(field) !== 'unreadable')
      return false;
    const { currencies } = stripMark(row.raw(field) ?? '');
    return currencies.length > 0 && !currencies.includes(currency);
  });
}

function figuresOf(row: ImportRow, units: DurationUnits): { figures: Figures; notFinal: FigureName[] } {
  const read: Figures = {};
  const notFinal: FigureName[] = [];
  for (const field of figureNames) {
    const value = figureOf(row, field, units);
    if (value !== null) read[field] = value;
    else if (row.note(field) === 'not_final') notFinal.push(field);
  }
  // GMV is what was sold in the session; where only what customers paid or all revenue is told, that stands for it.
  const gmv = read.gmvMinor ?? read.paidMinor ?? read.grossRevenueMinor;
  if (gmv !== undefined && !notFinal.includes('gmvMinor')) read.gmvMinor = gmv;
  return { figures: read, notFinal };
}

function figureOf(row: ImportRow, field: FigureName, units: DurationUnits): number | null {
  switch (figures[field].kind) {
    case 'money': {
      const amount = row.moneyMinor(field);
      return amount === null ? null : Number(amount);
    }
    case 'integer': {
      // 蝉妈妈 and other tools give whole numbers as 943.0 or 1.2万.
      return row.note(field) === 'unreadable' ? rounded(row.decimal(field)) : row.integer(field);
    }
    case 'decimal':
      return numberOf(row.decimal(field));
    case 'duration': {
      if (row.note(field) !== 'unreadable') return row.seconds(field);
      const plain = numberOf(row.decimal(field));
      return plain === null ? null : plain * (field === 'durationSeconds' ? units.duration : units.averageWatch);
    }
  }
}

function numberOf(decimal: string | null): number | null {
  return decimal === null ? null : Number(decimal);
}

function rounded(decimal: string | null): number | null {
  return decimal === null ? null : Math.round(Number(decimal));
}

function roomOf(row: ImportRow, otherwise: string): SessionReport['room'] {
  const externalId = row.text('roomId');
  return { externalId, name: row.text('roomName') ?? externalId ?? otherwise };
}

function periodOf(row: ImportRow, clock: TimeOptions): { from: number; to: number } | null {
  const text = row.text('period');
  if (text === null) return null;
  // The workbook writes its clock with dashes: 2025-09-08 08-00-46.
  const clocked = text.replace(/(\d{4}-\d{2}-\d{2})[ _](\d{2})-(\d{2})-(\d{2})/g, '$1 $2:$3:$4');
  const parsed = parseInterval(clocked, clock);
  return parsed.ok && parsed.value ? { from: parsed.value.from.atMs, to: parsed.value.to.atMs } : null;
}
