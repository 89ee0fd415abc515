/** What the checkers of memory write is understood. */
import test from 'ava';
import { findings } from '../../bench/leak/checkers';

test('errors, objects that are alive and complaints count, V8 looking through its stack and remarks do not', (t) => {
  const log = [
    '==7== Invalid read of size 8', '==7==    at 0x1: gst_bin_get_by_name', '==7== ',
    '==7== Conditional jump or move depends on uninitialised value(s)', '==7==    at 0x1843966: heap::base::(anonymous namespace)::IteratePointersInStack(x)', '==7== ',
    '==7== Warning: client switching stacks?', '==7== ',
    '0:00:00.1 7 0x1 TRACE GST_TRACER gsttracerrecord.c:109:gst_tracer_record_build_format: object-alive.class, type-name=x',
    '0:00:00.1 7 0x1 TRACE GST_TRACER :0:: object-alive, type-name=(string)GstBus',
    '(node:7): GStreamer-CRITICAL **: 16:18:36.105: assertion failed',
    '==7==ERROR: AddressSanitizer: attempting double-free',
  ].join('\n');
  t.deepEqual(findings(log).map((text) => /CRITICAL|AddressSanitizer|GstBus|gst_bin_get_by_name/.exec(text)?.[0]), ['CRITICAL', 'AddressSanitizer', 'GstBus', 'gst_bin_get_by_name']);
  t.deepEqual(findings(''), []);
});
