import { call, Refused, type TokenAnswer } from '../../../shared/src/api.ts';

/** The connection is gone: never made, ended here, or revoked at the server. */
export class SignedOut extends Error {}

type Tokens = { access: string; refresh: string; /** Epoch milliseconds. */ expires: number };
/** `ticket`: the call is made for one draft, as the event runtime makes it. */
type Options = { json?: unknown; timeoutMs?: number; ticket?: string };

export const clientId = 'waybill-pane';

/** The pane's tokens, one connection per mailbox, kept where only this add-in in this Outlook can read them. */
export class Session {
  readonly #key: string;
  #memory: string | null = null;

  constructor(partition: string, mailbox: string) {
    this.#key = `${partition}waybill.tokens:${mailbox.toLowerCase()}`;
  }

  get connected(): boolean {
    return this.#tokens() !== null;
  }

  store(answer: TokenAnswer): void {
    const tokens: Tokens = { access: answer.access_token, refresh: answer.refresh_token, expires: Date.now() + answer.expires_in * 1000 };
    this.#write(JSON.stringify(tokens));
  }

  forget(): void {
    this.#write(null);
  }

  async call<T>(path: string, { ticket, ...options }: Options = {}): Promise<T> {
    if (ticket) return call<T>(path, { ...options, authorization: `Draft ${ticket}` });
    const tokens = await this.#fresh(false);
    try {
      return await call<T>(path, { ...options, authorization: `Bearer ${tokens.access}` });
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 401) throw error;
      const renewed = await this.#fresh(true, tokens.access);
      return call<T>(path, { ...options, authorization: `Bearer ${renewed.access}` });
    }
  }

  /** Refresh tokens rotate, so two panes must never spend the same one: one at a time, reading again inside. */
  #fresh(force: boolean, seen = ''): Promise<Tokens> {
    return alone(this.#key, async () => {
      const tokens = this.#tokens();
      if (!tokens) throw new SignedOut();
      const usable = force ? tokens.access !== seen : tokens.expires - Date.now() > 30_000;
      if (usable) return tokens;
      try {
        this.store(
          await call<TokenAnswer>('/connect/token', {
            form: { grant_type: 'refresh_token', refresh_token: tokens.refresh, client_id: clientId },
          }),
        );
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        this.forget();
        throw new SignedOut();
      }
      return this.#tokens() as Tokens;
    });
  }

  #tokens(): Tokens | null {
    const text = this.#read();
    return text === null ? null : (JSON.parse(text) as Tokens);
  }

  // A browser may refuse storage to a frame of another site; then the connection lasts as long as the pane.
  #read(): string | null {
    try {
      return localStorage.getItem(this.#key) ?? this.#memory;
    } catch {
      return this.#memory;
    }
  }

  #write(value: string | null): void {
    this.#memory = value;
    try {
      if (value === null) localStorage.removeItem(this.#key);
      else localStorage.setItem(this.#key, value);
    } catch {
      // kept in memory
    }
  }
}

let last: Promise<unknown> = Promise.resolve();

async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (navigator.locks) return (await navigator.locks.request(name, work)) as T;
  const next = last.then(work, work);
  last = next.catch(() => undefined);
  return next;
}
