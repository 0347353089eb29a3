// Which texts of an answer are links, and which of them may be followed. Nothing here draws anything.

const HOLDERS = new Set(["links", "_links"]);

/**
 * Return the address that a text of an answer leads to, or null where it is none.
 *
 * Links are the texts in `links` and `_links`, alone or as the `href` of an object, and every address
 * below one of the roots, wherever it stands. URI templates lead nowhere before they are filled.
 *
 * @param {string} text - The text.
 * @param {string[]} path - Names of the members that it is in, from the outside.
 * @param {object|null} holder - The object that it is a member of.
 * @param {string} base - Address of the answer, which relative links start from.
 * @param {string[]} roots - Addresses of the application.
 */
export function target(text, path, holder, base, roots) {
  const inLinks = path.some((each) => HOLDERS.has(each));
  const name = path[path.length - 1];
  const isLink = inLinks && (name === "href" || !(holder && "href" in holder));
  const isAddress = roots.some((each) => isBelow(text, each));
  if ((!isLink && !isAddress) || /[{}\s]/.test(text) || (holder && holder.templated)) {
    return null;
  }
  try {
    const found = new URL(text, base);
    return ["http:", "https:"].includes(found.protocol) ? found.href : null;
  } catch {
    return null;
  }
}

/** Say whether credentials may be sent to an address: it is the application's own. */
export function isOwn(address, roots) {
  return roots.some((each) => new URL(each).origin === new URL(address).origin);
}

/**
 * Return the headers that the request of a link carries: those of the request before it, save what is
 * about a body or about one resource.
 */
export function carried(headers) {
  const dropped = /^(content-.*|if-.*|idempotency-key)$/i;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.test(name)));
}

function isBelow(text, root) {
  return text === root || ["/", "?"].some((each) => text.startsWith(root + each));
}
