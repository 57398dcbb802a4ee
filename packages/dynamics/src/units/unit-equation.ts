import { plain } from '../expression/name.ts';

/** One named unit of a unit equation. */
export interface UnitFactor {
  name: string;
  exponent: number;
}

/** Far beyond any unit, near enough to keep what is made of them small. */
const longestText = 1000;
const deepestNesting = 20;

/**
 * The factors of a unit equation, `people/(km^2*year)` (XMILE 1.0 §3.3.6): names joined by `*` or `-` (which is
 * multiplication too), `/` and `^`, with 1 for nothing. The word `per` divides, as in Stella (`Months Per Year`), unless
 * `isName` knows the whole as a name. Undefined when the text is none.
 */
export function readUnitEquation(text: string, isName: (name: string) => boolean): UnitFactor[] | undefined {
  if (text.length > longestText) return undefined;
  const tokens = tokensOf(text);
  if (tokens === undefined || tokens.length === 0) return undefined;
  return new Reader(tokens, isName).equation();
}

type Token =
  | { kind: 'symbol'; text: string }
  | { kind: 'number'; value: number }
  /** The words of a name; between quotes it is one word. */
  | { kind: 'words'; words: string[]; quoted: boolean };

function tokensOf(text: string): Token[] | undefined {
  const pattern =
    /[\s_]+|(?<symbol>[-*/^()])|(?<number>\d+(?:\.\d*)?|\.\d+)(?![\w$.]|[^\p{ASCII}])|(?<quoted>"(?:[^"\\]|\\.)*")|(?<word>%|(?:[A-Za-z$]|[^\p{ASCII}\s])(?:[A-Za-z\d$]|[^\p{ASCII}\s])*)/uy;
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) return undefined;
    at += found[0].length;
    const { symbol, number, quoted, word } = found.groups!;
    const last = tokens.at(-1);
    if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol });
    else if (number !== undefined && last?.kind === 'words' && !last.quoted) last.words.push(number);
    else if (number !== undefined) tokens.push({ kind: 'number', value: Number(number) });
    else if (quoted !== undefined) tokens.push({ kind: 'words', words: [plain(quoted)], quoted: true });
    else if (word !== undefined && last?.kind === 'words' && !last.quoted) last.words.push(word);
    else if (word !== undefined) tokens.push({ kind: 'words', words: [word], quoted: false });
  }
  return tokens;
}

class Reader {
  readonly #tokens: readonly Token[];
  readonly #isName: (name: string) => boolean;
  #at = 0;

  constructor(tokens: readonly Token[], isName: (name: string) => boolean) {
    this.#tokens = tokens;
    this.#isName = isName;
  }

  equation(): UnitFactor[] | undefined {
    const factors = this.#product(0);
    return this.#at === this.#tokens.length ? factors : undefined;
  }

  #product(depth: number): UnitFactor[] | undefined {
    const factors: UnitFactor[] = [];
    let sign = this.#takes('/') ? -1 : 1;
    for (;;) {
      const factor = this.#factor(depth);
      if (factor === undefined) return undefined;
      for (const { name, exponent } of factor) factors.push({ name, exponent: exponent * sign });
      if (this.#takes('*') || this.#takes('-')) sign = 1;
      else if (this.#takes('/')) sign = -1;
      else if (this.#isPer()) sign = 1;
      else return factors;
    }
  }

  #factor(depth: number): UnitFactor[] | undefined {
    const isWords = this.#tokens[this.#at]?.kind === 'words';
    const base = this.#base(depth);
    if (base === undefined || !this.#takes('^')) return base;
    const exponent = this.#exponent();
    if (exponent === undefined) return undefined;
    // Of `Meters per Second^2` the exponent belongs to the last name.
    return base.map((factor, at) => {
      const isMeant = !isWords || at === base.length - 1;
      return isMeant ? { name: factor.name, exponent: factor.exponent * exponent } : factor;
    });
  }

  #base(depth: number): UnitFactor[] | undefined {
    const token = this.#tokens[this.#at];
    if (token === undefined || depth > deepestNesting) return undefined;
    this.#at++;
    if (token.kind === 'number') return token.value === 1 ? [] : undefined;
    if (token.kind === 'words') return this.#named(token.words, token.quoted);
    if (token.text !== '(') return undefined;
    const inner = this.#product(depth + 1);
    return this.#takes(')') ? inner : undefined;
  }

  #named(words: readonly string[], quoted: boolean): UnitFactor[] | undefined {
    const whole = words.join(' ');
    if (quoted || this.#isName(whole)) return whole === '' ? undefined : [{ name: whole, exponent: 1 }];
    const factors: UnitFactor[] = [];
    let name: string[] = [];
    let exponent = 1;
    for (const word of [...words, 'per']) {
      if (word.toLowerCase() !== 'per') {
        name.push(word);
        continue;
      }
      const isFirst = exponent === 1;
      if (name.length === 0 && !isFirst) return undefined;
      if (name.length > 0) factors.push({ name: name.join(' '), exponent });
      name = [];
      exponent = -1;
    }
    return factors.length === 0 ? undefined : factors;
  }

  #exponent(): number | undefined {
    const inner = this.#takes('(');
    const sign = this.#takes('-') ? -1 : 1;
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'number') return undefined;
    this.#at++;
    return inner && !this.#takes(')') ? undefined : sign * token.value;
  }

  /** Whether `per` and a name follow, as in `1 per year`. */
  #isPer(): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === 'words' && !token.quoted && token.words[0]?.toLowerCase() === 'per';
  }

  #takes(symbol: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'symbol' || token.text !== symbol) return false;
    this.#at++;
    return true;
  }
}
