import { Refused, Unreachable, type DraftAnswer, type DraftRequest, type SendAnswer, type Start } from '../../../shared/src/api.ts';
import { includesAddress } from '../bcc.ts';
import { ask, hasInlineImages, html, putBcc, readBcc, readBody, readMail, supports, writeBody, type Item, type Mail } from '../mail.ts';
import { isAlive, loadState, saveState, type DraftState } from '../state.ts';
import { linksOf, type Link } from './links.ts';
import { SignedOut, type Session } from './session.ts';

export type Model = {
  start: Start;
  track: boolean;
  log: boolean;
  hasRecipients: boolean;
  /** The server's last word on this mail, null before the first. */
  answer: DraftAnswer | null;
  answeredAt: Date | null;
  links: Link[];
  /** True: Outlook runs our events, so the pane may be closed. Null: not known yet. */
  alive: boolean | null;
  /** Seconds until the next try while the server is away. */
  retryIn: number | null;
  problem: string | null;
};

const beat = 2000;
const retryAfter = 12;

/** Carries out what is ticked: Bcc at once, the rest as the server decides; one round with the server at a time. */
export class Composer {
  readonly model: Model;
  readonly #item: Item;
  readonly #session: Session;
  readonly #show: (model: Model) => void;
  readonly #signedOut: () => void;
  #state: DraftState | null = null;
  #local: Promise<void> = Promise.resolve();
  #working = false;
  #again = false;
  #ended = false;
  #debounce = 0;
  #beat = 0;
  #beats = 0;
  #body = '';
  #preparedFor = '';
  #seen = '';
  /** Whether our address stands in Bcc as wished; null while that is being changed. */
  #logCarried: boolean | null = null;

  constructor(item: Item, session: Session, start: Start, show: (model: Model) => void, signedOut: () => void) {
    this.#item = item;
    this.#session = session;
    this.#show = show;
    this.#signedOut = signedOut;
    this.model = {
      start,
      track: start.defaults.track && start.canTrack,
      log: start.defaults.log,
      hasRecipients: false,
      answer: null,
      answeredAt: null,
      links: [],
      alive: null,
      retryIn: null,
      problem: null,
    };
  }

