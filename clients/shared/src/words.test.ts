import { expect, test } from 'vitest';
import { dictionaries, fill, wordsFor } from './words.ts';
import { en } from '../words/en.ts';

test.each(Object.entries(dictionaries))('%s has every word, none empty, with the same places to fill', (_language, words) => {
  expect(Object.keys(words).sort()).toEqual(Object.keys(en).sort());
  for (const [key, english] of Object.entries(en)) {
    const word = words[key as keyof typeof en];
    expect(word.trim(), key).not.toBe('');
    expect((word.match(/\{\d\}/g) ?? []).sort(), key).toEqual((english.match(/\{\d\}/g) ?? []).sort());
  }
});

test('An unknown language reads English', () => {
  expect(wordsFor('xx-YY')).toBe(en);
  expect(wordsFor(undefined)).toBe(en);
});

test('Places are filled in order of their number', () => {
  expect(fill('{1} of {0}', 4, 'one')).toBe('one of 4');
});
