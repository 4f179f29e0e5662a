// @ts-check
/**
 * The one script of the pages. The server renders everything; this opens the stream, puts what
 * comes where its id says, sends forms, opens dialogs and completes commands.
 */

const { body } = document;
const here = body.dataset.here;
const LANGUAGE = navigator.languages.find((one) => one.startsWith("en")) ?? "en-US";
const CALM = matchMedia("(prefers-reduced-motion: reduce)").matches;

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @param {number} ms */
const pause = (ms) => new Promise((go) => setTimeout(go, ms));

// --- Times in the reader's zone -------------------------------------------------------------

const DAY = /** @type {const} */ ({ weekday: "long", month: "long", day: "numeric" });
const TIME = /** @type {const} */ ({ hour: "numeric", minute: "2-digit" });
const STYLES = { time: TIME, day: DAY, "day-and-time": { ...DAY, ...TIME }, message: TIME };

/** @param {Date} at @param {Intl.DateTimeFormatOptions} style */
function inWords(at, style) {
  const text = new Intl.DateTimeFormat(LANGUAGE, style).format(at);
  return text.replace(/\s?([AP])M\b/, (_, half) => ` ${half.toLowerCase()}m`);
}

/** @param {ParentNode} within */
function tellTimes(within) {
  for (const time of within.querySelectorAll("time[data-when]")) {
    const { dataset, dateTime } = /** @type {HTMLTimeElement} */ (time);
    const at = new Date(dateTime);
    time.textContent = inWords(at, STYLES[/** @type {keyof STYLES} */ (dataset.when)]);
    if (dataset.when === "message") dataset.day = inWords(at, DAY);
  }
}

/** Write the day above the first message of each day. @param {HTMLElement | null} log */
function tellDays(log) {
  let before = "";
  for (const message of /** @type {Iterable<HTMLElement>} */ (log?.children ?? [])) {
    const day = message.querySelector("time")?.dataset.day ?? before;
    if (day === before) delete message.dataset.day;
    else message.dataset.day = day;
    before = day;
  }
}

// --- What the server sent, put where it belongs -----------------------------------------------

/** @param {string} html */
function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  tellTimes(template.content);
  return /** @type {HTMLElement[]} */ ([...template.content.children]);
}

/** @param {string} html */
function put(html) {
  for (const element of parse(html)) {
    if (element instanceof HTMLDialogElement) show(element);
    else place(element);
    const seq = Number(element.dataset.seq ?? 0);
    if (seq > Number(body.dataset.after)) body.dataset.after = String(seq);
  }
}

/** @param {HTMLElement} element */
function place(element) {
  const there = document.getElementById(element.id);
  if (there) return element.dataset.op === "post" ? undefined : renew(there, element);
  const log = document.getElementById(element.dataset.into ?? "");
  if (!log) return undefined;
  const scroller = /** @type {HTMLElement} */ (log.closest(".scroller"));
  const wasAtEnd = isAtEnd(scroller);
  log.append(element);
  tellDays(log);
  if (wasAtEnd || element.matches(".mine, .private")) toEnd(scroller);
  else jumpOf(scroller).hidden = false;
  return undefined;
}

/** Replace, and keep the focus where it was. @param {HTMLElement} there @param {HTMLElement} by */
function renew(there, by) {
  if (there.dataset.day) by.dataset.day = there.dataset.day;
  if (there.getAttribute("aria-current")) by.setAttribute("aria-current", "true");
  if (there.isEqualNode(by)) return;
  const held = there.contains(document.activeElement) ? document.activeElement : null;
  const scroller = /** @type {HTMLElement | null} */ (there.closest(".scroller"));
  const wasAtEnd = scroller && isAtEnd(scroller);
  there.replaceWith(by);
  if (held) refocus(held, by);
  if (scroller && wasAtEnd) toEnd(scroller);
}

/** @param {Element} held @param {ParentNode} within */
function refocus(held, within) {
  const value = held.getAttribute("value");
  const same = value && within.querySelector(`button[value="${CSS.escape(value)}"]`);
  const next = same || body.querySelector(".thread textarea") || body.querySelector("textarea");
  /** @type {HTMLElement | null} */ (next)?.focus();
}

