/**
 * Types of events that a person does by their own act; they make a person active. Not among them: what is done to a person
 * (a product shown, a coupon granted, a shipment), ends that follow by themselves (leaving a room), and leaving a group or
 * the brand. `sql/0001-rollups.ch.sql` holds the same list; a test compares the two.
 */
export const ownActs = [
  'member.joined',
  'group.joined',
  'post.created',
  'message.sent',
  'checkin.done',
  'invite.sent',
  'invite.accepted',
  'survey.answered',
  'content.viewed',
  'live.subscribed',
  'live.entered',
  'danmaku.sent',
  'live.liked',
  'live.shared',
  'live.followed',
  'product.clicked',
  'cart.added',
  'coupon.claimed',
  'coupon.redeemed',
  'order.placed',
  'order.paid',
] as const;

/** Own acts in the brand's groups: the community strand of the linkage KPIs. */
export const communityActs = [
  'group.joined',
  'post.created',
  'message.sent',
  'checkin.done',
  'invite.sent',
  'invite.accepted',
] as const;

/** Own acts in a live room: the live strand of the linkage KPIs. */
export const liveActs = [
  'live.entered',
  'danmaku.sent',
  'live.liked',
  'live.shared',
  'live.followed',
  'product.clicked',
] as const;

/** What counts as sales: lines paid, and later corrections of them. */
export const saleTypes = ['order.paid', 'order.adjusted'] as const;

/** Days within which a second act counts as following from a first one (linkage and seeding KPIs). */
export const followDays = 7;

/** Days before a purchase in which the buyer must have acted in both strands. */
export const bothStrandsDays = 30;
