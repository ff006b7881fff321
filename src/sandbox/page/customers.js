/** Merchants and cardholders, wallets with their orders, cards with their payments; and of all those what waits for a person. */
import { both, el, liveTable } from './dom.js';
import { cardholders, cards, merchants, payments, recharges, wallets, withdrawals } from './tables.js';

const isOpen = {
  merchants: ({ auditStatus }) => auditStatus === 'PENDING',
  wallets: ({ auditStatus }) => auditStatus === 'PENDING',
  cardholders: ({ status: word }) => word === 'PENDING',
  recharges: ({ status: word }) => word === 'PENDING' || word === 'PROCESSING',
  withdrawals: ({ status: word }) => word === 'PROCESSING',
  cards: ({ status: word }) => word === 'PENDING',
};

/** How many things wait for a decision, among those that are shown. */
export const waiting = (state) =>
  Object.entries(isOpen).reduce((sum, [kind, isOne]) => sum + state[kind].filter(isOne).length, 0);

/** Several tables, each under its heading; the control plane gives the latest ones of what it counts. */
function tables(kinds, pick = (items) => items, { hideEmpty = false } = {}) {
  const parts = kinds.map(([name, what]) => ({ name, live: liveTable(what), count: el('small'), what }));
  const sections = parts.map(({ live, count, what }) =>
    el('section', {}, el('h2', {}, both(what.title), ' ', count), live.node),
  );
  return {
    node: el('div', {}, sections),
    update: (state) =>
      parts.forEach(({ name, live, count }, index) => {
        const items = pick(state[name], name);
        live.update(items);
        const all = hideEmpty ? items.length : state.counts[name];
        count.textContent = items.length < all ? `${items.length} / ${all}` : String(all);
        sections[index].hidden = hideEmpty && items.length === 0;
      }),
  };
}

export const merchantsView = () =>
  tables([
    ['merchants', merchants],
    ['cardholders', cardholders],
  ]);
export const walletsView = () =>
  tables([
    ['wallets', wallets],
    ['recharges', recharges],
    ['withdrawals', withdrawals],
  ]);
export const cardsView = () =>
  tables([
    ['cards', cards],
    ['payOrders', payments],
  ]);

const DELAYS = ['merchantAuditDelay', 'walletAuditDelay', 'arrivalDelay', 'withdrawalDelay', 'issueDelay'];

/** What waits for a person; and a word about why nothing may: the sandbox decides by itself until it is told not to. */
export function todoView() {
  const open = tables(
    [
      ['merchants', { ...merchants, id: 'todo-merchants', title: ['商户账户审核', 'Merchant audits'] }],
      ['wallets', { ...wallets, id: 'todo-wallets', title: ['卡钱包审核', 'Wallet audits'] }],
      ['cardholders', { ...cardholders, id: 'todo-cardholders', title: ['持卡人审核', 'Cardholder audits'] }],
      ['recharges', { ...recharges, id: 'todo-recharges', title: ['等待到账', 'Recharges that wait for money'] }],
      ['withdrawals', { ...withdrawals, id: 'todo-withdrawals', title: ['等待打款', 'Withdrawals to pay out'] }],
      ['cards', { ...cards, id: 'todo-cards', title: ['等待开卡', 'Cards to issue'] }],
    ],
    (items, name) => items.filter(isOpen[name]),
    { hideEmpty: true },
  );
  const nothing = el('p', { class: 'none' }, both(['没有待办事项', 'nothing waits for you']));
  const automatic = el(
    'p',
    { class: 'note' },
    both(['有些步骤由沙箱自动决定，', 'some steps are decided by the sandbox itself: ']),
    el('a', { href: '#behaviour' }, both(['改为手动', 'have them wait for you'])),
  );
  return {
    node: el('div', {}, automatic, nothing, open.node),
    update: (state) => {
      open.update(state);
      nothing.hidden = waiting(state) > 0;
      automatic.hidden = DELAYS.every((name) => state.settings[name] === 'manual');
    },
  };
}
