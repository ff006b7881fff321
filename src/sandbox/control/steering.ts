/** How the sandbox behaves: settings, plans, faults, tokens. */
import type { FastifyInstance } from 'fastify';
import { faultsSchema } from '../faults/rules';
import { planSchema } from '../plans';
import type { Sandbox } from '../sandbox';
import { settingsSchema } from '../settings';
import { read } from './input';

export function steeringRoutes(app: FastifyInstance, sandbox: Sandbox): void {
  const { settings, faults, world, tokens } = sandbox;

  app.get('/sandbox/settings', () => settings.current);
  app.put('/sandbox/settings', ({ body }) => {
    const changed = settings.change(read(settingsSchema.partial(), body));
    // An address that was missing, or a shorter ladder: something may be due.
    sandbox.sender.pump();
    return changed;
  });

  app.get('/sandbox/plans', () => ({ plans: world.plans.list() }));
  app.post('/sandbox/plans', ({ body }) => ({ plans: world.plans.add(read(planSchema, body)) }));
  app.delete('/sandbox/plans', () => {
    world.plans.clear();
    return { plans: [] };
  });

  app.get('/sandbox/faults', () => faults.list());
  app.put('/sandbox/faults', ({ body }) => {
    const { rules, seed } = read(faultsSchema, body);
    faults.replace(rules, seed);
    return faults.list();
  });
  app.delete('/sandbox/faults', () => {
    faults.replace([]);
    return faults.list();
  });

  app.post('/sandbox/tokens/revoke', () => {
    tokens.revokeAll();
    return { revoked: true };
  });
}
