import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const manifest = readFileSync(resolve(import.meta.dirname, 'public/manifest.xml'), 'utf8');
const launch = readFileSync(resolve(import.meta.dirname, 'src/events/launch.ts'), 'utf8');
const all = (pattern: RegExp) => [...manifest.matchAll(pattern)].map((m) => m[1] ?? '');

test('Every resource that is used is defined, and the other way round', () => {
  const used = new Set(all(/\bresid="([^"]+)"/g));
  const defined = new Set(all(/<bt:(?:Image|Url|String) id="([^"]+)"/g));
  expect([...used].sort()).toEqual([...defined].sort());
});

test('Every address is HTTPS on the placeholder host, and names a page or picture that is built', () => {
  const addresses = all(/DefaultValue="([a-z]+:\/\/[^"]*)"/g);
  expect(addresses.length).toBeGreaterThan(5);
  for (const address of addresses) expect(address).toMatch(/^https:\/\/~host~\/($|addin\/(pane\.html|events\.html|events\.js|icons\/icon-(16|32|64|80|128)\.png)$)/);
});

test('The launch events call functions that the bundle has, and never hold a mail back', () => {
  const functions = all(/FunctionName="([^"]+)"/g);
  expect(functions).toEqual(['onNewMessageCompose', 'onMessageSend']);
  for (const name of functions) expect(launch).toContain(`Office.actions.associate('${name}'`);
  expect(manifest).toContain('SendMode="PromptUser"');
});

test('It installs where Exchange stops at Mailbox 1.5, and asks for no more than the mail in hand', () => {
  const required = all(/(?:MinVersion|DefaultMinVersion)="1\.(\d+)"/g).map(Number);
  expect(Math.max(...required)).toBeLessThanOrEqual(5);
  expect(manifest).toContain('<Permissions>ReadWriteItem</Permissions>');
  expect(manifest).toContain('<ExtendedPermission>AppendOnSend</ExtendedPermission>');
});
