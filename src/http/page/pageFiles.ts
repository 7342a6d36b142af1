/** The files of the page below `/page/`, and their types. The build makes them; they are the same in every service. */
export const PAGE_FILES = {
  'app.js': 'text/javascript; charset=utf-8',
  'app.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;

export const PAGE_PATHS: readonly string[] = Object.keys(PAGE_FILES).map((name) => `/page/${name}`);
