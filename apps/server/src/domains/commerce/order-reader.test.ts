import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { cnyBrand, type FileRead, readWith } from '../../../test/preset-reading.ts';
import type { CommerceRecord, OrderLine } from './line.ts';
import { presets } from './presets.ts';

function preset(id: string) {
  return presets.find((one) => one.id === id)!;
}

function lines(read: FileRead<CommerceRecord>): OrderLine[] {
  return read.records.filter((record) => record.kind === 'line');
}

const at = (text: string, offset = '+08:00') => Date.parse(`${text.replace(' ', 'T')}${offset}`);

const douyinHeader =
  '主订单编号,子订单编号,选购商品,商品ID,商家编码,商品数量,商品金额,订单提交时间,支付完成时间,订单完成时间,订单状态,取消原因,售后状态,发货时间,订单应付金额,运费,平台优惠,商家优惠,达人优惠,收件人,收件人手机号,省,市,详细地址,达人ID,达人昵称,流量来源,流量体裁';

function douyin(...rows: string[]): string {
  return `\ufeff${douyinHeader}\n${rows.join('\n')}\n`;
}

describe('douyin-orders', () => {
  it('reads ids led by TAB, keeps province and city, drops the masked phone', async () => {
    const read = await readWith(
      preset('douyin-orders'),
      douyin(
        '\t6920000000000000001,\t6920000000000000011,面膜 5 片,\t3500000000000000001,MM-05,2,59.9,2026-03-01 20:01:02,2026-03-01 20:01:30,,已发货,,-,2026-03-02 09:00:00,109.80,0.00,5.00,5.00,0.00,张**,1381****000,浙江省,杭州市,##enc##,88001,小美,精选联盟,直播',
      ),
    );
    expect(read.rejected).toEqual([]);
    const [line] = lines(read);
    expect(line).toMatchObject({
      orderNo: '6920000000000000001',
      lineKey: '6920000000000000011',
      state: 'shipped',
      quantity: 2,
      paidMinor: 10_980,
      discountPlatformMinor: 500,
      discountMerchantMinor: 500,
      paidAtMs: at('2026-03-01 20:01:30'),
      shippedAtMs: at('2026-03-02 09:00:00'),
      channel: '直播',
      partner: { key: ['88001'], name: '小美' },
      product: { key: '3500000000000000001', sku: 'MM-05', name: '面膜 5 片' },
      province: '浙江省',
      city: '杭州市',
      identifiers: {},
      refund: null,
      excluded: null,
    });
    expect(JSON.stringify(line)).not.toMatch(/张|enc/);
  });

  it('splits a row with several goods, amounts exact to the cent', async () => {
    const read = await readWith(
      preset('douyin-orders'),
      douyin(
        '6920000000000000002,6920000000000000021;6920000000000000022;6920000000000000023,甲;乙;丙,101;102;103,A;B;C,1;2;1,10.00;10.00;10.00,2026-03-01 20:00:00,2026-03-01 20:00:10,,待发货,,-,,100.00,,,,,,13800138000,上海市,上海市,x,,,,短视频',
      ),
    );
    const all = lines(read);
    expect(all.map((line) => line.lineKey)).toEqual([
      '6920000000000000021',
      '6920000000000000022',
      '6920000000000000023',
    ]);
    expect(all.map((line) => line.quantity)).toEqual([1, 2, 1]);
    expect(all.map((line) => line.paidMinor)).toEqual([3334, 3333, 3333]);
    expect(all.map((line) => line.product?.name)).toEqual(['甲', '乙', '丙']);
    expect(all[0]?.identifiers).toEqual({ phone: '+8613800138000' });
  });

  it('keeps "not final yet" apart from empty', async () => {
    const row = (no: string, format: string) =>
      `${no},${no}1,甲,101,A,1,10,2026-03-01 20:00:00,2026-03-01 20:00:10,,待发货,,-,,10.00,,,,,,,,,,,,小店自播,${format}`;
    const read = await readWith(
      preset('douyin-orders'),
      douyin(row('111', '数据将于第二天更新'), row('112', ''), row('113', '直播')),
    );
    expect(lines(read).map(({ channel, notFinal }) => [channel, notFinal])).toEqual([
      [null, ['channel']],
      ['小店自播', []],
      ['直播', []],
    ]);
  });

  it.each([
    ['unpaid', '待支付', '', '-', { state: 'placed', excluded: null, refund: null, paidAtMs: null }],
    [
      'cancelled before payment',
      '已关闭',
      '',
      '-',
      { state: 'cancelled', excluded: 'cancelled_unpaid', paidAtMs: null },
    ],
    [
      'closed after payment',
      '已关闭',
      '2026-03-01 20:00:10',
      '退款成功',
      { state: 'closed', excluded: null, refund: { amountMinor: null } },
    ],
    [
      'refunded after receipt',
      '已完成',
      '2026-03-01 20:00:10',
      '同意退款，退款成功',
      { state: 'received', refund: { amountMinor: null } },
    ],
    ['after-sale closed', '已完成', '2026-03-01 20:00:10', '售后关闭', { state: 'received', refund: null }],
    ['after-sale open', '已发货', '2026-03-01 20:00:10', '待商家处理', { state: 'shipped', refund: null }],
  ])('%s', async (_what, status, paid, afterSale, expected) => {
    const read = await readWith(
      preset('douyin-orders'),
      douyin(
        `111,1111,甲,101,A,1,10,2026-03-01 20:00:00,${paid},2026-03-05 10:00:00,${status},,${afterSale},,10.00,,,,,,,,,,,,,直播`,
      ),
    );
    expect(lines(read)[0]).toMatchObject(expected);
  });

  it('needs no column but the order number and does not mind their order or others', async () => {
    const read = await readWith(
      preset('douyin-orders'),
      '店铺内部列,支付完成时间,订单应付金额,主订单编号\n随便,2026/03/01 20:00:10,12.5,111\n,2026/03/01 20:00:11,,112\n',
    );
    expect(lines(read)).toMatchObject([{ orderNo: '111', state: 'paid', paidMinor: 1250 }]);
    expect(read.rejected).toMatchObject([{ line: 3, code: 'required_missing' }]);
  });

  it('a bad time or amount rejects its row alone, with the reason', async () => {
    const row = (no: string, paid: string, amount: string) =>
      `${no},${no}1,甲,101,A,1,10,2026-03-01 20:00:00,${paid},,待发货,,-,,${amount},,,,,,,,,,,,,`;
    const read = await readWith(
      preset('douyin-orders'),
      douyin(
        row('111', '2026-13-01 20:00:10', '10'),
        row('112', '2026-03-01 20:00:10', '十元'),
        row('113', '2026-03-01 20:00:10', '10'),
      ),
    );
    expect(lines(read).map((line) => line.orderNo)).toEqual(['113']);
    expect(read.rejected).toMatchObject([
      { line: 2, column: '支付完成时间' },
      { line: 3, column: '订单应付金额', value: '十元', code: 'not_a_number' },
    ]);
  });

  it('tells lines that look alike apart by their count, the same way each time', async () => {
    const file =
      '订单编号,选购商品,商品数量,订单应付金额,支付完成时间,订单状态\n1,甲,1,5,2026-03-01 10:00:00,已完成\n1,甲,1,5,2026-03-01 10:00:00,已完成\n1,乙,1,5,2026-03-01 10:00:00,已完成\n';
    const keys = async () => lines(await readWith(preset('douyin-orders'), file)).map((line) => line.lineKey);
    const first = await keys();
    expect(new Set(first).size).toBe(3);
    expect(await keys()).toEqual(first);
  });
});

