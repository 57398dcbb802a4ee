export {
  type Eraser,
  type ErasureDeps,
  type ErasureResult,
  erasePerson,
  runErasures,
  type SweepDeps,
} from './erasure.ts';
export { keptProps } from './event-erasure.ts';
export { describe, lookup, type Portrait } from './lookup.ts';
export { mergePersons, type Ruling, undoMerge } from './merge.ts';
export { maxValueLength, namespaceOf, normalise } from './namespace.ts';
export { type DeliveryDeps, deliverOverrides } from './override-delivery.ts';
export { type ExportDeps, exportPerson, type PersonalData, type PersonalSubject } from './portability.ts';
export { createResolver, type Resolution, type Resolver, type Sighting } from './resolver.ts';
export type { Names } from './timeline.ts';
