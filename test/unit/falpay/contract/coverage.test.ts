import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import {
  callbacks as callbackRows,
  callbackTopics,
  defaultProfile,
  operationNames,
  operations,
} from '../../../../src/falpay';
import { isFalpaysName, models } from '../../../../src/falpay/contract/catalogue';
import { contractQuestions, uncoveredEntries } from '../../../../src/falpay/contract/docs/questions';
import { contractTable } from '../../../../src/falpay/contract/docs/table';
import { english } from '../../../../src/falpay/contract/english';
import { callbackGroups, documents, groups, signatureTools } from '../../../../src/falpay/contract/navigation';
import { marked, unwrap } from '../../../../src/falpay/contract/wire-fields';
import * as page from './page';

const table = contractTable(defaultProfile);

describe('FalPay’s page is covered, by name', () => {
  test('every group and operation of the navigation, in its order', () => {
    const ours = groups.map(({ title, operations: names }) => [title, names.map((name) => operations[name].title)]);
    expect(ours).toEqual(Object.entries(page.navigation));
    expect(groups.flatMap(({ operations: names }) => names).sort()).toEqual([...operationNames].sort());
  });

  test('every document, signature tool and callback', () => {
    expect(documents.map(({ title }) => title)).toEqual(page.documents);
    expect(signatureTools.map(({ title }) => title)).toEqual(page.signatureTools);
    const ours = callbackGroups.map(({ title, callbacks }) => [title, callbacks.map((callback) => callback.title)]);
    expect(ours).toEqual(Object.entries(page.callbacks));
    const topics = callbackGroups.flatMap(({ callbacks }) => callbacks.map(({ topic }) => topic));
    expect([...topics].sort()).toEqual([...callbackTopics].sort());
  });

  test('every data model, 57 distinct names in 58 entries, and no name that is none', () => {
    expect(page.models).toHaveLength(58);
    const names = [...new Set(page.models)].sort();
    expect(names).toHaveLength(57);
    expect([...models.keys()].filter(isFalpaysName).sort()).toEqual(names);
  });

  test('the table shows every name of the page', () => {
    const names = [
      ...[...page.documents, ...page.signatureTools, ...page.models],
      ...Object.values(page.navigation).flat(),
      ...Object.values(page.callbacks).flat(),
    ];
    expect(names.filter((name) => !table.includes(name))).toEqual([]);
  });
});

describe('docs/contract.md', () => {
  test('is what `npm run docs:contract` writes', () => {
    const file = path.join(__dirname, '../../../../docs/contract.md');
    expect(readFileSync(file, 'utf8')).toBe(`${table.trimEnd()}\n`);
  });
});

/** Every schema of the contract that has a description or a mark, with the way to it. */
function* described(schema: z.ZodType, at: string): Generator<readonly [string, z.ZodType]> {
  yield [at, schema];
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray) yield* described(inner.element as z.ZodType, `${at}[]`);
  if (!(inner instanceof z.ZodObject)) return;
  for (const [key, field] of Object.entries(inner.shape)) yield* described(field as z.ZodType, `${at}.${key}`);
}
const everything = [
  ...[...models].flatMap(([name, model]) => [...described(model, name)]),
  ...callbackTopics.flatMap((topic) => [...described(callbackRows[topic].data, topic)]),
];

test('every field says what it is in Chinese and English, and where it comes from', () => {
  const fields = everything.filter(([at]) => at.includes('.') && !/^RestResult\w*\.data/.test(at) && !at.endsWith(']'));
  const wanting = fields.filter(([, schema]) => {
    const description = marked(schema, 'description');
    return (
      description === undefined ||
      english(description) === description ||
      !/^[ANI]$/.test(marked(schema, 'provenance') ?? '')
    );
  });
  expect(wanting.map(([at]) => at)).toEqual([]);
});

test('every title and model description has its English', () => {
  const texts = [
    ...operationNames.map((name) => operations[name].title),
    ...callbackTopics.map((topic) => callbackRows[topic].title),
    ...[...models.values()].map((model) => model.meta()?.description ?? ''),
  ];
  expect(texts.filter((text) => english(text) === text)).toEqual([]);
});

describe('the questions to the provider', () => {
  const questions = contractQuestions(defaultProfile);

  test('no entry of the profile is assumed without a question, or a word why there is none', () => {
    expect(uncoveredEntries(defaultProfile)).toEqual([]);
  });

  test('every assumed field stands in the question about its model', () => {
    for (const [name, model] of models) {
      const assumed = Object.entries(model.shape).filter(
        ([, field]) => (field as z.ZodType).meta()?.['provenance'] === 'I',
      );
      if (assumed.length === 0) continue;
      const asked = questions.find(({ id }) => id === `model.${name}`)?.assumed.join('\n') ?? '';
      expect(assumed.map(([key]) => key).filter((key) => !new RegExp(`^${key}( \\?)?: `, 'm').test(asked))).toEqual([]);
    }
  });

  test('every operation’s path, every creating call’s outcome and every callback is asked about', () => {
    const ids = new Set(questions.map(({ id }) => id));
    for (const name of operationNames.filter((one) => one !== 'getToken')) {
      expect(ids).toContain(`operation.${name}.path`);
      expect(ids.has(`operation.${name}.outcome`)).toBe(operations[name].kind !== 'query');
    }
    for (const topic of callbackTopics) expect(ids).toContain(`callback.${topic}`);
  });

  test('each is asked once, in both languages, with what is assumed', () => {
    expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
    for (const { zh, en, assumed } of questions) {
      expect(zh).toMatch(/[\u4e00-\u9fff].*？/);
      expect(en).toMatch(/\?/);
      expect(assumed.length).toBeGreaterThan(0);
    }
  });
});
