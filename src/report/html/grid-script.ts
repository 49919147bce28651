/** Arrow keys move among the links in the cells of a matrix, of which one is in the order of the tabulator key. */
export const gridScript = `
(() => {
  const steps = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]};
  for (const table of document.querySelectorAll('.matrix')) {
    const links = [...table.tBodies[0].rows].map(row => [...row.cells].map(cell => cell.querySelector('a')));
    const first = links.flat().find(link => link !== null);
    if (first !== undefined) first.tabIndex = 0;
    table.addEventListener('keydown', event => {
      const step = steps[event.key];
      const cell = event.target.closest('tbody td');
      if (step === undefined || cell === null) return;
      event.preventDefault();
      let [row, column] = [cell.parentElement.sectionRowIndex, cell.cellIndex];
      do [row, column] = [row + step[0], column + step[1]];
      while (links[row]?.[column] === null && column > 0);
      const next = column > 0 ? links[row]?.[column] : undefined;
      if (next === undefined || next === null) return;
      event.target.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
  }
})();
`;
