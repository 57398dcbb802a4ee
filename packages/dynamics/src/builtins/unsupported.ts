import type { Builtin } from './builtin.ts';

/** Functions of Stella and Vensim that are documented and not supported: calling one says so instead of «unknown». */
// biome-ignore format: a list of names
const stella = [
  'AGECOUNT', 'ALLOCATE', 'CAP', 'CAPACITY', 'CGROWTH', 'CLOCKTIME', 'CTFLOW', 'CTMAX', 'CTMEAN', 'CTMIN', 'CTSTDDEV',
  'CYCLETIME', 'ENDVAL', 'INTERPOLATE', 'LOOKUPMEAN', 'LOOKUPXY', 'NEGBINOMIAL', 'OSTATE', 'PAUSE', 'QELEM',
  'QLEN', 'REWORK', 'RUNCOUNT', 'SENSIRUNCOUNT', 'SOUND', 'SWITCH', 'THROUGHPUT',
];

// biome-ignore format: a list of names
const vensim = [
  'A FUNCTION OF', 'ALLOC P', 'ALLOCATE AVAILABLE', 'ALLOCATE BY PRIORITY', 'CUMULATE', 'CUMULATEF', 'DELAY BATCH',
  'DELAY CONVEYOR', 'DELAY INFORMATION', 'DELAY MATERIAL', 'DELAY PROFILE', 'DELAYP', 'DEMAND AT PRICE',
  'FIND MARKET PRICE', 'FIND ZERO', 'GET 123 CONSTANTS', 'GET 123 DATA', 'GET 123 LOOKUPS', 'GET DATA AT TIME',
  'GET DATA BETWEEN TIMES', 'GET DATA FIRST TIME', 'GET DATA LAST TIME', 'GET DATA MAX', 'GET DATA MEAN', 'GET DATA MEDIAN',
  'GET DATA MIN', 'GET DATA STDV', 'GET DATA TOTAL POINTS', 'GET DIRECT CONSTANTS', 'GET DIRECT DATA', 'GET DIRECT LOOKUPS',
  'GET DIRECT SUBSCRIPT', 'GET ODBC CONSTANTS', 'GET ODBC DATA', 'GET ODBC LOOKUPS', 'GET TIME VALUE', 'GET VDF CONSTANTS',
  'GET VDF DATA', 'GET VDF LOOKUPS', 'GET XLS CONSTANTS', 'GET XLS DATA', 'GET XLS LOOKUPS', 'GET XLS SUBSCRIPT',
  'INTERNAL RATE OF RETURN', 'INVERT MATRIX', 'MARKETP', 'MESSAGE', 'MULTI ATTRIBUTE LOGIT', 'NET PRESENT VALUE', 'NPVE',
  'QUEUE AGE AVERAGE', 'QUEUE AGE IN RANGE', 'QUEUE AGE OLDEST', 'QUEUE ATTRIB AVERAGE', 'QUEUE FIFO', 'QUEUE FIFO ATTRIB',
  'RANDOM LOOKUP', 'RANDOM NEGATIVE BINOMIAL', 'RANDOM PINK NOISE', 'REINITIAL', 'SHIFT IF TRUE', 'SIMULTANEOUS', 'SSHAPE',
  'SUPPLY AT PRICE', 'TABBED ARRAY', 'TIME SHIFT', 'TREND N', 'VECTOR ELM MAP', 'VECTOR LOOKUP', 'VECTOR RANK', 'VECTOR REORDER',
  'VECTOR SELECT', 'VECTOR SORT ORDER',
];

/** As many arguments as an equation can hold: the call fails whatever it is given. */
const manyArguments = 1000;

export const unsupportedBuiltins: readonly Builtin[] = [
  ...stella.map((name) => unsupported(name, 'Stella')),
  ...vensim.map((name) => unsupported(name, 'Vensim')),
];

function unsupported(name: string, tool: string): Builtin {
  return {
    name,
    synonyms: [],
    // One at least, so that a variable of that name is never taken for a value without arguments.
    arity: [1, manyArguments],
    arrays: 'all',
    units: { kind: 'result', of: 'unknown' },
    summary: `A function of ${tool} that is not supported.`,
    parameters: ['…'],
    lower: (site) => site.fail('builtin.unsupported', { function: name, tool }),
  };
}
