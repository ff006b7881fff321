/** Shows one view at a time, by the part of the address after #, and keeps it up to date while somebody looks. */
import { behaviourView } from './behaviour.js';
import { CHANGED } from './commands.js';
import { get } from './control.js';
import { cardsView, merchantsView, todoView, waiting, walletsView } from './customers.js';
import { both, el } from './dom.js';
import { ledgerView } from './ledger.js';
import { callbacksView, requestsView } from './traffic.js';

/** `needs`: what beside the state is asked for while the view is shown. */
const VIEWS = [
  { id: 'todo', words: ['待办', 'To do'], make: todoView, needs: [] },
  { id: 'merchants', words: ['商户', 'Merchants'], make: merchantsView, needs: [] },
  { id: 'wallets', words: ['卡钱包', 'Wallets'], make: walletsView, needs: [] },
  { id: 'cards', words: ['卡片', 'Cards'], make: cardsView, needs: [] },
  { id: 'ledger', words: ['账本', 'Ledger'], make: ledgerView, needs: ['ledger'] },
  { id: 'callbacks', words: ['回调', 'Callbacks'], make: callbacksView, needs: ['callbacks'] },
  { id: 'requests', words: ['请求', 'Requests'], make: requestsView, needs: ['requests'] },
  { id: 'behaviour', words: ['故障与设置', 'Faults & settings'], make: behaviourView, needs: ['faults'] },
];
const PAUSE_MS = 1_500;
/** The whole ledger is added up for an answer: for the word in the header that need not be each time. */
const LEDGER_EVERY = 5;
const LIMIT = 100;

const host = document.getElementById('view');
const links = new Map();
const waitingCount = el('span', { class: 'count', hidden: true });
let shown;
let words;
let looks = 0;
let timer;
let isLooking = false;
let isStale = false;

for (const { id, words: label } of VIEWS) {
  const link = el('a', { href: `#${id}` }, both(label), id === 'todo' ? [' ', waitingCount] : null);
  links.set(id, link);
  document.getElementById('views').append(link);
}

function choose() {
  const named = VIEWS.find(({ id }) => id === location.hash.slice(1));
  // What is asked for before the first answer is shown with it; an address that is no view's leaves the view that is there.
  if (words === undefined || (named === undefined && shown !== undefined)) return;
  const view = named ?? VIEWS[0];
  for (const [id, link] of links) {
    if (id === view.id) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.title = `${view.words.join(' ')} · FalPay 沙箱 Sandbox`;
  const titles = new Map([...words.operations, ...words.topics].map(({ name, title }) => [name, title]));
  shown = { ...view, ...view.make(titles, words) };
  host.replaceChildren(shown.node);
  void look();
}

/** Asks for what is shown, one question at a time; what happens meanwhile is asked for right after. */
async function look() {
  if (isLooking) {
    isStale = true;
    return;
  }
  isLooking = true;
  clearTimeout(timer);
  try {
    words ??= await get('/words');
    if (shown === undefined) choose();
    await refresh(shown);
    connected(true);
  } catch (error) {
    connected(false, error.message);
  }
  isLooking = false;
  const again = isStale;
  isStale = false;
  if (again) return look();
  if (!document.hidden) timer = setTimeout(look, PAUSE_MS);
}

async function refresh(view) {
  const isLedgerDue = looks % LEDGER_EVERY === 0;
  looks += 1;
  const names = [...new Set([...view.needs, ...(isLedgerDue ? ['ledger'] : [])])];
  const [state, ...answers] = await Promise.all(
    ['state', ...names].map((name) => get(`/${name}${['ledger', 'faults'].includes(name) ? '' : `?limit=${LIMIT}`}`)),
  );
  const more = Object.fromEntries(names.map((name, index) => [name, answers[index][name] ?? answers[index]]));
  showLedger(more.ledger);
  const count = waiting(state);
  waitingCount.textContent = String(count);
  waitingCount.hidden = count === 0;
  // Another view may have been chosen while the answers came.
  if (view === shown) view.update(state, more);
}

function showLedger(ledger) {
  if (ledger === undefined) return;
  const place = document.getElementById('ledger-state');
  place.textContent = ledger.balanced ? '账本平衡 Ledger balanced' : '账本不平 Ledger does not add up';
  place.className = ledger.balanced ? 'pill good' : 'pill bad';
}

/** Said only when it changes: a status that is written each second is read out each second. */
function connected(isUp, why) {
  const place = document.getElementById('connection');
  const text = isUp ? '已连接 Connected' : why;
  if (place.textContent !== text) place.textContent = text;
  place.className = isUp ? 'pill good' : 'pill bad';
}

addEventListener('hashchange', choose);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) void look();
});
document.addEventListener(CHANGED, () => {
  looks = 0;
  void look();
});
void look();
