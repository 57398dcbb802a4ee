import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ImportBrand } from '#domains/imports/index.ts';
import { type TestStores, testStores } from '../../../test/harness.ts';
import { readWith } from '../../../test/preset-reading.ts';
import { recordedFacts, writeWith } from '../../../test/recorded-facts.ts';
import { names } from './index.ts';
import { blankLine, fingerprintOf, type OrderLine } from './line.ts';
import { presets } from './presets.ts';

let stores: TestStores;
let brand: ImportBrand;

beforeAll(async () => {
  stores = await testStores();
});
afterAll(() => stores.close());
beforeEach(async () => {
  const { id } = await stores.newBrand({ currency: 'CNY', zone: 'Asia/Shanghai' });
  brand = { id, currency: 'CNY', zone: 'Asia/Shanghai' };
});

const generic = presets.find((one) => one.id === 'generic-orders')!;
const paidAtMs = Date.UTC(2026, 2, 1, 12);

function line(more: Partial<OrderLine>): OrderLine {
  const made: OrderLine = {
    ...blankLine('generic', 'O1', '1'),
    state: 'paid',
    placedAtMs: paidAtMs - 60_000,
    paidAtMs,
    quantity: 2,
    paidMinor: 1000,
    product: { key: 'p', externalId: 'p', sku: null, name: 'Cream' },
    identifiers: { phone: '+8613800138000' },
    ...more,
  };
  return { ...made, fingerprint: fingerprintOf(made) };
}

const write = (...records: OrderLine[]) => writeWith(stores.db, brand, generic, records);
const facts = async () =>
  (await recordedFacts(stores.db, brand.id)).map(
    (fact) => [fact.type, fact.amountMinor, fact.quantity, fact.occurredAtMs] as const,
  );
async function gmv(): Promise<number> {
  return (await facts())
    .filter(([type]) => type === 'order.paid' || type === 'order.adjusted')
    .reduce((sum, [, amount]) => sum + amount!, 0);
}

