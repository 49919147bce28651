import type {Rule} from '../rules/rule.ts';
import type {Control} from './controls.ts';
import {frameworks} from './frameworks.ts';

/** A control of a standard, and the rules that enforce it. */
export interface ControlRules extends Control {
  /** The standard. */
  readonly of: string;
  readonly rules: readonly Rule[];
}

/** The controls with an id such as `5.2.12`, `C-0044` or `T1611`, in any case, with the rules among `rules`. */
export function controlsCalled(id: string, rules: readonly Rule[]): readonly ControlRules[] {
  const isIt = (name: string) => name.toLowerCase() === id.toLowerCase();
  const known = frameworks.flatMap(({title, controls, isOf}) =>
    controls
      .filter(control => isIt(control.id) || isIt(control.id.replace(/^\w+: /, '')))
      .map(control => ({
        ...control,
        of: title,
        rules: rules.filter(rule => isOf(rule, control.id)),
      })),
  );
  const byKubescape = rules.filter(({references}) => references.kubescape?.some(isIt));
  const [first] = byKubescape;
  if (first === undefined) return known;
  return [
    ...known,
    {id: id.toUpperCase(), title: first.title, of: 'Kubescape', rules: byKubescape},
  ];
}