describe('taobao-orders', () => {
  it('reads the order report in GBK with ="…" ids', async () => {
    const text =
      '订单编号,买家会员名,买家支付宝账号,买家应付货款,买家应付邮费,总金额,买家实际支付金额,订单状态,收货人姓名,收货地址 ,联系手机,订单创建时间,订单付款时间 ,宝贝标题 ,宝贝种类 ,宝贝总数量,订单关闭原因\r\n' +
      '="1234567890123456789",小鱼儿2020,x@y.cn,98.00,2.00,100.00,100.00,买家已付款，等待卖家发货,李四,浙江省 杭州市 西湖区 文三路 1 号,\'13912345678,2026-03-01 10:00:00,2026-03-01 10:05:00,连衣裙,1,2,订单未关闭\r\n' +
      '="1234567890123456790",t**3,x@y.cn,50.00,0.00,50.00,0.00,交易关闭,李四,上海 上海市 x,139****5678,2026-03-01 11:00:00,,连衣裙,1,1,买家未付款\r\n';
    const read = await readWith(preset('taobao-orders'), iconv.encode(text, 'gbk'));
    expect(read.rejected).toEqual([]);
    expect(lines(read)).toMatchObject([
      {
        orderNo: '1234567890123456789',
        state: 'paid',
        paidMinor: 10_000,
        quantity: 2,
        identifiers: { taobao_nick: '小鱼儿2020', phone: '+8613912345678' },
        province: '浙江省',
        city: '杭州市',
      },
      { state: 'cancelled', excluded: 'cancelled_unpaid', identifiers: {} },
    ]);
    expect(JSON.stringify(read.records)).not.toMatch(/李四|文三路/);
  });

  it('finds the amount before refunds where the paid amount has them deducted', async () => {
    const read = await readWith(
      preset('taobao-orders'),
      '订单编号,总金额,买家实际支付金额,收货地址 ,订单创建时间,订单付款时间 ,退款金额\n' +
        '1,178.8,0,上海,2020/2/21 0:00,,0\n2,21,21,内蒙古自治区,2020/2/20 23:59,2020/2/21 0:00,0\n' +
        '3,64.8,0,江苏省,2020/2/20 23:59,2020/2/21 0:00,64.8\n4,100,80,江苏省,2020/2/20 23:59,2020/2/21 0:00,20\n',
    );
    expect(read.rejected).toEqual([]);
    expect(
      lines(read).map((line) => [line.state, line.paidMinor, line.refund?.amountMinor ?? 0, line.province]),
    ).toEqual([
      ['placed', 0, 0, '上海'],
      ['paid', 2100, 0, '内蒙古自治区'],
      ['paid', 6480, 6480, '江苏省'],
      ['paid', 10_000, 2000, '江苏省'],
    ]);
  });

  it('reads the goods report line by line', async () => {
    const read = await readWith(
      preset('taobao-orders'),
      '子订单编号,主订单编号,买家会员名,商品标题,商品价格,购买数量,商家编码,商品属性,订单状态,买家应付货款,买家实付金额,退款状态,退款金额,订单创建时间,订单付款时间\n' +
        '901,900,阿花,裙子,60,1,Q1,红,交易成功,60,55,没有申请退款,无退款申请,2026-03-01 10:00:00,2026-03-01 10:01:00\n' +
        '902,900,阿花,帽子,40,1,M1,蓝,交易关闭,40,45,退款成功,45,2026-03-01 10:00:00,2026-03-01 10:01:00\n',
    );
    expect(lines(read)).toMatchObject([
      { orderNo: '900', lineKey: '901', paidMinor: 5500, state: 'received', refund: null },
      { orderNo: '900', lineKey: '902', paidMinor: 4500, state: 'closed', refund: { amountMinor: 4500 } },
    ]);
  });
});

