/**
 * The token endpoint (RFC 6749 §3.2): the phases that every grant shares, in their one order. Grants read and decide;
 * here clients are authenticated, tokens made, and everything is written in one transaction before the answer.
 */

import type { ClientAuth } from '../client-auth/index.js';
import { entryIndex, type SecretRing, signingEntry } from '../crypto/secret-ring.js';
import type { Grant, GrantDecision, GrantRequest, GrantRules } from '../grants/grant.js';
import { OFFLINE_SCOPES } from '../grants/refresh-token.js';
import { type Client, mayUseGrant } from '../model/client.js';
import { type AccessToken, isInGrace, type RefreshToken, type Spent, type Token } from '../model/token.js';
import { keptFor, type TokenFamily } from '../model/token-family.js';
import type { TokenHooks } from '../model/token-hook.js';
import { OAuthError } from '../protocol/errors.js';
import { formatScope, parseScope } from '../protocol/scope.js';
import { type Clock, type Instant, toSeconds } from '../protocol/time.js';
import type { Store } from '../store/index.js';
import { consultHooks } from './consult-hooks.js';
import { accessLifetime, idTokenLifetime, type Lifetimes, refreshLifetime } from './lifetimes.js';
import type { Derivation, Minted, Minter } from './mint.js';
import { CREDENTIAL_SCOPES, type ProofNonces } from './proof-nonce.js';

/** A token response (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3) in its wire form; `expires_in` in seconds. */
export interface TokenResponse {
  readonly access_token: string;
  readonly expires_in: number;
  readonly id_token?: string;
  readonly refresh_token?: string;
  readonly scope: string;
  readonly token_type: 'bearer';
  /** For the proof that a credential needs, see `credential.ts`; seconds. */
  readonly c_nonce_draft_00?: string;
  readonly c_nonce_expires_in_draft_00?: number;
}

/** What the endpoint reports. */
export interface TokenEvents {
  tokenIssued(grant: string, clientId: string, kinds: readonly string[]): void;
  tokenRefused(grant: string, errorCode: string, clientId?: string): void;
  codeReplayed(clientId: string, familyId: string): void;
  refreshReused(clientId: string, familyId: string): void;
}

export interface ExchangeOptions {
  readonly grants: readonly Grant[];
  readonly clientAuth: ClientAuth;
  readonly store: Pick<Store, 'families' | 'tokens' | 'devices' | 'trust' | 'assertions'>;
  readonly publicKeys: GrantRequest['publicKeys'];
  /** Absent where the operator has none. */
  readonly hooks?: TokenHooks | undefined;
  readonly nonces: Pick<ProofNonces, 'make'>;
  readonly minter: Minter;
  readonly ring: SecretRing;
  readonly rules: GrantRules;
  readonly lifetimes: Lifetimes;
  readonly clock: Clock;
  readonly events: TokenEvents;
}

export interface TokenRequest {
  readonly form: URLSearchParams | undefined;
  readonly authorization: string | undefined;
}

export interface Exchange {
  /** @throws OAuthError with the code and status of RFC 6749 §5.2. */
  exchange(request: TokenRequest): Promise<TokenResponse>;
}

export function createExchange(options: ExchangeOptions): Exchange {
  const { events } = options;
  const issuing = createIssuing(options);

  async function decide(
    request: TokenRequest,
  ): Promise<{ grant: Grant; client: Client; form: URLSearchParams; decision: GrantDecision }> {
    const { form } = request;
    if (!form || [...form.keys()].length === 0)
      throw new OAuthError('invalid_request', 'The body is empty or no form; send application/x-www-form-urlencoded.');
    const type = form.get('grant_type') ?? '';
    if (type === '') throw new OAuthError('invalid_request', 'The parameter grant_type is missing.');
    const grant = options.grants.find((one) => one.type === type);
    // Hydra: not unsupported_grant_type, which it defines and never sends.
    if (!grant) throw new OAuthError('invalid_request', 'The grant_type is not one that this server has.');
    const client = await options.clientAuth.authenticate({ authorization: request.authorization, form });
    if (!mayUseGrant(client, grant.type))
      throw new OAuthError('unauthorized_client', `The client may not use the grant type ${grant.type}.`);
    const decision = await grant.decide({
      form,
      client,
      now: options.clock.now(),
      ring: options.ring,
      store: options.store,
      publicKeys: options.publicKeys,
      rules: options.rules,
    });
    return { grant, client, form, decision };
  }

  /** What a wallet needs for its proof, where a credential may follow. */
  function withNonce(response: TokenResponse): TokenResponse {
    const scope = parseScope(response.scope);
    if (CREDENTIAL_SCOPES.some((one) => !scope.includes(one))) return response;
    const { nonce, expiresIn } = options.nonces.make(response.access_token);
    return { ...response, c_nonce_draft_00: nonce, c_nonce_expires_in_draft_00: expiresIn };
  }

  return {
    async exchange(request) {
      let clientId: string | undefined;
      try {
        const { grant, client, form, decision: decided } = await decide(request);
        clientId = client.id;
        const call = { grantType: grant.type, client, form };
        const decision = await consultHooks(options.hooks, decided, call);
        // Hooks may take their time.
        const response = withNonce(await issuing.settle(grant, client, decision, options.clock.now()));
        events.tokenIssued(
          grant.type,
          client.id,
          Object.keys(response).filter((key) => key.endsWith('_token')),
        );
        return response;
      } catch (error) {
        if (error instanceof OAuthError)
          events.tokenRefused(request.form?.get('grant_type') ?? '', error.code, clientId);
        throw error;
      }
    },
  };
}

