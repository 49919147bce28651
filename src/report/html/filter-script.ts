/**
 * The filters of a page. It reads the attributes of the items that the form names (`data-items`, counted, and `data-drawn`),
 * and shows or hides them; it writes no HTML. A box shows the items with its value in the attribute of its name, a choice those
 * with its value there, or among the words of the attribute in the plural. What has `data-only-with` is shown only while that
 * is chosen. The filters are kept in the fragment of the address, so that a link shows the same.
 */
export const filterScript = `
'use strict';
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const form = document.querySelector('#filters');
  if (form === null) return;
  const items = all(form.dataset.items);
  const drawn = form.dataset.drawn === undefined ? [] : all(form.dataset.drawn);
  const shown = document.querySelector('#shown');
  const search = form.elements.namedItem('search');
  const boxes = all('input[type=checkbox]', form);
  const selects = all('select', form);
  const kinds = [...new Set(boxes.map(box => box.name))];
  const texts = new Map([...items, ...drawn].map(each => [each, each.textContent.toLowerCase()]));
  const checked = name => boxes.filter(box => box.name === name && box.checked).map(box => box.value);
  const has = (each, name, value) =>
    each.dataset[name] === value || (each.dataset[name + 's'] ?? '').split(' ').includes(value);
  const apply = () => {
    const words = search.value.toLowerCase().split(/\\s+/).filter(word => word !== '');
    const wanted = kinds.map(name => [name, checked(name)]);
    const chosen = selects.filter(({value}) => value !== '');
    const isWanted = each => {
      const only = each.dataset.onlyWith;
      return wanted.every(([name, values]) => values.includes(each.dataset[name]))
        && chosen.every(({name, value}) => has(each, name, value))
        && (only === undefined || chosen.some(({name}) => name === only))
        && words.every(word => texts.get(each).includes(word));
    };
    for (const each of [...items, ...drawn]) each.toggleAttribute('hidden', !isWanted(each));
    for (const object of all('.object')) object.hidden = all(form.dataset.items, object).every(each => each.hidden);
    shown.textContent = items.filter(each => !each.hidden).length + ' of ' + items.length + ' ' + form.dataset.name + ' shown';
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
  const details = items.filter(each => each.matches('details'));
  const open = isOpen => { for (const each of details) if (!each.hidden) each.open = isOpen; };
  document.querySelector('#open')?.addEventListener('click', () => open(true));
  document.querySelector('#close')?.addEventListener('click', () => open(false));
  document.addEventListener('keydown', event => {
    if (event.key !== '/' || event.target.matches('input, select')) return;
    event.preventDefault();
    search.focus();
  });
  let closed = [];
  addEventListener('beforeprint', () => {
    closed = details.filter(each => !each.open && !each.hidden);
    for (const each of closed) each.open = true;
  });
  addEventListener('afterprint', () => { for (const each of closed) each.open = false; });
  form.hidden = false;
  apply();
})();
`;
