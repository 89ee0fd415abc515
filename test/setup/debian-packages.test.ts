import test from 'ava';
import { debianPackageFor } from '../../plugin/gstreamer/launch/debian-packages';

const expected: Record<string, string | undefined> = {
  queue: 'libgstreamer1.0-0',
  videoconvert: 'gstreamer1.0-plugins-base',
  appsink: 'gstreamer1.0-plugins-base',
  matroskamux: 'gstreamer1.0-plugins-good',
  souphttpsrc: 'gstreamer1.0-plugins-good',
  rtpL16pay: 'gstreamer1.0-plugins-good',
  srtsink: 'gstreamer1.0-plugins-bad',
  x265enc: 'gstreamer1.0-plugins-bad',
  gdppay: 'gstreamer1.0-plugins-bad',
  x264enc: 'gstreamer1.0-plugins-ugly',
  textoverlay: 'gstreamer1.0-x',
  glimagesink: 'gstreamer1.0-gl',
  gtksink: 'gstreamer1.0-gtk3',
  alsasink: 'gstreamer1.0-alsa',
  nicesrc: 'gstreamer1.0-nice',
  rtspclientsink: 'gstreamer1.0-rtsp',
  libcamerasrc: 'gstreamer1.0-libcamera',
  avdec_h264: 'gstreamer1.0-libav',
  avenc_prores_ks: 'gstreamer1.0-libav',
};

for (const [element, name] of Object.entries(expected)) {
  test(`${element} is in ${name}`, (t) => t.is(debianPackageFor(element), name));
}

test('elements of hardware are found without the hardware, also those of a second device', (t) => {
  for (const element of ['nvh264enc', 'nvh265dec', 'nvcudah264enc', 'nvh264device1enc', 'cudaupload', 'vah264dec', 'varenderD129h265enc', 'qsvh265enc', 'v4l2slh264dec']) {
    t.is(debianPackageFor(element), 'gstreamer1.0-plugins-bad', element);
  }
  t.is(debianPackageFor('v4l2h264enc'), 'gstreamer1.0-plugins-good');
  t.is(debianPackageFor('vaapih264dec'), 'gstreamer1.0-vaapi');
});

test('a name that no package has gives nothing, and neither do names of object properties', (t) => {
  for (const element of ['x264encoder', '', 'constructor', 'avtp', 'nvstreammux']) t.is(debianPackageFor(element), undefined, element);
});
