import type { Preset } from '#domains/imports/index.ts';
import { type OrderField, orderColumns } from './columns.ts';
import type { CommerceRecord } from './line.ts';
import { type OrderPlatform, orderReader } from './order-reader.ts';
import { uciColumns, uciReader } from './uci.ts';
import { writeCommerce } from './write.ts';

interface OrderPreset extends OrderPlatform {
  id: string;
  nameEn: string;
  nameZh: string;
  /** Names of the platform that mean something else elsewhere, or that go before the common ones. */
  names?: Partial<Record<OrderField, readonly string[]>>;
  without?: readonly OrderField[];
}

const orderPresets: readonly OrderPreset[] = [
  {
    id: 'douyin-orders',
    nameEn: 'Douyin shop orders',
    nameZh: '抖店订单',
    platform: 'douyin',
    nickNamespace: 'douyin_nick',
    idNamespace: 'douyin_open_id',
    names: {
      lineNo: ['子订单编号', '商品单号'],
      payable: ['订单应付金额'],
      completedAt: ['订单完成时间'],
      sku: ['商家编码', '货号'],
      // A Douyin room id is that of one broadcast; the account is the room.
      sessionId: ['场次ID', '直播场次ID', '直播间ID'],
    },
  },
  {
    id: 'taobao-orders',
    nameEn: 'Taobao and Tmall orders',
    nameZh: '淘宝/天猫订单',
    platform: 'taobao',
    nickNamespace: 'taobao_nick',
    idNamespace: 'taobao_open_uid',
    names: {
      orderNo: ['主订单编号', '订单编号', '父订单'],
      productName: ['宝贝标题', '商品标题', '标题'],
      unitPrice: ['商品价格', '价格'],
      payable: ['总金额', '买家应付货款'],
      paid: ['买家实际支付金额', '买家实付金额', '支付金额'],
      received: ['打款商家金额', '确认收货金额'],
      phone: ['联系手机', '联系电话'],
      guide: [],
    },
  },
  {
    id: 'weixin-shop-orders',
    nameEn: 'WeChat shop (Channels) orders',
    nameZh: '微信小店/视频号订单',
    platform: 'weixin',
    nickNamespace: null,
    idNamespace: 'openid:weixin_shop',
    names: {
      productId: ['商品编码(平台)'],
      sku: ['SKU编码(自定义)', '商品编码(自定义)'],
      paid: ['商品实际价格(总共)'],
      unitPrice: ['商品价格(单件)'],
      afterSale: ['商品售后'],
      refund: ['商品已退款金额'],
      trafficSource: ['带货方式', '订单来源'],
    },
    // 商品总价 is that of the whole order; a line has its price and quantity.
    without: ['list'],
  },
  {
    id: 'tiktok-shop-orders',
    nameEn: 'TikTok Shop orders',
    nameZh: 'TikTok Shop 订单',
    platform: 'tiktok',
    nickNamespace: 'tiktok_username',
    idNamespace: 'tiktok_user_id',
    names: {
      lineNo: ['Order Line ID', 'Line Item ID'],
      list: ['SKU Subtotal Before Discount'],
      paid: ['SKU Subtotal After Discount'],
      trafficFormat: ['Content Type', 'Purchase Channel'],
    },
  },
  {
    id: 'generic-orders',
    nameEn: 'Orders of any origin',
    nameZh: '通用订单',
    platform: 'generic',
    nickNamespace: 'nickname',
    idNamespace: 'buyer_id',
  },
];

const uci: Preset<CommerceRecord> = {
  id: 'uci-online-retail',
  nameEn: 'Online Retail (UCI)',
  nameZh: 'Online Retail 公开数据集（UCI）',
  columns: uciColumns,
  reader: (brand) => uciReader(brand),
  write: writeCommerce,
};

/** Import presets of order files. */
export const presets: readonly Preset<CommerceRecord>[] = [
  ...orderPresets.map(
    ({ id, nameEn, nameZh, names, without, ...platform }): Preset<CommerceRecord> => ({
      id,
      nameEn,
      nameZh,
      columns: orderColumns(names, without),
      reader: (brand, file) => orderReader(platform, brand, file.columns),
      write: writeCommerce,
    }),
  ),
  uci,
];
