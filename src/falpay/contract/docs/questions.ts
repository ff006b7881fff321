import type { z } from 'zod';
import { isEnvelope, isFalpaysName, models } from '../catalogue';
import { callbacks, callbackTopics } from '../callbacks';
import { operationNames, operationRow } from '../operations';
import type { FalpayProfile } from '../profile';
import { marked } from '../wire-fields';
import { wordLists } from '../words';
import { BUSINESS_QUESTIONS } from './business-questions';
import { fieldRows } from './fields';
import { NOTHING_TO_ASK, PROFILE_QUESTIONS } from './profile-questions';

/** One assumption, as a question to the provider. */
export interface Question {
  /** Stable, so that answers can be noted by it. */
  readonly id: string;
  readonly group: 'business' | 'wire' | 'operation' | 'callback' | 'words' | 'model';
  readonly zh: string;
  readonly en: string;
  /** What we do until it is answered, line by line. */
  readonly assumed: readonly string[];
}

/** Every assumption [I] of the contract under a profile, as questions in Chinese and English. */
export function contractQuestions(profile: FalpayProfile): readonly Question[] {
  return [
    ...BUSINESS_QUESTIONS.map(({ id, zh, en, assumed }) => question(`business.${id}`, 'business', zh, en, [assumed])),
    ...wireQuestions(profile),
    ...operationQuestions(profile),
    ...callbackQuestions(profile),
    ...Object.entries(wordLists).map(([list, words]) => wordQuestion(list, words)),
    ...[...models].flatMap(([name, model]) => modelQuestion(name, model, profile)),
  ];
}

const question = (
  id: string,
  group: Question['group'],
  zh: string,
  en: string,
  assumed: readonly string[],
): Question => ({ id, group, zh, en, assumed });

function wireQuestions(profile: FalpayProfile): readonly Question[] {
  const entries = entriesOf(profile);
  return PROFILE_QUESTIONS.map(({ covers, zh, en }) => {
    const assumed = entries
      .filter(([path]) => isCovered(path, covers))
      .map(([path, value]) => `${path} = ${JSON.stringify(value)}`);
    return question(`wire.${covers[0]?.replace('.**', '') ?? ''}`, 'wire', zh, en, assumed);
  });
}

/** Entries of the profile about which no question asks and of which none says that nothing is to be asked. */
export function uncoveredEntries(profile: FalpayProfile): readonly string[] {
  const covered = [...NOTHING_TO_ASK, ...PROFILE_QUESTIONS.flatMap(({ covers }) => covers)];
  return entriesOf(profile)
    .map(([path]) => path)
    .filter((path) => !isCovered(path, covered));
}

function entriesOf(value: unknown, path = ''): readonly (readonly [string, unknown])[] {
  const isTree = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
  if (!isTree) return [[path, value]];
  return Object.entries(value).flatMap(([key, item]) => entriesOf(item, path === '' ? key : `${path}.${key}`));
}

function isCovered(path: string, patterns: readonly string[]): boolean {
  const parts = path.split('.');
  return patterns.some((pattern) => {
    const wanted = pattern.split('.');
    if (wanted.at(-1) === '**')
      return wanted.slice(0, -1).every((part, index) => part === '*' || part === parts[index]);
    return wanted.length === parts.length && wanted.every((part, index) => part === '*' || part === parts[index]);
  });
}

function operationQuestions(profile: FalpayProfile): readonly Question[] {
  return operationNames.flatMap((name) => {
    if (name === 'getToken') return [];
    const { title, kind } = operationRow(name);
    const { path, idempotent, lookup } = profile.operations[name];
    const asked = [
      question(
        `operation.${name}.path`,
        'operation',
        `“${title}”的路径是否为以下路径？`,
        `Is this the path of ${title} (${name})?`,
        [`${profile.http.method} ${path}`],
      ),
    ];
    if (kind === 'query') return asked;
    const found =
      lookup === undefined
        ? 'there is no query for it'
        : `${lookup.operation} (${operationRow(lookup.operation).title}) by ${lookup.key}; not found ${lookup.provesAbsence ? 'proves' : 'does not prove'} that it was not carried out`;
    return [
      ...asked,
      question(
        `operation.${name}.outcome`,
        'operation',
        `“${title}”请求超时后，如何确认是否已处理？以相同内容重复请求是否安全？`,
        `After a timeout of ${title} (${name}), how can be told whether it was carried out, and is it safe to send the same again?`,
        [found, `idempotent: ${idempotent}`],
      ),
    ];
  });
}

