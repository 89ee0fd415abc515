import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { loadGraph } from '../../builtin-elements';
import { GstIplError } from '../../core/errors';
import type { Command } from '../arguments';
import { writeContactSheet } from '../contact-sheet';
import { PACKAGE_FOLDER } from '../../core/package-folder';
import { playGraph } from '../play-graph';

const MEDIA = path.join(PACKAGE_FOLDER, 'examples', 'media');
const EXPOSURES = ['under', 'mid', 'over'] as const;

interface Scene {
  readonly title: string;
  readonly graph: string;
  readonly folder: string;
  readonly extension: string;
  readonly output: string;
  readonly sheet: string;
  /** The frame that the contact sheet shows. */
  readonly frame: number;
  readonly aspect: number;
}

const SCENES: readonly Scene[] = [
  {
    title: 'bracketed still',
    graph: 'bracketed-stills.yaml',
    folder: 'still',
    extension: 'jpg',
    output: 'still.png',
    sheet: 'still-contact-sheet.png',
    frame: 0,
    aspect: 3 / 4,
  },
  {
    title: 'moving scene',
    graph: 'three-files.yaml',
    folder: 'video',
    extension: 'mp4',
    output: 'video.mp4',
    sheet: 'video-contact-sheet.png',
    frame: 45,
    aspect: 9 / 16,
  },
];

export const demoCommand: Command = {
  name: 'demo',
  synopsis: '[--out FOLDER]',
  summary: "Fuses the repository's example exposures, a still and a video, and writes contact sheets.",
  positionals: [0, 0],
  flags: { out: { type: 'string', value: 'FOLDER', summary: 'Where the results go; default out.' } },
  examples: ['gst-ipl demo --out out'],
  async run(given) {
    if (!SCENES.every((scene) => existsSync(path.join(MEDIA, scene.folder)))) {
      throw new GstIplError('missing-file', `The example exposures are not here (${MEDIA}).`, {
        hint: 'They come with the repository, not with the npm package: clone it and run `npm start`.',
      });
    }
    const out = path.resolve(String(given.flags.out ?? 'out'));
    await mkdir(out, { recursive: true });
    console.log(`Fusing the example exposures; the results go to ${out}`);
    const results: string[] = [];
    for (const scene of SCENES) results.push(...(await fuseScene(scene, out)));
    console.log(`\nLook at:\n${results.map((file) => `  ${file}`).join('\n')}`);
    return 0;
  },
};

async function fuseScene(scene: Scene, out: string): Promise<string[]> {
  const inputs = EXPOSURES.map((name): [string, string] => [name, path.join(MEDIA, scene.folder, `${name}.${scene.extension}`)]);
  const output = path.join(out, scene.output);
  const sheet = path.join(out, scene.sheet);
  const graph = await loadGraph(path.join(PACKAGE_FOLDER, 'graphs', scene.graph), {
    params: { ...Object.fromEntries(inputs), out: output },
  });
  await playGraph(graph, scene.title);
  const pictures = [...inputs, ['fused', output] as const].map(([title, file]) => ({ title, file }));
  await writeContactSheet(pictures, sheet, scene);
  return [output, sheet];
}
