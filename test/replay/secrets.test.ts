/** What no recorded history may hold: histories lie in the repository for good. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { BINS } from '../../src/sandbox/business/catalogue';
import { makeCard } from '../../src/sandbox/business/card-number';
import { historyFiles, HISTORIES } from './history';
import { fieldsIn, payloadsIn } from './payloads';
import { FLOW_KINDS } from '../../src/messages';

interface Opened {
  readonly file: string;
  /** The file as it lies there, and what its payloads hold. */
  readonly text: string;
  readonly fields: readonly { readonly name: string; readonly value: unknown }[];
}

const opened: readonly Opened[] = historyFiles().map((file) => {
  const raw = readFileSync(join(HISTORIES, file), 'utf8');
  const json: unknown = JSON.parse(raw);
  const payloads = [...payloadsIn(json)];
  return {
    file,
    text: [raw, ...payloads.map((payload) => JSON.stringify(payload))].join('\n'),
    // An activity may answer with nothing but the id of what it made.
    fields: [...fieldsIn(payloads), ...payloads.map((value) => ({ name: 'id', value }))],
  };
});

function found(look: (one: Opened) => Iterable<string | undefined>): readonly string[] {
  return opened.flatMap((one) => [...look(one)].map((what) => `${one.file}: ${what}`));
}

test('payloads are looked into', () => {
  const known = opened.flatMap(({ fields }) => fields.map(({ name }) => name));
  for (const name of ['merchantOrderNo', 'registrationNo', 'cardOrderNo', 'last4']) expect(known).toContain(name);
});

test('no card number: digits with a right check digit are ids of FalPay, or not there', () => {
  // A summary may name what a field of another history calls an id.
  const ids = new Set(
    opened.flatMap(({ fields }) =>
      fields.filter(({ name }) => /(ids?|nos?|order|ref|memo)$/i.test(name)).map(({ value }) => value),
    ),
  );
  const numbers = found(({ text }) =>
    (text.match(/(?<!\d)\d{13,19}(?!\d)/g) ?? []).filter(
      (digits) => hasCheckDigit(digits) && !(digits.length === 19 && ids.has(digits)),
    ),
  );
  expect(numbers).toEqual([]);
});

test('none of the cards the sandbox issued stands there with its number', () => {
  const issued = opened.flatMap(({ fields }) =>
    fields.filter(({ name }) => name === 'cardId').map(({ value }) => value),
  );
  expect(issued.length).toBeGreaterThan(0);
  const numbers = new Set(
    issued.flatMap((cardId) => BINS.map(({ cardBin }) => makeCard(cardBin, String(cardId), 0).cardNo)),
  );
  expect(found(({ text }) => [...numbers].filter((number) => text.includes(number)))).toEqual([]);
});

test('no field is there for a CVV, a key, a token or a password', () => {
  const secret =
    /^(cardno|pan|cvv|cvc|expiry|.*secret.*|.*password.*|.*privatekey.*|.*token.*|signature|authorization)$/i;
  expect(found(({ fields }) => fields.map(({ name }) => name).filter((name) => secret.test(name)))).toEqual([]);
});

test('no key, no token, no long random text', () => {
  const long = /[A-Za-z0-9+/_-]{40,}={0,2}/g;
  // The input's digest, names, order numbers of the recordings, workflow ids.
  const harmless = new RegExp(
    `^([0-9a-f]{64}|[a-z/-]+|M-[a-z-]+(-L\\d)?(_[A-Z]{2}\\d(_r\\d)?)?|(${FLOW_KINDS.join('|')})/.+)$`,
  );
  const values = found(({ fields }) =>
    fields.flatMap(({ value }) => String(value ?? '').match(long) ?? []).filter((text) => !harmless.test(text)),
  );
  expect(values).toEqual([]);
  expect(found(({ text }) => text.match(/-----BEGIN|Bearer |whsec_|cfk_/g) ?? [])).toEqual([]);
});

test('nothing tells which machine recorded it', () => {
  const paths = /(?<![\w.])\/(?:home|root|work|tmp|Users|private|var|opt|mnt)\/[^\s"]*|node_modules|file:\/\//g;
  expect(found(({ text }) => text.match(paths) ?? [])).toEqual([]);
  expect(found(({ text }) => (text.includes(`@${hostname()}`) ? [hostname()] : []))).toEqual([]);
  expect(
    found(({ text }) => (text.match(/"identity":"[^"]*"/g) ?? []).filter((one) => one !== '"identity":"recorder"')),
  ).toEqual([]);
});

function hasCheckDigit(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const weighed = Number(digit) * (place % 2 === 0 ? 1 : 2);
    return total + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
  return sum % 10 === 0;
}
