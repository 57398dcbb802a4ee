import type { ImportBrand, ImportRow, RowOutcome } from '#domains/imports/index.ts';
import { currencyExponent } from '#lib/money.ts';
import { OccurrenceCounter } from '#lib/occurrence.ts';
import type { ColumnSpec } from '#lib/tabular/columns.ts';
import { blankLine, type CommerceRecord, type OrderLine } from './line.ts';

const platform = 'uci';

/** Columns of "Online Retail" and of its second edition (UCI Machine Learning Repository). */
export const uciColumns: readonly ColumnSpec[] = [
  {
    field: 'invoice',
    names: ['InvoiceNo', 'Invoice'],
    kind: 'id',
    required: true,
    labelEn: 'Invoice',
    labelZh: '发票号',
  },
  { field: 'stockCode', names: ['StockCode', 'Stock Code'], kind: 'id', labelEn: 'Product code', labelZh: '商品编码' },
  { field: 'description', names: ['Description'], kind: 'text', labelEn: 'Product name', labelZh: '商品名称' },
  { field: 'quantity', names: ['Quantity'], kind: 'integer', required: true, labelEn: 'Quantity', labelZh: '数量' },
  {
    field: 'invoiceDate',
    names: ['InvoiceDate', 'Invoice Date'],
    kind: 'time',
    required: true,
    labelEn: 'Invoice time',
    labelZh: '开票时间',
  },
  {
    field: 'unitPrice',
    names: ['UnitPrice', 'Unit Price', 'Price'],
    kind: 'decimal',
    required: true,
    labelEn: 'Unit price',
    labelZh: '单价',
  },
  { field: 'customer', names: ['CustomerID', 'Customer ID'], kind: 'id', labelEn: 'Customer', labelZh: '客户' },
  { field: 'country', names: ['Country'], kind: 'text', labelEn: 'Country', labelZh: '国家' },
];

/**
 * Quantity times price in minor units, halves rounded away from zero, from the price's exact decimal text: 3 x 0.125 in a
 * currency of hundredths is 38.
 */
export function lineMinor(quantity: number, price: string, exponent: number): number {
  const negative = price.startsWith('-');
  const [whole = '0', fraction = ''] = (negative ? price.slice(1) : price).split('.');
  const scale = 10n ** BigInt(Math.max(0, fraction.length - exponent));
  const scaled = BigInt(whole + fraction.padEnd(exponent, '0')) * BigInt(Math.abs(quantity));
  const magnitude = Number((scaled * 2n + scale) / (scale * 2n));
  return magnitude === 0 || negative === quantity < 0 ? magnitude : -magnitude;
}

/** Sales, credit notes and what is neither, line by line; equal lines of an invoice are told apart by their count. */
export function uciReader(brand: ImportBrand): (row: ImportRow) => RowOutcome<CommerceRecord> {
  const occurrences = new OccurrenceCounter();
  const exponent = currencyExponent(brand.currency);
  return (row) => {
    const invoice = row.text('invoice');
    const quantity = row.integer('quantity');
    const atMs = row.timeMs('invoiceDate');
    const price = row.decimal('unitPrice');
    if (invoice === null) return rejected('invoice');
    if (quantity === null) return rejected('quantity');
    if (atMs === null) return rejected('invoiceDate');
    if (price === null) return rejected('unitPrice');
    const code = row.text('stockCode');
    const name = row.text('description');
    const customer = row.text('customer');
    const country = row.text('country');
    const key = occurrences.key(
      `${invoice}\u001f${code}\u001f${name}\u001f${quantity}\u001f${atMs}\u001f${price}\u001f${customer}\u001f${country}`,
    );
    const product = code === null ? null : { key: code, externalId: null, sku: code, name };
    const identifiers: Record<string, string> = customer === null ? {} : { member_id: customer };
    const amountMinor = lineMinor(quantity, price, exponent);
    const positivePrice = /[1-9]/.test(price) && !price.startsWith('-');
    const creditNote = /^c/i.test(invoice);
    if (creditNote && quantity < 0 && positivePrice) {
      const refund = { kind: 'refund', platform, refundNo: invoice, key, product, atMs, identifiers } as const;
      return { kind: 'records', records: [{ ...refund, quantity: -quantity, amountMinor: -amountMinor }] };
    }
    const line: OrderLine = {
      ...blankLine(platform, invoice, key),
      state: 'paid',
      paidAtMs: atMs,
      product,
      quantity,
      paidMinor: amountMinor,
      country,
      identifiers,
      excluded: exclusionOf(quantity, positivePrice, creditNote),
      // The key holds the whole line: another version of it is another line.
      fingerprint: 1,
    };
    return { kind: 'records', records: [line] };
  };
}

function exclusionOf(quantity: number, positivePrice: boolean, creditNote: boolean): OrderLine['excluded'] {
  if (quantity <= 0 || creditNote) return 'quantity_not_positive';
  return positivePrice ? null : 'price_not_positive';
}

function rejected(field: string): RowOutcome<CommerceRecord> {
  return { kind: 'rejected', problems: [{ field, code: 'required_missing' }] };
}
