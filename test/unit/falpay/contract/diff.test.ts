import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { stringify as toYaml } from 'yaml';
import { defaultProfile, loadProfile } from '../../../../src/falpay';
import { type Difference, diffContract, draftFor } from '../../../../src/falpay/contract/diff';
import { models } from '../../../../src/falpay/contract/catalogue';
import { openApiDocument } from '../../../../src/falpay/contract/openapi/document';

const fixture = (name: string) => readFileSync(path.join(__dirname, '../../../fixtures', name), 'utf8');
const apifox = fixture('apifox-export.json');
const otherProfile = loadProfile(fixture('profile.other.json'));
const own = (profile = defaultProfile) => JSON.stringify(openApiDocument(profile));

const diff = (text: string, profile = defaultProfile) => diffContract(profile, text, 'the document');
/** `kind place: ours -> theirs`, in a fixed order. */
const lines = (differences: readonly Difference[]) =>
  differences
    .map(({ kind, model, operations, field, ours, theirs }) => {
      const at = [model ?? operations.join('+'), field].filter((part) => part !== '').join('.');
      return `${kind} ${at}: ${ours ?? ''} -> ${theirs ?? ''}`;
    })
    .sort();

describe('an export of Apifox with planted differences', () => {
  const found = diff(apifox);

  test('all of them are found, and none is invented', () => {
    expect(lines(found.differences)).toEqual(
      [
        'renamed openWallet: /api/open/wallet/apply -> /api/open/card-wallet/open',
        'renamed RestResult.message: message -> msg',
        'renamed ApiWalletRechargeOrderDto.methodCode: methodCode -> payChannel',
        'renamed VcCardPayOrderVo.merchantName: merchantName -> merchant_name',
        'renamed WalletRechargeData.creditedAmount: creditedAmount -> arrivalAmount',
        'missing ApiCardBinVo.monthlyFee: monthlyFee: string -> ',
        'missing getCardPayOrder: POST /api/open/card/pay-order/info 查询卡片支付订单详情 -> ',
        'extra MerchantDetailVo.riskLevel:  -> riskLevel: string, optional (风险等级)',
        'extra 卡片冻结:  -> POST /api/open/card/freeze 卡片冻结',
        'type ApiCardApplyDto.cardLimit: string -> number',
        'type FlowItem.flowNo: string -> integer',
        'required ApiSaveWalletApplyDto.walletName: optional -> required',
        'required RechargeMethodVo.minAmount: required -> optional',
        'enum OpenWalletInfoVo.auditStatus: PENDING, APPROVED, REJECTED -> 0 (待审核), 1 (审核通过), 2 (审核不通过)',
        'method listCardBins: POST -> GET',
      ].sort(),
    );
  });

  test('each says in which operations, and what could not be compared is told', () => {
    const of = (field: string) => found.differences.find((one) => one.field === field)?.operations;
    expect(of('merchantName')).toEqual(['listCardPayOrders']);
    expect(of('creditedAmount')).toEqual(['wallet-recharge']);
    expect(found.notes).toEqual([expect.stringMatching(/states no headers/)]);
  });

  test('the same as YAML is the same', () => {
    expect(diff(toYaml(JSON.parse(apifox))).differences).toEqual(found.differences);
  });

  test('the draft is a valid profile that settles what a profile can settle', () => {
    const { override, guesses, open, refused } = draftFor(defaultProfile, apifox, 'the document');
    expect(override).toEqual({
      envelope: { message: 'msg' },
      operations: { openWallet: { path: '/api/open/card-wallet/open' } },
      wire: {
        names: {
          ApiWalletRechargeOrderDto: { methodCode: 'payChannel' },
          VcCardPayOrderVo: { merchantName: 'merchant_name' },
          WalletRechargeData: { creditedAmount: 'arrivalAmount' },
        },
        enums: { 'OpenWalletInfoVo.auditStatus': { PENDING: 0, APPROVED: 1, REJECTED: 2 } },
      },
    });
    expect(refused).toEqual([]);
    expect(guesses).toHaveLength(2);
    const left = lines(diff(apifox, loadProfile(override)).differences).map((line) => line.split(' ')[0]);
    expect(left.sort()).toEqual([
      'extra',
      'extra',
      'method',
      'missing',
      'missing',
      'required',
      'required',
      'type',
      'type',
    ]);
    expect(open).toHaveLength(left.length);
  });
});

