import { OAuthError } from '../../protocol/errors.js';
import { readForm } from '../body.js';
import { type Answer, type Ask, defineEndpoint, type Endpoint } from '../endpoint.js';
import { errorAnswer } from '../errors.js';
import type { PublicDeps } from './deps.js';
import { header } from './token.js';

type Deps = Pick<PublicDeps, 'userinfo' | 'exposeDebug'>;

/** Claims about the person behind an access token (OpenID Connect Core §5.3). */
export const userinfo: Endpoint<Deps> = defineEndpoint<Deps>({
  operation: 'getOidcUserInfo',
  method: 'GET',
  path: '/userinfo',
  errors: 'service',
  cors: true,

  async handle(ask, deps) {
    try {
      const response = await deps.userinfo(await bearerToken(ask));
      if (response.kind === 'jwt') return { status: 200, text: { type: 'application/jwt', body: response.jwt } };
      return { status: 200, json: response.claims };
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      return challenge(error, ask, deps);
    }
  },
});

export const userinfoByPost: Endpoint<Deps> = defineEndpoint<Deps>({
  ...userinfo,
  operation: 'postOidcUserInfo',
  method: 'POST',
});

/** The token of the header (RFC 6750 §2.1), else of the form (§2.2) or, as Hydra takes it, of the query (§2.3). */
export async function bearerToken(ask: Ask): Promise<string | undefined> {
  const match = /^bearer +(.+)$/i.exec(header(ask.headers.authorization) ?? '');
  if (match) return match[1];
  const form = ask.method === 'POST' ? await readForm(ask) : undefined;
  return form?.get('access_token') ?? ask.query.get('access_token') ?? undefined;
}

/** RFC 6750 §3: a 401 says what was wrong in `WWW-Authenticate` as well. */
function challenge(error: OAuthError, ask: Ask, deps: Deps): Answer {
  const answer = errorAnswer(error, userinfo, ask, deps.exposeDebug);
  if (error.status !== 401) return answer;
  const { error: code, error_description: description } = ask.generation.errorBody(
    error,
    'service',
    ask,
    deps.exposeDebug,
  );
  const value = `Bearer error="${code}",error_description="${description}"`.replaceAll(/[^\x20-\x7e]/g, '');
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': value } };
}
