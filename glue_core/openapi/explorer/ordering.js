// Puts the parameters of an operation in the order in which people look for them: the path, what is
// included, which resources, in which order, how many, which fields; headers last.

const FAMILIES = [/^include$/, /^filter\[/, /^sort$/, /^page\b/, /^(?!fields\b)/, /^fields\b/];
const PLACES = ["path", "query", "header", "cookie"];

/** Return a number to sort a parameter by. */
export function rank(place, name) {
  const family = place === "query" ? FAMILIES.findIndex((each) => each.test(name)) : 0;
  return PLACES.indexOf(place) * FAMILIES.length + family;
}

/** The plugin. */
export function ordering(system) {
  return {
    wrapComponents: {
      parameters: (Original) =>
        function OrderedParameters(props) {
          const parameters = props.parameters.sortBy((each) => rank(each.get("in"), each.get("name")));
          return system.React.createElement(Original, { ...props, parameters });
        },
    },
  };
}
