import { en } from '../words/en.ts';

export type Words = { readonly [key in keyof typeof en]: string };

/** A new language is a file in words/ and a line here; the compiler asks for every key. */
export const dictionaries: Readonly<Record<string, Words>> = { en };

/** `locale` as Outlook gives it, `pl-PL`; English where there is no dictionary. */
export function wordsFor(locale: string | undefined): Words {
  return dictionaries[(locale ?? 'en').slice(0, 2).toLowerCase()] ?? en;
}

export function fill(sentence: string, ...values: (string | number)[]): string {
  return sentence.replace(/\{(\d)\}/g, (_, at: string) => String(values[Number(at)] ?? ''));
}