describe('our own export', () => {
  test.each([
    ['the default', defaultProfile],
    ['a very different one', otherProfile],
  ])('does not differ from itself under %s profile', (_name, profile) => {
    expect(diff(own(profile), profile).differences).toEqual([]);
  });

  test('under a very different profile is recognised, and the draft finds names, types and paging again', () => {
    const { override } = draftFor(defaultProfile, own(otherProfile), 'the document');
    const drafted = loadProfile(override);
    const { names, naming, ids, amounts } = drafted.wire;
    expect({ naming, ids, amounts }).toEqual({ naming: 'snake_case', ids: 'number', amounts: 'number' });
    expect(names).toEqual(otherProfile.wire.names);
    expect(drafted.paging).toEqual({ ...otherProfile.paging, firstPage: 1 });
    expect(Object.values(drafted.operations).map(({ path: at }) => at)).toEqual(
      Object.values(otherProfile.operations).map(({ path: at }) => at),
    );
    expect(drafted.callbacks.fields).toMatchObject({ topic: 'body.event_type', data: 'body.event.content' });
    // Values that nothing explains are never guessed: a wrong word could make a refusal a success.
    expect(drafted.wire.enums).toEqual({});
  });
});

type Schema = { properties: Record<string, Record<string, unknown>>; required?: string[] };

describe('whatever is changed in one place', () => {
  const places = [...models].flatMap(([name, model]) =>
    // Without its one field a model says nothing at all, which is another difference.
    /^(RestResult|UnsafeCard|TokenVo|PageInfo|BasePage|Paging)/.test(name) || Object.keys(model.shape).length === 1
      ? []
      : Object.keys(model.shape).map((field) => ({ name, field })),
  );
  const document = own();
  const changed = ({ name }: { readonly name: string; readonly field: string }, change: (schema: Schema) => void) => {
    const parsed = JSON.parse(document) as { components: { schemas: Record<string, Schema> } };
    const schema = parsed.components.schemas[name];
    if (schema) change(schema);
    // The card with its secrets is written as a model of its own in our export alone.
    const twin = name === 'ApiCardApplyVo' ? parsed.components.schemas['UnsafeCardWithSecretsVo'] : undefined;
    if (twin) change(twin);
    return diff(JSON.stringify(parsed)).differences;
  };

  test('a field that is gone is missing, and nothing else', () => {
    fc.assert(
      fc.property(fc.constantFrom(...places), (place) => {
        const differences = changed(place, ({ properties, required = [] }) => {
          delete properties[place.field];
          required.splice(required.indexOf(place.field), required.includes(place.field) ? 1 : 0);
        });
        expect(differences.filter(({ model }) => model === place.name)).toMatchObject([
          { kind: 'missing', field: place.field },
        ]);
        expect(differences).toHaveLength(1);
      }),
      { numRuns: 25 },
    );
  });

  test('a field of another name is recognised when it is written in another case', () => {
    fc.assert(
      fc.property(fc.constantFrom(...places.filter(({ field }) => /[A-Z]/.test(field))), (place) => {
        const other = place.field.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
        const differences = changed(place, ({ properties, required = [] }) => {
          properties[other] = properties[place.field] ?? {};
          delete properties[place.field];
          if (required.includes(place.field)) required[required.indexOf(place.field)] = other;
        });
        expect(differences).toMatchObject([{ kind: 'renamed', model: place.name, field: place.field, theirs: other }]);
      }),
      { numRuns: 25 },
    );
  });

  test('a field that nobody knows is extra, and nothing else', () => {
    fc.assert(
      fc.property(fc.constantFrom(...places), ({ name, field }) => {
        const differences = changed({ name, field }, ({ properties }) => {
          properties['zzTopSecretFlag'] = { type: 'string', description: '某标志' };
        });
        expect(differences).toMatchObject([{ kind: 'extra', model: name, field: 'zzTopSecretFlag' }]);
      }),
      { numRuns: 15 },
    );
  });
});

