type Child = Node | string | null | undefined | false;
type Attributes = { readonly [name: string]: string | boolean | null | undefined | ((event: Event) => void) };

/** `h('p', { class: 'q' }, 'text')`. A function is an event handler, false and null leave the attribute out. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.replace(/^on/, ''), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((c): c is Node | string => c !== null && c !== undefined && c !== false));
  return element;
}

/** `svg` comes from the icon package at build time, never from data. */
export function icon(svg: string, size: 20 | 16 | 12 = 20, extra = ''): HTMLElement {
  const holder = h('span', { class: `i ${size === 20 ? '' : `i${size}`} ${extra}`.trim().replace(/\s+/g, ' '), 'aria-hidden': 'true' });
  holder.innerHTML = svg;
  return holder;
}

export const markSvg =
  '<svg class="mark" viewBox="0 0 20 20" aria-hidden="true"><rect width="20" height="20" rx="4"/><path d="M4 6.5 7 13.5 10 8l3 5.5L15 8.8" fill="none" stroke="#fff" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/><circle cx="15.6" cy="6" r="1.9" fill="#62abf5"/></svg>';

export function mark(): Element {
  const holder = document.createElement('span');
  holder.innerHTML = markSvg;
  return holder.firstElementChild as Element;
}

export function initials(name: string): string {
  const words = name.replace(/@.*/, '').split(/[\s._-]+/).filter(Boolean);
  const first = words[0]?.[0] ?? '?';
  return (first + (words.length > 1 ? (words.at(-1)?.[0] ?? '') : '')).toUpperCase();
}

/** The same colour for the same person everywhere, from a palette without reds. */
export function avatar(name: string, key: string, small = false): HTMLElement {
  let sum = 0;
  for (const char of key) sum = (sum * 31 + char.charCodeAt(0)) % 997;
  const colour = ['a', 'c', 'd', 'e'][sum % 4] ?? 'a';
  return h('span', { class: `av ${colour}${small ? ' s24' : ''}`, 'aria-hidden': 'true' }, initials(name));
}
