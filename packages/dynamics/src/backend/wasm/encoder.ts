/** Value types of WebAssembly by their binary code (WebAssembly Core Specification 2.0, §5.3.1 to §5.3.3). */
export const valueTypes = { i32: 0x7f, i64: 0x7e, f64: 0x7c, v128: 0x7b } as const;

export type ValueType = keyof typeof valueTypes;

export interface FunctionType {
  params: readonly ValueType[];
  results: readonly ValueType[];
}

/** Bytes that grow, with the encodings of WebAssembly: LEB128, names, little-endian doubles (§5.2). */
export class ByteWriter {
  #bytes: Uint8Array;
  #view: DataView;
  length = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** A view of what has been written; valid until more is. */
  get bytes(): Uint8Array<ArrayBufferLike> {
    return this.#bytes.subarray(0, this.length);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.length++] = value;
  }

  unsigned(value: number): void {
    this.#reserve(5);
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.#bytes[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.length++] = rest;
  }

  /** A signed whole number of up to 32 bits. */
  signed(value: number): void {
    this.#reserve(5);
    let rest = value | 0;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
      this.#bytes[this.length++] = done ? low : low | 0x80;
      if (done) return;
    }
  }

  float64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  bits64(value: bigint): void {
    this.#reserve(8);
    this.#view.setBigUint64(this.length, value, true);
    this.length += 8;
  }

  name(text: string): void {
    const encoded = new TextEncoder().encode(text);
    this.unsigned(encoded.length);
    this.append(encoded);
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  #reserve(more: number): void {
    if (this.length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + more));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

const sections = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;
const magicAndVersion = new Uint8Array([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
const functionForm = 0x60;

/**
 * A module in the making, written as a binary without any tool. Its memory is imported, so that the host decides its
 * size. Functions are numbered as WebAssembly numbers them: all imports have to be named before the first function.
 */
export class ModuleWriter {
  readonly #types: string[] = [];
  readonly #typeBytes = new ByteWriter();
  readonly #imports = new Map<string, number>();
  readonly #importBytes = new ByteWriter();
  readonly #functionTypes: number[] = [];
  readonly #bodies: (Uint8Array | undefined)[] = [];
  readonly #exports: { name: string; index: number }[] = [];

  /** The index of the function `module.field`, imported at its first mention. */
  importFunction(module: string, field: string, type: FunctionType): number {
    const key = `${module}.${field}`;
    const known = this.#imports.get(key);
    if (known !== undefined) return known;
    if (this.#functionTypes.length > 0) throw new Error('imports come before functions');
    this.#importBytes.name(module);
    this.#importBytes.name(field);
    this.#importBytes.byte(0x00);
    this.#importBytes.unsigned(this.#typeIndex(type));
    this.#imports.set(key, this.#imports.size);
    return this.#imports.size - 1;
  }

  /** The index of a function whose body is given later, so that functions can call each other. */
  declareFunction(type: FunctionType, exportName?: string): number {
    const index = this.#imports.size + this.#functionTypes.length;
    this.#functionTypes.push(this.#typeIndex(type));
    this.#bodies.push(undefined);
    if (exportName !== undefined) this.#exports.push({ name: exportName, index });
    return index;
  }

  /** `body` is what `FunctionBody.finish` gives. */
  defineFunction(index: number, body: Uint8Array): void {
    this.#bodies[index - this.#imports.size] = body;
  }

  /** The binary; `memory.pages` is imported as `host.memory`. */
  finish({ memoryPages }: { memoryPages: number }): Uint8Array<ArrayBuffer> {
    const out = new ByteWriter(1024 + this.#bodies.reduce((sum, body) => sum + (body?.length ?? 0) + 8, 0));
    out.append(magicAndVersion);
    section(out, sections.type, this.#types.length, this.#typeBytes);
    this.#importBytes.name('host');
    this.#importBytes.name('memory');
    this.#importBytes.byte(0x02);
    this.#importBytes.byte(0x00);
    this.#importBytes.unsigned(memoryPages);
    section(out, sections.import, this.#imports.size + 1, this.#importBytes);
    const functions = new ByteWriter();
    for (const type of this.#functionTypes) functions.unsigned(type);
    section(out, sections.function, this.#functionTypes.length, functions);
    const exported = new ByteWriter();
    for (const { name, index } of this.#exports) {
      exported.name(name);
      exported.byte(0x00);
      exported.unsigned(index);
    }
    section(out, sections.export, this.#exports.length, exported);
    const code = new ByteWriter(out.bytes.length);
    for (const body of this.#bodies) {
      if (body === undefined) throw new Error('a function was declared and not defined');
      code.unsigned(body.length);
      code.append(body);
    }
    section(out, sections.code, this.#bodies.length, code);
    return new Uint8Array(out.bytes);
  }

  #typeIndex({ params, results }: FunctionType): number {
    const key = `${params.join()}:${results.join()}`;
    const known = this.#types.indexOf(key);
    if (known !== -1) return known;
    this.#typeBytes.byte(functionForm);
    this.#typeBytes.unsigned(params.length);
    for (const param of params) this.#typeBytes.byte(valueTypes[param]);
    this.#typeBytes.unsigned(results.length);
    for (const result of results) this.#typeBytes.byte(valueTypes[result]);
    return this.#types.push(key) - 1;
  }
}

function section(out: ByteWriter, id: number, entries: number, content: ByteWriter): void {
  const count = new ByteWriter(5);
  count.unsigned(entries);
  out.byte(id);
  out.unsigned(count.length + content.length);
  out.append(count.bytes);
  out.append(content.bytes);
}
