import type { AddinFrame, Completed } from './addinFrame.ts';
import { outgoing } from './body.ts';
import type { Draft } from './draft.ts';

/** Outlook's Smart Alerts: after this long it says that the add-in takes longer, and lets the writer send anyway. */
const slowAfter = 5000;
/** Outlook waits five minutes; the demo does not. */
const givenUpAfter = 10_000;

export type SmartAlert = {
  /** The add-in takes long: true when the writer does not want to wait. */
  slow(): Promise<boolean>;
  /** The add-in said no: true when the writer sends anyway, which SendMode PromptUser allows. */
  denied(message: string): Promise<boolean>;
  close(): void;
};

/** Raises OnMessageSend and decides as Outlook does with SendMode="PromptUser": an add-in that is away never holds a mail back. */
export async function askAddin(runtime: AddinFrame, handler: string, alert: SmartAlert): Promise<boolean> {
  const allowed = (completed: Completed) => (completed.allowEvent ? true : alert.denied(completed.errorMessage ?? 'The add-in asks you not to send this mail yet.'));
  const answer = runtime.launch('OnMessageSend', handler);
  const first = await Promise.race([answer, after(slowAfter)]);
  if (first) return allowed(first);
  const second = await Promise.race([answer, after(givenUpAfter - slowAfter), alert.slow().then((anyway) => (anyway ? null : 'stop' as const))]);
  alert.close();
  if (second === 'stop') return false;
  return second ? allowed(second) : true;
}

const after = (milliseconds: number) => new Promise<null>((resolve) => setTimeout(() => resolve(null), milliseconds));

/** Hands the mail to the demo server, which makes MIME of it and submits it by SMTP. Null: sent; else why not. */
export async function submit(draft: Draft): Promise<string | null> {
  const { to, cc, bcc } = draft.recipients;
  const message = { from: draft.from, to, cc, bcc, subject: draft.subject, html: outgoing(draft.body.html(), draft.appendOnSend), headers: draft.headers };
  const form = new FormData();
  form.set('message', JSON.stringify(message));
  for (const attachment of draft.attachments) form.append('attachment', new File([attachment.content], attachment.name, { type: attachment.type }));
  try {
    const response = await fetch('/demo/outlook/send', { method: 'POST', body: form });
    if (response.ok) return null;
    const problem = (await response.json().catch(() => null)) as { detail?: string; title?: string } | null;
    return problem?.detail ?? problem?.title ?? `The server answered ${response.status}.`;
  } catch {
    return 'The demo server can’t be reached. Nothing was sent; your mail is still here.';
  }
}
