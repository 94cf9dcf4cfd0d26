import '../../shared/pane.css';
import './simulator.css';
import { avatar, h, icon, initials, mark } from '../../shared/src/dom.ts';
import { AddinFrame, type Host } from './addinFrame.ts';
import { isAddress, type Address } from './addresses.ts';
import { clean, pageBody } from './body.ts';
import type { Mailbox } from './dispatch.ts';
import { Draft, fields } from './draft.ts';
import { drawIcons, icons } from './icons.ts';
import { RecipientField } from './recipientField.ts';
import { askAddin, submit, type SmartAlert } from './send.ts';

const users: readonly Address[] = [
  { name: 'Anna Kowalska', address: 'anna@northwind.test' },
  { name: 'Jan Lis', address: 'jan@northwind.test' },
  { name: 'Ada Wren', address: 'admin@northwind.test' },
  { name: 'Filip Wolny', address: 'free@northwind.test' },
];
const hosts: readonly Host[] = [
  { name: 'Outlook on the web · Mailbox 1.12', mailbox: 12, events: true },
  { name: 'Without background add-ins · Mailbox 1.12', mailbox: 12, events: false },
  { name: 'Outlook 2019 · Mailbox 1.8', mailbox: 8, events: false },
  { name: 'Exchange server · Mailbox 1.5', mailbox: 5, events: false },
];
const pages = { pane: '/addin/pane.html', events: '/addin/events.html' };
const handlers = { OnNewMessageCompose: 'onNewMessageCompose', OnMessageSend: 'onMessageSend' } as const;

const $ = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const [bodyElement, subject, send] = [$('body'), $<HTMLInputElement>('subject'), $<HTMLButtonElement>('send')];
const labels = { to: 'To', cc: 'Cc', bcc: 'Bcc' };
const lines = fields.map((field) => new RecipientField(document.querySelector(`[data-field="${field}"]`) as HTMLElement, field, labels[field]));

/** Roaming settings belong to the mailbox, everything else to the compose window. */
const mailboxes = new Map<string, Mailbox>();
let draft: Draft;
let runtime: AddinFrame | null = null;
let pane: AddinFrame | null = null;
let host = hosts[0] as Host;

function compose(): void {
  closePane();
  runtime?.remove();
  runtime = null;
  const from = users.find((u) => u.address === $<HTMLSelectElement>('from').value) ?? (users[0] as Address);
  bodyElement.replaceChildren(h('p', {}, h('br')));
  draft = new Draft(from, pageBody(bodyElement));
  draft.on(onChange);
  for (const line of lines) line.show(draft);
  subject.value = '';
  for (const change of ['to', 'subject', 'attachments', 'notifications'] as const) onChange(change);
  $('sender').textContent = `From: ${from.address}`;
  $('me').textContent = initials(from.name);
  if (host.events) {
    runtime = new AddinFrame(pages.events, 'Add-in runtime', draft, mailboxFor(from), host);
    $('runtime').replaceChildren(runtime.element);
    void runtime.launch('OnNewMessageCompose', handlers.OnNewMessageCompose);
  }
}

function mailboxFor(from: Address): Mailbox {
  const known = mailboxes.get(from.address) ?? { roaming: {}, closeWindow: compose };
  mailboxes.set(from.address, known);
  return known;
}

function onChange(change: string): void {
  if (draft.subject || fields.some((field) => draft.recipients[field].length > 0)) $('sent').textContent = '';
  if (change === 'subject' && subject.value !== draft.subject) subject.value = draft.subject;
  if (change === 'attachments') showAttachments();
  if (change === 'notifications') showNotes();
  const first = draft.recipients.to[0];
  $('draft-to').textContent = first?.name ?? '(no recipient)';
  $('draft-avatar').textContent = first ? initials(first.name) : '?';
  $('draft-subject').textContent = draft.subject || '(no subject)';
  $('draft-time').textContent = clock();
}

const clock = () => new Date().toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });

