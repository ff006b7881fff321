/**
 * Every button of the Temporal UI, at every place of every flow's road. Whatever is pressed, the flow comes to its end, FalPay has each order once,
 * and where nothing proves what became of one, a person was asked.
 *
 * Resets go to workflow tasks drawn by the seed, one at each place, and from the road's end to tasks spread over all of it.
 * INTERVENTIONS_SEED repeats a run, INTERVENTIONS_RESETS=10 draws ten times as many tasks, INTERVENTIONS_KIND plays one kind of flow,
 * INTERVENTIONS_PLACE one place of its road.
 */
import type { StartedKind } from '../../src/messages';
import { seeded } from '../setup/seeded';
import { temporalForTests, type TestTemporal } from '../setup/temporal';
import { CallLog } from './interventions/audit';
import { JOURNEYS, type Journey } from './interventions/journeys';
import { Player, type Case, type Played } from './interventions/player';
import { World } from './interventions/world';

const SEED = Number(process.env['INTERVENTIONS_SEED'] ?? Date.now() % 1_000_000);
const DRAWN = Number(process.env['INTERVENTIONS_RESETS'] ?? 1);
const ONLY_KIND = process.env['INTERVENTIONS_KIND'];
const ONLY_PLACE = process.env['INTERVENTIONS_PLACE'];
const SIDE_BY_SIDE = 10;
const LIMIT_MS = 10 * 60_000;
/** Spread over the tasks of the whole road. */
const RESETS_FROM_THE_END: Readonly<Record<StartedKind, number>> = {
  onboarding: 8,
  'wallet-opening': 3,
  'wallet-recharge': 5,
  'wallet-withdrawal': 4,
  'wallet-status-change': 2,
  'card-issuance': 5,
};

let temporal: TestTemporal;
let world: World;
beforeAll(async () => {
  temporal = await temporalForTests();
  world = await World.open(temporal);
});
afterAll(async () => {
  await world?.close();
  await temporal?.close();
});

function casesOf(journey: Journey, draw: () => number): readonly Case[] {
  const last = RESETS_FROM_THE_END[journey.kind] * DRAWN;
  const cases = [
    ...journey.places.flatMap((place): Case[] => [
      { journey, place, press: 'cancel', back: 0 },
      { journey, place, press: 'terminate', back: 0 },
      ...Array.from({ length: DRAWN }, (): Case => ({ journey, place, press: 'reset', back: draw() })),
    ]),
    ...Array.from({ length: last }, (_, index): Case => ({ journey, press: 'reset', back: index / (last - 1) })),
  ];
  return cases.filter(({ place }) => ONLY_PLACE === undefined || place?.name === ONLY_PLACE);
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

test.each(Object.values(JOURNEYS).filter(({ kind }) => ONLY_KIND === undefined || kind === ONLY_KIND))(
  `$kind: cancel, terminate and reset at each place order nothing twice and lose no money (seed ${SEED})`,
  async (journey: Journey) => {
    const startedAt = Date.now();
    const prefix = `${journey.kind.toUpperCase().replace('WALLET-', 'W').slice(0, 6)}-`;
    const cases = casesOf(journey, seeded(SEED));
    const played = await playAll(cases, prefix);
    const log = await CallLog.read(world.bookkeeper);
    const faults = played.flatMap(({ name, faults }) => {
      const number = name.split(':')[0] ?? '';
      return [...faults, ...log.sentTwice(number)].map((fault) => `${name}: ${fault}`);
    });
    const asked = played.reduce((sum, one) => sum + one.asked, 0);
    process.stderr.write(
      `${journey.kind}: ${cases.length} flows in ${secondsSince(startedAt)} s, ${asked} outcomes asked about\n`,
    );
    expect(faults).toEqual([]);
    expect((await world.stack.control('GET', '/ledger')).violations).toEqual([]);
  },
  LIMIT_MS,
);
