/**
 * What RTSP tells its server of the times of pictures and sound. By default, sender reports (RFC 3550, 6.4.1) say when a packet was sent. Sound is
 * ready before the pictures of its time, which have an encoder to pass; who reads such reports plays it late by that. They
 * are to say when what is in a packet was taken. rtspclientsink has no property for it, and makes its rtpbin when a server has answered.
 */
import type { NativeElement } from '../gstreamer/binding';

export class ReportTimes {
  #set = false;

  /** There is another pipeline. */
  restart(): void {
    this.#set = false;
  }

  /** To be called with every picture. The first report is sent half a second behind the first packet, or later. */
  poll(findAll: (factory: string) => readonly NativeElement[]): void {
    if (this.#set) return;
    for (const bin of findAll('rtpbin')) {
      bin.set('rtcp-sync-send-time', false);
      this.#set = true;
    }
  }
}
