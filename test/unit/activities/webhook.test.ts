import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { pauseOf } from '../../../src/activities/delivery';
import { Webhook, retryAfter, signatureOf } from '../../../src/activities/webhook';
import type { BackendEvent } from '../../../src/messages';
import { WebhookReceiver } from '../../setup/webhook-receiver';

const EVENT: BackendEvent = {
  id: 'onboarding:M-1:1a2b3c4d:3',
  type: 'flow.waiting',
  timestamp: '2026-03-01T08:00:00.000Z',
  data: { flow: { kind: 'onboarding', number: 'M-1' }, run: '1a2b3c4d', sequence: 3, message: '营业执照不清晰' },
};

let receiver: WebhookReceiver;
beforeEach(async () => {
  receiver = await new WebhookReceiver().start();
});
afterEach(() => receiver.stop());

test('what is pushed passes the public Standard Webhooks library, with id, time and body in their places', async () => {
  expect(await new Webhook(receiver.target).push(EVENT)).toEqual({ status: 204 });
  expect(receiver.refused).toEqual([]);
  const [{ headers, ...event } = { headers: {} }] = receiver.received;
  expect(event).toEqual({ ...EVENT, status: 204 });
  expect(headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': EVENT.id });
});

test('any id, time and body is signed as the library signs it', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 24, maxLength: 64 }),
      fc.stringMatching(/^[A-Za-z0-9:~_-]{1,60}$/),
      fc.integer({ min: 1, max: 4_000_000_000 }),
      fc.string({ unit: 'binary' }),
      (bytes, id, seconds, body) => {
        const secret = Buffer.from(bytes);
        const theirs = new StandardWebhook(secret.toString('base64')).sign(id, new Date(seconds * 1_000), body);
        expect(signatureOf(secret, id, String(seconds), body)).toBe(theirs);
      },
    ),
  );
});

test('while a secret is rotated each of them signs: a backend with either verifies', async () => {
  const next = randomBytes(32);
  await new Webhook({ ...receiver.target, secrets: [next, receiver.secret] }).push(EVENT);
  expect(receiver.refused).toEqual([]);
  const [{ headers } = { headers: {} }] = receiver.received;
  const { type, timestamp, data } = EVENT;
  const body = { type, timestamp, data };
  const verify = () =>
    new StandardWebhook(next.toString('base64')).verify(JSON.stringify(body), headers as Record<string, string>);
  expect(verify).not.toThrow();
});

test('a redirect is not followed: a signed event goes where the settings say', async () => {
  const elsewhere = await new WebhookReceiver().start();
  try {
    receiver.answer = () => ({ status: 307, headers: { location: elsewhere.url } });
    expect(await new Webhook(receiver.target).push(EVENT)).toEqual({ status: 307 });
    expect(elsewhere.received).toEqual([]);
  } finally {
    await elsewhere.stop();
  }
});

test('an endpoint that is not there is told by its code, without address or body', async () => {
  await receiver.stop();
  expect(await new Webhook(receiver.target).push(EVENT)).toEqual({ code: 'ECONNREFUSED' });
});

test('an endpoint that never answers is given up', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = silent.address() as AddressInfo;
    const target = { ...receiver.target, url: `http://127.0.0.1:${port}` };
    expect(await new Webhook(target, 200).push(EVENT)).toEqual({ code: 'TIMEOUT' });
  } finally {
    silent.closeAllConnections();
    silent.close();
  }
});

