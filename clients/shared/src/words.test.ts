import { expect, test } from 'vitest';
import { count, dictionaries, fill, wordsFor } from './words.ts';
import { en } from '../words/en.ts';

test.each(Object.entries(dictionaries))('%s has every word, none empty, with the same places to fill', (_language, words) => {
  expect(Object.keys(words).sort()).toEqual(Object.keys(en).sort());
  for (const [key, english] of Object.entries(en)) {
    const word = words[key as keyof typeof en];
    expect(word.trim(), key).not.toBe('');
    for (const form of word.split('|')) expect((form.match(/\{\d\}/g) ?? []).sort(), key).toEqual((english.match(/\{\d\}/g) ?? []).sort());
  }
});

test.each([
  ['en', 1, '1 record'],
  ['en', 2, '2 records'],
  ['pl', 1, '1 rekord'],
  ['pl', 2, '2 rekordy'],
  ['pl', 5, '5 rekordów'],
  ['pl', 12, '12 rekordów'],
  ['pl', 22, '22 rekordy'],
  ['pl', 113, '113 rekordów'],
])('In %s %i of them are called %s', (language, n, said) => {
  const words = wordsFor(language);
  expect(count(n, words.oneRecord, words.records)).toBe(said);
});

test('An unknown language reads English', () => {
  expect(wordsFor('xx-YY')).toBe(en);
  expect(wordsFor(undefined)).toBe(en);
});

test('Places are filled in order of their number', () => {
  expect(fill('{1} of {0}', 4, 'one')).toBe('one of 4');
});
