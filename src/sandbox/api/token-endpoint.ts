/** 获取令牌: the only operation that is attested [A]; credentials in the query string by default. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TokenVo } from '../../falpay/contract';
import { Refusal } from '../refusal';
import type { Sandbox } from '../sandbox';
import { parseJson } from '../wire/codec';
import type { TokenRequest } from '../wire/tokens';
import { refusalAnswer, send, successAnswer, type Answer } from './answer';
import { checkFixed, headerOf } from './gatekeeper';
import { breakOff, faultInFront, faultOnTheWayOut, FaultyEnd, sitOut } from './spoiled';

export async function tokenEndpoint(
  sandbox: Sandbox,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const started = sandbox.clock.now();
  const fired = sandbox.faults.forCall('getToken', undefined);
  const log = (end: { status?: number; code?: string }): void =>
    sandbox.requests.add({
      at: started,
      operation: 'getToken',
      ...end,
      fault: fired.length === 0 ? undefined : fired.map((rule) => rule.fault).join(','),
      repeated: false,
      ms: sandbox.clock.now() - started,
    });
  const end = new FaultyEnd(sandbox, reply, log);
  if (!(await sitOut(sandbox, fired))) return breakOff(reply);
  const front = faultInFront(fired);
  if (front !== undefined) return end.inFront(front);
  const answer = issue(sandbox, request);
  const spoiling = faultOnTheWayOut(fired);
  if (spoiling !== undefined) return end.after(spoiling, answer);
  log({ status: answer.status, code: answer.code });
  return send(reply, answer, sandbox.voice);
}

function issue(sandbox: Sandbox, request: FastifyRequest): Answer {
  const { profile, codec } = sandbox.voice;
  try {
    const lifetime = sandbox.settings.current.tokenLifetime;
    const token = sandbox.tokens.issue(requestOf(sandbox, request), lifetime);
    const unit = { s: 1, ms: 1000, min: 1 / 60 }[profile.token.expiresInUnit];
    return successAnswer(profile, codec.write(TokenVo, { ...token, expires_in: Math.floor(lifetime * unit) }));
  } catch (error) {
    if (error instanceof Refusal) return refusalAnswer(profile, error);
    throw error;
  }
}

function requestOf(sandbox: Sandbox, request: FastifyRequest): TokenRequest {
  const { token, headers } = sandbox.voice.profile;
  const { parameters, grantType: wantedGrantType } = token;
  const fields = fieldsOf(token.transport, request);
  const basic = /^Basic (\S+)$/i.exec(headerOf(request.headers, 'Authorization') ?? '')?.[1];
  const [id, ...secret] = Buffer.from(basic ?? '', 'base64')
    .toString('utf8')
    .split(':')
    .map(decodeURIComponent);
  const isBasic = token.transport === 'basic';
  checkFixed(headers.fixed, request);
  return {
    grantType: fields[parameters.grantType],
    wantedGrantType,
    grantTypeName: parameters.grantType,
    clientId: isBasic ? id : fields[parameters.clientId],
    clientSecret: isBasic ? secret.join(':') : fields[parameters.clientSecret],
  };
}

function fieldsOf(
  transport: 'query' | 'form' | 'json' | 'basic',
  request: FastifyRequest,
): Readonly<Record<string, unknown>> {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  switch (transport) {
    case 'query':
      return request.query as Record<string, unknown>;
    case 'form':
    case 'basic':
      return Object.fromEntries(new URLSearchParams(body.toString('utf8')));
    case 'json': {
      const fields = parseJson(body);
      return typeof fields === 'object' && fields !== null ? (fields as Record<string, unknown>) : {};
    }
  }
}
