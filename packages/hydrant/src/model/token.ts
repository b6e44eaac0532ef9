import type { Instant, Milliseconds } from '../protocol/time.js';

/** What an access token of the client credentials grant carries itself, having no family. */
export interface OwnGrant {
  readonly subject: string;
  readonly grantedScope: readonly string[];
  readonly grantedAudience: readonly string[];
  readonly ext: Readonly<Record<string, unknown>>;
}

interface Issued {
  /** 26 bytes that begin with the expiry, see `crypto/opaque-token.ts`. */
  readonly key: Buffer;
  readonly clientId: string;
  readonly issuedAt: Instant;
}

/** An access token (RFC 6749 §1.4). Of a family, or of the client alone. */
export type AccessToken = Issued & {
  readonly kind: 'access_token';
} /** `audience` where it has less than the family (RFC 8707 §2.2). */ & (
    | { readonly familyId: string; readonly own: null; readonly audience?: readonly string[] }
    | { readonly familyId: null; readonly own: OwnGrant; readonly audience?: undefined }
  );

/** A refresh token (RFC 6749 §1.5). */
export type RefreshToken = Issued & {
  readonly kind: 'refresh_token';
  readonly familyId: string;
  /** The access token that was issued beside it and goes when this one is used. */
  readonly accessKey: Buffer | null;
  readonly spent: Spent | null;
};

/** How a refresh token was spent, and all that is needed to tell its successor again (design: derived, not stored). */
export interface Spent {
  readonly at: Instant;
  /** When the successors were issued and when they expire. `null` for a refresh token that never does. */
  readonly refreshExpiresAt: Instant | null;
  readonly accessExpiresAt: Instant;
  /** Which entry of `secrets.system` the successors were derived with: the first bytes of its SHA-256, so that the order may change. */
  readonly secret: string;
  /** How often it came back since; counted only where the operator sets a limit. */
  readonly reuses?: number;
}

/** How long, and how often in all, a refresh token may be used: the first use counts, 0 sets no limit. */
export interface RotationGrace {
  readonly period: Milliseconds;
  readonly uses: number;
}

/**
 * Whether a spent refresh token that comes back still gets its answer again; otherwise it was stolen (RFC 9700 §4.14.2). Twins
 * read their clocks before one of them wins, so without a period no comparison of times may decide.
 */
export function isInGrace({ at, reuses = 0 }: Spent, { period, uses }: RotationGrace, now: Instant): boolean {
  return period > 0 && now < at + period && (uses === 0 || 1 + reuses < uses);
}

export type Token = AccessToken | RefreshToken;
