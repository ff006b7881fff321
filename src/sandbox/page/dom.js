/** Builds what is shown. Text only ever becomes text: nothing that comes from FalPay's callers is read as markup. */

/**
 * @param {string} tag
 * @param {object} attributes `onclick` and the like are functions; false, null and undefined leave an attribute out
 * @param {...(Node|string|null|undefined|Array)} children
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.replace(/^on/, ''), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined));
  return element;
}

/** A label in both languages: [Chinese, English]. */
export function both([zh, en]) {
  return [el('span', { lang: 'zh' }, zh), ' ', el('span', { lang: 'en' }, en)];
}

export function button(words, onclick, { name, kind = '', about } = {}) {
  return el(
    'button',
    {
      type: 'button',
      class: kind,
      onclick,
      'data-action': name,
      // Ten buttons that are all called "approve" are one to whoever hears the page.
      'aria-label': about === undefined ? undefined : `${words.join(' ')} ${about}`,
    },
    both(words),
  );
}

/**
 * A table that is kept up to date: rows that have not changed stay the elements they are, so that focus, open details and half-made clicks survive.
 * @param {{id: string, title: string[], columns: string[][], empty: string[], key: Function, cells: Function, kind?: string}} what
 *   `cells` gives one child, or a list of them, for each column
 */
export function liveTable({ id, title, columns, empty, key, cells, kind }) {
  const body = el('tbody');
  const none = el('p', { class: 'none' }, both(empty));
  const heading = columns.map((words) => el('th', { scope: 'col' }, both(words)));
  const table = el(
    'table',
    { id, class: kind, 'aria-label': title.join(' ') },
    el('thead', {}, el('tr', {}, heading)),
    body,
  );
  const rows = new Map();

  const rowOf = (item) => {
    const content = JSON.stringify(item);
    const known = rows.get(key(item));
    if (known !== undefined && known.content === content) return known.row;
    const row = el(
      'tr',
      { 'data-key': key(item) },
      cells(item).map((cell) => el('td', {}, cell)),
    );
    if (known !== undefined) takeOver(known.row, row);
    rows.set(key(item), { content, row });
    return row;
  };

  const update = (items) => {
    const wanted = new Set(items.map((item) => String(key(item))));
    for (const [name, { row }] of [...rows]) {
      if (wanted.has(String(name))) continue;
      row.remove();
      rows.delete(name);
    }
    items.forEach((item, index) => {
      const row = rowOf(item);
      if (body.children[index] !== row) body.insertBefore(row, body.children[index] ?? null);
    });
    table.hidden = items.length === 0;
    none.hidden = items.length > 0;
  };
  update([]);
  return { node: el('div', { class: 'scroll' }, table, none), update };
}

/** A row that has changed takes the place of the one that was there, with what a person did to it. */
function takeOver(before, after) {
  const open = before.querySelector('details')?.open === true;
  const details = after.querySelector('details');
  if (open && details !== null) details.open = true;
  const focused = before.contains(document.activeElement) ? document.activeElement.dataset.action : undefined;
  before.replaceWith(after);
  if (focused !== undefined) after.querySelector(`[data-action="${focused}"]`)?.focus();
}
