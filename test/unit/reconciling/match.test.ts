import fc from 'fast-check';
import type { OrderFacts, ReportEntry } from '../../../src/messages';
import { ownRows, type BookedRow, type Books } from '../../../src/workflows/reconciling/books';
import { balances } from '../../../src/workflows/reconciling/chain';
import { match } from '../../../src/workflows/reconciling/match';
import { PREPAID, SHARED, worldOf, type Happening, type World } from './wallet-books';

const cents = (least: number) => fc.integer({ min: least, max: 99_999 }).map((value) => (value / 100).toFixed(2));
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({
    is: fc.constant('recharge' as const),
    parts: fc.array(cents(1), { minLength: 1, maxLength: 3 }),
    fee: cents(0),
  }),
  fc.record({ is: fc.constant('withdrawal' as const), net: cents(1), fee: cents(0) }),
  fc.record({ is: fc.constant('card' as const), fee: cents(1) }),
  fc.record({
    is: fc.constant('payment' as const),
    amount: cents(1),
    fee: cents(0),
    refund: fc.option(cents(1), { nil: undefined }),
    prepaid: fc.boolean(),
  }),
  fc.record({ is: fc.constant('monthly fee' as const), amount: cents(1) }),
);
/** Few different seconds, so that many things happen in the same one. */
const second = fc.integer({ min: 0, max: 5 }).map((step) => step * 17_000);
const happenings = fc.array(fc.tuple(happening, second), { minLength: 1, maxLength: 12 });

const worldFrom = (drawn: readonly (readonly [Happening, number])[]) =>
  worldOf(
    drawn.map(([what]) => what),
    drawn.map(([, at]) => at),
    '1000.00',
  );
const differing = (entries: readonly ReportEntry[]) => entries.filter(({ mark }) => mark !== 'MATCHED');
const matched = ({ books, known }: World) => match(books, known);
const withRows = (world: World, change: (rows: readonly BookedRow[]) => readonly BookedRow[]): World => ({
  ...world,
  books: { ...world.books, rows: change(world.books.rows) },
});

test('sound books agree in every entry, whatever happened and however much in one second', () => {
  fc.assert(
    fc.property(happenings, (drawn) => {
      const world = worldFrom(drawn);
      expect(differing(matched(world))).toEqual([]);
      for (const { sums, breaks } of balances(ownRows(world.books))) expect([sums.agrees, breaks]).toEqual([true, []]);
    }),
  );
});

test('every row of the window stands in exactly one entry', () => {
  fc.assert(
    fc.property(
      happenings,
      fc.infiniteStream(fc.constantFrom('RECHARGE', 'ADJUST', 'FEE', 'CARD_PAY', 'NEW_TYPE')),
      (drawn, types) => {
        // Also of rows that make no sense.
        const world = withRows(worldFrom(drawn), (rows) =>
          rows.map((row, index) => (index % 3 === 0 ? { ...row, type: String(types.next().value) } : row)),
        );
        const named = matched(world).flatMap(({ flowNos }) => flowNos);
        expect([...named].sort()).toEqual(world.books.rows.map(({ flowNo }) => flowNo).sort());
      },
    ),
  );
});

test('a row that is taken away, one that is added, and an amount that is changed: each is told, and nothing else', () => {
  fc.assert(
    fc.property(happenings, fc.nat(), fc.constantFrom('taken', 'added', 'changed'), (drawn, choice, how) => {
      const world = worldFrom(drawn);
      const victim = world.books.rows[choice % Math.max(1, world.books.rows.length)];
      fc.pre(victim !== undefined);
      const changed = spoiled(world, victim as BookedRow, how);
      const found = differing(matched(changed));
      expect(found.length).toBeGreaterThan(0);
      const touched = namesOf(victim as BookedRow, how);
      for (const entry of found) {
        const names = [entry.order, entry.feeOrderNo, entry.cardId, ...entry.flowNos];
        expect([entry, names.some((name) => name !== undefined && touched.has(name))]).toEqual([entry, true]);
      }
    }),
  );
});

