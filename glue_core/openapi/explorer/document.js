// Reads the document of the application, as whoever is signed in may see it.

import { credentials } from "./credentials.js";
import { addressOf } from "./roots.js";

let latest = 0;

/** Fetch the document with the present credentials, and show it. */
export async function load(system, source) {
  const number = ++latest;
  const sent = credentials(system);
  let found = await fetched(source, sent);
  let told = "";
  if (sent.isAnybody && found.ok) {
    told = "The document shows what you may call.";
  } else if (sent.isAnybody && [400, 401, 403].includes(found.status)) {
    told = `These credentials are refused (${found.status}): shown is what everybody may call.`;
    found = await fetched(source, { headers: {}, query: {} });
  }
  if (number !== latest) {
    // Somebody signed in or out meanwhile.
    return;
  }
  if (!found.ok) {
    told = `${source} answered ${found.status || "nothing"}: ${found.problem}`;
  } else {
    system.specActions.updateUrl(source);
    system.specActions.updateLoadingStatus("success");
    system.specActions.updateSpec(JSON.stringify(withServer(found.document, source)));
  }
  document.getElementById("explorer-status").textContent = told;
}

/**
 * Return a document that names the address where the page is from.
 *
 * Settings may name public addresses alone. A page that is looked at elsewhere, before a deployment
 * say, calls what it is from, and signs in there, unless somebody chooses another server.
 */
export function withServer(described, source) {
  const own = addressOf(source);
  const servers = described.servers || [];
  const addresses = servers.map((each) => new URL(each.url, source).href.replace(/\/$/, ""));
  if (addresses.includes(own)) {
    return described;
  }
  const found = structuredClone(described);
  found.servers = [{ url: own, description: "Where this page is from" }, ...servers];
  const schemes = (found.components && found.components.securitySchemes) || {};
  for (const flow of Object.values(schemes).flatMap((each) => Object.values(each.flows || {}))) {
    if (addresses.length && flow.tokenUrl.startsWith(`${addresses[0]}/`)) {
      flow.tokenUrl = own + flow.tokenUrl.slice(addresses[0].length);
    }
  }
  return found;
}

async function fetched(source, { headers, query }) {
  const url = new URL(source);
  for (const [name, value] of Object.entries(query)) {
    url.searchParams.set(name, value);
  }
  try {
    const response = await fetch(url, { headers: { ...headers, Accept: "application/json" } });
    if (!response.ok) {
      return { ok: false, status: response.status, problem: response.statusText };
    }
    return { ok: true, status: response.status, document: await response.json() };
  } catch (error) {
    return { ok: false, status: 0, problem: error.message };
  }
}
