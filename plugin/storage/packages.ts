/** The client of stores of objects: an optional package, loaded by who names one, and by nobody else. */
import { GstIplError } from '../core/errors';
import type { S3Module } from './client';

/** A text, so that the compiler does not look for its types. */
const PACKAGE: string = '@bradenmacdonald/s3-lite-client';

export async function loadS3(): Promise<S3Module> {
  try {
    return (await import(PACKAGE)) as S3Module;
  } catch (error) {
    if (!/^(ERR_)?MODULE_NOT_FOUND$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new GstIplError('set-up', 'A bucket needs the npm package @bradenmacdonald/s3-lite-client, which is not installed here.', { hint: 'Install it beside gst-ipl: npm install @bradenmacdonald/s3-lite-client', cause: error });
  }
}