describe('writing order lines', () => {
  it('records once; the same again changes nothing', async () => {
    expect(await write(line({}))).toEqual({ accepted: 1, duplicate: 0, rejected: 0 });
    expect(await write(line({}), line({}))).toEqual({ accepted: 0, duplicate: 2, rejected: 0 });
    expect(await facts()).toEqual([
      ['order.placed', 1000, 2, paidAtMs - 60_000],
      ['order.paid', 1000, 2, paidAtMs],
    ]);
  });

  it('advances with a newer file and lets an older one change nothing', async () => {
    const first = line({});
    await write(first);
    const shippedAtMs = paidAtMs + 1e7;
    await write(line({ state: 'shipped', shippedAtMs }));
    await write(line({ state: 'received', shippedAtMs, receivedAtMs: paidAtMs + 2e7, paidMinor: 900 }));
    expect(await write(first)).toMatchObject({ duplicate: 1 });
    expect(await write(line({ paidMinor: 1000, city: 'late' }))).toMatchObject({ duplicate: 1 });
    expect(await facts()).toEqual([
      ['order.placed', 1000, 2, paidAtMs - 60_000],
      ['order.paid', 1000, 2, paidAtMs],
      ['order.shipped', 1000, 2, shippedAtMs],
      ['order.adjusted', -100, 0, paidAtMs],
      ['order.received', 900, 2, paidAtMs + 2e7],
    ]);
  });

  it('fills in a channel that was not final by moving the sale, not by counting it twice', async () => {
    await write(line({ channel: null, notFinal: ['channel'] }));
    await write(line({ channel: '直播' }));
    const all = await recordedFacts(stores.db, brand.id);
    expect(all.slice(2).map((fact) => [fact.type, fact.amountMinor, fact.quantity, fact.channel])).toEqual([
      ['order.adjusted', -1000, -2, undefined],
      ['order.adjusted', 1000, 2, '直播'],
    ]);
    expect(await gmv()).toBe(1000);
    const { rows } = await stores.db.pool.query(
      'select channel, not_final from commerce.order_lines where brand_id = $1',
      [brand.id],
    );
    expect(rows).toEqual([{ channel: '直播', not_final: [] }]);
  });

  it('waits with the sale while its amount is not final', async () => {
    await write(line({ paidMinor: null, payableMinor: 1200, notFinal: ['paidMinor'] }));
    expect(await gmv()).toBe(0);
    await write(line({ paidMinor: 1100, payableMinor: 1200 }));
    expect(await gmv()).toBe(1100);
  });

  it('records refunds on their own time and only what is new of them', async () => {
    const refund = (amountMinor: number | null, atMs: number) => ({
      amountMinor,
      quantity: null,
      atMs,
      timeBasis: 'refund' as const,
    });
    await write(line({}));
    await write(line({ refund: refund(300, paidAtMs + 5e7) }));
    await write(line({ refund: refund(null, paidAtMs + 9e7) }));
    await write(line({ refund: refund(300, paidAtMs + 5e7) }));
    expect((await facts()).filter(([type]) => type === 'refund.succeeded')).toEqual([
      ['refund.succeeded', 300, 0, paidAtMs + 5e7],
      ['refund.succeeded', 700, 2, paidAtMs + 9e7],
    ]);
    const { rows } = await stores.db.pool.query(
      'select sum(amount_minor)::int as sum, count(*)::int as n from commerce.refunds where brand_id = $1',
      [brand.id],
    );
    expect(rows).toEqual([{ sum: 1000, n: 2 }]);
  });

  it('keeps what is no sale out of GMV, with the reason', async () => {
    await write(line({ excluded: 'cancelled_unpaid', state: 'cancelled', paidAtMs: null, closedAtMs: paidAtMs + 5 }));
    const all = await recordedFacts(stores.db, brand.id);
    expect(all.map((fact) => [fact.type, fact.props?.reason])).toEqual([
      ['order.placed', undefined],
      ['order.excluded', 'cancelled_unpaid'],
    ]);
  });

  it('shares amounts of the whole order over its lines, exactly', async () => {
    const amounts = { paidMinor: 1000, receivedMinor: null, freightMinor: 7, refundMinor: 400 };
    const claim = (quantity: number | null) => ({
      amountMinor: 0,
      quantity,
      atMs: paidAtMs + 9,
      timeBasis: 'updated' as const,
    });
    const lines = ['a', 'b', 'c'].map((lineKey, index) =>
      line({ lineKey, paidMinor: 300, orderAmounts: amounts, refund: claim(index === 1 ? 1 : null) }),
    );
    await write(...lines);
    expect(await write(...lines)).toMatchObject({ duplicate: 3 });
    const { rows } = await stores.db.pool.query(
      'select paid_minor, freight_minor, refunded_minor from commerce.order_lines where brand_id = $1 order by line_key',
      [brand.id],
    );
    expect(rows).toEqual([
      { paid_minor: 334, freight_minor: 3, refunded_minor: 0 },
      { paid_minor: 333, freight_minor: 2, refunded_minor: 400 },
      { paid_minor: 333, freight_minor: 2, refunded_minor: 0 },
    ]);
    expect(await gmv()).toBe(1000);
  });

  it('whatever the versions and their order, GMV recorded is the newest known amount and nothing repeats', async () => {
    const version = fc.record({
      paidMinor: fc.integer({ min: 1, max: 100_000 }),
      quantity: fc.integer({ min: 1, max: 9 }),
      channel: fc.constantFrom(null, '直播', '短视频'),
      state: fc.constantFrom('paid' as const, 'shipped' as const, 'received' as const),
    });
    let orderNo = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(version, { minLength: 1, maxLength: 6 }), async (versions) => {
        const order = `P${++orderNo}`;
        const read = versions.map((one) => line({ ...one, orderNo: order }));
        for (const one of read) await write(one);
        const again = await write(...read);
        expect(again.accepted).toBe(0);
        const { rows } = await stores.db.pool.query(
          `select l.id, l.gmv_minor, l.paid_minor, l.gmv_quantity from commerce.order_lines l join commerce.orders o using (brand_id)
           where l.order_id = o.id and brand_id = $1 and o.order_no = $2`,
          [brand.id, order],
        );
        const own = (await recordedFacts(stores.db, brand.id)).filter(
          (fact) => String(fact.props?.lineId) === `lin_${rows[0].id.replaceAll('-', '')}`,
        );
        const sales = own.filter((fact) => fact.type === 'order.paid' || fact.type === 'order.adjusted');
        expect(sales.reduce((sum, fact) => sum + fact.amountMinor!, 0)).toBe(rows[0].paid_minor);
        expect(sales.reduce((sum, fact) => sum + (fact.quantity ?? 0), 0)).toBe(rows[0].gmv_quantity);
        expect(new Set(own.map((fact) => fact.id)).size).toBe(own.length);
        expect(own.filter((fact) => fact.type === 'order.paid')).toHaveLength(1);
      }),
      { numRuns: 15 },
    );
  });

  it('names products by their newest sale and creators as orders do', async () => {
    await write(line({ partner: { key: ['88'], name: '小美' } }));
    await write(
      line({
        orderNo: 'O2',
        paidAtMs: paidAtMs + 1000,
        product: { key: 'p', externalId: 'p', sku: null, name: 'Cream 2' },
      }),
    );
    await write(
      line({
        orderNo: 'O3',
        paidAtMs: paidAtMs - 1000,
        product: { key: 'p', externalId: 'p', sku: null, name: 'Old cream' },
      }),
    );
    const all = await recordedFacts(stores.db, brand.id);
    const [product, partner] = [all[0]!.productId!, all[0]!.partnerId!];
    const [products, creators] = await stores.db.brand(brand.id, async (tx) => [
      await names(tx, brand.id, 'product', [product, 'prd_unknown']),
      await names(tx, brand.id, 'koc', [partner]),
    ]);
    expect([...products]).toEqual([[product, 'Cream 2']]);
    expect([...creators]).toEqual([[partner, '小美']]);
  });

  it('lets one brand see nothing of another', async () => {
    await write(line({}));
    const other = await stores.newBrand();
    const seen = await stores.db.brand(other.id, (tx) => names(tx, brand.id, 'product', []));
    expect(seen.size).toBe(0);
    const client = await stores.db.pool.connect();
    try {
      await client.query('begin');
      await client.query(`select set_config('role', 'tandem_app', true), set_config('tandem.brand_id', $1, true)`, [
        other.id,
      ]);
      for (const table of ['orders', 'order_lines', 'products', 'refunds', 'mentions']) {
        const { rows } = await client.query(`select count(*)::int as n from commerce.${table}`);
        expect(rows).toEqual([{ n: 0 }]);
      }
      await client.query('rollback');
    } finally {
      client.release();
    }
  });
});