/** The last phase: make, write, answer. */
function createIssuing({ store, minter, ring, rules, lifetimes, events }: ExchangeOptions): {
  settle(grant: Grant, client: Client, decision: GrantDecision, now: Instant): Promise<TokenResponse>;
} {
  async function issueOwn(
    grant: Grant,
    client: Client,
    decision: Extract<GrantDecision, { kind: 'issue' }>,
    now: Instant,
  ): Promise<TokenResponse> {
    const times = { issuedAt: now, expiresAt: now + accessLifetime(client, grant.lifespans, lifetimes) };
    const access = await minter.accessToken(client, { own: decision.own }, times);
    const { assertion } = decision;
    if (assertion && !(await store.assertions.use(assertion.jti, assertion.expiresAt)))
      throw new OAuthError('jti_known', 'The jti of the assertion was used before.');
    await store.tokens.insert([access.record]);
    return respond(access.token, times.expiresAt, now, decision.own.grantedScope);
  }

  /** What a client is told of the tokens of its family. */
  const respondWith = (made: FamilyTokens, planned: Plan, family: TokenFamily, now: Instant) =>
    respond(made.access.token, planned.accessExpiresAt, now, family.grantedScope, made.refresh?.token, made.idToken);

  async function familyTokens(
    client: Client,
    family: TokenFamily,
    plan: Plan,
    { derivation, code, audience }: MintOptions = {},
  ): Promise<FamilyTokens> {
    const access = await minter.accessToken(
      client,
      { family, audience },
      { issuedAt: plan.issuedAt, expiresAt: plan.accessExpiresAt },
      derivation,
    );
    const refresh = plan.refresh
      ? minter.refreshToken(
          client,
          family,
          { issuedAt: plan.issuedAt, expiresAt: plan.refreshExpiresAt },
          access.record.key,
          derivation,
        )
      : undefined;
    const idToken = family.grantedScope.includes('openid')
      ? await minter.idToken(
          client,
          family,
          { issuedAt: plan.idIssuedAt, expiresAt: plan.idExpiresAt },
          { accessToken: access.token, code },
        )
      : undefined;
    return { access, refresh, idToken, records: refresh ? [access.record, refresh.record] : [access.record] };
  }

  function plan(grant: Grant, client: Client, refresh: boolean, now: Instant): Plan {
    const refreshFor = refreshLifetime(client, grant.lifespans, lifetimes);
    return {
      refresh,
      issuedAt: now,
      accessExpiresAt: now + accessLifetime(client, grant.lifespans, lifetimes),
      refreshExpiresAt: refreshFor === null ? null : now + refreshFor,
      idIssuedAt: now,
      idExpiresAt: now + idTokenLifetime(client, grant.lifespans, lifetimes),
    };
  }

  async function redeem(
    grant: Grant,
    client: Client,
    { family, code, secondTime, audience, hookClaims }: Extract<GrantDecision, { kind: 'redeem' }>,
    now: Instant,
  ): Promise<TokenResponse> {
    const offline =
      OFFLINE_SCOPES.some((scope) => family.grantedScope.includes(scope)) && mayUseGrant(client, 'refresh_token');
    const planned = plan(grant, client, offline, now);
    const made = await familyTokens(client, family, planned, {
      code: family.code?.hybrid ? code : undefined,
      audience,
    });
    const won = await store.families.redeem(family.id, now, made.records, keepUntil(family, planned), hookClaims);
    if (!won) {
      if (secondTime) throw secondTime;
      // Somebody redeemed it between our look and our write: to us it is a replay, and ends what the winner got.
      return refuseReplay(client, family, 'code', now);
    }
    return respondWith(made, planned, family, now);
  }

  async function rotate(
    grant: Grant,
    client: Client,
    decision: Extract<GrantDecision, { kind: 'rotate' }>,
    now: Instant,
  ): Promise<TokenResponse> {
    const { used, family, token, audience, hookClaims } = decision;
    const planned = plan(grant, client, true, now);
    const spent: Spent = {
      at: now,
      accessExpiresAt: planned.accessExpiresAt,
      refreshExpiresAt: planned.refreshExpiresAt,
      secret: signingEntry(ring).id,
    };
    const made = await familyTokens(client, family, planned, { derivation: { from: token, secretIndex: 0 }, audience });
    const won = await store.tokens.rotate(used, spent, made.records, keepUntil(family, planned), hookClaims);
    if (won) return respondWith(made, planned, family, now);
    // Lost to a twin of this request: it gets the winner's answer.
    const found = await store.tokens.find(used.key);
    if (found?.token.kind !== 'refresh_token' || !found.token.spent || !found.family)
      throw new OAuthError('invalid_grant', 'The refresh token was revoked meanwhile.');
    if (!isInGrace(found.token.spent, rules.rotationGrace, now))
      return refuseReplay(client, found.family, 'refresh_token', now);
    return repeat(
      grant,
      client,
      { ...decision, kind: 'repeat', used: found.token, spent: found.token.spent, family: found.family },
      now,
    );
  }

  async function repeat(
    grant: Grant,
    client: Client,
    { used, spent, family, token, audience }: Extract<GrantDecision, { kind: 'repeat' }>,
    now: Instant,
  ): Promise<TokenResponse> {
    if (rules.rotationGrace.uses > 0 && !(await store.tokens.countReuse(used, rules.rotationGrace.uses)))
      return refuseReplay(client, family, 'refresh_token', now);
    const secretIndex = entryIndex(ring, spent.secret);
    if (secretIndex === undefined) throw new OAuthError('invalid_grant', 'The refresh token was used before.');
    const planned: Plan = {
      ...plan(grant, client, true, now),
      issuedAt: spent.at,
      accessExpiresAt: spent.accessExpiresAt,
      refreshExpiresAt: spent.refreshExpiresAt,
    };
    const made = await familyTokens(client, family, planned, { derivation: { from: token, secretIndex }, audience });
    if (family.grantedAudience.length > 0) await requireSameAudience(made.access.record);
    return respondWith(made, planned, family, now);
  }

  /** The successor is made again, not anew: a request with other resources (RFC 8707) cannot have it. */
  async function requireSameAudience(again: AccessToken): Promise<void> {
    const made = (await store.tokens.find(again.key))?.token;
    if (made?.kind === 'access_token' && String(made.audience) !== String(again.audience))
      throw new OAuthError('invalid_target', 'The refresh was made before, with another resource. Use the new token.');
  }

  async function refuseReplay(
    client: Client,
    family: TokenFamily,
    what: 'code' | 'refresh_token',
    now: Instant,
  ): Promise<never> {
    await store.families.end(family.id, now);
    if (what === 'code') events.codeReplayed(client.id, family.id);
    else events.refreshReused(client.id, family.id);
    const name = what === 'code' ? 'authorization code' : 'refresh token';
    throw new OAuthError(
      'invalid_grant',
      `The ${name} was used before. All tokens of this authorization are revoked; the user has to log in again.`,
    );
  }

  return {
    async settle(grant, client, decision, now) {
      switch (decision.kind) {
        case 'issue':
          return issueOwn(grant, client, decision, now);
        case 'redeem':
          return redeem(grant, client, decision, now);
        case 'wait':
          // Lost to another poll at the same moment: then this one is too many.
          if (await store.devices.poll(decision.key, decision.seen, decision.after)) throw decision.refusal;
          throw new OAuthError('slow_down');
        case 'rotate':
          return rotate(grant, client, decision, now);
        case 'repeat':
          return repeat(grant, client, decision, now);
        case 'replayed':
          return refuseReplay(client, decision.family, decision.what, now);
        case 'burn':
          // Somebody redeemed it meanwhile: then this is a replay like any other.
          if (!(await store.families.redeem(decision.family.id, now, [], 0)))
            return refuseReplay(client, decision.family, 'code', now);
          throw decision.refusal;
      }
    },
  };
}

