/** docs/operations.md against what there is: an operator at night reads it literally. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/program';
import { BLOCK_REASONS } from '../../../src/messages';

const DOCS = join(__dirname, '../../../docs');
const text = readFileSync(join(DOCS, 'operations.md'), 'utf8');
const PICTURE_BYTES_AT_MOST = 250_000;

test.each(BLOCK_REASONS)(
  '%s has a section: what it means, what to look at, what to do, by which command, what never',
  (reason) => {
    const section = text.split(/^#{2,3} /m).find((part) => part.startsWith(`\`${reason}\`\n`));
    for (const part of ['Means', 'Look at', 'Do', 'Commands', 'Never'])
      expect(section).toMatch(new RegExp(`^- \\*\\*${part}\\*\\*: \\S`, 'm'));
  },
);

test('no section is about a reason that is none', () => {
  const named = [...text.matchAll(/^### `([A-Z_]+)`$/gm)].map(([, reason]) => reason);
  expect(named.toSorted()).toEqual([...BLOCK_REASONS].toSorted());
});

test('every picture is there, and no larger than a page may be', () => {
  const pictures = [...text.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path = '']) => join(DOCS, path));
  expect(pictures.length).toBeGreaterThanOrEqual(4);
  for (const picture of pictures) {
    expect([picture, existsSync(picture)]).toEqual([picture, true]);
    expect(statSync(picture).size).toBeLessThan(PICTURE_BYTES_AT_MOST);
  }
});

test('every link within the page leads to a heading', () => {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  for (const [, anchor] of text.matchAll(/\]\(#([^)]+)\)/g)) expect(headings).toContain(anchor);
});

describe('every command line is one that the program takes', () => {
  const commands = [...new Set([...text.matchAll(/npx cardflow ([a-z]+)([^`\n]*)/g)].map(([line]) => line))];
  test.each(commands)('%s', async (line) => {
    const [, , name = ''] = line.split(' ');
    const out: string[] = [];
    const code = await runCli([name, '--help'], {
      out: (told) => out.push(told),
      err: (told) => out.push(told),
      stdin: async () => '',
      env: {},
      signal: new AbortController().signal,
    });
    expect(code).toBe(0);
    const options = [...line.matchAll(/ (--[a-z-]+)/g)].map(([, option = '']) => option);
    for (const option of options) expect(out.join('\n')).toMatch(new RegExp(`${option}\\b`));
  });
});
