/** Puts access tokens into a store as the server itself would, many at a time, and writes them to a file. A program. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { mintOpaque } from '../../../packages/hydrant/dist/crypto/opaque-token.js';
import { systemRandom } from '../../../packages/hydrant/dist/crypto/random.js';
import { createSecretRing } from '../../../packages/hydrant/dist/crypto/secret-ring.js';
import { systemClock } from '../../../packages/hydrant/dist/protocol/time.js';
import { openStore } from '../../../packages/hydrant/dist/sql/index.js';

const { DSN = '', SECRETS_SYSTEM = '', CLIENT_ID = '', COUNT, FILE = '', LIFE_MS, SPREAD_MS = '0' } = process.env;
/** As the server's own statement for a full batch. */
const BATCH = 256;

const ring = createSecretRing([SECRETS_SYSTEM]);
const store = await openStore({ dsn: DSN, ring, clock: systemClock });
const file = openSync(FILE, 'w');
const own = { subject: CLIENT_ID, grantedScope: ['read', 'write'], grantedAudience: [], ext: {} };
const [count, first] = [Number(COUNT), Date.now() + Number(LIFE_MS)];
for (let made = 0; made < count; ) {
  const tokens = [];
  let lines = '';
  for (; tokens.length < BATCH && made < count; made++) {
    const expiresAt = first + (Number(SPREAD_MS) * made) / count;
    const { token, key } = mintOpaque('access_token', expiresAt, ring, systemRandom);
    const issued = { key, clientId: CLIENT_ID, issuedAt: Date.now() };
    tokens.push(/** @type {const} */ ({ kind: 'access_token', familyId: null, own, ...issued }));
    lines += `${token}\n`;
  }
  await store.tokens.insert(tokens);
  writeSync(file, lines);
}
closeSync(file);
await store.close();
