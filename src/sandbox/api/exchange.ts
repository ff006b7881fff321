/** One call from arrival to answer: faults, token, signature, model, business rules, and the answer's way out. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { operationRow } from '../../falpay/contract';
import { handlerOf, type CallName } from '../business/operations';
import { Refusal } from '../refusal';
import type { Sandbox } from '../sandbox';
import { refusalAnswer, send, successAnswer, type Answer } from './answer';
import { checkFixed, headerOf } from './gatekeeper';
import { digestOf, once } from './idempotency';
import { breakOff, faultInFront, faultOnTheWayOut, FaultyEnd, sitOut } from './spoiled';

interface Noted {
  orderNo?: string;
  digest?: string;
  repeated: boolean;
}

/** Answers a call of one of the operations; the token's has its own way in. */
export async function exchange(
  sandbox: Sandbox,
  operation: CallName,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const started = sandbox.clock.now();
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const noted: Noted = { repeated: false, orderNo: peekOrderNo(sandbox, operation, body) };
  const fired = sandbox.faults.forCall(operation, noted.orderNo);
  const log = (end: { status?: number; code?: string }): void =>
    sandbox.requests.add({
      at: started,
      operation,
      ...noted,
      ...end,
      fault: fired.length === 0 ? undefined : fired.map((rule) => rule.fault).join(','),
      ms: sandbox.clock.now() - started,
    });
  const isAnnouncedFirst = fired.some((rule) => rule.fault === 'callbackBeforeResponse');
  const end = new FaultyEnd(sandbox, reply, log);

  if (!(await sitOut(sandbox, fired))) return breakOff(reply);
  const front = faultInFront(fired);
  if (front !== undefined) return end.inFront(front);

  const release = sandbox.holdBack();
  reply.raw.once('close', release);
  // Gone while it was kept waiting: its end was told before anybody listened, and would be waited for for ever.
  if (request.raw.socket.destroyed) release();
  const answer = perform(sandbox, {
    operation,
    request,
    body,
    noted,
    isHurried: isAnnouncedFirst,
  });
  if (isAnnouncedFirst) await sandbox.settle();
  const spoiling = faultOnTheWayOut(fired);
  if (spoiling !== undefined) return end.after(spoiling, answer);
  log({ status: answer.status, code: answer.code });
  return send(reply, answer, sandbox.voice);
}

/** Checks and carries out a call. Never throws: whatever goes wrong is an answer. */
function perform(
  sandbox: Sandbox,
  call: { operation: CallName; request: FastifyRequest; body: Buffer; noted: Noted; isHurried: boolean },
): Answer {
  const { operation, request, body, noted } = call;
  const { profile, codec } = sandbox.voice;
  try {
    sandbox.tokens.check(headerOf(request.headers, profile.headers.authorization), profile.headers.authorizationScheme);
    sandbox.gatekeeper.checkSignature(request, body);
    checkFixed(profile.headers.fixed, request);
    const row = operationRow(operation);
    const dto = row.request === null ? requireEmpty(body) : codec.readRequest(row.request, body);
    noted.digest = digestOf(dto);
    const { result, repeated } = once(
      sandbox.world.database,
      { operation, orderNo: noted.orderNo, digest: noted.digest },
      () => sandbox.hurried(call.isHurried, () => handlerOf(operation)(sandbox.world, dto)),
    );
    noted.repeated = repeated;
    if (result.success) return successAnswer(profile, codec.write(sandbox.responseModel(operation), result.data));
    return refusalAnswer(profile, new Refusal(result.code, result.message, result.field));
  } catch (error) {
    if (error instanceof Refusal) return refusalAnswer(profile, error);
    sandbox.log.error({ err: error, operation, orderNo: noted.orderNo }, 'a call failed inside the sandbox');
    return refusalAnswer(profile, new Refusal('SYSTEM_ERROR', 'internal error of the sandbox, see its log'));
  }
}

function requireEmpty(body: Buffer): undefined {
  const text = body.toString('utf8').trim();
  if (text !== '' && text !== '{}') throw new Refusal('INVALID_PARAMETER', 'this operation takes an empty body');
  return undefined;
}

/** The order number as it stands in the body, read leniently: faults and the log need it also where the call is wrong. */
function peekOrderNo(sandbox: Sandbox, operation: CallName, body: Buffer): string | undefined {
  const row = operationRow(operation);
  if (row.orderNo === undefined || row.request === null) return undefined;
  const name = sandbox.voice.codec.nameOf(row.request, row.orderNo);
  try {
    const fields: unknown = JSON.parse(body.toString('utf8'));
    const value = typeof fields === 'object' && fields !== null ? (fields as Record<string, unknown>)[name] : undefined;
    return typeof value === 'string' && value.length <= 64 ? value : undefined;
  } catch {
    return undefined;
  }
}
