/** Style of the report page: light and dark by the reader's setting, light on paper, no outside file. */
import { DARK_THEME, FONT_FAMILY, LIGHT_THEME, themeVariables } from "./theme.js";

/** The style sheet. */
export const PAGE_STYLE: string = `
:root { color-scheme: light dark; ${themeVariables(LIGHT_THEME)} --link: #0b5cad; --stripe: #f6f7f9; --warn: #8a4b00; --warn-background: #fff6e5; }
@media screen and (prefers-color-scheme: dark) { :root { ${themeVariables(DARK_THEME)} --link: #7ab8f5; --stripe: #1b2027; --warn: #f0c36d; --warn-background: #2b2416; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
body { margin: 0; background: var(--fig-background); color: var(--fig-ink); font: 16px/1.55 ${FONT_FAMILY}; }
header, main, footer { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.5rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.35rem; margin: 3rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--fig-grid); }
h3 { font-size: 1.1rem; line-height: 1.35; margin: 0 0 .25rem; }
p { margin: .5rem 0; max-width: 46rem; }
.lead { font-size: 1.1rem; }
.muted, figcaption { color: var(--fig-muted); font-size: .875rem; }
a { color: var(--link); }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--fig-background); padding: .5rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; margin: 1rem 0 0; }
.scroll { overflow-x: auto; }
.scroll:focus-visible, button:focus-visible, summary:focus-visible, a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
.metrics { width: 100%; }
th, td { padding: .3rem .75rem; text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid var(--fig-ink); vertical-align: bottom; }
.metrics td, .metrics thead th:not(:first-child) { text-align: right; white-space: nowrap; }
.metrics tbody th { font-weight: 400; min-width: 13rem; }
.metrics tbody th a { color: inherit; text-decoration: none; border-bottom: 1px dotted var(--fig-muted); }
.metrics .section th { font-weight: 700; padding-top: 1rem; }
tbody tr:not(.section):nth-child(even) { background: var(--stripe); }
caption { text-align: left; color: var(--fig-muted); font-size: .875rem; padding-bottom: .5rem; }
figure { margin: 1.5rem 0 2.5rem; }
figure svg { max-width: 100%; height: auto; display: block; margin: .5rem 0; }
figcaption { max-width: 46rem; }
button { font: inherit; font-size: .875rem; color: var(--link); background: none; border: 1px solid var(--fig-muted); border-radius: 4px; padding: .2rem .7rem; margin-top: .4rem; cursor: pointer; }
.warnings { background: var(--warn-background); border-left: 4px solid var(--warn); padding: .75rem 1.25rem; max-width: 60rem; }
.warnings ul { margin: 0; padding-left: 1.1rem; }
dl { display: grid; grid-template-columns: minmax(12rem, max-content) 1fr; gap: .35rem 1.25rem; font-size: .875rem; margin: .5rem 0; }
dt { font-weight: 700; } dd { margin: 0; overflow-wrap: anywhere; }
dt:target { outline: 3px solid var(--link); outline-offset: 3px; }
code, pre { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; font-size: .8125rem; }
pre { overflow-x: auto; background: var(--stripe); padding: 1rem; }
summary { cursor: pointer; font-weight: 700; margin: .75rem 0; }
footer { margin-top: 4rem; padding-bottom: 2rem; }
@media screen and (max-width: 40rem) { .still, .live { overflow-x: auto; } figure svg { max-width: none; min-width: 36rem; } dl { grid-template-columns: 1fr; } dd { margin-bottom: .5rem; } body { font-size: 15px; } }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
@media print {
  nav, button, .skip, .download, details.study { display: none; }
  body { font-size: 10pt; } header, main, footer { max-width: none; padding: 0; }
  figure, tr, .warnings, dd { break-inside: avoid; } h2, h3 { break-after: avoid; }
  .scroll { overflow: visible; } table { font-size: 7.5pt; } th, td { padding: .15rem .3rem; }
  .metrics tbody th { min-width: 0; } pre { white-space: pre-wrap; }
  a { color: inherit; text-decoration: none; }
}
`;
