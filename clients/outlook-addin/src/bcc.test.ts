import { expect, test } from 'vitest';
import { changedBcc, includesAddress, withoutAddress } from './bcc.ts';

const ours = '1000001@bcc.waybill.test';
const [maria, jan] = [
  { emailAddress: 'm@c.test', displayName: 'Maria Nowak' },
  { emailAddress: 'j@l.test', displayName: 'Lis, Jan' },
];
const own = { emailAddress: ours.toUpperCase(), displayName: 'Waybill' };

test('Exactly our address is taken out; the others keep names and order', () => {
  expect(withoutAddress([maria, own, jan], ours)).toEqual([maria, jan]);
  expect(withoutAddress([maria, { emailAddress: `x${ours}`, displayName: '' }], ours)).toHaveLength(2);
});

test('Case does not hide our address', () => {
  expect(includesAddress([own], ours)).toBe(true);
  expect(includesAddress([maria], ours)).toBe(false);
});

test.each([
  ['nothing to do', [maria, own], [ours], [], null],
  ['added once', [maria], [ours, ours], [], [maria, { emailAddress: ours, displayName: ours }]],
  ['taken out', [own, maria], [], [ours], [maria]],
  ['not there anyway', [maria], [], [ours], null],
])('The Bcc the server asks for: %s', (_name, before, add, remove, after) => {
  expect(changedBcc(before, add, remove)).toEqual(after);
});
