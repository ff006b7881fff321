/** `npm run chaos` in small: what holds for hundreds of flows and an hour holds for a few and some seconds. CHAOS_SEED repeats a run. */
import { FAULTS, rehearse } from '../chaos/outage';
import { table } from '../chaos/traffic';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';

const SEED = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);
const FLOWS = 20;
const LIMIT_MS = 10 * 60_000;

const WHAT = {
  down: 'FalPay is down',
  credentials: 'our credentials have expired',
  key: 'our key is refused',
} as const;

const open: TestTemporal[] = [];
afterAll(async () => {
  for (const temporal of open) await temporal.close();
});

test.each(FAULTS.map((fault) => ({ fault, what: WHAT[fault] })))(
  `while $what, ${FLOWS} flows wait, none calls a person, FalPay is hardly called, and all go on by themselves (seed ${SEED})`,
  async ({ fault }) => {
    const temporal = await temporalForTests();
    open.push(temporal);
    const found = await rehearse(temporal, workflowBundle(), { fault, flows: FLOWS, outageMs: 12_000, seed: SEED });
    const { traffic, affected, blocked, sentTwice, violations } = found;
    process.stderr.write(`${fault}\n${table(traffic.rates())}\n`);
    expect({ blocked, sentTwice, violations }).toEqual({ blocked: [], sentTwice: [], violations: [] });
    expect(affected).toBeGreaterThan(FLOWS / 2);
    expect(traffic.outages).toBe(1);
    // The calls that found it out, those under way by then, and one query at a time: not one for each try of each flow.
    expect(traffic.rate('meanwhile').calls).toBeLessThan(FLOWS * 2);
    // They come back one after the other, each with a few calls, not all in one moment.
    expect(traffic.rate('after').peak).toBeLessThan(FLOWS);
  },
  LIMIT_MS,
);
