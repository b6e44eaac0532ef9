/** Operators: clients that come and go, consents and logins that are taken back. */
import { send } from '../http.mjs';
import { expectStatus } from '../world.mjs';

/** @typedef {import('../world.mjs').World} World */

/** How many of the clients that come and go are there at a time. */
const PASSING = 4;

/** A new client, and the oldest of those that pass goes, whatever was issued to it. @param {World} world */
export async function replaceClient(world) {
  const { server, other, passing } = world;
  const oldest = passing.length >= PASSING ? passing.shift() : undefined;
  if (oldest) {
    const url = `${server.adminUrl}/admin/clients/${oldest.id}`;
    expectStatus(await send(url, { method: 'DELETE' }), 204, 'the deletion of a client');
    other.dropClient(oldest.id);
  }
  passing.push(await world.createClient({ client_name: 'passing' }));
  return 'client replaced';
}

/** @param {World} world */
export async function revokeConsents({ server, chance, other, people }) {
  const person = chance.pick(people);
  if (!person) return 'nobody';
  const url = `${server.adminUrl}/admin/oauth2/auth/sessions/consent?subject=${person.subject}&all=true`;
  expectStatus(await send(url, { method: 'DELETE' }), 204, 'the revocation of consents');
  other.dropConsents(person.subject);
  return 'consents revoked';
}

/** @param {World} world */
export async function revokeLogins({ server, chance, other, people }) {
  const person = chance.pick(people);
  if (!person) return 'nobody';
  const url = `${server.adminUrl}/admin/oauth2/auth/sessions/login?subject=${person.subject}`;
  expectStatus(await send(url, { method: 'DELETE' }), 204, 'the revocation of logins');
  other.dropSessions(person.subject);
  person.session = '';
  return 'logins revoked';
}
