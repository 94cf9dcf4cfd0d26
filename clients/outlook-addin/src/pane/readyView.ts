import type { LogRecord, Person, Reason, RecordType } from '../../../shared/src/api.ts';
import { avatar, h, icon } from '../../../shared/src/dom.ts';
import { count as counted, fill, type Words } from '../../../shared/src/words.ts';
import type { Model } from './composer.ts';
import { icons } from './icons.ts';

const recordIcons: Record<RecordType, string> = { contact: icons.person, company: icons.company, deal: icons.deal, ticket: icons.ticket };
const shownPeople = 5;

export type Wishes = { wish(change: { track?: boolean; log?: boolean }): void; retry(): void };

/** The pane beside a mail. Built once and updated in place, so that focus and what is unfolded stay. */
export class ReadyView {
  readonly bar = h('div', { class: 'msgbar', role: 'alert', hidden: true });
  readonly main = h('main');
  readonly foot = h('div', { class: 'foot', role: 'status' });
  readonly #words: Words;
  readonly #wishes: Wishes;
  readonly #track: Option;
  readonly #log: Option;
  readonly #reason = h('div', { class: 'why', id: 'track-why', hidden: true });
  readonly #records: HTMLButtonElement;
  readonly #picker = h('ul', { class: 'picker', id: 'records', hidden: true, tabindex: '0' });
  readonly #people = h('section', { class: 'sec', 'aria-labelledby': 'people' });
  readonly #links = h('details');
  readonly #linkCount = h('span');
  readonly #linkState = h('span', { class: 's q' });
  readonly #linkList = h('ul');
  readonly #linkSection: HTMLElement;
  #shown = new Map<HTMLElement, string>();

