/**
 * The floors of docs/architecture.md, lowest first. An import goes to a lower floor or stays in its folder.
 * test/lint/floors.ts runs this and fails when nothing was cruised.
 */
const floors = [
  ['asm/source'],
  ['asm/a64', 'asm/elf'],
  ['asm/cpp'],
  ['asm/c', 'asm/gas', 'asm/objdump'],
  ['asm/link'],
  ['sim/core'],
  ['sim/memory', 'sim/devices'],
  ['sim/exec'],
  ['sim/timing'],
  ['sim/recording'],
  ['sim/formats', 'sim/kvm'],
  ['sim/scenario'],
  ['sim/check', 'sim/gdb'],
  ['sim/cli'],
];

const anyOf = (rooms) => `^(${rooms.join('|')})/`;

const upwards = floors.flatMap((rooms, level) =>
  rooms.map((room) => ({
    name: `${room}-imports-only-below`,
    comment: `${room} may import only from lower floors and from its own folder`,
    severity: 'error',
    from: { path: `^${room}/` },
    to: { path: anyOf(floors.slice(level).flat()), pathNot: `^${room}/` },
  })),
);

module.exports = {
  forbidden: [
    ...upwards,
    {
      name: 'node-only-at-the-edge',
      comment: 'all but the command line, the gdb server and the file adaptor runs in a browser',
      severity: 'error',
      from: {
        path: '^(asm|sim)/',
        pathNot: '^(sim/cli/|sim/gdb/|asm/source/node-files[.]ts$)',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'product-does-not-import-tests',
      severity: 'error',
      from: { path: '^(asm|sim)/' },
      to: { path: '^test/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: { path: '^(asm|sim)/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-dev-dependency-in-product',
      severity: 'error',
      from: { path: '^(asm|sim)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
