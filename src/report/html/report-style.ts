/** The style of a report, after that of every page. */
export const reportStyle = `
.counts { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .75rem; margin: 1rem 0; padding: 0; list-style: none; }
.counts b { display: block; font-size: 2rem; line-height: 1.1; }
.bar { display: block; width: 100%; height: .75rem; border-radius: .375rem; }
.critical { color: var(--critical); } .high { color: var(--high); } .medium { color: var(--medium); } .low { color: var(--low); }
.fixed, .would-fix { color: var(--good); } .waits { color: var(--wait); }
.bar .critical { fill: var(--critical); } .bar .high { fill: var(--high); } .bar .medium { fill: var(--medium); } .bar .low { fill: var(--low); }
.filters { display: flex; flex-wrap: wrap; gap: .75rem 1.5rem; align-items: end; }
.filters fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem .75rem; }
.filters legend, .filters .name { font-weight: 600; padding: 0; display: block; }
.filters label { display: inline-flex; gap: .35rem; align-items: center; }
.filters label.field { display: block; }
.filters select, .filters input[type=search], button { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--minor); border-radius: .3rem; padding: .25rem .5rem; max-width: 18rem; }
.object { margin: 1rem 0; padding: 0; }
.object > header { padding: .75rem 1rem; max-width: none; border-bottom: 1px solid var(--line); }
.object details { border-top: 1px solid var(--line); }
.object details:first-of-type { border-top: 0; }
.object summary { display: grid; grid-template-columns: 5.5rem 6rem minmax(0, 1fr) auto; gap: .5rem; padding: .5rem 1rem; cursor: pointer; }
.object summary:hover { background: var(--page); }
.object summary span { overflow-wrap: anywhere; }
.object .more { padding: 0 1rem 1rem; }
.badge { font-weight: 600; }
.diff { overflow-x: auto; border: 1px solid var(--line); border-radius: .3rem; margin: .5rem 0; padding: .5rem 0; }
.diff span { display: block; padding: 0 .75rem; white-space: pre; min-width: max-content; }
.diff .del { background: var(--del); color: var(--del-text); } .diff .add { background: var(--add); color: var(--add-text); }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .25rem 1rem; margin: .5rem 0; }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
.graphs { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1rem; }
.graphs figure { margin: 0; overflow-x: auto; }
.graph { display: block; min-width: 26rem; width: 100%; height: auto; }
.graph text { fill: var(--text); font: 12px system-ui, sans-serif; }
.graph rect { fill: var(--page); stroke: var(--minor); }
.graph .outside rect { stroke: var(--high); stroke-width: 2; }
.graph path { fill: none; stroke: var(--minor); stroke-opacity: .6; stroke-width: 1.5; }
.graph .from-outside path { stroke: var(--high); stroke-opacity: 1; }
.rule { margin: .75rem 0; }
@media (max-width: 40rem) {
  .object summary { grid-template-columns: 5.5rem minmax(0, 1fr); }
  dl { grid-template-columns: minmax(0, 1fr); }
}
@media print {
  .filters, .skip, button { display: none; }
  .object details::details-content { content-visibility: visible; block-size: auto; }
}
`;
