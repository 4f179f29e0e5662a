// @ts-check
/**
 * The one script of the pages. The server renders everything; this opens the stream, puts what
 * comes where its id says, sends forms, opens dialogs and completes commands.
 */

const { body } = document;
const here = body.dataset.here;
const LANGUAGE = navigator.languages.find((one) => one.startsWith("en")) ?? "en-US";

/** @type {(id: string) => any} */
const byId = (id) => document.getElementById(id);
/** @type {(selector: string, within?: ParentNode) => any[]} */
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
/** @type {(ms: number) => Promise<void>} */
const pause = (ms) => new Promise((go) => setTimeout(go, ms));

// --- Times in the reader's zone
const DAY = { weekday: "long", month: "long", day: "numeric" };
const TIME = { hour: "numeric", minute: "2-digit" };
const STYLES = { time: TIME, day: DAY, "day-and-time": { ...DAY, ...TIME }, message: TIME };

/** @type {(at: Date, style: string) => string} */
function inWords(at, style) {
  const text = new Intl.DateTimeFormat(LANGUAGE, /** @type {any} */ (STYLES)[style]).format(at);
  return text.replace(/\s?([AP])M\b/, (_, half) => ` ${half.toLowerCase()}m`);
}

/** @param {ParentNode} within */
function tellTimes(within) {
  for (const time of all("time[data-when]", within)) {
    const at = new Date(time.dateTime);
    time.textContent = inWords(at, time.dataset.when);
    if (time.dataset.when === "message") time.dataset.day = inWords(at, "day");
  }
}

/** Write the day above the first message of each day. @param {HTMLElement} log */
function tellDays(log) {
  let before = "";
  for (const message of all(":scope > article", log)) {
    const day = message.querySelector("time")?.dataset.day ?? before;
    message.dataset.day = day === before ? "" : day;
    before = day;
  }
}

// --- What the server sent, put where it belongs
/** @type {(html: string) => any[]} */
function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  tellTimes(template.content);
  return [...template.content.children];
}

/** @param {string} html */
function put(html) {
  for (const element of parse(html)) {
    if (element instanceof HTMLDialogElement) show(element);
    else place(element, byId(element.id));
    const seq = Number(element.dataset.seq ?? 0);
    if (seq > Number(body.dataset.after)) body.dataset.after = String(seq);
  }
}

/** @type {(element: HTMLElement, there: HTMLElement | null) => void} */
function place(element, there) {
  const home = there ?? byId(element.dataset.into ?? "");
  const isKnown = element.dataset.op === (there ? "post" : "edit");
  if (!home || isKnown || there?.isEqualNode(element)) return;
  const scroller = home.closest(".scroller");
  const wasAtEnd = isAtEnd(scroller);
  const held = there?.contains(document.activeElement) ? document.activeElement : null;
  there ? there.replaceWith(element) : home.append(element);
  if (held) refocus(held, element);
  all(".log").forEach(tellDays);
  if (wasAtEnd || (!there && element.matches(".mine, .private"))) toEnd(scroller);
  else if (!there) scroller.classList.add("has-news");
}

/** Focus what takes the place of an element that is gone. @type {(gone: any, within: ParentNode) => void} */
function refocus(gone, within) {
  const same = gone.value && within.querySelector(`button[value="${CSS.escape(gone.value)}"]`);
  (same || all(".composer textarea").at(-1))?.focus();
}

/** @type {(scroller: any) => boolean} */
const isAtEnd = (box) => !!box && box.scrollHeight - box.scrollTop - box.clientHeight < 80;
/** @type {(scroller: any) => void} */
const toEnd = (scroller) => scroller.scrollTo({ top: scroller.scrollHeight });

