/** Memory of a scene: what tells one from another. */
import test from 'ava';
import { DEFAULT_MODEL, readCard } from '../../../plugin/ipl/network/read-model';
import { Scene } from '../../../plugin/ipl/engine/scene';
import { planSlices } from '../../../plugin/ipl/network/slice-plan';

const card = readCard(DEFAULT_MODEL);
const shape = { plan: planSlices(320, 180, 4, card.tokenColumns), exposures: 3, card };

test('a scene keeps its number, another has another, and one that forgot everything is another', (t) => {
  const [one, other] = [Scene.allocate(shape), Scene.allocate(shape)];
  const number = Scene.numberOf(one);
  t.not(number, Scene.numberOf(other));
  const scene = new Scene(shape, one);
  scene.begin();
  scene.end();
  t.is(Scene.numberOf(one), number);
  scene.forget();
  t.not(Scene.numberOf(one), number);
});
