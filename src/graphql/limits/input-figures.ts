import { Kind, type ValueNode } from 'graphql';

export interface InputFigures {
  /** Values, with lists and objects counted as one beside what is in them. */
  inputs: number;
  /** Levels of lists and objects. */
  inputDepth: number;
}

export function measureLiteral(value: ValueNode): InputFigures {
  if (value.kind === Kind.LIST) return around(value.values.map(measureLiteral));
  if (value.kind === Kind.OBJECT) return around(value.fields.map((field) => measureLiteral(field.value)));
  return { inputs: 1, inputDepth: 0 };
}

/** Stops counting behind `enough`: a body may hold a hundred thousand values, or levels. */
export function measureJson(root: unknown, enough: number): InputFigures {
  const left: { value: unknown; level: number }[] = [{ value: root, level: 0 }];
  const figures = { inputs: 0, inputDepth: 0 };
  for (let next = left.pop(); next && figures.inputs <= enough; next = left.pop()) {
    figures.inputs += 1;
    if (typeof next.value !== 'object' || next.value === null) continue;
    const level = next.level + 1;
    figures.inputDepth = Math.max(figures.inputDepth, level);
    for (const value of Object.values(next.value)) left.push({ value, level });
  }
  return figures;
}

function around(children: InputFigures[]): InputFigures {
  return {
    inputs: children.reduce((total, { inputs }) => total + inputs, 1),
    inputDepth: 1 + children.reduce((most, { inputDepth }) => Math.max(most, inputDepth), 0),
  };
}
