/** The API's page in a real browser: everything it needs comes from the gateway, and a request can be tried on it. */
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'puppeteer-core';
import { newPage, startBrowser } from './browser';
import { gateway, keyOf, type Gateway } from '../unit/gateway/parts';

let parts: Gateway;
let browser: Browser;
let page: Page;
let url: string;
let complaints: string[];
let asked: string[];

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
});

beforeEach(async () => {
  parts = gateway(undefined, { rateLimit: 6_000 });
  await parts.app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(parts.app.server.address() as AddressInfo).port}`;
  page = await newPage(browser);
  await page.setViewport({ width: 1200, height: 1400 });
  complaints = [];
  asked = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => {
    asked.push(request.url());
    if (!request.url().startsWith(url) && !request.url().startsWith('data:'))
      complaints.push(`asks for ${request.url()}`);
  });
});
afterEach(async () => {
  await page.close();
  await parts.app.close();
  expect(complaints).toEqual([]);
});

async function shows(selector: string, text: string): Promise<void> {
  const [where, wanted] = [JSON.stringify(selector), JSON.stringify(text)];
  await page.waitForFunction(
    `[...document.querySelectorAll(${where})].some((one) => one.textContent.includes(${wanted}))`,
  );
}

/** For a person to look at, where one wants to: SCREENSHOTS names a folder. */
async function picture(name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
}

test('shows every part of the API without asking anybody else, and under a policy that forbids to', async () => {
  const response = await page.goto(`${url}/docs`);
  expect(response?.headers()['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
  for (const tag of ['onboardings', 'flows', 'merchants', 'wallets', 'cards', 'files'])
    await shows('.opblock-tag', tag);
  await picture('docs');
  expect(asked.some((one) => one.endsWith('/docs/json'))).toBe(true);
});

test('a key is typed in once, a request is made with it, and the answer is shown', async () => {
  await page.goto(`${url}/docs`);
  await page.locator('button.authorize').click();
  await page.locator('.auth-container input').fill(keyOf.books);
  await page.locator('.auth-btn-wrapper .authorize').click();
  await page.locator('.auth-btn-wrapper .btn-done').click();

  await page.locator('#operations-tag-merchants').click();
  await page.locator('[id^="operations-merchants-"] .opblock-summary-control').click();
  await page.locator('.try-out__btn').click();
  await page.locator('.parameters input').fill('1900000000000000001');
  await page.locator('.execute').click();
  await shows('.live-responses-table .response-col_status', '200');
  await shows('.live-responses-table .response-col_description', '"auditStatus": "APPROVED"');
  await picture('docs-executed');
  expect(parts.falpay.getMerchant).toHaveBeenCalledWith({ merchantId: '1900000000000000001' });
  expect(parts.lines.join('')).toContain('"key":"books"');

  // A key is for the open tab: a browser that is left behind must not keep it.
  expect(await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie')).toBe('{}');
});
