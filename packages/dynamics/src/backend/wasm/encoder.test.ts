import { describe, expect, it } from 'vitest';
import { ByteWriter, ModuleWriter } from './encoder.ts';
import { FunctionBody } from './function-body.ts';
import { webAssembly } from './web-assembly.ts';

const host = webAssembly()!;

function bytesOf(write: (writer: ByteWriter) => void): number[] {
  const writer = new ByteWriter(1);
  write(writer);
  return [...writer.bytes];
}

describe('bytes', () => {
  it('are LEB128 for whole numbers, as the examples of the DWARF and WebAssembly standards have them', () => {
    expect(bytesOf((to) => to.unsigned(624485))).toEqual([0xe5, 0x8e, 0x26]);
    expect(bytesOf((to) => to.unsigned(0))).toEqual([0]);
    expect(bytesOf((to) => to.unsigned(2 ** 32 - 1))).toEqual([0xff, 0xff, 0xff, 0xff, 0x0f]);
    expect(bytesOf((to) => to.signed(-123456))).toEqual([0xc0, 0xbb, 0x78]);
    expect(bytesOf((to) => to.signed(63))).toEqual([63]);
    expect(bytesOf((to) => to.signed(64))).toEqual([0xc0, 0]);
    expect(bytesOf((to) => to.signed(-64))).toEqual([0x40]);
    expect(bytesOf((to) => to.signed(-(2 ** 31)))).toEqual([0x80, 0x80, 0x80, 0x80, 0x78]);
  });

  it('are little-endian for doubles, and grow as they have to', () => {
    expect(bytesOf((to) => to.float64(1))).toEqual([0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
    expect(bytesOf((to) => to.name('né'))).toEqual([3, 0x6e, 0xc3, 0xa9]);
  });
});

describe('a module', () => {
  it('calls what it imports and gives what it exports', () => {
    const writer = new ModuleWriter();
    const double = writer.importFunction('host', 'double', { params: ['f64'], results: ['f64'] });
    expect(writer.importFunction('host', 'double', { params: ['f64'], results: ['f64'] })).toBe(double);
    const index = writer.declareFunction({ params: ['f64'], results: ['f64'] }, 'run');
    const body = new FunctionBody(1);
    const local = body.take('f64');
    body.get(0);
    body.call(double);
    body.set(local);
    body.get(local);
    body.f64(0.5);
    body.plain('f64Add');
    writer.defineFunction(index, body.finish());
    const bytes = writer.finish({ memoryPages: 1 });
    const memory = new host.Memory({ initial: 1 });
    const imports = { host: { memory, double: (x: number) => 2 * x } };
    const { exports } = new host.Instance(new host.Module(bytes), imports);
    expect((exports.run as (x: number) => number)(20.75)).toBe(42);
  });

  it('is refused when a function has no body or an import comes too late', () => {
    const writer = new ModuleWriter();
    writer.declareFunction({ params: [], results: [] }, 'run');
    expect(() => writer.importFunction('host', 'late', { params: [], results: [] })).toThrow('imports come before');
    expect(() => writer.finish({ memoryPages: 1 })).toThrow('not defined');
  });
});
