import { createServer } from 'node:net';

export const loopback = '127.0.0.1';

/** Whether a port can be listened on now. Servers of ours bind to the loopback address, so only that one counts. */
export function isFree(port: number, host = loopback): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A port that nobody uses, chosen by the system. */
export function anyFreePort(host = loopback): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host }, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** The port people know, or the next free one after it. `taken` holds ports promised to others meanwhile. */
export async function portNear(preferred: number, taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (let port = preferred; port < preferred + 100 && port < 65_536; port++) {
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  return anyFreePort();
}
