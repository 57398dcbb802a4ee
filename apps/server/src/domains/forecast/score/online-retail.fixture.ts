import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import type { Snapshot } from '../task.ts';

const file = new URL('../../../../../../samples/online-retail/online_retail.csv.gz', import.meta.url);

interface Line {
  InvoiceNo: string;
  Quantity: string;
  InvoiceDate: string;
  UnitPrice: string;
  CustomerID: string;
}

/**
 * Daily series of Online Retail by the product's definitions: GMV, orders and buyers of valid sales (quantity and price above
 * 0, no credit note) on the day they were paid, GMV less refunds on the day of the refund. Days without anything are 0.
 */
export function onlineRetailSnapshot(): Snapshot {
  const lines = parse<Line>(gunzipSync(readFileSync(file)), { columns: true });
  const from = '2010-12-01';
  const to = '2011-12-10';
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  const pence = new Float64Array(days);
  const refunds = new Float64Array(days);
  const orders = Array.from({ length: days }, () => new Set<string>());
  const buyers = Array.from({ length: days }, () => new Set<string>());
  for (const { InvoiceNo, Quantity, InvoiceDate, UnitPrice, CustomerID } of lines) {
    const day = (Date.parse(InvoiceDate.slice(0, 10)) - Date.parse(from)) / 86_400_000;
    const [quantity, price] = [Number(Quantity), Number(UnitPrice)];
    if (!(price > 0)) continue;
    const amount = Math.round(Math.abs(quantity) * price * 100);
    if (/^c/i.test(InvoiceNo)) {
      if (quantity < 0) refunds[day] = refunds[day]! + amount;
    } else if (quantity > 0) {
      pence[day] = pence[day]! + amount;
      orders[day]!.add(InvoiceNo);
      if (CustomerID !== '') buyers[day]!.add(CustomerID);
    }
  }
  const count = (sets: Set<string>[]) => sets.map(({ size }) => size);
  const series = [
    { kpi: 'orders', values: count(orders) },
    { kpi: 'gmv', values: Array.from(pence, (value) => value / 100) },
    { kpi: 'buyers', values: count(buyers) },
    { kpi: 'net_gmv', values: Array.from(pence, (value, day) => (value - refunds[day]!) / 100) },
  ];
  return { from, to, zone: 'Europe/London', currency: 'GBP', series, promotions: [] };
}
