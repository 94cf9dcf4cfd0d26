import { avatar, h, icon } from '../../shared/src/dom.ts';
import { isAddress, parseAddresses, type Address } from './addresses.ts';
import type { Draft, Field } from './draft.ts';
import { icons } from './icons.ts';

/** One line of To, Cc or Bcc: chips, and an input whose text becomes chips at a comma, a semicolon, Enter or when it is left. */
export class RecipientField {
  readonly #field: Field;
  readonly #input: HTMLInputElement;
  readonly #chips = h('span', { class: 'chips' });
  #draft: Draft | null = null;

  constructor(line: HTMLElement, field: Field, label: string) {
    this.#field = field;
    this.#input = h('input', { 'aria-label': label, autocomplete: 'off', inputmode: 'email' });
    const button = h('span', { class: 'lb', 'aria-hidden': 'true' }, label);
    const place = h('span', { class: 'in' }, this.#chips, this.#input);
    place.addEventListener('click', (event) => event.target === place && this.#input.focus());
    line.replaceChildren(button, place);
    this.#input.addEventListener('blur', () => this.commit());
    this.#input.addEventListener('input', () => {
      if (/[,;\n]\s*$/.test(this.#input.value) || /[,;\n]/.test(this.#input.value)) this.#commitComplete();
    });
    this.#input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') {
        event.preventDefault();
        this.commit();
      } else if (event.key === 'Backspace' && this.#input.value === '') this.#remove(this.#list().at(-1));
    });
  }

  /** Shows another mail; text not yet committed goes with the old one. */
  show(draft: Draft): void {
    this.#draft = draft;
    this.#input.value = '';
    draft.on((change) => change === this.#field && this.#draft === draft && this.#render());
    this.#render();
  }

  /** What is typed counts, whether it was committed or not. */
  commit(): void {
    const text = this.#input.value;
    this.#input.value = '';
    if (text.trim()) this.#draft?.addRecipients(this.#field, parseAddresses(text));
  }

  focus(): void {
    this.#input.focus();
  }

  /** A separator inside quotes ends nothing. */
  #commitComplete(): void {
    const text = this.#input.value;
    const end = Math.max(text.lastIndexOf(','), text.lastIndexOf(';'), text.lastIndexOf('\n'));
    const [complete, rest] = [text.slice(0, end), text.slice(end + 1)];
    if ((complete.split('"').length - 1) % 2 === 1 || complete.lastIndexOf('<') > complete.lastIndexOf('>')) return;
    this.#input.value = rest.trimStart();
    this.#draft?.addRecipients(this.#field, parseAddresses(complete));
  }

  #list(): readonly Address[] {
    return this.#draft?.recipients[this.#field] ?? [];
  }

  #remove(address: Address | undefined): void {
    if (!address) return;
    this.#draft?.setRecipients(this.#field, this.#list().filter((a) => a !== address));
    this.#input.focus();
  }

  #render(): void {
    this.#chips.replaceChildren(
      ...this.#list().map((address, at) =>
        h(
          'span',
          { class: isAddress(address.address) ? 'chip' : 'chip unresolved', title: address.address },
          avatar(address.name, address.address, true),
          h('span', { class: 't', id: `${this.#field}-${at}` }, address.name),
          h('button', { type: 'button', 'aria-label': 'Remove', 'aria-describedby': `${this.#field}-${at}`, onclick: () => this.#remove(address) }, icon(icons.close12, 12)),
        ),
      ),
    );
  }
}
