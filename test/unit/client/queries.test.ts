import fc from 'fast-check';
import { quoted, visibilityQuery } from '../../../src/client/list';
import { fingerprint } from '../../../src/client';
import { stateOf } from '../gateway/parts';

test('a list asks for this environment’s flows alone', () => {
  expect(
    visibilityQuery('test', { stage: 'BLOCKED', kind: 'onboarding', merchantOrderNo: 'M-1', reason: 'MISMATCH' }),
  ).toBe(
    "TaskQueue = 'cardflow-test' AND WorkflowType IN ('merchantOnboarding') AND ExecutionStatus != 'ContinuedAsNew' AND FlowStage = 'BLOCKED' AND ExecutionStatus = 'Running'" +
      " AND MerchantOrderNo = 'M-1' AND BlockedReason = 'MISMATCH' AND ExecutionStatus = 'Running'",
  );
});

test('deliveries are among all flows only while they wait for a person', () => {
  const all = visibilityQuery('test', {});
  expect(all).toMatch(
    / OR \(WorkflowType IN \('delivery'\) AND FlowStage = 'BLOCKED' AND ExecutionStatus = 'Running'\)\) AND ExecutionStatus != 'ContinuedAsNew'$/,
  );
  expect(all.split(' OR ')[0]).not.toContain("'delivery'");
  expect(visibilityQuery('test', { kind: 'delivery' })).toBe(
    "TaskQueue = 'cardflow-test' AND WorkflowType IN ('delivery') AND ExecutionStatus != 'ContinuedAsNew'",
  );
});

test('no text can end the literal it stands in', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const literal = quoted(text);
      // Read as the server reads it: a backslash takes the next character as it is, the first bare quote ends the literal.
      let read = '';
      let at = 1;
      for (; literal[at] !== "'" && at < literal.length; at += 1) {
        if (literal[at] === '\\') at += 1;
        read += literal[at];
      }
      expect(at).toBe(literal.length - 1);
      expect(read).toBe(text);
    }),
  );
});

describe('a change that a waiting reader is told', () => {
  const state = stateOf('M-1', {
    steps: [{ name: 'a', status: 'RUNNING', attempts: 1 }],
    waits: [{ step: 'a', topic: 'merchant-audit', ref: '1', since: '', deadline: '', nextQueryAt: '1' }],
  });

  test('is none of attempts or the next query', () => {
    const later = {
      ...state,
      steps: [{ ...state.steps[0]!, attempts: 2 }],
      waits: [{ ...state.waits[0]!, nextQueryAt: '2' }],
    };
    expect(fingerprint(later)).toBe(fingerprint(state));
  });

  test.each([
    [{ stage: 'BLOCKED' as const }],
    [{ steps: [{ name: 'a', status: 'DONE' as const, attempts: 1 }] }],
    [{ outputs: { merchantId: '1', cards: [] } }],
    [{ blocks: [{ blockId: 'b', step: 'a', reason: 'DEADLINE' as const, message: '', actions: [], since: '' }] }],
  ])('is one of %j', (change) => {
    expect(fingerprint({ ...state, ...change })).not.toBe(fingerprint(state));
  });
});
