import { defineEndpoint, type Endpoint } from '../endpoint.js';

export interface MetricsDeps {
  readonly metrics: () => Promise<{ readonly contentType: string; readonly body: string }>;
}

/** Prometheus metrics, of both listeners. */
export const getMetrics: Endpoint<MetricsDeps> = defineEndpoint<MetricsDeps>({
  operation: 'prometheus',
  method: 'GET',
  path: '/admin/metrics/prometheus',
  errors: 'service',

  async handle(_ask, { metrics }) {
    const { contentType, body } = await metrics();
    return { status: 200, text: { type: contentType, body } };
  },
});
