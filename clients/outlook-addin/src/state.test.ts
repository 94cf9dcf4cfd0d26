import { expect, test } from 'vitest';
import { readState } from './state.ts';

const state = { draftId: 'd', ticket: 't', bccAddress: 'b', track: true, log: false, pixelAppended: true };

test('What was saved is read again', () => {
  expect(readState(JSON.stringify(state))).toEqual(state);
});

test.each(['', '{', 'null', '{}', '{"draftId":1,"ticket":"t"}', '{"draftId":"d"}'])('What another add-in version or nobody wrote is no state: %j', (text) => {
  expect(readState(text)).toBeNull();
});
