import { expect, test } from 'vitest';
import { renewCertificates } from './renew-certificates.js';

test('a certificate that is no good is told once, does not stop the others, and is told again after a good one', async () => {
  const warnings: string[] = [];
  let trouble: string | undefined = 'half of it is missing';
  let others = 0;
  const first = () => {
    if (trouble !== undefined) throw new Error(trouble);
  };
  const second = () => void others++;
  const job = renewCertificates({ renewals: [first, second], events: { warning: (text) => void warnings.push(text) } });
  const round = () => job.run(new AbortController().signal);

  await round();
  await round();
  expect(warnings).toEqual(['The certificate in use stays: half of it is missing']);
  expect(others).toBe(2);

  trouble = undefined;
  await round();
  trouble = 'half of it is missing';
  await round();
  expect(warnings).toHaveLength(2);
});
