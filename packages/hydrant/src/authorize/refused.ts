import type { OAuthError, Rejection } from '../protocol/errors.js';
import type { SessionChange } from './request.js';

/** A refusal for the client in somebody's own words, or one that changes the browser's session as well. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly refusal: OAuthError | Rejection;
  readonly session: SessionChange | undefined;
  constructor(refusal: OAuthError | Rejection, session?: SessionChange) {
    super(refusal.description);
    this.refusal = refusal;
    this.session = session;
  }
}
