import { build, type Rolldown } from 'vite';
import { expect, test } from 'vitest';
import { eventsConfig } from './events.config.ts';

test('The event bundle is one ES2016 script that needs no page', async () => {
  const outputs = (await build({ ...eventsConfig, build: { ...eventsConfig.build, write: false } })) as Rolldown.RolldownOutput[];
  const files = outputs.flatMap((o) => o.output);
  expect(files.map((f) => f.fileName)).toEqual(['events.js']);
  const code = files[0]?.type === 'chunk' ? files[0].code : '';
  expect(code).toContain('onMessageSend');
  expect(code).toContain('~host~');
  // ES2017 and later, and what Outlook's script engine lacks.
  for (const absent of [/\basync\b/, /\bawait\b/, /\?\./, /\?\?/, /\{\.\.\./, /catch\s*\{/, /\bimport\b/, /\bdocument\b/, /\bwindow\b/, /localStorage/, /\.replaceAll\(/, /Object\.(entries|values|fromEntries)/])
    expect(code.replace(/`[^`]*`|"[^"]*"/g, '')).not.toMatch(absent);
});