function spoiled(world: World, victim: BookedRow, how: string): World {
  return withRows(world, (rows) => {
    if (how === 'taken') return rows.filter((row) => row !== victim);
    if (how === 'changed') return rows.map((row) => (row === victim ? { ...row, amount: '123456.78' } : row));
    return [
      {
        ...victim,
        flowNo: 'EXTRA',
        orderNo: 'X',
        merchantOrderNo: 'R-none_RC9',
        cardId: undefined,
        type: 'RECHARGE',
        direction: 'IN',
      },
      ...rows,
    ];
  });
}

function namesOf({ flowNo, orderNo, merchantOrderNo, cardId }: BookedRow, how: string): ReadonlySet<string> {
  if (how === 'added') return new Set(['EXTRA']);
  return new Set([flowNo, orderNo, merchantOrderNo, cardId].filter((name) => name !== undefined));
}

const recharge = (parts: readonly string[]): readonly [Happening, number] => [
  { is: 'recharge', parts, fee: '1.00' },
  10,
];
const payment: readonly [Happening, number] = [{ is: 'payment', amount: '5.00', fee: '0.10', prepaid: false }, 20];

const refunded = (refund: string): readonly [Happening, number] => [
  { is: 'payment', amount: '5.00', fee: '0.10', refund, prepaid: false },
  20,
];

test('each mark means what it says', () => {
  const world = worldFrom([recharge(['60.00', '39.00'])]);
  const { orders } = world.known;
  const facts = orders.get('R-0_RC1');
  if (!facts) throw new Error('no such order');
  const knowing = (change: Partial<typeof facts> | undefined): World => ({
    ...world,
    known: { ...world.known, orders: new Map(change ? [['R-0_RC1', { ...facts, ...change }]] : []) },
  });
  const only = (changed: World) =>
    matched(changed).map(({ mark, ours, theirs, note }) => ({ mark, ours, theirs, note }));
  expect(only(world)).toEqual([{ mark: 'MATCHED', ours: '99.00', theirs: '99.00', note: undefined }]);
  expect(only(knowing({ amount: '60.00' }))).toMatchObject([
    { mark: 'AMOUNT_DIFFERS', ours: '60.00', theirs: '99.00' },
  ]);
  expect(only(knowing({ amount: undefined, fee: undefined }))).toMatchObject([
    { mark: 'MISSING_HERE', theirs: '99.00' },
  ]);
  expect(only(knowing(undefined))).toMatchObject([{ mark: 'MISSING_HERE', note: 'no flow of ours has this number' }]);
  expect(only(withRows(world, () => []))).toMatchObject([{ mark: 'MISSING_THERE', ours: '99.00' }]);
  expect(only(knowing({ currency: 'EUR' }))).toMatchObject([{ mark: 'AMOUNT_DIFFERS' }]);
});

test('money of an order that came on other days counts for it', () => {
  const world = worldFrom([recharge(['60.00', '39.00'])]);
  const [late, early] = world.books.rows as [BookedRow, BookedRow];
  const split = withRows(world, () => [late]);
  expect(differing(matched(split))).toHaveLength(1);
  const known = {
    ...split.known,
    allRows: new Map([['R-0_RC1', [late, { ...early, createTime: '2026-01-02 10:00:00' }]]]),
  };
  expect(matched({ ...split, known })).toMatchObject([{ mark: 'MATCHED', theirs: '99.00', flowNos: [late.flowNo] }]);
});

test('money without our number counts for the order whose number at FalPay it has, also where FalPay does not find it by ours', () => {
  const world = worldFrom([recharge(['99.00'])]);
  const facts = world.known.orders.get('R-0_RC1');
  if (!facts) throw new Error('no such order');
  const nameless = withRows(world, (rows) => rows.map((row) => ({ ...row, merchantOrderNo: undefined })));
  const knowing = (change: Partial<typeof facts>, allRows: World['known']['allRows'] = new Map()): World => ({
    ...nameless,
    known: { ...world.known, orders: new Map([['R-0_RC1', { ...facts, falpayOrderNo: 'O0', ...change }]]), allRows },
  });
  const unheardOf = { amount: undefined, fee: undefined };
  const asked = new Map([['R-0_RC1', []]]);
  expect(matched(knowing({}))).toMatchObject([{ mark: 'MATCHED', theirs: '99.00' }]);
  for (const allRows of [new Map(), asked, new Map([['R-0_RC1', nameless.books.rows]])])
    expect(matched(knowing(unheardOf, allRows))).toMatchObject([
      { mark: 'MISSING_HERE', order: 'R-0_RC1', theirs: '99.00', flowNos: ['F1'] },
    ]);
  expect(matched(knowing({ ...unheardOf, falpayOrderNo: undefined }))).toMatchObject([
    { mark: 'MISSING_HERE', note: 'no order number of ours', flowNos: ['F1'] },
  ]);
});

