// Makes the links of answers work: a click sends the linked GET with the credentials and the `Accept`
// of the request before it, and shows the answer in its place. From there one can go on, and back.

import { carried, isOwn, target } from "./links.js";
import { rootsOf } from "./roots.js";

// Longer documents are shown as Swagger UI does, without links: every text of them is an element.
const LONGEST = 500_000;
const JSON_TYPE = /[/+]json\b/i;

/** The plugin. */
export function following(system) {
  const React = system.React;
  const { createElement: h, useContext, useEffect, useMemo, useState } = React;
  const Trail = React.createContext(null);

  /** Return query parameters that carry credentials: links do not repeat them. */
  function secretsOf({ specSelectors }, sent) {
    const schemes = specSelectors.specJson().getIn(["components", "securitySchemes"]);
    const names = schemes
      ? Object.values(schemes.toJS()).filter((each) => each.in === "query").map((each) => each.name)
      : [];
    const parameters = new URL(sent, location.href).searchParams;
    return names.filter((each) => parameters.has(each)).map((each) => [each, parameters.get(each)]);
  }

  async function ask(address, headers, secrets) {
    const url = new URL(address);
    secrets.forEach(([name, value]) => url.searchParams.set(name, value));
    try {
      const response = await fetch(url, { headers: carried(headers) });
      return {
        address,
        status: response.status,
        headers: Object.fromEntries(response.headers.entries()),
        text: await response.text(),
      };
    } catch (error) {
      return { address, status: 0, headers: {}, text: "", problem: error.message };
    }
  }

  /** A link that is followed here where credentials may be sent; others open beside the page. */
  function Link({ address, trail, children }) {
    if (!isOwn(address, trail.roots)) {
      return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, children);
    }
    const onClick = (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        trail.follow(address);
      }
    };
    return h("a", { href: address, className: "glue-link", onClick }, children);
  }

  function Json({ value, base }) {
    const trail = useContext(Trail);

    function text(each, path, holder) {
      const written = JSON.stringify(each);
      const address = target(each, path, holder, base, trail.roots);
      return address === null
        ? h("span", { className: "glue-text" }, written)
        : h(Link, { address, trail }, written);
    }

    function draw(each, path, holder, indent) {
      if (typeof each === "string") {
        return text(each, path, holder);
      }
      if (each === null || typeof each !== "object") {
        return h("span", { className: "glue-value" }, String(each));
      }
      const isList = Array.isArray(each);
      const [start, end] = isList ? "[]" : "{}";
      const entries = Object.entries(each);
      if (entries.length === 0) {
        return start + end;
      }
      const inner = `${indent}  `;
      return h(
        React.Fragment,
        null,
        `${start}\n`,
        entries.map(([name, member], index) =>
          h(
            React.Fragment,
            { key: name },
            inner,
            !isList && h("span", { className: "glue-name" }, JSON.stringify(name)),
            !isList && ": ",
            draw(member, isList ? path : [...path, name], isList ? null : each, inner),
            index < entries.length - 1 ? ",\n" : "\n",
          ),
        ),
        `${indent}${end}`,
      );
    }

    return h("pre", { className: "glue-json", tabIndex: 0 }, draw(value, [], null, ""));
  }

  /** Save a text as a file, without asking the server again. */
  function save(text, type) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = "answer.json";
    link.click();
    URL.revokeObjectURL(link.href);
  }

  /** Return the document of a body, or undefined where it is shown otherwise. */
  function parsed(content, type) {
    if (typeof content !== "string" || content.length > LONGEST || !JSON_TYPE.test(type || "")) {
      return undefined;
    }
    try {
      return JSON.parse(content);
    } catch {
      return undefined;
    }
  }

  const withLinks = (Original) =>
    function BodyWithLinks(props) {
      const { content, contentType, url } = props;
      const trail = useContext(Trail);
      const value = useMemo(() => parsed(content, contentType), [content, contentType]);
      if (!trail || value === undefined) {
        return h(Original, props);
      }
      return h(
        "div",
        { className: "glue-body" },
        h("h5", null, "Response body"),
        h(Json, { value, base: url }),
        h(
          "button",
          { type: "button", className: "btn btn-sm", onClick: () => save(content, contentType) },
          "Download",
        ),
      );
    };

  function Followed({ steps, back, getComponent, getConfigs }) {
    const Body = getComponent("responseBody");
    const { address, status, headers, text, problem } = steps[steps.length - 1];
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    return h(
      "div",
      { className: "glue-followed" },
      h(
        "div",
        { className: "glue-trail" },
        h("button", { type: "button", className: "btn glue-back", onClick: back }, "← Back"),
        h("span", null, steps.length === 1 ? "1 link on" : `${steps.length} links on`),
      ),
      h("h4", null, "Request URL"),
      h("pre", { className: "microlight glue-address" }, `GET ${address}`),
      h("h4", null, "Server response"),
      h("p", { className: "glue-status" }, problem ? `No answer: ${problem}` : String(status)),
      text &&
        h(Body, {
          content: text,
          contentType: headers["content-type"],
          url: address,
          headers,
          getComponent,
          getConfigs,
        }),
      lines.length > 0 && h("h5", null, "Response headers"),
      lines.length > 0 && h("pre", { className: "microlight" }, lines.join("\n")),
    );
  }

  const withTrail = (Original, ofPlugin) =>
    function AnswerWithTrail(props) {
      const { response, path, method, specSelectors, getComponent, getConfigs } = props;
      const [steps, setSteps] = useState([]);
      // Another answer of the operation is where a new trail starts.
      useEffect(() => setSteps([]), [response]);
      const request = specSelectors.mutatedRequestFor(path, method);
      const trail = useMemo(() => {
        const sent = request ? request.toJS() : { url: location.href, headers: {} };
        const secrets = secretsOf(ofPlugin, sent.url);
        const made = {
          roots: rootsOf(ofPlugin),
          isOver: false,
          follow: async (address) => {
            const step = await ask(address, sent.headers || {}, secrets);
            if (!made.isOver) {
              setSteps((before) => [...before, step]);
            }
          },
        };
        return made;
      }, [request]);
      // An answer that comes after the next request of the operation belongs to nothing any more.
      useEffect(() => () => { trail.isOver = true; }, [trail]);
      const back = () => setSteps((before) => before.slice(0, -1));
      const sent = response.get("url");
      const location = response.getIn(["headers", "location"]);
      const address = location && target(location, ["links"], null, sent, trail.roots);
      return h(
        Trail.Provider,
        { value: trail },
        steps.length
          ? h(Followed, { steps, back, getComponent, getConfigs })
          : h(Original, props),
        !steps.length &&
          address &&
          h("p", { className: "glue-location" }, "Location: ", h(Link, { address, trail }, location)),
      );
    };

  return { wrapComponents: { responseBody: withLinks, liveResponse: withTrail } };
}
