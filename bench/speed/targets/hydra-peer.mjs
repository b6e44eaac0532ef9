/** A server that somebody else runs and that speaks as Hydra 2 does; it gets clients of the bench, which stay. */
import { makeClients } from './hydra-client.mjs';
import { HYDRA } from './target.mjs';

/**
 * @param {string} addresses `http://host:4444`, or with the admin's behind a comma; that is otherwise the next port.
 * @param {{ folder: string, pid: number | undefined }} options
 * @returns {Promise<import('./target.mjs').Running>}
 */
export async function connectPeer(addresses, { folder, pid }) {
  const [first = '', second] = addresses.split(',');
  const publicUrl = new URL(first).origin;
  const next = new URL(publicUrl);
  next.port = String(Number(next.port || 4444) + 1);
  const adminUrl = new URL(second ?? next).origin;
  return {
    id: 'peer',
    title: `peer at ${new URL(publicUrl).host}`,
    api: HYDRA,
    publicUrl,
    adminUrl,
    ...(await makeClients(adminUrl, 20)),
    folder,
    ...(pid !== undefined && { pid }),
    // The keys of somebody else's server are left alone.
    signWith: async (algorithm) => algorithm === 'RS256',
    stop: async () => {},
  };
}
