/**
 * Every button of the Temporal UI, at every place of every flow's road. Whatever is pressed, the flow comes to its end, FalPay has each order once,
 * and where nothing proves what became of one, a person was asked.
 *
 * `npm run test:interventions` presses each button at each place, and resets from the road's end to tasks spread over all of it; `npm test` presses
 * one button a place, drawn anew each time. Resets at a place go to workflow tasks drawn by the seed. INTERVENTIONS_SEED repeats a run,
 * INTERVENTIONS_RESETS=10 draws ten times as many tasks, INTERVENTIONS_KIND plays one kind of flow, INTERVENTIONS_PLACE one place of its road.
 */
import type { StartedKind } from '../../src/messages';
import { seeded } from '../setup/seeded';
import { temporalForTests, type TestTemporal } from '../setup/temporal';
import { CallLog } from './interventions/audit';
import { JOURNEYS, type Journey } from './interventions/journeys';
import { Player, type Case, type Played, type Press } from './interventions/player';
import { World } from './interventions/world';

const SEED = Number(process.env['INTERVENTIONS_SEED'] ?? Date.now() % 1_000_000);
const ALL = process.env['TEST_INTERVENTIONS'] !== undefined;
const DRAWN = Number(process.env['INTERVENTIONS_RESETS'] ?? 1);
const ONLY_KIND = process.env['INTERVENTIONS_KIND'];
const ONLY_PLACE = process.env['INTERVENTIONS_PLACE'];
const SIDE_BY_SIDE = 10;
/** For what hangs: each flow has its own patience. */
const LIMIT_MS = 60 * 60_000;
/** Spread over the tasks of the whole road. */
const RESETS_FROM_THE_END: Readonly<Record<StartedKind, number>> = {
  onboarding: 8,
  'wallet-opening': 3,
  'wallet-recharge': 5,
  'wallet-withdrawal': 4,
  'wallet-status-change': 2,
  'card-issuance': 5,
};

const PRESSES: readonly Press[] = ['cancel', 'terminate', 'reset'];
const PLAYED = Object.values(JOURNEYS)
  .filter(({ kind }) => ONLY_KIND === undefined || kind === ONLY_KIND)
  .map((journey: Journey) => ({ kind: journey.kind, cases: casesOf(journey, seeded(SEED)) }));

let temporal: TestTemporal;
let world: World;
beforeAll(async () => {
  temporal = await temporalForTests();
  world = await World.open(temporal, PLAYED.flatMap(({ cases }) => cases).length);
});
afterAll(async () => {
  await world?.close();
  await temporal?.close();
});

function casesOf(journey: Journey, draw: () => number): readonly Case[] {
  const places = journey.places.filter(({ name }) => ONLY_PLACE === undefined || name === ONLY_PLACE);
  if (!ALL) {
    const first = Math.floor(draw() * PRESSES.length);
    return places.map((place, index) => ({
      journey,
      place,
      press: PRESSES[(first + index) % PRESSES.length] ?? 'reset',
      back: draw(),
    }));
  }
  const last = ONLY_PLACE === undefined ? RESETS_FROM_THE_END[journey.kind] * DRAWN : 0;
  return [
    ...places.flatMap((place): Case[] => [
      { journey, place, press: 'cancel', back: 0 },
      { journey, place, press: 'terminate', back: 0 },
      ...Array.from({ length: DRAWN }, (): Case => ({ journey, place, press: 'reset', back: draw() })),
    ]),
    ...Array.from({ length: last }, (_, index): Case => ({ journey, press: 'reset', back: index / (last - 1) })),
  ];
}

function secondsSince(startedAt: number): number {
  return Math.round((Date.now() - startedAt) / 1000);
}

async function playAll(cases: readonly Case[], prefix: string): Promise<readonly Played[]> {
  const waiting = cases.entries();
  const played: Played[] = [];
  const playNext = async (): Promise<void> => {
    for (const [index, one] of waiting) {
      const startedAt = Date.now();
      const result = await Player.play(world, `${prefix}${index}`, one);
      played.push(result);
      process.stderr.write(
        `${result.name}: ${result.faults.length === 0 ? 'ok' : 'FAULTY'}, ${secondsSince(startedAt)} s\n`,
      );
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, playNext));
  return played;
}

test.each(PLAYED)(
  `$kind: cancel, terminate and reset at each place order nothing twice and lose no money (seed ${SEED})`,
  async ({ kind, cases }) => {
    const startedAt = Date.now();
    const played = await playAll(cases, `${kind.toUpperCase().replace('WALLET-', 'W').slice(0, 6)}-`);
    const log = await CallLog.read(world.bookkeeper);
    const faults = played.flatMap(({ name, faults }) => {
      const number = name.split(':')[0] ?? '';
      return [...faults, ...log.sentTwice(number)].map((fault) => `${name}: ${fault}`);
    });
    const asked = played.reduce((sum, one) => sum + one.asked, 0);
    process.stderr.write(
      `${kind}: ${cases.length} flows in ${secondsSince(startedAt)} s, ${asked} outcomes asked about\n`,
    );
    expect(faults).toEqual([]);
    expect((await world.stack.control('GET', '/ledger')).violations).toEqual([]);
  },
  LIMIT_MS,
);
