/** Where the sounds of a graph come from. */
import type { SoundOrigin } from '../core/sound/sound-origin';
import type { CheckedGraph, CheckedNode } from './checked-graph';

export interface PlannedSound {
  readonly node: string;
  readonly origin: SoundOrigin;
}

/** One for each node whose sound somebody takes. */
export function soundsOf({ nodes }: CheckedGraph): PlannedSound[] {
  const heard = new Set(nodes.flatMap(({ hears }) => hears ?? []));
  return nodes.flatMap(({ name, element, options }) => {
    const origin = heard.has(name) ? element.soundOf?.(options, { picturesRead: isRead(name, nodes) }) : undefined;
    return origin ? [{ node: name, origin }] : [];
  });
}

/** Nodes that are there for their sound alone: nobody wants to see them, and nothing of them is played but that. */
export function soundOnly(nodes: readonly CheckedNode[], sounds: readonly PlannedSound[]): ReadonlySet<string> {
  return new Set(sounds.filter(({ node, origin }) => origin.kind === 'own' && !isRead(node, nodes)).map(({ node }) => node));
}

const isRead = (name: string, nodes: readonly CheckedNode[]): boolean => nodes.some(({ from }) => from.includes(name));
