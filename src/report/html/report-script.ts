/**
 * The filters of a report. It reads the attributes of findings, and shows or hides them; it writes no HTML. The filters are
 * kept in the fragment of the address, so that a link shows the same.
 */
export const reportScript = `
'use strict';
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const form = document.querySelector('#filters');
  if (form === null) return;
  const findings = all('.object details');
  const shown = document.querySelector('#shown');
  const search = form.elements.namedItem('search');
  const boxes = all('input[type=checkbox]', form);
  const selects = all('select', form);
  const texts = new Map(findings.map(each => [each, each.textContent.toLowerCase()]));
  const checked = name => boxes.filter(box => box.name === name && box.checked).map(box => box.value);
  const apply = () => {
    const words = search.value.toLowerCase().split(/\\s+/).filter(word => word !== '');
    const wanted = {severity: checked('severity'), status: checked('status')};
    let count = 0;
    for (const each of findings) {
      const isShown = wanted.severity.includes(each.dataset.severity)
        && wanted.status.includes(each.dataset.status)
        && selects.every(({name, value}) => value === '' || each.dataset[name] === value)
        && words.every(word => texts.get(each).includes(word));
      each.hidden = !isShown;
      if (isShown) count++;
    }
    for (const object of all('.object')) object.hidden = all('details', object).every(each => each.hidden);
    shown.textContent = count + ' of ' + findings.length + ' findings shown';
  };
  const write = () => {
    const state = new URLSearchParams();
    for (const box of boxes) if (!box.checked) state.append('hide', box.name + ':' + box.value);
    for (const select of selects) if (select.value !== '') state.set(select.name, select.value);
    if (search.value !== '') state.set('search', search.value);
    history.replaceState(null, '', '#' + state);
  };
  const read = () => {
    const state = new URLSearchParams(location.hash.slice(1));
    const hidden = state.getAll('hide');
    for (const box of boxes) if (hidden.includes(box.name + ':' + box.value)) box.checked = false;
    for (const select of selects) {
      const value = state.get(select.name) ?? '';
      if ([...select.options].some(option => option.value === value)) select.value = value;
    }
    search.value = state.get('search') ?? '';
  };
  if (location.hash.includes('=')) read();
  form.addEventListener('input', () => { apply(); write(); });
  form.addEventListener('submit', event => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(() => { apply(); write(); }));
  const open = isOpen => { for (const each of findings) if (!each.hidden) each.open = isOpen; };
  document.querySelector('#open').addEventListener('click', () => open(true));
  document.querySelector('#close').addEventListener('click', () => open(false));
  document.addEventListener('keydown', event => {
    if (event.key !== '/' || event.target.matches('input, select')) return;
    event.preventDefault();
    search.focus();
  });
  let closed = [];
  addEventListener('beforeprint', () => {
    closed = findings.filter(each => !each.open && !each.hidden);
    for (const each of closed) each.open = true;
  });
  addEventListener('afterprint', () => { for (const each of closed) each.open = false; });
  form.hidden = false;
  apply();
})();
`;
