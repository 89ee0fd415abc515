/** Makes sentences of GStreamer's error messages, and tells permanent faults from outages: see ./faults.ts. */
import { GstIplError } from '../core/errors';
import type { BusMessage } from './binding';
import { faultOf } from './faults';

/** @param node name of the graph node that the failed element belongs to, where it is known */
export function explainBusError(message: BusMessage, node: string | undefined): GstIplError {
  const detail = detailOf(message.debug);
  const general = (message.message ?? 'failed').replace(/\.$/, '');
  const text = SAYS_NOTHING.test(general) && detail ? detail : joinDetail(general, detail);
  const fault = faultOf(`${general} ${detail}`, message.name ?? '');
  const where = node ? `Node "${node}"` : `Element ${message._src_element_name}`;
  return new GstIplError(fault?.code ?? 'pipeline-failed', `${where}: ${text}.`, {
    place: node === undefined ? undefined : { node },
    hint: fault?.hint,
    permanent: fault?.permanent,
  });
}

/** Sentences whose detail says the same with the name of the file. */
const SAYS_NOTHING = /^Resource not found$/;

function joinDetail(general: string, detail: string): string {
  return detail && !general.includes(detail) ? `${general} (${detail})` : general;
}

/** The last line of the debug text is written for people: `No such file "x"`; the lines before it name C functions. */
function detailOf(debug: string | undefined): string {
  const last = debug?.trim().split('\n').at(-1)?.trim() ?? '';
  return /\(\d+\): \w+ \(\)/.test(last) ? '' : last.replace(/\.$/, '');
}
