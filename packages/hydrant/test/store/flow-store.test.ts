import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CONSENT_OPEN, type Flow, type FlowStep, LOGIN_OPEN } from '../../src/model/index.js';
import { forEachDialect, forEachSharedDialect, NOW, race } from './support/for-each-dialect.js';
import {
  aConsent,
  aDecision,
  aFamily,
  aFlow,
  aLogin,
  anAccessToken,
  givenAccepted,
  givenFamily,
  HOUR,
  handleKey,
  rejection,
} from './support/records.js';
import { anyText } from './support/texts.js';

const acceptLogin: FlowStep = { to: 'login_accepted', login: aLogin() };
const askConsent: FlowStep = { to: 'consent_asked', consentSkip: true };
const acceptConsent: FlowStep = { to: 'consent_accepted', consent: aDecision({ context: [1, null] }) };

forEachDialect('flow store', (stores) => {
  test('a flow of every stage comes back as it was stored', async () => {
    const store = await stores.open();
    const begun = () => ({
      key: handleKey(),
      request: aFlow({ remembered: { subject: 'alice', authenticatedAt: NOW } }).request,
    });
    const loggedIn = () => ({ ...begun(), login: aLogin({ context: undefined }), consentSkip: true });
    const flows: Flow[] = [
      { ...begun(), stage: 'login_asked' },
      { ...begun(), stage: 'login_accepted', login: aLogin() },
      { ...begun(), stage: 'login_rejected', rejection },
      { ...loggedIn(), stage: 'consent_asked' },
      { ...loggedIn(), stage: 'consent_accepted', consent: aDecision() },
      { ...loggedIn(), stage: 'consent_rejected', rejection },
      { ...loggedIn(), stage: 'finished', consent: aDecision({ context: null }) },
    ];
    for (const flow of flows) {
      await store.flows.insert(flow);
      expect(await store.flows.find(flow.key)).toEqual(flow);
    }
    expect(await store.flows.find(handleKey())).toBeUndefined();
  });

  test('texts of every kind survive', async () => {
    const store = await stores.open();
    const text = anyText(30);
    await fc.assert(
      fc.asyncProperty(text, text, fc.array(text), fc.jsonValue(), async (subject, url, scope, context) => {
        const flow = aFlow({ clientId: `${url}|`, requestUrl: url, requestedScope: scope });
        const login = aLogin({ subject, context: JSON.parse(JSON.stringify(context)) });
        await store.flows.insert(flow);
        const after = await store.flows.advance(flow.key, ['login_asked'], { to: 'login_accepted', login });
        expect(after).toEqual({ ...flow, stage: 'login_accepted', login });
        expect((await store.flows.findWithConsent(flow.key, NOW))?.flow).toEqual(after);
      }),
      { numRuns: 60 },
    );
  });

  test('goes its way step by step and returns the flow after each', async () => {
    const store = await stores.open();
    const flow = aFlow();
    await store.flows.insert(flow);
    const login = aLogin();
    expect(await store.flows.advance(flow.key, LOGIN_OPEN, { to: 'login_rejected', rejection })).toEqual({
      ...flow,
      stage: 'login_rejected',
      rejection,
    });
    expect(await store.flows.advance(flow.key, LOGIN_OPEN, { to: 'login_accepted', login })).toEqual({
      ...flow,
      stage: 'login_accepted',
      login,
    });
    const asked = { ...flow, login, consentSkip: true };
    expect(await store.flows.advance(flow.key, ['login_accepted'], askConsent)).toEqual({
      ...asked,
      stage: 'consent_asked',
    });
    expect(await store.flows.advance(flow.key, CONSENT_OPEN, { to: 'consent_rejected', rejection })).toEqual({
      ...asked,
      stage: 'consent_rejected',
      rejection,
    });
    const consent = aDecision({ context: [1, null] });
    const accepted = { ...asked, stage: 'consent_accepted', consent };
    expect(await store.flows.advance(flow.key, CONSENT_OPEN, acceptConsent)).toEqual(accepted);
    expect(await store.flows.find(flow.key)).toEqual(accepted);
  });

  test('a step from a stage that is over or not yet reached changes nothing', async () => {
    const store = await stores.open();
    const flow = aFlow();
    await store.flows.insert(flow);
    expect(await store.flows.advance(flow.key, ['login_accepted'], askConsent)).toBeUndefined();
    expect(await store.flows.advance(flow.key, [], acceptLogin)).toBeUndefined();
    expect(await store.flows.advance(handleKey(), LOGIN_OPEN, acceptLogin)).toBeUndefined();
    expect(await store.flows.find(flow.key)).toEqual(flow);
  });

  test('a new word about the login takes back the consent that followed', async () => {
    const store = await stores.open();
    const flow = aFlow();
    await store.flows.insert({
      ...flow,
      stage: 'consent_accepted',
      login: aLogin(),
      consentSkip: true,
      consent: aDecision(),
    });
    const login = aLogin({ subject: 'bob' });
    await store.flows.advance(flow.key, ['consent_accepted'], { to: 'login_accepted', login });
    expect(await store.flows.find(flow.key)).toEqual({ ...flow, stage: 'login_accepted', login });
    const asked = await store.flows.advance(flow.key, ['login_accepted'], { to: 'consent_asked', consentSkip: false });
    expect(asked).toEqual({ ...flow, stage: 'consent_asked', login, consentSkip: false });
    await store.flows.advance(flow.key, ['consent_asked'], { to: 'login_rejected', rejection });
    expect(await store.flows.find(flow.key)).toEqual({ ...flow, stage: 'login_rejected', rejection });
  });

  test('a flow of a remembered person takes steps for nobody else', async () => {
    const store = await stores.open();
    const theirs = aFlow({ remembered: { subject: 'alice', authenticatedAt: NOW } });
    const anybodys = aFlow();
    await store.flows.insert(theirs);
    await store.flows.insert(anybodys);
    expect(await store.flows.advance(theirs.key, LOGIN_OPEN, acceptLogin, 'mallory')).toBeUndefined();
    expect(await store.flows.find(theirs.key)).toEqual(theirs);
    expect(await store.flows.advance(theirs.key, LOGIN_OPEN, acceptLogin, 'alice')).toBeDefined();
    expect(await store.flows.advance(anybodys.key, LOGIN_OPEN, acceptLogin, 'mallory')).toBeDefined();
  });

  test('brings the remembered consent of the person who logged in, in the same look-up', async () => {
    const statements: string[] = [];
    const store = await stores.open({ events: { statement: (name) => statements.push(name) } });
    const flow = aFlow();
    await store.flows.insert(flow);
    await givenFamily(store, { subject: 'alice' });
    const newest = await givenFamily(store, { subject: 'alice' });
    await givenFamily(store, { subject: 'alice', consent: aConsent({ skipped: true }) });
    await givenFamily(store, { subject: 'alice', consent: aConsent({ remember: false }) });
    await givenFamily(store, { subject: 'alice', consent: aConsent({ until: NOW }) });
    await givenFamily(store, { subject: 'alice', consent: null });
    await givenFamily(store, { subject: 'alice', clientId: 'another' });
    await givenFamily(store, { subject: 'bob' });

    expect(await store.flows.findWithConsent(flow.key, NOW)).toEqual({ flow, remembered: undefined });
    const after = await store.flows.advance(flow.key, LOGIN_OPEN, acceptLogin);
    statements.length = 0;
    expect(await store.flows.findWithConsent(flow.key, NOW)).toEqual({ flow: after, remembered: newest });
    expect(statements).toEqual(['flow.find_with_consent']);
    expect(await store.consents.remembered('alice', 'app', NOW)).toEqual(newest);
    await store.flows.advance(flow.key, LOGIN_OPEN, { to: 'login_rejected', rejection });
    expect((await store.flows.findWithConsent(flow.key, NOW))?.remembered).toBeUndefined();
    expect(await store.flows.findWithConsent(handleKey(), NOW)).toBeUndefined();
  });

  test('finishing stores what the flow gives', async () => {
    const store = await stores.open();
    const key = await givenAccepted(store);
    const family = aFamily();
    const token = anAccessToken(family.id);
    const seen: Flow[] = [];
    const won = await store.flows.finish(key, (flow) => {
      seen.push(flow);
      return { family, keepUntil: NOW + HOUR, tokens: [token] };
    });
    expect(won).toBe(true);
    expect(seen).toEqual([await store.flows.find(key)]);
    expect(seen[0]?.stage).toBe('finished');
    expect(await store.tokens.find(token.key)).toEqual({ token, family });
    expect(await store.flows.finish(key, () => ({ family: aFamily(), keepUntil: null, tokens: [] }))).toBe(false);
  });

  test('a flow that is not accepted gives nothing, and is not asked what it would give', async () => {
    const store = await stores.open();
    const flow = aFlow();
    await store.flows.insert(flow);
    const asked = () => {
      throw new Error('asked');
    };
    expect(await store.flows.finish(flow.key, asked)).toBe(false);
    expect(await store.flows.finish(handleKey(), asked)).toBe(false);
    expect(await store.flows.find(flow.key)).toEqual(flow);
  });

  test('what a grant throws is thrown on, and the flow stays as it was', async () => {
    const store = await stores.open();
    const key = await givenAccepted(store);
    const before = await store.flows.find(key);
    const refusal = new Error('refused');
    const others = [await givenAccepted(store), await givenAccepted(store)];
    const results = await Promise.allSettled([
      ...others
        .slice(0, 1)
        .map((other) => store.flows.finish(other, () => ({ family: aFamily(), keepUntil: null, tokens: [] }))),
      store.flows.finish(key, () => {
        throw refusal;
      }),
      ...others
        .slice(1)
        .map((other) => store.flows.finish(other, () => ({ family: aFamily(), keepUntil: null, tokens: [] }))),
    ]);
    expect(results).toEqual([
      { status: 'fulfilled', value: true },
      { status: 'rejected', reason: refusal },
      { status: 'fulfilled', value: true },
    ]);
    expect(await store.flows.find(key)).toEqual(before);
    expect(await store.flows.finish(key, () => ({ family: aFamily(), keepUntil: null, tokens: [] }))).toBe(true);
  });

  test('a family that cannot be stored leaves the flow accepted', async () => {
    const store = await stores.open();
    const key = await givenAccepted(store);
    const taken = await givenFamily(store);
    const grant = () => ({ family: taken, keepUntil: null, tokens: [] });
    await expect(store.flows.finish(key, grant)).rejects.toThrow();
    expect((await store.flows.find(key))?.stage).toBe('consent_accepted');
  });

  test('flushes what has expired, in bounded batches, and nothing else', async () => {
    const store = await stores.open();
    const dead = Array.from({ length: 5 }, (_, age) => aFlow({}, handleKey(NOW - age * 1000 - 250)));
    const alive = aFlow({}, handleKey(NOW + 750));
    for (const flow of [...dead, alive]) await store.flows.insert(flow);
    expect(await store.flows.flush(NOW, 3)).toBe(3);
    expect(await store.flows.flush(NOW, 3)).toBe(2);
    expect(await store.flows.flush(NOW, 3)).toBe(0);
    expect(await store.flows.find(alive.key)).toEqual(alive);
  });
});

forEachSharedDialect('flow store of two processes', (stores) => {
  test('one of fifty takes the step', async () => {
    const both = [await stores.open(), await stores.open()];
    const flow = aFlow();
    await both[0]?.flows.insert({ ...flow, stage: 'login_accepted', login: aLogin() });
    expect(await race(both, 50, (store) => store.flows.advance(flow.key, ['login_accepted'], askConsent))).toBe(1);
  });

  test('one of fifty finishes, and only its family is stored', async () => {
    const [one, other] = [await stores.open(), await stores.open()];
    const key = await givenAccepted(one);
    const families = Array.from({ length: 50 }, () => aFamily({ subject: 'racer' }));
    const won = await race([one, other], 50, (store, caller) =>
      store.flows.finish(key, () => ({ family: families[caller] ?? aFamily(), keepUntil: null, tokens: [] })),
    );
    expect(won).toBe(1);
    expect(await other.consents.count({ subject: 'racer', now: NOW })).toBe(1);
  });
});
