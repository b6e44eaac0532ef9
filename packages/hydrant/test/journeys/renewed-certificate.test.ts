/** A certificate that is renewed while the server runs. */
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { filesOf, shownBy } from '../contract/configuration/tls.js';
import { CERTIFICATE_ONE, CERTIFICATE_TWO } from '../support/certificates.js';
import { eventually } from '../support/eventually.js';
import { startHydrant } from '../support/start-hydrant.js';

test('is in use for new connections; one that is no good is told, and the old one stays', async () => {
  using files = filesOf(CERTIFICATE_ONE);
  const log: string[] = [];
  const settings = { SERVE_TLS_ENABLED: 'true', SERVE_TLS_KEY_PATH: files.key, SERVE_TLS_CERT_PATH: files.cert };
  await using hydrant = await startHydrant({ settings, log });
  const shown = async () => [await shownBy(hydrant, 'public'), await shownBy(hydrant, 'admin')];
  const told = () => log.filter((line) => line.includes('certificate in use stays'));

  // Between the two halves of a renewal, key and certificate do not fit.
  files.put({ ...CERTIFICATE_TWO, key: CERTIFICATE_ONE.key });
  hydrant.kick('renew-certificates');
  await eventually('both listeners tell of it', () => told().length === 2);
  expect(await shown()).toEqual([CERTIFICATE_ONE.name, CERTIFICATE_ONE.name]);

  files.put(CERTIFICATE_TWO);
  hydrant.kick('renew-certificates');
  await eventually('the new one is shown', async () => (await shownBy(hydrant, 'admin')) === CERTIFICATE_TWO.name);
  expect(await shown()).toEqual([CERTIFICATE_TWO.name, CERTIFICATE_TWO.name]);

  rmSync(files.key);
  hydrant.kick('renew-certificates');
  await eventually('the loss is told', () => told().some((line) => line.includes('there is no such file')));
  expect(await shown()).toEqual([CERTIFICATE_TWO.name, CERTIFICATE_TWO.name]);
});
