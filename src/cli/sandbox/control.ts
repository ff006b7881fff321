/** The sandbox's control plane, as the command line speaks to it. */
import axios from 'axios';
import type { z } from 'zod';
import { loadSandboxAddress } from '../../config';
import { httpUrl } from '../../config/schemas';
import { CliFailure, EXIT } from '../failure';
import type { Io } from '../io';
import { problemAnswer } from './answers';

const ANSWER_WITHIN_MS = 10_000;

type Query = Readonly<Record<string, string | undefined>>;

export class SandboxControl {
  private constructor(
    readonly url: string,
    private readonly signal: AbortSignal,
  ) {}

  /** @param url instead of where the settings have the sandbox listen */
  static at(io: Io, url: string | undefined): SandboxControl {
    if (url === undefined) return new SandboxControl(loadSandboxAddress(io.env), io.signal);
    const { data, error } = httpUrl.safeParse(url);
    if (data === undefined) throw new CliFailure(`--url ${error?.issues[0]?.message ?? 'is no URL'}`, EXIT.usage);
    return new SandboxControl(data, io.signal);
  }

  /** @param parts of the path below /sandbox; they may hold anything */
  get<Schema extends z.ZodType>(
    schema: Schema,
    parts: readonly string[],
    query: Query = {},
  ): Promise<z.output<Schema>> {
    return this.call(schema, { method: 'GET', parts, query });
  }

  post<Schema extends z.ZodType>(
    schema: Schema,
    parts: readonly string[],
    body: object = {},
  ): Promise<z.output<Schema>> {
    return this.call(schema, { method: 'POST', parts, body });
  }

  put<Schema extends z.ZodType>(schema: Schema, parts: readonly string[], body: unknown): Promise<z.output<Schema>> {
    return this.call(schema, { method: 'PUT', parts, body });
  }

  delete<Schema extends z.ZodType>(schema: Schema, parts: readonly string[]): Promise<z.output<Schema>> {
    return this.call(schema, { method: 'DELETE', parts });
  }

  /** @throws CliFailure with what the sandbox says against it, or that nobody answers */
  private async call<Schema extends z.ZodType>(
    schema: Schema,
    { method, parts, query, body }: { method: string; parts: readonly string[]; query?: Query; body?: unknown },
  ): Promise<z.output<Schema>> {
    const { status, data } = await axios
      .request<unknown>({
        method,
        url: `${this.url}/sandbox/${parts.map(encodeURIComponent).join('/')}`,
        params: query,
        data: body,
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        timeout: ANSWER_WITHIN_MS,
        signal: this.signal,
        validateStatus: () => true,
        maxRedirects: 0,
        proxy: false,
      })
      .catch((error: unknown) => {
        throw new CliFailure(
          `the sandbox at ${this.url} does not answer (${codeOf(error)}): start it (npm run sandbox), or say where it is with --url, or SANDBOX_HOST and SANDBOX_PORT`,
        );
      });
    if (status === 200) {
      const read = schema.safeParse(data);
      if (read.success) return read.data;
      throw this.stranger(status);
    }
    const problem = problemAnswer.safeParse(data);
    if (!problem.success) throw this.stranger(status);
    const { detail, errors } = problem.data;
    throw new CliFailure([detail, ...errors.map(({ field, message }) => `${field}: ${message}`)].join('; '));
  }

  private stranger(status: number): CliFailure {
    return new CliFailure(`what answers at ${this.url} is no sandbox of this version (HTTP ${status}): check --url`);
  }
}

function codeOf(error: unknown): string {
  return axios.isAxiosError(error) ? (error.code ?? error.message) : String(error);
}
