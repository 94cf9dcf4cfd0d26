async function onCompose(event: any) { await new Promise((r) => setTimeout(r, 10)); console.log('EVENTS compose', JSON.stringify(event)); event.completed(); }
async function onSend(event: any) { console.log('EVENTS send'); event.completed({ allowEvent: true }); }
Office.onReady();
Office.actions.associate('onNewMessageCompose', onCompose);
Office.actions.associate('onMessageSend', onSend);
