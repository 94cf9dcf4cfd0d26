import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AddinFrame, Completed } from './addinFrame.ts';
import { askAddin, type SmartAlert } from './send.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new Promise<never>(() => {});

function ask(completed: Promise<Completed>, alert: Partial<SmartAlert> = {}) {
  const said: string[] = [];
  const runtime = { launch: () => completed } as unknown as AddinFrame;
  const smartAlert: SmartAlert = {
    slow: () => (said.push('slow'), never),
    denied: (message) => (said.push(message), Promise.resolve(false)),
    close: () => void said.push('close'),
    ...alert,
  };
  return { said, result: askAddin(runtime, 'onMessageSend', smartAlert) };
}

const later = <T>(milliseconds: number, value: T) => new Promise<T>((resolve) => setTimeout(() => resolve(value), milliseconds));

test('A handler that allows sends at once', async () => {
  const { said, result } = ask(Promise.resolve({ allowEvent: true }));
  expect(await result).toBe(true);
  expect(said).toEqual([]);
});

test('A handler that does not allow asks the writer, who decides', async () => {
  const denied = Promise.resolve({ allowEvent: false, errorMessage: 'Look again' });
  const { said, result } = ask(denied);
  expect(await result).toBe(false);
  expect(said).toEqual(['Look again']);
  expect(await ask(denied, { denied: () => Promise.resolve(true) }).result).toBe(true);
});

test('A slow handler is said to be slow, and its answer still counts', async () => {
  const { said, result } = ask(later(7000, { allowEvent: true }));
  await vi.advanceTimersByTimeAsync(7000);
  expect(await result).toBe(true);
  expect(said).toEqual(['slow', 'close']);
});

test('A handler that never ends does not hold the mail back', async () => {
  const { result } = ask(never);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await result).toBe(true);
});

test('While it is slow the writer may go back to the mail or send at once', async () => {
  const back = ask(never, { slow: () => Promise.resolve(false) });
  const anyway = ask(never, { slow: () => Promise.resolve(true) });
  await vi.advanceTimersByTimeAsync(5000);
  expect(await back.result).toBe(false);
  expect(await anyway.result).toBe(true);
});
