/** The hono application as the routes see it. */
import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono, MiddlewareHandler } from 'hono';

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
