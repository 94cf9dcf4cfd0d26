import type { Address } from './addresses.ts';
import { fields, type Draft, type Field, type Notification } from './draft.ts';

/** What a call of office.js gets back from its host. */
export type Reply = { wasSuccessful: boolean; error: boolean; errorCode: number; data?: unknown; [extra: string]: unknown };
type Params = Record<string, unknown>;
/** What an operation reaches beyond its draft. */
export type Mailbox = { roaming: Record<string, string>; closeWindow(): void };
type Operation = { readonly name: string; readonly since: number; run(draft: Draft, params: Params, mailbox: Mailbox): unknown };

export const notSupported = 9020;
/** Body coercion types on the wire (HostCoercionType): text 0, HTML 3. */
const html = 3;

const field = (params: Params): Field => fields[Number(params['recipientField'])] ?? 'to';
const recipients = (params: Params): Address[] =>
  (params['recipientArray'] as { address?: string; name?: string }[]).map((r) => ({
    address: r.address ?? r.name ?? '',
    name: r.name ?? r.address ?? '',
  }));
/** recipientType 3 is an external user, 2 one of the organisation (recipientTypeMap in office.js). */
const details = (a: Address, own: string) => ({ ...a, appointmentResponse: 0, recipientType: a.address.endsWith(own) ? 2 : 3 });
const domain = (a: Address) => a.address.slice(a.address.lastIndexOf('@'));
const asHtml = (params: Params) =>
  Number(params['coercionType']) === html ? text(params['data']) : escape(text(params['data']));
const escape = (value: string) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\n', '<br>');
const text = (value: unknown) => String(value ?? '');

function notify(draft: Draft, params: Params): void {
  const notification = { ...params } as unknown as Notification;
  const at = draft.notifications.findIndex((n) => n.key === notification.key);
  if (at < 0) draft.notifications.push(notification);
  else draft.notifications[at] = notification;
  draft.changed('notifications');
}

function attach(draft: Draft, name: string, base64: string, inline: boolean): string {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const id = crypto.randomUUID();
  draft.attachments.push({ id, name, type: 'application/octet-stream', content: new Blob([bytes]), inline });
  draft.changed('attachments');
  return id;
}

