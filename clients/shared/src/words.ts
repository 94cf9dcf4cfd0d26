import { en } from '../words/en.ts';
import { pl } from '../words/pl.ts';

export type Words = { readonly [key in keyof typeof en]: string };

/** A new language is a file in words/ and a line here; the compiler asks for every key. */
export const dictionaries: Readonly<Record<string, Words>> = { en, pl };

/** `locale` as Outlook gives it, `pl-PL`; English where there is no dictionary. */
export function wordsFor(locale: string | undefined): Words {
  return dictionaries[languageOf(locale)] ?? en;
}

export function languageOf(locale: string | undefined): string {
  const language = (locale ?? 'en').slice(0, 2).toLowerCase();
  return language in dictionaries ? language : 'en';
}

/** `1 record`, `5 records`; a language with more forms has them in `many`, parted by a bar: the first for what ends in 2 to 4, but not in 12 to 14. */
export function count(n: number, one: string, many: string): string {
  const [few = many, rest = few] = many.split('|');
  return fill(n === 1 ? one : /(^|[^1])[2-4]$/.test(String(n)) ? few : rest, n);
}

export function fill(sentence: string, ...values: (string | number)[]): string {
  return sentence.replace(/\{(\d)\}/g, (_, at: string) => String(values[Number(at)] ?? ''));
}
