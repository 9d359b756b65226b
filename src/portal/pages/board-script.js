// How does the display in the hall show and say who is called?
//
// Everything it shows comes with each message, so a reconnection needs no memory. What it has announced is kept for
// the life of the page: a restart of the portal announces nothing twice, and a board that is opened at noon does not
// call the morning.
(() => {
  const QUIET_MS = 25_000;
  const RECONNECT_MS = 2_000;
  const MOST_ROWS = 4;
  const at = (id) => document.getElementById(id);
  const { place, token } = document.body.dataset;
  const query = new URLSearchParams({ place, ...(token === "" ? {} : { token }) });
  const announced = new Map();
  let first = true;
  let source = null;
  let lastSignMs = 0;
  let audio = null;
  let speaking = Promise.resolve();

  const put = (parent, name, text, className) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className !== undefined) made.className = className;
    parent.append(made);
    return made;
  };

  const showCalls = (calls, fresh) => {
    const list = at("now");
    list.replaceChildren();
    for (const { id, label, counter } of calls.slice(0, MOST_ROWS)) {
      const row = put(list, "li", undefined, fresh.has(id) ? "fresh" : undefined);
      put(row, "b", label);
      put(row, "span", `Quầy ${counter}`);
    }
    if (calls.length === 0) put(list, "li", "Xin chờ gọi số", "rest");
  };

  const showRest = ({ past, waiting }) => {
    const list = at("past");
    list.replaceChildren();
    for (const { label, counter } of past) {
      const row = put(list, "li");
      put(row, "b", label);
      put(row, "span", `Quầy ${counter}`);
    }
    const counts = at("waiting");
    counts.replaceChildren();
    for (const { title, people } of waiting) {
      const row = put(counts, "li");
      put(row, "span", title);
      put(row, "b", String(people));
    }
  };

  // Two notes, as a door bell: 660 Hz, then 528 Hz.
  const chime = async () => {
    audio ??= new AudioContext();
    if (audio.state !== "running")
      await Promise.race([audio.resume(), new Promise((go) => setTimeout(go, 500))]);
    at("sound").hidden = audio.state === "running";
    if (audio.state !== "running") return;
    for (const [note, pitch] of [660, 528].entries()) {
      const [tone, loudness] = [audio.createOscillator(), audio.createGain()];
      const from = audio.currentTime + note * 0.45;
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(0.0001, from);
      loudness.gain.exponentialRampToValueAtTime(0.5, from + 0.02);
      loudness.gain.exponentialRampToValueAtTime(0.0001, from + 0.9);
      tone.connect(loudness).connect(audio.destination);
      tone.start(from);
      tone.stop(from + 0.95);
    }
    await new Promise((go) => setTimeout(go, 1_300));
  };

  // Where the portal's machine has no voice the chime and the number must do.
  const say = (id) =>
    new Promise((done) => {
      const sound = new Audio(`/board/calls/${id}/voice.wav?${query}`);
      sound.addEventListener("ended", done);
      sound.addEventListener("error", done);
      sound.play().catch(done);
      setTimeout(done, 15_000);
    });

  const announce = (calls) => {
    for (const { id, label, counter } of calls)
      speaking = speaking
        .then(async () => {
          at("said").textContent = `Mời số ${label} đến quầy ${counter}`;
          document.body.dataset.announced = `${document.body.dataset.announced ?? ""} ${label}`.trim();
          await chime();
          await say(id);
        })
        .catch(() => undefined);
  };

  const onState = (state) => {
    const fresh = state.now.filter(({ id, calls }) => (announced.get(id) ?? 0) < calls);
    for (const { id, calls } of state.now) announced.set(id, calls);
    showCalls(state.now, new Set(first ? [] : fresh.map(({ id }) => id)));
    showRest(state);
    document.body.dataset.revision = String(state.revision);
    if (!first) announce([...fresh].reverse());
    first = false;
  };

  const sign = () => {
    lastSignMs = Date.now();
    at("stale").hidden = true;
  };

  const connect = () => {
    source?.close();
    source = new EventSource(`/board/events?${query}`);
    source.addEventListener("state", (event) => {
      sign();
      onState(JSON.parse(event.data));
    });
    source.addEventListener("beat", sign);
  };

  const tick = () => {
    at("clock").textContent = new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
    const quietMs = Date.now() - lastSignMs;
    if (quietMs > QUIET_MS) at("stale").hidden = false;
    // A proxy's error ends an EventSource for good.
    if (source.readyState === EventSource.CLOSED || quietMs > 2 * QUIET_MS) connect();
  };

  document.addEventListener("click", () => void chime());
  connect();
  lastSignMs = Date.now();
  tick();
  setInterval(tick, RECONNECT_MS);
})();
