// Architecture as lint: the import arrows of docs/ARCHITECTURE.md and the purity of the deciding folders are errors here.
import tseslint from 'typescript-eslint';

/** What each folder of ours may import (itself always included). Everything else of ours is an error. */
const arrows = {
  market: [],
  crds: ['market'],
  bidengine: ['market'],
  manifests: ['market', 'crds'],
  chain: ['market'],
  kube: ['crds'],
  history: ['market', 'bidengine'],
  backtest: ['market', 'bidengine', 'history'],
  signer: ['chain', 'kube', 'crds', 'market'],
  operator: ['market', 'bidengine', 'history', 'manifests', 'crds', 'chain', 'kube'],
  gateway: ['chain', 'kube', 'crds', 'market', 'manifests'],
  cli: ['chain', 'kube', 'crds', 'market', 'manifests', 'bidengine', 'history', 'backtest'],
  devnet: ['market'],
  agent: ['bidengine', 'kube', 'crds', 'market'],
};
const rooms = [...Object.keys(arrows), 'test', 'bench', 'hack', 'charts'];
const clients = [
  '@kubernetes/client-node',
  '@cosmjs/stargate',
  '@cosmjs/tendermint-rpc',
  '@cosmjs/proto-signing',
  'undici',
  'ws',
  'express',
];
const pure = {
  market: [],
  crds: [],
  bidengine: [],
  backtest: [],
  history: ['node:crypto'],
  manifests: ['node:crypto'],
};

const restrictImports = (room) => {
  const banned = rooms.filter((r) => r !== room && !arrows[room].includes(r));
  const patterns = [
    {
      regex: `^(\\.\\./)+(${banned.join('|')})/`,
      message: `${room}/ may import only ${['itself', ...arrows[room]].join(', ')} (docs/ARCHITECTURE.md, "The arrows").`,
    },
  ];
  if (room in pure) {
    const allowed = pure[room];
    patterns.push({
      regex: `^(node:(?!${allowed.map((a) => a.slice(5) + '$').join('|') || '$'})|(${clients.join('|').replaceAll('/', '\\/')})($|\\/))`,
      message: `${room}/ is pure: no Node module, socket or client; take what you need as a parameter.`,
    });
  }
  return {
    files: [`${room}/**/*.ts`],
    ignores: ['**/*.test.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
  };
};

const noDefaultExport = { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' };

const purity = {
  files: Object.keys(pure).map((r) => `${r}/**/*.ts`),
  ignores: ['**/*.test.ts'],
  rules: {
    'no-restricted-globals': [
      'error',
      ...[
        'process',
        'fetch',
        'setTimeout',
        'setInterval',
        'setImmediate',
        'performance',
        'crypto',
        'Buffer',
      ].map((name) => ({
        name,
        message: 'A deciding folder is pure: take it as a parameter.',
      })),
    ],
    'no-restricted-properties': [
      'error',
      { object: 'Date', property: 'now', message: 'Take the time as a parameter.' },
      { object: 'Math', property: 'random', message: 'Take randomness as a parameter.' },
    ],
    'no-restricted-syntax': [
      'error',
      noDefaultExport,
      {
        selector: "NewExpression[callee.name='Date'][arguments.length=0]",
        message: 'Take the time as a parameter.',
      },
    ],
  },
};

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'node_modules/**',
      '**/generated/**',
      'coverage/**',
      '.run/**',
      '*.js',
      '**/*.mjs',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off', // client-node's models are classes by accident: they are plain data
      '@typescript-eslint/require-await': 'off', // a port's promise may be kept by a synchronous fake
      'no-console': 'error',
      'no-restricted-syntax': ['error', noDefaultExport],
      complexity: ['warn', 15],
      'max-depth': ['warn', 4],
      'max-params': ['warn', 5],
    },
  },
  ...Object.keys(arrows).map(restrictImports),
  purity,
  // Programs that talk to a person print; everything else logs through pino.
  {
    files: ['cli/**', 'hack/**', 'bench/**', 'test/**', 'devnet/main.ts'],
    rules: { 'no-console': 'off' },
  },
);
