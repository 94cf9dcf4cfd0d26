import { expect, test } from 'vitest';
import { addinUrl, readRequest, writeAnswer, writeEvent } from './wire.ts';

const raw = JSON.stringify({ _messageType: 0, _actionName: 'ExecuteMethod', _actionType: 0, _conversationId: 'c', _correlationId: 3, _data: { a: 1 } });

test('A request of office.js is read', () => {
  expect(readRequest(raw)).toEqual({ actionName: 'ExecuteMethod', kind: 'invoke', conversationId: 'c', correlationId: 3, data: { a: 1 } });
});

test.each([null, 7, '', 'x', '{', '{}', raw.replace('"_messageType":0', '"_messageType":1'), raw.replace('"_actionType":0', '"_actionType":9')])(
  'What is no request is left alone: %j',
  (message) => {
    expect(readRequest(message)).toBeNull();
  },
);

test('An answer carries the ids of its request, an event those of its registration', () => {
  const request = readRequest(raw);
  if (!request) throw new Error('unread');
  const common = { _messageType: 1, _actionName: 'ExecuteMethod', _conversationId: 'c', _correlationId: 3, _origin: 'https://h', _errorCode: 0, _serializerVersion: 1, _data: [1] };
  expect(JSON.parse(writeAnswer(request, [1], 'https://h'))).toEqual({ ...common, _responseType: 0 });
  expect(JSON.parse(writeEvent(request, [1], 'https://h'))).toEqual({ ...common, _responseType: 1 });
});

test('The host is named in the query and last in the fragment', () => {
  const url = new URL(addinUrl('https://h/addin/pane.html', 'id', 'https://h'));
  expect(url.searchParams.get('_host_Info')).toMatch(/^Outlook\$Web\$16\.01\$en-US\$id\$/);
  expect(url.hash).toMatch(/&_xdm_Info=id\|id\|https:\/\/h$/);
});
