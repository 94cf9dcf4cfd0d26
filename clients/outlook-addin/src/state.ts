import { ask, supports, type Item } from './mail.ts';

/** What pane and event runtime know of one mail together; it travels with the draft. */
export type DraftState = { draftId: string; ticket: string; bccAddress: string; track: boolean; log: boolean; pixelAppended: boolean };

const draftKey = 'waybill.draft';
const aliveKey = 'waybill.alive';

export async function loadState(item: Item): Promise<DraftState | null> {
  const text = supports(11)
    ? await ask<string>((done) => item.sessionData.getAsync(draftKey, done)).catch(() => '')
    : await ask<Office.CustomProperties>((done) => item.loadCustomPropertiesAsync(done)).then(
        (properties) => String(properties.get(draftKey) ?? ''),
        () => '',
      );
  return readState(text);
}

export function readState(text: string): DraftState | null {
  try {
    const state = JSON.parse(text) as Partial<DraftState>;
    if (typeof state.draftId !== 'string' || typeof state.ticket !== 'string') return null;
    return {
      draftId: state.draftId,
      ticket: state.ticket,
      bccAddress: String(state.bccAddress ?? ''),
      track: state.track === true,
      log: state.log === true,
      pixelAppended: state.pixelAppended === true,
    };
  } catch {
    return null;
  }
}

export async function saveState(item: Item, state: DraftState): Promise<void> {
  const text = JSON.stringify(state);
  if (supports(11)) return ask<void>((done) => item.sessionData.setAsync(draftKey, text, done));
  const properties = await ask<Office.CustomProperties>((done) => item.loadCustomPropertiesAsync(done));
  properties.set(draftKey, text);
  return ask<void>((done) => properties.saveAsync(done));
}

/** The mark that this Outlook really runs our events; one installed by its user alone never does. */
export function markAlive(item: Item): Promise<void> {
  return ask<void>((done) => item.sessionData.setAsync(aliveKey, '1', done));
}

export function isAlive(item: Item): Promise<boolean> {
  if (!supports(12)) return Promise.resolve(false);
  return ask<string>((done) => item.sessionData.getAsync(aliveKey, done)).then(
    (value) => value === '1',
    () => false,
  );
}
