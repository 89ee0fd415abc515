/** Reads what a request brings, as far as it may be long; what is cut off or not well-formed is the client's fault. */
import type { IncomingMessage } from 'node:http';
import type { Middleware } from './app';

/** The longest body is a token or a parameter. */
const BODY_BYTES = 4 * 1024;

export const readBody: Middleware = async (context, next) => {
  const { method } = context.req;
  if (method === 'GET' || method === 'HEAD') {
    context.set('body', '');
    return next();
  }
  const body = await read(context.env.incoming);
  if (typeof body === 'string') {
    context.set('body', body);
    return next();
  }
  context.header('Connection', 'close');
  return context.json({ error: body.problem }, body.status);
};

interface Refusal {
  readonly problem: string;
  readonly status: 400 | 413;
}

function read(incoming: IncomingMessage): Promise<string | Refusal> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const cut = (): void => resolve({ problem: 'The body is not whole.', status: 400 });
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= BODY_BYTES) chunks.push(chunk);
      else resolve({ problem: 'The body is too large.', status: 413 });
    });
    incoming.once('end', () => resolve(Buffer.concat(chunks).toString()));
    incoming.once('error', cut);
    incoming.once('close', cut);
  });
}
