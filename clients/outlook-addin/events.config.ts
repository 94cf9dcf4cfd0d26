import { resolve } from 'node:path';
import type { InlineConfig } from 'vite';

/** Classic Outlook runs the event code without a page: one file, a fixed name, no modules, ES2016. */
export const eventsConfig = {
  configFile: false,
  logLevel: 'warn',
  root: import.meta.dirname,
  publicDir: false,
  build: {
    target: 'es2016',
    emptyOutDir: false,
    modulePreload: { polyfill: false },
    lib: { entry: resolve(import.meta.dirname, 'src/events/launch.ts'), formats: ['iife'], name: 'waybill', fileName: () => 'events.js' },
  },
} satisfies InlineConfig;