function callbackQuestions(profile: FalpayProfile): readonly Question[] {
  return callbackTopics.map((topic) => {
    const { title } = callbacks[topic];
    const { path, value } = profile.callbacks.topics[topic];
    return question(
      `callback.${topic}`,
      'callback',
      `“${title}”回调发往哪个地址，如何与其他回调区分？何时发送（每次状态变化都发送吗）？是否带有我方单号？`,
      `To which address is the callback ${title} (${topic}) sent, what tells it from others, when is it sent (on each change of status?), and does it carry our order number?`,
      [
        `POST {callback address}${path}`,
        `topic ${JSON.stringify(value)}`,
        'on each change of status; our order number may be absent',
      ],
    );
  });
}

function wordQuestion(list: string, words: readonly string[]): Question {
  const [first] = fieldsWith(list);
  return question(
    `words.${list}`,
    'words',
    `“${first?.description ?? list}”有哪些取值，各是什么含义？`,
    `Which values can ${list} (${fieldsWith(list)
      .map(({ at }) => at)
      .join(', ')}) have, and what does each mean?`,
    [words.join(', ')],
  );
}

function fieldsWith(list: string): readonly { readonly at: string; readonly description: string }[] {
  return [...models].flatMap(([name, model]) =>
    Object.entries(model.shape as Readonly<Record<string, z.ZodType>>).flatMap(([key, field]) =>
      marked(field, 'wireWords') === list
        ? [{ at: `${name}.${key}`, description: marked(field, 'description') ?? list }]
        : [],
    ),
  );
}

/** Its fields; the envelopes' are attested, and what they carry is asked under its own name. */
function modelQuestion(name: string, model: z.ZodObject, profile: FalpayProfile): readonly Question[] {
  if (isEnvelope(name)) return [];
  const rows = fieldRows(model, profile).filter((row) => row.at(-1) === '[I]');
  if (rows.length === 0) return [];
  const description = model.meta()?.description ?? name;
  const zhName = isFalpaysName(name) ? `模型 ${name}（${description}）` : description;
  return [
    question(
      `model.${name}`,
      'model',
      `${zhName}的字段、类型、是否必填是否如下？有无遗漏或多余？`,
      `Are these the fields of ${name}, with these types, required where not marked "?"? What is missing, what is too much?`,
      rows.map(([field = '', type = '', zh = '']) => `${field.replaceAll('`', '')}: ${type} ${zh}`.trim()),
    ),
  ];
}

const GROUPS: Readonly<Record<Question['group'], string>> = {
  business: '业务 / Business',
  wire: '通信约定 / How it is spoken',
  operation: '接口 / Operations',
  callback: '回调 / Callbacks',
  words: '取值 / Values',
  model: '数据模型 / Models',
};

/** The questions as a Markdown document that can be sent as it is. */
export function questionsAsText(questions: readonly Question[]): string {
  return (Object.keys(GROUPS) as Question['group'][])
    .flatMap((group) => [
      `## ${GROUPS[group]}`,
      '',
      ...questions
        .map((asked, index) => ({ ...asked, number: index + 1 }))
        .filter((asked) => asked.group === group)
        .flatMap(({ number, id, zh, en, assumed }) => [
          `${number}. ${zh}`,
          `   ${en}`,
          `   当前假设 / assumed (\`${id}\`): ${assumed.length === 1 ? assumed[0] : ''}`.trimEnd(),
          ...(assumed.length === 1 ? [] : assumed.map((line) => `   - ${line}`)),
          '',
        ]),
    ])
    .join('\n');
}
