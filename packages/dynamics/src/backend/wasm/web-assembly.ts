/**
 * What is used of WebAssembly, which is the same in Node and in browsers; only the types of browsers describe it, and
 * this package does not lean on those.
 */
interface Host {
  WebAssembly?: {
    validate(bytes: Uint8Array<ArrayBuffer>): boolean;
    Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
    Instance: new (
      module: object,
      imports: Record<string, Record<string, unknown>>,
    ) => { exports: Record<string, unknown> };
    Memory: new (limits: { initial: number; maximum?: number }) => { buffer: ArrayBuffer };
  };
}

/** Undefined where the host has no WebAssembly. */
export function webAssembly(): Host['WebAssembly'] {
  return (globalThis as Host).WebAssembly;
}
