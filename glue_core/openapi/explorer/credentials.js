// What somebody signed in with, as a request carries it.

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
