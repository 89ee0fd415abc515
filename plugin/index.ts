/** gst-ipl: multi-exposure fusion for GStreamer pipelines. This is all that is public; the rest may change. */
import { offerToUserModules } from './core/user-module';
import { prepareEnvironment } from './gstreamer/environment';

// Stages for RxJS.
export { source, sources, type SourceOptions } from './source/stream';
export { sync, type SyncOptions } from './sync';
export { alternate, type AlternateOptions } from './alternate';
export { ipl, type IplOptions } from './ipl';
export { gstFilter } from './filter/stream';
export { sink } from './sink/stream';
export { record, type RecordOptions } from './record/stream';
export { publish, type PublishOptions } from './publish/stream';
export type { Controls } from './ipl/controls';
export { launch } from './gstreamer/launch/launch';

// What flows between stages.
export { deriveFrame, ownPayload, type ExposureSet, type Frame, type Item, type LineUpView, type WeightMap } from './core/frames/frame';
export type { FlowControl } from './core/queue/flow-control';
export type { ColourRange, Fraction, VideoCaps } from './core/frames/video-caps';
export type { PixelFormat, Plane, PlaneLayout } from './core/frames/video-layout';
export { formatTime, parseDuration, type Nanoseconds } from './core/time';
export { processQueued, type QueueWatch } from './core/queue/process-queued';
export { queueMetrics, reportQueue } from './core/queue/queue-watch';
export { DEFAULT_QUEUE, type QueuePolicy, type QueueSettings } from './core/queue/bounded-queue';

// Graph files.
export { builtinElements, createGraph, loadGraph, parseGraphText } from './builtin-elements';
export type { BuiltinNode, GraphInCode, OwnNode } from './graph-in-code';
export type { AlternateNode } from './alternate/options.generated';
export type { FilterNode } from './filter/options.generated';
export type { IplNode } from './ipl/options.generated';
export type { PreviewNode } from './preview/options.generated';
export type { PublishNode } from './publish/options.generated';
export type { RecordNode } from './record/options.generated';
export type { SinkNode } from './sink/options.generated';
export type { SourceNode, SourceNodeOptions } from './source/options.generated';
export type { SyncNode } from './sync/options.generated';
export type { Graph, GraphOptions } from './graph/load';
export type { GraphEvent, SourceEvent } from './core/graph-event';
export type { RunningGraph, RunOptions } from './graph/run/running-graph';
export type { GraphPhase, GraphView, NodePhase, NodeView } from './core/graph-view';
export type { BooleanParameter, LiveParameter, LiveParameters, NumberParameter, ParameterValue, TriggerParameter } from './core/live-parameters';
export type { Metrics, Sample } from './core/metrics/metrics';
export { defineMetrics, type Labels, type MetricDeclaration, type MetricTable, type ReportOf } from './core/metrics/metric-table';
export type { ActiveCondition, Condition, ConditionOf, ConditionSettings } from './core/metrics/conditions';
export { graphSchema } from './graph/schema';

// Elements of your own.
export {
  defineElement,
  NO_INPUT,
  ONE_STREAM,
  type Element,
  type FragmentElement,
  type InputContract,
  type InputNames,
  type Medium,
  type Stage,
  type StageContext,
  type StageElement,
} from './core/element';
export {
  branchesOption,
  choiceOption,
  durationOption,
  launchOption,
  numberOption,
  queueOption,
  textOption,
  type Option,
  type OptionsOf,
  type OptionTable,
} from './core/options';
export { ElementRegistry } from './graph/registry';

// Traces of OpenTelemetry.
export { startTracing, stopTracing } from './core/tracing';

// Errors.
export { GraphError, GstIplError, type ErrorCode, type Place, type Problem } from './core/errors';

// Before anything reads a file or loads a native library.
prepareEnvironment();

// Users' elements, and programs that `gst-ipl exec` runs, import this very instance by its name.
offerToUserModules('gst-ipl', () => module.exports as unknown);
