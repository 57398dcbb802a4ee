import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProcess, type TandemProcess } from '../tandem-process.ts';

const excerpt = join(import.meta.dirname, 'fixtures/online-retail-excerpt.csv');
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

let tandem: TandemProcess;
let browser: Browser;
let page: Page;
const faults: string[] = [];

beforeAll(async () => {
  if (!executablePath) throw new Error('The browser tests need Chromium: apt-get install chromium');
  tandem = await startProcess({ port: 18_511, currency: 'GBP', zone: 'Europe/London' });
  browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' });
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => faults.push(String(error)));
});
afterAll(async () => {
  await browser?.close();
  await tandem?.stop();
});

const by = (testId: string) => page.locator(`[data-testid="${testId}"]`);

/** The number a page shows, exact. */
async function shown(testId: string): Promise<number> {
  await by(testId).first().waitFor();
  return Number(await by(testId).first().getAttribute('data-value'));
}

async function fromApi(kpi: string, from: string, to: string): Promise<number> {
  const series = await tandem.api.get<{ points: { value: number }[] }>(`/kpis/${kpi}`, { from, to, grain: 'total' });
  return series.points[0]!.value;
}

describe('the first hour of a new user', () => {
  it('sends whoever is not signed in to the sign-in page, and says so when the password is wrong', async () => {
    await page.goto(tandem.url);
    await by('sign-in-email').fill('owner@example.com');
    await by('sign-in-password').fill('a wrong password');
    await by('sign-in-submit').click();
    await page.getByText('邮箱或密码不正确').waitFor();
  });

  it('signs in', async () => {
    await by('sign-in-password').fill('a long password');
    await by('sign-in-submit').click();
    await by('load-sample').waitFor();
  });

  it('imports a file: the preset is guessed, every row is accounted for', async () => {
    await page.goto(`${tandem.url}/imports/new`);
    await page.locator('input[type="file"]').setInputFiles(excerpt);
    await by('import-next').click();
    await by('import-preset').getByText('Online Retail').first().waitFor();
    await by('import-start').click();
    await page.locator('[data-testid="import-state"][data-state="done"]').waitFor({ timeout: 60_000 });
    const [read, accepted, rejected] = [
      await shown('import-read'),
      await shown('import-accepted'),
      await shown('import-rejected'),
    ];
    expect(read).toBe(3_011);
    expect(accepted).toBe(3_011);
    expect(rejected).toBe(0);
  });

  it('shows the figures of the API on the cockpit', async () => {
    await expect
      .poll(async () => (await tandem.api.get<{ pending: number }>('/pipeline')).pending, { timeout: 20_000 })
      .toBe(0);
    // The cockpit asks once to learn which days have data, and then for the last thirty of those.
    const asked: URL[] = [];
    page.on('response', (response) => {
      if (response.url().includes('/api/v1/cockpit') && response.ok()) asked.push(new URL(response.url()));
    });
    await page.goto(tandem.url);
    await expect.poll(() => shown('kpi-value-gmv'), { timeout: 10_000 }).toBeGreaterThan(0);
    const gmv = await shown('kpi-value-gmv');
    const { from = '', to = '' } = Object.fromEntries(asked.at(-1)!.searchParams);
    expect(gmv).toBe(await fromApi('gmv', from, to));
    expect(await shown('kpi-value-buyers')).toBe(await fromApi('buyers', from, to));
  });

  it('speaks English when asked', async () => {
    await by('lang-switch').click();
    const english = page.getByText('English', { exact: true });
    if (await english.isVisible().catch(() => false)) await english.click();
    await expect.poll(() => by('page-title').first().textContent()).toMatch(/^[\x20-\x7e]+$/);
  });

  it('fits a phone: no page scrolls sideways', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of ['/', '/explorer', '/targets', '/imports', '/quality', '/people', '/settings']) {
      await page.goto(`${tandem.url}${path}`);
      await by('page-title').first().waitFor();
      const overflow = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(overflow, path).toBeLessThanOrEqual(0);
    }
  });

  it('has run without an error of the page', () => {
    expect(faults).toEqual([]);
  });
});