test('an order whose money came after the window is a later window’s, one whose money came before is told until it is settled', () => {
  const world = worldFrom([recharge(['99.00'])]);
  const [row] = world.books.rows as [BookedRow];
  const facts = world.known.orders.get('R-0_RC1');
  if (!facts) throw new Error('no such order');
  const bookedAt = (createTime: string) => ({
    ...world.known,
    orders: new Map([['R-0_RC1', { ...facts, amount: undefined, fee: undefined }]]),
    allRows: new Map([['R-0_RC1', [{ ...row, createTime }]]]),
  });
  const books = { ...world.books, rows: [] };
  expect(match(books, bookedAt('2026-02-01 00:00:00'))).toEqual([]);
  expect(match(books, bookedAt('2026-01-30 23:59:59'))).toMatchObject([
    { mark: 'MISSING_HERE', order: 'R-0_RC1', flowNos: [] },
  ]);
});

test('what belongs together is found on both sides of midnight', () => {
  const world = worldFrom([payment]);
  const moved: Books = {
    ...world.books,
    payOrders: world.books.payOrders.map((order) => ({ ...order, transactionTime: '2026-01-30 23:59:59' })),
    fees: world.books.fees.map((fee) => ({ ...fee, createTime: '2026-02-01 00:00:02' })),
  };
  expect(match(moved, world.known)).toMatchObject([{ mark: 'MATCHED', kind: 'CARD_PAYMENT', feeOrderNo: 'E0' }]);
});

test('a fee that is written after midnight belongs to the payment, or the card, of the day before', () => {
  const world = worldFrom([payment, [{ is: 'card', fee: '1.00' }, 30]]);
  const before = '2026-01-30 23:59:58';
  const books: Books = {
    ...world.books,
    rows: world.books.rows.map((row) => ({ ...row, createTime: before })),
    payOrders: world.books.payOrders.map((order) => ({ ...order, transactionTime: before })),
  };
  expect(books.fees).toHaveLength(2);
  expect(match(books, world.known)).toEqual([]);
  expect(match({ ...books, window: { from: '2026-01-30', to: '2026-01-30' } }, world.known)).toMatchObject([
    { kind: 'CARD_OPENING', mark: 'MATCHED' },
    { kind: 'CARD_PAYMENT', mark: 'MATCHED' },
  ]);
});

test('a fee that only one of the three books has is told', () => {
  const world = worldFrom([payment]);
  const noFee = { ...world, books: { ...world.books, fees: [] } };
  expect(differing(matched(noFee))).toMatchObject([
    { order: 'P0', mark: 'MISSING_THERE', note: expect.stringContaining('手续费') },
  ]);
  const other = {
    ...world,
    books: { ...world.books, fees: world.books.fees.map((fee) => ({ ...fee, amount: '0.20' })) },
  };
  expect(differing(matched(other))).toMatchObject([{ order: 'P0', mark: 'AMOUNT_DIFFERS' }]);
  const noRow = withRows(world, (rows) => rows.filter(({ type }) => type !== 'FEE'));
  expect(differing(matched(noRow))).toMatchObject([{ order: 'P0', mark: 'AMOUNT_DIFFERS', theirsFee: '0.00' }]);
});

