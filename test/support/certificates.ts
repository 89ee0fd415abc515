/** Certificates for servers of the tests, made by openssl. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from './folder';

export interface Certificate {
  /** The certificate alone, as clients may have it. */
  readonly file: string;
  /** With its key, for the server. */
  readonly withKey: string;
}

/**
 * @param names such as `DNS:localhost` or `IP:127.0.0.1`
 * @param authority who signs; without it, it signs itself
 */
export function makeCertificate(names: string, authority?: Certificate): Certificate {
  const folder = temporaryFolder();
  const [file, withKey] = [path.join(folder, 'certificate.pem'), path.join(folder, 'both.pem')];
  const signed = authority ? ['-CA', authority.file, '-CAkey', authority.withKey] : [];
  const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=${authority ? 'camera' : 'maker'} -addext subjectAltName=${names}`;
  execFileSync('openssl', [...words.split(' '), ...signed, '-keyout', withKey, '-out', file], { stdio: 'ignore' });
  appendFileSync(withKey, readFileSync(file));
  return { file, withKey };
}

/** The environment of a server of the tests (rtsp_serving.py). */
export function withCertificate(file: string | undefined): NodeJS.ProcessEnv {
  return file === undefined ? process.env : { ...process.env, RTSP_CERTIFICATE: file };
}
