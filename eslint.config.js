import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import { builtinModules } from 'node:module';
import tseslint from 'typescript-eslint';
import roomArrows from './scripts/lint/room-arrows.js';

/**
 * The rooms and what each may import at run time (docs/decisions/0001-rooms-and-arrows.md).
 * A room not listed for another is forbidden to it; types may cross the arrow workflows → activities and client → workflows.
 */
const MAY_IMPORT = {
  errors: [],
  environment: ['errors'],
  settings: ['errors'],
  links: [],
  amocrm: ['errors', 'links'],
  speechsense: ['errors'],
  recordings: ['errors', 'settings', 'links'],
  ledger: ['errors', 'settings'],
  workflows: ['errors'],
  activities: ['errors', 'settings', 'amocrm', 'speechsense', 'recordings', 'ledger'],
  client: ['errors', 'settings', 'environment', 'amocrm', 'speechsense', 'recordings', 'ledger'],
  cli: ['errors', 'settings', 'environment', 'amocrm', 'recordings', 'ledger', 'client'],
  worker: [
    'errors',
    'settings',
    'environment',
    'amocrm',
    'speechsense',
    'recordings',
    'ledger',
    'activities',
    'workflows',
  ],
  backend: ['errors', 'settings', 'environment', 'ledger', 'client'],
  sandbox: [],
  widget: [],
};

/** Type-only arrows, in addition to the run-time ones. */
const MAY_IMPORT_TYPES = {
  workflows: ['activities', 'settings'],
  client: ['workflows'],
  widget: ['backend', 'settings', 'errors'],
};

/** Folders that no room imports. */
const CLOSED = ['scripts', 'bench', 'test'];

const NO_NODE = { group: [...builtinModules, 'node:*'] };

const rooms = [
  {
    files: ['**/*.{ts,tsx}'],
    plugins: { rooms: { rules: { arrows: roomArrows } } },
    rules: {
      'rooms/arrows': [
        'error',
        { root: import.meta.dirname, mayImport: MAY_IMPORT, mayImportTypes: MAY_IMPORT_TYPES, closed: CLOSED },
      ],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { ...NO_NODE, message: 'Workflow code is replayed: no Node built-ins.' },
            {
              group: ['@temporalio/*', '!@temporalio/workflow', '!@temporalio/common'],
              message: 'Workflow code imports @temporalio/workflow only.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['widget/**/*.{ts,tsx}'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ ...NO_NODE, message: 'The widget runs in a browser: no Node built-ins.' }] },
      ],
    },
  },
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.data/', '.cache/', 'coverage/', 'test/replay/histories/'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.strictTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'as' }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-self-import': 'error',
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a const object with a union type.' },
      ],
    },
  },
  ...rooms,
  {
    files: ['workflows/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'setTimeout', message: 'Use sleep() of @temporalio/workflow.' },
        { name: 'setInterval', message: 'Use sleep() of @temporalio/workflow.' },
        { name: 'process', message: 'Workflow code has no process.' },
      ],
    },
  },
  {
    files: ['widget/page/**/*.{ts,tsx}'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['process', 'Buffer', 'global', 'setImmediate', 'require'].map((name) => ({
          name,
          message: 'The widget runs in a browser.',
        })),
      ],
    },
  },
  {
    files: [
      'scripts/**',
      'bench/**',
      'cli/**',
      'sandbox/main.ts',
      'worker/main.ts',
      'backend/main.ts',
      'test/replay/record.ts',
      'test/ledger/record-statements.ts',
      'test/faults/soak.ts',
      'test/browser/screenshots.ts',
    ],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  {
    files: ['widget/archive/script.js'],
    languageOptions: { sourceType: 'script', globals: { define: 'readonly', window: 'readonly' } },
  },
);