describe('money that went the wrong way', () => {
  const wholeFee: readonly [Happening, number] = [{ is: 'monthly fee', amount: '0.50' }, 30];
  const opening: readonly [Happening, number] = [{ is: 'card', fee: '1.00' }, 30];
  const back = (row: BookedRow): BookedRow => ({
    ...row,
    flowNo: `${row.flowNo}-back`,
    direction: row.direction === 'IN' ? 'OUT' : 'IN',
  });

  test.each([
    ['a payment', payment, 'CARD_PAY', '-5.00'],
    ['a refund', refunded('5.00'), 'CARD_REFUND', '-5.00'],
    ['a card’s opening', opening, 'OPEN_CARD_FEE', '-1.00'],
    ['a monthly fee', wholeFee, 'FEE', '-0.50'],
  ] as const)('%s that was credited instead of debited, or the reverse, differs', (_what, happened, type, theirs) => {
    const turned = withRows(worldFrom([happened]), (rows) =>
      rows.map((row) => (row.type === type ? { ...back(row), flowNo: row.flowNo } : row)),
    );
    expect(differing(matched(turned))).toMatchObject([{ mark: 'AMOUNT_DIFFERS', theirs }]);
  });

  test('a payment’s fee that was credited differs', () => {
    const turned = withRows(worldFrom([payment]), (rows) =>
      rows.map((row) => (row.type === 'FEE' ? { ...row, direction: 'IN' } : row)),
    );
    expect(differing(matched(turned))).toMatchObject([{ mark: 'AMOUNT_DIFFERS', theirsFee: '-0.10' }]);
  });

  test('what was taken and given back is nothing: it agrees with a payment that was reversed, and with no other', () => {
    const both = withRows(worldFrom([payment]), (rows) => [...rows.map(back), ...rows]);
    expect(matched(both)).toMatchObject([{ mark: 'AMOUNT_DIFFERS', theirs: '0.00', theirsFee: '0.00' }]);
    const payOrders = both.books.payOrders.map((order) => ({ ...order, status: 'REVERSED' }));
    expect(matched({ ...both, books: { ...both.books, payOrders } })).toMatchObject([
      { mark: 'MATCHED', theirs: '0.00' },
    ]);
  });

  test.each(['DECLINED', 'REFUNDED'])('nor does a payment differ that was given back and is %s', (status) => {
    const both = withRows(worldFrom([payment]), (rows) => [...rows.map(back), ...rows]);
    const payOrders = both.books.payOrders.map((order) => ({ ...order, status }));
    expect(matched({ ...both, books: { ...both.books, payOrders } })).toMatchObject([{ mark: 'MATCHED' }]);
  });

  test('a refund that was taken back differs: it is done by being credited', () => {
    const taken = withRows(worldFrom([refunded('5.00')]), (rows) => [
      ...rows.filter(({ type }) => type === 'CARD_REFUND').map(back),
      ...rows,
    ]);
    expect(differing(matched(taken))).toMatchObject([{ kind: 'CARD_REFUND', mark: 'AMOUNT_DIFFERS', theirs: '0.00' }]);
  });

  test('an opening that was taken and given back takes no fee order of the same sum that its card has besides', () => {
    const world = worldFrom([opening]);
    const [row] = world.books.rows as [BookedRow];
    const [fee] = world.books.fees as [Books['fees'][number]];
    const monthly = { ...row, flowNo: 'M', type: 'FEE', merchantOrderNo: undefined };
    const books = {
      ...world.books,
      rows: [back(row), row, monthly],
      fees: [fee, { ...fee, feeOrderNo: 'EM', relatedOrderNo: undefined }],
    };
    expect(match(books, world.known)).toMatchObject([
      { kind: 'CARD_OPENING', mark: 'AMOUNT_DIFFERS', ours: '1.00', theirs: '0.00', feeOrderNo: 'E0' },
      { kind: 'CARD_FEE', mark: 'MATCHED', order: 'EM' },
    ]);
  });

  test('a fee that was taken and given back takes no other’s fee order', () => {
    const fees = withRows(worldFrom([wholeFee, opening]), (rows) => [...rows.map(back), ...rows]);
    expect(matched(fees)).toMatchObject([
      { kind: 'CARD_OPENING', mark: 'AMOUNT_DIFFERS', ours: '1.00', theirs: '0.00' },
      { kind: 'CARD_FEE', mark: 'MATCHED' },
      { kind: 'CARD_FEE', mark: 'MISSING_HERE', flowNos: ['F1-back'] },
    ]);
  });

  test('flows that began before money had a direction go on as they did', () => {
    const turned = withRows(worldFrom([payment, wholeFee, opening]), (rows) =>
      rows.map((row) => ({ ...row, direction: 'IN' })),
    );
    expect(differing(matched({ ...turned, known: { ...turned.known, exact: false } }))).toEqual([]);
  });
});

