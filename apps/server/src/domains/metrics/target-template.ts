/** A goal of the template for the four quarters of a year of the programme; null = none. */
interface TemplateGoal {
  kpi: string;
  /** Money goals are in this currency; a brand that sells in another one gets none, because a conversion would be invented. */
  currency?: 'CNY';
  quarters: readonly [number | null, number | null, number | null, number | null];
}

/**
 * Year 1 of the template: 500,000 members and CNY 50 million by its end, 1,000 KOC within three months, activity 30 %,
 * five sessions a day from month six on, retention 70 %, live conversion 20 %, customer spend CNY 200. Stocks are goals for
 * the end of a quarter, sums for the whole of it.
 */
const firstYear: readonly TemplateGoal[] = [
  { kpi: 'members', quarters: [100_000, 220_000, 360_000, 500_000] },
  { kpi: 'gmv', currency: 'CNY', quarters: [2_000_000, 8_000_000, 15_000_000, 25_000_000] },
  { kpi: 'koc', quarters: [1_000, 1_000, 1_000, 1_000] },
  { kpi: 'activity_rate', quarters: [0.3, 0.3, 0.3, 0.3] },
  { kpi: 'sessions', quarters: [90, 270, 450, 450] },
  { kpi: 'community_retention_d30', quarters: [0.7, 0.7, 0.7, 0.7] },
  { kpi: 'viewer_conversion', quarters: [null, 0.2, 0.2, 0.2] },
  { kpi: 'average_customer_spend', currency: 'CNY', quarters: [null, 200, 200, 200] },
  { kpi: 'roi_net', quarters: [null, null, 1, 1] },
];

/** Year 2 and later: repurchase 40 %, GMV CNY 200 million; what year 1 reached is kept. */
const laterYears: readonly TemplateGoal[] = [
  { kpi: 'members', quarters: [500_000, 500_000, 500_000, 500_000] },
  { kpi: 'gmv', currency: 'CNY', quarters: [40_000_000, 45_000_000, 50_000_000, 65_000_000] },
  { kpi: 'koc', quarters: [1_000, 1_000, 1_000, 1_000] },
  { kpi: 'activity_rate', quarters: [0.3, 0.3, 0.3, 0.3] },
  { kpi: 'sessions', quarters: [450, 450, 450, 450] },
  { kpi: 'community_retention_d30', quarters: [0.7, 0.7, 0.7, 0.7] },
  { kpi: 'viewer_conversion', quarters: [0.2, 0.2, 0.2, 0.2] },
  { kpi: 'average_customer_spend', currency: 'CNY', quarters: [200, 200, 200, 200] },
  { kpi: 'repurchase_rate', quarters: [0.4, 0.4, 0.4, 0.4] },
  { kpi: 'roi_net', quarters: [1, 1, 1, 1] },
];

/** What has to be true at the end of each quarter of the first year before the next one is worth its money. */
const gates = [
  { nameEn: 'Communities built', nameZh: '完成社群搭建' },
  { nameEn: 'First conversions', nameZh: '跑通首批转化' },
  { nameEn: 'Break-even', nameZh: '实现盈亏平衡' },
  { nameEn: 'Standard process', nameZh: '形成标准流程' },
] as const;

/** Goals of the template for a year. `firstYearOfBrand` is the year in which the brand's programme began. */
export function templateGoals(
  year: number,
  firstYearOfBrand: number,
  currency: string,
): { kpi: string; quarter: string; value: number }[] {
  if (year < firstYearOfBrand) return [];
  return (year === firstYearOfBrand ? firstYear : laterYears)
    .filter((goal) => goal.currency === undefined || goal.currency === currency)
    .flatMap(({ kpi, quarters }) =>
      quarters.flatMap((value, i) => (value === null ? [] : [{ kpi, quarter: `${year}Q${i + 1}`, value }])),
    );
}

/** Gates of a year: only the first year has them. */
export function templateGates(
  year: number,
  firstYearOfBrand: number,
): { quarter: string; nameEn: string; nameZh: string }[] {
  return year === firstYearOfBrand ? gates.map((gate, i) => ({ quarter: `${year}Q${i + 1}`, ...gate })) : [];
}
