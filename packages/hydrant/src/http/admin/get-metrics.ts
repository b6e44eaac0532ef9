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

  async handle(ask, { metrics }) {
    const { contentType, body } = await metrics();
    // Hydra: the newer exposition format says how names are escaped, though the names are the same.
    const type = ask.generation.name === 'second' ? `${contentType}; escaping=underscores` : contentType;
    return { status: 200, text: { type, body } };
  },
});