// --- Dialogs
/** @param {HTMLDialogElement} dialog */
function show(dialog) {
  const [open] = all("dialog[open]");
  if (open?.id === dialog.id) {
    const chosen = new Map(all("[type=file]", open).map((one) => [one.name, one.files]));
    open.replaceChildren(...dialog.children); // a file stays in the browser until it may come in
    for (const one of all("[type=file]", open)) one.files = chosen.get(one.name) ?? one.files;
    return all(".faults, [autofocus]", open)[0]?.focus();
  }
  const opener = document.activeElement;
  body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (document.activeElement === body) refocus(opener, body);
  });
  dialog.showModal();
}

// --- Sending
/** Ask until there is an answer. @type {(address: string, how?: RequestInit) => Promise<any>} */
async function ask(address, how) {
  for (;;) {
    try {
      const answer = await fetch(address, { ...how, signal: AbortSignal.timeout(15_000) });
      const html = await answer.text();
      if (stream?.readyState !== EventSource.CONNECTING) byId("reconnecting").hidden = true;
      return { status: answer.status, html };
    } catch {
      byId("reconnecting").hidden = false;
      await pause(2_000);
    }
  }
}

/** @type {(form: any, submitter: HTMLElement | null) => Promise<void>} */
async function send(form, submitter) {
  const isComposer = form.matches(".composer");
  if (form.ariaBusy === "true" || (isComposer && !form.elements.text.value.trim())) return;
  for (const more of all("details:has(:invalid)", form)) more.open = true;
  if (!form.reportValidity()) return;
  const fields = new FormData(form, submitter);
  fields.set("once", (form.dataset.once ??= crypto.randomUUID()));
  hold(form, true);
  const sent = form.querySelector("[type=file]") ? fields : new URLSearchParams(/** @type {any} */ (fields));
  const { status, html } = await ask(form.action, { method: "POST", body: sent });
  hold(form, false);
  if (status < 500) delete form.dataset.once; // else it may have been taken: say the same once more
  if (status >= 400) return refused(html, form);
  form.closest("dialog")?.close();
  if (isComposer) form.reset();
  put(html);
}

/** While a form is on its way, its texts stand still. @type {(form: any, isBusy: boolean) => void} */
function hold(form, isBusy) {
  form.ariaBusy = String(isBusy);
  for (const text of all("textarea", form)) text.readOnly = isBusy;
  refusalOf(form).replaceChildren();
}

/** @type {(html: string, form: any) => void} */
function refused(html, form) {
  const parts = parse(html);
  if (parts[0] instanceof HTMLDialogElement) show(parts[0]);
  else refusalOf(form).replaceChildren(...parts);
}

/** @type {(form: ParentNode) => HTMLElement} */
const refusalOf = (form) => form.querySelector("[data-refusal]") ?? byId("refusal");

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("[data-send]")) return;
  event.preventDefault();
  send(form, event.submitter);
});
document.addEventListener("input", (event) => {
  const { form } = /** @type {any} */ (event.target);
  if (form && form.ariaBusy !== "true") delete form.dataset.once; // other words, another message
});
document.addEventListener("click", async (event) => {
  const button = /** @type {any} */ (event.target).closest("button, .faults a");
  if (button?.dataset.get) {
    const { status, html } = await ask(button.dataset.get);
    (status < 400 ? put : refused)(html, button);
  } else if (button?.matches("[data-dismiss]")) {
    button.closest("article").remove();
    refocus(button, body);
  } else if (button?.dataset.choose) {
    event.preventDefault(); // once something else is chosen or written, it hands that in
    for (const act of ["focus", "click"]) byId(button.dataset.choose)[act]();
    delete Object.assign(button, { type: "submit", textContent: button.dataset.then }).dataset.choose;
  } else if (button?.matches(".jump")) toEnd(button.closest(".scroller"));
  else if (button?.matches(".faults a")) {
    event.preventDefault();
    const field = byId(button.hash.slice(1));
    (all("input:not([type=hidden])", field)[0] ?? field).focus();
  }
});

