/** What monitors ask for: `/metrics` (Prometheus), `/health` (ready?), `/health/live` (worth keeping?). */
import type { GraphView } from '../../core/graph-view';
import { healthOf } from '../health';
import { prometheusText, PROMETHEUS_TYPE } from '../prometheus';
import type { App } from './app';

export function addMonitoring(app: App, view: GraphView): void {
  app.get('/metrics', (context) => context.body(prometheusText(view), 200, { 'Content-Type': PROMETHEUS_TYPE }));
  app.get('/health', (context) => {
    const { status, serving, reasons, notes } = healthOf(view);
    return context.json({ status, reasons, notes }, serving ? 200 : 503);
  });
  // A graph that waits for a camera must not be killed for it; one that is over must.
  app.get('/health/live', (context) => {
    const { status, over, reasons } = healthOf(view);
    return context.json({ status, reasons }, over ? 503 : 200);
  });
}
