import { clientsOf, noticesFor } from './finish.js';
import type { LogoutOptions } from './options.js';

/** Login sessions as the admin side ends them. */
export interface LoginSessions {
  /** Ends one session and tells its clients behind the browser's back; nothing happens where there is none. */
  endOne(sessionId: string): Promise<void>;
  /** Ends every session of a person. Hydra: nobody is told. */
  endAllOf(subject: string): Promise<void>;
}

export function createLoginSessions(options: LogoutOptions): LoginSessions {
  return {
    async endOne(sessionId) {
      const notices = noticesFor(await clientsOf(sessionId, options), sessionId, options);
      if (!(await options.sessions.delete(sessionId)) || notices.length === 0) return;
      await options.notices.insert(notices);
      options.deliverSoon();
    },
    async endAllOf(subject) {
      await options.sessions.deleteOfSubject(subject);
    },
  };
}