describe('weixin-shop-orders', () => {
  const header =
    '订单号,订单下单时间,订单发货时间,订单确认收货时间,订单状态,收件人手机,商品总价,订单实际支付金额,订单实际收款金额,订单运费,支付时间,带货方式,带货账号昵称,带货ID,企微企业ID,企微工号,企业微信加密id,商品名称,商品编码(平台),SKU编码(自定义),商品价格(单件),商品实际价格(总共),商品数量,商品售后,商品已退款金额';

  it('carries the order to its further goods, with guide and WeCom id', async () => {
    const read = await readWith(
      preset('weixin-shop-orders'),
      `${header}\n3700000000001,2026-03-01 10:00:00,,,待发货,138****0000,100,90.00,90.00,0,2026-03-01 10:00:30,达人带货,小王,sph1,ww1,staff01,wmABC,甲,p1,s1,60,54,1,,\n` +
        ',,,,,,,,,,,,,,,,,乙,p2,s2,40,36,1,退款完成,36\n',
    );
    expect(read.rejected).toEqual([]);
    expect(lines(read)).toMatchObject([
      {
        orderNo: '3700000000001',
        paidMinor: 5400,
        orderAmounts: { paidMinor: 9000 },
        guide: 'staff01',
        identifiers: { wecom_external_userid: 'wmABC' },
        channel: '达人带货',
        partner: { key: ['sph1'], name: '小王' },
        refund: null,
      },
      { orderNo: '3700000000001', paidMinor: 3600, orderAmounts: { paidMinor: 9000 }, refund: { amountMinor: 3600 } },
    ]);
  });
});

