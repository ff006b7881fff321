/** What the recorded histories are to hold. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FLOW_KINDS } from '../../src/messages';
import { commandsOf, HISTORIES, historiesOf, historyFiles, isOf } from './history';
import { scenarios } from './recording/scenarios';

const NAME = new RegExp(`^(${FLOW_KINDS.join('|')})\\.[a-z]+(-[a-z]+)*\\.v\\d+\\.\\d+\\.\\d+\\.json$`);
const EVENTS_AT_MOST = 120;

test('every file is named flow.stage.release', () => {
  expect(historyFiles().filter((file) => !NAME.test(file))).toEqual([]);
});

test('every stage that is to be recorded has a history, and no two scenarios record the same', () => {
  const names = scenarios.flatMap(({ records }) => records);
  expect(names.filter((name) => !historyFiles().some((file) => isOf(file, name)))).toEqual([]);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test('a history begins with its start and holds every event since', () => {
  for (const file of historyFiles()) {
    const { events } = JSON.parse(readFileSync(join(HISTORIES, file), 'utf8')) as { events: { eventId: string }[] };
    expect([file, ...events.map(({ eventId }) => eventId)]).toEqual([
      file,
      ...events.map((_, index) => `${index + 1}`),
    ]);
  }
});

// Where FalPay sends no callbacks, it is a matter of how often it is asked.
test.each(['onboarding.happy', 'onboarding.happy-slow-callbacks'])(
  `%s, with two cards, takes at most ${EVENTS_AT_MOST} events`,
  (recorded) => {
    for (const { name, history } of historiesOf(recorded)) {
      const events = history.events?.length ?? 0;
      process.stderr.write(`${name}: ${events} events\n`);
      expect(commandsOf(history).activities.filter(({ type }) => type === 'applyCard')).toHaveLength(2);
      expect(events).toBeLessThanOrEqual(EVENTS_AT_MOST);
    }
  },
);
