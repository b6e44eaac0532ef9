import { OAuthError } from '../../protocol/errors.js';
import { defaultResponseMode } from '../../protocol/response-type.js';
import type { LateCheck } from './check.js';

/** OAuth 2.0 Multiple Response Types §5: tokens never go in a query, where logs and referrers would see them. */
export const checkResponseMode: LateCheck = ({ responseMode, responseTypes }) => {
  if (responseMode === 'query' && defaultResponseMode([...responseTypes]) === 'fragment') {
    throw new OAuthError(
      'unsupported_response_mode',
      "The response mode 'query' cannot carry tokens; use 'fragment' or 'form_post'.",
    );
  }
};
