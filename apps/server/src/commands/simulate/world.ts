import type { Day } from '#lib/time.ts';
import type { Chance } from './chance.ts';
import type { About, SimulatedEvent } from './event.ts';
import type { People } from './people.ts';
import type { BrandPlan, Levers } from './plan.ts';
import type { Promotion } from './promotion.ts';

/** A group of members with a bounded number of places. */
export interface Group {
  about: About;
  city: number;
  size: number;
  /** Posts of today, and what members still see of those of the days before. */
  posts: number;
  buzz: number;
}

export interface Product {
  about: About;
  priceMinor: number;
  costMinor: number;
}

/** A piece of content while anybody still sees it. */
export interface Piece {
  about: About;
  kind: ContentKind;
  /** How much it draws now; loses `keep` a day. */
  appeal: number;
  keep: number;
  partner: number;
}
export type ContentKind = 'community' | 'live' | 'short_video' | 'offline';

export interface Partner {
  about: About;
  person: number;
  audience: Int32Array;
  isActive: boolean;
  lastSaleDay: number;
}

/** How people became members. */
export type JoinSource = 'invitation' | 'live' | 'content' | 'koc' | 'order' | 'offline';
export type OrderSource = 'live' | 'content' | 'habit' | 'passers_by';

/** What a day came to, for the truth. */
export interface Tally {
  joined: Record<JoinSource, number>;
  rejoined: number;
  left: number;
  acted: number;
  pastThreshold: number;
  orders: Record<OrderSource, number>;
  exposures: number;
  views: number;
  interactions: number;
}

/** The day that is being lived. */
export interface Today {
  index: number;
  day: Day;
  startMs: number;
  lengthMs: number;
  /** 0 = Monday. */
  weekday: number;
  levers: Levers;
  promotion: Promotion | undefined;
  isHoliday: boolean;
  /** What moves everybody at once. */
  mood: number;
  /** How much is bought in the whole market, 1 = usual. */
  demand: number;
  /** What the platform makes of rooms like the brand's, 1 = usual. */
  favour: number;
  events: SimulatedEvent[];
  tally: Tally;
}

/** The brand and its people between two days. */
export interface World {
  plan: BrandPlan;
  chance: Chance;
  people: People;
  groups: Group[];
  /** Newest group with places left, by city. */
  openGroups: Map<number, number>;
  products: Product[];
  hosts: number[];
  pieces: Piece[];
  partners: Partner[];
  /** How far the platform's algorithm favours the rooms, 0 to 1. */
  heat: number;
  /** Logarithms of what moves everybody: from day to day, and over the months. */
  mood: number;
  tide: number;
  /** Events that are to come, by the index of their day. */
  coming: Map<number, SimulatedEvent[]>;
  /** Persons whose need may be due, by the index of the day. */
  needs: Map<number, number[]>;
  counters: { orders: number; pieces: number; sessionsDue: number };
}

export function emptyTally(): Tally {
  return {
    joined: { invitation: 0, live: 0, content: 0, koc: 0, order: 0, offline: 0 },
    rejoined: 0,
    left: 0,
    acted: 0,
    pastThreshold: 0,
    orders: { live: 0, content: 0, habit: 0, passers_by: 0 },
    exposures: 0,
    views: 0,
    interactions: 0,
  };
}

const nothing: About = {};

interface Detail {
  about?: About;
  quantity?: number;
  amountMinor?: number;
  props?: Record<string, unknown>;
}

/** Makes an event, kept within its day. */
export function happen(today: Today, type: string, person: number, atMs: number, detail: Detail = {}): void {
  const lastMs = today.startMs + today.lengthMs - 1;
  today.events.push(made(type, person, Math.min(Math.max(Math.floor(atMs), today.startMs), lastMs), detail));
}

function made(type: string, person: number, atMs: number, detail: Detail): SimulatedEvent {
  return {
    type,
    atMs,
    person,
    about: detail.about ?? nothing,
    quantity: detail.quantity,
    amountMinor: detail.amountMinor,
    props: detail.props,
  };
}

/** Makes an event of a later day, at about the same hour; which moment of that day is settled when it comes. */
export function happenLater(
  world: World,
  index: number,
  type: string,
  person: number,
  atMs: number,
  detail: Detail,
): void {
  const list = world.coming.get(index);
  const event = made(type, person, atMs, detail);
  if (list) list.push(event);
  else world.coming.set(index, [event]);
}

/** A moment of today around an hour of the clock. */
export function momentAround(world: World, today: Today, hour: number, deviationHours: number): number {
  const wall = hour + deviationHours * world.chance.normal();
  const within = Math.min(23.98, Math.max(0.01, wall));
  return today.startMs + (within / 24) * today.lengthMs;
}

/** The coupon of the promotion of the day. */
export function couponOf(today: Today): string {
  return `coupon-${today.promotion?.from ?? today.day}`;
}