test('a card that no flow of ours issued is a stranger, with all that was paid by it', () => {
  const world = worldFrom([payment]);
  const known = { ...world.known, ourCards: new Set([PREPAID]) };
  expect(match(world.books, known)).toMatchObject([{ order: 'P0', mark: 'MISSING_HERE', cardId: SHARED }]);
});

test('a row that FalPay has not booked, or one of a type that it may add, is no success', () => {
  const world = worldFrom([recharge(['99.00'])]);
  const pending = withRows(world, (rows) => rows.map((row) => ({ ...row, status: 'PENDING' })));
  expect(matched(pending)).toMatchObject([{ mark: 'MISSING_THERE' }]);
  const newType = withRows(world, (rows) => [{ ...(rows[0] as BookedRow), flowNo: 'N', type: 'CASHBACK' }, ...rows]);
  expect(differing(matched(newType))).toMatchObject([{ kind: 'ADJUSTMENT', mark: 'MISSING_HERE', flowNos: ['N'] }]);
});

describe('money to and from prepaid cards', () => {
  const sound = worldFrom([recharge(['99.00'])]);
  const adjusted = (merchantOrderNo: string, more: Partial<BookedRow> = {}): World =>
    withRows(sound, (rows) => [
      {
        ...(rows[0] as BookedRow),
        flowNo: 'A',
        type: 'ADJUST',
        direction: 'OUT',
        amount: '20.00',
        orderNo: 'X',
        merchantOrderNo,
        cardId: PREPAID,
        ...more,
      },
      ...rows,
    ]);
  const knowing = (world: World, facts: Partial<OrderFacts> & Pick<OrderFacts, 'orderNo' | 'step'>): World => {
    const whole = { workflowId: `card/${PREPAID}`, found: true, ended: true, shown: true, ...facts };
    return { ...world, known: { ...world.known, orders: new Map([...world.known.orders, [facts.orderNo, whole]]) } };
  };
  const ofRow = (world: World) => matched(world).filter(({ flowNos }) => flowNos.includes('A'));
  const done = { status: 'DONE', amount: '20.00', currency: 'USD' };

  test.each(['L-1_KI1', 'L-1_KD1', 'I-1_IC1'])(
    'a number that merely looks like ours explains nothing: %s',
    (orderNo) => {
      const step = orderNo.includes('KI') ? 'increase' : orderNo.includes('KD') ? 'decrease' : 'card';
      const unknown = knowing(adjusted(orderNo), { orderNo, step, found: false, shown: false });
      for (const world of [adjusted(orderNo), unknown])
        expect(ofRow(world)).toMatchObject([
          { mark: 'MISSING_HERE', kind: 'ADJUSTMENT', order: orderNo, theirs: expect.stringContaining('20.00') },
        ]);
      expect(ofRow(unknown)).toMatchObject([{ note: 'no flow of ours has this number' }]);
      const before = { ...unknown, known: { ...unknown.known, exact: false } };
      expect(ofRow(before)).toMatchObject([{ mark: 'MATCHED' }]);
    },
  );

  test('a limit change agrees where as much as it asked for went its way', () => {
    const up = { orderNo: 'L-1_KI1', step: 'increase', ...done } as const;
    const down = { orderNo: 'L-1_KD1', step: 'decrease', ...done } as const;
    expect(ofRow(knowing(adjusted('L-1_KI1'), up))).toMatchObject([{ mark: 'MATCHED', note: 'to or from the card' }]);
    expect(ofRow(knowing(adjusted('L-1_KD1', { direction: 'IN' }), down))).toMatchObject([{ mark: 'MATCHED' }]);
    expect(ofRow(knowing(adjusted('L-1_KI1', { amount: '999.00' }), up))).toMatchObject([
      { mark: 'AMOUNT_DIFFERS', ours: '20.00', theirs: '999.00' },
    ]);
    expect(ofRow(knowing(adjusted('L-1_KI1', { direction: 'IN' }), up))).toMatchObject([
      { mark: 'AMOUNT_DIFFERS', theirs: '-20.00' },
    ]);
    expect(ofRow(knowing(adjusted('L-1_KI1', { currency: 'EUR' }), up))).toMatchObject([{ mark: 'AMOUNT_DIFFERS' }]);
    const refused = { ...up, status: 'REFUSED', amount: undefined };
    expect(ofRow(knowing(adjusted('L-1_KI1'), refused))).toMatchObject([
      { mark: 'MISSING_HERE', note: 'the card’s flow has it as REFUSED' },
    ]);
  });

  test('a limit change differs where another currency moved besides what it asked for', () => {
    const world = adjusted('L-1_KI1');
    const [row] = world.books.rows as [BookedRow];
    const more = withRows(world, (rows) => [{ ...row, flowNo: 'B', currency: 'EUR', amount: '5.00' }, ...rows]);
    expect(ofRow(knowing(more, { orderNo: 'L-1_KI1', step: 'increase', ...done }))).toMatchObject([
      { mark: 'AMOUNT_DIFFERS', theirs: '20.00' },
    ]);
  });

  test('a payment explains what goes back to the wallet after its card was closed, and nothing that leaves it', () => {
    const paid = worldFrom([payment]);
    const moved = (direction: 'IN' | 'OUT') =>
      withRows(paid, (rows) => [
        { ...(rows[0] as BookedRow), flowNo: 'A', type: 'ADJUST', orderNo: 'P0', direction, amount: '5.00' },
        ...rows,
      ]);
    expect(ofRow(moved('IN'))).toMatchObject([{ mark: 'MATCHED', kind: 'ADJUSTMENT', order: 'P0' }]);
    expect(ofRow(moved('OUT'))).toMatchObject([{ mark: 'MISSING_HERE', kind: 'ADJUSTMENT' }]);
  });

  test('what goes to a card when it is issued is ours where the flow shows the application', () => {
    const application = { orderNo: 'I-1_IC1', step: 'card' } as const;
    expect(ofRow(knowing(adjusted('I-1_IC1'), application))).toMatchObject([{ mark: 'MATCHED' }]);
  });
});

