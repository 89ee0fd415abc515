/** How an HDR picture is written, by the extension of its name. */
import path from 'node:path';

export type HdrFormat = 'AVIF' | 'OpenEXR' | 'Radiance' | 'Ultra HDR';

const FORMATS: Readonly<Record<string, HdrFormat>> = { '.avif': 'AVIF', '.exr': 'OpenEXR', '.hdr': 'Radiance', '.jpg': 'Ultra HDR', '.jpeg': 'Ultra HDR' };

export const hdrFormat = (file: string): HdrFormat | undefined => FORMATS[path.extname(file).toLowerCase()];
