import { Context } from '@temporalio/activity';

/** Tells that an activity which asks many times goes on: one that falls silent is taken for dead. */
export function goesOn(): void {
  Context.current().heartbeat();
}
