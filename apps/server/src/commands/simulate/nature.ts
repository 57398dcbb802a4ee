import type { Chance } from './chance.ts';

/** What a brand and its market are like; drawn once. */
export interface Nature {
  /** People within reach for each member of the size asked for. */
  reachPerMember: number;
  /** Members at the start, of the size asked for. */
  startShare: number;
  /** People who come within reach later, of all. */
  lateShare: number;
  cities: number;
  groupCapacity: number;
  /** Share of a full group that must act for the median member to be set off by the posts; and the spread, on the logarithm. */
  thresholdShare: number;
  thresholdSpread: number;
  /** How much readier to act somebody is whose threshold is passed. */
  ignition: number;
  /** Readiness to act, overall. */
  liveliness: number;
  contentQuality: number;
  /** Chance that an order satisfies. */
  productQuality: number;
  refundChance: number;
  /** Chance that a viewer of average means buys in a session. */
  conversion: number;
  /** Readiness to become a member after contact. */
  joinEase: number;
  inviteAcceptance: number;
  leaving: number;
  /** Chance a day that a member loses most of the liking for the brand. */
  movingOn: number;
  /** Days between needs of a buyer. */
  cycleDays: number;
  /** Usual price of a product, in units of the currency. */
  price: number;
  marginShare: number;
  /** Exposures of a session by the algorithm, of the people within reach, at middling heat. */
  exposure: number;
  budgetPerMember: number;
  adSpendPerMember: number;
  couponDepth: number;
  /** Growth of the efforts a year, on the logarithm. */
  ambition: number;
  /** Deviation and daily memory of what moves everybody at once, on the logarithm. */
  moodDeviation: number;
  moodMemory: number;
  /** The same of the market's demand over months, by the day. */
  tideDeviation: number;
  tideMemory: number;
  /** Factors of activity and of buying from Monday to Sunday. */
  weekActivity: number[];
  weekBuying: number[];
}

/** Draws what a brand is like. The ranges are wide enough that brands grow, fill their market, stagnate or decline. */
export function natureOf(chance: Chance): Nature {
  const { between } = chance;
  const weekend = between(-0.15, 0.3);
  return {
    reachPerMember: between(1.5, 3),
    startShare: between(0.08, 0.65),
    lateShare: between(0, 0.35),
    cities: 4 + chance.below(9),
    groupCapacity: 60 + 20 * chance.below(8),
    thresholdShare: between(0.06, 0.22),
    thresholdSpread: between(0.15, 0.7),
    ignition: between(0.6, 2.6),
    liveliness: between(0.4, 0.95),
    contentQuality: between(0.7, 1.35),
    productQuality: between(0.7, 0.95),
    refundChance: between(0.03, 0.14),
    conversion: between(0.035, 0.1),
    joinEase: between(0.5, 1.5),
    inviteAcceptance: between(0.12, 0.4),
    leaving: between(0.5, 2.2),
    movingOn: 0.0018 * chance.around(0.6),
    cycleDays: between(25, 75),
    price: 110 * chance.around(0.45),
    marginShare: between(0.35, 0.65),
    exposure: between(0.15, 0.5),
    budgetPerMember: 0.2 * chance.around(0.3),
    adSpendPerMember: 0.08 * chance.around(0.4),
    couponDepth: between(0.1, 0.25),
    ambition: between(-0.5, 0.6),
    moodDeviation: between(0.03, 0.1),
    moodMemory: between(0.75, 0.95),
    tideDeviation: between(0.05, 0.22),
    tideMemory: between(0.985, 0.996),
    weekActivity: week(chance, weekend * 0.6, 0.03),
    weekBuying: week(chance, weekend, 0.06),
  };
}

function week(chance: Chance, weekend: number, spread: number): number[] {
  const raw = [0, 0, 0, 0, 0.04, weekend, weekend].map((value) => Math.exp(value + spread * chance.normal()));
  const mean = raw.reduce((sum, value) => sum + value, 0) / 7;
  return raw.map((value) => value / mean);
}