// --- The composer: Enter sends, "/" offers commands
/** @type {(text: HTMLTextAreaElement, list: HTMLElement | null) => void} */
function complete(text, list) {
  const options = list ? all("li", list) : [];
  const offered = () => (list?.hidden === false ? options.filter((one) => !one.hidden) : []);
  const choose = (/** @type {HTMLElement=} */ option) => {
    for (const one of options) one.ariaSelected = String(one === option);
    text.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  };
  const offer = () => {
    const said = text.value.toLowerCase();
    for (const one of options) one.hidden = !one.dataset.line.startsWith(said);
    if (list) list.hidden = !said.startsWith("/") || options.every((one) => one.hidden);
    choose();
  };
  const take = (/** @type {HTMLElement} */ option) => {
    text.value = `${option.dataset.line} `;
    offer();
  };
  const move = (/** @type {string} */ key) => {
    const now = offered();
    const at = now.findIndex((one) => one.ariaSelected === "true");
    if (now.length && key === "ArrowDown") choose(now[(at + 1) % now.length]);
    else if (now.length && key === "ArrowUp") choose(now.at(Math.max(at, 0) - 1));
    else if (list && now.length && key === "Escape") list.hidden = true;
    else if (at >= 0 && (key === "Enter" || key === "Tab")) take(now[at]);
    else return false;
    return true;
  };
  text.addEventListener("input", offer);
  text.form?.addEventListener("reset", () => setTimeout(offer));
  text.addEventListener("keydown", (event) => {
    const isToSend = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    const isMoved = move(event.key);
    if (isMoved || isToSend) event.preventDefault();
    if (isToSend && !isMoved) text.form?.requestSubmit();
  });
  list?.addEventListener("mousedown", (event) => {
    event.preventDefault();
    take(/** @type {any} */ (event.target).closest("li"));
  });
}

// --- The stream
let stream = /** @type {EventSource | null} */ (null);
let failures = /** @type {number[]} */ ([]); // when streams broke, in the last minute
let isPolling = false;

/** @param {string} what */
function address(what) {
  const { after = "0", thread = "" } = body.dataset;
  return `${here}/${what}?${new URLSearchParams({ after, ...(thread && { thread }) })}`;
}

const unlisten = () => (stream?.close(), (stream = null));

function listen() {
  if (stream || isPolling || document.hidden) return;
  byId("paused").hidden = true;
  stream = new EventSource(address("stream"));
  stream.onopen = () => (byId("reconnecting").hidden = true);
  stream.onmessage = (event) => put(event.data);
  stream.onerror = failed;
  stream.addEventListener("reload", () => location.reload());
  stream.addEventListener("close", () => {
    unlisten();
    byId("paused").hidden = false;
  });
}

function failed() {
  byId("reconnecting").hidden = false;
  failures = [...failures.filter((at) => Date.now() - at < 60_000), Date.now()];
  if (failures.length >= 5) poll();
  else if (stream?.readyState === EventSource.CLOSED) {
    unlisten();
    setTimeout(listen, 2_000);
  }
}

/** Where streams are cut, ask for the log each 3 s; after a minute try a stream again. */
async function poll() {
  unlisten();
  isPolling = true;
  failures = [];
  for (let times = 0; times < 20; times += 1) {
    const { status, html } = await ask(address("log"));
    if (status < 400) put(html);
    await pause(3_000);
  }
  isPolling = false;
  listen();
}

// --- Begin
tellTimes(document);
all(".log").forEach(tellDays);
for (const scroller of all(".scroller")) {
  toEnd(scroller);
  scroller.onscroll = () => isAtEnd(scroller) && scroller.classList.remove("has-news");
}
for (const text of all(".composer textarea")) complete(text, byId(text.getAttribute("aria-controls")));
if (matchMedia("(hover: hover)").matches) all(".composer textarea").at(-1)?.focus();
document.addEventListener("visibilitychange", () => (document.hidden ? unlisten() : here && listen()));
byId("resume")?.addEventListener("click", listen);
if (here) listen();
