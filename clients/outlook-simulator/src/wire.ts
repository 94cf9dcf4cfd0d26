/**
 * The messages Outlook on the web and office.js exchange by postMessage, as read from outlook-web-16.01.js
 * (Microsoft.Office.Common.MessagePackager): JSON strings, one request, one answer, events as repeated answers.
 */
export type Request = {
  readonly actionName: string;
  readonly kind: 'invoke' | 'register' | 'unregister';
  readonly conversationId: string;
  readonly correlationId: number;
  readonly data: unknown;
};

const kinds = ['invoke', 'register', 'unregister'] as const;

/** Null for everything that is not a request of office.js. */
export function readRequest(raw: unknown): Request | null {
  if (typeof raw !== 'string' || !raw.startsWith('{')) return null;
  let message: Record<string, unknown>;
  try {
    message = JSON.parse(raw) as Record<string, unknown>;
  } catch {
    return null;
  }
  const kind = kinds[Number(message['_actionType'] ?? -1)];
  if (message['_messageType'] !== 0 || !kind || typeof message['_actionName'] !== 'string') return null;
  return {
    actionName: message['_actionName'],
    kind,
    conversationId: String(message['_conversationId']),
    correlationId: Number(message['_correlationId']),
    data: message['_data'],
  };
}

export function writeAnswer(to: Request, data: unknown, origin: string): string {
  return envelope(to, data, origin, 0);
}

/** An event is an answer to its registration with response type 1. */
export function writeEvent(registration: Request, data: unknown, origin: string): string {
  return envelope(registration, data, origin, 1);
}

function envelope(to: Request, data: unknown, origin: string, responseType: 0 | 1): string {
  return JSON.stringify({
    _messageType: 1,
    _actionName: to.actionName,
    _conversationId: to.conversationId,
    _correlationId: to.correlationId,
    _origin: origin,
    _errorCode: 0,
    _responseType: responseType,
    _serializerVersion: 1,
    _data: data,
  });
}

/** office.js finds its host in the query and in the last part of the fragment; `_xdm_Info` has to stay last. */
export function addinUrl(page: string, conversationId: string, host: string, locale = 'en-US'): string {
  const hostInfo = `Outlook$Web$16.01$${locale}$${conversationId}$$disableLogging$0`;
  return `${page}?_host_Info=${hostInfo}#&_serializer_version=1&_xdm_Info=${conversationId}|${conversationId}|${host}`;
}
