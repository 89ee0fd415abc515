/** Thousands of values of parameters in a launch string: each arrives exactly or is refused with a sentence; none is anything but a value. */
import test from 'ava';
import { GstIplError, launch } from '../../plugin';
import { parseLaunch } from '../../plugin/gstreamer/binding';
import { elementsOf } from '../../plugin/gstreamer/launch/launch';
import { fuzzCount, fuzzSeed } from '../support/fuzz';
import { Mutator } from './mutate';

const PIECES = ['%s', '%n', '%d', '%5$x', '%', '%%', '"', "'", '\\', ' ', '!', ' ! fakesink name=injected ', 'name=injected', ',', ';', '=', '(int)', '[', '}', '<', ':', '/', 'a', '64', 'format=RGB', 'é', '😀', '\n', '\0', '.'];

/** Where a value may stand, and what reads it back. */
const PLACES: readonly [place: string, fill: (value: string) => string, property: 'location' | 'caps', around: (value: string) => string][] = [
  ['a property', (value) => launch`filesrc name=wanted location=${value} ! fakesink name=last`, 'location', (value) => value],
  ['a part of one', (value) => launch`filesrc name=wanted location="/x/${value}/y" ! fakesink name=last`, 'location', (value) => `/x/${value}/y`],
  ['numbered files', (value) => launch`multifilesrc name=wanted location=/x/${value}-%03d.jpg ! fakesink name=last`, 'location', (value) => `/x/${value.replaceAll('%', '%%')}-%03d.jpg`],
  ['all of their name', (value) => launch`multifilesrc name=wanted location="${value}" ! fakesink name=last`, 'location', (value) => value.replaceAll('%', '%%')],
  ['caps', (value) => launch`capsfilter name=wanted caps="video/x-raw,x=(string)${value},y=1" ! fakesink name=last`, 'caps', (value) => `video/x-raw, x=(string)${value}, y=(int)1`],
];

test('values of parameters, in every place where they may stand', (t) => {
  const count = fuzzCount(1500);
  t.timeout(120_000 + count * 20);
  const mutator = new Mutator(fuzzSeed(99));
  const found = { exact: 0, refused: 0 };
  for (let index = 0; index < count; index += 1) {
    const value = Array.from({ length: 1 + mutator.below(6) }, () => mutator.pick(PIECES)).join('');
    const [place, fill, property, around] = PLACES[index % PLACES.length] ?? t.fail();
    let text: string;
    try {
      text = fill(value);
    } catch (error) {
      found.refused += 1;
      if (!(error instanceof GstIplError) || error.message.length < 10 || error.hint === undefined) t.fail(`${place}: ${JSON.stringify(value)}: ${String(error)}`);
      continue;
    }
    found.exact += 1;
    const pipeline = parseLaunch(text);
    const told = `${place}: ${JSON.stringify(value)}: ${text}`;
    if (pipeline.find('injected') || !pipeline.find('last')) t.fail(told);
    if (pipeline.find('wanted')?.get(property) !== around(value)) t.is(pipeline.find('wanted')?.get(property) as string, around(value), told);
    if (property === 'location' && elementsOf(text)[0]?.properties.get(property) !== around(value)) t.fail(`read otherwise: ${told}`);
  }
  t.log(found);
  t.true(found.exact > count / 4 && found.refused > count / 20, JSON.stringify(found));
});