/** @param {HTMLElement} scroller */
const jumpOf = (scroller) => /** @type {HTMLElement} */ (scroller.querySelector(".jump"));
/** @param {HTMLElement} scroller */
const isAtEnd = ({ scrollHeight, scrollTop, clientHeight }) =>
  scrollHeight - scrollTop - clientHeight < 80;
/** @param {HTMLElement} scroller */
function toEnd(scroller) {
  scroller.scrollTo({ top: scroller.scrollHeight });
  jumpOf(scroller).hidden = true;
}

// --- Dialogs ----------------------------------------------------------------------------------

/** @param {HTMLDialogElement} dialog */
function show(dialog) {
  const open = /** @type {HTMLDialogElement | null} */ (document.getElementById(dialog.id));
  if (open) {
    open.replaceChildren(...dialog.children);
    /** @type {HTMLElement | null} */ (open.querySelector(".faults, [autofocus]"))?.focus();
    return;
  }
  const opener = document.activeElement;
  body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (opener && document.activeElement === body) refocus(opener, body);
  });
  dialog.showModal();
}

// --- Sending ----------------------------------------------------------------------------------

/** Ask until there is an answer. @param {string} address @param {RequestInit} [how] */
async function ask(address, how) {
  for (;;) {
    try {
      const answer = await fetch(address, { ...how, signal: AbortSignal.timeout(15_000) });
      return { status: answer.status, html: await answer.text() };
    } catch {
      byId("reconnecting").hidden = false;
      await pause(2_000);
    }
  }
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} submitter */
async function send(form, submitter) {
  if (form.ariaBusy === "true") return;
  for (const more of form.querySelectorAll("details")) more.open ||= !!more.querySelector(":invalid");
  if (!form.reportValidity()) return;
  form.dataset.once ??= crypto.randomUUID();
  const fields = new FormData(form, submitter);
  fields.set("once", form.dataset.once);
  hush(form, true);
  const sent = new URLSearchParams(/** @type {any} */ (fields));
  const { status, html } = await ask(form.action, { method: "POST", body: sent });
  hush(form, false);
  byId("reconnecting").hidden ||= stream?.readyState !== EventSource.CONNECTING;
  if (status < 500) delete form.dataset.once;
  if (status < 400) taken(form, html);
  else refused(form, html);
}

/** While a form is on its way its texts stand still. @param {HTMLFormElement} form @param {boolean} busy */
function hush(form, busy) {
  form.ariaBusy = String(busy);
  for (const text of form.querySelectorAll("textarea")) text.readOnly = busy;
  refusalOf(form).replaceChildren();
}

/** @param {HTMLFormElement} form @param {string} html */
function taken(form, html) {
  form.closest("dialog")?.close();
  if (form.matches("[data-composer]")) form.reset();
  put(html);
}

/** @param {HTMLFormElement} form @param {string} html */
function refused(form, html) {
  const [first, ...others] = parse(html);
  if (first instanceof HTMLDialogElement) show(first);
  else if (first) refusalOf(form).replaceChildren(first, ...others);
}

/** @param {HTMLElement} form */
const refusalOf = (form) => form.querySelector("[data-refusal]") ?? byId("refusal");

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("[data-send]")) return;
  event.preventDefault();
  send(form, event.submitter);
});

document.addEventListener("input", (event) => {
  const form = /** @type {HTMLInputElement} */ (event.target).form;
  if (form && form.ariaBusy !== "true") delete form.dataset.once; // other words, another message
});

document.addEventListener("click", async (event) => {
  const target = /** @type {Element} */ (event.target);
  const button = /** @type {HTMLElement | null} */ (target.closest("button, .faults a"));
  if (button?.dataset.get) {
    const { status, html } = await ask(button.dataset.get);
    if (status < 400) put(html);
    else byId("refusal").replaceChildren(...parse(html));
  } else if (button && "dismiss" in button.dataset) {
    button.closest("article")?.remove();
    refocus(button, body);
  } else if (button?.matches(".jump")) {
    toEnd(/** @type {HTMLElement} */ (button.closest(".scroller")));
  } else if (button?.matches(".faults a")) {
    event.preventDefault();
    const field = byId(decodeURIComponent(/** @type {HTMLAnchorElement} */ (button).hash.slice(1)));
    /** @type {HTMLElement} */ (field.querySelector("input:not([type=hidden])") ?? field).focus();
  }
});

