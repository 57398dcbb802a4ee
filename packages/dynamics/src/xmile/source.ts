import type { Place } from '../diagnostic.ts';

/** A part of a file that says nothing about values, as a tree: written again as it was. Text stands between elements. */
export interface KeptElement {
  /** With its prefix, as written. */
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: readonly (KeptElement | string)[];
}

/** What is kept aside of an element: drawings, tools' own marks, and the details of special variables. */
export interface Kept {
  attributes?: Readonly<Record<string, string>>;
  elements?: readonly KeptElement[];
}

/**
 * What an XMILE file says, before any of it is understood: one field for each thing that bears on meaning. What only a
 * drawing or another tool needs is kept aside, so that a file written again still has it.
 */
export interface SourceFile {
  header: SourceHeader;
  timeSpecs: SourceTimeSpecs;
  /** The units that the file defines. */
  units: SourceUnit[];
  dimensions: SourceDimension[];
  /** Whether stocks and flows without an own mark are non-negative (`<behavior>`). */
  behavior: { stockNonNegative: boolean; flowNonNegative: boolean };
  /** The first is the whole; others are what modules stand for. */
  models: SourceModel[];
  macros: SourceMacro[];
  /** What an index outside its dimension gives: 0, or undefined numbers where the file says so (`<uses_arrays>`). */
  invalidIndex?: 'zero' | 'nan';
  kept?: Kept & {
    /** Prefixes of the file with their namespaces. */
    namespaces?: Readonly<Record<string, string>>;
    header?: Kept;
  };
}

export interface SourceHeader {
  vendor: string | undefined;
  product: string | undefined;
  name: string | undefined;
  /** '1' for files of the standard, '0' for the layout before it. */
  version: string | undefined;
}

export interface SourceTimeSpecs {
  start: number;
  stop: number;
  dt: number;
  /** As the file names it, lower case: `euler`, `rk4`, or a list `rk2, rk4`; undefined for the default (Euler). */
  method: string | undefined;
  /** Time between two saved points; undefined: every dt. */
  saveStep: number | undefined;
  /** Time between two pauses; kept, as a run is never interactive. */
  pause: number | undefined;
  timeUnits: string | undefined;
  place: Place | undefined;
  kept?: Kept;
}

export interface SourceUnit {
  name: string;
  equation: string;
  aliases: string[];
  disabled: boolean;
  place: Place;
  kept?: Kept;
}

export interface SourceDimension {
  name: string;
  /** Element names; a dimension by size alone has the names 1 to n. */
  elements: string[];
  /** True when the file gave a size and no names. */
  numbered: boolean;
  /** The dimension whose elements stand for the elements of this one, one by one (a mapping of Vensim's). */
  mapsTo?: string;
  /** What single elements stand for in other dimensions. */
  mappings?: SourceMapping[];
  place: Place;
  kept?: Kept;
}

/** Elements of a dimension with those of another, or parts of it, that they stand for; without any, one by one. */
export interface SourceMapping {
  to: string;
  pairs: { from: string; to: string }[];
  place: Place;
}

export interface SourceModel {
  /** Empty for the whole. */
  name: string;
  /** Own specifications of a module that runs by itself; undefined: those of the file. */
  timeSpecs: SourceTimeSpecs | undefined;
  variables: SourceVariable[];
  modules: SourceModule[];
  groups: SourceGroup[];
  place: Place;
  kept?: Kept;
}

export interface SourceText {
  text: string;
  /** Where the text begins. */
  place: Place;
}

export interface SourceVariable {
  kind: 'stock' | 'flow' | 'aux' | 'gf';
  /** As the file writes it, escapes such as \n resolved to a space. */
  name: string;
  place: Place;
  /** Names of the dimensions; empty for a scalar. */
  dimensions: string[];
  /** The equation of the scalar, or of every element; for a stock the initial value. */
  equation: SourceText | undefined;
  /** Own equations of elements, with the elements' names, or numbers, in the order of `dimensions`. */
  elements: SourceElement[];
  graphicalFunction: SourceGraphicalFunction | undefined;
  /** Initial value beside the equation (`<init_eqn>` of Stella). */
  initialEquation: SourceText | undefined;
  inflows: string[];
  outflows: string[];
  /** The variable's own mark; undefined: what `behavior` says. */
  nonNegative: boolean | undefined;
  /** Set when it is a conveyor, a queue, an oven, a leakage, an overflow ...: what keeps it from being an ordinary one. */
  special: SourceSpecial | undefined;
  units: string | undefined;
  documentation: string | undefined;
  access: 'input' | 'output' | undefined;
  /** What people may set a lever to, when the file says so. */
  range: { min: number; max: number } | undefined;
  kept?: Kept;
}

export interface SourceElement {
  subscripts: string[];
  equation: SourceText | undefined;
  graphicalFunction: SourceGraphicalFunction | undefined;
  initialEquation: SourceText | undefined;
  nonNegative: boolean | undefined;
  place: Place;
  kept?: Kept;
}

export interface SourceSpecial {
  kind: 'conveyor' | 'queue' | 'oven' | 'leak' | 'overflow' | 'event';
  place: Place;
}

export interface SourceGraphicalFunction {
  kind: 'continuous' | 'extrapolate' | 'discrete';
  /** Name of a graphical function that stands by itself and is used here. */
  name: string | undefined;
  x: number[];
  y: number[];
  place: Place;
  kept?: Kept;
}

/** A part of a model that another model of the file fills. */
export interface SourceModule {
  name: string;
  /** The model it stands for; the same as `name` unless the file says otherwise. */
  model: string;
  /** `to`: a variable of the module's model; `from`: where its value comes from, as a path seen from the whole (`.x`), or from the model that holds the module. */
  connections: { to: string; from: string; place: Place }[];
  place: Place;
  kept?: Kept;
}

/** Variables that belong together; says nothing about their values. */
export interface SourceGroup {
  name: string;
  variables: string[];
  documentation: string | undefined;
  place: Place;
  kept?: Kept;
}

export type TimeExpressions = Partial<Record<'start' | 'stop' | 'dt', SourceText>>;

export interface SourceMacro {
  name: string;
  parameters: { name: string; default: SourceText | undefined }[];
  /** The value of the macro. */
  equation: SourceText;
  /** Variables of its own, fresh for each call. */
  variables: SourceVariable[];
  /** Before the name in a qualified call (`user.find`). */
  namespace?: string;
  /** Own time of a macro that runs a simulation of its own at each call. */
  timeSpecs: SourceTimeSpecs | undefined;
  /** Where its start, stop and dt are no numbers but expressions of the parameters. */
  timeExpressions?: TimeExpressions;
  documentation: string | undefined;
  place: Place;
  kept?: Kept;
}
