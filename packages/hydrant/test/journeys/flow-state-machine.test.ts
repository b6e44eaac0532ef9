import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Hydrant, startHydrant } from '../support/start-hydrant.js';

/**
 * A flow held against a model of it: whatever the login app, the consent app and the browser do in whatever order, each
 * step answers as the model says, and a flow gives one code at most, which gives tokens once at most.
 */
type Step =
  | 'accept login'
  | 'reject login'
  | 'follow login'
  | 'accept consent'
  | 'reject consent'
  | 'follow consent'
  | 'redeem';
type Stage =
  | 'login_asked'
  | 'login_accepted'
  | 'login_rejected'
  | 'consent_asked'
  | 'consent_accepted'
  | 'consent_rejected'
  | 'finished';

const CALLBACK = 'https://app.example.com/callback';
const REFUSAL = { error: 'access_denied', error_description: 'The app said no.' };

let hydrant: Hydrant;
beforeAll(async () => {
  hydrant = await startHydrant();
  const client = {
    client_id: 'modelled',
    client_secret: 'a-secret-of-tests',
    redirect_uris: [CALLBACK],
    scope: 'openid',
    grant_types: ['authorization_code'],
  };
  expect((await send('POST', '/admin/clients', client)).status).toBe(201);
});
afterAll(() => hydrant.close());

async function send(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; json: Record<string, unknown> }> {
  const response = await fetch(hydrant.adminUrl + path, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    json: response.status === 204 ? {} : ((await response.json()) as Record<string, unknown>),
  };
}

/** One flow in one browser. */
class Walk {
  stage: Stage = 'login_asked';
  readonly #cookies = new Map<string, string>();
  #challenges = { login: '', consent: '' };
  #verifiers = { login: '', consent: '' };
  readonly codes: string[] = [];
  tokens = 0;

  async begin(): Promise<void> {
    const query = new URLSearchParams({
      client_id: 'modelled',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: CALLBACK,
      state: 'a-state-of-tests',
    });
    const location = await this.#visit(`${hydrant.publicUrl}/oauth2/auth?${query}`);
    this.#challenges.login = location.searchParams.get('login_challenge') ?? '';
    // The verifiers are made of the challenges by the server alone; until the app decides, nobody has one.
  }

  async #visit(url: string): Promise<URL> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return new URL(response.headers.get('location') ?? 'about:blank');
  }

  #decide(
    what: 'login' | 'consent',
    how: 'accept' | 'reject',
  ): Promise<{ status: number; json: Record<string, unknown> }> {
    const accepted = what === 'login' ? { subject: 'ann' } : { grant_scope: ['openid'] };
    const path = `/admin/oauth2/auth/requests/${what}/${how}?${what}_challenge=${encodeURIComponent(this.#challenges[what])}`;
    return send('PUT', path, how === 'accept' ? accepted : REFUSAL);
  }

  async take(step: Step): Promise<void> {
    const [how, what] = step.split(' ') as ['accept' | 'reject' | 'follow', 'login' | 'consent'];
    if (step === 'redeem') return this.#redeem();
    if (how === 'follow') return what === 'login' ? this.#followLogin() : this.#followConsent();
    if (this.#challenges[what] === '') return;
    const { status, json } = await this.#decide(what, how);
    const unseen = what === 'consent' && this.stage.startsWith('login_');
    expect([step, this.stage, status]).toEqual([step, this.stage, unseen ? 404 : 200]);
    if (unseen) return;
    this.#verifiers[what] = String(json.redirect_to);
    if (this.stage !== 'finished') this.stage = `${what}_${how}ed`;
  }

  async #followLogin(): Promise<void> {
    if (this.#verifiers.login === '') return;
    const location = await this.#visit(this.#verifiers.login);
    if (this.stage === 'login_rejected' || this.stage === 'finished') {
      expect(location.searchParams.get('error')).toBe('access_denied');
      return;
    }
    this.#challenges.consent = location.searchParams.get('consent_challenge') ?? '';
    expect(this.#challenges.consent).not.toBe('');
    if (this.stage === 'login_accepted') this.stage = 'consent_asked';
  }

  async #followConsent(): Promise<void> {
    if (this.#verifiers.consent === '') return;
    const location = await this.#visit(this.#verifiers.consent);
    const code = location.searchParams.get('code');
    expect([this.stage, code !== null]).toEqual([this.stage, this.stage === 'consent_accepted']);
    if (code === null) {
      expect(location.searchParams.get('error')).toBe('access_denied');
      return;
    }
    this.codes.push(code);
    this.stage = 'finished';
  }

  async #redeem(): Promise<void> {
    const [code] = this.codes;
    if (code === undefined) return;
    const response = await fetch(`${hydrant.publicUrl}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('modelled:a-secret-of-tests').toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK }),
    });
    expect(response.status).toBe(this.tokens === 0 ? 200 : 400);
    this.tokens += 1;
  }
}

const STEPS: readonly Step[] = [
  'accept login',
  'reject login',
  'follow login',
  'accept consent',
  'reject consent',
  'follow consent',
  'redeem',
];

test('in whatever order its steps are taken, a flow answers as its model does and gives one code at most', async () => {
  const towardsTheEnd = fc.constantFrom<Step>('accept login', 'follow login', 'accept consent', 'follow consent');
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(towardsTheEnd, fc.constantFrom(...STEPS)), { minLength: 4, maxLength: 16 }),
      async (steps) => {
        const walk = new Walk();
        await walk.begin();
        for (const step of steps) await walk.take(step);
        expect(walk.codes.length).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 60 },
  );
});
