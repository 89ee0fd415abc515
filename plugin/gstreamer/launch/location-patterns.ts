/** Elements that number files read the name of one as a format of printf, whatever is in it: these must not get just anything. */
import { faultOfPattern } from '../../core/name-pattern';
import { elementsOf } from './launch';
import type { LaunchFinding } from './launch-error';
import { isPattern } from './pattern-properties';

const HINT = 'Write one number such as %05d; a % that belongs to the name is written twice: %%.';

/** Names that would crash an element. */
export function patternFindings(fragment: string): LaunchFinding[] {
  return elementsOf(fragment).flatMap(({ factory, properties }) =>
    [...properties].flatMap(([property, value]) => {
      const pattern = patternOf(factory, property, value);
      const fault = pattern === undefined ? undefined : faultOfPattern(pattern);
      if (fault === undefined) return [];
      return [{ code: 'bad-launch', message: `${factory} cannot number files by "${value}": ${fault}.`, hint: HINT, token: value } as const];
    }),
  );
}

function patternOf(factory: string, property: string, value: string): string | undefined {
  if (isPattern(factory, property)) return value;
  const [, coded] = /^imagesequence:(.*)$/is.exec(value) ?? [];
  if (coded === undefined) return undefined;
  // An address of imagesequencesrc, whatever element gets it. Bytes that are no text are no conversion either.
  return coded.replace(/%([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}
