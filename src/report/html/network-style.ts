/** The style of a page about connections, after that of every page and of its controls. */
export const networkStyle = `
.cut { color: var(--critical); } .changed { color: var(--low); } .opened { color: var(--good); } .kept { color: var(--text); }
figure { margin: 1rem 0; }
figure .graph { max-width: 60rem; margin: .5rem auto 0; }
.graph .cut path { stroke: var(--critical); stroke-dasharray: 5 4; stroke-opacity: 1; }
.graph .changed path { stroke: var(--low); stroke-opacity: 1; }
.graph .opened path { stroke: var(--good); stroke-opacity: 1; stroke-width: 2.5; }
.graph .kept path { stroke: var(--text); }
.graph .sign { fill: var(--critical); font-weight: 700; text-anchor: middle; }
.graph g:hover > path { stroke-width: 3.5; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; min-width: 5rem; }
th { font-weight: 600; }
thead th { border-top: 0; color: var(--minor); }
tr:target { outline: 3px solid var(--accent); outline-offset: -3px; }
.object table { min-width: 44rem; table-layout: fixed; }
.object th:nth-child(1) { width: 30%; } .object th:nth-child(2), .object th:nth-child(3) { width: 9rem; } .object th:nth-child(4) { width: 7rem; }
.object summary { cursor: pointer; }
.object tbody th { font-weight: 400; }
.object > header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; justify-content: space-between; margin: 0; }
.matrix { width: auto; margin-top: .5rem; }
.matrix th, .matrix td { padding: 0; min-width: 1.75rem; border: 1px solid var(--line); vertical-align: middle; }
.matrix td { text-align: center; }
.matrix tbody th { padding: 0 .5rem; white-space: nowrap; font-weight: 400; max-width: 16rem; overflow: hidden; text-overflow: ellipsis; }
.matrix thead th { height: 11rem; vertical-align: bottom; }
.matrix thead a { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 11rem; overflow: hidden; text-overflow: ellipsis; padding: .35rem 0; font-weight: 400; }
.matrix td a { display: block; min-width: 1.75rem; line-height: 1.75rem; text-decoration: none; font-weight: 700; }
.matrix td a.cut { background: var(--del); color: var(--del-text); }
`;