function showAttachments(): void {
  $('attachments').replaceChildren(
    ...draft.attachments.map((a) => {
      const remove = () => {
        draft.attachments.splice(draft.attachments.indexOf(a), 1);
        draft.changed('attachments');
      };
      const size = a.content.size < 1_000_000 ? `${Math.ceil(a.content.size / 1000)} KB` : `${(a.content.size / 1_000_000).toFixed(1)} MB`;
      return h(
        'li',
        { class: 'att' },
        icon(icons.document),
        h('span', { class: 't' }, h('span', { class: 'b t', title: a.name }, a.name), h('span', { class: 'q' }, size)),
        h('button', { class: 'btn subtle icon small', type: 'button', 'aria-label': `Remove ${a.name}`, onclick: remove }, icon(icons.close16, 16)),
      );
    }),
  );
}

function showNotes(): void {
  $('notes').replaceChildren(...draft.notifications.map((n) => h('p', { class: 'bar-note', role: 'status' }, icon(icons.info16, 16), n.message)));
}

function openPane(): void {
  pane = new AddinFrame(pages.pane, 'Sales tools', draft, mailboxFor(draft.from), host);
  $('taskpane').append(pane.element);
  $('taskpane').hidden = false;
  $('sales-tools').setAttribute('aria-pressed', 'true');
}

function closePane(): void {
  pane?.remove();
  pane = null;
  $('taskpane').hidden = true;
  $('sales-tools').setAttribute('aria-pressed', 'false');
}

function say(id: 'sent' | 'refused', text: string): void {
  for (const other of ['sent', 'refused'] as const) $(other).textContent = other === id ? text : '';
}

async function sendMail(): Promise<void> {
  if (send.getAttribute('aria-busy') === 'true') return;
  for (const line of lines) line.commit();
  draft.subject = subject.value;
  const all = fields.flatMap((field) => draft.recipients[field]);
  const wrong = all.find((a) => !isAddress(a.address));
  if (all.length === 0) return say('refused', 'Add at least one recipient.');
  if (wrong) return say('refused', `“${wrong.address}” is not an email address.`);
  send.setAttribute('aria-busy', 'true');
  say('sent', 'Sending…');
  try {
    if (runtime && !(await askAddin(runtime, handlers.OnMessageSend, smartAlert))) return say('sent', '');
    const refused = await submit(draft);
    if (refused) return say('refused', refused);
    const said = draft.notifications.map((n) => n.message);
    const row = { to: draft.recipients.to[0] ?? (all[0] as Address), subject: draft.subject };
    compose();
    say('sent', ['Message sent', ...said].join('. '));
    $('sent-rows').prepend(
      h('div', { class: 'msg' }, avatar(row.to.name, row.to.address), h('div', { class: 't' }, h('p', { class: 'f t' }, row.to.name), h('p', { class: 'su t' }, row.subject || '(no subject)')), h('span', { class: 'q num' }, `Sent ${clock()}`)),
    );
  } finally {
    send.setAttribute('aria-busy', 'false');
  }
}

const dialog = $<HTMLDialogElement>('smart');
function prompt(title: string, text: string): Promise<boolean> {
  $('smart-title').textContent = title;
  $('smart-text').textContent = text;
  if (!dialog.open) dialog.showModal();
  return new Promise((resolve) => {
    const answer = (anyway: boolean) => {
      dialog.close();
      resolve(anyway);
    };
    $('send-anyway').onclick = () => answer(true);
    $('dont-send').onclick = () => answer(false);
    dialog.oncancel = () => resolve(false);
  });
}
const smartAlert: SmartAlert = {
  slow: () => prompt('Waybill is taking longer than expected', 'You can wait, send the mail as it is now, or go back to it.'),
  denied: (message) => prompt('Waybill asks you to look again', message),
  close: () => dialog.close(),
};

function insertLink(form: HTMLFormElement): void {
  const data = new FormData(form);
  let address = String(data.get('address')).trim();
  if (!address) return;
  if (!/^[a-z][a-z0-9+.-]*:/i.test(address)) address = `https://${address}`;
  const link = h('a', { href: address }, String(data.get('text')).trim() || address);
  const place = caret ?? endOfBody();
  place.deleteContents();
  place.insertNode(link);
  if (/\S$/.test(link.previousSibling?.textContent ?? '')) link.before(' ');
  link.after(document.createTextNode('\u00a0'));
  form.reset();
  toggleLinkForm(false);
  bodyElement.focus();
}

