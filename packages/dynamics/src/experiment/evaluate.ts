/**
 * What an experiment asks questions of: `points` holds `count` points of d parameters, one after the other; the answer
 * holds `count` rows of m outputs. A point that cannot be evaluated has NaN in its row. An ensemble of a model is one
 * such function; so is any formula with a known answer.
 */
export type Evaluate = (points: Float64Array, count: number) => Float64Array | Promise<Float64Array>;

/** A parameter and the range it may have; `log` searches and samples it on a logarithmic scale. */
export interface Range {
  name: string;
  low: number;
  high: number;
  scale?: 'linear' | 'log';
}

/** What a long experiment tells, and how it is stopped. */
export interface Watch {
  /** Ends the experiment; what is known so far is given with `complete: false`. */
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}
