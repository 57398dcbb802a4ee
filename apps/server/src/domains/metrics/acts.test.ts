import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { communityActs, liveActs, ownActs } from './acts.ts';
import { kpiDefinitions } from './catalogue.ts';
import { omissionRules } from './omissions.ts';

describe('acts', () => {
  it('are the same in the code and in the views that roll them up', async () => {
    const sql = await readFile(join(import.meta.dirname, 'sql/0001-rollups.ch.sql'), 'utf8');
    const lists = [...sql.matchAll(/type IN \(([^)]*'[^)]*)\)/g)].map((match) =>
      [...match[1]!.matchAll(/'([^']+)'/g)].map((word) => word[1]),
    );
    const acts = lists.filter((list) => list.includes('content.viewed'));
    expect(acts.length).toBe(2);
    for (const list of acts) expect(list).toEqual([...ownActs]);
    expect(lists.filter((list) => list.includes('message.sent') && !list.includes('content.viewed'))).toEqual([
      [...communityActs],
    ]);
    for (const act of [...communityActs, ...liveActs]) expect(ownActs).toContain(act);
  });
});

describe('the catalogue', () => {
  it('has one entry an id, complete in both languages, with omissions that exist', () => {
    const ids = kpiDefinitions.map((kpi) => kpi.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const kpi of kpiDefinitions) {
      expect(kpi.nameZh, kpi.id).toMatch(/[\u4e00-\u9fff]|NPS|KOC/);
      expect(kpi.definitionZh, kpi.id).toMatch(/[\u4e00-\u9fff].*[。]$/);
      expect(kpi.definitionEn, kpi.id).toMatch(/\.$/);
      for (const code of kpi.omissions) expect(omissionRules, code).toHaveProperty(code);
    }
  });

  it('holds every public id of the first edition', () => {
    const edition =
      'gmv net_gmv refund_rate orders buyers average_order_value average_customer_spend repurchase_rate roi_gross roi_net gross_margin commission_share ad_spend content_spend ' +
      'new_members members active_members activity_rate retention_d1 retention_d7 retention_d30 community_retention_d30 churn_rate win_back_rate k_factor_seed k_factor_member koc active_koc ' +
      'sessions views viewers peak_concurrent average_concurrent average_watch_seconds engagement_rate enter_rate product_click_rate click_to_order_rate viewer_conversion gpm revenue_per_viewer ' +
      'pieces content_share content_views seeding_conversion nps search_index media_exposure share_of_voice ' +
      'community_to_live live_to_community linkage_days both_strands_gmv_share linkage_index';
    expect(kpiDefinitions.map((kpi) => kpi.id).sort()).toEqual(edition.split(' ').sort());
  });
});