  /** Ends when the mail has its ticket, so that a tick followed at once by Send is not lost; or when the server is away. */
  async begin(): Promise<void> {
    this.#state = await loadState(this.#item);
    if (this.#state) {
      this.model.track = this.#state.track;
      this.model.log = this.#state.log;
    } else if (includesAddress(await readBcc(this.#item), this.model.start.bccAddress)) this.model.log = true;
    if (supports(7)) {
      const changed = () => void this.#recipientsChanged();
      await ask<void>((done) => this.#item.addHandlerAsync(Office.EventType.RecipientsChanged, changed, done)).catch(() => undefined);
    }
    await this.#settle();
    void this.#onBeat();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#debounce);
    clearTimeout(this.#beat);
  }

  /** What a wish changes in the mail itself happens at once, however slow the server is. */
  wish(change: { track?: boolean; log?: boolean }): void {
    Object.assign(this.model, change);
    this.#render();
    void this.#settle();
    void this.#carryLocally().catch((error: unknown) => this.#failed(error));
  }

  retry(): void {
    this.model.retryIn = null;
    void this.#settle();
  }

  #render(): void {
    if (!this.#ended) this.#show(this.model);
  }

  /** Taking the address out of Bcc by hand is unticking Log; typing it in is ticking it. */
  async #recipientsChanged(): Promise<void> {
    const carried = this.#logCarried;
    if (carried !== null) {
      const there = includesAddress(await readBcc(this.#item), this.model.start.bccAddress);
      if (this.#logCarried === carried && there !== carried && this.model.log === carried) this.model.log = there;
    }
    clearTimeout(this.#debounce);
    this.#debounce = window.setTimeout(() => void this.#settle(), 300);
  }

  async #settle(): Promise<void> {
    if (this.#working) {
      this.#again = true;
      return;
    }
    this.#working = true;
    try {
      do {
        this.#again = false;
        await this.#carryOut();
      } while (this.#again && !this.#ended);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#working = false;
      this.#render();
    }
  }

  async #carryOut(): Promise<void> {
    const { model } = this;
    const { track, log } = model;
    await this.#carryLocally();
    const mail = await readMail(this.#item, model.start.bccAddress);
    model.hasRecipients = mail.recipients.length > 0;
    this.#render();
    const request: DraftRequest = { ...mail, ...(this.#state ? { draftId: this.#state.draftId } : {}), track, log };
    const answer = await this.#session.call<DraftAnswer>('/compose/draft', { json: request });
    await this.#locally(async () => {
      if (model.track !== track) return; // decided for another wish; the next round decides again
      const pixel = track && answer.track.allowed ? (answer.pixelHtml ?? '') : '';
      await this.#append(pixel);
      const pixelAppended = pixel !== '' && supports(9);
      this.#state = { draftId: answer.draftId, ticket: answer.ticket, bccAddress: answer.bccAddress, track, log: model.log, pixelAppended };
      await saveState(this.#item, this.#state);
    });
    Object.assign(model, { answer, answeredAt: new Date(), retryIn: null, problem: null });
    await this.#prepare(mail);
  }

  /** The send event reads the state, so the state comes first; Bcc and pixel follow. */
  #carryLocally(): Promise<void> {
    return this.#locally(async () => {
      const { track, log, start } = this.model;
      if (this.#state && (this.#state.track !== track || this.#state.log !== log)) {
        this.#state = { ...this.#state, track, log };
        await saveState(this.#item, this.#state);
      }
      this.#logCarried = null;
      await putBcc(this.#item, start.bccAddress, log);
      this.#logCarried = log;
      if (track || !this.#state?.pixelAppended) return;
      await this.#append('');
      this.#state = { ...this.#state, pixelAppended: false };
      await saveState(this.#item, this.#state);
    });
  }

  /** Changes to the mail go one after the other. */
  #locally(work: () => Promise<void>): Promise<void> {
    const next = this.#local.then(work);
    this.#local = next.catch(() => undefined);
    return next;
  }

  async #append(pixel: string): Promise<void> {
    if (!supports(9)) return;
    if (pixel === '' && !this.#state?.pixelAppended) return;
    await ask<void>((done) => this.#item.body.appendOnSendAsync(pixel, html, done));
  }

  /** Without send events the pane does their work while the mail is written; the server unwraps its own links first. */
  async #prepare(mail: Mail): Promise<void> {
    const state = this.#state;
    if (this.model.alive !== false || !state || !supports(3)) return;
    const body = await readBody(this.#item);
    const inline = await hasInlineImages(this.#item, body);
    const purpose = JSON.stringify([body, mail.recipients, state.track, state.log]);
    if (purpose === this.#preparedFor || body.trim() === '') return;
    const json = { ...mail, html: body, hasInlineImages: inline, pixelAppended: state.pixelAppended, track: state.track, log: state.log, prepare: true };
    const answer = await this.#session.call<SendAnswer>('/compose/send', { json, ticket: state.ticket });
    if ((await readBody(this.#item)) !== body) return; // written on meanwhile: the next beat sees it
    let next = answer.html ?? body;
    const source = /\bsrc="([^"]+)"/.exec(answer.pixelHtml ?? '')?.[1];
    if (answer.pixelHtml && source && !next.includes(source)) next += answer.pixelHtml;
    if (next !== body && !inline) await writeBody(this.#item, next);
    if (supports(8) && Object.keys(answer.headers).length > 0)
      await ask<void>((done) => this.#item.internetHeaders.setAsync(answer.headers, done));
    this.#seeBody(await readBody(this.#item));
    this.#preparedFor = JSON.stringify([this.#body, mail.recipients, state.track, state.log]);
  }

  /** Every two seconds: the links, the proof of life, and for old hosts what they raise no event for. */
  async #onBeat(): Promise<void> {
    if (this.#ended) return;
    try {
      await this.#look();
    } catch (error) {
      this.#failed(error);
    }
    this.#beat = window.setTimeout(() => void this.#onBeat(), this.model.alive === null ? 400 : beat);
  }

  async #look(): Promise<void> {
    const { model } = this;
    if (model.alive === null) {
      // The event runtime may still be starting; after a moment without the mark there is none.
      const alive = await isAlive(this.#item);
      model.alive = alive ? true : this.#beats++ >= 8 || !supports(12) ? false : null;
    }
    if (model.retryIn !== null) {
      model.retryIn = Math.max(0, model.retryIn - beat / 1000);
      if (model.retryIn === 0) return this.retry();
    }
    if (!supports(3)) return this.#render();
    const body = await readBody(this.#item);
    const settled = body === this.#body;
    if (!settled) this.#seeBody(body);
    if (!supports(7)) await this.#recipientsPolled();
    else if (settled && model.alive === false && !this.#working && model.retryIn === null) {
      await this.#prepare(await readMail(this.#item, model.start.bccAddress));
    }
    this.#render();
  }

  #seeBody(body: string): void {
    this.#body = body;
    this.model.links = linksOf(body);
  }

  async #recipientsPolled(): Promise<void> {
    const mail = await readMail(this.#item, this.model.start.bccAddress);
    const seen = JSON.stringify([mail.recipients, await readBcc(this.#item)]);
    if (seen !== this.#seen) {
      this.#seen = seen;
      await this.#recipientsChanged();
    } else if (this.model.alive === false && !this.#working && this.model.retryIn === null) await this.#prepare(mail);
  }

  #failed(error: unknown): void {
    if (error instanceof SignedOut) this.#signedOut();
    else if (error instanceof Unreachable) this.model.retryIn = retryAfter;
    else if (error instanceof Refused) this.model.problem = error.message;
    else console.error(error);
    this.#render();
  }
}
