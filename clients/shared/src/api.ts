/** Types of the compose API and the one way every client calls the server. */

export type Kind = 'to' | 'cc' | 'bcc';
export type Recipient = { kind: Kind; address: string; name: string };

export type Start = {
  account: { name: string; id: number | string };
  user: { email: string; name: string; seat: 'free' | 'sales'; language: string };
  bccAddress: string;
  defaults: { track: boolean; log: boolean };
  canTrack: boolean;
  canTrackClicks: boolean;
  trackLabel: string;
};

export type DraftRequest = {
  draftId?: string;
  from: string;
  recipients: Recipient[];
  subject?: string;
  track: boolean;
  log: boolean;
};

export type Reason = { text: string; actionText?: string; actionUrl?: string };
export type RecordType = 'contact' | 'company' | 'deal' | 'ticket';
export type LogRecord = { id: string; type: RecordType; name: string; detail?: string; why: string; willBeCreated?: boolean };
export type Person = { address: string; name: string; contactId?: string; company?: string; owner?: string; lastTouch?: string };

export type DraftAnswer = {
  draftId: string;
  ticket: string;
  pixelHtml: string | null;
  bccAddress: string;
  track: { allowed: boolean; sentence: string; reason?: Reason };
  log: { sentence: string; records: LogRecord[] };
  recipients: Person[];
};

export type SendRequest = {
  from: string;
  recipients: Recipient[];
  subject: string;
  html: string;
  hasInlineImages: boolean;
  pixelAppended: boolean;
  track: boolean;
  log: boolean;
  /** The pane prepares the mail while it is written, in hosts without send events. */
  prepare?: boolean;
};

export type SendAnswer = {
  html: string | null;
  pixelHtml: string | null;
  headers: Record<string, string>;
  bcc: { add: string[]; remove: string[] };
  message?: string;
};

/** RFC 8628 section 3.2. */
export type DeviceGrant = {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  expires_in: number;
  interval: number;
};
export type TokenAnswer = { access_token: string; refresh_token: string; expires_in: number };

/** The server answered and said no. `code` is OAuth's `error`, else empty. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, detail: string, code: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

/** Nothing usable came back in time: no network, no server, no answer within the bound. */
export class Unreachable extends Error {}

type Call = { json?: unknown; form?: Record<string, string>; authorization?: string; timeoutMs?: number };

/** Plain fetch under a bound that covers connecting, sending and reading. Uses nothing that Outlook's event runtime lacks. */
export function call<T>(url: string, { json, form, authorization, timeoutMs = 10_000 }: Call = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (authorization) headers['Authorization'] = authorization;
  let body: string | null = null;
  if (json !== undefined) {
    headers['Content-Type'] = 'application/json';
    body = JSON.stringify(json);
  } else if (form) {
    headers['Content-Type'] = 'application/x-www-form-urlencoded';
    body = Object.keys(form)
      .map((key) => `${encodeURIComponent(key)}=${encodeURIComponent(form[key] ?? '')}`)
      .join('&');
  }
  const answer = fetch(url, { method: body === null ? 'GET' : 'POST', headers, body, credentials: 'omit' }).then(read<T>, unreachable);
  return within(timeoutMs, answer);
}

export function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Unreachable('No answer in time')), milliseconds);
    work.then(
      (value) => (clearTimeout(timer), resolve(value)),
      (error: unknown) => (clearTimeout(timer), reject(error instanceof Error ? error : new Error(String(error)))),
    );
  });
}

async function read<T>(response: Response): Promise<T> {
  const text = await response.text().catch(unreachable);
  let body: unknown = null;
  try {
    body = text === '' ? null : JSON.parse(text);
  } catch {
    if (response.ok) throw new Unreachable('The answer is not JSON');
  }
  if (response.ok) return body as T;
  // 502 to 504 are a proxy saying that the server behind it is away.
  if (response.status >= 502 && response.status <= 504) throw new Unreachable(`Status ${response.status}`);
  const problem = (body ?? {}) as { detail?: string; title?: string; error?: string; error_description?: string };
  throw new Refused(response.status, problem.detail ?? problem.error_description ?? problem.title ?? `Status ${response.status}`, problem.error ?? '');
}

function unreachable(): never {
  throw new Unreachable('No connection');
}
