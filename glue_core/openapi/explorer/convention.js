// Lets people choose the convention of an operation: the media type of `Accept`, and with it that of
// the body. What was chosen last is proposed at the other operations.

const SUCCESS = /^2/;
const BODY = "textarea.body-param__text";

/** Return the plugin; `names` are names of conventions by media type, the preferred one first. */
export function convention(names) {
  const essence = (mediaType) => mediaType.split(";")[0].trim();
  const known = Object.keys(names);
  let preferred = known[0];
  // Operations into whose body somebody typed. The explorer compares a body with an example that it
  // makes anew, and for a pattern it makes another one each time.
  const typed = new Set();

  /** Return the media types of an operation's successes, those of conventions first. */
  function offered(operation) {
    const found = [];
    for (const [status, response] of operation.get("responses").entries()) {
      const content = response.get && response.get("content");
      if (SUCCESS.test(status) && content) {
        found.push(...content.keys());
      }
    }
    const rank = (each) => (known.indexOf(essence(each)) + known.length + 1) % (known.length + 1);
    return [...new Set(found)].sort((one, other) => rank(one) - rank(other));
  }

  function label(mediaType) {
    const name = names[essence(mediaType)];
    return name ? `${name} (${mediaType})` : mediaType;
  }

  return {
    wrapComponents: {
      parameters: (Original, system) => {
        const { createElement: h, useEffect } = system.React;

        return function ParametersOfConvention(props) {
          const { operation, pathMethod, oas3Actions, oas3Selectors } = props;
          const [path, method] = pathMethod;
          const choices = offered(operation);
          const chosen = oas3Selectors.responseContentType(path, method);

          function choose(value) {
            oas3Actions.setResponseContentType({ value, path, method });
            for (const [code, response] of operation.get("responses").entries()) {
              if (response.hasIn && response.hasIn(["content", value])) {
                // The example beside it is then one of this media type, too.
                oas3Actions.setResponseCodeContentType({ value, path, method, code });
              }
            }
            const body = operation.getIn(["requestBody", "content"]);
            if (body && body.has(value)) {
              // Asked first: what is no example of the new media type counts as edited afterwards.
              const isEdited =
                typed.has(pathMethod.join(" ")) && oas3Selectors.hasUserEditedBody(path, method);
              oas3Actions.setRequestContentType({ value, pathMethod });
              if (!isEdited) {
                oas3Actions.setRequestBodyValue({ value: undefined, pathMethod });
              }
            }
          }

          useEffect(() => {
            if (!chosen && choices.length) {
              choose(choices.find((each) => essence(each) === preferred) || choices[0]);
            }
          }, [chosen]);

          const row =
            choices.length > 1 &&
            h(
              "div",
              { className: "glue-convention" },
              h(
                "label",
                null,
                h("span", null, "Convention"),
                h(
                  "select",
                  {
                    value: chosen || "",
                    onChange: (event) => {
                      preferred = essence(event.target.value);
                      choose(event.target.value);
                    },
                  },
                  choices.map((each) => h("option", { key: each, value: each }, label(each))),
                ),
              ),
            );
          const note = (event) => event.target.matches(BODY) && typed.add(pathMethod.join(" "));
          return h("div", { onInput: note }, row, h(Original, props));
        };
      },
    },
  };
}
