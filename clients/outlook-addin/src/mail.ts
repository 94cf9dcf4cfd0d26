import type { Kind, Recipient } from '../../shared/src/api.ts';
import { includesAddress, sameAddress, withoutAddress, type Email } from './bcc.ts';

/** The mail being written, through office.js. Runs in the pane and in the event runtime: no DOM in here. */
export type Item = Office.MessageCompose;
export type Mail = { from: string; recipients: Recipient[]; subject: string };

/** Office.js's callbacks as promises; a failed result rejects. */
export function ask<T>(start: (done: (result: Office.AsyncResult<T>) => void) => void): Promise<T> {
  return new Promise((resolve, reject) =>
    start((result) =>
      result.status === Office.AsyncResultStatus.Succeeded ? resolve(result.value) : reject(new Error(result.error?.message ?? 'Refused by Outlook')),
    ),
  );
}

/** Whether the host has Mailbox 1.`minor`. */
export function supports(minor: number): boolean {
  return Office.context.requirements.isSetSupported('Mailbox', `1.${minor}`);
}

export const html = { coercionType: 'html' as Office.CoercionType };

/** Logging addresses are ours, not recipients: they are left out. */
export async function readMail(item: Item, loggingAddress?: string): Promise<Mail> {
  const [to, cc, bcc, subject, from] = await Promise.all([
    ask<Email[]>((done) => item.to.getAsync(done)),
    ask<Email[]>((done) => item.cc.getAsync(done)),
    ask<Email[]>((done) => item.bcc.getAsync(done)),
    ask<string>((done) => item.subject.getAsync(done)),
    sender(item),
  ]);
  const recipients = [...kind('to', to), ...kind('cc', cc), ...kind('bcc', bcc)];
  return { from, subject, recipients: recipients.filter((r) => !loggingAddress || !sameAddress(r.address, loggingAddress)) };
}

function kind(name: Kind, list: readonly Email[]): Recipient[] {
  return list.map((one) => ({ kind: name, address: one.emailAddress, name: one.displayName }));
}

async function sender(item: Item): Promise<string> {
  const own = Office.context.mailbox.userProfile.emailAddress;
  if (!supports(7)) return own;
  return ask<Email>((done) => item.from.getAsync(done)).then(
    (from) => from.emailAddress || own,
    () => own,
  );
}

export function readBcc(item: Item): Promise<Email[]> {
  return ask<Email[]>((done) => item.bcc.getAsync(done));
}

/** Puts the logging address into Bcc or takes it out again, and nothing else. */
export async function putBcc(item: Item, address: string, wanted: boolean): Promise<void> {
  const bcc = await readBcc(item);
  const there = includesAddress(bcc, address);
  if (wanted && !there) await ask<void>((done) => item.bcc.addAsync([address], done));
  if (!wanted && there) await ask<void>((done) => item.bcc.setAsync(withoutAddress(bcc, address), done));
}

export function readBody(item: Item): Promise<string> {
  return ask<string>((done) => item.body.getAsync(html.coercionType, done));
}

export function writeBody(item: Item, value: string): Promise<void> {
  return ask<void>((done) => item.body.setAsync(value, html, done));
}

/** New Outlook truncates bodies with inline images when they are set in the send event (office-js 6780), so they are left alone. */
export async function hasInlineImages(item: Item, body: string): Promise<boolean> {
  if (/<img\b[^>]*\bsrc\s*=\s*["']?\s*(cid|data|blob):/i.test(body)) return true;
  if (!supports(8)) return false;
  const attachments = await ask<Office.AttachmentDetailsCompose[]>((done) => item.getAttachmentsAsync(done)).catch(() => []);
  return attachments.some((one) => one.isInline);
}

/** Tells the writer on the mail itself; never a reason to fail. */
export function tell(item: Item, message: string): Promise<void> {
  const details = { type: 'informationalMessage' as Office.MailboxEnums.ItemNotificationMessageType, message, icon: 'Icon.16', persistent: false };
  return ask<void>((done) => item.notificationMessages.replaceAsync('waybill', details, done)).catch(() => undefined);
}
