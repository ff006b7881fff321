import '../setup/temporal';
import { differences } from './gate';
import { historiesOf } from './history';
import { changedBundle, type SourceChange } from './replay-bundle';

const STOPPED_AT = /nondeterminism/i;

const changes: readonly (SourceChange & { readonly what: string; readonly seen: RegExp })[] = [
  {
    what: 'a step taken away',
    file: 'steps/cards.ts',
    from: 'const covered = await this.awaitBalance(all);',
    to: "const covered = all.length > 0 ? 'covered' : await this.awaitBalance(all);",
    seen: STOPPED_AT,
  },
  {
    what: 'a step added',
    file: 'merchant-onboarding.ts',
    from: 'const walletId = await openWallet(flow, {',
    to: 'await flow.until(() => false, 1, "a moment"); const walletId = await openWallet(flow, {',
    seen: STOPPED_AT,
  },
  {
    what: 'another argument of an activity',
    file: 'steps/wallet.ts',
    from: 'order: { ...part.now(), walletOrderNo,',
    to: "order: { ...part.now(), walletName: 'Main', walletOrderNo,",
    seen: /^activity \d+: args was .*"walletOrderNo":"M-happy_OW1".*, is .*"walletName":"Main"/,
  },
  {
    what: 'a creating call that Temporal retries',
    file: 'flow/calls.ts',
    from: 'startToClose(timeoutMs), retry: { maximumAttempts: 1 }, summary',
    to: 'startToClose(timeoutMs), retry: { maximumAttempts: 3 }, summary',
    seen: /^activity \d+: maximumAttempts was 1, is 3$/,
  },
  {
    what: 'a shorter limit of an activity',
    file: 'flow/calls.ts',
    from: 'const ROOM_MS = 5_000;',
    to: 'const ROOM_MS = 4_000;',
    seen: /^activity \d+: startToCloseMs was \d+, is \d+$/,
  },
  {
    what: 'another length of a timer',
    file: 'flow/watch.ts',
    from: 'const JITTER = 0.2;',
    to: 'const JITTER = 0.1;',
    seen: /^timer \d+: ms was \d+, is \d+$/,
  },
];

test.each(changes)('the gate catches $what, and names the history', async ({ seen, ...change }) => {
  const found = await differences(await changedBundle(change), historiesOf('onboarding.happy'));
  expect(found).not.toEqual([]);
  for (const { history } of found) expect(history).toMatch(/^onboarding\.happy\.v/);
  expect(found.map(({ difference }) => difference)).toContainEqual(expect.stringMatching(seen));
});

test('of one run recorded at two stages the gate judges each', async () => {
  const change = {
    file: 'steps/merchant.ts',
    from: 'if (corrected) await updateMerchant(',
    to: 'if (corrected) await flow.until(() => false, 1, "a moment"); if (corrected) await updateMerchant(',
  };
  const stages = [...historiesOf('onboarding.merchant-corrected'), ...historiesOf('onboarding.merchant-rejected')];
  const found = await differences(await changedBundle(change), stages);
  expect(found.map(({ history }) => history)).toContainEqual(
    expect.stringMatching(/^onboarding\.merchant-corrected\.v/),
  );
});

test('a change that no running flow can notice passes the gate', async () => {
  const change = {
    file: 'steps/merchant.ts',
    from: "'FalPay gave no reason'",
    to: "'FalPay told no reason'",
  };
  expect(await differences(await changedBundle(change), historiesOf('onboarding.happy'))).toEqual([]);
});
