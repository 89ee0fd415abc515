/**
 * Whose certificates are trusted where a connection is encrypted (rtsps). GStreamer's elements check against those of the
 * system, or nothing; a file of one's own they could be given only as an object, which launch strings cannot carry. So then
 * Node makes the encrypted connection (./tls-relay.ts).
 */
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import { GstIplError } from '../../core/errors';
import type { Option } from '../../core/options';

export type Trust = 'system' | 'insecure' | { readonly certificates: readonly string[] };

/** Where GnuTLS, which GStreamer encrypts with, has those of the system on Debian and its like. */
const SYSTEM_CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

export const tlsOption: Option<Trust> = {
  summary:
    'Whose certificate the other end of an rtsps address may have: one that the `system` trusts, one of a PEM file (that of your own ' +
    'authority, or of the device itself), or any (`insecure`: encrypted, but whoever is in between can read it).',
  syntax: 'system | insecure | path of a PEM file',
  fallback: 'system',
  defaultText: 'system: a certificate that nobody checks protects from nobody',
  required: false,
  schema: { type: 'string', minLength: 1 },
  read(value) {
    if (value === 'system' || value === 'insecure') return value;
    if (typeof value !== 'string' || value === '') throw new GstIplError('bad-option', 'expected system, insecure, or the path of a PEM file.');
    return { certificates: readCertificates(value) };
  },
};

function readCertificates(file: string): string[] {
  const text = readText(file);
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  try {
    for (const block of blocks) new X509Certificate(block);
  } catch (error) {
    throw new GstIplError('bad-option', `a certificate in "${file}" cannot be read: ${(error as Error).message}.`, { cause: error });
  }
  if (blocks.length > 0) return blocks;
  throw new GstIplError('bad-option', `"${file}" holds no certificate in PEM.`, { hint: '`openssl x509 -inform der -in FILE` makes PEM of DER.' });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    throw new GstIplError('missing-file', `the file "${file}" cannot be read (${(error as NodeJS.ErrnoException).code}).`, {
      hint: 'Write system, insecure, or the path of a PEM file.',
      cause: error,
    });
  }
}

/** How Node connects with this trust. */
export function tlsConnection(host: string, trust: Trust): ConnectionOptions {
  const servername = isIP(host) ? undefined : host; // RFC 6066, 3: names only.
  const base: ConnectionOptions = servername === undefined ? {} : { servername };
  if (trust === 'insecure') return { ...base, rejectUnauthorized: false };
  if (trust === 'system') return existsSync(SYSTEM_CERTIFICATES) ? { ...base, ca: readFileSync(SYSTEM_CERTIFICATES) } : base;
  const own = new Set(trust.certificates.map((certificate) => new X509Certificate(certificate).fingerprint256));
  return {
    ...base,
    ca: [...trust.certificates],
    // Devices carry certificates with names of their maker's; one that is in the file itself is known by more than its name.
    checkServerIdentity: (name, certificate) => (own.has(certificate.fingerprint256) ? undefined : checkServerIdentity(name, certificate)),
  };
}

export function notEncrypted(): GstIplError {
  return new GstIplError('bad-option', 'the option "tls" is for rtsps addresses.', { hint: 'Leave it out; srt is encrypted by a passphrase.' });
}
