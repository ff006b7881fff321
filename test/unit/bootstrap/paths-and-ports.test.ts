import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { cacheFolder, dataFolder } from '../../../src/bootstrap/paths';
import { anyFreePort, isFree, loopback, portNear } from '../../../src/bootstrap/ports';

describe('folders', () => {
  const linux = { env: {}, platform: 'linux', home: '/home/ann' } as const;
  test('the cache lies where the system keeps caches', () => {
    expect(cacheFolder(linux)).toBe('/home/ann/.cache/cardflow');
    expect(cacheFolder({ ...linux, env: { XDG_CACHE_HOME: '/fast' } })).toBe('/fast/cardflow');
    expect(cacheFolder({ ...linux, platform: 'darwin' })).toBe('/home/ann/Library/Caches/cardflow');
  });
  test('each clone has data of its own, and the same clone finds the same', () => {
    const one = dataFolder('/src/cardflow', linux);
    expect(one).toMatch(/^\/home\/ann\/\.local\/share\/cardflow\/cardflow-[0-9a-f]{8}$/);
    expect(dataFolder('/src/cardflow', linux)).toBe(one);
    expect(dataFolder('/other/cardflow', linux)).not.toBe(one);
  });
});

describe('ports', () => {
  test('a port in use is passed over for the next one', async () => {
    const server = createServer().listen(0, loopback);
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    expect(await isFree(port)).toBe(false);
    expect(await portNear(port)).toBeGreaterThan(port);
    server.close();
  });
  test('a free port is taken as it is, unless it is promised to another', async () => {
    expect(await anyFreePort()).toBeGreaterThan(0);
    // One that the system gives to nobody meanwhile.
    const port = await portNear(randomInt(20_000, 32_000));
    expect(await isFree(port)).toBe(true);
    expect(await portNear(port)).toBe(port);
    expect(await portNear(port, new Set([port]))).not.toBe(port);
  });
});
