export type Email = { readonly emailAddress: string; readonly displayName: string };

export function includesAddress(list: readonly Email[], address: string): boolean {
  return list.some((one) => sameAddress(one.emailAddress, address));
}

/** Takes exactly that address out; everyone else stays, with their names and in their order. */
export function withoutAddress(list: readonly Email[], address: string): Email[] {
  return list
    .filter((one) => !sameAddress(one.emailAddress, address))
    .map(({ emailAddress, displayName }) => ({ emailAddress, displayName }));
}

export function sameAddress(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

/** What Bcc has to become after the server's answer; null when it is right already. */
export function changedBcc(list: readonly Email[], add: readonly string[], remove: readonly string[]): Email[] | null {
  let next: Email[] = list.map(({ emailAddress, displayName }) => ({ emailAddress, displayName }));
  for (const address of remove) next = withoutAddress(next, address);
  for (const address of add) if (!includesAddress(next, address)) next.push({ emailAddress: address, displayName: address });
  const same = next.length === list.length && next.every((one, at) => one.emailAddress === list[at]?.emailAddress);
  return same ? null : next;
}
