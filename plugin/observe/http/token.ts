/** The secret that opens a server which other machines can reach, and the sessions of browsers that showed it. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { GstIplError } from '../../core/errors';
import { readSecretFile } from '../../core/secrets/secret-file';
import type { ListenAddress } from './address';

/** The environment, not an argument: the list of processes shows arguments to everybody. */
export const TOKEN_VARIABLE = 'GST_IPL_TOKEN';

/** 16 random characters of 64 kinds are 96 bits: nobody guesses them over a network. */
const LEAST_LENGTH = 16;

/** Browsers that stay logged in; the longest idle one must log in again. */
const MOST_SESSIONS = 64;

/**
 * Reads the token of a file, or of the environment.
 * @throws GstIplError `bad-option` when it cannot be read, is too short, or is missing where other machines can connect.
 */
export function readToken(address: ListenAddress, file: string | undefined, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const given = file === undefined ? environment[TOKEN_VARIABLE] : readTokenFile(file);
  const token = given?.trim();
  const where = file === undefined ? TOKEN_VARIABLE : `The file ${file}`;
  if (token === undefined || (token === '' && file === undefined)) {
    if (address.loopback) return undefined;
    throw new GstIplError('bad-option', `Other machines can connect to ${address.host}, which needs a token.`, { hint: HINT });
  }
  if (token.length < LEAST_LENGTH) {
    throw new GstIplError('bad-option', `${where} holds a token of ${token.length} characters; ${LEAST_LENGTH} are the least.`, { hint: HINT });
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new GstIplError('bad-option', `${where} holds a token with characters that HTTP cannot carry.`, { hint: HINT });
  }
  return token;
}

const HINT = `Make one with \`openssl rand -hex 24 > token; chmod 600 token\`, and name the file or put it into the environment variable ${TOKEN_VARIABLE}.`;

function readTokenFile(file: string): string {
  try {
    return readSecretFile(file, 'token file');
  } catch (error) {
    if (error instanceof GstIplError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new GstIplError('bad-option', `The token file ${file} cannot be read (${code ?? String(error)}).`, { cause: error, hint: HINT });
  }
}

export class TokenGate {
  readonly #digest: Buffer;
  /** Digests of session keys, the longest idle first. */
  readonly #sessions = new Set<string>();

  constructor(token: string) {
    this.#digest = digestOf(token);
  }

  /** Compares digests, which are of one length, in a time that reveals nothing. */
  accepts(token: string | undefined): boolean {
    return token !== undefined && timingSafeEqual(digestOf(token), this.#digest);
  }

  /** Begins a session. @returns the key that the browser keeps. */
  open(): string {
    const key = randomBytes(32).toString('base64url');
    this.#sessions.add(digestOf(key).toString('hex'));
    for (const oldest of this.#sessions) {
      if (this.#sessions.size <= MOST_SESSIONS) break;
      this.#sessions.delete(oldest);
    }
    return key;
  }

  /** A session is looked up by the digest of its key, so the time of the look-up reveals nothing of the key. */
  knows(key: string | undefined): boolean {
    if (key === undefined) return false;
    const digest = digestOf(key).toString('hex');
    if (!this.#sessions.delete(digest)) return false;
    this.#sessions.add(digest); // The newest again.
    return true;
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
