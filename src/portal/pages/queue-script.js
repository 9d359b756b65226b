// How does the officer's page follow the queue without taking anything out of a hand?
//
// It loads itself anew when the queue has changed, and only while nobody is typing or choosing; then it says so.
(() => {
  const { place, revision } = document.querySelector("[data-revision]").dataset;
  const source = new EventSource(`/board/events?${new URLSearchParams({ place, auto: "1" })}`);
  const isBusy = () => document.activeElement?.matches("input:not([type=hidden]), select, summary") === true;
  const renew = () => location.replace(`/queue?${new URLSearchParams({ place, auto: "1" })}`);
  let changed = false;
  source.addEventListener("state", (event) => {
    if (String(JSON.parse(event.data).revision) === revision) return;
    changed = true;
    if (!isBusy()) renew();
    else document.getElementById("changed").hidden = false;
  });
  document.addEventListener("focusout", () =>
    setTimeout(() => {
      if (changed && !isBusy()) renew();
    }, 300),
  );
})();
