/** How the sandbox behaves: settings, what goes wrong on purpose, and plans for what does not exist yet. */
import { put, remove } from './control.js';
import { run, runWith } from './commands.js';
import { both, button, el, liveTable } from './dom.js';
import { askForFault, askForPlan } from './behaviour-questions.js';

const DELAYS = [
  ['merchantAuditDelay', ['商户账户审核', 'Merchant audit']],
  ['walletAuditDelay', ['卡钱包审核', 'Wallet audit']],
  ['cardholderAuditDelay', ['持卡人审核', 'Cardholder audit']],
  ['arrivalDelay', ['充值到账', 'Recharge arrives']],
  ['withdrawalDelay', ['提现', 'Withdrawal']],
  ['issueDelay', ['开卡', 'Card issue']],
];
const OTHERS = [
  ['callbackUrl', ['回调地址', 'Callback address'], 'URL；/{topic} 会附加在后 · /{topic} is added'],
  ['callbackLadder', ['重发间隔', 'Resend ladder'], '毫秒，逗号分隔 · milliseconds, with commas between'],
  ['callbackTimeout', ['回调超时', 'Callback timeout'], '毫秒 milliseconds'],
  ['callbackSigning', ['回调签名', 'Callback signature'], 'each 每次重签 · once 只签一次'],
  ['callbackOrderNumbers', ['回调带商户订单号', 'Our order numbers in callbacks'], 'true / false'],
  ['tokenLifetime', ['令牌有效期', 'Token lifetime'], '秒 seconds'],
];
const SECOND = 1_000;

/** As the control plane takes it; what cannot be read is sent as it is, so that the sandbox says what is wrong with it. */
function valueOf(name, text) {
  if (text === undefined) return name === 'callbackUrl' ? null : '';
  if (name === 'callbackLadder') return text.split(',').map((part) => numberOr(part.trim()));
  if (name === 'callbackOrderNumbers') return { true: true, false: false }[text] ?? text;
  return name === 'callbackUrl' || name === 'callbackSigning' ? text : numberOr(text);
}

const numberOr = (text) => (/^\d+$/.test(text) ? Number(text) : text);
const shown = (value) => (Array.isArray(value) ? value.join(', ') : value === null ? '' : String(value));

/** Only what is different is sent: the rest may have been changed elsewhere meanwhile. */
const changeSettings = (title, which, settings) =>
  runWith({
    title,
    fields: which.map(([name, label, hint]) => ({
      name,
      label,
      value: shown(settings[name]),
      hint: hint ?? '毫秒或 manual · milliseconds, or "manual"',
    })),
    confirm: ['保存', 'Save'],
    done: ['设置已保存', 'settings kept'],
    send: (values) => {
      const changed = Object.entries(values).filter(([name, text]) => (text ?? '') !== shown(settings[name]));
      return put('/settings', Object.fromEntries(changed.map(([name, text]) => [name, valueOf(name, text)])));
    },
  });

const setDelays = (value, done) =>
  run(done, () => put('/settings', Object.fromEntries(DELAYS.map(([name]) => [name, value]))));

const settingsTable = (id, title, which) => ({
  id,
  title,
  empty: ['', ''],
  columns: [
    ['设置', 'Setting'],
    ['值', 'Value'],
  ],
  kind: 'settings',
  key: ({ name }) => name,
  cells: ({ name, value }) => [
    [both(which.find(([known]) => known === name)[1]), el('small', {}, name)],
    el('code', { class: 'long' }, shown(value) || '—'),
  ],
});

export function behaviourView(_titles, words) {
  let latest;
  const delays = liveTable(settingsTable('delays', ['自动决定', 'Decisions by itself'], DELAYS));
  const others = liveTable(settingsTable('other-settings', ['回调与令牌', 'Callbacks and token'], OTHERS));
  const faults = liveTable({
    id: 'faults',
    title: ['故障', 'Faults'],
    empty: ['没有故障', 'nothing goes wrong on purpose'],
    columns: [
      ['故障', 'Fault'],
      ['规则', 'Rule'],
      ['命中', 'Matched'],
      ['发生', 'Happened'],
    ],
    key: ({ index }) => index,
    cells: ({ rule: { fault, ...rule }, matched, fired }) => [
      el('code', {}, fault),
      el('code', { class: 'long' }, JSON.stringify(rule)),
      String(matched),
      String(fired),
    ],
  });
  const plans = liveTable({
    id: 'plans',
    title: ['计划', 'Plans'],
    empty: ['没有计划', 'no plans'],
    columns: [
      ['步骤', 'Step'],
      ['计划', 'Plan'],
    ],
    key: ({ index }) => index,
    cells: ({ plan: { step, ...plan } }) => [el('code', {}, step), el('code', { class: 'long' }, JSON.stringify(plan))],
  });
  const bar = (...buttons) => el('div', { class: 'buttons' }, buttons);
  return {
    node: el(
      'div',
      {},
      el(
        'section',
        {},
        el('h2', {}, both(['自动决定', 'Decisions by itself'])),
        bar(
          button(['全部手动', 'All by hand'], () => setDelays('manual', ['改为手动', 'everything waits for you']), {
            name: 'all-by-hand',
          }),
          button(['全部自动（1 秒）', 'All by itself (1 s)'], () => setDelays(SECOND, ['改为自动', 'by itself']), {
            name: 'all-by-itself',
          }),
          button(['修改', 'Change'], () => changeSettings(['自动决定', 'Decisions by itself'], DELAYS, latest), {
            name: 'change-delays',
          }),
        ),
        delays.node,
      ),
      el(
        'section',
        {},
        el('h2', {}, both(['回调与令牌', 'Callbacks and token'])),
        bar(
          button(['修改', 'Change'], () => changeSettings(['回调与令牌', 'Callbacks and token'], OTHERS, latest), {
            name: 'change-settings',
          }),
        ),
        others.node,
      ),
      el(
        'section',
        {},
        el('h2', {}, both(['故障', 'Faults'])),
        bar(
          button(['添加故障', 'Add a fault'], () => askForFault(words), { name: 'add-fault', kind: 'primary' }),
          button(['清除', 'Clear'], () => run(['故障已清除', 'no more faults'], () => remove('/faults')), {
            name: 'clear-faults',
          }),
        ),
        faults.node,
      ),
      el(
        'section',
        {},
        el('h2', {}, both(['计划', 'Plans'])),
        bar(
          button(['添加计划', 'Add a plan'], () => askForPlan(), { name: 'add-plan' }),
          button(['清除', 'Clear'], () => run(['计划已清除', 'no more plans'], () => remove('/plans')), {
            name: 'clear-plans',
          }),
        ),
        plans.node,
      ),
    ),
    update: ({ settings, plans: planned }, { faults: found }) => {
      latest = settings;
      delays.update(DELAYS.map(([name]) => ({ name, value: settings[name] })));
      others.update(OTHERS.map(([name]) => ({ name, value: settings[name] })));
      plans.update(planned.map((plan, index) => ({ plan, index })));
      if (found !== undefined) faults.update(found.rules.map((rule, index) => ({ ...rule, index })));
    },
  };
}
