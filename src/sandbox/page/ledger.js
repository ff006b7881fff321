/** The ledger: whether everything adds up, and where the money is. */
import { both, el, liveTable } from './dom.js';
import { money } from './words.js';

export function ledgerView() {
  const verdict = el('p', { class: 'verdict', id: 'ledger-verdict' });
  const violations = el('ul', { class: 'error', id: 'ledger-violations' });
  const totals = liveTable({
    id: 'ledger-totals',
    title: ['合计', 'Totals'],
    empty: ['还没有资金', 'no money yet'],
    columns: [
      ['币种', 'Currency'],
      ['沙箱内（钱包、卡、手续费）', 'Inside (wallets, cards, fees)'],
      ['外部净流入', 'What the outside put in, less what it took'],
    ],
    key: ({ currency }) => currency,
    cells: ({ currency, inside, outside }) => [currency, money(inside, currency), money(outside, currency)],
  });
  const accounts = liveTable({
    id: 'ledger-accounts',
    title: ['账户', 'Accounts'],
    empty: ['还没有分录', 'no postings yet'],
    columns: [
      ['账户', 'Account'],
      ['余额', 'Balance'],
    ],
    key: ({ account, currency }) => `${account} ${currency}`,
    cells: ({ account, currency, balance }) => [el('code', {}, account), money(balance, currency)],
  });
  return {
    node: el(
      'div',
      {},
      el('section', {}, el('h2', {}, both(['账本', 'Ledger'])), verdict, violations),
      el('section', {}, el('h2', {}, both(['合计', 'Totals'])), totals.node),
      el('section', {}, el('h2', {}, both(['账户', 'Accounts'])), accounts.node),
    ),
    update: (_state, { ledger }) => {
      if (ledger === undefined) return;
      verdict.textContent = ledger.balanced
        ? `✓ ${ledger.transfers} 笔转账全部平衡，所有规则成立 · ${ledger.transfers} transfers add up, every rule holds`
        : `✗ ${ledger.violations.length} 条规则不成立 · rules that do not hold: ${ledger.violations.length}`;
      verdict.classList.toggle('bad', !ledger.balanced);
      violations.replaceChildren(...ledger.violations.map((one) => el('li', {}, one)));
      violations.hidden = ledger.balanced;
      totals.update(Object.entries(ledger.totals).map(([currency, sums]) => ({ currency, ...sums })));
      accounts.update(ledger.accounts);
    },
  };
}