describe('tiktok-shop-orders', () => {
  const header =
    'Order ID,Order Status,Order Substatus,Cancelation/Return Type,SKU ID,Seller SKU,Product Name,Variation,Quantity,Sku Quantity of return,SKU Unit Original Price,SKU Subtotal Before Discount,SKU Platform Discount,SKU Seller Discount,SKU Subtotal After Discount,Order Amount,Order Refund Amount,Created Time,Paid Time,Shipped Time,Delivered Time,Cancelled Time,Buyer Username,Phone #,Province';
  const explanation =
    'Platform unique order ID.,The status of the order,The substatus,Type,Platform SKU ID,Seller SKU,Product name,Variation,SKU sold quantity,Returned quantity,Original price,Before discount,Platform discount,Seller discount,After discount,Order amount,Refund amount,Created,Paid,Shipped,Delivered,Cancelled,Username,Phone,Province';

  it('passes over the explanation row; days come first in its times; the order amount is shared when written', async () => {
    const idr = { ...cnyBrand, currency: 'IDR', zone: 'Asia/Jakarta' };
    const read = await readWith(
      preset('tiktok-shop-orders'),
      `${header}\n${explanation}\n` +
        '576461413038785752\t,Completed,Completed,,1729384756,SKU-1,Serum,30ml,2,0,50000,100000,5000,5000,90000,140000,0,13/05/2024 10:11:12\t,13/05/2024 10:12:00\t,14/05/2024 08:00:00\t,17/05/2024 08:00:00\t,,sari.b,(+62)812*****12,Jawa Barat\n' +
        '576461413038785752\t,Completed,Completed,,1729384757,SKU-2,Toner,,1,0,50000,50000,0,0,50000,140000,0,13/05/2024 10:11:12\t,13/05/2024 10:12:00\t,14/05/2024 08:00:00\t,17/05/2024 08:00:00\t,,sari.b,(+62)812*****12,Jawa Barat\n' +
        '576461413038785753\t,Canceled,Canceled,Cancel,1729384757,SKU-2,Toner,,1,0,50000,50000,0,0,50000,50000,0,13/05/2024 10:11:12\t,\t,\t,\t,13/05/2024 11:00:00\t,budi,(+62)812*****13,Jawa Timur\n',
      { brand: idr },
    );
    expect(read.rejected).toEqual([]);
    expect(read.notes).toEqual({ explanation_row: 1 });
    expect(lines(read)).toMatchObject([
      {
        state: 'received',
        paidAtMs: at('2024-05-13 10:12:00', '+07:00'),
        receivedAtMs: at('2024-05-17 08:00:00', '+07:00'),
        identifiers: { tiktok_username: 'sari.b' },
        paidMinor: 9_000_000,
        orderAmounts: { paidMinor: 14_000_000 },
      },
      { paidMinor: 5_000_000 },
      { state: 'cancelled', excluded: 'cancelled_unpaid' },
    ]);
  });

  it('takes orders on delivery as sales, cancelled paid ones as refunded, and no masked name as an identifier', async () => {
    const baht = { ...cnyBrand, currency: 'THB', zone: 'Asia/Bangkok' };
    const row = (no: string, status: string, paid: string, cancelled: string, refund: string) =>
      `5838709000000000${no}\t,${status},,,S1,A1,Serum,30ml,1,0,200,200,50,0,150,188,${refund},10/05/2026 22:05:43\t,${paid}\t,\t,\t,${cancelled}\t,ti***1,(+66)81*****12,Bangkok`;
    const read = await readWith(
      preset('tiktok-shop-orders'),
      `${header}\n${explanation}\n${[
        row('01', 'ที่จะจัดส่ง', '', '', ''),
        row('02', 'ยกเลิกแล้ว', '10/05/2026 22:06:01', '12/05/2026 08:00:00', '0'),
        row('03', 'เสร็จสมบูรณ์', '25/05/2026 22:06:01', '', '100'),
      ].join('\n')}\n`,
      { brand: baht },
    );
    expect(read.rejected).toEqual([]);
    expect(lines(read)).toMatchObject([
      { state: 'paid', paidTimeAssumed: true, refund: null, identifiers: {} },
      {
        state: 'closed',
        refund: { amountMinor: null, atMs: at('2026-05-12 08:00:00', '+07:00'), timeBasis: 'closed' },
      },
      { state: 'received', refund: { amountMinor: 0 }, orderAmounts: { refundMinor: 10_000 } },
    ]);
  });
});

describe('generic-orders', () => {
  it('is served by a mapping and takes every row as paid where nothing tells', async () => {
    const read = await readWith(preset('generic-orders'), 'bon,datum,wat,bedrag,klant\n1,2026-03-01,Fiets,99.50,K1\n', {
      mapping: { orderNo: 'bon', placedAt: 'datum', productName: 'wat', paid: 'bedrag', memberId: 'klant' },
    });
    expect(lines(read)).toMatchObject([
      {
        orderNo: '1',
        state: 'paid',
        paidMinor: 9950,
        paidTimeAssumed: true,
        identifiers: { member_id: 'K1' },
        product: { key: 'Fiets' },
      },
    ]);
  });

  it('refuses rows in another currency', async () => {
    const read = await readWith(
      preset('generic-orders'),
      '订单号,支付时间,实付金额,币种\n1,2026-03-01,9,CNY\n2,2026-03-01,9,USD\n3,2026-03-01,US$9,\n',
    );
    expect(lines(read).map((line) => line.orderNo)).toEqual(['1']);
    expect(read.rejected.map((one) => [one.line, one.code])).toEqual([
      [3, 'currency_mismatch'],
      [4, 'currency_mismatch'],
    ]);
  });
});
