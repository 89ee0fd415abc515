/** What monitors ask for: `/metrics` (Prometheus), `/health` (ready?), `/health/live` (worth keeping?). */
import path from 'node:path';
import type { GraphView } from '../../core/graph-view';
import { healthOf, type Health } from '../health';
import { prometheusText } from '../prometheus';
import type { Offer } from './offer';

export function monitoring(view: GraphView): Offer {
  return monitoringBy(() => healthOf(view), () => prometheusText(view));
}

/** The same of something else than a graph. */
export function monitoringBy(health: () => Health, metrics: () => string | Promise<string>): Offer {
  return {
    module: path.join(__dirname, 'routes'),
    answers: {
      health: { everyMs: 100, resolve: () => ({ value: health() }) },
      metrics: { everyMs: 250, resolve: async () => ({ value: await metrics() }) },
    },
  };
}
