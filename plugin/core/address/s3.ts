/** Addresses of objects: `s3://BUCKET[/PREFIX]`. Where the store is, and who may, the environment says (plugin/storage/bucket.ts). */
import { bad, holdsControl } from './host';

export interface S3Address {
  readonly bucket: string;
  /** Without slashes around it; empty for the whole bucket. */
  readonly prefix: string;
}

export const isS3 = (text: string): boolean => /^s3:\/\//i.test(text);

/** @throws GstIplError `bad-option` */
export function readS3Address(text: string): S3Address {
  // Names of buckets: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z\d][a-z\d.-]{1,61}[a-z\d])(?:\/(.*))?$/i.exec(text) ?? [];
  const parts = prefix.split('/').filter((part) => part !== '');
  if (bucket === undefined || holdsControl(text) || parts.some((part) => part === '.' || part === '..')) throw bad('it is not an address like s3://BUCKET/FOLDER');
  return { bucket: bucket.toLowerCase(), prefix: parts.join('/') };
}
