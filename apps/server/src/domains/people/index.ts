import { createResolver } from './resolver.ts';

export {
  type Eraser,
  type ErasureDeps,
  type ErasureResult,
  erasePerson,
  runErasures,
  type SweepDeps,
} from './erasure.ts';
export { describe, lookup, type Portrait } from './lookup.ts';
export { mergePersons, type Ruling, undoMerge } from './merge.ts';
export { maxValueLength, namespaceOf, normalise } from './namespace.ts';
export { type DeliveryDeps, deliverOverrides } from './override-delivery.ts';
export { type ExportDeps, exportPerson, type PersonalData, type PersonalSubject } from './portability.ts';
export { createResolver, type Resolution, type Resolver, type Sighting } from './resolver.ts';
export type { Names } from './timeline.ts';

/**
 * The resolver of this process, with its memory of about 100 MB at most; the event drainer uses it. What it remembers is
 * checked against Postgres on every call, so a second one beside it (another process, a test) is never wrong, only colder.
 */
export const { resolve } = createResolver();