test('amounts that are whole numbers there are never taken for cents without a person', () => {
  const cents = loadProfile({ wire: { amounts: 'number', amountUnit: 'minor' } });
  const { override, open } = draftFor(defaultProfile, own(cents), 'the document');
  expect(override).toEqual({ wire: { amounts: 'number' } });
  expect(open[0]).toMatch(/are they in minor units \(cents\)\? Then set wire.amountUnit/);
  expect(diff(own(cents), cents).differences).toEqual([]);
});

describe('documents of other kinds', () => {
  test.each([
    ['{"swagger": "2.0", "paths": {}}', /is Swagger 2.0: export it as OpenAPI 3.0 or 3.1/],
    ['{"apifoxProject": "1.0.0"}', /is a project of Apifox/],
    ['{"openapi": "4.0.0"}', /is no OpenAPI 3.0 or 3.1 document/],
    ['{"openapi": "3.0.1"', /is neither JSON nor YAML/],
    ['[]', /is no OpenAPI document/],
  ])('%s is refused with what it is', (text, message) => {
    expect(() => diff(text)).toThrow(message);
  });

  test('an empty document lacks everything, and says so', () => {
    const { differences, notes } = diff('openapi: 3.0.1\npaths: {}\n');
    expect(differences).toHaveLength(26);
    expect(new Set(differences.map(({ kind }) => kind))).toEqual(new Set(['missing']));
    expect(notes.join()).toMatch(/no callbacks/);
  });

  test('nullable, references, allOf and a model that holds itself are read', () => {
    const text = `
openapi: 3.1.0
paths:
  /api/open/merchant/detail:
    post:
      summary: 商户详情
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Query' } } } }
      responses:
        '200': { content: { application/json: { schema: { allOf: [{ $ref: '#/components/schemas/Result' }, { properties: { data: { $ref: '#/components/schemas/Detail' } } }] } } } }
components:
  schemas:
    Query: { type: object, properties: { merchantId: { type: [string, 'null'] }, merchantOrderNo: { type: string } } }
    Result: { type: object, required: [success, code], properties: { success: { type: boolean }, code: { type: string }, message: { type: string } } }
    Detail:
      type: object
      required: [merchantId, merchantOrderNo, merchantType, auditStatus, createTime, updateTime]
      properties:
        merchantId: { type: string }
        merchantOrderNo: { type: string }
        merchantType: { type: string }
        auditStatus: { type: string, description: '状态：WAIT 待审核，PASS 审核通过，REFUSE 驳回' }
        rejectReason: { type: [string, 'null'] }
        auditTime: { oneOf: [{ type: 'null' }, { type: string }] }
        createTime: { type: string }
        updateTime: { type: string }
        parent: { $ref: '#/components/schemas/Detail' }
`;
    const found = diff(text).differences.filter(({ kind }) => kind !== 'missing');
    expect(found).toMatchObject([
      { kind: 'required', model: 'RestResult', field: 'data' },
      { kind: 'enum', field: 'auditStatus', theirs: 'WAIT (待审核), PASS (审核通过), REFUSE (驳回)' },
      { kind: 'extra', field: 'parent' },
    ]);
    expect(draftFor(defaultProfile, text, 'x').override).toMatchObject({
      wire: { enums: { auditStatus: { PENDING: 'WAIT', APPROVED: 'PASS', REJECTED: 'REFUSE' } } },
    });
  });
});
