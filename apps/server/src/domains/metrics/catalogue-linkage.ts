import { communityActs, liveActs, saleTypes } from './acts.ts';
import { allGrains, basis } from './definition.ts';
import type { KpiDefinition } from './kpi.ts';

const common = {
  dimension: 'linkage',
  basis: basis.event,
  direction: 'up',
  additive: false,
  splits: [],
  grains: allGrains,
  omissions: ['acts_without_person'],
} as const;
const within = 'on the same calendar day or one of the next seven';
const withinZh = '当日或之后 7 天内';

/** Where the two strands touch. */
export const linkageKpis: readonly KpiDefinition[] = [
  {
    ...common,
    splits: [],
    id: 'community_to_live',
    nameEn: 'Community to live',
    nameZh: '社群到直播转化率',
    definitionEn: `Of the known persons with an act in a community in the period, those who entered a live session ${within}.`,
    definitionZh: `期内有社群行为的已识别人员中，${withinZh}进入直播间的比例。`,
    formula: 'persons who came to a session within 7 days / persons with a community act',
    unit: 'ratio',
    compute: { kind: 'query', query: 'community_to_live' },
    rowTypes: [...communityActs, 'live.entered'],
  },
  {
    ...common,
    splits: [],
    id: 'live_to_community',
    nameEn: 'Live to community',
    nameZh: '直播到社群转化率',
    definitionEn: `Of the known persons who entered a live session in the period, those who joined a group ${within}.`,
    definitionZh: `期内进入直播间的已识别人员中，${withinZh}入群的比例。`,
    formula: 'persons who joined a group within 7 days / persons who entered a session',
    unit: 'ratio',
    compute: { kind: 'query', query: 'live_to_community' },
    rowTypes: ['live.entered', 'group.joined'],
  },
  {
    ...common,
    splits: [],
    id: 'linkage_days',
    nameEn: 'Days from community to live',
    nameZh: '社群到直播间隔天数',
    definitionEn: `Median days from a community act to the next live entry, over the persons who came within seven days: for each of them the shortest gap of the period.`,
    definitionZh: '7 天内进入直播间的人员从社群行为到下一次进入直播间的间隔天数的中位数；每人取期内最短间隔。',
    formula: 'median(days from community act to live entry)',
    unit: 'days',
    direction: 'down',
    compute: { kind: 'query', query: 'linkage_days' },
    rowTypes: [...communityActs, 'live.entered'],
  },
  {
    ...common,
    splits: [],
    basis: basis.paidGross,
    id: 'both_strands_gmv_share',
    nameEn: 'GMV from both strands',
    nameZh: '双链路客户成交占比',
    definitionEn:
      'GMV of known buyers who acted both in a community and in a live room in the 30 days up to the purchase, of the GMV of all known buyers.',
    definitionZh:
      '购买日及之前 30 天内既有社群行为又有直播行为的已识别客户的成交金额，占全部已识别客户成交金额的比例。',
    formula: 'GMV of buyers active in both strands / GMV of known buyers',
    unit: 'ratio',
    compute: { kind: 'query', query: 'both_strands', money: true },
    omissions: ['orders_without_customer'],
    rowTypes: [...saleTypes, ...communityActs, ...liveActs],
  },
  {
    ...common,
    splits: [],
    id: 'linkage_index',
    nameEn: 'Linkage index',
    nameZh: '联动指数',
    definitionEn:
      'Geometric mean of community to live and live to community: high only when the traffic flows both ways, zero when one way is dead.',
    definitionZh: '社群到直播转化率与直播到社群转化率的几何平均：两个方向都通畅时才高，任一方向为零则为零。',
    formula: 'sqrt(community to live x live to community)',
    unit: 'ratio',
    compute: { kind: 'geometric_mean', of: ['community_to_live', 'live_to_community'] },
    rowTypes: [...communityActs, 'live.entered'],
  },
];
