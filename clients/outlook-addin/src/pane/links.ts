export type Link = { text: string; target: string };

/** The web links of the mail, as a reader will see them. */
export function linksOf(html: string): Link[] {
  const page = new DOMParser().parseFromString(html, 'text/html');
  return [...page.querySelectorAll<HTMLAnchorElement>('a[href]')]
    .filter((a) => /^https?:\/\//i.test(a.getAttribute('href') ?? ''))
    .map((a) => {
      const target = (a.getAttribute('href') ?? '').replace(/^https?:\/\//i, '').replace(/\/$/, '');
      return { text: a.textContent?.trim() || target, target };
    });
}
