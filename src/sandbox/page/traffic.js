/** What goes out and what came in: callbacks with each try, and the calls. */
import { both, button, el, liveTable } from './dom.js';
import * as command from './commands.js';
import { clock, status } from './words.js';

const outcome = ({ status: code, outcome: words }) => (code === undefined ? words : `HTTP ${code} · ${words}`);

const tries = (list) =>
  el(
    'ol',
    { class: 'tries' },
    list.map((one) => el('li', {}, clock(one.at), ` · ${outcome(one)} · ${one.ms}\u00a0ms`)),
  );

export function callbacksView(titles) {
  const live = liveTable({
    id: 'callbacks',
    title: ['回调', 'Callbacks'],
    empty: ['还没有回调', 'no callbacks yet'],
    columns: [
      ['回调', 'Callback'],
      ['关于', 'About'],
      ['状态', 'State'],
      ['发送记录', 'Tries'],
      ['下次发送', 'Next try'],
      ['内容', 'Body'],
      ['操作', 'Actions'],
    ],
    key: ({ eventId }) => eventId,
    cells: (one) => [
      [titles.get(one.topic) ?? '', el('small', {}, one.topic), el('small', {}, one.eventId)],
      el('code', {}, one.ref),
      [status(one.state), one.fault === undefined ? null : el('small', {}, `故障 fault: ${one.fault}`)],
      one.tries.length === 0 ? '—' : tries(one.tries),
      clock(one.nextTryAt),
      el(
        'details',
        {},
        el('summary', { 'aria-label': `内容 Body ${one.eventId}` }, both(['查看', 'Show'])),
        el('pre', {}, JSON.stringify(one.body, null, 2)),
      ),
      button(['重发', 'Resend'], () => command.resend(one), { name: 'resend', about: one.eventId }),
    ],
  });
  const target = el('p', { class: 'note' });
  return {
    node: el('section', {}, el('h2', {}, both(['回调', 'Callbacks'])), target, live.node),
    update: ({ settings: { callbackUrl } }, { callbacks }) => {
      target.textContent =
        callbackUrl === null
          ? '尚未设置回调地址，回调保留待发 · no address is set: callbacks are kept, and sent once there is one'
          : `发往 sent to ${callbackUrl}/{topic}`;
      if (callbacks !== undefined) live.update(callbacks);
    },
  };
}

export function requestsView(titles) {
  const live = liveTable({
    id: 'requests',
    title: ['请求', 'Requests'],
    empty: ['还没有请求', 'no calls yet'],
    columns: [
      ['时间', 'Time'],
      ['接口', 'Operation'],
      ['订单号', 'Order number'],
      ['应答', 'Answer'],
      ['故障', 'Fault'],
      ['毫秒', 'ms'],
    ],
    // A call has no number of its own; nothing of it changes.
    key: (one) => JSON.stringify(one),
    cells: (one) => [
      clock(one.at),
      [titles.get(one.operation) ?? '', ' ', el('code', {}, one.operation)],
      one.orderNo ?? '—',
      [
        one.status === undefined ? '连接中断 broken off' : `HTTP ${one.status}`,
        one.code === undefined ? null : ` · ${one.code}`,
        one.repeated ? el('small', {}, '重复请求，返回首次结果 · the first result again') : null,
      ],
      one.fault ?? '',
      String(one.ms),
    ],
  });
  return {
    node: el('section', {}, el('h2', {}, both(['请求', 'Requests'])), live.node),
    update: (_state, { requests }) => {
      if (requests !== undefined) live.update(withoutTwins(requests.toReversed()));
    },
  };
}

/** Two calls alike in everything, to the millisecond, would be one row. */
function withoutTwins(requests) {
  const seen = new Map();
  return requests.map((one) => {
    const text = JSON.stringify(one);
    const twin = (seen.get(text) ?? 0) + 1;
    seen.set(text, twin);
    return twin === 1 ? one : { ...one, twin };
  });
}
