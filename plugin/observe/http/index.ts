/**
 * HTTP beside a chain, for people (`preview`) and monitors (`--metrics`), without harm to the chain: whatever clients do, the
 * thread that carries frames does a small, bounded amount of work a second for them.
 *
 *        frame thread                                server thread (server-thread.ts)
 *        HttpService      -- start, close ------->   HttpServer: sockets, guard, routes, files of the page
 *        answers of the   <-- question -----------   Desk: one question of a name at a time, and so many a second
 *        offers           -- answer (a copy) ---->   Kept: one answer for all who ask meanwhile
 *                         <-- listening, warning -
 *
 * - **Who owns what.** The server thread owns everything that a client can touch: sockets, sessions, limits, waiting viewers,
 *   packed answers. The frame thread owns the graph, its metrics and the encoders of frames. Nothing is shared; what crosses is
 *   text and files that are copied or handed over.
 * - **Offers** say what is served, as data (Offer): a module that the server's thread loads for its routes, and the answers that its
 *   routes may ask the frame thread for, each with its rate. This folder knows no element; an element knows its own routes.
 * - **Towards the frame thread** a request becomes a question, or none: what needs no answer of the chain (files, refusals, another
 *   who asks for what is asked for already) never leaves the server's thread. A question of a name waits until the one before
 *   is answered, `everyMs` is over, and the frame thread has rested `rests` times as long as the last answer took. Behind that, a
 *   few wait; more get 503. So the number of clients is nothing that the frame thread can notice.
 * - **Towards clients** a connection is answered one request at a time, addresses have a rate, strangers wait, and who does not take
 *   an answer loses the connection (./limits.ts, SECURITY.md).
 * - **A frame thread that does not answer** (it is held up by GStreamer, say) is noticed: health gives the last answer for some
 *   seconds, then 503; everything else is 503 when its patience is over.
 * - **A server thread that dies** is logged and started again, at the same port, after 1 s, 2 s ... 30 s. The chain does
 *   not notice. Browsers log in again: sessions were the thread's.
 * - **The end**: `close` lets answers under way end for half a second, then closes the sockets and the thread. A process that ends
 *   by itself is not held up by the thread.
 * - It costs nothing before `listen`: hono and the server are loaded by the thread alone. The thread stands back behind all others
 *   of the process where cores are short.
 */
export { parseAddress, urlOf, type ListenAddress } from './address';
export { HttpService, type ServiceSettings } from './service';
export type { Answer, AnswerValue, Offer } from './offer';
export type { Limits } from './limits';
