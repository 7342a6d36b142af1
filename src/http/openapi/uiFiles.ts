/** The files below `/docs/` by name, and their types. `start.js` and `page.css` are our own; the others are Swagger UI's. */
export const UI_FILES = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
  'start.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
} as const;

export type UiFile = keyof typeof UI_FILES;

export const UI_PATHS: readonly string[] = Object.keys(UI_FILES).map((name) => `/docs/${name}`);

/** Starts Swagger UI. The document lies beside `/docs`, wherever a proxy puts them. Nothing is loaded from elsewhere. */
export const START_SCRIPT = `'use strict';
const url = new URL('../openapi.json', document.currentScript.src).href;
addEventListener('DOMContentLoaded', () => {
  SwaggerUIBundle({ url, dom_id: '#docs', deepLinking: true, validatorUrl: null, defaultModelsExpandDepth: 0 });
});
`;

export const PAGE_STYLE = `body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
code { background: #8882; border-radius: 3px; padding: 0 0.2em; }
dt { margin-top: 1rem; }
dt a { color: inherit; text-decoration: none; }
:target { background: #fd06; }
:root { color-scheme: light dark; }
`;
