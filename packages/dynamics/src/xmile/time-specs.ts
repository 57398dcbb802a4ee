import {
  attributeOf,
  childOf,
  flagOf,
  keptField,
  localName,
  numberOf,
  numeralOf,
  plainTextOf,
  type Reading,
  shown,
  sift,
} from './content.ts';
import type { SourceText, SourceTimeSpecs, TimeExpressions } from './source.ts';
import { timeWords } from './vocabulary.ts';
import type { XmlElement } from './xml.ts';

/** Names that tools have given to the time between two saved points. */
const saveNames = ['save_interval', 'savestep', 'save_step'];

/**
 * `<sim_specs>` (XMILE 1.0): start, stop and dt (1 where there is none, or the reciprocal of what is written),
 * the method, and the time between saved points, which the standard leaves to tools. Those of a macro may be
 * expressions, which are put into `expressions`.
 */
export function readTimeSpecs(element: XmlElement, reading: Reading, expressions?: TimeExpressions): SourceTimeSpecs {
  const { findings } = reading;
  const about = { variable: reading.variable, place: element.place };
  const bounds = { start: 0, stop: 0 };
  for (const name of ['start', 'stop'] as const) {
    const child = childOf(element, name, reading);
    const text = child === undefined ? undefined : plainTextOf(child, reading);
    if (text === undefined) findings.error('file.missing', { parent: element.name, what: `<${name}>` }, about);
    else if (isExpression(text, expressions)) expressions[name] = text;
    else bounds[name] = numberOf(text.text, `<${name}>`, text.place, reading) ?? 0;
  }
  const isKnown = expressions?.start === undefined && expressions?.stop === undefined;
  if (isKnown && bounds.stop < bounds.start) findings.error('time.span', bounds, about);
  readRun(element, reading);
  // The names of Stella's own that are understood are no longer another tool's.
  const attributes = element.attributes.filter(({ name }) => !saveNames.includes(localName(name)));
  return {
    ...bounds,
    dt: readStep(element, reading, expressions),
    method: wordOf(element, 'method', reading)?.toLowerCase(),
    saveStep: readSaveStep(element, reading),
    pause: readPause(element, reading),
    timeUnits: wordOf(element, 'time_units', reading),
    place: element.place,
    ...keptField(sift({ ...element, attributes }, timeWords, reading)),
  };
}

/** Whether expressions may stand for numbers here, and this is one. */
function isExpression({ text }: SourceText, expressions: TimeExpressions | undefined): expressions is TimeExpressions {
  return expressions !== undefined && numeralOf(text) === undefined;
}

function readStep(element: XmlElement, reading: Reading, expressions: TimeExpressions | undefined): number {
  const { findings } = reading;
  const child = childOf(element, 'dt', reading);
  const text = child === undefined ? undefined : plainTextOf(child, reading, ['reciprocal']);
  // A macro's own dt is 1 by default (XMILE 1.0 §4.8).
  if (text === undefined && expressions !== undefined) return 1;
  if (child !== undefined && text !== undefined && isExpression(text, expressions) && !isReciprocal(child, reading)) {
    expressions.dt = text;
    return 1;
  }
  if (child === undefined || text === undefined) {
    findings.warn('time.step-default', {}, { place: element.place });
    return 1;
  }
  const written = numberOf(text.text, '<dt>', text.place, reading);
  const reciprocal = isReciprocal(child, reading);
  if (written === undefined) return 1;
  const step = reciprocal ? 1 / written : written;
  if (step > 0 && Number.isFinite(step)) return step;
  findings.error('time.step', { dt: shown(text.text) }, { place: text.place });
  return 1;
}

function isReciprocal(dt: XmlElement, reading: Reading): boolean {
  const mark = attributeOf(dt, 'reciprocal');
  return mark !== undefined && flagOf(mark, 'reciprocal', dt.place, reading) === true;
}

function readSaveStep(element: XmlElement, reading: Reading): number | undefined {
  const { findings } = reading;
  const given = element.attributes.filter(({ name }) => saveNames.includes(localName(name))).map(({ value }) => value);
  for (const name of saveNames) {
    const child = childOf(element, name, reading);
    const text = child === undefined ? undefined : plainTextOf(child, reading);
    if (text !== undefined) given.push(text.text);
  }
  const values = given.map((text) => numberOf(text, 'the time between saved points', element.place, reading));
  const [first] = values;
  if (values.some((value) => value !== first)) {
    findings.error('file.repeated', { element: 'save_interval', parent: element.name }, { place: element.place });
  }
  if (first === undefined || first > 0) return first;
  findings.error('time.save', { save: first }, { place: element.place });
  return undefined;
}

function readPause(element: XmlElement, reading: Reading): number | undefined {
  const text = wordOf(element, 'pause', reading);
  // An infinite interval is the standard's way to say that there is no pause.
  if (text === undefined || /^\+?(inf|infinity)$/i.test(text)) return undefined;
  return numberOf(text, 'pause', element.place, reading);
}

/** What an attribute says, or a child of the same name. */
function wordOf(element: XmlElement, name: string, reading: Reading): string | undefined {
  const child = childOf(element, name, reading);
  const text = attributeOf(element, name)?.trim() || (child && plainTextOf(child, reading)?.text);
  return text === '' ? undefined : text;
}

/** A run of some groups or modules alone leaves the others where the last run left them, which no file says. */
function readRun(element: XmlElement, reading: Reading): void {
  const child = childOf(element, 'run', reading);
  if (child === undefined) return;
  plainTextOf(child, reading, ['by']);
  const by = attributeOf(child, 'by')?.trim().toLowerCase() ?? 'all';
  if (by === 'all' || by === '') return;
  const about = { variable: reading.variable, place: child.place };
  reading.findings.error('file.unsupported', { what: `<run by="${shown(by)}">` }, about);
}
