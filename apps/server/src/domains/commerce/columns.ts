import type { ColumnSpec } from '#lib/tabular/columns.ts';

type Kind = ColumnSpec['kind'];

/** Fields of an order file: kind, labels, and the names that exports of any platform give them, parted by `|`, the usual one first. */
const orderFields = {
  orderNo: [
    'id',
    'Order number',
    '订单号',
    '主订单编号|主订单号|订单编号|订单号|父订单编号|父订单号|父订单|母订单号|订单ID|主订单ID|平台订单号|Order ID|OrderID|Order No|Order No.|Order Number|order_id',
  ],
  lineNo: [
    'id',
    'Line number',
    '子订单号',
    '子订单编号|子订单号|子订单ID|子订单|商品单号|Sub Order ID|Order Item ID|Order Line ID|Line ID',
  ],
  status: ['text', 'Order status', '订单状态', '订单状态|交易状态|主订单状态|Order Status|状态|Status'],
  subStatus: ['text', 'Order sub-status', '订单子状态', '子订单状态|订单子状态|Order Substatus|Order Sub Status'],
  afterSale: [
    'text',
    'After-sale state',
    '售后状态',
    '售后状态|退款状态|商品售后|退款/售后状态|售后/退款状态|Cancelation/Return Type|Cancellation/Return Type|Return Status|Refund Status',
  ],
  closeReason: ['text', 'Reason of closing', '关闭原因', '取消原因|订单关闭原因|关闭原因|Cancel Reason'],
  placedAt: [
    'time',
    'Placed at',
    '下单时间',
    '订单提交时间|订单下单时间|订单创建时间|下单时间|提交时间|拍下时间|创建时间|Created Time|Create Time|Order Created Time|Order Time|Order Date|Created at',
  ],
  paidAt: [
    'time',
    'Paid at',
    '支付时间',
    '支付完成时间|订单付款时间|支付时间|付款时间|订单支付时间|支付成功时间|Paid Time|Payment Time|Paid at',
  ],
  shippedAt: ['time', 'Shipped at', '发货时间', '发货时间|订单发货时间|实际发货时间|商品发货时间|Shipped Time'],
  receivedAt: ['time', 'Received at', '确认收货时间', '确认收货时间|订单确认收货时间|收货时间|Delivered Time'],
  completedAt: [
    'time',
    'Completed at',
    '完成时间',
    '订单完成时间|交易完成时间|交易成功时间|订单完成结算时间|完成时间|Completed Time',
  ],
  closedAt: [
    'time',
    'Closed at',
    '关闭时间',
    '订单关闭时间|交易关闭时间|关闭时间|取消时间|订单取消时间|Cancelled Time|Canceled Time',
  ],
  refundedAt: [
    'time',
    'Refunded at',
    '退款时间',
    '退款成功时间|退款完成时间|用户到账时间|商家退款时间|退款时间|Refund Time|Refunded Time',
  ],
  updatedAt: ['time', 'Updated at', '更新时间', '订单更新时间|最后更新时间|更新时间|Update Time|Last Updated'],
  productId: ['id', 'Product id', '商品ID', '商品ID|商品编码(平台)|宝贝ID|商品编号|商品数字ID|Product ID|SPU ID'],
  skuId: ['id', 'SKU id', 'SKU ID', 'SKU ID|SKUID|规格ID|SKU编码(平台)|SKU编码'],
  sku: [
    'text',
    'Merchant SKU',
    '商家编码',
    '商家编码|SKU编码(自定义)|商家SKU编码|外部系统编号|货号|商品编码(自定义)|Seller SKU|SKU',
  ],
  productName: [
    'text',
    'Product name',
    '商品名称',
    '选购商品|商品名称|商品标题|宝贝标题|宝贝名称|标题|Product Name|Product|商品',
  ],
  variation: ['text', 'Variation', '规格', '商品规格|商品属性|规格名称|颜色分类|规格|Variation'],
  kinds: ['integer', 'Kinds of goods', '宝贝种类', '宝贝种类|商品种类|商品种类数'],
  quantity: ['integer', 'Quantity', '数量', '商品数量|购买数量|宝贝总数量|宝贝数量|成交件数|件数|数量|Quantity|Qty'],
  unitPrice: [
    'money',
    'List price',
    '单价',
    '商品单价|商品价格(单件)|宝贝单价|单价|价格|SKU Unit Original Price|Unit Price|Price',
  ],
  list: ['money', 'List amount', '商品金额', '商品金额|商品总价|SKU Subtotal Before Discount|商品总金额'],
  payable: [
    'money',
    'Payable',
    '应付金额',
    '订单应付金额|应付金额|总金额|应付款|订单总金额|订单金额|买家应付货款|Payable',
  ],
  paid: [
    'money',
    'Paid',
    '实付金额',
    '订单实付金额|用户实付金额|实付金额|买家实付金额|买家实际支付金额|实际支付金额|实付款|用户实付|支付金额|订单支付金额|商品实际价格(总共)|SKU Subtotal After Discount|Paid Amount|Amount',
  ],
  received: ['money', 'Received', '实收金额', '实收金额|商家实收金额|确认收货金额|打款商家金额|Settlement Amount'],
  freight: ['money', 'Freight', '运费', '运费|买家应付邮费|邮费|商品平均运费|Freight'],
  discountPlatform: [
    'money',
    'Discount borne by the platform',
    '平台承担优惠',
    '平台实际承担优惠金额|平台优惠|平台承担优惠|商品平台券优惠|SKU Platform Discount',
  ],
  discountMerchant: [
    'money',
    'Discount borne by the merchant',
    '商家承担优惠',
    '商家实际承担优惠金额|商家优惠|商家承担优惠|商品优惠|店铺优惠|SKU Seller Discount',
  ],
  discountCreator: [
    'money',
    'Discount borne by the creator',
    '达人承担优惠',
    '达人实际承担优惠金额|达人优惠|达人承担优惠',
  ],
  refund: [
    'money',
    'Refunded',
    '退款金额',
    '退款金额|商品已退款金额|已退款金额|成功退款金额|实际退款金额|Refund Amount|SKU Refund Amount',
  ],
  refundQuantity: [
    'integer',
    'Quantity returned',
    '退货数量',
    '退货数量|退款数量|退款件数|Sku Quantity of return|Return Quantity',
  ],
  cost: ['money', 'Cost of the line', '成本金额', '成本金额|商品成本|成本价|成本|Cost'],
  orderPaid: ['money', 'Paid for the whole order', '整单实付', '订单实际支付金额|Order Amount'],
  orderReceived: ['money', 'Received for the whole order', '整单实收', '订单实际收款金额'],
  orderFreight: ['money', 'Freight of the whole order', '整单运费', '订单运费|Shipping Fee After Discount'],
  orderRefund: ['money', 'Refunded of the whole order', '整单退款', 'Order Refund Amount|订单退款金额'],
  currency: ['text', 'Currency', '币种', '币种|Currency'],
  buyerNick: [
    'id',
    'Buyer name on the platform',
    '买家会员名',
    '买家会员名|会员名|买家昵称|买家旺旺|Buyer Username|Buyer Nickname',
  ],
  buyerId: [
    'id',
    'Buyer id on the platform',
    '买家ID',
    '买家会员ID|买家ID|买家OpenID|抖音OpenID|open_id|openid|Buyer User ID|Buyer ID|用户ID',
  ],
  unionId: ['id', 'Union id', 'unionid', 'unionid|UnionID'],
  memberId: ['id', 'Member id', '会员号', '会员号|会员ID|会员编号|客户编号|客户ID|Member ID|Customer ID|CustomerID'],
  email: ['text', 'E-mail', '邮箱', '邮箱|电子邮箱|Email|E-mail'],
  phone: [
    'phone',
    'Phone',
    '手机号',
    '收件人手机号|收件人手机|收货人手机号|收货人手机|联系手机|手机号|手机|联系电话|买家手机号|Phone #|Phone|Phone Number',
  ],
  wecomId: ['id', 'WeCom customer id', '企业微信加密id', '企业微信加密id|企微加密id|外部联系人ID|external_userid'],
  guide: ['id', 'Guide (WeCom user)', '企微工号', '企微工号|导购工号|导购ID|导购'],
  province: ['text', 'Province', '省', '省|收货省份|收件人省份|省份|Province|State'],
  city: ['text', 'City', '市', '市|收货城市|收件人城市|城市|City|Regency and City'],
  address: [
    'text',
    'Address (only province and city are kept)',
    '收货地址（只留省市）',
    '收货地址|收件人地址|收货人地址|收件地址',
  ],
  shop: ['text', 'Shop', '店铺', '店铺名称|所属门店|门店名称|店铺|所属门店ID|店铺Id|Shop Name|Store'],
  trafficFormat: ['text', 'Traffic format', '流量体裁', '流量体裁|成交体裁|内容体裁|Content Type'],
  trafficSource: [
    'text',
    'Traffic source',
    '流量来源',
    '流量来源|流量渠道|带货方式|渠道|销售渠道|Channel|Source|订单来源',
  ],
  adChannel: ['text', 'Advertising channel', '广告渠道', '广告渠道'],
  partnerId: ['id', 'Creator id', '达人ID', '达人ID|带货ID|主播ID|推广者ID|KOC ID|Creator ID|达人抖音号|代播id'],
  partnerName: ['text', 'Creator name', '达人昵称', '达人昵称|带货账号昵称|达人名称|Creator Username|Creator'],
  roomId: ['id', 'Live room id', '直播间ID', '直播间ID|直播账号ID|主播抖音号|Room ID'],
  roomName: ['text', 'Live room', '直播间', '直播间|直播间名称|主播|主播昵称|直播账号|Live Room'],
  sessionId: ['id', 'Live session id', '场次ID', '场次ID|直播场次ID|直播ID|Live ID|Session ID'],
} as const satisfies Record<string, readonly [kind: string, labelEn: string, labelZh: string, names: string]>;

