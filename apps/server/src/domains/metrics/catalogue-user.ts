import { ownActs } from './acts.ts';
import { allGrains, anySplit, basis, periodGrains } from './definition.ts';
import type { KpiDefinition, QueryName } from './kpi.ts';

const common = {
  dimension: 'user',
  basis: basis.event,
  direction: 'up',
  additive: false,
  splits: [],
  grains: allGrains,
} as const;
const acts = [...ownActs];

function retentionKpi(id: QueryName, days: number): KpiDefinition {
  return {
    ...common,
    splits: [],
    id,
    nameEn: `Retention on day ${days}`,
    nameZh: days === 1 ? '次日留存率' : `${days} 日留存率`,
    definitionEn: `Persons whose first act ever was on day D, and who acted again on exactly day D+${days}. A point stands for the days D in it; only days whose D+${days} is over count.`,
    definitionZh: `首次行为发生在第 D 天的人中，恰好在第 D+${days} 天再次有行为的比例。数据点按 D 所在日期归属，只统计 D+${days} 已结束的日期。`,
    formula: `persons active on D+${days} / persons first active on D`,
    unit: 'ratio',
    compute: { kind: 'query', query: id },
    omissions: ['acts_without_person'],
    rowTypes: acts,
  };
}

function kFactorKpi(seed: boolean): KpiDefinition {
  return {
    ...common,
    splits: ['community', 'group', 'channel'],
    id: seed ? 'k_factor_seed' : 'k_factor_member',
    nameEn: seed ? 'K-factor of seeds' : 'K-factor of members',
    nameZh: seed ? '种子用户裂变系数 K' : '会员裂变系数 K',
    definitionEn: `Invitations accepted per ${seed ? 'seed (staff, KOC, first generation)' : 'member'} who invited: invitations sent per inviter times the share accepted. An acceptance counts on its own day. With a 95 % interval: Byar's approximation to the exact Poisson interval (Breslow and Day 1987), widened where some inviters bring far more than others (quasi-Poisson).`,
    definitionZh: `每位发出邀请的${seed ? '种子用户（员工、KOC、第一代）' : '会员'}带来的接受邀请数，即人均邀请数 × 接受率。接受邀请按接受日计入。附 95% 置信区间：精确泊松区间的 Byar 近似（Breslow 与 Day，1987），邀请人之间差异大时相应放宽（拟泊松）。`,
    formula: 'invitations accepted / persons who invited',
    unit: 'number',
    compute: { kind: 'query', query: seed ? 'k_factor_seed' : 'k_factor_member' },
    omissions: ['invitations_without_person'],
    rowTypes: ['invite.sent', 'invite.accepted'],
  };
}

