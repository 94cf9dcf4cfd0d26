// Search as you type in the top bar: a combobox over options that the server renders. Without a script the form opens /search.
const pauseMs = 120;

const form = () => document.getElementById("search");
const box = () => form().querySelector("input");
const list = () => document.getElementById("search-found");
const options = () => [...list().querySelectorAll("[role=option]:not([aria-disabled])")];

let asking; // of the last keystroke; earlier answers are dropped
let timer;

function show(open) {
  list().hidden = !open;
  box().ariaExpanded = String(open);
  if (!open) mark(null);
}

function mark(option) {
  for (const other of options()) other.ariaSelected = String(other === option);
  if (option) {
    box().setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else box().removeAttribute("aria-activedescendant");
}

const marked = () => options().find((o) => o.ariaSelected === "true");

function stop() {
  clearTimeout(timer);
  asking?.abort();
}

async function ask(text) {
  asking = new AbortController();
  try {
    const answer = await fetch(`/search/suggestions?q=${encodeURIComponent(text)}`, { signal: asking.signal });
    if (!answer.ok || answer.redirected) return;
    list().innerHTML = await answer.text();
    show(document.activeElement === box());
    const status = form().querySelector("[role=status]");
    const found = options().length - 1;
    status.textContent = found ? status.dataset.count.replace("{0}", found) : status.dataset.none;
  } catch (error) {
    // Left for the next keystroke; Enter still opens the page.
    if (error.name !== "AbortError") show(false);
  }
}

function typed() {
  stop();
  const text = box().value.trim();
  if (text) timer = setTimeout(ask, pauseMs, text);
  else show(false);
}

function move(step) {
  const all = options();
  if (!all.length) return;
  const at = all.indexOf(marked());
  // Past either end stands the box itself.
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step;
  mark(all[next] ?? null);
}

function keyed(event) {
  const open = !list().hidden;
  if (event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!open && box().value.trim()) ask(box().value.trim());
    else if (open) move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") {
    const option = open && marked();
    if (option) {
      event.preventDefault();
      option.click();
    }
    stop();
    show(false);
  } else if (event.key === "Escape") {
    stop();
    if (open) {
      event.preventDefault();
      show(false);
    } else if (!box().value) box().blur();
  } else if (event.key === "Tab") show(false);
}

const inText = (element) =>
  element instanceof HTMLElement && (element.isContentEditable || element.matches("input, textarea, select"));

document.addEventListener("keydown", (event) => {
  if (!form()) return;
  if (event.target === box()) keyed(event);
  else if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !inText(event.target)) {
    event.preventDefault();
    if (form().checkVisibility()) {
      box().focus();
      box().select();
    } else document.querySelector(".search-link").click();
  }
});
document.addEventListener("input", (event) => {
  if (form() && event.target === box()) typed();
});
document.addEventListener("focusout", (event) => {
  if (form() && event.target === box() && !list().contains(event.relatedTarget)) show(false);
});
// The box keeps the focus while an option is pressed with the mouse.
document.addEventListener("mousedown", (event) => {
  if (list()?.contains(event.target)) event.preventDefault();
});
document.addEventListener("click", (event) => {
  const option = event.target.closest?.("#search-found [role=option]");
  if (!option) return;
  stop();
  box().value = "";
  show(false);
  box().blur();
});
globalThis.Blazor?.addEventListener("enhancedload", () => {
  if (form()) show(false);
});
