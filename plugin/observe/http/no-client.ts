/**
 * To be loaded first in the server's thread. With the first use of `Response`, Node loads its HTTP client, too, and with it an instance of
 * WebAssembly, its parser of answers. A thread that ends with an instance loses 32 kB for ever (Node 20.20: as many for 480 threads as
 * for one), and each graph with a page has such a thread. It serves and asks nobody: `fetch` would wait for ever in it.
 */
const { WebAssembly: engine } = globalThis as unknown as { readonly WebAssembly: { compile: unknown } };
const { compile } = engine;
engine.compile = () => new Promise(() => undefined);
void globalThis.Response;
engine.compile = compile;
