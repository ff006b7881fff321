import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { portNear } from '../../src/bootstrap/ports';
import { fromSetup, shared } from './shared';
import { until } from './until';

const STARTS_WITHIN_MS = 60_000;
/** Below the ports that systems give away by themselves: a JVM takes seconds to listen on one, and nobody may be given it meanwhile. */
const PORTS = { from: 20_000, to: 32_000 } as const;

export interface TimeSkippingServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** A test server of our own: the SDK gives one 5 seconds to start, which a JVM on a busy machine does not always make. */
export async function startTimeSkippingServer(): Promise<TimeSkippingServer> {
  const port = await portNear(randomInt(PORTS.from, PORTS.to));
  const server = spawn(fromSetup(shared.timeSkippingServer), [String(port)], { stdio: 'ignore' });
  const ended = once(server, 'exit');
  await until(
    () => isOver(server) || accepts(port),
    () => `the time-skipping server does not listen on port ${port}`,
    STARTS_WITHIN_MS,
  );
  if (isOver(server)) throw new Error(`the time-skipping server ended with ${server.exitCode ?? server.signalCode}`);
  return {
    port,
    stop: async () => {
      server.kill('SIGKILL');
      await ended;
    },
  };
}

function isOver({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
