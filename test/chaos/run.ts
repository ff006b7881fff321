/**
 * `npm run chaos` rehearses faults of the system with many flows under way and prints what FalPay got meanwhile.
 * `-- --seed 7 --flows 200 --outage 60 --fault down`: what is left out is drawn, or all three.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { devServer, setUpWith, workflowBundle as makeBundle } from '../setup/servers';
import { temporalForTests, workflowBundle } from '../setup/temporal';
import { FAULTS, rehearse, type Fault, type Findings } from './outage';
import { table } from './traffic';

interface Wanted {
  readonly seed: number;
  readonly flows: number;
  readonly outageMs: number;
  readonly faults: readonly Fault[];
}

function wanted(): Wanted {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { seed: text, flows: text, outage: text, fault: text } });
  const number = (name: 'seed' | 'flows' | 'outage', otherwise: number): number => {
    const value = values[name] === undefined ? otherwise : Number(values[name]);
    if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name}: a whole number is needed`);
    return value;
  };
  const faults = FAULTS.filter((fault) => values.fault === undefined || values.fault === fault);
  if (faults.length === 0) throw new Error(`--fault: one of ${FAULTS.join(', ')}`);
  return {
    seed: number('seed', Date.now() % 1_000_000),
    flows: number('flows', 200),
    outageMs: number('outage', 60) * 1_000,
    faults,
  };
}

/** What is not as it should be. */
function faultsOf({ blocked, sentTwice, violations, traffic, affected }: Findings): readonly string[] {
  return [
    ...blocked.map((one) => `blocked: ${one}`),
    ...sentTwice.map((one) => `sent twice: ${one}`),
    ...violations.map((one) => `ledger: ${one}`),
    ...(traffic.outages === 1 ? [] : [`${traffic.outages} alerts instead of one`]),
    ...(affected > 0 ? [] : ['no flow noticed the fault']),
  ];
}

async function main(): Promise<void> {
  const { seed, flows, outageMs, faults } = wanted();
  await setUpWith(makeBundle, devServer)();
  console.log(`seed ${seed}, ${flows} flows, ${outageMs / 1_000} s, ${cpus().length} cores, Node ${process.version}`);
  try {
    for (const fault of faults) {
      const temporal = await temporalForTests();
      const findings = await rehearse(temporal, workflowBundle(), { fault, flows, outageMs, seed });
      await temporal.close();
      console.log(
        `\n${fault}: ${findings.affected} of ${flows} flows affected, ${findings.recoveredMs / 1_000} s until all went on`,
      );
      console.log(table(findings.traffic.rates()));
      for (const one of faultsOf(findings)) {
        console.error(one);
        process.exitCode = 1;
      }
    }
  } finally {
    const run = globalThis.cardflowTestRun;
    await run?.server?.process.stop();
    await run?.guardian.dismiss();
  }
}

main()
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  })
  .finally(() => process.exit());
