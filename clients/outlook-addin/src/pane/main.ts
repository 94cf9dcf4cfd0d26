import '../../../shared/pane.css';
import { Unreachable, within, type DeviceGrant, type Start } from '../../../shared/src/api.ts';
import { h, icon, mark } from '../../../shared/src/dom.ts';
import { fill, languageOf, wordsFor } from '../../../shared/src/words.ts';
import type { Item } from '../mail.ts';
import { Composer } from './composer.ts';
import { icons } from './icons.ts';
import { askForCode, waitForApproval } from './pairing.ts';
import { ReadyView } from './readyView.ts';
import { Session, SignedOut } from './session.ts';

/** A slow server does not keep the boxes from the writer for longer. */
const firstAnswerBound = 3000;

let words = wordsFor(navigator.language);

/** The user's own language once connected, Outlook's before. */
function speak(language: string | undefined): void {
  words = wordsFor(language);
  document.documentElement.lang = languageOf(language);
}

const pane = h('div', { class: 'pane' });
let composer: Composer | null = null;

/** Puts a screen in place; the heading takes the focus when a person's click brought it. */
function show(...parts: (Node | null)[]): void {
  pane.replaceChildren(...parts.filter((p): p is Node => p !== null));
}

function foot(svg: string, first: string, second: Node | string): HTMLElement {
  return h('div', { class: 'foot', role: 'status' }, icon(svg), h('div', {}, h('p', {}, first), h('p', { class: 's q' }, second)));
}

function unconnected(session: Session, item: Item, note: string | null = null): void {
  composer?.end();
  composer = null;
  speak(Office.context.displayLanguage);
  const button = h('button', { class: 'btn primary', type: 'button', onclick: () => void connect(session, item, button) }, words.connect);
  const own = Office.context.mailbox.userProfile.emailAddress;
  show(
    h(
      'main',
      {},
      h(
        'div',
        { class: 'center' },
        mark(),
        h('h1', {}, words.connectTitle),
        h('p', { class: 's q' }, words.connectText),
        button,
        h('p', { class: 's q note', role: note ? 'alert' : null }, note ?? `${location.hostname} · ${own}`),
      ),
    ),
    foot(icons.shield, words.connectSafe, words.connectSafeText),
  );
}

async function connect(session: Session, item: Item, button: HTMLButtonElement): Promise<void> {
  if (button.getAttribute('aria-busy') === 'true') return;
  button.setAttribute('aria-busy', 'true');
  // Opened inside the click, or the browser blocks it; it gets its address when the code is there.
  const opened = window.open('about:blank', '_blank');
  let grant: DeviceGrant;
  try {
    grant = await askForCode();
  } catch {
    opened?.close();
    return unconnected(session, item, words.connectFailed);
  }
  if (opened) {
    opened.opener = null;
    opened.location.replace(grant.verification_uri_complete);
  }
  const stop = new AbortController();
  showCode(grant, opened !== null, () => stop.abort());
  const outcome = await waitForApproval(grant, stop.signal);
  if (outcome.result === 'approved') {
    session.store(outcome.tokens);
    return start(session, item);
  }
  const notes = { expired: words.codeExpired, denied: words.codeDenied, cancelled: null };
  unconnected(session, item, notes[outcome.result]);
}

function showCode(grant: DeviceGrant, opened: boolean, cancel: () => void): void {
  const copied = h('span', {}, words.copyCode);
  const heading = h('h1', { tabindex: '-1' }, words.approveTitle);
  show(
    h(
      'main',
      {},
      h(
        'div',
        { class: 'center' },
        mark(),
        heading,
        h('p', { class: 's q' }, opened ? words.approveText : words.approveBlocked),
        h('p', { class: 'code', role: 'group', 'aria-label': words.code }, grant.user_code),
        h(
          'div',
          { class: 'two' },
          h(
            'button',
            {
              class: 'btn',
              type: 'button',
              onclick: () => void navigator.clipboard?.writeText(grant.user_code).then(() => (copied.textContent = words.copied), () => undefined),
            },
            icon(icons.copy, 16),
            copied,
          ),
          h('a', { class: 'btn', href: grant.verification_uri_complete, target: '_blank', rel: 'noopener' }, icon(icons.open, 16), words.openPage),
        ),
        h('div', { class: 'bar', 'aria-hidden': 'true' }),
        h('p', { class: 's q note', role: 'status' }, words.waiting),
      ),
    ),
    foot(icons.clock, fill(words.codeWorks, Math.round(grant.expires_in / 60)), h('button', { class: 'link', type: 'button', onclick: cancel }, words.cancel)),
  );
  heading.focus();
}

