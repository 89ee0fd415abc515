"""Keeps big buffers inside the process: glibc otherwise maps and unmaps each one, and the page
faults cost a third of the time of training and rendering."""
import ctypes

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4  # malloc.h


def keep():
    """Call before the first large allocation; does nothing where there is no mallopt."""
    mallopt = getattr(ctypes.CDLL(None), 'mallopt', None)
    if mallopt:
        mallopt(M_MMAP_MAX, 0)
        mallopt(M_TRIM_THRESHOLD, 2 ** 31 - 1)
        mallopt(M_TOP_PAD, 64 << 20)
