import type { LoginSessions } from '../../logout/end-session.js';
import { OAuthError } from '../../protocol/errors.js';
import { defineEndpoint, type Endpoint, noContent } from '../endpoint.js';

/** Ends the remembered logins of a person, or one of them by its `sid`; tokens live on. */
export const revokeLoginSessions: Endpoint<{ readonly loginSessions: LoginSessions }> = defineEndpoint({
  operation: 'revokeOAuth2LoginSessions',
  method: 'DELETE',
  path: '/admin/oauth2/auth/sessions/login',
  errors: 'service',

  async handle(ask, { loginSessions }) {
    const sid = ask.generation.revokeBySid ? ask.query.get('sid') : null;
    const subject = ask.query.get('subject');
    if (sid) await loginSessions.endOne(sid);
    else if (subject) await loginSessions.endAllOf(subject);
    else throw new OAuthError('invalid_request', "The query parameter 'subject' is missing.");
    return noContent();
  },
});
