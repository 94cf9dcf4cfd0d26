// A form with data-passkey: asks its address for options, lets the browser do its part, puts the answer into the field and posts the form.
let waiting; // the quiet offer in the email field; the browser does one thing at a time

document.addEventListener('submit', async (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.dataset.passkey || form.elements.credential.value) return;
  event.preventDefault();
  waiting?.abort();
  try {
    await answer(form, await options(form));
  } catch {
    form.querySelector('[role=alert]').hidden = false; // refused, cancelled, or the browser knows no passkeys
  }
});

for (const form of document.querySelectorAll('form[data-passkey][data-autofill]')) offer(form);

async function offer(form) {
  if (!(await window.PublicKeyCredential?.isConditionalMediationAvailable?.())) return;
  waiting = new AbortController();
  try {
    await answer(form, { ...(await options(form)), mediation: 'conditional', signal: waiting.signal });
  } catch {
    // Nothing was chosen.
  }
}

async function options(form) {
  const response = await fetch(form.dataset.passkey, {
    method: 'POST',
    headers: { RequestVerificationToken: form.elements.__RequestVerificationToken.value },
  });
  if (!response.ok) throw new Error(`${response.status}`);
  const asked = await response.json();
  const isNew = 'user' in asked;
  return {
    isNew,
    publicKey: isNew ? PublicKeyCredential.parseCreationOptionsFromJSON(asked) : PublicKeyCredential.parseRequestOptionsFromJSON(asked),
  };
}

async function answer(form, { isNew, ...asked }) {
  const credential = isNew ? await navigator.credentials.create(asked) : await navigator.credentials.get(asked);
  form.elements.credential.value = JSON.stringify(credential);
  form.submit();
}
