import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { build, type InlineConfig } from 'vite';
import { eventsConfig } from './outlook-addin/events.config.ts';
import { iconPng } from './outlook-addin/icon.ts';

/** Builds every client into the server's wwwroot; see README.md for where the server mounts each folder. */
const here = import.meta.dirname;
const out = resolve(here, '../src/Waybill.Server/wwwroot/clients');
await rm(out, { recursive: true, force: true });

const common = {
  configFile: false,
  logLevel: 'warn',
  build: { modulePreload: { polyfill: false }, emptyOutDir: false, assetsInlineLimit: 0 },
} satisfies InlineConfig;

await build({
  ...common,
  root: resolve(here, 'outlook-addin'),
  base: '/addin/',
  publicDir: 'public',
  build: { ...common.build, outDir: resolve(out, 'addin'), target: 'es2020', rolldownOptions: { input: resolve(here, 'outlook-addin/pane.html') } },
});

await build({ ...eventsConfig, build: { ...eventsConfig.build, outDir: resolve(out, 'addin') } });

await build({
  ...common,
  root: resolve(here, 'outlook-simulator'),
  base: '/demo/outlook/',
  publicDir: false,
  build: { ...common.build, outDir: resolve(out, 'simulator'), target: 'es2022' },
});

await mkdir(resolve(out, 'addin/icons'), { recursive: true });
for (const size of [16, 32, 64, 80, 128]) await writeFile(resolve(out, `addin/icons/icon-${size}.png`), iconPng(size));

// Microsoft's office.js, unmodified, only what Outlook on the web loads; for the demo. Production pages use Microsoft's CDN.
const office = resolve(here, 'node_modules/@microsoft/office-js/dist');
for (const file of ['office.js', 'outlook-web-16.01.js', 'o15apptofilemappingtable.js', 'en-us', 'pl-pl']) {
  const filter = (source: string) => !source.endsWith('.debug.js');
  await mkdir(resolve(out, 'office'), { recursive: true });
  await cp(resolve(office, file), resolve(out, 'office', file), { recursive: true, filter });
}
await cp(resolve(here, 'outlook-simulator/office/MicrosoftAjax.js'), resolve(out, 'office/MicrosoftAjax.js'));
await cp(resolve(office, '../LICENSE.md'), resolve(out, 'office/LICENSE.md'));
