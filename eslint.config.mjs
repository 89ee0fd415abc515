import eslint from '@eslint/js'; // a dependency of eslint itself
import tseslint from 'typescript-eslint';

// Names that plain Node scripts may use; typed files have the compiler for that.
const nodeGlobals = Object.fromEntries(
  ['require', 'module', 'exports', '__dirname', '__filename', 'process', 'console', 'Buffer', 'URL', 'performance',
    'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate'].map((name) => [name, 'readonly']),
);

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'node_modules/', 'models/train/', 'plugin/ipl/kernels/assembly/', 'test/types/'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      // The compiler reports unused names; a leading underscore says that one has to be there.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Elements implement asynchronous interfaces that some of them have nothing to wait for in.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: { globals: nodeGlobals },
  },
  { files: ['**/*.js'], languageOptions: { sourceType: 'commonjs' } },
  // Runs in browsers; the compiler knows their names (tsconfig.page.json).
  { files: ['plugin/preview/page/*.mjs'], rules: { 'no-undef': 'off', eqeqeq: 'error', 'prefer-const': 'error' } },
  {
    files: ['plugin/**/*.ts'],
    rules: {
      complexity: ['error', 15],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true, namespaceFrom: true } }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
    },
  },
  { files: ['plugin/cli/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    // Who sets the clock on the wall must not end or prolong anything. The files that tell people a date are named here.
    files: ['plugin/**/*.ts'],
    ignores: [
      'plugin/observe/log.ts', 'plugin/observe/prometheus.ts', 'plugin/preview/state.ts', 'plugin/publish/hls.ts', 'plugin/queue/queue-state.ts',
      'plugin/record/arrival-times.ts', 'plugin/record/clocks.ts', 'plugin/source/sender-reports.ts',
    ],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name='Date'][property.name='now'], NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Measure intervals with performance.now() or process.hrtime: the clock on the wall may be set.',
        },
      ],
    },
  },
  {
    // A test may pass what the types forbid, to see that it is refused.
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // The functions of a module, described as an interface, are taken apart in tests.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);
