import { call, Refused, Unreachable, type DeviceGrant, type TokenAnswer } from '../../../shared/src/api.ts';
import { clientId } from './session.ts';

const grantType = 'urn:ietf:params:oauth:grant-type:device_code';

export type Outcome = { result: 'approved'; tokens: TokenAnswer } | { result: 'expired' | 'denied' | 'cancelled' };

export function askForCode(): Promise<DeviceGrant> {
  return call<DeviceGrant>('/connect/device', { form: { client_id: clientId, scope: 'offline_access compose' } });
}

/** Asks for the token until there is an answer (RFC 8628 section 3.5), one request at a time. */
export async function waitForApproval(grant: DeviceGrant, cancelled: AbortSignal): Promise<Outcome> {
  const end = Date.now() + grant.expires_in * 1000;
  let interval = Math.max(grant.interval, 1);
  while (Date.now() < end) {
    await pause(interval * 1000, cancelled);
    if (cancelled.aborted) return { result: 'cancelled' };
    try {
      const form = { grant_type: grantType, device_code: grant.device_code, client_id: clientId };
      return { result: 'approved', tokens: await call<TokenAnswer>('/connect/token', { form }) };
    } catch (error) {
      const next = pollAfter(error, interval);
      if (typeof next === 'string') return { result: next };
      interval = next;
    }
  }
  return { result: 'expired' };
}

/** The next interval in seconds, or how it ended. */
export function pollAfter(error: unknown, interval: number): number | 'expired' | 'denied' {
  if (error instanceof Unreachable) return Math.min(interval * 2, 30);
  if (!(error instanceof Refused)) throw error;
  switch (error.code) {
    case 'authorization_pending':
      return interval;
    case 'slow_down':
      return interval + 5;
    case 'access_denied':
      return 'denied';
    default:
      return 'expired';
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
