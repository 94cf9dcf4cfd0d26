import { expect, test } from 'vitest';
import { isAddress, parseAddresses, withAddresses } from './addresses.ts';

test.each([
  ['', []],
  ['  ,; ', []],
  ['a@b.test', [{ name: 'a@b.test', address: 'a@b.test' }]],
  ['a@b.test, c@d.test;e@f.test\ng@h.test', ['a@b.test', 'c@d.test', 'e@f.test', 'g@h.test'].map((a) => ({ name: a, address: a }))],
  ['Maria Nowak <m@c.test>', [{ name: 'Maria Nowak', address: 'm@c.test' }]],
  ['"Lis, Jan" <j@l.test>; <k@l.test>', [{ name: 'Lis, Jan', address: 'j@l.test' }, { name: 'k@l.test', address: 'k@l.test' }]],
  ['"A \\"B\\" C" <a@b.test>', [{ name: 'A "B" C', address: 'a@b.test' }]],
  ['nobody', [{ name: 'nobody', address: 'nobody' }]],
])('A typed list %j becomes its recipients', (text, expected) => {
  expect(parseAddresses(text)).toEqual(expected);
});

test('Nobody is added twice, whatever the case', () => {
  const [a, b] = [{ name: 'A', address: 'a@b.test' }, { name: 'Other', address: 'A@B.test' }];
  expect(withAddresses([a], [b, { name: 'c', address: 'c@d.test' }])).toEqual([a, { name: 'c', address: 'c@d.test' }]);
});

test.each([
  ['a@b', true],
  ['a b@c', false],
  ['@b', false],
  ['a@', false],
  ['a@b@c', false],
])('%s is an address: %s', (text, expected) => {
  expect(isAddress(text)).toBe(expected);
});
