// Lists of names, such as `include`, `fields[...]` and `sort`: boxes to tick instead of a list to
// select from with keys held down. Names are sent in the order in which they were ticked.

const MANY = 8;

/** Return the names that a list may have, and whether it may have others as well. */
export function namesOf(schema) {
  const items = schema.get("items");
  if (!items || !items.get) {
    return null;
  }
  if (items.has("enum")) {
    return { names: items.get("enum").toJS(), isOpen: false };
  }
  const parts = items.get("anyOf");
  const known = parts && parts.find((each) => each.has("enum"));
  return known ? { names: known.get("enum").toJS(), isOpen: parts.size > 1 } : null;
}

/** The plugin. */
export function picking(system) {
  const { createElement: h, useState } = system.React;
  const { List } = system.Im;

  function Picker({ names, isOpen, value, onChange, disabled, invalid }) {
    const [wanted, setWanted] = useState("");
    const [other, setOther] = useState("");
    const picked = value && value.toJS ? value.toJS() : [].concat(value || []);
    const send = (found) => onChange(List(found));
    const toggle = (name) =>
      send(picked.includes(name) ? picked.filter((each) => each !== name) : [...picked, name]);
    const add = () => {
      const name = other.trim();
      setOther("");
      if (name && !picked.includes(name)) {
        send([...picked, name]);
      }
    };
    const shown = names.filter((each) => each.toLowerCase().includes(wanted.toLowerCase()));

    return h(
      "div",
      { className: `glue-picker${invalid ? " invalid" : ""}` },
      h(
        "div",
        { className: "glue-picked" },
        picked.map((name) =>
          h(
            "button",
            {
              key: name,
              type: "button",
              disabled,
              title: `Take ${name} away`,
              onClick: () => toggle(name),
            },
            name,
            h("span", { "aria-hidden": true }, " ×"),
          ),
        ),
      ),
      h(
        "details",
        null,
        h("summary", null, `Choose from ${names.length}`),
        names.length > MANY &&
          h("input", {
            type: "search",
            placeholder: "Find a name",
            "aria-label": "Find a name",
            value: wanted,
            onChange: (event) => setWanted(event.target.value),
          }),
        h(
          "ul",
          null,
          shown.map((name) =>
            h(
              "li",
              { key: name },
              h(
                "label",
                null,
                h("input", {
                  type: "checkbox",
                  value: name,
                  checked: picked.includes(name),
                  disabled,
                  onChange: () => toggle(name),
                }),
                h("span", null, name),
              ),
            ),
          ),
        ),
        isOpen &&
          h(
            "div",
            { className: "glue-other" },
            h("input", {
              type: "text",
              placeholder: "Another name",
              "aria-label": "Another name",
              value: other,
              disabled,
              onChange: (event) => setOther(event.target.value),
              onKeyDown: (event) => event.key === "Enter" && add(),
            }),
            h("button", { type: "button", className: "btn btn-sm", disabled, onClick: add }, "Add"),
          ),
      ),
    );
  }

  return {
    wrapComponents: {
      JsonSchema_array: (Original) =>
        function ArrayOfNames(props) {
          const found = namesOf(props.schema);
          if (!found) {
            return h(Original, props);
          }
          const { errors } = props;
          const invalid = Boolean(errors && (errors.size || errors.length));
          const { value, onChange, disabled } = props;
          return h(Picker, { ...found, value, onChange, disabled, invalid });
        },
    },
  };
}
