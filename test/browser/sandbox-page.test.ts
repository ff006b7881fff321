/** The sandbox's page in a real browser, as a team uses it that integrates FalPay: the sandbox alone, and a client that makes the orders. */
import type { Browser, Page } from 'puppeteer-core';
import { FalpayClient } from '../../src/falpay';
import { createSandbox, generateKeys, type SandboxServer } from '../../src/sandbox/index';
import { newPage, startBrowser } from './browser';
import { onboardingBody } from '../setup/example';
import { BIN, BY_HAND } from '../unit/sandbox/support/world';
import { CLIENT_ID, CLIENT_SECRET } from '../unit/sandbox/support/caller';
import { Receiver } from '../unit/sandbox/support/receiver';

let receiver: Receiver;
let sandbox: SandboxServer;
let falpay: FalpayClient;
let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
});

beforeEach(async () => {
  receiver = new Receiver();
  const ours = generateKeys();
  const platform = generateKeys();
  sandbox = createSandbox({
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    clientPublicKey: ours.publicKey,
    platformPrivateKey: platform.privateKey,
    settings: { ...BY_HAND, callbackUrl: await receiver.start() },
  });
  await sandbox.start();
  falpay = new FalpayClient({
    baseUrl: sandbox.url,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    privateKey: ours.privateKey,
    platformPublicKeys: [platform.publicKey],
  });
  page = await newPage(browser);
  complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // A refused command is no mistake of the page; the browser writes it down all the same.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${sandbox.url}/sandbox`) && !request.url().startsWith('data:'))
      complaints.push(`asks for ${request.url()}`);
  });
});
afterEach(async () => {
  await page.close();
  await sandbox.stop();
  await receiver.stop();
  expect(complaints).toEqual([]);
});

const open = (view: string) => page.goto(`${sandbox.url}/sandbox#${view}`);
const choose = (view: string) => page.locator(`nav a[href="#${view}"]`).click();
/** By the name that a person who hears the page is told. */
const press = (name: string) => page.locator(`::-p-aria([name="${name}"][role="button"])`).click();
const fill = (label: string, value: string) => page.locator(`dialog ::-p-aria([name="${label}"])`).fill(value);
const send = () => page.locator('#asking-send').click();

/** Waits until a part of the page says this. The condition is text: it runs in the browser, whose words these files do not know. */
async function shows(selector: string, text: string): Promise<void> {
  const [where, wanted] = [JSON.stringify(selector), JSON.stringify(text)];
  await page.waitForFunction(
    `[...document.querySelectorAll(${where})].some((one) => one.textContent.includes(${wanted}))`,
  );
}

const merchant = (merchantOrderNo: string) => ({ ...onboardingBody().merchant, merchantOrderNo });

async function fundedWallet(): Promise<string> {
  const merchantId = await falpay.createMerchant(merchant('M-1'));
  await control(`/audits/merchants/${merchantId}`, { decision: 'APPROVED' });
  const { walletId } = await falpay.openWallet({ walletOrderNo: 'W-1', merchantId, currency: 'USD' });
  await control(`/audits/wallets/${walletId}`, { decision: 'APPROVED' });
  const { orderNo } = await falpay.createRecharge({
    rechargeOrderNo: 'R-1',
    walletId,
    amount: '500.00',
    currency: 'USD',
    methodCode: 'BANK_TRANSFER',
  });
  await control(`/recharges/${orderNo}/arrivals`, {});
  return walletId;
}

async function activeCard(walletId: string): Promise<string> {
  const { cardId } = await falpay.applyCard({
    cardOrderNo: 'C-1',
    walletId,
    binId: BIN.share,
    cardLimit: '200.00',
    currency: 'USD',
  });
  await control(`/cards/${cardId}/issue`, {});
  return cardId;
}