/** Dispatch ids of outlook-web-16.01.js, with the Mailbox requirement set (1.x) that brought each. */
export const operations: Readonly<Record<number, Operation>> = {
  3: { name: 'customProperties.load', since: 1, run: (d) => ({ customProperties: JSON.stringify(d.custom) }) },
  4: { name: 'customProperties.save', since: 1, run: (d, p) => void (d.custom = { ...(p['customProperties'] as object) }) },
  13: {
    name: 'body.setSelectedData',
    since: 1,
    run: (d, p) => d.body.setHtml(d.body.html() + asHtml(p)),
  },
  14: { name: 'body.getType', since: 1, run: () => html },
  15: { name: 'recipients.get', since: 1, run: (d, p) => d.recipients[field(p)].map((a) => details(a, domain(d.from))) },
  17: {
    name: 'subject.set',
    since: 1,
    run: (d, p) => {
      d.subject = text(p['subject']);
      d.changed('subject');
    },
  },
  18: { name: 'subject.get', since: 1, run: (d) => d.subject },
  20: {
    name: 'removeAttachment',
    since: 1,
    run: (d, p) => {
      const at = d.attachments.findIndex((a) => a.id === p['attachmentIndex'] || a.id === p['attachmentId']);
      if (at >= 0) d.attachments.splice(at, 1);
      d.changed('attachments');
    },
  },
  21: { name: 'recipients.set', since: 1, run: (d, p) => d.setRecipients(field(p), recipients(p)) },
  22: { name: 'recipients.add', since: 1, run: (d, p) => d.addRecipients(field(p), recipients(p)) },
  23: { name: 'body.prepend', since: 1, run: (d, p) => d.body.setHtml(asHtml(p) + d.body.html()) },
  32: {
    name: 'save',
    since: 3,
    run: (d) => {
      d.saved = true;
      return d.id;
    },
  },
  33: { name: 'notificationMessages.add', since: 3, run: notify },
  34: { name: 'notificationMessages.getAll', since: 3, run: (d) => d.notifications },
  35: { name: 'notificationMessages.replace', since: 3, run: notify },
  36: {
    name: 'notificationMessages.remove',
    since: 3,
    run: (d, p) => {
      const at = d.notifications.findIndex((n) => n.key === p['key']);
      if (at >= 0) d.notifications.splice(at, 1);
      d.changed('notifications');
    },
  },
  37: { name: 'body.get', since: 3, run: (d, p) => (Number(p['coercionType']) === html ? d.body.html() : d.body.text()) },
  38: {
    name: 'body.set',
    since: 3,
    run: (d, p) => (Number(p['coercionType']) === html ? d.body.setHtml(text(p['data'])) : d.body.setText(text(p['data']))),
  },
  41: { name: 'close', since: 3, run: (_d, _p, m) => m.closeWindow() },
  100: { name: 'body.appendOnSend', since: 9, run: (d, p) => void (d.appendOnSend = asHtml({ ...p, data: p['appendTxt'] })) },
  107: { name: 'from.get', since: 7, run: (d) => details(d.from, domain(d.from)) },
  148: {
    name: 'addFileAttachmentFromBase64',
    since: 8,
    run: (d, p) => attach(d, text(p['name']), text(p['base64String']), Boolean(p['isInline'])),
  },
  149: {
    name: 'getAttachments',
    since: 8,
    run: (d) =>
      d.attachments.map((a) => ({ id: a.id, name: a.name, contentType: a.type, size: a.content.size, attachmentType: 0, isInline: a.inline })),
  },
  151: {
    name: 'internetHeaders.get',
    since: 8,
    run: (d, p) =>
      Object.fromEntries((p['internetHeaderKeys'] as string[]).filter((k) => k in d.headers).map((k) => [k, d.headers[k]])),
  },
  152: { name: 'internetHeaders.set', since: 8, run: (d, p) => void Object.assign(d.headers, p['internetHeaderNameValuePairs']) },
  153: {
    name: 'internetHeaders.remove',
    since: 8,
    run: (d, p) => {
      for (const key of p['internetHeaderKeys'] as string[]) delete d.headers[key];
    },
  },
  164: { name: 'getItemId', since: 8, run: (d) => (d.saved ? d.id : fail(9043)) },
  173: { name: 'body.setSignature', since: 10, run: (d, p) => d.body.setHtml(d.body.html() + asHtml(p)) },
  174: { name: 'getComposeType', since: 10, run: () => ({ composeType: 'newMail', coercionType: 'html' }) },
  175: { name: 'isClientSignatureEnabled', since: 10, run: () => false },
  176: { name: 'disableClientSignature', since: 10, run: () => undefined },
  185: { name: 'sessionData.set', since: 11, run: (d, p) => void (d.session[text(p['name'])] = text(p['value'])) },
  186: { name: 'sessionData.get', since: 11, run: (d, p) => d.session[text(p['name'])] ?? fail(notSupported) },
  187: { name: 'sessionData.getAll', since: 11, run: (d) => d.session },
  188: {
    name: 'sessionData.clear',
    since: 11,
    run: (d) => {
      for (const key of Object.keys(d.session)) delete d.session[key];
    },
  },
  189: { name: 'sessionData.remove', since: 11, run: (d, p) => void delete d.session[text(p['name'])] },
  404: {
    name: 'roamingSettings.save',
    since: 1,
    run: (_d, p, m) => void (m.roaming = { ...((p as unknown as Record<string, string>[])[0] ?? {}) }),
  },
};

class HostError extends Error {
  constructor(readonly code: number) {
    super(`Host error ${code}`);
  }
}

function fail(code: number): never {
  throw new HostError(code);
}

/** `version` is the minor of the Mailbox set the host offers: 12 for 1.12. What is newer is refused as a real host refuses it. */
export function execute(draft: Draft, mailbox: Mailbox, version: number, dispatchId: number, params: unknown): Reply {
  const operation = operations[dispatchId];
  if (!operation || operation.since > version) return refused(notSupported);
  try {
    const data = operation.run(draft, (params ?? {}) as Params, mailbox);
    const reply: Reply = { wasSuccessful: true, error: false, errorCode: 0, data: data ?? null };
    // Custom properties are the one answer that stands beside `data` (loadCustomProperties_handleCustomResponse).
    return dispatchId === 3 ? { ...reply, ...(data as object) } : reply;
  } catch (error) {
    return refused(error instanceof HostError ? error.code : notSupported);
  }
}

function refused(errorCode: number): Reply {
  return { wasSuccessful: false, error: true, errorCode };
}