/** The tokens of one answer, and the records that stand behind them. */
interface FamilyTokens {
  readonly access: Minted<AccessToken>;
  readonly refresh: Minted<RefreshToken> | undefined;
  readonly idToken: string | undefined;
  readonly records: readonly Token[];
}

interface MintOptions {
  readonly derivation?: Derivation;
  readonly code?: string | undefined;
  readonly audience?: readonly string[] | undefined;
}

/** When the tokens of one answer are issued and end. */
interface Plan {
  readonly refresh: boolean;
  readonly issuedAt: Instant;
  readonly accessExpiresAt: Instant;
  readonly refreshExpiresAt: Instant | null;
  readonly idIssuedAt: Instant;
  readonly idExpiresAt: Instant;
}

/** The far end of time, for families whose refresh tokens never expire. */
const FOREVER: Instant = 8.64e15;

function keepUntil(family: TokenFamily, plan: Plan): Instant {
  if (plan.refresh && plan.refreshExpiresAt === null) return FOREVER;
  const until = Math.max(plan.accessExpiresAt, plan.refresh ? (plan.refreshExpiresAt ?? 0) : 0);
  return keptFor(family, plan.issuedAt, until);
}

function respond(
  accessToken: string,
  expiresAt: Instant,
  now: Instant,
  scope: readonly string[],
  refreshToken?: string,
  idToken?: string,
): TokenResponse {
  return {
    access_token: accessToken,
    expires_in: Math.max(0, toSeconds(expiresAt - now)),
    ...(idToken !== undefined && { id_token: idToken }),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    scope: formatScope(scope),
    token_type: 'bearer',
  };
}
