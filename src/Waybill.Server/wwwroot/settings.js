// Boxes that hang on another box follow it without a round trip; the server decides again on saving.
document.addEventListener('change', (event) => {
  const group = event.target instanceof HTMLInputElement && event.target.dataset.enables;
  if (group) follow(document.querySelector(`[data-enabled-by="${group}"]`), event.target.checked && !event.target.disabled);
});

function follow(place, on) {
  for (const box of place?.querySelectorAll('input') ?? []) {
    const under = box.closest('[data-enabled-by]');
    const enabled = on && (under === place || document.querySelector(`[data-enables="${under.dataset.enabledBy}"]`).checked);
    box.disabled = !enabled;
    box.closest('label')?.classList.toggle('off', !enabled);
  }
}

document.addEventListener('click', async (event) => {
  const button = event.target instanceof Element && event.target.closest('[data-copy]');
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand('copy');
  }
});

// A person who is new here gets their browser's time zone; the choice stays theirs.
const zone = document.querySelector('select[data-browser-zone]');
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && [...zone.options].some((option) => option.value === own)) zone.value = own;
