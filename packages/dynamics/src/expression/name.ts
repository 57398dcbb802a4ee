/** The words that are operators or statements, upper case. Between quotes they are names like any other. */
export const keywords: ReadonlySet<string> = new Set(['IF', 'THEN', 'ELSE', 'AND', 'OR', 'NOT', 'MOD']);

/**
 * The form of an identifier that is equal for all its spellings (XMILE 1.0 §3.2.2): without regard to case (Unicode
 * simple folding); a run of blanks, line breaks, non-breaking spaces, underscores and escaped line breaks (`\n`) is one
 * `_`; outer blanks and quotes are no part of it. A dot is an ordinary character here: for a reference such as
 * `module.x` use `pathOf`.
 */
export function canonical(name: string): string {
  return fold(plain(name).replace(/[\p{Cc} \u00a0_]+/gu, '_'));
}

/** An identifier as people read it: without quotes and outer blanks, escapes resolved. */
export function plain(name: string): string {
  const trimmed = trim(name);
  const inner = isQuoted(trimmed) ? trimmed.slice(1, -1) : trimmed;
  return trim(inner.replace(/\\(["\\n])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)));
}

/**
 * The identifiers of a reference, canonical: `a.b.c` goes through the modules a and b. A dot between quotes belongs to
 * the identifier. A reference from the whole (`.x`) begins with an empty identifier.
 */
export function pathOf(reference: string): string[] {
  return segmentsOf(reference).map(canonical);
}

/** The identifiers of a reference as written, quotes included. */
export function segmentsOf(reference: string): string[] {
  const segments: string[] = [];
  let begin = 0;
  let quoted = false;
  for (let at = 0; at < reference.length; at++) {
    const character = reference[at];
    if (quoted && character === '\\') at++;
    else if (character === '"') quoted = !quoted;
    else if (character === '.' && !quoted) {
      segments.push(reference.slice(begin, at));
      begin = at + 1;
    }
  }
  segments.push(reference.slice(begin));
  return segments;
}

/**
 * An identifier as an equation must write it: blanks as `_`, and between quotes where it has other characters than an
 * unquoted identifier may have, or is a word of the language.
 */
export function quoteName(name: string): string {
  const text = plain(name);
  const joined = text.replace(/[\p{Cc} \u00a0]+/gu, '_');
  if (isBareName(joined)) return joined;
  const escaped = text.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
  return `"${escaped}"`;
}

/**
 * Source of the pattern of an unquoted identifier: letters, digits, `_`, `$` and everything above ASCII (XMILE 1.0
 * §3.2.1), but not first digits and `$`. Blanks other than XMILE's own, and marks that nobody sees, are left out: two
 * names that differ by them look the same. The two joiners that scripts of India and Iran need may stand inside.
 */
export const bareName = (() => {
  const above = String.raw`(?!\s|\p{Cc}|(?![\u200c\u200d])\p{Cf})[\u0080-\u{10ffff}]`;
  const next = String.raw`(?:[\w$]|${above})`;
  return String.raw`(?:[A-Za-z_]|${above})(?:${next}|(?:\\n|\u00a0)+(?=${next}))*`;
})();

const wholeBareName = new RegExp(`^${bareName}$`, 'u');

/** Whether an identifier can stand in an equation without quotes and is no word of the language. */
export function isBareName(name: string): boolean {
  return wholeBareName.test(name) && !isKeyword(name);
}

export function isKeyword(text: string): boolean {
  return /^[A-Za-z]{2,4}$/.test(text) && keywords.has(text.toUpperCase());
}

/** Whether quotes stand around the whole text. */
export function isQuoted(text: string): boolean {
  return text.length >= 2 && /^"(?:[^"\\]|\\[\s\S])*"$/.test(text);
}

/** Blanks of XMILE (control characters count as such) and no others. */
function trim(text: string): string {
  let begin = 0;
  let end = text.length;
  while (begin < end && isBlank(text.charCodeAt(begin))) begin++;
  while (end > begin && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(begin, end);
}

function isBlank(code: number): boolean {
  return code <= 0x20 || (code >= 0x7f && code <= 0xa0);
}

function fold(name: string): string {
  if (/^\p{ASCII}*$/u.test(name)) return name.toLowerCase();
  return Array.from(name, foldCharacter).join('');
}

/**
 * Simple folding by character. `toLowerCase` of a whole text would make a final sigma of the last one, and give two
 * characters for İ; the dotless ı has the upper case I and is another letter all the same (CaseFolding.txt).
 */
function foldCharacter(character: string): string {
  if (character === 'ı') return character;
  const upper = character.toUpperCase();
  const lower = (isOne(upper) ? upper : character).toLowerCase();
  return isOne(lower) ? lower : character;
}

function isOne(text: string): boolean {
  return text.length === 1 || (text.length === 2 && text.codePointAt(0)! > 0xffff);
}