// --- The composer: Enter sends, "/" offers commands ---------------------------------------------

/** @param {HTMLTextAreaElement} text @param {HTMLElement | null} list */
function complete(text, list) {
  const options = /** @type {HTMLElement[]} */ ([...(list?.children ?? [])]);
  const offered = () => options.filter((one) => !one.hidden);
  const chosen = () => offered().findIndex((one) => one.ariaSelected === "true");
  /** @param {number} at */
  const choose = (at) => {
    for (const one of options) one.ariaSelected = String(one === offered()[at]);
    const id = list?.hidden === false && offered()[at]?.id;
    if (id) text.setAttribute("aria-activedescendant", id);
    else text.removeAttribute("aria-activedescendant");
    offered()[at]?.scrollIntoView({ block: "nearest" });
  };
  /** @param {HTMLElement} option */
  const take = (option) => {
    text.value = `${option.dataset.line} `;
    offer();
    text.focus();
  };
  const offer = () => {
    const said = text.value.toLowerCase();
    for (const one of options) one.hidden = !one.dataset.line?.startsWith(said);
    if (list) list.hidden = !said.startsWith("/") || offered().length === 0;
    choose(-1);
  };
  text.addEventListener("input", offer);
  text.form?.addEventListener("reset", () => setTimeout(offer));
  list?.addEventListener("mousedown", (event) => {
    const option = /** @type {Element} */ (event.target).closest("li");
    event.preventDefault();
    if (option) take(option);
  });
  text.addEventListener("keydown", (event) => {
    const { key, shiftKey, isComposing } = event;
    const at = chosen();
    const steps = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1 });
    if (list?.hidden === false && steps[key]) {
      choose((Math.max(at, key === "ArrowUp" ? 0 : -1) + steps[key] + offered().length) % offered().length);
    } else if (list?.hidden === false && key === "Escape") list.hidden = true;
    else if (list?.hidden === false && at >= 0 && (key === "Enter" || key === "Tab")) take(offered()[at]);
    else if (key === "Enter" && !shiftKey && !isComposing) text.form?.requestSubmit();
    else return;
    event.preventDefault();
  });
}

// --- The stream -------------------------------------------------------------------------------

/** @type {EventSource | null} */
let stream = null;
/** @type {number[]} */
let failures = [];
let isPolling = false;

/** @param {string} what */
function address(what) {
  const { after = "0", thread = "" } = body.dataset;
  return `${here}/${what}?${new URLSearchParams({ after, ...(thread && { thread }) })}`;
}

function unlisten() {
  stream?.close();
  stream = null;
}

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
  const now = Date.now();
  byId("reconnecting").hidden = false;
  failures = [...failures.filter((at) => now - at < 60_000), now];
  if (failures.length >= 5) poll();
  else if (stream?.readyState === EventSource.CLOSED) {
    unlisten();
    setTimeout(listen, 2_000);
  }
}

/** Where streams are cut, ask for the log; after a minute try a stream again. */
async function poll() {
  unlisten();
  [isPolling, failures] = [true, []];
  for (let times = 0; times < 20; times += 1) {
    const { status, html } = await ask(address("log"));
    byId("reconnecting").hidden = status < 400;
    if (status < 400) put(html);
    await pause(3_000);
  }
  isPolling = false;
  listen();
}

// --- Begin --------------------------------------------------------------------------------------

tellTimes(document);
if (here) {
  for (const id of ["channel-log", "thread-log"]) tellDays(document.getElementById(id));
  for (const one of document.querySelectorAll(".scroller")) toEnd(/** @type {HTMLElement} */ (one));
  for (const one of /** @type {NodeListOf<HTMLTextAreaElement>} */ (document.querySelectorAll("[data-composer] textarea")))
    complete(one, one.hasAttribute("aria-controls") ? byId("verbs") : null);
  if (matchMedia("(hover: hover)").matches) refocus(body, body);
  for (const one of document.querySelectorAll(".scroller"))
    one.addEventListener("scroll", () => isAtEnd(/** @type {HTMLElement} */ (one)) && (jumpOf(/** @type {HTMLElement} */ (one)).hidden = true));
  byId("resume").addEventListener("click", listen);
  document.addEventListener("visibilitychange", () => (document.hidden ? unlisten() : listen()));
  listen();
}