/** Members, activity, retention, invitations, KOC. */
export const userKpis: readonly KpiDefinition[] = [
  {
    ...common,
    id: 'new_members',
    nameEn: 'New members',
    nameZh: '新增会员',
    definitionEn: 'Different persons who became a member of the brand in the period.',
    definitionZh: '期内成为品牌会员的不同人数。',
    formula: 'distinct persons with a joining',
    unit: 'count',
    splits: ['community', 'group', 'channel'],
    compute: {
      kind: 'measures',
      measures: { joined: { kind: 'distinct', of: 'person', types: ['member.joined'] } },
      over: [['joined', 1]],
    },
    omissions: ['joinings_without_person'],
    rowTypes: ['member.joined'],
  },
  {
    ...common,
    splits: [],
    id: 'members',
    nameEn: 'Members',
    nameZh: '会员数',
    definitionEn:
      'Persons who are members at the end of the period: joined and not left since. A person who joined twice counts once.',
    definitionZh: '期末会员数：已加入且之后未退出的人数；重复加入只计一次。',
    formula: 'persons joined - persons left, at the end of the period',
    unit: 'count',
    compute: { kind: 'stock', of: 'person', joined: 'member.joined', left: 'member.left' },
    omissions: ['joinings_without_person'],
    rowTypes: ['member.joined', 'member.left'],
  },
  {
    ...common,
    id: 'active_members',
    nameEn: 'Active members',
    nameZh: '活跃会员',
    definitionEn:
      'Members or other known persons with at least one own act in the period: joining, posting, chatting, checking in, inviting, viewing content, entering a live room, commenting, liking, clicking a product, adding to the cart, claiming or redeeming a coupon, ordering. What is done to a person (a product shown, a coupon granted) does not count.',
    definitionZh:
      '期内至少有一次主动行为的会员或其他已识别人员：加入、发帖、发消息、签到、邀请、浏览内容、进入直播间、评论、点赞、点击商品、加购、领券或核销、下单等。被动事件（商品曝光、发券）不计。',
    formula: 'distinct known persons with an own act',
    unit: 'count',
    splits: anySplit.filter((split) => split !== 'customer').concat('strand'),
    compute: {
      kind: 'measures',
      measures: { active: { kind: 'distinct', of: 'person', types: ownActs } },
      over: [['active', 1]],
    },
    omissions: ['acts_without_person'],
    rowTypes: acts,
  },
  {
    ...common,
    splits: [],
    id: 'activity_rate',
    nameEn: 'Activity rate',
    nameZh: '活跃率',
    definitionEn:
      'Active members of the period, of the members at its end. Known persons who are not members can lift it above 100 %.',
    definitionZh: '期内活跃会员数除以期末会员数。非会员的已识别人员可能使其超过 100%。',
    formula: 'active members / members',
    unit: 'ratio',
    compute: { kind: 'quotient', over: 'active_members', per: 'members' },
    omissions: ['acts_without_person'],
    rowTypes: acts,
  },
  retentionKpi('retention_d1', 1),
  retentionKpi('retention_d7', 7),
  retentionKpi('retention_d30', 30),
  {
    ...common,
    id: 'community_retention_d30',
    nameEn: 'Community retention on day 30',
    nameZh: '社群 30 日留存率',
    definitionEn:
      'Joinings of a group whose person is still in that group at the end of the 30th day after. A point stands for the days of joining; only joinings that are 30 days old count.',
    definitionZh: '入群后第 30 天结束时仍在该群的入群人次占比。数据点按入群日归属，只统计已满 30 天的入群。',
    formula: 'joinings still in the group after 30 days / joinings',
    unit: 'ratio',
    splits: ['community', 'group'],
    compute: { kind: 'query', query: 'community_retention' },
    omissions: ['group_joinings_without_person'],
    rowTypes: ['group.joined', 'group.left'],
  },
  {
    ...common,
    splits: [],
    id: 'churn_rate',
    nameEn: 'Churn rate',
    nameZh: '流失率',
    definitionEn:
      'Of the persons active in the period before (of the same length), those who were not active in this one.',
    definitionZh: '上一等长周期内活跃的人中，本周期不再活跃的比例。',
    formula: 'active before and not now / active before',
    unit: 'ratio',
    direction: 'down',
    grains: periodGrains,
    compute: { kind: 'query', query: 'churn' },
    omissions: ['acts_without_person'],
    rowTypes: acts,
  },
  {
    ...common,
    splits: [],
    id: 'win_back_rate',
    nameEn: 'Win-back rate',
    nameZh: '回流率',
    definitionEn:
      'Of the dormant persons (active once, but not in the period before of the same length), those who were active in this one.',
    definitionZh: '沉睡客户（曾活跃但上一等长周期内未活跃）中，本周期重新活跃的比例。',
    formula: 'dormant and active again / dormant',
    unit: 'ratio',
    grains: periodGrains,
    compute: { kind: 'query', query: 'win_back' },
    omissions: ['acts_without_person'],
    rowTypes: acts,
  },
  kFactorKpi(true),
  kFactorKpi(false),
  {
    ...common,
    splits: [],
    id: 'koc',
    nameEn: 'KOC',
    nameZh: 'KOC 数',
    definitionEn: 'Key opinion consumers who work with the brand at the end of the period: joined and not left since.',
    definitionZh: '期末在合作的 KOC 数：已加入且之后未退出。',
    formula: 'partners joined - partners left, at the end of the period',
    unit: 'count',
    compute: { kind: 'stock', of: 'koc', joined: 'partner.joined', left: 'partner.left' },
    omissions: [],
    rowTypes: ['partner.joined', 'partner.left'],
  },
  {
    ...common,
    id: 'active_koc',
    nameEn: 'Active KOC',
    nameZh: '活跃 KOC',
    definitionEn: 'KOC to whom at least one order, commission, piece of content or invitation of the period belongs.',
    definitionZh: '期内至少带来一笔订单、佣金、一篇内容或一次邀请的 KOC 数。',
    formula: 'distinct partners with an order, commission, piece or invitation',
    unit: 'count',
    splits: ['channel', 'session', 'room', 'product'],
    compute: {
      kind: 'measures',
      measures: {
        koc: {
          kind: 'distinct',
          of: 'koc',
          types: ['order.placed', 'order.paid', 'commission.accrued', 'content.published', 'invite.sent'],
        },
      },
      over: [['koc', 1]],
    },
    omissions: [],
    rowTypes: ['order.placed', 'order.paid', 'commission.accrued', 'content.published', 'invite.sent'],
  },
];
