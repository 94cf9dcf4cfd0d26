// After a restart of the server an open page has to be loaded again; what was typed into it comes along, in this tab only.
const kept = "waybill-unsaved";
const waitMs = 20_000;
const bar = document.getElementById("components-reconnect-modal");
const typed = new WeakSet();

const named = (box) => box.labels?.[0]?.textContent.trim() ?? box.ariaLabel ?? box.name;
const boxes = () => [...document.querySelectorAll("main textarea, main input:is([type=text], [type=email], [type=url], [type=tel], :not([type]))")];

document.addEventListener("input", (event) => typed.add(event.target));
addEventListener("click", (event) => {
  if (!event.target.closest?.(".offline .lost a")) return;
  event.preventDefault();
  event.stopImmediatePropagation(); // Blazor would follow the link
  location.reload();
}, true);
addEventListener("pagehide", () => {
  if (!/components-reconnect-(show|retrying|failed|rejected)/.test(bar.className)) return;
  const texts = boxes().filter((box) => typed.has(box) && box.value).map((box) => [named(box), box.value]);
  if (texts.length > 0) sessionStorage.setItem(kept, JSON.stringify({ path: location.pathname, texts }));
});

/** A box takes input once the page is live; one that does not come back within the wait is given up. */
function putBack() {
  const { path, texts } = JSON.parse(sessionStorage.getItem(kept) ?? "{}");
  sessionStorage.removeItem(kept);
  if (path !== location.pathname) return;
  const from = performance.now();
  const again = setInterval(() => {
    for (const text of [...texts]) {
      const box = boxes().find((b) => !b.disabled && !b.readOnly && named(b) === text[0]);
      if (!box) continue;
      texts.splice(texts.indexOf(text), 1);
      if (box.value && box.value !== text[1]) continue;
      box.focus();
      box.value = text[1];
      for (const event of ["input", "change"]) box.dispatchEvent(new Event(event, { bubbles: true }));
    }
    if (texts.length === 0 || performance.now() - from > waitMs) clearInterval(again);
  }, 100);
}
putBack();
