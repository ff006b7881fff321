/** Holds what the API answers against what it says of itself at /openapi.json. */
import Ajv, { type ValidateFunction } from 'ajv/dist/2020';
import type { FastifyInstance } from 'fastify';

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const ID = 'openapi.json';

export class ApiDescription {
  // The document is more than schemas, which the strict mode would not have.
  private readonly ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  private readonly validators = new Map<string, ValidateFunction>();

  private constructor(private readonly document: Document) {
    this.ajv.addSchema({ $id: ID, ...document });
  }

  static async of(gateway: FastifyInstance): Promise<ApiDescription> {
    return new ApiDescription((await gateway.inject('/openapi.json')).json());
  }

  /** @throws Error where the description does not have such an answer; of paths that it does not have it says nothing */
  check(method: string, path: string, { status, body }: { readonly status: number; readonly body?: unknown }): void {
    const template = this.templateOf(path);
    const operation = template === undefined ? undefined : this.document.paths[template]?.[method.toLowerCase()];
    if (template === undefined || operation === undefined) return;
    const answer = operation.responses[status];
    const what = `${method} ${template} → ${status}`;
    if (!answer) throw new Error(`${what} is not described`);
    const type = Object.keys(answer.content ?? {}).find((known) => known.includes('json'));
    if (type === undefined) {
      if (body !== undefined) throw new Error(`${what} is described without a body, and has one`);
      return;
    }
    const validate = this.validator([
      'paths',
      template,
      method.toLowerCase(),
      'responses',
      `${status}`,
      'content',
      type,
      'schema',
    ]);
    if (!validate(body))
      throw new Error(`${what} is not as described: ${this.ajv.errorsText(validate.errors)}\n${JSON.stringify(body)}`);
  }

  private templateOf(path: string): string | undefined {
    const parts = path.replace(/\?.*$/, '').split('/');
    const fits = (template: string) => {
      const wanted = template.split('/');
      return (
        wanted.length === parts.length && wanted.every((part, index) => part.startsWith('{') || part === parts[index])
      );
    };
    return Object.keys(this.document.paths).find(fits);
  }

  private validator(place: readonly string[]): ValidateFunction {
    const pointer = place.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const known = this.validators.get(pointer);
    if (known) return known;
    const made = this.ajv.compile({ $ref: `${ID}#/${pointer}` });
    this.validators.set(pointer, made);
    return made;
  }
}
