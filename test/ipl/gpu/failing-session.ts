/** Sessions of onnxruntime on a device that is lost. */
import { openSession, type GraphSession } from '../../../plugin/ipl/gpu/session';

/** @param failing which run fails, counted over all sessions from 1 */
export function losingAt(failing: number): { readonly open: typeof openSession; readonly runs: () => number } {
  let runs = 0;
  const open: typeof openSession = async (...given) => {
    const session = await openSession(...given);
    const run = ((feeds, fetches) => {
      runs += 1;
      if (runs === failing) throw new Error('device lost');
      return session.run(feeds, fetches as Record<string, never>);
    }) as GraphSession['run'];
    return { run, release: () => session.release() };
  };
  return { open, runs: () => runs };
}
