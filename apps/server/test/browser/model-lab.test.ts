import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProcess, type TandemProcess } from '../tandem-process.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

let tandem: TandemProcess;
let browser: Browser;
let page: Page;
const faults: string[] = [];

beforeAll(async () => {
  if (!executablePath) throw new Error('The browser tests need Chromium: apt-get install chromium');
  tandem = await startProcess({ port: 18_512, currency: 'GBP', zone: 'Europe/London' });
  await tandem.api.send('POST', '/samples/online-retail', { brandId: tandem.brandId });
  browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-background-networking'],
  });
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' });
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => faults.push(String(error)));
});
afterAll(async () => {
  await browser?.close();
  await tandem?.stop();
});

const by = (testId: string) => page.locator(`[data-testid="${testId}"]`);
const openTab = async (tab: string) => {
  await page.goto(`${tandem.url}/model?tab=${tab}`);
  await by('page-title').first().waitFor();
};
/** Milliseconds that the last fan took in the browser, once it stands still. */
const computed = async () => {
  await page.locator('[data-testid="instant"][data-busy="false"][data-ms]').waitFor({ timeout: 90_000 });
  return Number(await by('instant').getAttribute('data-ms'));
};

describe('the model lab on the sample', () => {
  it('says what to do before there are data', async () => {
    await page.goto(`${tandem.url}/sign-in`);
    await by('sign-in-email').fill('owner@example.com');
    await by('sign-in-password').fill('a long password');
    await by('sign-in-submit').click();
    await page.waitForURL((url) => url.pathname === '/');
    await openTab('scenarios');
    await page.getByText('先拟合模型').waitFor();
  });

  it('loads the sample', { timeout: 300_000 }, async () => {
    await expect
      .poll(async () => (await tandem.api.get<{ imports: { state: string }[] }>('/imports')).imports[0]?.state, {
        timeout: 280_000,
        interval: 500,
      })
      .toBe('done');
    await expect
      .poll(async () => (await tandem.api.get<{ pending: number }>('/pipeline')).pending, { timeout: 60_000 })
      .toBe(0);
  });

  it('fits the model to the brand, with progress', { timeout: 300_000 }, async () => {
    await openTab('overview');
    await by('fit-now').click();
    await by('run-fit').waitFor();
    await by('fit-series-gmv').waitFor({ timeout: 280_000 });
    const { runs } = await tandem.api.get<{ runs: { state: string; snapshot: { from: string; to: string } }[] }>(
      '/fits',
    );
    expect(runs[0]).toMatchObject({ state: 'done', snapshot: { from: '2010-12-01', to: '2011-12-10' } });
  });

  it('computes fans of two plans here, and again when a lever moves', async () => {
    const asked: string[] = [];
    await openTab('scenarios');
    await computed();
    await by('difference-gmv-1').waitFor();
    page.on('request', (request) => asked.push(request.url()));
    const before = await by('difference-gmv-1').textContent();
    const lever = by('lever-sessions_per_day');
    await lever.fill('6');
    await lever.press('Enter');
    await expect.poll(() => by('difference-gmv-1').textContent(), { timeout: 60_000 }).not.toBe(before);
    expect(await computed()).toBeGreaterThan(0);
    expect(asked.filter((url) => url.includes('/api/v1/forecasts'))).toEqual([]);
    expect(await by('difference-gmv-1').textContent()).toMatch(/P10–P90.*概率/s);
  });

  it('sends the plan to the targets, and the targets have it', async () => {
    await by('send-to-plan').click();
    await by('adopt-table').waitFor({ timeout: 150_000 });
    await by('adopt-confirm').click();
    await by('to-targets').waitFor();
    const { plan } = await tandem.api.get<{
      plan: {
        scenario: { levers: { variable: string }[] };
        targets: { kpi: string; quarter: string; after: number }[];
      };
    }>('/forecast-plan');
    expect(plan.scenario.levers.map(({ variable }) => variable)).toEqual(['sessions_per_day']);
    const [adopted] = plan.targets;
    const { targets } = await tandem.api.get<{ targets: { kpi: string; quarter: string; value: number }[] }>(
      '/targets',
      { year: Number(adopted!.quarter.slice(0, 4)) },
    );
    const target = targets.find(({ kpi, quarter }) => kpi === adopted!.kpi && quarter === adopted!.quarter);
    expect(target?.value).toBeCloseTo(adopted!.after, 0);
    await by('to-targets').click();
    await page.waitForURL((url) => url.pathname === '/targets');
  });

  it('fits a phone in both languages: no tab scrolls sideways', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const language of ['en', 'zh-CN']) {
      await page.evaluate(`localStorage.setItem('tandem.language', '${language}')`);
      for (const tab of ['overview', 'forecast', 'explain', 'scenarios', 'optimise']) {
        await openTab(tab);
        await page.locator('.lab-sentence').waitFor();
        await page.waitForLoadState('networkidle');
        const overflow = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect(overflow, `${tab} ${language}`).toBeLessThanOrEqual(0);
      }
    }
  });

  it('has run without an error of the page', () => {
    expect(faults).toEqual([]);
  });
});
