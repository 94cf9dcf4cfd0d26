import type { Body } from './draft.ts';

/** The page's contenteditable as the mail's body. What the add-in sets is cleaned as Outlook's editor does: no scripts, no handlers. */
export function pageBody(element: HTMLElement): Body {
  return {
    html: () => element.innerHTML,
    text: () => element.innerText,
    setHtml: (html) => element.replaceChildren(clean(html)),
    setText: (text) => element.replaceChildren(document.createTextNode(text)),
  };
}

export function clean(html: string): DocumentFragment {
  const page = new DOMParser().parseFromString(html, 'text/html');
  for (const bad of page.querySelectorAll('script, style, iframe, object, embed, form, meta, link, base')) bad.remove();
  for (const element of page.body.querySelectorAll('*'))
    for (const { name, value } of [...element.attributes])
      if (name.startsWith('on') || (/^(href|src)$/.test(name) && /^\s*javascript:/i.test(value))) element.removeAttribute(name);
  const fragment = document.createDocumentFragment();
  fragment.append(...page.body.childNodes);
  return fragment;
}

/** What Outlook sends: the editor's HTML in a page of its own, then what add-ins kept aside. */
export function outgoing(body: string, appended: string): string {
  const style = 'font-family: Aptos, Calibri, Helvetica, sans-serif; font-size: 12pt; color: rgb(0, 0, 0);';
  return `<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body dir="ltr"><div style="${style}">${body}</div>${appended}</body></html>`;
}
