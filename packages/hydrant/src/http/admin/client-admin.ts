import type { ClientOperations } from '../../clients/register.js';
import type { PageTokens } from '../page-tokens.js';

/** What the operations on clients need. */
export interface ClientAdmin {
  readonly clients: ClientOperations;
  readonly pageTokens: PageTokens;
  /** Of the public side, where clients reach their own registration. */
  readonly publicUrl: string;
}