function skeleton(): HTMLElement {
  const rows = ['w1', 'w2', 'w1', 'w2'].map((width) => h('span', { class: `sk ${width}` }));
  return h('main', { 'aria-busy': 'true' }, h('section', { class: 'sec', role: 'status', 'aria-label': words.loading }, ...rows));
}

async function start(session: Session, item: Item): Promise<void> {
  show(skeleton());
  let begun: Start;
  try {
    begun = await session.call<Start>('/compose/start');
  } catch (error) {
    if (error instanceof SignedOut) return unconnected(session, item);
    return unavailable(error, () => void start(session, item));
  }
  speak(begun.user.language);
  await ready(session, item, begun);
}

function unavailable(error: unknown, again: () => void): void {
  const text = error instanceof Unreachable ? words.away : `${words.refused} ${error instanceof Error ? error.message : ''}`;
  show(
    h('main', {}, h('div', { class: 'center' }, mark(), h('h1', { role: 'alert' }, text), h('button', { class: 'btn', type: 'button', onclick: again }, words.tryNow))),
    foot(icons.info, words.eitherWay, words.eitherWayText),
  );
}

async function ready(session: Session, item: Item, begun: Start): Promise<void> {
  const wishes = { wish: (change: { track?: boolean; log?: boolean }) => composer?.wish(change), retry: () => composer?.retry() };
  const view = new ReadyView(words, wishes);
  composer = new Composer(item, session, begun, (model) => view.update(model), () => unconnected(session, item));
  const gear = h('button', { class: 'btn subtle icon', type: 'button', 'aria-label': words.settings, title: words.settings }, icon(icons.settings));
  const header = h('header', {}, mark(), h('h1', {}, words.product), h('span', { class: 'org t' }, `· ${begun.account.name}`), gear);
  const back = () => {
    show(header, view.bar, view.main, view.foot);
    gear.focus();
  };
  gear.addEventListener('click', () => settings(session, item, begun, back));
  const mine = composer;
  show(header, skeleton());
  await within(firstAnswerBound, mine.begin()).catch(() => undefined);
  if (composer !== mine || !header.isConnected || header.nextElementSibling?.getAttribute('aria-busy') !== 'true') return;
  view.update(mine.model);
  show(header, view.bar, view.main, view.foot);
}

function settings(session: Session, item: Item, begun: Start, back: () => void): void {
  const signOut = () => {
    session.forget();
    unconnected(session, item);
  };
  const arrow = h('button', { class: 'btn subtle icon', type: 'button', 'aria-label': words.back, title: words.back, onclick: back }, icon(icons.back));
  show(
    h('header', { class: 'back' }, arrow, h('h1', {}, words.settings)),
    h(
      'main',
      {},
      h(
        'section',
        { class: 'sec' },
        h('p', { class: 'b t' }, begun.user.name),
        h('p', { class: 's q t' }, fill(words.signedInAs, begun.user.email)),
        h('p', { class: 's q gap' }, words.signOutText),
        h('button', { class: 'btn gap', type: 'button', onclick: signOut }, words.signOut),
      ),
    ),
  );
  arrow.focus();
}

function applyTheme(): void {
  const background = Office.context.officeTheme?.bodyBackgroundColor;
  const hex = /^#?([0-9a-f]{6})$/i.exec(background ?? '')?.[1];
  if (!hex) return;
  const [r = 0, g = 0, b = 0] = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
  document.documentElement.dataset['theme'] = 0.299 * r + 0.587 * g + 0.114 * b < 128 ? 'dark' : 'light';
}

document.body.append(pane);
void Office.onReady((info) => {
  speak(Office.context?.displayLanguage);
  if (info.host !== Office.HostType.Outlook) {
    return show(h('main', {}, h('div', { class: 'center' }, mark(), h('h1', {}, words.noOutlook), h('p', { class: 's q' }, words.noOutlookText))));
  }
  applyTheme();
  const item = Office.context.mailbox.item as unknown as Item;
  const session = new Session(Office.context.partitionKey ?? '', Office.context.mailbox.userProfile.emailAddress);
  if (session.connected) void start(session, item);
  else unconnected(session, item);
});
