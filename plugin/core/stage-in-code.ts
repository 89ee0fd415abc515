/** Stages of a graph as operators of RxJS: what a graph gives them, a program does here. */
import { defer, from, Observable, switchMap, type OperatorFunction } from 'rxjs';
import type { Stage, StageContext, StageElement } from './element';
import { GstIplError } from './errors';
import type { Frame } from './frames/frame';
import { withDefaults, type OptionTable } from './options';

/** Where a stage in code reports what happens. */
export interface CodeListeners {
  /** Receives what did not stop the work; default `process.emitWarning`. */
  readonly onWarning?: (message: string) => void;
  /** Receives what is as it should be, and what is over. */
  readonly onNotice?: (message: string) => void;
  /** Receives metrics by name: whole counts (`..._total`) and present values. */
  readonly onFigure?: NonNullable<StageContext['report']>;
}

/** @param node what messages call it */
export function contextInCode(node: string, { onWarning, onNotice, onFigure }: CodeListeners): StageContext {
  return {
    node,
    inputs: { from: [], branches: [] },
    warn: onWarning ?? ((message) => process.emitWarning(message)),
    notify: onNotice ?? (() => undefined),
    ...(onFigure ? { report: onFigure } : {}),
  };
}

/** What the stage gives from `inputs`, once it is ready. The end comes when it holds nothing any more; to unsubscribe ends it at once. */
export function runStage(make: () => Stage, inputs: readonly Observable<Frame>[]): Observable<Frame> {
  return new Observable((subscriber) => {
    let stage: Stage | undefined;
    const close = async (): Promise<void> => {
      const closing = stage;
      stage = undefined;
      await closing?.close?.();
    };
    const items = defer(() => {
      stage = make();
      return from(stage.ready?.() ?? Promise.resolve()).pipe(switchMap(() => (stage as Stage).connect(inputs) as Observable<Frame>));
    });
    const subscription = items.subscribe({
      next: (frame) => subscriber.next(frame),
      error: (error: unknown) => void close().then(() => subscriber.error(error), () => subscriber.error(error)),
      complete: () => void close().then(() => subscriber.complete(), (error: unknown) => subscriber.error(error)),
    });
    return () => {
      subscription.unsubscribe();
      void close();
    };
  });
}

/**
 * An output as an operator: emits every frame that was taken, and ends as the frames did, when everything is where it should be.
 * @throws GstIplError `bad-option`
 */
export function outputInCode<Table extends OptionTable>(element: StageElement<Table>, { onWarning, onNotice, onFigure, ...given }: CodeListeners): OperatorFunction<Frame, Frame> {
  const { name, soundOption } = element;
  if (soundOption !== undefined && Object.hasOwn(given, soundOption)) {
    throw new GstIplError('bad-option', `Option "${soundOption}" names a node of a graph, and there is none.`, { hint: 'Write the graph in code: `createGraph`.' });
  }
  const settings = withDefaults(element.options, given);
  const context = contextInCode(name, { onWarning, onNotice, onFigure });
  element.check?.(settings, context.inputs);
  return (frames) => runStage(() => element.create(settings, context), [frames]);
}
