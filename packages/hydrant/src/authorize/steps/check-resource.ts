import { parseResource, requireTargets } from '../../protocol/resource.js';
import type { Check } from './check.js';

/** RFC 8707 §2.1: every resource is a URI, and one that the client may have as audience. */
export const checkResource: Check = ({ client, params }) => {
  requireTargets(client.metadata.audience, parseResource(params.getAll('resource')), 'The client may not ask for');
};
