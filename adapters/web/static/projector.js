// @ts-check
/** The page for a projector asks each 2 s what it should show, and changes what has changed. */

const PAUSE = 2_000; // milliseconds

/** @param {ParentNode} within */
function tellTimes(within) {
  const language = navigator.languages.find((one) => one.startsWith("en")) ?? "en-US";
  const style = /** @type {const} */ ({ hour: "numeric", minute: "2-digit" });
  for (const time of within.querySelectorAll("time[data-when=time]")) {
    const at = new Date(/** @type {HTMLTimeElement} */ (time).dateTime);
    const text = new Intl.DateTimeFormat(language, style).format(at);
    time.textContent = text.replace(/\s?([AP])M\b/, (_, half) => ` ${half.toLowerCase()}m`);
  }
}

async function look() {
  try {
    const answer = await fetch(location.href, { signal: AbortSignal.timeout(15_000) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [there, comes] = [document, page].map((one) => one.querySelector("main"));
    if (answer.ok && there && comes) {
      tellTimes(comes);
      if (!there.isEqualNode(comes)) there.replaceWith(document.adoptNode(comes));
    }
  } catch {
    // The network comes back by itself, and what stands there stays.
  }
  setTimeout(look, PAUSE);
}

tellTimes(document);
setTimeout(look, PAUSE);
