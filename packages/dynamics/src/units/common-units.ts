/** Names that mean the same unit without a file saying so. */
export interface CommonUnit {
  names: readonly string[];
  /** Short forms, which a file may well use for a unit of its own. */
  abbreviations: readonly string[];
  /** The unit that is no unit. */
  identity?: true;
}

/**
 * The units that XMILE 1.0 §3.3.6 recommends, and the equivalences that Vensim gives every model (its settings list
 * `$,Dollar,Dollars,$s`, `Person,People,Persons`, `Unit,Units` and the units of time). Other names mean the same only
 * where the file's table of units says so. The standard's `per_second` and the like need no entry: `per` divides.
 */
export const commonUnits: readonly CommonUnit[] = [
  { names: ['Dmnl', 'Dimensionless', 'Unitless'], abbreviations: [], identity: true },
  { names: ['nanoseconds', 'nanosecond'], abbreviations: ['ns'] },
  { names: ['microseconds', 'microsecond'], abbreviations: ['us'] },
  { names: ['milliseconds', 'millisecond'], abbreviations: ['ms'] },
  { names: ['seconds', 'second'], abbreviations: ['s'] },
  { names: ['minutes', 'minute'], abbreviations: ['min'] },
  { names: ['hours', 'hour'], abbreviations: ['hr'] },
  { names: ['days', 'day'], abbreviations: [] },
  { names: ['weeks', 'week'], abbreviations: ['wk'] },
  { names: ['months', 'month'], abbreviations: ['mo'] },
  { names: ['quarters', 'quarter'], abbreviations: ['qtr'] },
  { names: ['years', 'year'], abbreviations: ['yr'] },
  { names: ['$', 'Dollar', 'Dollars', '$s'], abbreviations: [] },
  { names: ['Person', 'People', 'Persons'], abbreviations: [] },
  { names: ['Unit', 'Units'], abbreviations: [] },
];
