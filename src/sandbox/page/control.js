/** The control plane, as everybody else uses it. */

export class ControlError extends Error {
  /** @param {{field: string, message: string}[]} errors what is wrong with which field */
  constructor(message, errors = []) {
    super(message);
    this.errors = errors;
  }
}

export const get = (path) => ask('GET', path);
export const post = (path, body = {}) => ask('POST', path, body);
export const put = (path, body) => ask('PUT', path, body);
export const remove = (path) => ask('DELETE', path);

/** A path of parts that may hold anything. */
export const path = (...parts) => `/${parts.map(encodeURIComponent).join('/')}`;

async function ask(method, address, body) {
  let answer;
  try {
    answer = await fetch(`/sandbox${address}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new ControlError('沙箱没有应答 · the sandbox does not answer');
  }
  const content = await answer.json().catch(() => ({}));
  if (answer.ok) return content;
  throw new ControlError(content.detail ?? `HTTP ${answer.status}`, content.errors);
}
