#!/bin/sh
# Measures with every provider that is here, and prints the table of bench:speed. Options: bench/gpu/run.ts.
here=$(cd "$(dirname "$0")" && pwd)
PATH=${PATH:-/usr/bin:/bin}

# CUDA's libraries are the machine's: in the driver's folders, in a toolkit, or in the wheels of a Python that has PyTorch.
cuda=$(ls -d /usr/local/nvidia/lib64 /usr/local/nvidia/lib /usr/local/cuda-13*/lib64 /usr/local/cuda-13*/targets/x86_64-linux/lib 2>/dev/null | tr '\n' ':')
for python in $(command -v python3 2>/dev/null) /opt/*/.venv/bin/python3; do
  [ -x "$python" ] || continue
  cuda=$cuda$("$python" -c 'import glob, sysconfig; print(":".join(glob.glob(sysconfig.get_path("purelib") + "/nvidia/*/lib")))' 2>/dev/null):
done
export GST_IPL_LIBRARIES="$here/lib:$cuda"

# Vulkan's drivers are the machine's, too; containers often lack the file that names NVIDIA's.
if [ -z "$VK_DRIVER_FILES" ] && [ -e /usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json ]; then
  export VK_DRIVER_FILES=/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json
fi

export GST_PLUGIN_SYSTEM_PATH_1_0="$here/gstreamer" GST_PLUGIN_PATH_1_0= GST_REGISTRY="${TMPDIR:-/tmp}/gst-ipl-bundle-$$.registry" GST_REGISTRY_FORK=no
export UV_THREADPOOL_SIZE=24 ORT_DISABLE_TELEMETRY=1
export GLIBC_TUNABLES=glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=2000000000:glibc.malloc.top_pad=67108864
export GST_IPL_NODE="$here/node" NODE_OPTIONS="--require=$here/preload.cjs"
trap 'rm -f "$GST_REGISTRY"' EXIT
"$here/node" "$here/app/bench/gpu/run.js" "$@"
