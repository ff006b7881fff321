import type { Compared, ContractDiff, Difference, DifferenceKind } from './difference';

const KINDS: Readonly<Record<DifferenceKind, string>> = {
  renamed: 'renamed (best guess)',
  missing: 'missing there',
  extra: 'extra there',
  type: 'another type',
  required: 'required',
  enum: 'other values',
  method: 'another method',
};

/** The comparison for a person: by operation, one line for each difference. */
export function diffAsText(diff: ContractDiff, { all = false }: { readonly all?: boolean } = {}): string {
  const groups = new Map<string, string[]>();
  const add = (heading: string, line: string) => groups.set(heading, [...(groups.get(heading) ?? []), line]);
  for (const difference of diff.differences) add(headingOf(difference), lineOf(difference));
  if (all) for (const field of sameFields(diff)) add(headingOf(field), `  = ${field.field}`);
  const sections = [...groups].map(([heading, lines]) => [heading, ...lines].join('\n'));
  return [...sections, summary(diff)].join('\n\n');
}

/** The fields of which nothing differs. */
export function sameFields({ compared, differences }: ContractDiff): readonly Compared[] {
  const key = ({ model, part, operations, field }: Compared | Difference) =>
    `${model ?? `${part} ${part === 'header' || part === 'callback' ? '' : operations.join()}`} ${field}`;
  const different = new Set(differences.map(key));
  return compared.filter((field) => !different.has(key(field)));
}

function headingOf({ model, part, operations }: Compared | Difference): string {
  const where = operations.join(', ');
  if (model !== undefined) return `${model} (${where})`;
  return part === 'operation' ? where : `${part} (${where})`;
}

function lineOf({ kind, field, ours, theirs, confidence, note }: Difference): string {
  const name = field === '' ? '' : ` ${field}`;
  const sides = [ours === undefined ? '' : ours, theirs === undefined ? '' : `→ ${theirs}`].filter(
    (text) => text !== '',
  );
  const sure = confidence === undefined || confidence === 1 ? '' : ` (${Math.round(confidence * 100)} % sure)`;
  return `  ${SIGNS[kind]}${name}: ${KINDS[kind]}: ${sides.join(' ')}${sure}${note === undefined ? '' : `; ${note}`}`;
}

const SIGNS: Readonly<Record<DifferenceKind, string>> = {
  ...{ renamed: '~', missing: '-', extra: '+', type: '!', required: '!', enum: '!', method: '!' },
};

function summary(diff: ContractDiff): string {
  const counts = (Object.keys(KINDS) as DifferenceKind[])
    .map((kind) => [kind, diff.differences.filter((one) => one.kind === kind).length] as const)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`);
  const compared = `${diff.operations.length} operations and callbacks found, ${diff.compared.length} fields compared, ${sameFields(diff).length} the same`;
  const verdict = counts.length === 0 ? 'Nothing differs' : `Differences: ${counts.join(', ')}`;
  return [`${verdict} (${compared}).`, ...diff.notes].join('\n');
}
