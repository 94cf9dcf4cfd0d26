export type Address = { readonly name: string; readonly address: string };

/** A typed list as people write it: `a@b.c, Maria Nowak <m@c.d>; "Lis, Jan" <j@l.pl>`. Text that is no address is kept as it is, as Outlook keeps an unresolved name. */
export function parseAddresses(text: string): Address[] {
  return split(text).map(parseOne);
}

export function isAddress(text: string): boolean {
  return /^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(text);
}

function parseOne(part: string): Address {
  const angle = /^(.*?)<([^<>]*)>$/.exec(part);
  if (!angle) return { name: part, address: part };
  const address = (angle[2] ?? '').trim();
  const name = (angle[1] ?? '').trim().replace(/^"(.*)"$/, '$1').replace(/\\(["\\])/g, '$1');
  return { name: name || address, address };
}

function split(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  let quoted = false;
  let angled = false;
  for (const char of text) {
    if (char === '"' && !angled) quoted = !quoted;
    else if (char === '<' && !quoted) angled = true;
    else if (char === '>' && !quoted) angled = false;
    if (!quoted && !angled && (char === ',' || char === ';' || char === '\n')) {
      parts.push(part);
      part = '';
    } else part += char;
  }
  parts.push(part);
  return parts.map((p) => p.trim()).filter((p) => p !== '');
}

/** Adds those that are not there yet; addresses compare without regard to case. */
export function withAddresses(list: readonly Address[], more: readonly Address[]): Address[] {
  const known = new Set(list.map((a) => a.address.toLowerCase()));
  const all = [...list];
  for (const address of more) {
    const key = address.address.toLowerCase();
    if (known.has(key)) continue;
    known.add(key);
    all.push(address);
  }
  return all;
}
