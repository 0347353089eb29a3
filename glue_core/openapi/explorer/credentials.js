// What somebody signed in with, as a request carries it.

import { isOwn } from "./links.js";
import { rootsOf } from "./roots.js";

/**
 * Return the headers and query parameters of everything that is authorized.
 *
 * Of several that use one header the last counts, as in the requests of the explorer.
 */
export function credentials(system) {
  const headers = {};
  const query = {};
  const authorized = system.authSelectors.authorized();
  for (const { schema, value, token } of Object.values(authorized ? authorized.toJS() : {})) {
    if (schema.type === "apiKey" && schema.in === "header") {
      headers[schema.name] = value;
    } else if (schema.type === "apiKey" && schema.in === "query") {
      query[schema.name] = value;
    } else if (schema.type === "http" && schema.scheme.toLowerCase() === "bearer") {
      headers.Authorization = `Bearer ${value}`;
    } else if (token && token.access_token) {
      headers.Authorization = `Bearer ${token.access_token}`;
    }
  }
  const isAnybody = Object.keys(headers).length + Object.keys(query).length > 0;
  return { headers, query, isAnybody };
}

/**
 * Return a request with everything that is authorized, wherever it goes within the application.
 *
 * An operation that is open to everybody may still show more to somebody: the document says what a
 * reader sees once they signed in, so the requests are theirs as well. Requests for tokens are not.
 */
export function signed(system, request) {
  const description = system.specSelectors.specJson();
  const schemes = description.getIn(["components", "securitySchemes"]);
  const flows = Object.values(schemes ? schemes.toJS() : {}).flatMap((each) =>
    Object.values(each.flows || {}),
  );
  const url = new URL(request.url, location.href);
  if (!isOwn(url.href, rootsOf(system)) || flows.some((each) => each.tokenUrl === url.href)) {
    return request;
  }
  const { headers, query } = credentials(system);
  const present = new Set(Object.keys(request.headers || {}).map((each) => each.toLowerCase()));
  const missing = Object.entries(headers).filter(([name]) => !present.has(name.toLowerCase()));
  for (const [name, value] of Object.entries(query)) {
    url.searchParams.set(name, value);
  }
  const address = Object.keys(query).length ? url.href : request.url;
  return Object.assign(request, {
    url: address,
    headers: { ...request.headers, ...Object.fromEntries(missing) },
  });
}
