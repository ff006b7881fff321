import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** The import arrows of docs/architecture.md: what a folder may not import. */
const arrow = (files, forbidden) => ({
  files,
  rules: {
    'no-restricted-imports': ['error', { patterns: forbidden.map(([group, message]) => ({ group, message })) }],
  },
});

const runtime = ['zod', 'axios', 'fastify', 'pino', 'prom-client', 'lossless-json', 'node:*'];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'bench/node_modules/'] },
  { files: ['**/*.ts'], extends: [tseslint.configs.recommended], plugins: { 'import-x': importX } },
  {
    files: ['src/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'max-lines': ['error', 450],
      'no-restricted-syntax': ['error', { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' }],
      'import-x/no-cycle': 'error',
    },
  },
  {
    // The sandbox's page: what a browser runs as it is. It shows other people's text, so nothing may be read as markup.
    files: ['src/sandbox/page/**/*.js'],
    languageOptions: {
      sourceType: 'module',
      globals: Object.fromEntries(
        ['document', 'location', 'fetch', 'Event', 'setTimeout', 'clearTimeout', 'addEventListener'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
    rules: {
      'no-undef': 'error',
      'no-unused-vars': 'error',
      'max-lines': ['error', 450],
      'no-restricted-properties': [
        'error',
        ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'setHTMLUnsafe', 'write', 'srcdoc'].map((property) => ({
          property,
          message: 'text only becomes text: el() of dom.js',
        })),
      ],
    },
  },
  arrow(
    ['src/falpay/**'],
    [
      [
        ['@temporalio/*', '**/workflows/**', '**/activities/**', '**/gateway/**', '**/messages/**'],
        'falpay/ stands alone',
      ],
    ],
  ),
  arrow(['src/messages/**'], [[runtime, 'messages/ is bundled into every workflow']]),
  {
    files: ['src/workflows/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: runtime, message: 'never in a workflow bundle' },
            {
              group: ['**/activities/**', '**/activities'],
              allowTypeImports: true,
              message: 'activities by import type',
            },
            {
              group: [
                '**/falpay/**',
                '!**/falpay/money',
                '**/client/**',
                '**/gateway/**',
                '**/sandbox/**',
                '**/temporal/**',
                '**/config',
              ],
              allowTypeImports: true,
              message: 'workflows import messages, and decimal money',
            },
          ],
        },
      ],
    },
  },
  arrow(
    ['src/sandbox/**'],
    [
      [
        [
          '@temporalio/*',
          '**/falpay/client',
          '**/falpay/signature',
          '**/falpay/token',
          '**/workflows/**',
          '**/activities/**',
        ],
        'the sandbox shares contract models with the client, not its code',
      ],
    ],
  ),
);
