import { describe, expect, test } from 'vitest';
import { systemRandom, timeOrderedId } from './random.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('systemRandom', () => {
  test('gives bytes that belong to the caller and are never given twice', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 2000; i++) {
      const bytes = systemRandom.bytes(16);
      seen.add(bytes.toString('hex'));
      bytes.fill(0);
    }
    expect(seen.size).toBe(2000);
    expect(seen).not.toContain('00'.repeat(16));
  });

  test.each([0, 1, 4095, 4096, 4097, 10_000])('gives %i bytes', (length) => {
    const bytes = systemRandom.bytes(length);
    expect(bytes.length).toBe(length);
    if (length > 4000) expect(new Set(bytes).size).toBe(256);
  });

  test('gives UUIDs of version 4', () => {
    const ids = Array.from({ length: 1000 }, () => systemRandom.uuid());
    expect(new Set(ids).size).toBe(1000);
    for (const id of ids) expect(UUID.exec(id)?.[1]).toBe('4');
  });
});

describe('timeOrderedId', () => {
  test('is a UUID of version 7 that begins with the time', () => {
    // The example of RFC 9562 appendix A.6.
    const id = timeOrderedId(0x017f22e279b0, {
      ...systemRandom,
      bytes: () => Buffer.from('cc318c4dc0c0c07398f0', 'hex'),
    });
    expect(id).toMatch(/^017f22e2-79b0-7/);
    expect(UUID.exec(id)?.[1]).toBe('7');
  });

  test('sorts by time', () => {
    const times = [0, 1, 1000, 1_700_000_000_000.5, 1_700_000_000_001, 4_000_000_000_000];
    const ids = times.map((time) => timeOrderedId(time, systemRandom));
    expect([...ids].sort()).toEqual(ids);
  });
});
