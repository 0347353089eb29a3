// Asks for the document anew when somebody signs in or out: it shows what its reader may know.

import { load } from "./document.js";

/** Return the plugin; `source` is the address of the document. */
export function signing(source) {
  const thenLoad = (original, system) => (payload) => {
    const result = original(payload);
    load(system.getSystem(), source);
    return result;
  };
  // Without a client there are no credentials of one: an empty header would name a client that
  // nobody registered, and the default one is meant.
  const withoutClient = (original) => (payload) =>
    original(payload.clientId ? payload : { ...payload, passwordType: "request-body" });
  return {
    statePlugins: {
      auth: {
        wrapActions: {
          authorize: thenLoad,
          authorizeOauth2: thenLoad,
          logout: thenLoad,
          authorizePassword: withoutClient,
        },
      },
    },
  };
}
