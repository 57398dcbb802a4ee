import { communityActs } from './acts.ts';
import type { Statement } from './brand-scope.ts';
import type { Ask, QueryName } from './kpi.ts';
import { churn, communityRetention, kFactor, repurchase, retention, winBack } from './lifecycle-queries.ts';
import {
  bothStrands,
  contentShare,
  follow,
  grossMargin,
  linkageDays,
  nps,
  seeding,
  shareOfVoice,
} from './linkage-queries.ts';

/** The queries that KPIs of the kind `query` name. */
export const queries: Readonly<Record<QueryName, (ask: Ask) => Statement>> = {
  repurchase,
  retention_d1: (ask) => retention(ask, 1),
  retention_d7: (ask) => retention(ask, 7),
  retention_d30: (ask) => retention(ask, 30),
  community_retention: communityRetention,
  churn,
  win_back: winBack,
  k_factor_seed: (ask) => kFactor(ask, true),
  k_factor_member: (ask) => kFactor(ask, false),
  gross_margin: grossMargin,
  content_share: contentShare,
  nps,
  share_of_voice: shareOfVoice,
  community_to_live: (ask) =>
    follow(ask, 'persons with a community act who entered a session', communityActs, ['live.entered']),
  live_to_community: (ask) =>
    follow(ask, 'persons who entered a session and joined a group', ['live.entered'], ['group.joined']),
  seeding,
  linkage_days: linkageDays,
  both_strands: bothStrands,
};
