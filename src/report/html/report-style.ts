/** The style of a report, after that of every page. */
export const reportStyle = `
.bar { display: block; width: 100%; height: .75rem; border-radius: .375rem; }
.critical { color: var(--critical); } .high { color: var(--high); } .medium { color: var(--medium); } .low { color: var(--low); }
.fixed, .would-fix { color: var(--good); } .waits { color: var(--wait); }
.bar .critical { fill: var(--critical); } .bar .high { fill: var(--high); } .bar .medium { fill: var(--medium); } .bar .low { fill: var(--low); }
.object details { border-top: 1px solid var(--line); }
.object details:first-of-type { border-top: 0; }
.object summary { display: grid; grid-template-columns: 5.5rem 6rem minmax(0, 1fr) auto; gap: .5rem; padding: .5rem 1rem; cursor: pointer; }
.object summary:hover { background: var(--page); }
.object summary span { overflow-wrap: anywhere; }
.object .more { padding: 0 1rem 1rem; }
.diff { overflow-x: auto; border: 1px solid var(--line); border-radius: .3rem; margin: .5rem 0; padding: .5rem 0; }
.diff span { display: block; padding: 0 .75rem; white-space: pre; min-width: max-content; }
.diff .del { background: var(--del); color: var(--del-text); } .diff .add { background: var(--add); color: var(--add-text); }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .25rem 1rem; margin: .5rem 0; }
dt { font-weight: 600; } dd { margin: 0; overflow-wrap: anywhere; }
.rule { margin: .75rem 0; }
@media (max-width: 40rem) {
  .object summary { grid-template-columns: 5.5rem minmax(0, 1fr) auto; }
  .object summary span:nth-child(3) { grid-column: 1 / -1; order: 1; }
  dl { grid-template-columns: minmax(0, 1fr); }
}
@media print {
  .object details::details-content { content-visibility: visible; block-size: auto; }
}
`;
