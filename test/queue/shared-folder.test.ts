/** A job reaches what is in the shared folder, and nothing else, whatever somebody wrote into the queue. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { fromQueue, shownName, toQueue, type Accepted } from '../../plugin/queue/queued-job';
import { SharedFolder } from '../../plugin/queue/shared-folder';
import { temporaryFolder } from '../support/folder';

const ID = '0123456789abcdef'.repeat(4);

function machine(): string {
  const folder = path.join(temporaryFolder(), 'shared');
  mkdirSync(path.join(folder, 'june'), { recursive: true });
  writeFileSync(path.join(folder, 'june', 'a.jpg'), '');
  return folder;
}

test('machines may have the folder in different places', (t) => {
  const [here, there] = [machine(), machine()];
  const spec = { id: ID, kind: 'photographs', inputs: [path.join(here, 'june/a.jpg')], output: path.join(here, 'out/new/a.jpg'), options: ['--shadows=0.5', '--crop'], version: '1' } as const;
  const queued = toQueue(spec, new SharedFolder(here));
  t.deepEqual([queued.inputs, queued.output], [['june/a.jpg'], 'out/new/a.jpg']);
  const read = fromQueue(ID, JSON.parse(JSON.stringify(queued)), { shared: new SharedFolder(there), version: '1', options: new Set(['shadows', 'crop']) });
  t.deepEqual(read, { ...spec, inputs: [path.join(there, 'june/a.jpg')], output: path.join(there, 'out/new/a.jpg') });
});

test('what is not in the folder is refused, also by links, also of what is not there yet', (t) => {
  const folder = machine();
  const shared = new SharedFolder(folder);
  symlinkSync('/etc', path.join(folder, 'link'));
  symlinkSync('/etc/passwd', path.join(folder, 'file.jpg'));
  symlinkSync('/nowhere/at/all', path.join(folder, 'dangling.jpg'));
  for (const place of ['/etc/passwd', '../x', 'june/../../x', 'link/passwd', 'link/new/folder/x.jpg', 'file.jpg', 'dangling.jpg', '', '.', 'june/..']) {
    t.throws(() => shared.fileAt(place), { message: /leads out of the shared folder/ }, place);
  }
  t.is(shared.fileAt('june/..a.jpg'), path.join(folder, 'june/..a.jpg'));
  t.throws(() => shared.placeOf('/etc/passwd'), { message: /not in the shared folder.*other machines do not see it/ });
  t.throws(() => new SharedFolder(path.join(folder, 'not')), { message: /is not there/ });
});

test('what no batch puts into a queue is refused', (t) => {
  const accepted: Accepted = { shared: new SharedFolder(machine()), version: '1', options: new Set(['shadows', 'crop']) };
  const job = { kind: 'photographs', inputs: ['june/a.jpg'], output: 'a.jpg', options: [], version: '1' };
  t.notThrows(() => fromQueue(ID, job, accepted));
  for (const [change, sentence] of [
    [{ kind: 'shell' }, /no job of gst-ipl/],
    [{ inputs: [] }, /no job of gst-ipl/],
    [{ inputs: ['a', 7] }, /no job of gst-ipl/],
    [{ inputs: Array(10).fill('june/a.jpg') }, /no job of gst-ipl/],
    [{ output: undefined }, /no job of gst-ipl/],
    [{ output: 'a\0.jpg', options: ['\0'] }, /no job of gst-ipl/],
    [{ options: ['-o'] }, /an option that none has: "-o"/],
    [{ options: ['--output=/etc/passwd'] }, /an option that none has/],
    [{ options: ['june/a.jpg'] }, /an option that none has/],
    [{ options: ['--shadows=1', '--'] }, /an option that none has: "--"/],
    [{ version: '2' }, /for gst-ipl 2, and this worker is 1/],
  ] as [object, RegExp][]) {
    t.throws(() => fromQueue(ID, { ...job, ...change }, accepted), { message: sentence }, JSON.stringify(change));
  }
  for (const id of ['', 'x', '../'.repeat(30), `${ID}/`]) t.throws(() => fromQueue(id, job, accepted), { message: /no job of gst-ipl/ }, id);
  t.is(shownName('a\x1b[31m\nb.jpg'), 'a?[31m?b.jpg');
  t.throws(() => fromQueue(ID, undefined, accepted), { message: /no job of gst-ipl/ });
});
