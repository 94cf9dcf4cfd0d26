// The bell: how many opens and clicks are new, and the latest of them. The server renders the list; this fetches it and counts.
const button = () => document.getElementById("bell");
const popover = () => document.getElementById("notices");

export const muted = () => button()?.dataset.muted === "true";

/** Something happened to my mail, or another page marked it as read. A burst of hits asks once. */
let waiting;
export function changed() {
  clearTimeout(waiting);
  waiting = setTimeout(read, 150);
}

async function read() {
  if (!button()) return;
  const answer = await fetch("/feed/notices");
  if (!answer.ok || answer.redirected) return;
  const inside = popover().contains(document.activeElement);
  popover().innerHTML = await answer.text();
  const { unread, muted } = popover().firstElementChild.dataset;
  button().dataset.muted = muted;
  count(Number(unread));
  // What had the focus is gone; it must not fall to the top of the page.
  if (inside && popover().matches(":popover-open")) (popover().querySelector("button, a") ?? button()).focus();
}

function count(unread) {
  const shown = unread > 99 ? "99+" : String(unread);
  const badge = button().querySelector("i");
  badge.hidden = unread === 0;
  badge.textContent = shown;
  button().ariaLabel = unread ? button().dataset.some.replace("{0}", shown) : button().dataset.none;
  inTitle();
}

/** Also in the title, where a page in another tab is seen. */
function inTitle() {
  const badge = button()?.querySelector("i");
  const bare = document.title.replace(/^\(\d+\+?\) /, "");
  document.title = badge && !badge.hidden ? `(${badge.textContent}) ${bare}` : bare;
}

document.addEventListener("submit", async (event) => {
  if (!event.target.matches?.("[data-notices-form]")) return;
  event.preventDefault();
  await fetch(event.target.action, { method: "POST", body: new FormData(event.target), redirect: "manual" });
  await read();
});
// The popover is told before it opens, and does not bubble.
document.addEventListener(
  "beforetoggle",
  (event) => {
    if (event.target.id === "notices" && event.newState === "open") read();
  },
  true,
);
globalThis.Blazor?.addEventListener("enhancedload", inTitle);
inTitle();
