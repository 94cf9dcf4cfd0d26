import { call, within, type SendAnswer } from '../../../shared/src/api.ts';
import { wordsFor } from '../../../shared/src/words.ts';
import { changedBcc } from '../bcc.ts';
import { ask, hasInlineImages, html, readBcc, readBody, readMail, supports, tell, writeBody, type Item } from '../mail.ts';
import { loadState, markAlive, saveState, type DraftState } from '../state.ts';

// Classic Outlook runs this file without a page, so there the server's own address stands in for the page's.
const server = typeof location !== 'undefined' && /^https:/.test(location.origin) ? location.origin : 'https://~host~';
/** The server has this long, connecting included; then the mail leaves with what was already decided. */
const serverBound = 3000;
/** Outlook offers "send anyway" after 5 s; the handler always ends before. */
const handlerBound = 4500;

type LaunchEvent = Office.AddinCommands.Event & { completed(options?: { allowEvent: boolean }): void };

const currentItem = () => Office.context.mailbox.item as unknown as Item;

function onNewMessageCompose(event: LaunchEvent): void {
  const done = () => event.completed();
  markAlive(currentItem()).then(done, done);
}

/** Whatever happens in here, the mail is sent. */
function onMessageSend(event: LaunchEvent): void {
  const item = currentItem();
  const send = () => event.completed({ allowEvent: true });
  within(handlerBound, prepare(item)).then(send, () => {
    within(300, tell(item, wordsFor(Office.context.displayLanguage).sentWithoutServer)).then(send, send);
  });
}

async function prepare(item: Item): Promise<void> {
  const state = await loadState(item);
  if (!state || (!state.track && !state.log)) return;
  const [mail, body] = await Promise.all([readMail(item, state.bccAddress), readBody(item)]);
  const inline = await hasInlineImages(item, body);
  const answer = await call<SendAnswer>(`${server}/compose/send`, {
    authorization: `Draft ${state.ticket}`,
    json: { ...mail, html: body, hasInlineImages: inline, pixelAppended: state.pixelAppended, track: state.track, log: state.log },
    timeoutMs: serverBound,
  });
  await carryOut(item, state, answer, inline);
}

async function carryOut(item: Item, state: DraftState, answer: SendAnswer, inline: boolean): Promise<void> {
  const steps: Promise<unknown>[] = [];
  if (Object.keys(answer.headers).length > 0) steps.push(ask<void>((done) => item.internetHeaders.setAsync(answer.headers, done)));
  if (answer.html !== null && !inline) steps.push(writeBody(item, answer.html));
  if (answer.pixelHtml !== null && supports(9)) {
    const pixel = answer.pixelHtml;
    steps.push(ask<void>((done) => item.body.appendOnSendAsync(pixel, html, done)));
    steps.push(saveState(item, { ...state, pixelAppended: true }));
  }
  if (answer.bcc.add.length > 0 || answer.bcc.remove.length > 0) {
    const next = changedBcc(await readBcc(item), answer.bcc.add, answer.bcc.remove);
    if (next) steps.push(ask<void>((done) => item.bcc.setAsync(next, done)));
  }
  await Promise.all(steps);
  if (answer.message) await tell(item, answer.message);
}

void Office.onReady();
Office.actions.associate('onNewMessageCompose', onNewMessageCompose);
Office.actions.associate('onMessageSend', onMessageSend);
