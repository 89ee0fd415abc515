'use strict';

/**
 * Which folder may import which, types included: code points one way, so that a part can be read, tested and replaced
 * without what stands above it. Checked by `npm run check`. What stands in no table here is refused, or is an element.
 */

const { join } = require('node:path');

/** What a folder of plugin/ may import beside itself. Those that are not named hold an element each, and may import ELEMENT. */
const PARTS = {
  core: [],
  gstreamer: ['core'],
  graph: ['core', 'gstreamer'],
  observe: ['core'],
  preview: ['core', 'gstreamer', 'observe'],
  calibrate: ['core', 'gstreamer', 'graph', 'ipl'],
  stills: ['core', 'ipl'],
  storage: ['core'],
  segments: ['core', 'gstreamer'],
  batch: ['core', 'stills', 'segments'],
  queue: ['core', 'batch'],
};
const ELEMENT = ['core', 'gstreamer'];

/**
 * The order of a part's own folders: each imports those below it, never one beside or above it. `.` are the files that are in none.
 * In ipl it is a picture's way.
 */
const ORDER = {
  ipl: [['.'], ['pool'], ['gpu'], ['engine'], ['rig'], ['network', 'align', 'hdr'], ['kernels']],
  gstreamer: [['output'], ['probe', 'sound'], ['.'], ['launch'], ['native', 'tls']],
};

/** What is started by its name: the package, the command, threads, children, the page, and what builds the kernels. */
const ENTRIES = [
  'plugin/index.ts',
  'plugin/cli/main.ts',
  'plugin/gstreamer/native/long-sides.d.cts',
  'plugin/gstreamer/probe/probe-child.cjs',
  'plugin/gstreamer/tls/tls-relay-thread.ts',
  'plugin/ipl/kernels/assembly/index.ts',
  'plugin/ipl/kernels/build.d.ts',
  'plugin/ipl/kernels/build.js',
  'plugin/ipl/pool/align-entry.ts',
  'plugin/ipl/pool/worker-entry.ts',
  'plugin/observe/http/routes.ts',
  'plugin/observe/http/server-thread.ts',
  'plugin/preview/page/page.mjs',
  'plugin/preview/routes.ts',
  'plugin/stills/threads/still-entry.ts',
];

const oneOf = (names) => `(${names.join('|')})`;
const within = (folders) => `^plugin/${oneOf(folders)}/`;
const exactly = (files) => `^${oneOf(files.map((file) => file.replaceAll('.', '\\.')))}$`;

function partRule([part, others]) {
  return {
    name: `${part}-imports`,
    comment: `plugin/${part} may import of plugin/ ${[...others, 'itself'].join(', ')}. Move what both need to the lowest of the two, or hand it over as an argument.`,
    severity: 'error',
    from: { path: within([part]) },
    to: { path: '^plugin/', pathNot: within([part, ...others]) },
  };
}

const folderPath = (part, folder) => (folder === '.' ? `^plugin/${part}/[^/]+$` : `^plugin/${part}/${folder}/`);

function orderRules([part, levels]) {
  const folders = levels.flatMap((level, index) => level.map((folder) => [folder, levels.slice(index + 1).flat()]));
  return folders.map(([folder, lower]) => ({
    name: `${part}-${folder === '.' ? 'root' : folder}-imports`,
    comment: `plugin/${part}/${folder} may import of plugin/${part} ${[...lower, 'itself'].join(', ')}: see ORDER in dependency-cruiser.config.cjs.`,
    severity: 'error',
    from: { path: folderPath(part, folder) },
    to: { path: `^plugin/${part}/`, pathNot: [folder, ...lower].map((one) => folderPath(part, one)) },
  }));
}

function placeRule([part, levels]) {
  return {
    name: `${part}-folder-without-a-place`,
    comment: `A new folder of plugin/${part} has to be given its place in ORDER, in dependency-cruiser.config.cjs.`,
    severity: 'error',
    from: {},
    to: { path: `^plugin/${part}/[^/]+/`, pathNot: within(levels.flat().filter((folder) => folder !== '.').map((folder) => `${part}/${folder}`)) },
  };
}

module.exports = {
  forbidden: [
    ...Object.entries(PARTS).map(partRule),
    {
      name: 'element-imports',
      comment: `An element's folder may import of plugin/ ${[...ELEMENT, 'itself'].join(', ')}: elements meet in a graph only.`,
      severity: 'error',
      from: { path: '^plugin/([^/]+)/', pathNot: within([...Object.keys(PARTS), 'cli']) },
      to: { path: '^plugin/', pathNot: `^plugin/${oneOf([...ELEMENT, '$1'])}/` },
    },
    ...Object.entries(ORDER).flatMap(orderRules),
    ...Object.entries(ORDER).map(placeRule),
    {
      name: 'package-imports',
      comment: 'The package imports itself and, in plugin/gstreamer, bin/: tests, benchmarks and scripts are not shipped.',
      severity: 'error',
      from: { path: '^plugin/', pathNot: exactly(['plugin/ipl/kernels/build.js']) },
      to: { path: '^[^/]+', pathNot: ['^plugin/', '^bin/', 'node_modules/'], dependencyTypesNot: ['core'], couldNotResolve: false },
    },
    {
      name: 'bin-imports',
      comment: 'What a process has to be started with (bin/) is the business of plugin/gstreamer/environment.ts.',
      severity: 'error',
      from: { path: '^plugin/', pathNot: exactly(['plugin/gstreamer/environment.ts']) },
      to: { path: '^bin/' },
    },
    {
      name: 'shipped-packages',
      comment: "The package may import npm packages of package.json's `dependencies` only: others are not there where it is installed.",
      severity: 'error',
      from: { path: '^plugin/', pathNot: exactly(['plugin/ipl/kernels/build.js']) },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    { name: 'no-cycle', comment: 'No file may import itself by way of others, not even for a type.', severity: 'error', from: {}, to: { circular: true } },
    { name: 'found', comment: 'What is imported has to be there; uPlot.mjs is a file of its package, which the server gives by this name.', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: 'uPlot\\.mjs$' } },
    {
      name: 'no-dead-file',
      comment: 'Nothing that is started leads to this file. Delete it; or, if it is started by its name, name it in ENTRIES, in dependency-cruiser.config.cjs.',
      severity: 'error',
      from: { path: exactly(ENTRIES) },
      to: { path: '^plugin/', pathNot: [exactly(ENTRIES), '\\.d\\.mts$'], reachable: false },
    },
  ],
  options: {
    tsPreCompilationDeps: true, // imports for types, too
    tsConfig: { fileName: join(__dirname, 'tsconfig.json') },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.d.ts', '.js', '.cjs', '.mjs', '.json'], exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
