// Two projects share one transform: `unit` is everything beside the source (pure, fakes, sockets of its own);
// `peers` needs the local cluster and chain (test/), runs one file at a time and is given time to start them (the one suite of it
// that counts blocks runs alone, after the others: `test:paced`); `node` needs
// a real kubelet besides, hence root, and runs by `make test-node` only; `drills` breaks what `peers` stands on, for minutes
// (`make test-drills`); `image` runs the packed image on a container engine of its own (root, `make test-image`); `helm`
// installs the chart with that image on a real node (root, `make test-helm`).
const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.run/'],
};

export default {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/'],
    },
    {
      ...shared,
      displayName: 'golden',
      testMatch: ['<rootDir>/test/golden/**/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'node',
      testMatch: ['<rootDir>/test/node/**/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'image',
      testMatch: ['<rootDir>/test/image/**/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'helm',
      testMatch: ['<rootDir>/test/helm/**/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'drills',
      testMatch: ['<rootDir>/test/drills/**/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'peers',
      testMatch: ['<rootDir>/test/{contract,integration,e2e}/**/*.test.ts'],
    },
  ],
};
