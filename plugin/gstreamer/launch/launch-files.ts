/** Which files the elements of a launch fragment read and write, as far as the text says it. */
import { fileURLToPath } from 'node:url';
import { filesOfPattern, type FileUse } from '../../core/file-use';
import { elementsOf, type LaunchElement } from './launch';

type Reading = (value: string) => Pick<FileUse, 'path' | 'names'> | undefined;

const one: Reading = (path) => ({ path });
const many: Reading = filesOfPattern;
const address: Reading = (uri) => {
  try {
    return uri.startsWith('file:') ? { path: fileURLToPath(uri) } : undefined;
  } catch {
    return undefined; // GStreamer will say what is wrong with it.
  }
};

interface Property {
  readonly name: string;
  readonly does: FileUse['does'];
  readonly read: Reading;
}

const READS_ONE: Property = { name: 'location', does: 'reads', read: one };
const READS_MANY: Property = { name: 'location', does: 'reads', read: many };
const READS_ADDRESS: Property = { name: 'uri', does: 'reads', read: address };
const WRITES_ONE: Property = { name: 'location', does: 'writes', read: one };
const WRITES_MANY: Property = { name: 'location', does: 'writes', read: many };

const PROPERTIES: ReadonlyMap<string, readonly Property[]> = new Map(Object.entries({
  filesrc: [READS_ONE],
  pushfilesrc: [READS_ONE],
  multifilesrc: [READS_MANY],
  imagesequencesrc: [READS_MANY],
  uridecodebin: [READS_ADDRESS],
  uridecodebin3: [READS_ADDRESS],
  urisourcebin: [READS_ADDRESS],
  playbin: [READS_ADDRESS],
  filesink: [WRITES_ONE],
  multifilesink: [WRITES_MANY],
  splitmuxsink: [WRITES_MANY],
  hlssink: [WRITES_MANY, { name: 'playlist-location', does: 'writes', read: one }],
  hlssink2: [WRITES_MANY, { name: 'playlist-location', does: 'writes', read: one }],
}));

export interface LaunchFileUse extends FileUse {
  readonly element: LaunchElement;
  /** The property that names the file. */
  readonly property: string;
}

export function filesOf(fragment: string): LaunchFileUse[] {
  return elementsOf(fragment).flatMap((element) =>
    (PROPERTIES.get(element.factory) ?? []).flatMap(({ name, does, read }) => {
      const value = element.properties.get(name);
      const file = value === undefined || value === '' ? undefined : read(value);
      return file ? [{ ...file, does, element, property: name }] : [];
    }),
  );
}
