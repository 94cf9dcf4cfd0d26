// Office.js for Outlook on the web loads MicrosoftAjax.js from Microsoft's CDN unless these few members are there.
// The demo works offline, so it brings its own; nothing of Microsoft's file is in here.
window.Type = Function;
Type.registerNamespace = (name) => name.split('.').reduce((parent, part) => (parent[part] ??= {}), window);
Type.registerClass = Type.prototype.registerClass = function () { return this; };
Function._validateParams = () => null;
Function.createDelegate = (instance, method) => method.bind(instance);
for (const kind of ['argument', 'argumentNull', 'argumentOutOfRange', 'argumentType', 'argumentUndefined', 'invalidOperation', 'notImplemented', 'create', 'parameterCount'])
  Error[kind] = (name, detail) => new Error([kind, name, detail].filter(Boolean).join(': '));
window.Sys = { StringBuilder: class { constructor(text = '') { this.text = text; } append(more) { this.text += more; return this; } toString() { return this.text; } }, Debug: { trace() {} }, Browser: {}, Serialization: { JavaScriptSerializer: { serialize: JSON.stringify, deserialize: JSON.parse } } };