describe('the balance', () => {
  const rows = worldFrom([recharge(['60.00', '39.00']), payment, [{ is: 'withdrawal', net: '7.00', fee: '1.00' }, 20]])
    .books.rows;

  test('opening + in − out = closing, in decimals', () => {
    expect(balances(rows)).toEqual([
      {
        sums: {
          currency: 'USD',
          opening: '1000.00',
          in: '99.00',
          out: '13.10',
          fees: '2.00',
          closing: '1085.90',
          agrees: true,
          movements: 5,
        },
        breaks: [],
      },
    ]);
  });

  test('a balance that does not follow from the one before is told where it breaks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: rows.length - 1 }), cents(1), (index, shift) => {
        const broken = rows.map((row, at) => (at === index ? { ...row, balanceAfter: `7${shift}` } : row));
        const [balance] = balances(broken);
        expect(balance?.sums.agrees).toBe(false);
        expect(balance?.breaks.length).toBeGreaterThan(0);
        expect(balance?.breaks.length).toBeLessThanOrEqual(5);
      }),
    );
  });

  test('the day before and this one must meet', () => {
    expect(balances(rows, { USD: '1000.00' })).toMatchObject([{ sums: { agrees: true }, breaks: [] }]);
    const [balance] = balances(rows, { USD: '999.99' });
    expect(balance).toMatchObject({
      sums: { opening: '999.99', agrees: false },
      breaks: [{ note: 'the day before ended with 999.99' }],
    });
    expect(balances([], { USD: '5.00' })).toMatchObject([
      { sums: { opening: '5.00', closing: '5.00', in: '0', agrees: true, movements: 0 } },
    ]);
  });

  test('each currency that a wallet holds has a balance of its own', () => {
    const euro = {
      ...(rows[0] as BookedRow),
      flowNo: 'E',
      currency: 'EUR',
      direction: 'IN',
      amount: '3.00',
      balanceAfter: '3.00',
    };
    expect(balances([euro, ...rows]).map(({ sums }) => [sums.currency, sums.closing, sums.agrees])).toEqual([
      ['EUR', '3.00', true],
      ['USD', '1085.90', true],
    ]);
  });
});
