/** What may stand behind the `?` of an SRT address: named as in SRT's own tools and in FFmpeg, `latency` in milliseconds. */
import type { QueryPart } from './query';

// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;

/** libsrt counts bytes. */
const bytes = (least: number, most: number) => (value: string) => {
  const length = Buffer.byteLength(value);
  return length >= least && length <= most && !CONTROL.test(value);
};
const like = (pattern: RegExp) => (value: string) => pattern.test(value);

export const SRT_QUERY: Readonly<Record<string, QueryPart>> = {
  mode: { isRight: like(/^(caller|listener|rendezvous)$/), hint: 'It is caller, listener or rendezvous.' },
  passphrase: { isRight: bytes(10, 79), hint: 'It has 10 to 79 bytes. An & in it is written as %26.' },
  pbkeylen: { isRight: like(/^(16|24|32)$/), hint: 'It is 16, 24 or 32 bytes.' },
  latency: { isRight: like(/^\d{1,5}$/), hint: 'It is in milliseconds.' },
  streamid: { isRight: bytes(1, 512), hint: 'It has 1 to 512 bytes. An & in it is written as %26.' },
  localport: { isRight: like(/^[1-9]\d{0,4}$/), hint: 'It is the port of this side, for `mode=rendezvous`.' },
};

/** An address without a host listens. */
export function srtMode({ host, query }: { readonly host: string; readonly query: ReadonlyMap<string, string> }): string {
  return query.get('mode') ?? (host === '' ? 'listener' : 'caller');
}
