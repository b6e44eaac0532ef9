/** The tables that the migrations make, for whoever copies whole databases; a test holds this list against them. */

export type Kind = 'bytes' | 'text' | 'number';

export interface Table {
  readonly name: string;
  /** Every column with what it holds. */
  readonly columns: Readonly<Record<string, Kind>>;
  /** The columns of the primary key, in its order. */
  readonly key: readonly string[];
}

/** All that holds data. The table of migrations is about the schema, and not among them. */
export const tables: readonly Table[] = [
  table('client', ['id'], {
    text: ['id', 'name', 'owner', 'body'],
    number: ['born_at', 'access_tokens_revoked_at', 'revision'],
  }),
  table('jwk', ['set_id', 'kid'], {
    text: ['set_id', 'kid', 'sealed'],
    number: ['generated', 'created_at', 'place'],
  }),
  table('change_clock', ['topic'], { text: ['topic'], number: ['version'] }),
  table('flow', ['key'], {
    bytes: ['key'],
    text: ['stage', 'client_id', 'remembered_subject', 'login_subject', 'request', 'login', 'consent', 'rejection'],
    number: ['consent_skip'],
  }),
  table('token_family', ['id'], {
    bytes: ['code_key'],
    text: ['id', 'client_id', 'subject', 'session_id', 'consent_kind', 'consent', 'hook_claims', 'body'],
    number: ['code_spent_at', 'ended_at', 'keep_until', 'consent_until'],
  }),
  table('token', ['key'], {
    bytes: ['key', 'access_key'],
    text: ['kind', 'family_id', 'client_id', 'own', 'spent'],
    number: ['issued_at', 'spent_at'],
  }),
  table('login_session', ['id'], {
    text: ['id', 'subject', 'identity_provider_session'],
    number: ['authenticated_at', 'expires_at'],
  }),
  table('forced_subject', ['client_id', 'subject', 'identifier'], {
    text: ['client_id', 'subject', 'identifier'],
    number: ['place'],
  }),
  table('used_jti', ['digest'], { bytes: ['digest'], number: ['expires_at'] }),
  table('logout_request', ['key'], { bytes: ['key'], text: ['stage', 'body'] }),
  table('logout_notice', ['id'], {
    text: ['id', 'client_id', 'session_id'],
    number: ['attempts', 'due_at', 'created_at'],
  }),
  table('device_request', ['key'], {
    bytes: ['key', 'user_code'],
    text: ['stage', 'body'],
    number: ['poll_count', 'polled_at', 'poll_early'],
  }),
  table('device_visit', ['key'], {
    bytes: ['key', 'device_key'],
    text: ['request_url'],
    number: ['wrong_codes'],
  }),
  table('trusted_issuer', ['id'], {
    text: ['id', 'issuer', 'subject', 'kid', 'scope'],
    number: ['any_subject', 'created_at', 'expires_at'],
  }),
  table('client_secret_use', ['client_id', 'secret_created_at'], {
    text: ['client_id'],
    number: ['secret_created_at', 'used_at'],
  }),
];

function table(name: string, key: readonly string[], kinds: Partial<Record<Kind, readonly string[]>>): Table {
  const of = (kind: Kind) => (kinds[kind] ?? []).map((column): [string, Kind] => [column, kind]);
  return { name, key, columns: Object.fromEntries([...of('bytes'), ...of('text'), ...of('number')]) };
}
