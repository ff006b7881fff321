import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import type { OnboardingBody } from '../messages/onboarding';
import type { FlowState, Stage } from '../messages/state';

/** Stages in which nothing goes on by itself any more. */
const settled: readonly Stage[] = ['COMPLETED', 'ABORTED', 'ACTION_REQUIRED', 'BLOCKED'];

/** The gateway as a backend sees it: HTTP and an API key, nothing of Temporal. */
export class OnboardingClient {
  readonly #http: AxiosInstance;

  constructor(gatewayUrl: string, apiKey: string, signal: AbortSignal) {
    this.#http = axios.create({
      baseURL: gatewayUrl,
      headers: { authorization: `Bearer ${apiKey}` },
      timeout: 60_000,
      proxy: false, // the gateway runs on this machine, whatever HTTPS_PROXY says
      validateStatus: () => true,
      signal,
    });
  }

  async start(merchantOrderNo: string, body: OnboardingBody): Promise<FlowState> {
    return expectOk(await this.#http.put(`/v1/onboardings/${merchantOrderNo}`, body)) as FlowState;
  }

  /**
   * Follows the flow until it has ended or wants a person, and tells every change on the way.
   *
   * @returns the state it came to rest in
   */
  async follow(merchantOrderNo: string, first: FlowState, onChange: (state: FlowState) => void): Promise<FlowState> {
    let state = first;
    for (;;) {
      onChange(state);
      if (settled.includes(state.stage)) return state;
      const answer = await this.#http.get(`/v1/onboardings/${merchantOrderNo}`, { params: { wait: '10s' } });
      state = expectOk(answer) as FlowState;
    }
  }
}

/** @throws Error with what the gateway's problem document says */
function expectOk({ status, data, config }: AxiosResponse<unknown>): unknown {
  if (status >= 200 && status < 300) return data;
  const said = typeof data === 'string' ? data : JSON.stringify(data);
  throw new Error(`${config.method?.toUpperCase()} ${config.url} answered ${status}: ${said}`);
}
