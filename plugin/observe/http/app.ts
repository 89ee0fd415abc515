/** The hono application as the routes see it; it runs in the server's thread. */
import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono, MiddlewareHandler } from 'hono';
import type { Desk } from './desk';
import type { Figures } from './figures';

interface Environment {
  Bindings: HttpBindings;
  Variables: {
    /** What the request brought; empty where it brought nothing. */
    body: string;
  };
}

export type App = Hono<Environment>;
export type AppContext = Context<Environment>;
export type Middleware = MiddlewareHandler<Environment>;

/** What routes have to work with. */
export interface Site {
  readonly desk: Desk;
  readonly figures: Figures;
}

/** The module of an offer. */
export interface RouteModule {
  /** @param data the offer's */
  addRoutes(app: App, site: Site, data: unknown): void;
}