  constructor(words: Words, wishes: Wishes) {
    this.#words = words;
    this.#wishes = wishes;
    this.#track = option('track', (on) => wishes.wish({ track: on }), 'track-sub track-why');
    this.#log = option('log', (on) => wishes.wish({ log: on }), 'log-sub');
    this.#log.label.textContent = words.log;
    this.#records = h('button', {
      class: 'btn small',
      type: 'button',
      'aria-expanded': 'false',
      'aria-controls': 'records',
      hidden: true,
      onclick: () => {
        const open = this.#records.getAttribute('aria-expanded') !== 'true';
        this.#records.setAttribute('aria-expanded', String(open));
        this.#picker.hidden = !open;
      },
    });
    this.#picker.setAttribute('aria-label', words.associated);
    this.#log.row.insertBefore(this.#records, this.#log.sub);
    const summary = h('summary', { class: 'hd' }, this.#linkCount, this.#linkState, icon(icons.chevron, 12, 'caret'));
    this.#links.append(summary, this.#linkList);
    this.#linkSection = h('section', { class: 'sec' }, this.#links);
    this.main.append(
      h('section', { class: 'sec' }, this.#track.row, this.#reason, this.#log.row, this.#picker),
      this.#people,
      this.#linkSection,
    );
  }

  update(model: Model): void {
    const { answer } = model;
    const refused = model.hasRecipients && answer?.track.allowed === false;
    const cannot = refused || !model.start.canTrack;
    this.#track.label.textContent = model.start.trackLabel || this.#words.trackOpensAndClicks;
    this.#track.row.classList.toggle('off', cannot);
    this.#track.set(model.track && !cannot, cannot);
    this.#log.set(model.log, false);
    this.#sentences(model, cannot);
    this.#put(this.#reason, JSON.stringify([answer?.track.reason, refused]), () => this.#why(answer?.track.reason, cannot));
    this.#recordList(model.log && model.hasRecipients ? (answer?.log.records ?? []) : []);
    this.#put(this.#people, JSON.stringify([model.hasRecipients, answer?.recipients, answer?.log.records, model.log, model.retryIn !== null]), () => this.#who(model));
    this.#linkRows(model, cannot);
    this.#away(model);
    this.#footer(model);
  }

  #sentences(model: Model, cannot: boolean): void {
    const { words, answer } = { words: this.#words, answer: model.answer };
    const away = model.retryIn !== null;
    const known = model.hasRecipients && answer;
    let track = known ? answer.track.sentence : words.trackSoon;
    if (cannot && !known) track = words.trackCannot;
    else if (!cannot && !model.track) track = words.trackNot;
    else if (away && model.track && !cannot) track = answer?.pixelHtml ? words.trackKept : words.trackLost;
    this.#track.sub.textContent = track;
    this.#track.sub.title = track;
    this.#track.sub.classList.toggle('warn', away && track === words.trackLost);
    let log: string = known ? answer.log.sentence : words.logSoon;
    if (!model.log) log = words.logNot;
    else if (away) log = words.logLater;
    this.#log.sub.textContent = log;
    this.#log.sub.title = log;
  }

  #why(reason: Reason | undefined, cannot: boolean): Node[] {
    this.#reason.hidden = !reason;
    this.#reason.className = cannot ? 'why warn' : 'why';
    if (!reason) return [];
    const action = reason.actionText && reason.actionUrl ? h('a', { href: reason.actionUrl, target: '_blank', rel: 'noopener' }, reason.actionText) : null;
    return [icon(cannot ? icons.warning : icons.info, 16), h('p', {}, `${reason.text} `, action)];
  }

  #recordList(records: readonly LogRecord[]): void {
    this.#records.hidden = records.length === 0;
    if (records.length === 0) {
      this.#records.setAttribute('aria-expanded', 'false');
      this.#picker.hidden = true;
    }
    const count = counted(records.length, this.#words.oneRecord, this.#words.records);
    this.#put(this.#records, count, () => [document.createTextNode(count), icon(icons.chevron, 12, 'caret')]);
    this.#put(this.#picker, JSON.stringify(records), () =>
      [...records]
        .sort((a, b) => Number(a.willBeCreated ?? false) - Number(b.willBeCreated ?? false))
        .map((record) =>
          h(
            'li',
            { class: record.willBeCreated ? 'pick new' : 'pick' },
            icon(record.willBeCreated ? icons.personAdd : recordIcons[record.type]),
            h(
              'div',
              { class: 't' },
              h('p', { class: 'l1' }, h('span', { class: 't', title: record.name }, record.name), record.detail ? h('span', {}, record.detail) : null),
              h('p', { class: 'q t', title: record.why }, record.willBeCreated ? h('span', { class: 'tag' }, this.#words.willBeCreated) : null, record.why),
            ),
          ),
        ),
    );
  }

  #who(model: Model): Node[] {
    const words = this.#words;
    const people = model.hasRecipients ? (model.answer?.recipients ?? []) : [];
    const title = people.length > 1 ? fill(words.recipients, people.length) : words.recipient;
    const old = model.retryIn !== null && model.answeredAt && people.length > 0;
    const time = model.answeredAt?.toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' }) ?? '';
    const heading = h('h2', { class: 'hd', id: 'people' }, title, old ? h('span', { class: 'q' }, fill(words.asOf, time)) : null);
    if (!model.hasRecipients)
      return [
        heading,
        h(
          'div',
          { class: 'who' },
          h('span', { class: 'av', 'aria-hidden': 'true' }, icon(icons.personAdd, 16)),
          h('div', {}, h('p', { class: 'q' }, words.addRecipient), h('p', { class: 's q' }, words.addRecipientText)),
        ),
      ];
    if (people.length === 0)
      return [
        heading,
        h('div', { class: 'who', role: 'status', 'aria-label': words.loading }, h('span', { class: 'av' }), h('div', {}, h('span', { class: 'sk w1' }), h('span', { class: 'sk w2' }))),
      ];
    const creating = new Set((model.log ? (model.answer?.log.records ?? []) : []).filter((r) => r.willBeCreated).map((r) => r.name.toLowerCase()));
    const small = people.length > 1;
    const shown = people.length > shownPeople ? people.slice(0, shownPeople - 1) : people;
    const rows = shown.map((p) => person(p, words, small, creating.has(p.address.toLowerCase()) || creating.has(p.name.toLowerCase())));
    const rest = people.length - shown.length;
    return [heading, ...rows, ...(rest > 0 ? [h('p', { class: 's q' }, fill(words.more, rest))] : [])];
  }

  #linkRows(model: Model, cannot: boolean): void {
    this.#linkSection.hidden = model.links.length === 0;
    this.#linkCount.textContent = fill(this.#words.links, model.links.length);
    const tracked = model.track && !cannot && model.start.canTrackClicks;
    this.#linkState.textContent = tracked ? this.#words.allTracked : this.#words.notTracked;
    this.#put(this.#linkList, JSON.stringify(model.links), () =>
      model.links.map((link) => h('li', { class: 'lnk' }, h('p', { class: 't b' }, link.text), h('p', { class: 't q', title: link.target }, link.target))),
    );
  }

  #away(model: Model): void {
    const words = this.#words;
    const text = model.retryIn !== null ? words.away : model.problem;
    this.bar.hidden = !text;
    this.#put(this.bar, text ?? '', () => {
      if (!text) return [];
      const again = h('button', { class: 'link', type: 'button', onclick: () => this.#wishes.retry() }, words.tryNow);
      const line = h('p', {}, h('span', {}), again);
      return [icon(model.retryIn !== null ? icons.away : icons.warning, 16), h('div', {}, h('p', { class: 'b' }, model.problem && model.retryIn === null ? words.refused : text), line)];
    });
    const line = this.bar.querySelector('p + p > span');
    if (line) line.textContent = model.retryIn !== null ? `${fill(words.awayRetry, model.retryIn)} ` : `${model.problem} `;
  }

  #footer(model: Model): void {
    const words = this.#words;
    let [kind, svg, first, second]: [string, string, string, string] = ['', icons.shield, words.nothingToDo, words.nothingToDoText];
    if (model.retryIn !== null) [kind, svg, first, second] = ['', icons.info, words.eitherWay, words.eitherWayText];
    else if ((model.track || model.log) && model.alive === true) [kind, svg, first, second] = ['ok', icons.ok, words.mayClose, words.mayCloseText];
    else if ((model.track || model.log) && model.alive === false) [kind, svg, first, second] = ['keep', icons.pin, words.keepOpen, words.keepOpenText];
    this.foot.className = `foot ${kind}`.trim();
    this.#put(this.foot, first, () => [icon(svg), h('div', {}, h('p', {}, first), h('p', { class: 's q' }, second))]);
  }

  /** Replaces the content only when what it shows has changed. */
  #put(element: HTMLElement, key: string, content: () => Node[]): void {
    if (this.#shown.get(element) === key) return;
    this.#shown.set(element, key);
    element.replaceChildren(...content());
  }
}

