/** What the server counts of itself; `/metrics` ends with it. */
import { defineMetrics, type Labels } from '../../core/metrics/metric-table';
import type { Sample } from '../../core/metrics/metrics';

const metrics = defineMetrics({
  gst_ipl_http_connections: { kind: 'gauge', help: 'Connections of clients to this server.' },
  gst_ipl_http_closed_connections_total: { kind: 'counter', help: 'Idle connections that were closed for new ones.' },
  gst_ipl_http_requests_total: { kind: 'counter', help: 'Requests that came.' },
  gst_ipl_http_refused_requests_total: {
    kind: 'counter',
    help: 'Requests that were refused: without the token, with a wrong one, of another site or by another name, while too many wait, too many ahead; and connections that were closed unread.',
  },
});

export class Figures {
  connections = 0;
  closedForOthers = 0;
  requests = 0;
  readonly refused = { token: 0, wrong_token: 0, foreign: 0, busy: 0, pipelined: 0, connection: 0 };

  read(): Sample[] {
    const sample = (name: keyof typeof metrics, value: number, labels: Labels = {}): Sample => ({ name, labels, value, declaration: metrics[name] });
    return [
      sample('gst_ipl_http_connections', this.connections),
      sample('gst_ipl_http_closed_connections_total', this.closedForOthers),
      sample('gst_ipl_http_requests_total', this.requests),
      ...Object.entries(this.refused).map(([reason, count]) => sample('gst_ipl_http_refused_requests_total', count, { reason })),
    ];
  }
}
