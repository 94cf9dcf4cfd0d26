// Mail that arrives while the list is shown appears by itself. An open message is left alone: showing it again would load its
// pictures again.
const { newest, to } = document.body.dataset;
const reading = new URLSearchParams(location.search).has("id");

setInterval(async () => {
  if (document.hidden || reading) return;
  try {
    const answer = await fetch(`/demo/inbox/messages?to=${encodeURIComponent(to)}`);
    const [first] = await answer.json();
    if (first && first.id > Number(newest)) location.reload();
  } catch {
    // The server is away; the next round asks again.
  }
}, 2000);