function person(p: Person, words: Words, small: boolean, creating: boolean): HTMLElement {
  const facts = p.contactId ? [p.company, p.owner ? fill(words.owner, p.owner) : null] : [creating ? null : words.notYetContact, p.name !== p.address ? p.address : null];
  const last = p.lastTouch ?? null;
  const lines = small ? [[...facts, last].filter(Boolean).join(' · ')] : [facts.filter(Boolean).join(' · '), last ?? ''];
  return h(
    'div',
    { class: small ? 'who s24' : 'who' },
    avatar(p.name, p.address, small),
    h('div', { class: 't' }, h('p', { class: 't b', title: p.address }, p.name), ...lines.filter(Boolean).map((line) => h('p', { class: 's q t', title: line }, line))),
    creating ? h('span', { class: 'tag' }, words.willBeCreated) : null,
  );
}

type Option = { row: HTMLElement; label: HTMLLabelElement; sub: HTMLElement; set(checked: boolean, disabled: boolean): void };

/** aria-disabled, not disabled: it keeps the focus and its reason is read out. */
function option(id: string, changed: (on: boolean) => void, describedBy: string): Option {
  const box = h('input', { class: 'check', type: 'checkbox', id, 'aria-describedby': describedBy });
  const label = h('label', { for: id });
  const sub = h('div', { class: 'sub t', id: `${id}-sub` });
  box.addEventListener('click', (event) => {
    if (box.getAttribute('aria-disabled') === 'true') event.preventDefault();
  });
  box.addEventListener('change', () => changed(box.checked));
  return {
    row: h('div', { class: 'opt' }, box, label, sub),
    label,
    sub,
    set(checked, disabled) {
      box.checked = checked;
      if (disabled) box.setAttribute('aria-disabled', 'true');
      else box.removeAttribute('aria-disabled');
    },
  };
}
