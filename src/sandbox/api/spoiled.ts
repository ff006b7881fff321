/** How calls go wrong on purpose: before they are carried out, or after. */
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import type { Fired } from '../faults/engine';
import type { CallFault } from '../faults/rules';
import { Refusal } from '../refusal';
import type { Sandbox } from '../sandbox';
import { refusalAnswer, send, type Answer } from './answer';

const IN_FRONT: readonly CallFault[] = ['down', 'resetBeforeCommit', 'rateLimit', 'tokenRefused'];
const ON_THE_WAY_OUT: readonly CallFault[] = ['resetAfterCommit', 'http5xx', 'unreadable', 'wrongSignature'];

/** The fault that keeps the call from being carried out, if one does. */
export function faultInFront(fired: readonly Fired<CallFault>[]): Fired<CallFault> | undefined {
  return fired.find(
    ({ fault, committed }) =>
      IN_FRONT.includes(fault) || (!committed && (fault === 'http5xx' || fault === 'unreadable')),
  );
}

/** The fault that spoils the answer of a call that was carried out. */
export function faultOnTheWayOut(fired: readonly Fired<CallFault>[]): Fired<CallFault> | undefined {
  return fired.find(({ fault }) => ON_THE_WAY_OUT.includes(fault));
}

/** Waits as long as the latency faults say. @returns false when the sandbox has stopped meanwhile: nothing can be done any more */
export async function sitOut(sandbox: Sandbox, fired: readonly Fired<CallFault>[]): Promise<boolean> {
  const signal = sandbox.stopped;
  for (const { fault, ms } of fired) {
    if (fault === 'latency') await pause(ms ?? 0, undefined, { signal }).catch(() => undefined);
  }
  return !signal.aborted;
}

/** A reset, as the network does it, not an orderly end. */
export function breakOff(reply: FastifyReply): FastifyReply {
  reply.hijack();
  const { socket } = reply.raw;
  if (socket === null) reply.raw.destroy();
  else socket.resetAndDestroy();
  return reply;
}

export class FaultyEnd {
  constructor(
    private readonly sandbox: Sandbox,
    private readonly reply: FastifyReply,
    private readonly log: (end: { status?: number; code?: string }) => void,
  ) {}

  /** Ends a call that was not carried out. */
  inFront(rule: Fired<CallFault>): FastifyReply {
    const { voice } = this.sandbox;
    if (rule.fault === 'rateLimit') {
      const answer = refusalAnswer(voice.profile, new Refusal('TOO_MANY_REQUESTS', 'too many requests'));
      return this.signed({
        ...answer,
        headers: { [voice.profile.headers.retryAfter]: String(Math.ceil((rule.ms ?? 1_000) / 1000)) },
      });
    }
    if (rule.fault === 'tokenRefused') {
      return this.signed(
        refusalAnswer(voice.profile, new Refusal('INVALID_TOKEN', 'the access token is unknown or has expired')),
      );
    }
    if (rule.fault === 'http5xx') return this.fromTheProxy(rule.status);
    return rule.fault === 'unreadable' ? this.unreadable() : this.breakOff();
  }

  /** Ends a call that was carried out. What came of it stands in the log, although the caller does not get to know it. */
  after(rule: Fired<CallFault>, answer: Answer): FastifyReply {
    if (rule.fault === 'wrongSignature') {
      this.log({ status: answer.status, code: answer.code });
      return send(this.reply, answer, this.sandbox.voice, { spoilt: true });
    }
    if (rule.fault === 'http5xx') return this.fromTheProxy(rule.status, answer.code);
    if (rule.fault === 'resetAfterCommit') return this.breakOff(answer.code);
    return this.unreadable();
  }

  private unreadable(): FastifyReply {
    this.log({ status: 200, code: 'unreadable' });
    return this.reply.code(200).type('text/html').send('<html><body>Please try again later</body></html>');
  }

  private signed(answer: Answer): FastifyReply {
    this.log({ status: answer.status, code: answer.code });
    return send(this.reply, answer, this.sandbox.voice);
  }

  /** What stands before FalPay knows no envelope and has no key. */
  private fromTheProxy(status: number, code?: string): FastifyReply {
    this.log({ status, code });
    return this.reply.code(status).type('text/html').send(`<html><body><h1>${status}</h1></body></html>`);
  }

  private breakOff(code?: string): FastifyReply {
    this.log({ code });
    return breakOff(this.reply);
  }
}
