import type { Strand } from './schema.ts';

/** What the catalogue says about a type of event. */
export interface EventType {
  strand: Strand;
  /** Commerce facts are the last to be turned away when the pipeline is full. */
  priority: 'commerce' | 'ordinary';
  /** Fields without which the event means nothing. */
  needs?: readonly EventField[];
  /** The person did this by their own act (as against something done to them). */
  ownAct: boolean;
  en: string;
  zh: string;
}

type EventField =
  | 'identifiers'
  | 'communityId'
  | 'groupId'
  | 'sessionId'
  | 'productId'
  | 'orderId'
  | 'partnerId'
  | 'contentId'
  | 'couponId'
  | 'quantity'
  | 'amountMinor';

const act = (strand: Strand, en: string, zh: string, needs?: readonly EventField[]): EventType => ({
  strand,
  priority: 'ordinary',
  ownAct: true,
  en,
  zh,
  ...(needs && { needs }),
});
const note = (strand: Strand, en: string, zh: string, needs?: readonly EventField[]): EventType => ({
  ...act(strand, en, zh, needs),
  ownAct: false,
});
const sale = (en: string, zh: string, needs: readonly EventField[], ownAct = false): EventType => ({
  strand: 'commerce',
  priority: 'commerce',
  ownAct,
  en,
  zh,
  needs,
});

/** The closed catalogue of event types; only `custom.*` may be added by a brand. */
export const eventTypes = {
  'member.joined': act('community', 'Became a member', '成为会员', ['identifiers']),
  'member.left': note('community', 'Stopped being a member', '退出会员', ['identifiers']),
  'group.joined': act('community', 'Joined a group', '入群', ['identifiers', 'groupId']),
  'group.left': act('community', 'Left a group', '退群', ['identifiers', 'groupId']),
  'post.created': act('community', 'Wrote a post', '发帖', ['identifiers']),
  'message.sent': act('community', 'Sent a message', '发消息', ['identifiers']),
  'checkin.done': act('community', 'Checked in', '签到', ['identifiers']),
  'invite.sent': act('community', 'Invited people', '发出邀请', ['identifiers']),
  'invite.accepted': act('community', 'Accepted an invitation', '接受邀请', ['identifiers']),
  'survey.answered': act('community', 'Answered a survey', '填写问卷', ['quantity']),
  'content.published': note('content', 'Content published', '发布内容', ['contentId']),
  'content.viewed': act('content', 'Viewed content', '浏览内容', ['contentId']),
  'spend.recorded': note('content', 'Spend recorded', '记录投入', ['amountMinor']),
  'exposure.recorded': note('content', 'Exposure recorded', '记录曝光', ['quantity']),
  'session.reported': note('live', 'Session figures reported', '场次数据上报', ['sessionId']),
  'live.subscribed': act('live', 'Subscribed to a session', '预约直播', ['sessionId']),
  'live.entered': act('live', 'Entered a session', '进入直播间', ['sessionId']),
  'live.left': act('live', 'Left a session', '离开直播间', ['sessionId', 'quantity']),
  'danmaku.sent': act('live', 'Sent a comment', '发弹幕', ['sessionId']),
  'live.liked': act('live', 'Liked', '点赞', ['sessionId']),
  'live.shared': act('live', 'Shared a session', '分享直播', ['sessionId']),
  'live.followed': act('live', 'Followed the room', '关注直播间', ['sessionId']),
  'product.shown': note('live', 'Product shown', '商品曝光', ['productId']),
  'product.clicked': act('live', 'Clicked a product', '点击商品', ['productId']),
  'cart.added': act('commerce', 'Added to cart', '加购', ['productId']),
  'coupon.granted': note('commerce', 'Coupon granted', '发放优惠券', ['couponId']),
  'coupon.claimed': act('commerce', 'Coupon claimed', '领取优惠券', ['couponId']),
  'coupon.redeemed': act('commerce', 'Coupon redeemed', '核销优惠券', ['couponId']),
  'order.placed': sale('Order placed', '下单', ['orderId', 'amountMinor'], true),
  'order.paid': sale('Order paid', '支付', ['orderId', 'amountMinor'], true),
  'order.adjusted': sale('Order corrected', '订单更正', ['orderId', 'amountMinor']),
  'order.excluded': sale('Line that is no sale', '非销售行', ['orderId']),
  'order.shipped': sale('Order shipped', '发货', ['orderId']),
  'order.received': sale('Order received', '确认收货', ['orderId']),
  'refund.succeeded': sale('Refunded', '退款成功', ['amountMinor']),
  'partner.joined': note('partner', 'KOC joined', '达人/KOC 加入', ['partnerId']),
  'partner.left': note('partner', 'KOC left', '达人/KOC 退出', ['partnerId']),
  'commission.accrued': {
    ...note('partner', 'Commission accrued', '佣金计提', ['partnerId', 'amountMinor']),
    priority: 'commerce',
  },
  'commission.reversed': {
    ...note('partner', 'Commission reversed', '佣金扣回', ['partnerId', 'amountMinor']),
    priority: 'commerce',
  },
} as const satisfies Record<string, EventType>;

export type EventTypeName = keyof typeof eventTypes;

const custom: EventType = {
  strand: 'community',
  priority: 'ordinary',
  ownAct: false,
  en: 'Custom event',
  zh: '自定义事件',
};

/** The catalogue's entry of a type; `custom.*` has a common one; undefined for a type that is not in the catalogue. */
export function eventType(type: string): EventType | undefined {
  if (Object.hasOwn(eventTypes, type)) return eventTypes[type as EventTypeName];
  return type.startsWith('custom.') ? custom : undefined;
}
