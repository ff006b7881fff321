import { z } from 'zod';
import { callbacks, type CallbackRow } from '../callbacks';
import { english } from '../english';
import { callbackGroups, documents, groups, signatureTools } from '../navigation';
import { type OperationName, operationRow } from '../operations';
import type { FalpayProfile } from '../profile';
import type { Provenance } from '../provenance';
import { wordLists } from '../words';
import { envelopeOf, isEnvelope, isFalpaysName, models } from '../catalogue';
import { fieldRows, typeText } from './fields';

/**
 * docs/contract.md: every operation, callback, tool and model of the contract with its provenance, as the profile has
 * it. Generated, so that it cannot say otherwise than the code.
 */
export function contractTable(profile: FalpayProfile): string {
  return [
    '# The FalPay contract',
    '',
    'Written by `npm run docs:contract` from the code; a test refuses it when it is out of date.',
    '',
    'One page of FalPay’s documentation is at hand. **[A]** stands on it; **[N]** follows from a name on it; **[I]** is assumed, taken from what comparable',
    'card platforms do, and asked of the provider by `npx cardflow contract questions`. Everything [I] is an entry of the profile or a model here: the day the real',
    'documentation arrives, `npx cardflow contract diff <file>` lists what differs.',
    '',
    '## Operations',
    '',
    ...groups.flatMap((group) => [
      `### ${group.title} (${group.english})`,
      '',
      ...table(
        OPERATION_HEAD,
        group.operations.map((name) => operationRowText(name, profile)),
      ),
    ]),
    '“Proves absence”: not found means not carried out, so that the same number may be sent again. Without it, or without a look-up, an unknown outcome waits for a person',
    '(unless the operation’s idempotency is confirmed).',
    '',
    ...signatureToolSection(),
    ...documentSection(),
    ...callbackSection(profile),
    ...wordSection(),
    ...modelSection(profile),
  ].join('\n');
}

const OPERATION_HEAD = [
  '名称',
  'operation',
  'path',
  'request',
  'answer',
  'our number',
  'idempotent',
  'look-up when the outcome is unknown',
  'marks',
];

function operationRowText(name: OperationName, profile: FalpayProfile): readonly string[] {
  const { title, request, response, orderNo, provenance } = operationRow(name);
  if (name === 'getToken') {
    const { path, method, transport } = profile.token;
    return [
      title,
      code(name),
      code(`${method} ${path}`),
      transport,
      code(envelopeOf(name)),
      '',
      '',
      '',
      marks(provenance, 'A'),
    ];
  }
  const { path, idempotent, lookup } = profile.operations[name];
  return [
    title,
    code(name),
    code(`${profile.http.method} ${path}`),
    request === null ? 'none' : code(typeText(request)),
    answerText(name, response),
    orderNo === undefined ? '' : code(orderNo),
    operationRow(name).kind === 'query' ? 'query' : idempotent,
    lookup === undefined
      ? ''
      : `${code(lookup.operation)} by ${code(lookup.key)}${lookup.provesAbsence ? ', proves absence' : ''}`,
    marks(provenance, 'I'),
  ];
}

const answerText = (name: OperationName, response: z.ZodType): string =>
  `${code(envelopeOf(name))}${response instanceof z.ZodUnknown ? ', its data is not read' : `: ${typeText(response)}`}`;

/** The name's mark, and what its path and fields have. */
const marks = (name: Provenance, shape: Provenance): string =>
  name === shape ? `[${name}]` : `[${name}] name, [${shape}] path and fields`;

function signatureToolSection(): readonly string[] {
  return [
    '### 签名验签工具 (Signature tool)',
    '',
    ...table(
      ['名称', 'command', 'the same at the sandbox', 'marks'],
      signatureTools.map(({ title, english: meaning, command, sandbox }) => [
        `${title} (${meaning})`,
        code(`npx cardflow ${command}`),
        code(`POST /sandbox/signature/${sandbox}`),
        '[N] name, [I] rules',
      ]),
    ),
  ];
}

function documentSection(): readonly string[] {
  const rows = documents.map(({ title, english: meaning, where }) => [`${title} (${meaning})`, where, '[N]']);
  return ['### Documents', '', ...table(['名称', 'here', 'marks'], rows)];
}

function callbackSection(profile: FalpayProfile): readonly string[] {
  const rows = callbackGroups.flatMap(({ title: group, callbacks: entries }) =>
    entries.map(({ title, topic }) => {
      const row: CallbackRow = callbacks[topic];
      return [
        `${group}：${title} (${english(row.title)})`,
        code(topic),
        code(`POST {callback address}${profile.callbacks.topics[topic].path}`),
        code(typeText(row.data)),
        row.orderNo === undefined ? '' : `${code(row.orderNo)}, may be absent`,
        code(row.ref),
        marks(row.provenance, 'I'),
      ];
    }),
  );
  return [
    '## Callbacks',
    '',
    ...table(['名称', 'topic', 'address', 'data', 'our number', 'FalPay’s id', 'marks'], rows),
  ];
}

function wordSection(): readonly string[] {
  const rows = Object.entries(wordLists).map(([name, words]) => [code(name), words.map(code).join(', '), '[I]']);
  return [
    '## Words',
    '',
    'Statuses and kinds as they are inside; the profile’s `wire.enums` maps FalPay’s words to them. An unknown word is kept as it comes and never means success.',
    '',
    ...table(['list', 'words', 'marks'], rows),
  ];
}

function modelSection(profile: FalpayProfile): readonly string[] {
  const falpays = [...models.keys()].filter(isFalpaysName).length;
  return [
    '## Models',
    '',
    `${falpays} models under FalPay’s names, and ${models.size - falpays} of ours. Fields as the profile has them on the wire; \`?\` means optional.`,
    '',
    ...[...models].flatMap(([name, model]) => {
      const { description = '', provenance = '' } = (model.meta() ?? {}) as {
        description?: string;
        provenance?: string;
      };
      return [
        `### ${name} [${provenance}]${isFalpaysName(name) ? '' : ', a name of ours'}`,
        '',
        `${description} / ${english(description)}${isEnvelope(name) ? '; names [A]' : ''}`,
        '',
        ...table(['field', 'type', '说明', 'meaning', 'mark'], fieldRows(model, profile)),
      ];
    }),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line), ''];
}

const code = (text: string): string => `\`${text}\``;
