/** Lets a pipeline start before a sink has a picture: an encoder that looks ahead would hold all others back for ever. */
import type { NativeElement } from '../binding';

export function startUnsynchronized(sink: NativeElement): void {
  // Bins (splitmuxsink, hlssink2, autovideosink) have the one property, plain sinks the other.
  if (sink.has('async')) sink.set('async', false);
  else sink.set('async-handling', true);
}