/** Where the writer was in the body before going to the form. */
let caret: Range | null = null;
document.addEventListener('selectionchange', () => {
  const selection = document.getSelection();
  if (selection?.rangeCount && bodyElement.contains(selection.anchorNode)) caret = selection.getRangeAt(0).cloneRange();
});

function endOfBody(): Range {
  const range = document.createRange();
  range.selectNodeContents(bodyElement.lastElementChild ?? bodyElement);
  range.collapse(false);
  return range;
}

function toggleLinkForm(open: boolean): void {
  const form = $<HTMLFormElement>('link-form');
  form.hidden = !open;
  $('link').setAttribute('aria-expanded', String(open));
  if (!open) return;
  if (caret && !bodyElement.contains(caret.startContainer)) caret = null;
  const text = form.elements.namedItem('text') as HTMLInputElement;
  if (caret) text.value = caret.toString();
  text.focus();
}

function sample(): void {
  draft.setRecipients('to', [{ name: 'lead@contoso.test', address: 'lead@contoso.test' }]);
  draft.subject = 'Offer for Q4: 120 scanners';
  draft.changed('subject');
  bodyElement.replaceChildren(
    clean(
      '<p>Hello,</p><p>thank you for the call on Friday. As agreed, here is our offer for 120 handheld scanners, delivered in two parts before Christmas.</p>' +
        '<ul><li><a href="https://files.northwind.test/offer-q4">Offer for Q4</a>, valid until 12 December</li>' +
        '<li><a href="https://files.northwind.test/delivery">Delivery plan</a> with the ramp times you asked for</li></ul>' +
        `<p>Kind regards<br>${draft.from.name}</p>`,
    ),
  );
}

async function attach(files: FileList | File[]): Promise<void> {
  for (const file of files)
    draft.attachments.push({ id: crypto.randomUUID(), name: file.name, type: file.type || 'application/octet-stream', content: file, inline: false });
  draft.changed('attachments');
}

drawIcons(document);
$('mark').replaceWith(mark());
$<HTMLSelectElement>('from').append(...users.map((u) => h('option', { value: u.address }, u.address)));
$<HTMLSelectElement>('host').append(...hosts.map((one, at) => h('option', { value: String(at) }, one.name)));
$('from').addEventListener('change', compose);
$('host').addEventListener('change', () => {
  host = hosts[Number($<HTMLSelectElement>('host').value)] ?? host;
  compose();
});
$('sample').addEventListener('click', sample);
$('sales-tools').addEventListener('click', () => (pane ? closePane() : openPane()));
$('close-pane').addEventListener('click', () => {
  closePane();
  $('sales-tools').focus();
});
$('discard').addEventListener('click', () => {
  compose();
  say('sent', '');
});
send.addEventListener('click', () => void sendMail());
subject.addEventListener('input', () => {
  draft.subject = subject.value;
  draft.changed('subject');
});
$('link').addEventListener('click', () => toggleLinkForm(Boolean($('link-form').hidden)));
$<HTMLFormElement>('link-form').addEventListener('submit', (event) => {
  event.preventDefault();
  insertLink(event.target as HTMLFormElement);
});
for (const button of document.querySelectorAll<HTMLElement>('[data-command]')) {
  button.addEventListener('mousedown', (event) => event.preventDefault());
  button.addEventListener('click', () => document.execCommand(button.dataset['command'] ?? ''));
}
$('attach').addEventListener('click', () => $('file').click());
$('file').addEventListener('change', () => {
  const input = $<HTMLInputElement>('file');
  void attach([...(input.files ?? [])]);
  input.value = '';
});
// Pasted HTML keeps its links and loses its scripts.
bodyElement.addEventListener('paste', (event) => {
  const html = event.clipboardData?.getData('text/html');
  if (!html) return;
  event.preventDefault();
  const holder = document.createElement('div');
  holder.append(clean(html));
  document.execCommand('insertHTML', false, holder.innerHTML);
});
document.execCommand('defaultParagraphSeparator', false, 'p');
compose();