describe('uci-online-retail', () => {
  it('reads an excerpt of the real file: sales, refunds and what is neither, to the penny', async () => {
    const preset = presets.find((one) => one.id === 'uci-online-retail')!;
    const pounds: ImportBrand = { ...(await stores.newBrand()), currency: 'GBP', zone: 'Europe/London' };
    const excerpt = await readFile(new URL('./fixtures/online-retail-excerpt.csv', import.meta.url));
    const read = await readWith(preset, excerpt, { brand: pounds });
    expect(read.rejected).toEqual([]);
    const written = await writeWith(stores.db, pounds, preset, read.records);
    expect(written).toEqual({ accepted: read.records.length, duplicate: 0, rejected: 0 });
    expect(
      await writeWith(stores.db, pounds, preset, (await readWith(preset, excerpt, { brand: pounds })).records),
    ).toMatchObject({ accepted: 0 });
    const all = await recordedFacts(stores.db, pounds.id);
    const sum = (type: string, known: boolean) =>
      all
        .filter((fact) => fact.type === type && (fact.identifiers?.member_id !== undefined) === known)
        .reduce((total, fact) => ({ lines: total.lines + 1, minor: total.minor + fact.amountMinor! }), {
          lines: 0,
          minor: 0,
        });
    expect({
      sales: sum('order.paid', true),
      salesUnknown: sum('order.paid', false),
      refunds: sum('refund.succeeded', true),
      excluded: sum('order.excluded', false).lines + sum('order.excluded', true).lines,
    }).toEqual({
      // Summed apart from this code, with decimal arithmetic, over the same excerpt.
      sales: { lines: 50, minor: 118_705 },
      salesUnknown: { lines: 41, minor: 1_130_388 },
      refunds: { lines: 12, minor: 20_293 },
      excluded: 38,
    });
  });
});
