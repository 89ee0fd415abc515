import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { argumentsOf, optionsFor } from '../../plugin/batch/job';
import { alternatingSets, isRecording, setsByExposure, setsByPattern, setsInRow } from '../../plugin/batch/recordings';
import { temporaryFolder } from '../support/folder';

test('three recordings of a scene are found by what their names call the exposures, dark to bright', (t) => {
  const files = ['/x/night-over.mp4', '/x/night-mid.mp4', '/x/night-under.mp4', '/x/day_bright.mov', '/x/day_normal.mov', '/x/day_dark.mov', '/x/lone-mid.mp4', '/x/thunder.mp4', '/x/a-mid.mp4', '/x/a-mid2.mp4'];
  const { sets, single } = setsByExposure(files);
  t.deepEqual([...sets].sort(), [['/x/day_dark.mov', '/x/day_normal.mov', '/x/day_bright.mov'], ['/x/night-under.mp4', '/x/night-mid.mp4', '/x/night-over.mp4']]);
  t.deepEqual(single, ['/x/lone-mid.mp4', '/x/thunder.mp4', '/x/a-mid.mp4', '/x/a-mid2.mp4']);
});

test('by number, by pattern, and each on its own', (t) => {
  const files = ['/x/c2.mp4', '/x/c1.mp4', '/x/c3.mp4', '/x/d1.mp4'];
  t.deepEqual(setsInRow(files, 3), { sets: [['/x/c1.mp4', '/x/c2.mp4', '/x/c3.mp4']], single: ['/x/d1.mp4'] });
  t.deepEqual(setsInRow(files, 2).sets, []);
  t.deepEqual(setsInRow(['/x/10.mp4', '/x/9.mp4', '/x/11.mp4'], 3).sets, [['/x/9.mp4', '/x/10.mp4', '/x/11.mp4']]);
  t.deepEqual(setsByPattern(files, /^(c)\d/), { sets: [['/x/c1.mp4', '/x/c2.mp4', '/x/c3.mp4']], single: ['/x/d1.mp4'] });
  t.deepEqual(alternatingSets(['/x/a.mp4']), { sets: [['/x/a.mp4']], single: [] });
});

test('recordings are told by their names', (t) => {
  // Programs in TypeScript are called as MPEG-TS is: its packets tell.
  const [stream, program] = ['night.ts', 'program.ts'].map((name) => path.join(temporaryFolder(), name));
  const packets = Buffer.alloc(3 * 188);
  for (const at of [0, 188, 376]) packets[at] = 0x47;
  writeFileSync(stream, packets);
  writeFileSync(program, 'G'.repeat(100) + ';\n'.repeat(100));
  t.deepEqual([stream, program].filter(isRecording), [stream]);
  t.deepEqual(['a.MP4', 'b.mkv', 'c.jpg', 'd.ts', 'mp4'].filter(isRecording), ['a.MP4', 'b.mkv']);
});

test('of the options of photographs, recordings have those that their graphs have, which then get them', (t) => {
  const given = ['--shadows=0.5', '--align=off', '--hdr', '--highlights=0', '--bits=12', '--strength=0.9', '--saturation=1.2', '--denoise=0'];
  t.deepEqual(optionsFor('photographs', given), given);
  const options = optionsFor('recording', given);
  t.deepEqual(options, ['--shadows=0.5', '--highlights=0', '--strength=0.9', '--saturation=1.2', '--denoise=0']);
  const job = { id: '', kind: 'recording', output: '/x/o.mp4', options, version: '0' } as const;
  for (const inputs of [['/x/a.mp4'], ['/x/a.mp4', '/x/b.mp4', '/x/c.mp4']]) {
    const args = argumentsOf({ ...job, inputs }, '/x/o.mp4');
    const settings = args.filter((_, index) => args[index - 1] === '--set');
    for (const setting of ['out=/x/o.mp4', 'shadows=0.5', 'highlights=0', 'strength=0.9', 'saturation=1.2', 'denoise=0']) t.true(settings.includes(setting), settings.join(' '));
    const graph = readFileSync(args[1], 'utf8');
    for (const [name] of settings.map((setting) => setting.split('='))) t.regex(graph, new RegExp(`^  ${name}:[^]*\\$\\{${name}\\}`, 'm'), name);
  }
});