/** Name of a field of an order file. */
export type OrderField = keyof typeof orderFields;

/** Fields of which one cell may list several, for rows that hold several goods. */
export const itemFields = [
  'lineNo',
  'productId',
  'skuId',
  'sku',
  'productName',
  'variation',
  'quantity',
  'unitPrice',
  'list',
  'payable',
  'paid',
  'received',
  'freight',
  'discountPlatform',
  'discountMerchant',
  'discountCreator',
  'refund',
  'refundQuantity',
  'cost',
  'afterSale',
] as const satisfies readonly OrderField[];
export type ItemField = (typeof itemFields)[number];

/**
 * The columns of an order preset. `names` gives a platform's own names, tried before the common ones; `without` leaves out
 * fields whose common names mean something else there. Only the order number has to be in the file.
 */
export function orderColumns(
  names: Partial<Record<OrderField, readonly string[]>> = {},
  without: readonly OrderField[] = [],
): ColumnSpec[] {
  const fields = Object.keys(orderFields) as OrderField[];
  const claimed = new Set(Object.values(names).flat());
  return fields
    .filter((field) => !without.includes(field))
    .map((field): ColumnSpec => {
      const [kind, labelEn, labelZh, common] = orderFields[field];
      const own = names[field] ?? [];
      const rest = common.split('|').filter((name) => !claimed.has(name));
      return {
        field,
        names: [...own, ...rest],
        required: field === 'orderNo',
        kind: kind as Kind,
        labelEn,
        labelZh,
      };
    });
}
