import { type Diagnostic, warning } from '../diagnostic.ts';
import { shortened } from '../expression/lexer.ts';
import { canonical, plain } from '../expression/name.ts';
import type { SourceUnit } from '../xmile/source.ts';
import { commonUnits } from './common-units.ts';
import { dimensionless, formatUnit, product, type Unit } from './unit.ts';
import { readUnitEquation, type UnitFactor } from './unit-equation.ts';

/** Definitions through definitions: more than these nobody follows. */
const longestChain = 50;

/** What the text of some units means. `unknown` where a definition that it needs is not in order, which is told there. */
export type ReadUnit = Unit | 'unknown' | 'unreadable';

interface Definition {
  equation: string;
  source: SourceUnit;
}

/**
 * The units of a file: which names mean the same, and which are made of others. Equal names form a class; the class has
 * at most one definition, the first that the file gives.
 */
export class UnitTable {
  /** What is wrong with the file's own definitions. */
  readonly findings: Diagnostic[] = [];
  /** A name to another of its class; that of a class's first name is missing. */
  readonly #parents = new Map<string, string>();
  readonly #definitions = new Map<string, Definition>();
  readonly #known = new Set<string>();
  readonly #spellings = new Map<string, string>();
  readonly #resolved = new Map<string, Unit | 'unknown'>();
  readonly #texts = new Map<string, ReadUnit>();
  readonly #identities: string[] = [];

  constructor(units: readonly SourceUnit[]) {
    const enabled = units.filter((unit) => !unit.disabled && canonical(unit.name) !== '');
    this.#addCommon(units, enabled);
    for (const unit of enabled) this.#add(unit);
    for (const unit of enabled) this.#resolve(this.#classOf(canonical(unit.name)), []);
  }

  /** The meaning of the text; the same text is read once. */
  read(text: string): ReadUnit {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const factors = this.#factorsOf(text);
    const unit = factors === undefined ? 'unreadable' : this.#combine(factors, []);
    this.#texts.set(text, unit);
    return unit;
  }

  format(unit: Unit): string {
    return formatUnit(unit, (base) => this.#spellings.get(base) ?? base);
  }

  #addCommon(units: readonly SourceUnit[], enabled: readonly SourceUnit[]): void {
    const disabled = new Set(units.filter((unit) => unit.disabled).map((unit) => canonical(unit.name)));
    const names = new Set(enabled.map((unit) => canonical(unit.name)));
    const taken = new Set(enabled.flatMap((unit) => [unit.name, ...unit.aliases]).map(canonical));
    for (const { names: common, abbreviations, identity } of commonUnits) {
      const keys = common.map(canonical);
      const [first] = keys;
      if (first === undefined || keys.some((key) => disabled.has(key))) continue;
      const isOwn = keys.some((key) => names.has(key));
      // A short form that the file gives to a unit of another name is the file's.
      const short = abbreviations.map(canonical).filter((key) => !disabled.has(key) && (isOwn || !taken.has(key)));
      for (const key of [...keys, ...short]) {
        this.#known.add(key);
        this.#join(key, first);
      }
      if (identity) this.#identities.push(first);
    }
  }

  #add(unit: SourceUnit): void {
    const key = canonical(unit.name);
    this.#known.add(key);
    for (const alias of unit.aliases.map(canonical).filter((alias) => alias !== '')) {
      this.#known.add(alias);
      this.#join(alias, key);
    }
    const equation = unit.equation.trim();
    if (equation === '') return;
    const factors = this.#factorsOf(equation);
    const [only] = factors ?? [];
    // The name of another unit as the equation is one more name for it (§3.3.6).
    if (factors?.length === 1 && only?.exponent === 1) {
      this.#join(key, canonical(only.name));
      return;
    }
    const root = this.#classOf(key);
    if (!this.#definitions.has(root) && !this.#isIdentity(root))
      this.#definitions.set(root, { equation, source: unit });
  }

  #join(key: string, other: string): void {
    const from = this.#classOf(key);
    const to = this.#classOf(other);
    if (from === to) return;
    this.#parents.set(from, to);
    const definition = this.#definitions.get(from);
    this.#definitions.delete(from);
    if (definition !== undefined && !this.#definitions.has(to)) this.#definitions.set(to, definition);
  }

  #classOf(key: string): string {
    let root = key;
    for (let next = this.#parents.get(root); next !== undefined; next = this.#parents.get(root)) root = next;
    // Short paths keep long chains of aliases from being walked again and again.
    for (let at = key; at !== root; ) {
      const next = this.#parents.get(at)!;
      this.#parents.set(at, root);
      at = next;
    }
    return root;
  }

  #isIdentity(root: string): boolean {
    return this.#identities.some((identity) => this.#classOf(identity) === root);
  }

  #factorsOf(text: string): UnitFactor[] | undefined {
    return readUnitEquation(text, (name) => this.#known.has(canonical(name)));
  }

  #combine(factors: readonly UnitFactor[], within: readonly string[]): ReadUnit {
    let unit: Unit = dimensionless;
    for (const { name, exponent } of factors) {
      const root = this.#classOf(canonical(name));
      if (!this.#spellings.has(root)) this.#spellings.set(root, plain(name));
      const factor = this.#resolve(root, within);
      const next = factor === 'unknown' ? factor : product(unit, factor, exponent);
      if (next === 'unknown' || next === undefined) return next ?? 'unreadable';
      unit = next;
    }
    return unit;
  }

  #resolve(root: string, within: readonly string[]): Unit | 'unknown' {
    if (this.#isIdentity(root)) return dimensionless;
    const definition = this.#definitions.get(root);
    if (definition === undefined) return new Map([[root, 1]]);
    const known = this.#resolved.get(root);
    if (known !== undefined) return known;
    const { equation, source } = definition;
    const about = { place: source.place };
    if (within.includes(root) || within.length >= longestChain) {
      this.findings.push(warning('units.circular', { unit: source.name, limit: longestChain }, about));
      this.#resolved.set(root, 'unknown');
      return 'unknown';
    }
    const factors = this.#factorsOf(equation);
    const unit = factors === undefined ? 'unreadable' : this.#combine(factors, [...within, root]);
    if (unit === 'unreadable') {
      this.findings.push(warning('units.unreadable', { units: shortened(equation) }, about));
    }
    const resolved = unit === 'unreadable' ? 'unknown' : unit;
    this.#resolved.set(root, resolved);
    return resolved;
  }
}
