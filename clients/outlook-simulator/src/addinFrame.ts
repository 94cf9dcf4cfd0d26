import type { Draft } from './draft.ts';
import { execute, type Mailbox } from './dispatch.ts';
import { addinUrl, readRequest, writeAnswer, writeEvent, type Request } from './wire.ts';

export type Host = { readonly name: string; readonly mailbox: number; readonly events: boolean };
export type LaunchEvent = 'OnNewMessageCompose' | 'OnMessageSend';
/** What the handler handed to `event.completed`. */
export type Completed = { readonly allowEvent: boolean; readonly errorMessage?: string };

/** How the launch events of the manifest are called on the wire. */
const eventTypes: Record<LaunchEvent, string> = {
  OnNewMessageCompose: 'olkNewMessageComposeCreated',
  OnMessageSend: 'olkMessageSending',
};
/** appCommandInvocationCompletedAsync: how `event.completed()` comes back. */
const completedMethod = 94;

/** One page of the add-in in an iframe, spoken to as Outlook on the web speaks to office.js. */
export class AddinFrame {
  readonly element = document.createElement('iframe');
  readonly #id = crypto.randomUUID();
  readonly #registrations = new Map<string, Request>();
  readonly #waiting = new Map<string, (completed: Completed) => void>();
  readonly #listener = (message: MessageEvent) => this.#receive(message);
  #ready: () => void = () => {};
  /** Resolves when office.js listens for launch events. */
  readonly ready = new Promise<void>((resolve) => (this.#ready = resolve));

  constructor(
    page: string,
    title: string,
    readonly draft: Draft,
    readonly mailbox: Mailbox,
    readonly host: Host,
  ) {
    this.element.title = title;
    this.element.src = addinUrl(page, this.#id, location.origin);
    window.addEventListener('message', this.#listener);
    draft.on((change) => {
      if (change === 'to' || change === 'cc' || change === 'bcc') {
        const changed = { to: false, cc: false, bcc: false, [change]: true };
        this.#raise('olkRecipientsChanged', [JSON.stringify(changed)]);
      }
    });
  }

  /** Raises a launch event of the manifest; resolves with what the handler completed with, never rejects. */
  async launch(event: LaunchEvent, handler: string): Promise<Completed> {
    await this.ready;
    const id = crypto.randomUUID();
    const completed = new Promise<Completed>((resolve) => this.#waiting.set(id, resolve));
    this.#raise('appCommandInvoked', [id, handler, JSON.stringify({ type: eventTypes[event], source: { id: event } })]);
    return completed;
  }

  remove(): void {
    window.removeEventListener('message', this.#listener);
    this.element.remove();
  }

  #receive(message: MessageEvent): void {
    if (message.source !== this.element.contentWindow) return;
    const request = readRequest(message.data);
    if (!request || !request.conversationId.startsWith(this.#id)) return;
    if (request.kind === 'register') {
      this.#registrations.set(request.actionName, request);
      this.#answer(request, { Error: 0 });
      if (request.actionName === 'appCommandInvoked') this.#ready();
    } else if (request.kind === 'unregister') {
      this.#registrations.delete(request.actionName);
      this.#answer(request, { Error: 0 });
    } else this.#invoke(request);
  }

  #invoke(request: Request): void {
    const data = request.data as Record<string, unknown> | undefined;
    switch (request.actionName) {
      case 'ContextActivationManager_getAppContextAsync':
        return this.#answer(request, this.#appContext());
      case 'GetInitialData':
        return this.#answer(request, this.#initialData());
      case 'ExecuteMethod': {
        const method = data?.['MethodData'] as { DispatchId: number };
        return this.#answer(request, execute(this.draft, this.mailbox, this.host.mailbox, method.DispatchId, data?.['ApiParams']));
      }
      case 'executeMethod': {
        const method = data?.['DdaMethod'] as { DispatchId: number } | undefined;
        if (method?.DispatchId === completedMethod) this.#completed(data ?? {});
        return this.#answer(request, { Error: 0 });
      }
      case 'ContextActivationManager_openWindowInHost':
        window.open(String(data?.['strUrl']), '_blank', 'noopener');
        return this.#answer(request, null);
      default:
        return this.#answer(request, null);
    }
  }

  #completed(data: Record<string, unknown>): void {
    // Parameters travel under their index: 0 the event's id, 1 a status, 2 the event object as JSON.
    const id = String(data['0']);
    const context = (JSON.parse(String(data['2'] || '{}')) as { completedContext?: Partial<Completed> }).completedContext;
    this.#waiting.get(id)?.({ ...context, allowEvent: context?.allowEvent ?? true });
    this.#waiting.delete(id);
  }

  #answer(request: Request, data: unknown): void {
    this.element.contentWindow?.postMessage(writeAnswer(request, data, location.origin), location.origin);
  }

  #raise(event: string, data: unknown): void {
    const registration = this.#registrations.get(event);
    if (registration) this.element.contentWindow?.postMessage(writeEvent(registration, data, location.origin), location.origin);
  }

  #appContext(): object {
    return {
      _id: this.#id,
      _appName: 64,
      _appVersion: '16.01',
      _appUILocale: document.documentElement.lang === 'pl' ? 'pl-PL' : 'en-US',
      _dataLocale: 'en-US',
      _docUrl: location.origin,
      _clientMode: 1,
      _settings: { SettingsKey: JSON.stringify(this.mailbox.roaming) },
      _reason: 'documentOpened',
      _osfControlType: 1,
      _eToken: '',
      _correlationId: this.#id,
      _appInstanceId: this.#id,
      _requirementMatrix: JSON.stringify({ Mailbox: `1.${this.host.mailbox}` }),
      _hostFullVersion: '16.0.0.0',
      _addinName: 'Waybill',
    };
  }

  #initialData(): object {
    return {
      itemType: 4,
      // On the wire 3 is ReadWriteItem (calculatePermissionLevel in office.js).
      permissionLevel: 3,
      userDisplayName: this.draft.from.name,
      userEmailAddress: this.draft.from.address,
      userTimeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      hostVersion: '16.0.0.0',
      owaView: 'ThreeColumns',
      conversationId: this.draft.id,
      isFromSharedFolder: false,
    };
  }
}
