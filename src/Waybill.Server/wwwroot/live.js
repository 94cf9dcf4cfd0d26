// What every signed-in page does without reloading: pop-ups for opens and clicks, and saying that the connection is lost.
import "./lib/signalr.min.js";
import * as bell from "./bell.js";
import "./search.js";
import "./unsaved.js";

const toastSeconds = 8;
const slowestRetryMs = 30_000;

/** Shows a message in the corner. Pages call it as `waybill.toast`. */
export function toast(title, body, url) {
  const box = document.createElement("div");
  box.className = "toast";
  const head = document.createElement(url ? "a" : "b");
  head.textContent = title;
  if (url) head.href = url;
  const text = document.createElement("p");
  text.textContent = body ?? "";
  const close = document.createElement("button");
  close.type = "button";
  close.className = "icon subtle sm";
  close.ariaLabel = region().dataset.close;
  close.textContent = "×";
  close.onclick = () => box.remove();
  box.append(head, close, text);
  region().append(box);

  // Time stands still while someone reads or reaches for it.
  let timer;
  const start = () => (timer = setTimeout(() => box.remove(), toastSeconds * 1000));
  const stop = () => clearTimeout(timer);
  box.onmouseenter = box.onfocusin = stop;
  box.onmouseleave = box.onfocusout = start;
  start();
}

const region = () => document.getElementById("toasts");

async function tell({ hitId }) {
  if (hitId === null) return;
  bell.changed();
  const answer = await fetch(`/feed/notice/${hitId}`, { headers: { accept: "application/json" } });
  if (answer.status !== 200) return;
  const { title, body, url } = await answer.json();
  toast(title, body, url);
  if (globalThis.Notification?.permission !== "granted" || bell.muted()) return;
  // Several open tabs show one, since they share the tag.
  const notification = new Notification(title, { body, tag: `hit-${hitId}`, icon: "/icon.svg" });
  notification.onclick = () => {
    window.focus();
    location.assign(url);
  };
}

function showWhetherToAsk() {
  document.documentElement.dataset.notify = globalThis.Notification?.permission ?? "denied";
}

function lost(isLost) {
  document.getElementById("components-reconnect-modal")?.toggleAttribute("data-lost", isLost);
}

const waitMs = (attempt) => Math.min(slowestRetryMs, 1000 * 2 ** attempt);

const hub = new globalThis.signalR.HubConnectionBuilder()
  .withUrl("/hub")
  .withAutomaticReconnect({ nextRetryDelayInMilliseconds: ({ previousRetryCount }) => waitMs(previousRetryCount) })
  .configureLogging(globalThis.signalR.LogLevel.Error)
  .build();
hub.on("mailChanged", tell);
hub.on("noticesChanged", bell.changed);
hub.onreconnecting(() => lost(true));
hub.onreconnected(() => {
  lost(false);
  bell.changed();
});

async function connect(attempt = 0) {
  try {
    await hub.start();
  } catch {
    setTimeout(connect, waitMs(attempt), attempt + 1);
  }
}

document.addEventListener("click", async (click) => {
  if (!click.target.closest?.(".ask-notify")) return;
  await Notification.requestPermission();
  showWhetherToAsk();
});
// A link in the drawer changes the page without loading a new one, so nothing else would close it.
globalThis.Blazor?.addEventListener("enhancedload", () => {
  for (const open of document.querySelectorAll(":popover-open")) open.hidePopover();
  showWhetherToAsk();
});
globalThis.waybill = { toast };
showWhetherToAsk();
connect();
