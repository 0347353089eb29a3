// Starts the explorer: Swagger UI, with what it lacks for Glue in the modules beside this one.
//
// The page says in `data-document` where the document is, and in `data-conventions` which media types
// select which convention. Everything is fetched from where the page is from.

import { convention } from "./convention.js";
import { signed } from "./credentials.js";
import { load } from "./document.js";
import { following } from "./following.js";
import { ordering } from "./ordering.js";
import { picking } from "./picking.js";
import { signing } from "./signing.js";

const element = document.getElementById("explorer");
const source = new URL(element.dataset.document, location.href).href;
const conventions = JSON.parse(element.dataset.conventions);

const ui = SwaggerUIBundle({
  domNode: element,
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [signing(source), convention(conventions), ordering, picking, following],
  layout: "BaseLayout",
  requestInterceptor: (request) => signed(ui, request),
  // The badge of a validator elsewhere would tell it our address.
  validatorUrl: null,
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  showExtensions: true,
});

load(ui, source);
