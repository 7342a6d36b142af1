import { PLOT_STYLE } from '../plots/palette.ts';

export const PAGE_STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--back:#ffffff;--card:#f6f8fa;--warn:#9a5b00;--link:#0057a8}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9da7b1;--line:#3d444d;--back:#0d1117;--card:#161b22;--warn:#e3b341;--link:#79b8ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans",sans-serif}
main{max-width:1080px;margin:0 auto;padding:20px 16px 48px}
h1{font-size:22px;line-height:1.3;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:18px;margin:32px 0 10px;border-bottom:1px solid var(--line);padding-bottom:4px}
h3{font-size:15px;margin:16px 0 6px}
p{margin:6px 0}
.soft{color:var(--soft)}
.verdict{font-size:17px;background:var(--card);border-left:4px solid #0072b2;padding:10px 14px;margin:14px 0}
.warning{border-left:4px solid var(--warn);padding:2px 0 2px 12px;margin:8px 0;overflow-wrap:anywhere}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:16px;align-items:start}
.plots svg{width:100%;height:auto;max-width:560px;border:1px solid var(--line);border-radius:6px}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{text-align:right;padding:4px 10px;border-bottom:1px solid var(--line);vertical-align:top}
td{white-space:nowrap}
th:first-child,td:first-child,th.text,td.text{text-align:left}
td.long{white-space:normal;overflow-wrap:break-word;max-width:min(340px,42vw)}
td.long.text{min-width:12em;max-width:420px}
thead th{color:var(--soft);font-weight:600}
tr.chosen td{font-weight:600;background:var(--card)}
a{color:var(--link)}
pre{background:var(--card);padding:10px 12px;border-radius:6px;font-size:13px;direction:ltr;unicode-bidi:bidi-override;width:max-content;min-width:100%}
summary{cursor:pointer;color:var(--soft)}
.slider{background:var(--card);padding:12px 14px;border-radius:6px;margin:8px 0 14px}
.slider label{display:block;margin:4px 0}
.slider input[type=range]{width:100%}
.slider input[type=number]{width:7em;font:inherit}
.slider button{font:inherit;padding:2px 10px}
.now{display:flex;flex-wrap:wrap;gap:8px 22px;margin:10px 0 4px}
.now dt{color:var(--soft);font-size:13px}
.now dd{margin:0;font-weight:600;font-variant-numeric:tabular-nums;min-width:4.5em}
[hidden]{display:none}
@media print{.plots{grid-template-columns:1fr 1fr}:root{--ink:#000;--soft:#444;--line:#bbb;--back:#fff;--card:#fff}main{max-width:none;padding:0}table{font-size:11.5px}td{white-space:normal}th,td{padding:3px 6px}.wide{overflow:visible}.slider{display:none}details::details-content{content-visibility:visible;height:auto}pre{white-space:pre-wrap;overflow-wrap:anywhere;width:auto}.plots svg,table,pre{break-inside:avoid}h2{break-after:avoid}tr,summary{break-inside:avoid}}
${PLOT_STYLE}
`.trim();
