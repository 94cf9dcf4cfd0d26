const log = (...a: unknown[]) => console.log('PANE', JSON.stringify(a));
Office.onReady((info) => {
  const item = Office.context.mailbox.item!;
  log('ready', info.host, info.platform, Office.context.requirements.isSetSupported('Mailbox', '1.12'), Office.context.requirements.isSetSupported('Mailbox', '1.13'), Office.context.partitionKey, Office.context.officeTheme, Object.keys(Office.context.ui));
  item.to.getAsync((r: any) => log('to', r.status, r.value));
  item.addHandlerAsync(Office.EventType.RecipientsChanged, (e: any) => log('changed', e.changedRecipientFields), (r: any) => log('handler', r.status));
  (item as any).bcc.addAsync(['x@y.z'], (r: any) => log('bcc', r.status));
  (item as any).sessionData.setAsync('a', 'b', (r: any) => log('sd', r.status));
  (item as any).loadCustomPropertiesAsync((r: any) => { log('cp', r.status); r.value.set('k', 1); r.value.saveAsync((s: any) => log('saved', s.status)); });
  (item as any).body.appendOnSendAsync('<img>', { coercionType: 'html' }, (r: any) => log('aos', r.status, r.error));
  (item as any).notificationMessages.replaceAsync('waybill', { type: 'informationalMessage', message: 'x', icon: 'I', persistent: false }, (r: any) => log('nm', r.status, r.error));
});
