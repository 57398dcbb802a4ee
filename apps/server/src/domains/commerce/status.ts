import type { LineState } from './line.ts';

/** What a platform's status word says; `ended` is closed or cancelled, which only the payment tells apart. */
export type StatusMeaning = Exclude<LineState, 'closed' | 'cancelled'> | 'ended' | 'cancelled';

/** Tried in this order: the first that fits the whole status decides. */
const meanings: readonly (readonly [StatusMeaning, RegExp])[] = [
  ['cancelled', /^250$|未付款.*(关闭|取消)|(超时|未支付).*(关闭|取消)/],
  [
    'placed',
    /^(10|11)$|待支付|待付款|未付款|未支付|等待买家付款|等待付款|部分付款|unpaid|awaiting payment|pending payment|to pay|belum (di)?bayar|chưa thanh toán|chờ thanh toán|ค้างชำระ|ยังไม่ชำระ/,
  ],
  [
    'ended',
    /^200$|已?取消|关闭|作废|已?退款(成功|完成)?$|全额退款|退货退款|cancell?ed|closed|refunded|dibatalkan|đã hủy|đã huỷ|ยกเลิก/,
  ],
  [
    'received',
    /^100$|交易成功|交易完成|已完成|订单完成|完成|已收货|确认收货|已签收|已结算|completed|delivered|received|finished|selesai|terkirim|đã hoàn tất|đã giao|สำเร็จ|เสร็จสมบูรณ์/,
  ],
  [
    'shipped',
    /^(21|30)$|已发货|部分发货|待收货|等待买家确认|运输中|配送中|派送中|已揽收|shipped|in transit|partially shipped|dikirim$|dalam pengiriman|đã vận chuyển|đang giao|จัดส่งแล้ว|กำลังจัดส่ง/,
  ],
  [
    'paid',
    /^(12|13|20)$|待发货|待出库|待揽收|备货中|待成团|已付款|已支付|等待卖家发货|付款成功|支付成功|to ship|awaiting|ready to ship|processing|on hold|paid|perlu dikirim|chờ (lấy|giao|vận chuyển)|ที่จะจัดส่ง|รอ/,
  ],
];

/** The meaning of an order status; null for none and for one that is not known. */
export function statusMeaning(status: string | null): StatusMeaning | null {
  if (status === null) return null;
  const text = status.normalize('NFKC').toLowerCase().trim();
  return meanings.find(([, words]) => words.test(text))?.[0] ?? null;
}

/** What an after-sale status says of money: given back, not (yet) given back, or nothing. */
export type RefundMeaning = 'done' | 'open' | 'none';

export function refundMeaning(status: string | null): RefundMeaning {
  if (status === null) return 'none';
  const text = status.normalize('NFKC').toLowerCase().trim();
  if (/没有申请|未申请|^无|^-+$|^none$|^normal$|^cancel$|^return\/refund$/.test(text)) return 'none';
  if (
    /退款成功|退款完成|已退款|已全额退款|全额退款|退货退款完成|退款已完成|refund (completed|success)|refund_success|^refunded$|^退款$/.test(
      text,
    )
  )
    return 'done';
  if (/部分退款/.test(text)) return 'none';
  return /退|售后|refund|return|处理|申请|待|拒绝|关闭|撤销|换货|补寄|仲裁/.test(text) ? 'open' : 'none';
}
