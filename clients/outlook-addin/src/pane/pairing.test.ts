import { expect, test } from 'vitest';
import { Refused, Unreachable } from '../../../shared/src/api.ts';
import { pollAfter } from './pairing.ts';

test.each([
  ['authorization_pending', 5, 5],
  ['slow_down', 5, 10],
  ['access_denied', 5, 'denied'],
  ['expired_token', 5, 'expired'],
  ['invalid_grant', 5, 'expired'],
])('%s at an interval of %i s leads to %s', (code, interval, expected) => {
  expect(pollAfter(new Refused(400, '', code), interval)).toBe(expected);
});

test('A server that is away is asked less often, and never given up', () => {
  expect(pollAfter(new Unreachable(), 5)).toBe(10);
  expect(pollAfter(new Unreachable(), 25)).toBe(30);
});
