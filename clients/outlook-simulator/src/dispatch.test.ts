import { expect, test } from 'vitest';
import { execute, notSupported, operations, type Mailbox } from './dispatch.ts';
import { Draft } from './draft.ts';

function open(): { draft: Draft; mailbox: Mailbox; run: (id: number, params?: unknown, version?: number) => ReturnType<typeof execute> } {
  let html = '<p>x</p>';
  const body = { html: () => html, text: () => 'x', setHtml: (next: string) => void (html = next), setText: (next: string) => void (html = next) };
  const draft = new Draft({ name: 'Anna', address: 'anna@northwind.test' }, body);
  const mailbox: Mailbox = { roaming: {}, closeWindow: () => {} };
  return { draft, mailbox, run: (id, params, version = 12) => execute(draft, mailbox, version, id, params) };
}
const person = (address: string) => ({ address, name: address });

test('Recipients are added without doubles, set as a whole, and read with their kind', () => {
  const { run } = open();
  run(22, { recipientField: 2, recipientArray: [person('a@northwind.test'), person('b@c.test')] });
  run(22, { recipientField: 2, recipientArray: [person('B@C.test')] });
  expect(run(15, { recipientField: 2 }).data).toEqual([
    { ...person('a@northwind.test'), appointmentResponse: 0, recipientType: 2 },
    { ...person('b@c.test'), appointmentResponse: 0, recipientType: 3 },
  ]);
  run(21, { recipientField: 2, recipientArray: [] });
  expect(run(15, { recipientField: 2 }).data).toEqual([]);
});

test('A change of recipients is told once, no change is not', () => {
  const { draft, run } = open();
  const told: string[] = [];
  draft.on((change) => told.push(change));
  run(22, { recipientField: 0, recipientArray: [person('a@b.test')] });
  run(22, { recipientField: 0, recipientArray: [person('a@b.test')] });
  expect(told).toEqual(['to']);
});

test('Of what is kept aside for sending the last call wins, and nothing clears it', () => {
  const { draft, run } = open();
  run(100, { appendTxt: '<b>1</b>', coercionType: 3 });
  run(100, { appendTxt: '<b>2</b>', coercionType: 3 });
  expect(draft.appendOnSend).toBe('<b>2</b>');
  run(100, { appendTxt: '', coercionType: 3 });
  expect(draft.appendOnSend).toBe('');
});

test('Session data lives with the draft; what was never set is an error, as in Outlook', () => {
  const { run } = open();
  expect(run(186, { name: 'a' })).toMatchObject({ error: true });
  run(185, { name: 'a', value: '1' });
  expect(run(186, { name: 'a' })).toMatchObject({ wasSuccessful: true, data: '1' });
});

test('Custom properties come back beside the data', () => {
  const { run } = open();
  run(4, { customProperties: { k: 1 } });
  expect(run(3)).toMatchObject({ wasSuccessful: true, customProperties: '{"k":1}' });
});

test('Text put into an HTML body is escaped', () => {
  const { draft, run } = open();
  run(23, { data: 'a<b', coercionType: 0 });
  expect(draft.body.html()).toBe('a&lt;b<p>x</p>');
});

test.each(Object.entries(operations).map(([id, { name, since }]) => [name, Number(id), since] as const))('%s (%i) is refused before Mailbox 1.%i', (_name, id, since) => {
  expect(open().run(id, {}, since - 1)).toEqual({ wasSuccessful: false, error: true, errorCode: notSupported });
});

test('An unknown call is refused, not fatal', () => {
  expect(open().run(9999)).toEqual({ wasSuccessful: false, error: true, errorCode: notSupported });
});
