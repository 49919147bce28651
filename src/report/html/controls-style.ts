/** The style of filters, counts, groups and graphs, after that of every page. */
export const controlsStyle = `
.counts { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .75rem; margin: 1rem 0; padding: 0; list-style: none; }
.counts b { display: block; font-size: 2rem; line-height: 1.1; }
.filters { display: flex; flex-wrap: wrap; gap: .75rem 1.5rem; align-items: end; }
.filters fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem .75rem; }
.filters legend, .filters .name { font-weight: 600; padding: 0; display: block; }
.filters label { display: inline-flex; gap: .35rem; align-items: center; }
.filters label.field { display: block; }
.filters select, .filters input[type=search], button { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--minor); border-radius: .3rem; padding: .25rem .5rem; max-width: 18rem; }
.object { margin: 1rem 0; padding: 0; }
.object > header { padding: .75rem 1rem; max-width: none; border-bottom: 1px solid var(--line); }
.badge { font-weight: 600; }
.graphs { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1rem; }
.graphs figure { margin: 0; overflow-x: auto; }
.graph { display: block; min-width: 26rem; width: 100%; height: auto; }
.graph text { fill: var(--text); font: 12px system-ui, sans-serif; }
.graph rect { fill: var(--page); stroke: var(--minor); }
.graph .outside rect { stroke: var(--high); stroke-width: 2; }
.graph path { fill: none; stroke: var(--minor); stroke-opacity: .6; stroke-width: 1.5; }
.graph .from-outside path { stroke: var(--high); stroke-opacity: 1; }
@media print {
  .filters, .skip, button { display: none; }
}
`;
