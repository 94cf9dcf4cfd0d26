import { withAddresses, type Address } from './addresses.ts';

export const fields = ['to', 'cc', 'bcc'] as const;
export type Field = (typeof fields)[number];

export type Attachment = { readonly id: string; readonly name: string; readonly type: string; readonly content: Blob; readonly inline: boolean };
export type Notification = { key: string; message: string; type: number; icon?: string; persistent?: boolean };

/** The part of the compose window that holds the text; the page's contenteditable, a string in tests. */
export type Body = { html(): string; text(): string; setHtml(html: string): void; setText(text: string): void };

export type Change = Field | 'subject' | 'attachments' | 'notifications' | 'body';

/** One compose window's mail, as the add-in sees it through office.js. */
export class Draft {
  readonly id = crypto.randomUUID();
  readonly recipients: Record<Field, Address[]> = { to: [], cc: [], bcc: [] };
  readonly headers: Record<string, string> = {};
  readonly session: Record<string, string> = {};
  readonly attachments: Attachment[] = [];
  readonly notifications: Notification[] = [];
  custom: Record<string, unknown> = {};
  subject = '';
  /** HTML kept aside by appendOnSendAsync: last call wins, added after the send event. */
  appendOnSend = '';
  saved = false;
  readonly #listeners = new Set<(change: Change) => void>();

  constructor(
    readonly from: Address,
    readonly body: Body,
  ) {}

  on(listener: (change: Change) => void): void {
    this.#listeners.add(listener);
  }

  changed(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }

  setRecipients(field: Field, list: readonly Address[]): void {
    const next = withAddresses([], list);
    const same =
      next.length === this.recipients[field].length &&
      next.every((a, i) => a.address === this.recipients[field][i]?.address && a.name === this.recipients[field][i]?.name);
    if (same) return;
    this.recipients[field] = next;
    this.changed(field);
  }

  addRecipients(field: Field, list: readonly Address[]): void {
    this.setRecipients(field, withAddresses(this.recipients[field], list));
  }
}
