// The limits that the text of a request is held to before it is validated: validation itself takes time that grows with its square.
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import type { Limits } from '../limits.ts';

/** Checks the same few texts that clients send again and again once each. */
export function createShapeCheck(limits: ShapeLimits & Pick<Limits, 'tokensMax'>) {
  const passed = new Set<string>();

  return (text: unknown): GraphQLError | undefined => {
    if (typeof text !== 'string' || passed.has(text)) return undefined;
    let document: DocumentNode;
    try {
      document = parse(text, { maxTokens: limits.tokensMax, noLocation: true });
    } catch {
      // Whoever parses it to carry it out says what is wrong.
      return undefined;
    }
    const problem = shapeProblem(document, limits);
    if (problem) return problem;
    if (passed.size >= passedMax) passed.clear();
    passed.add(text);
    return undefined;
  };
}

const passedMax = 1_000;

type ShapeLimits = Pick<Limits, 'aliasesMax' | 'depthMax' | 'fieldsMax' | 'rootFieldsMax'>;

/** QUERY_TOO_LARGE with what there is too much of, else undefined. Takes time in proportion to the text, whatever it is. */
export function shapeProblem(document: DocumentNode, limits: ShapeLimits): GraphQLError | undefined {
  const { definitions } = document;
  const operations = definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const fragments = definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  const counted = { fields: 0, aliases: 0 };
  for (const { selectionSet } of [...operations, ...fragments]) count(selectionSet, counted);
  if (counted.fields > limits.fieldsMax) return tooLarge('fields', counted.fields, limits.fieldsMax);
  if (counted.aliases > limits.aliasesMax) return tooLarge('aliases', counted.aliases, limits.aliasesMax);
  const { depthOf, rootFieldsOf } = createMeasure(fragments);
  for (const { selectionSet } of operations) {
    const depth = depthOf(selectionSet);
    if (depth > limits.depthMax) return tooLarge('levels of fields', depth, limits.depthMax);
    const rootFields = rootFieldsOf(selectionSet);
    if (rootFields > limits.rootFieldsMax)
      return tooLarge('fields at the top', rootFields, limits.rootFieldsMax);
  }
  return undefined;
}

/** Not by recursion: how deep a text nests is what is looked for. */
function count(selectionSet: SelectionSetNode, counted: { fields: number; aliases: number }): void {
  const open = [selectionSet];
  for (let set = open.pop(); set; set = open.pop()) {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        counted.fields += 1;
        if (selection.alias) counted.aliases += 1;
      }
      if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet)
        open.push(selection.selectionSet);
    }
  }
}

function createMeasure(fragments: readonly FragmentDefinitionNode[]) {
  const setOf = new Map(fragments.map((node) => [node.name.value, node.selectionSet]));
  // Each fragment is measured once. One that contains itself counts nothing where it does: validation refuses it.
  const known = { depth: new Map<string, number>(), rootFields: new Map<string, number>() };

  function measureFragment(
    name: string,
    results: Map<string, number>,
    measure: (set: SelectionSetNode) => number,
  ): number {
    const result = results.get(name);
    if (result !== undefined) return result;
    results.set(name, 0);
    const set = setOf.get(name);
    const measured = set ? measure(set) : 0;
    results.set(name, measured);
    return measured;
  }

  function depthOf(set: SelectionSetNode): number {
    let depth = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD)
        depth = Math.max(depth, measureFragment(selection.name.value, known.depth, depthOf));
      else {
        const below = selection.selectionSet ? depthOf(selection.selectionSet) : 0;
        depth = Math.max(depth, selection.kind === Kind.FIELD ? 1 + below : below);
      }
    }
    return depth;
  }

  function rootFieldsOf(set: SelectionSetNode): number {
    let fields = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) fields += 1;
      else if (selection.kind === Kind.INLINE_FRAGMENT) fields += rootFieldsOf(selection.selectionSet);
      else fields += measureFragment(selection.name.value, known.rootFields, rootFieldsOf);
    }
    return fields;
  }

  return { depthOf, rootFieldsOf };
}

function tooLarge(what: string, found: number, max: number): GraphQLError {
  return new GraphQLError(
    `The request has ${found} ${what}; at most ${max} are answered. Ask for less, or in several requests.`,
    {
      extensions: { code: 'QUERY_TOO_LARGE', http: { status: 400 } },
    },
  );
}
