import { createResolver } from './resolver.ts';

export { maxValueLength, namespaceOf, normalise } from './namespace.ts';
export { createResolver, type Resolution, type Resolver, type Sighting } from './resolver.ts';

/**
 * The resolver of this process, with its memory of about 100 MB at most; the event drainer uses it. What it remembers is
 * checked against Postgres on every call, so a second one beside it (another process, a test) is never wrong, only colder.
 */
export const { resolve } = createResolver();
