import { createLogger, type Logger } from '../../../src/logging';
import { maskCardNumbers } from '../../../src/logging/card-numbers';

function capture(): {
  readonly logger: Logger;
  readonly last: () => Record<string, unknown>;
  readonly text: () => string;
} {
  const lines: string[] = [];
  const logger = createLogger({
    service: 'test',
    level: 'trace',
    environment: 'local',
    destination: { write: (line: string) => void lines.push(line) },
  });
  return {
    logger,
    last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>,
    text: () => lines.join(''),
  };
}

/** A Luhn digit after the given digits. */
function withLuhn(digits: string): string {
  for (let check = 0; check < 10; check++) {
    const number = `${digits}${check}`;
    const sum = [...number].reverse().reduce((total, char, index) => {
      const weighed = Number(char) * (index % 2 === 1 ? 2 : 1);
      return total + (weighed > 9 ? weighed - 9 : weighed);
    }, 0);
    if (sum % 10 === 0) return number;
  }
  throw new Error('unreachable');
}

describe('card numbers', () => {
  test.each([
    ['Visa', '4111111111111111'],
    ['Mastercard', '5555555555554444'],
    ['Mastercard of the 2 series', '2223003122003222'],
    ['American Express', '378282246310005'],
    ['a 13-digit Visa', '4222222222222'],
    ['in groups', '4111 1111 1111 1111'],
    ['with hyphens', '4111-1111-1111-1111'],
  ])('%s is masked but for its last four', (_, number) => {
    const masked = maskCardNumbers(`refused ${number}.`);
    expect(masked).not.toContain(number);
    expect(masked).toMatch(new RegExp(`\\*{9,12}${number.slice(-4)}\\.$`));
  });

  test.each(['1', '2', '3', '4', '5', '6', '9'])(
    'a 19-digit id that begins with %s survives, right Luhn digit or not',
    (first) => {
      const id = withLuhn(`${first}03947261845009172`);
      expect(id).toHaveLength(19);
      expect(maskCardNumbers(`card/${id} cardId ${id}`)).toBe(`card/${id} cardId ${id}`);
    },
  );

  test('19 digits that the text calls a card number are masked', () => {
    const number = withLuhn('620039472618450091');
    for (const text of [`cardNo: ${number}`, `"card_number":"${number}"`, `PAN=${number}`, `卡号 ${number}`])
      expect(maskCardNumbers(text)).not.toContain(number);
  });

  test.each(['4111111111111112', '1758600000000', 'M-2024-0001', '20260101120000', '+8613800138000'])(
    '%s is no card number',
    (text) => {
      expect(maskCardNumbers(text)).toBe(text);
    },
  );
});

describe('the logger', () => {
  test('writes JSON with time, level name, service and environment', () => {
    const { logger, last } = capture();
    logger.info({ flow: 'onboarding/M-1' }, 'flow started');
    expect(last()).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      service: 'test',
      environment: 'local',
      flow: 'onboarding/M-1',
      msg: 'flow started',
    });
  });

  test('removes secrets by their key at any depth, whatever their spelling', () => {
    const { logger, text } = capture();
    logger.info(
      { a: { client_secret: 'S1', list: [{ cvv: 'S2' }] }, Authorization: 'S3', headers: { 'Client-Secret': 'S4' } },
      'x',
    );
    logger.child({ apiKey: 'S5' }).info('y');
    expect(text()).not.toMatch(/S[1-5]/);
    expect(text()).toContain('[removed]');
  });

  test('masks a card number in the message, in fields, in bindings and as a number, and each line stays JSON', () => {
    const { logger, text, last } = capture();
    const pan = '4111111111111111';
    logger.info(`card ${pan} refused`);
    last();
    logger.info('card %s refused', pan);
    logger.info({ note: `was ${pan}`, amount: 4111111111111111, big: 4111111111111111n }, 'x');
    last();
    logger.child({ about: pan, number: 4111111111111111 }).error(new Error(`no ${pan}`));
    last();
    expect(text()).not.toContain(pan);
  });

  test('an HTTP client’s error loses its request, and a URL its query', () => {
    const { logger, text, last } = capture();
    const inner = Object.assign(new Error('connect failed for https://x.example/token?client_secret=S1&grant=1'), {
      config: { url: '/token?client_secret=S2', headers: { Authorization: 'Bearer S3S3S3S3S3' } },
      request: { body: 'S4' },
      code: 'ECONNREFUSED',
    });
    logger.error({ err: new Error('token refused', { cause: inner }) }, 'no token');
    expect(text()).not.toMatch(/S[1-4]/);
    expect(last()['err']).toMatchObject({ message: 'token refused', cause: { code: 'ECONNREFUSED' } });
    expect(text()).toContain('https://x.example/token?[removed]');
  });

  test('an error passed by itself keeps its message, type and stack', () => {
    const { logger, last } = capture();
    logger.warn(Object.assign(new Error('refused'), { type: 'FalpayRejected', orderNo: 'M-1_OR1' }));
    expect(last()).toMatchObject({
      msg: 'refused',
      err: {
        type: 'FalpayRejected',
        orderNo: 'M-1_OR1',
        message: 'refused',
        stack: expect.stringContaining('logging.test') as string,
      },
    });
  });

  test('private keys, bearer tokens and webhook secrets in a text are removed', () => {
    const { logger, text } = capture();
    logger.info('-----BEGIN PRIVATE KEY-----\nS1\n-----END PRIVATE KEY-----');
    logger.info('sent Authorization: Bearer S2S2S2S2S2S2 and whsec_S3S3S3S3');
    expect(text()).not.toMatch(/S[123]/);
  });

  test('the commands that SDK Core prints, payloads and all, are removed, and the line stays JSON', () => {
    const { logger, text, last } = capture();
    const reason = `a fault. Commands: [WFCommand { arguments: [[S1=..S2=]], summary: Some("S3") }]" for RunID=r`;
    logger.error({ err: new TypeError(`Malformed Workflow Completion: "${reason}`) }, 'lost');
    expect(text()).not.toMatch(/S[123]/);
    expect(last()['err']).toMatchObject({ message: expect.stringContaining('a fault. Commands: [removed]') as string });
  });

  test('a level below the chosen one is not written', () => {
    const lines: string[] = [];
    const logger = createLogger({
      service: 'test',
      level: 'warn',
      destination: { write: (line: string) => void lines.push(line) },
    });
    logger.info('quiet');
    expect(lines).toEqual([]);
  });

  test('an object that refers to itself does not stop the process', () => {
    const { logger, last } = capture();
    const loop: Record<string, unknown> = { name: 'loop' };
    loop['self'] = loop;
    logger.info({ loop }, 'x');
    expect(last()['msg']).toBe('x');
  });
});
