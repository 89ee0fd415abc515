/**
 * What every request must pass before a route sees it. In this order:
 *
 * 1. It names this server: a web page whose name was rebound to our address (DNS rebinding) names its own.
 * 2. It does not come from a page of another site (Sec-Fetch-Site, Origin), except a link that is followed to the page.
 * 3. It shows the token, or the cookie of a session that showed it, where the server has a token.
 *
 * Who is refused often waits for it (./strangers.ts); who passes often, for its turn (./pace.ts).
 *
 * And what every answer carries: a policy that lets the page load nothing from elsewhere and be framed by nobody.
 */
import { isIP, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { getCookie, setCookie } from 'hono/cookie';
import type { AppContext, Middleware } from './app';
import { LOGIN_STYLE, loginPage } from './login-page';
import type { TokenGate } from './token';

/** What every answer carries; a route may say another `Cache-Control`. */
export const HEADERS: readonly (readonly [name: string, value: string])[] = Object.entries({
  'Content-Security-Policy':
    `default-src 'none'; script-src 'self'; style-src 'self' ${LOGIN_STYLE}; img-src 'self' blob:; connect-src 'self'; ` +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  // With no-referrer, browsers call the origin of our own login form null.
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
  'Cache-Control': 'no-store',
});

/** What the guard has done by others. */
export interface Gatekeeper {
  /** Cookies of one host are shared by its ports, so the name holds the port. */
  cookie(): string;
  /** A request may do what it asks for. Resolves when it is its turn. */
  admit(socket: Socket): Promise<void>;
  /** A request is refused. Resolves when to say so, to `false` when there are too many to be answered one by one. */
  refuse(socket: Socket, reason: RefusalReason): Promise<boolean>;
}

export type RefusalReason = 'token' | 'wrong_token' | 'foreign';

/** A month without a visit. */
const SESSION_S = 30 * 24 * 3600;

/** @param gate undefined on a server without a token, which only this machine can reach */
export function guard(gate: TokenGate | undefined, keeper: Gatekeeper): Middleware {
  return async (context, next) => {
    const { socket } = context.env.incoming;
    const host = context.req.header('host');
    const refuse = async (reason: RefusalReason, answer: () => Response | Promise<Response>): Promise<Response> => {
      return (await keeper.refuse(socket, reason)) ? answer() : tooMany(context);
    };
    if (!namesUs(host, gate !== undefined)) return refuse('foreign', () => refusal(context, 421, 'This server is not called that.'));
    if (isForeign(context, host)) return refuse('foreign', () => refusal(context, 403, 'Requests of other sites are refused.'));
    if (gate) {
      const shown = tokensOf(context);
      const session = shown.login === undefined ? undefined : login(context, gate, keeper.cookie(), shown.login);
      if (session) return session;
      if (!gate.accepts(shown.bearer) && !gate.knows(getCookie(context, keeper.cookie()))) {
        const wrong = shown.bearer !== undefined || shown.login !== undefined;
        return refuse(wrong ? 'wrong_token' : 'token', () => askForToken(context, wrong));
      }
    }
    await keeper.admit(socket);
    return next();
  };
}

/**
 * Without a token the name separates friends from strangers: only names that nobody else can own. With one, a page
 * of another name has neither token nor cookie, and the server may go by any name.
 */
function namesUs(host: string | undefined, hasToken: boolean): boolean {
  const name = hostnameOf(host);
  if (name === undefined) return false;
  if (hasToken || isIP(name) > 0) return true;
  return ['localhost', hostname().toLowerCase()].includes(name);
}

function hostnameOf(host: string | undefined): string | undefined {
  const [, v6, name] = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::\d{1,5})?$/.exec(host ?? '') ?? [];
  return (v6 ?? name)?.toLowerCase();
}

function isForeign(context: AppContext, host: string | undefined): boolean {
  const { method } = context.req;
  const site = context.req.header('sec-fetch-site');
  const origin = context.req.header('origin');
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) return true;
  if (site === undefined || site === 'same-origin' || site === 'none') return false;
  // A link to the page, on a page of another site, may be followed.
  return !(method === 'GET' && context.req.path === '/' && context.req.header('sec-fetch-mode') === 'navigate');
}

/** Those that a request brings: as monitors send it, and as a person does, by `/?token=...` or the form of the login page. */
function tokensOf(context: AppContext): { readonly bearer: string | undefined; readonly login: string | undefined } {
  const { method, path } = context.req;
  let token: string | undefined;
  if (method === 'GET' && path === '/') token = context.req.query('token');
  if (method === 'POST' && path === '/login') token = new URLSearchParams(context.get('body')).get('token') ?? undefined;
  return { bearer: /^Bearer +(\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1], login: token };
}

/** Gives a cookie, and an address without the token. */
function login(context: AppContext, gate: TokenGate, cookie: string, token: string): Response | undefined {
  if (!gate.accepts(token)) return undefined;
  setCookie(context, cookie, gate.open(), { httpOnly: true, sameSite: 'Strict', path: '/', maxAge: SESSION_S });
  return context.redirect('/', 303);
}

function askForToken(context: AppContext, wrong: boolean): Response | Promise<Response> {
  context.header('WWW-Authenticate', 'Bearer');
  const page = context.req.path === '/' || context.req.path === '/login';
  return page ? context.html(loginPage(wrong), 401) : refusal(context, 401, 'A token is needed.');
}

/** Who comes again at once with many others is not heard out: the connection ends. */
function tooMany(context: AppContext): Response {
  context.header('Connection', 'close');
  context.header('Retry-After', '10');
  return refusal(context, 429, 'Too many requests without the token.');
}

function refusal(context: AppContext, status: 401 | 403 | 421 | 429, message: string): Response {
  return context.json({ error: message }, status);
}
