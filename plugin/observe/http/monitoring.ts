/** What monitors ask for: `/metrics` (Prometheus), `/health` (ready?), `/health/live` (worth keeping?). */
import path from 'node:path';
import type { GraphView } from '../../core/graph-view';
import { healthOf } from '../health';
import { prometheusText } from '../prometheus';
import type { Offer } from './offer';

export function monitoring(view: GraphView): Offer {
  return {
    module: path.join(__dirname, 'routes'),
    answers: {
      health: { everyMs: 100, resolve: () => ({ value: healthOf(view) }) },
      metrics: { everyMs: 250, resolve: () => ({ value: prometheusText(view) }) },
    },
  };
}
