/** The style of the report: a quiet neutral surface on which only pictures and plots have colour, in light and dark. */
export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --surface: #f7f7f6; --raised: #fff; --line: #dfdfdc; --text: #1c1c1b; --quiet: #62625f; --accent: #1f8a4c;
  --series-1: #2563c9; --series-2: #c2570c; --series-3: #17803f; --series-4: #8a45c4;
  --series-5: #b92b72; --series-6: #0c7684; --series-7: #7d6a00; --series-8: #5c5c5c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --surface: #151514; --raised: #1e1e1d; --line: #353533; --text: #ededeb; --quiet: #a3a39f; --accent: #4cc47f;
    --series-1: #74a7ff; --series-2: #f59a53; --series-3: #58c98a; --series-4: #c79bf5;
    --series-5: #f286b8; --series-6: #54c4d3; --series-7: #d6c24a; --series-8: #b0b0b0;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px; max-width: 1160px; font: 400 15px/1.45 system-ui, sans-serif; color: var(--text); background: var(--surface); }
h1 { margin: 0; font-size: 24px; font-weight: 650; }
h2 { margin: 32px 0 12px; font-size: 18px; font-weight: 650; }
h3 { margin: 0; font-size: 15px; font-weight: 500; }
.quiet { margin: 4px 0 0; color: var(--quiet); font-size: 13px; max-width: 92ch; }
ul { margin: 0; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: 4px 16px; }
.legend { margin: 20px 0 8px; font-size: 13px; }
i { display: inline-block; width: 10px; height: 10px; margin-right: 6px; border-radius: 2px; }
figure { margin: 0; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 16px; }
.plots figure { padding: 12px; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; }
.plots figcaption { font-size: 13px; font-weight: 500; }
svg { display: block; width: 100%; height: auto; font-size: 12px; }
svg text { fill: var(--quiet); }
svg .grid { stroke: var(--line); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums; }
th { padding: 6px 12px 6px 0; font-weight: 500; text-align: left; color: var(--quiet); border-bottom: 1px solid var(--line); white-space: nowrap; }
td { padding: 6px 12px 6px 0; vertical-align: top; border-bottom: 1px solid var(--line); white-space: nowrap; }
.number { text-align: right; }
td small { display: block; color: var(--quiet); font-size: 12px; }
b { font-weight: 650; }
.part td { color: var(--quiet); }
section { padding: 12px 0; border-top: 1px solid var(--line); }
.ranks { margin: 2px 0 8px; color: var(--quiet); font-size: 12px; }
.tiles { display: flex; flex-wrap: wrap; gap: 4px; align-items: flex-start; }
.tiles figure { min-width: 80px; max-width: 200px; }
.tiles img, .lost { display: block; height: 120px; max-width: 200px; min-width: 80px; object-fit: contain; border-radius: 4px; background: var(--line); }
.tiles .right img { outline: 2px solid var(--accent); outline-offset: -2px; }
.tiles figcaption { width: 0; min-width: 100%; padding-top: 2px; font-size: 12px; color: var(--quiet); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.rule { align-self: stretch; width: 1px; margin: 0 8px; background: var(--line); }
`;
