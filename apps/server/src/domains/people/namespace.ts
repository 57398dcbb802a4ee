import { isJunk, junkDevices, junkEmails, junkPhoneForm, junkPhones } from './junk.ts';

/** What Tandem knows about a namespace of identifiers. */
export interface Namespace {
  /** The higher, the more an identifier says who somebody is; an event goes to the person of its strongest identifier. */
  rank: number;
  /** Whether it names a human being by itself. Persons that only have others are anonymous and merge by rule. */
  strong: boolean;
  /** The normal form of a value, or undefined where it names nobody. */
  normalise(value: string): string | undefined;
}

/** Longest kept value in characters; a longer one is no identifier. */
export const maxValueLength = 256;

const table: Record<string, Namespace> = {
  member_id: { rank: 100, strong: true, normalise: plain },
  unionid: { rank: 95, strong: true, normalise: plain },
  wecom_external_userid: { rank: 90, strong: true, normalise: plain },
  phone: { rank: 85, strong: true, normalise: phone },
  email: { rank: 80, strong: true, normalise: email },
  openid: { rank: 70, strong: true, normalise: plain },
  douyin_open_id: { rank: 65, strong: true, normalise: plain },
  douyin_union_id: { rank: 66, strong: true, normalise: plain },
  taobao_open_uid: { rank: 64, strong: true, normalise: plain },
  taobao_nick: { rank: 60, strong: true, normalise: plain },
  tiktok_open_id: { rank: 59, strong: true, normalise: plain },
  tiktok_username: { rank: 58, strong: true, normalise: handle },
  wecom_userid: { rank: 57, strong: true, normalise: plain },
  viewer: { rank: 20, strong: false, normalise: device },
  device: { rank: 15, strong: false, normalise: device },
  anonymous_id: { rank: 12, strong: false, normalise: device },
  cookie: { rank: 10, strong: false, normalise: device },
};

/** A namespace that is not in the table says who somebody is (so that no rule merges by it), below all that are known. */
const unlisted: Namespace = { rank: 50, strong: true, normalise: plain };
/** Labels that many people share: kept in events, never identifiers. */
const label: Namespace = { rank: 0, strong: false, normalise: () => undefined };
const labels = new Set(['name', 'nickname', 'nick', 'display_name', 'ip', 'user_agent', 'city', 'address']);

/** The entry of a namespace; what follows a colon (`openid:<app>`, `viewer:<platform>`) only separates issuers. */
export function namespaceOf(namespace: string): Namespace {
  if (Object.hasOwn(table, namespace)) return table[namespace]!;
  const colon = namespace.indexOf(':');
  const family = colon < 0 ? namespace : namespace.slice(0, colon);
  if (labels.has(family)) return label;
  return (Object.hasOwn(table, family) ? table[family] : undefined) ?? unlisted;
}

/** The normal form of an identifier's value, or undefined where the value is junk: masked, filler, empty, too long. */
export function normalise(namespace: string, value: string): string | undefined {
  if (value.length > maxValueLength * 2) return undefined;
  const text = clean(value);
  if (text === '' || text.length > maxValueLength || isJunk(text.toLowerCase())) return undefined;
  return namespaceOf(namespace).normalise(text);
}

/** NFKC (full-width digits become plain ones), without control and invisible characters, white space made single. */
function clean(value: string): string {
  // Printable ASCII without edge blanks is already clean; that is nearly every value.
  if (/^[!-~]+$/.test(value)) return value;
  return value
    .toWellFormed()
    .normalize('NFKC')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
    .replaceAll(/\s+/gu, ' ')
    .trim();
}

function plain(text: string): string | undefined {
  // A spreadsheet that read a number as a float writes "12345.0".
  return /^\d+\.0+$/.test(text) ? text.slice(0, text.indexOf('.')) : text;
}

/** E.164 where the country can be told, mainland China by default; other national forms stay as their digits. */
function phone(text: string): string | undefined {
  const stripped = text
    .replace(/^tel:/i, '')
    .replace(/\.0+$/, '')
    .replaceAll(/[\s().\-–—/]/g, '');
  const international = /^(?:\+|00)(\d{7,15})$/.exec(stripped)?.[1];
  const digits = international ?? /^\d{7,15}$/.exec(stripped)?.[0];
  if (digits === undefined) return undefined;
  const normal = e164(digits, international !== undefined);
  return junkPhones.has(normal) || junkPhoneForm.test(normal) ? undefined : normal;
}

function e164(digits: string, international: boolean): string {
  if (/^86(?:1[3-9]\d{9}|[2-9]\d{8,10}|10\d{8})$/.test(digits)) return `+${digits}`;
  if (international) return `+${digits}`;
  if (/^1[3-9]\d{9}$/.test(digits)) return `+86${digits}`;
  if (/^0(?:10|2\d|[3-9]\d{2})\d{7,8}$/.test(digits)) return `+86${digits.slice(1)}`;
  return digits;
}

function email(text: string): string | undefined {
  const lower = text.replace(/^mailto:/i, '').toLowerCase();
  if (!/^[^\s@<>,;"]{1,64}@[^\s@<>,;"]+\.[^\s@.<>,;"]{2,}$/.test(lower)) return undefined;
  return junkEmails.some((form) => form.test(lower)) ? undefined : lower;
}

function handle(text: string): string | undefined {
  const lower = text.replace(/^@+/, '').toLowerCase();
  return lower === '' || isJunk(lower) ? undefined : lower;
}

function device(text: string): string | undefined {
  const folded = /^[0-9a-f:-]+$/i.test(text) ? text.toLowerCase() : text;
  // Too short to tell two devices apart.
  return folded.length < 4 || junkDevices.has(folded.toLowerCase()) ? undefined : folded;
}
