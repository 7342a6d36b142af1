/** The colours of Okabe and Ito (2008), which people with any colour vision tell apart. Yellow is hard to see on white. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'] as const;
/** The same hues, lighter, for a dark ground. */
const DARK_COLOURS = ['#4ba3e3', '#f08030', '#2cc79b', '#e29cc5', '#f0b83c', '#8fd0f5'] as const;
/** The second code, also for paper without colours. */
const DASHES = ['', '6 3', '2 2', '8 3 2 3'] as const;

export interface LineStyle {
  readonly colour: string;
  readonly dashes: string;
}

/** Neighbouring series differ in colour and line; the first 12 all differ. */
export function lineStyle(index: number): LineStyle {
  const round = Math.floor(index / COLOURS.length);
  return {
    colour: `var(--c${index % COLOURS.length})`,
    dashes: DASHES[(index + round) % DASHES.length]!,
  };
}

function variables(colours: readonly string[]): string {
  return colours.map((colour, i) => `--c${i}:${colour}`).join(';');
}

/** Colours of text, lines and surfaces, light and dark. Every plot refers to them by variable. */
export const PLOT_STYLE = `
.plot{--ink:#1b1f24;--soft:#57606a;--grid:#d8dee4;--paper:#ffffff;--middle:#1b1f24;--heat:#0072b2;${variables(COLOURS)};font-family:system-ui,-apple-system,"Segoe UI","Noto Sans","Noto Sans CJK SC","Noto Sans Arabic",sans-serif;font-size:12px}
@media (prefers-color-scheme:dark){.plot{--ink:#e6edf3;--soft:#9da7b1;--grid:#3d444d;--paper:#0d1117;--middle:#0d1117;--heat:#56b4e9;${variables(DARK_COLOURS)}}}
@media print{.plot{--ink:#000;--soft:#444;--grid:#ccc;--paper:#fff;--middle:#000;--heat:#0072b2;${variables(COLOURS)}}}
.plot text{fill:var(--ink)}
.plot .soft{fill:var(--soft)}
.plot .title{font-size:14px;font-weight:600}
.plot .grid{stroke:var(--grid);stroke-width:1}
.plot .axis{stroke:var(--soft);stroke-width:1}
.plot .chance{stroke:var(--soft);stroke-width:1;stroke-dasharray:3 3;fill:none}
.plot .paper,.plot .inverse{fill:var(--paper)}
.plot .middle{fill:var(--middle)}
.plot .heat{fill:var(--heat)}
`.trim();