test('while the endpoint is lost one push at a time tries it', async () => {
  let asked = 0;
  const server = createServer(() => (asked += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const webhook = new Webhook({ ...receiver.target, url: `http://127.0.0.1:${port}` }, 1_000);
    expect(await webhook.push(EVENT)).toEqual({ code: 'TIMEOUT' });
    const before = asked;
    const many = await Promise.all(Array.from({ length: 50 }, () => webhook.push(EVENT)));
    const codes = many.map((answer) => 'code' in answer && answer.code);
    expect(codes.toSorted()).toEqual(['TIMEOUT', ...Array<string>(49).fill('UNREACHABLE')]);
    expect(asked - before).toBeLessThanOrEqual(1);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('all are pushed when a lost endpoint is back', async () => {
  let isLost = true;
  const server = createServer((request, response) => {
    request.resume().once('end', () => (isLost ? request.socket.destroy() : response.writeHead(204).end()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const webhook = new Webhook({ ...receiver.target, url: `http://127.0.0.1:${port}` });
    for (let times = 1; times <= 2; times += 1) expect(await webhook.push(EVENT)).toEqual({ code: expect.any(String) });
    isLost = false;
    expect(await webhook.push(EVENT)).toEqual({ status: 204 });
    for (let times = 1; times <= 3; times += 1) expect(await webhook.push(EVENT)).toEqual({ status: 204 });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('what is pushed while another tries a lost endpoint goes out as soon as that one finds it back', async () => {
  const lost = receiver;
  const webhook = new Webhook(lost.target);
  lost.answer = () => ({ status: 204 });
  await lost.stop();
  expect(await webhook.push(EVENT)).toEqual({ code: 'ECONNREFUSED' });
  const { port } = new URL(lost.target.url);
  // At once: the others have come by then, and they do not wait for long.
  const back = createServer((_request, response) => void response.writeHead(204).end());
  await new Promise<void>((resolve) => back.listen(Number(port), '127.0.0.1', resolve));
  try {
    const many = await Promise.all(Array.from({ length: 20 }, () => webhook.push(EVENT)));
    expect(many).toEqual(many.map(() => ({ status: 204 })));
  } finally {
    back.closeAllConnections();
    back.close();
  }
});

test.each([
  ['7', 7_000],
  ['Sun, 01 Mar 2026 08:01:00 GMT', 60_000],
  ['soon', undefined],
  ['Wed, 21 Oct 2015 07:28:00 GMT', undefined],
  [undefined, undefined],
])('Retry-After: %s', (value, ms) => {
  expect(retryAfter(value, new Date('2026-03-01T08:00:00Z'))).toBe(ms);
});

test('what the endpoint asks for is handed on', async () => {
  receiver.answer = () => ({ status: 503, headers: { 'retry-after': '7' } });
  expect(await new Webhook(receiver.target).push(EVENT)).toEqual({ status: 503, retryAfterMs: 7_000 });
});

const HOUR = 3_600_000;
const attempt = (number: number, goneMs = 0) => ({
  attempt: number,
  scheduledTimestampMs: 1_000,
  currentAttemptScheduledTimestampMs: 1_000 + goneMs,
  scheduleToCloseTimeoutMs: 72 * HOUR,
});

test('pauses grow rung by rung, the last one repeats, each a fifth shorter or longer', () => {
  const rungs = [5_000, 60_000, HOUR];
  const pauses = [1, 2, 3, 4, 50].map((number) => pauseOf(attempt(number), rungs, 0, () => 0.5));
  expect(pauses).toEqual([5_000, 60_000, HOUR, HOUR, HOUR]);
  expect(pauseOf(attempt(1), rungs, 0, () => 0)).toBe(4_000);
  expect(pauseOf(attempt(1), rungs, 0, () => 1)).toBe(6_000);
});

test('Retry-After lengthens a pause and never shortens it, and not beyond six hours', () => {
  const rungs = [60_000];
  expect(pauseOf(attempt(1), rungs, 10 * 60_000, () => 0.5)).toBe(10 * 60_000);
  expect(pauseOf(attempt(1), rungs, 1, () => 0.5)).toBe(60_000);
  expect(pauseOf(attempt(1), rungs, 1_000 * HOUR, () => 0.5)).toBe(6 * HOUR);
});

test('shortly before the time is over there is a last push, and after it none', () => {
  expect(pauseOf(attempt(9, 70 * HOUR), [6 * HOUR], 0, () => 0)).toBe(2 * HOUR - 60_000);
  expect(pauseOf(attempt(9, 70 * HOUR), [6 * HOUR], 0, () => 1)).toBe(2 * HOUR - 600_000);
  expect(pauseOf(attempt(9, 72 * HOUR - 600_000), [6 * HOUR], 0, () => 0.5)).toBe(6 * HOUR);
  expect(pauseOf(attempt(9, 72 * HOUR - 1_000), [6 * HOUR], 0, () => 0.5)).toBe(6 * HOUR);
});
