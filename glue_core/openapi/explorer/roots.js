// The addresses of the application.

/** Return where the application is whose document is at an address. */
export function addressOf(source) {
  return new URL(".", source).href.replace(/\/$/, "");
}

/** Return where the application is: as its document says, and where the page is from. */
export function rootsOf({ specSelectors }) {
  const source = specSelectors.url();
  const servers = specSelectors.specJson().get("servers");
  const named = servers ? servers.toJS().map((each) => new URL(each.url, source).href) : [];
  return [...named, addressOf(source)].map((each) => each.replace(/\/$/, ""));
}
