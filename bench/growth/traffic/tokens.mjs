/** Applications and machines: refreshes, grants without a person, questions about tokens, revocations. */
import { send } from '../http.mjs';
import { DAY, MINUTE } from '../scenarios.mjs';
import { ASSERTION_GRANT, expectStatus } from '../world.mjs';
import { askToken, keepTokens } from './logins.mjs';

/** @typedef {import('../world.mjs').World} World */

/** By what is wrong with the token, or by the client that is gone. */
const REFUSED = [400, 401];

/** Takes one of the refresh tokens out of the hands of those who hold them. @param {World} world */
function takeHeld({ chance, held, clock }) {
  while (held.length > 0) {
    const place = Math.floor(chance.next() * held.length);
    const one = held[place];
    const last = held.pop();
    if (last && one !== last) held[place] = last;
    // Whoever holds one whose time is up has simply stopped using it.
    if (one && one.usedUntil > clock.now()) return one;
  }
  return undefined;
}

/** A refresh: one in ten is sent twice, one in a hundred was stolen. @param {World} world */
export async function refresh(world) {
  const { chance, other } = world;
  const token = takeHeld(world);
  if (!token) return 'nothing to refresh';
  const form = { grant_type: 'refresh_token', refresh_token: token.refresh };
  const answer = await askToken(world, token.client, form);
  // Its time was up, or it went with its client, its consent or its family.
  if (REFUSED.includes(answer.status)) return 'refresh refused';
  const { json } = expectStatus(answer, 200, 'a refresh');
  other.use('refresh', token.refresh);
  other.drop('access', token.access);
  if (chance.often(0.1)) {
    const again = expectStatus(await askToken(world, token.client, form), 200, 'a refresh that is sent twice');
    if (again.json.refresh_token !== json.refresh_token) throw new Error('A repeated refresh gave another successor.');
  }
  if (chance.often(0.01)) {
    world.stolen.push({ token, at: world.clock.now() });
    other.add('access', String(json.access_token), {
      client: token.client.id,
      request: token.request,
      at: world.clock.now(),
    });
    return 'refresh, and a thief has the old one';
  }
  keepTokens(world, token, json);
  return 'refresh';
}

/** A thief comes with a refresh token that was used long ago: the family ends. @param {World} world */
export async function replay(world) {
  const { stolen, clock } = world;
  // Within the seconds of grace it would be nobody but the client, again.
  if (!stolen[0] || stolen[0].at + MINUTE > clock.now()) return 'no thief';
  const [{ token }] = stolen.splice(0, 1);
  const form = { grant_type: 'refresh_token', refresh_token: token.refresh };
  const { status } = await askToken(world, token.client, form);
  if (!REFUSED.includes(status)) throw new Error(`A refresh token that was used before is answered with ${status}.`);
  world.other.revoke(token.request);
  return 'replay';
}

/** @param {World} world */
export async function clientCredentials(world) {
  const client = world.chance.pick(world.machines);
  if (!client) return 'no machine';
  const { json } = expectStatus(await askToken(world, client, { grant_type: 'client_credentials' }), 200, 'a machine');
  keepTokens(world, { client, request: world.fresh('request'), subject: client.id }, json);
  return 'client credentials';
}

/** Claims of an assertion that the token endpoint takes. @param {World} world @param {string} issuer @param {string} subject */
function claims({ server, clock, fresh }, issuer, subject) {
  const now = Math.floor(clock.now() / 1_000);
  const aud = `${server.publicUrl}/oauth2/token`;
  return { iss: issuer, sub: subject, aud, iat: now, exp: now + 300, jti: fresh('jti') };
}

/** Hydra has a row for each, and deletes those that are over with the next. @param {World} world @param {string} jti */
function keepAssertion({ other, clock }, jti) {
  other.dropUsedAssertions(clock.now() - 5 * MINUTE);
  other.add('jti_blacklist', jti, { at: clock.now() });
}

/** A machine that signs instead of showing a secret. @param {World} world */
export async function keyedCredentials(world) {
  const { keyed, signer } = world;
  const terms = claims(world, keyed.id, keyed.id);
  const answer = await askToken(world, keyed, {
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: signer.sign(terms),
  });
  keepAssertion(world, terms.jti);
  const { json } = expectStatus(answer, 200, 'a signed client assertion');
  keepTokens(world, { client: keyed, request: world.fresh('request'), subject: keyed.id }, json);
  return 'private_key_jwt';
}

/** Somebody else's word for a person. @param {World} world */
export async function assertion(world) {
  const { asserting, signer, chance } = world;
  const trust = chance.pick(world.issuers.filter(({ until }) => until > world.clock.now() + MINUTE));
  if (!trust) return 'nobody is trusted';
  const subject = `employee-${Math.floor(chance.next() * 100)}`;
  const terms = claims(world, trust.issuer, subject);
  const answer = await askToken(world, asserting, { grant_type: ASSERTION_GRANT, assertion: signer.sign(terms) });
  keepAssertion(world, terms.jti);
  const { json } = expectStatus(answer, 200, 'an assertion');
  keepTokens(world, { client: asserting, request: world.fresh('request'), subject }, json);
  return 'jwt-bearer';
}

/** An issuer is trusted for some days, then another. @param {World} world */
export async function trust(world) {
  const { server, clock, signer, fresh, other } = world;
  const issuer = fresh('https://issuer.example/');
  const until = clock.now() + 3 * DAY;
  const json = {
    issuer,
    allow_any_subject: true,
    scope: ['photos.read'],
    jwk: signer.jwk,
    expires_at: new Date(until).toISOString(),
  };
  expectStatus(
    await send(`${server.adminUrl}/admin/trust/grants/jwt-bearer/issuers`, { json }),
    201,
    'a trusted issuer',
  );
  other.add('trusted_jwt_bearer_issuer', issuer, { at: clock.now() });
  world.issuers.push({ issuer, until });
  return 'trust';
}

/** @param {World} world */
export async function introspect({ server, chance, recent }) {
  const token = chance.pick(recent);
  if (!token) return 'nothing to look up';
  expectStatus(await send(`${server.adminUrl}/admin/oauth2/introspect`, { form: { token } }), 200, 'introspection');
  return 'introspection';
}

/** Somebody logs out of an application, which gives its token back. @param {World} world */
export async function revoke(world) {
  const { server, chance, other } = world;
  const token = takeHeld(world);
  if (!token) return 'nothing to revoke';
  const { id, secret } = token.client;
  const form = { token: chance.often(0.7) ? token.refresh : token.access };
  const answer = await send(`${server.publicUrl}/oauth2/revoke`, {
    ...(secret === '' ? { form: { ...form, client_id: id } } : { form, basic: /** @type {const} */ ([id, secret]) }),
  });
  // A client that is gone has nothing to revoke.
  if (answer.status === 401) return 'revocation refused';
  expectStatus(answer, 200, 'a revocation');
  other.revoke(token.request);
  return 'revocation';
}
