/**
 * A small store of objects that speaks as S3 does, and believes nobody: each request's signature (AWS Signature Version 4) is computed here
 * from what came over the wire. Lists come in pages of two.
 */
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';

const PAGE = 2;

export class ObjectStore {
  readonly objects = new Map<string, Buffer>();
  /** Method and path of each, and what came of it. */
  readonly requests: string[] = [];
  /** So many of the next requests are answered with 503. */
  busy = 0;
  /** Uploads in parts that are under way, by their ids: parts by number. */
  readonly uploads = new Map<string, Map<number, Buffer>>();
  /** Of parts with these numbers the connection breaks, as long as they are in here: once for each time that they are. */
  readonly broken: number[] = [];
  readonly login = { AWS_ACCESS_KEY_ID: 'studio', AWS_SECRET_ACCESS_KEY: 'open-sesame', AWS_SESSION_TOKEN: 'for-an-hour' };
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  static async start(t: ExecutionContext): Promise<ObjectStore> {
    const store = new ObjectStore();
    await once(store.#server.listen(0, '127.0.0.1'), 'listening');
    t.teardown(() => store.#server.closeAllConnections());
    t.teardown(() => void store.#server.close());
    return store;
  }

  /** For whoever is to find it. */
  get environment(): Record<string, string> {
    return { ...this.login, AWS_ENDPOINT_URL: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`, AWS_REGION: 'eu-west-1' };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const broken = this.broken.indexOf(Number(/[?&]partNumber=(\d+)/.exec(request.url ?? '')?.[1]));
    if (broken >= 0) {
      this.broken.splice(broken, 1);
      request.socket.destroy();
      return;
    }
    const [status, body] = this.#do(request, Buffer.concat(chunks));
    this.requests.push(`${request.method ?? ''} ${decodeURIComponent(request.url ?? '')} ${status}`);
    response.writeHead(status, { 'content-length': body.length, etag: '"tag"', 'last-modified': 'Sun, 29 Nov 2026 10:00:00 GMT' }).end(request.method === 'HEAD' ? '' : body);
  }

  #do(request: IncomingMessage, body: Buffer): [status: number, body: Buffer] {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://store');
    if (!isSigned(request, body, this.login)) return [403, error('SignatureDoesNotMatch')];
    if (this.busy-- > 0) return [503, error('SlowDown')];
    const place = decodeURIComponent(pathname.slice(1));
    if (request.method === 'GET' && searchParams.get('list-type') === '2') return [200, this.#list(place.replace(/\/$/, ''), searchParams)];
    if (searchParams.has('uploads') || searchParams.has('uploadId')) return this.#upload(request.method, place, searchParams, body);
    if (request.method === 'PUT') this.objects.set(place, body);
    if (request.method === 'DELETE') return [this.objects.delete(place) ? 204 : 404, Buffer.alloc(0)];
    const found = this.objects.get(place);
    return found ? [200, request.method === 'PUT' ? Buffer.alloc(0) : found] : [404, error('NoSuchKey')];
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html: the object is there when all of it was joined. */
  #upload(method: string | undefined, place: string, query: URLSearchParams, body: Buffer): [status: number, body: Buffer] {
    if (query.has('uploads')) {
      const id = `upload-${this.requests.length}`;
      this.uploads.set(id, new Map());
      return [200, Buffer.from(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`)];
    }
    const id = query.get('uploadId') ?? '';
    const parts = this.uploads.get(id);
    if (!parts) return [404, error('NoSuchUpload')];
    if (method === 'PUT') parts.set(Number(query.get('partNumber')), body);
    if (method === 'PUT') return [200, Buffer.alloc(0)];
    this.uploads.delete(id);
    if (method === 'DELETE') return [204, Buffer.alloc(0)];
    const numbers = [...body.toString().matchAll(/<PartNumber>(\d+)</g)].map(([, number]) => Number(number));
    this.objects.set(place, Buffer.concat(numbers.map((number) => parts.get(number) ?? Buffer.alloc(0))));
    return [200, Buffer.from('<CompleteMultipartUploadResult><ETag>"tag"</ETag></CompleteMultipartUploadResult>')];
  }

  #list(bucket: string, query: URLSearchParams): Buffer {
    const begin = `${bucket}/${query.get('prefix') ?? ''}`;
    const after = query.get('continuation-token') ?? '';
    const all = [...this.objects.keys()].filter((key) => key.startsWith(begin)).sort().filter((key) => key > after);
    const page = all.slice(0, PAGE);
    const contents = page.map((key) => `<Contents><Key>${key.slice(bucket.length + 1)}</Key><LastModified>2026-11-29T10:00:00.000Z</LastModified><ETag>"tag"</ETag><Size>${this.objects.get(key)?.length ?? 0}</Size></Contents>`);
    const more = all.length > PAGE ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${page.at(-1) ?? ''}</NextContinuationToken>` : '<IsTruncated>false</IsTruncated>';
    return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?><ListBucketResult>${contents.join('')}${more}</ListBucketResult>`);
  }
}

const error = (code: string): Buffer => Buffer.from(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
function isSigned({ method = '', url = '', headers }: IncomingMessage, body: Buffer, login: ObjectStore['login']): boolean {
  const [, key, scope = '', names = '', signature] = /Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([\da-f]+)/.exec(headers.authorization ?? '') ?? [];
  const sum = String(headers['x-amz-content-sha256']);
  if (key !== login.AWS_ACCESS_KEY_ID || headers['x-amz-security-token'] !== login.AWS_SESSION_TOKEN || sum !== sha256(body)) return false;
  const [path = '', query = ''] = url.split('?');
  const signed = names.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`).join('');
  const canonical = [method, path, query.split('&').map((one) => (one === '' || one.includes('=') ? one : `${one}=`)).sort().join('&'), signed, names, sum].join('\n');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const signing = scope.split('/').reduce<Buffer | string>((before, part) => hmac(before, part), `AWS4${login.AWS_SECRET_ACCESS_KEY}`);
  return hmac(signing, text).toString('hex') === signature;
}
