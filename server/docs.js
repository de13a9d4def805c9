"use strict";

const place = document.getElementById("swagger-ui");

window.ui = SwaggerUIBundle({
  url: place.dataset.url,
  domNode: place,
  deepLinking: true,
  defaultModelsExpandDepth: -1, // the operations show their schemas
  plugins: [SwaggerUIBundle.plugins.DownloadUrl],
  presets: [SwaggerUIBundle.presets.apis], // without the bar above: its logo brings a style that the policy blocks
  showCommonExtensions: true,
  showExtensions: true,
  validatorUrl: null, // a service of another host
});
