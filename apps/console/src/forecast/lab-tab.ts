export const labTabs = ['overview', 'forecast', 'explain', 'scenarios', 'optimise'] as const;
export type LabTab = (typeof labTabs)[number];

export const isLabTab = (value: unknown): value is LabTab => labTabs.some((tab) => tab === value);
