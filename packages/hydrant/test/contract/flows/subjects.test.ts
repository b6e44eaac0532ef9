/** Flows contract §16, rows 51 to 53: people under names that only one client knows. */
import { expect, test } from 'vitest';
import { send } from '../../support/browser.js';
import { claimsOf, introspect, obtainTokens, walk } from '../../support/relying-party.js';
import { sharedHydrant } from '../../support/shared-hydrant.js';
import { landing } from '../public-api/landing.js';
import { givenA } from './cast.js';

const hydrant = sharedHydrant({
  settings: {
    OIDC_SUBJECT_IDENTIFIERS_SUPPORTED_TYPES: 'public,pairwise',
    OIDC_SUBJECT_IDENTIFIERS_PAIRWISE_SALT: 'some-salt-value',
  },
});

const PAIRWISE = { subject_type: 'pairwise', redirect_uris: ['https://client.example.com/cb'] };

const userinfo = async (bearer: string) => (await send(`${hydrant.publicUrl}/userinfo`, { bearer })).json;

test('#51 a pairwise client knows a hash, the operator knows alice', async () => {
  // The check value of the contract's §11.
  const hash = '3639106980476ab4ef0ff2944c6e7e15fcfcdcad541eed59ca6fd28990e71e38';
  const { idToken, accessToken } = await obtainTokens(hydrant, await givenA(hydrant, PAIRWISE));
  expect(claimsOf(idToken).sub).toBe(hash);
  expect((await userinfo(accessToken)).sub).toBe(hash);
  expect(await introspect(hydrant, accessToken)).toMatchObject({ sub: 'alice', obfuscated_subject: hash });
});

test('#52 a client whose sector nobody can tell is refused after the login', async () => {
  const redirect_uris = ['https://client.example.com/cb', 'https://client.example.com/cb2'];
  const client = await givenA(hydrant, { ...PAIRWISE, redirect_uris });
  const { loginRequest, consentRequest, answer } = await walk(hydrant, client);
  expect([loginRequest?.skip, consentRequest]).toEqual([false, undefined]);
  expect(landing(answer)).toMatchObject({ at: client.redirectUri, params: { error: 'invalid_request' } });
});

test('#53 the login app may choose the name', async () => {
  const client = await givenA(hydrant, PAIRWISE);
  const login = { subject: 'bob', force_subject_identifier: 'u-1' };
  const { idToken, accessToken } = await obtainTokens(hydrant, client, { login });
  expect(claimsOf(idToken).sub).toBe('u-1');
  expect((await userinfo(accessToken)).sub).toBe('u-1');
  expect((await introspect(hydrant, accessToken)).sub).toBe('bob');
});