async function control(path: string, body: object): Promise<void> {
  const answer = await fetch(`${sandbox.url}/sandbox${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
}

test('a person approves the audits, lets money arrive, issues a card, pays with it, and sees the callbacks', async () => {
  const merchantId = await falpay.createMerchant(merchant('M-1'));
  await open('todo');
  await press('通过 Approve M-1');
  await receiver.next('merchant-audit', ({ data }) => data['auditStatus'] === 'APPROVED');

  const { walletId } = await falpay.openWallet({ walletOrderNo: 'W-1', merchantId, currency: 'USD' });
  await press('通过 Approve W-1');
  await receiver.next('wallet-audit', ({ data }) => data['auditStatus'] === 'APPROVED');

  await falpay.createRecharge({
    rechargeOrderNo: 'R-1',
    walletId,
    amount: '500.00',
    currency: 'USD',
    methodCode: 'BANK_TRANSFER',
  });
  await press('到账 Money arrives R-1');
  await fill('到账金额 Amount', '200.00');
  await send();
  await shows('#todo-recharges', '处理中 PROCESSING');
  await press('到账 Money arrives R-1');
  await send();
  const arrived = await receiver.next('wallet-recharge', ({ data }) => data['status'] === 'SUCCESS');
  expect(arrived.data).toMatchObject({ creditedAmount: '500.00', currency: 'USD' });

  const { cardId } = await falpay.applyCard({
    cardOrderNo: 'C-1',
    walletId,
    binId: BIN.share,
    cardLimit: '200.00',
    currency: 'USD',
  });
  await press('开卡 Issue C-1');
  await receiver.next('card-status', ({ data }) => data['status'] === 'ACTIVE');
  await shows('#view', '没有待办事项');

  await choose('cards');
  await page.locator('#cards [data-action="pay"]').click();
  await fill('金额 Amount', '25.00');
  await fill('商店 Shop', 'Harbour Books');
  await send();
  const paid = await receiver.next('card-authorization', ({ data }) => data['status'] === 'AUTHORIZED');
  expect(paid.data).toMatchObject({ cardId, billingAmount: '25.00', merchantName: 'Harbour Books' });
  await page.locator('#payments [data-action="settle"]').click();
  await send();
  await shows('#payments', '已结算 SETTLED');
  // The last that come by themselves, of the settlement and of what it settles: what comes after them was sent again.
  await receiver.wait(2, ({ topic, data }) => topic === 'card-authorization' && data['status'] === 'SETTLED');

  await choose('callbacks');
  await shows('#callbacks', '商户账户审核');
  await shows('#callbacks', 'HTTP 200 · acknowledged');
  const before = receiver.received.length;
  await page.locator('#callbacks [data-action="resend"]').click();
  await receiver.wait(before + 1);

  await choose('ledger');
  await shows('#ledger-verdict', '所有规则成立');
  await choose('requests');
  await shows('#requests', 'applyCard');
  expect((await falpay.getWallet({ walletId }))?.totalBalance).toBe('474.20');
});

test('a person rejects with a reason, declines, freezes, unfreezes and cancels; mistakes are told at their field', async () => {
  await falpay.createMerchant(merchant('M-2'));
  await open('merchants');
  await press('拒绝 Reject M-2');
  await fill('原因 Reason', '营业执照不清晰');
  await send();
  expect((await receiver.next('merchant-audit')).data).toMatchObject({ rejectReason: '营业执照不清晰' });
  await shows('#merchants', '营业执照不清晰');

  await activeCard(await fundedWallet());
  await choose('cards');
  await page.locator('#cards [data-action="pay"]').click();
  await send();
  await shows('#asking-amount-error', '必填');
  await fill('金额 Amount', '25,00');
  await send();
  await shows('#asking-amount-error', 'a decimal string');
  await fill('金额 Amount', '25.00');
  await fill('拒付原因 Decline, with this reason', 'suspected fraud');
  await send();
  await shows('#payments', 'suspected fraud');
  for (const [action, status] of [
    ['freeze', 'FROZEN'],
    ['unfreeze', 'ACTIVE'],
    ['cancel', 'CANCELLED'],
  ] as const) {
    await page.locator(`#cards [data-action="${action}"]`).click();
    await send();
    await shows('#cards .status', status);
  }
});

test('what others write is shown as text, never run', async () => {
  const cardId = await activeCard(await fundedWallet());
  const shop = '<img src=x onerror="document.title=\'run\'"><b>shop</b>';
  await control(`/cards/${cardId}/authorizations`, { amount: '1.00', merchantName: shop });
  await open('cards');
  await shows('#payments td', shop);
  await choose('callbacks');
  await page.locator('#callbacks summary').click();
  await shows('#callbacks pre', 'onerror');
  expect(await page.$$('#view img, #view b')).toEqual([]);
  expect(await page.title()).not.toBe('run');
});

test('faults, plans and settings are set and cleared', async () => {
  await open('behaviour');
  await page.locator('[data-action="add-fault"]').click();
  await page.locator('#asking-fault').fill('latency');
  await send();
  await shows('#asking-ms-error', 'how long');
  await fill('毫秒 Milliseconds', '5');
  await page.locator('#asking-operation').fill('applyCard');
  await send();
  await shows('#faults', 'applyCard');
  await page.locator('[data-action="add-plan"]').click();
  await fill('原因 Reason', 'blurred');
  await send();
  await shows('#plans', 'blurred');
  await page.locator('[data-action="all-by-itself"]').click();
  await shows('#delays', '1000');
  await page.locator('[data-action="change-settings"]').click();
  await fill('重发间隔 Resend ladder', '0, soon');
  await send();
  await shows('#asking-callbackLadder-error', 'expected number');
  await fill('重发间隔 Resend ladder', '0, 250');
  await send();
  await shows('#other-settings', '0, 250');
  await page.locator('[data-action="clear-faults"]').click();
  await shows('#view', '没有故障');

  const merchantId = await falpay.createMerchant(merchant('M-3'));
  expect((await receiver.next('merchant-audit')).data).toMatchObject({ merchantId, rejectReason: 'blurred' });
});

test('a sandbox that goes away is said, and comes back by itself', async () => {
  await open('todo');
  await shows('#connection', '已连接');
  await sandbox.pause();
  await shows('#connection', '没有应答');
  await sandbox.resume();
  await shows('#connection', '已连接');
});
