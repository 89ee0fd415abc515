/** Where the sounds of a graph come from. */
import { SOUND_FORMS, type SoundForm } from '../core/sound/sound-line';
import type { SoundOrigin } from '../core/sound/sound-origin';
import type { CheckedGraph, CheckedNode } from './checked-graph';

export interface PlannedSound {
  readonly node: string;
  readonly origin: SoundOrigin;
  /** Those in which somebody takes it. */
  readonly forms: readonly SoundForm[];
}

/** One for each node whose sound somebody takes. */
export function soundsOf({ nodes }: CheckedGraph): PlannedSound[] {
  return nodes.flatMap(({ name, element, options }) => {
    const forms = formsHeard(name, nodes);
    const origin = forms.length > 0 ? element.soundOf?.(options, { picturesRead: isRead(name, nodes), forms }) : undefined;
    return origin ? [{ node: name, origin, forms }] : [];
  });
}

/** In which forms the sound of a node is taken. */
export function formsHeard(name: string, nodes: readonly CheckedNode[]): SoundForm[] {
  return SOUND_FORMS.filter((form) => nodes.some(({ hears }) => hears?.node === name && hears.form === form));
}

/** Nodes that are there for their sound alone: nobody wants to see them, and nothing of them is played but that. */
export function soundOnly(nodes: readonly CheckedNode[], sounds: readonly PlannedSound[]): ReadonlySet<string> {
  return new Set(sounds.filter(({ node, origin }) => origin.kind === 'own' && !isRead(node, nodes)).map(({ node }) => node));
}

const isRead = (name: string, nodes: readonly CheckedNode[]): boolean => nodes.some(({ from }) => from.includes(name));
