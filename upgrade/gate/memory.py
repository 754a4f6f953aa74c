"""How the memory that a run has freed goes back to the system.

glibc gives each thread an arena of its own, of which only the top is ever returned, and takes ever larger blocks from them:
https://man7.org/linux/man-pages/man3/mallopt.3.html
"""

import ctypes

ARENAS = (-8, 1)
"""M_ARENA_MAX: one for all threads; they wait for each other at the interpreter's lock anyway."""
BLOCK = 128 * 1024
"""Bytes from which on a block is the system's own, and is returned when it is freed; to set it keeps it from growing."""
MMAP, TRIM = (-3, BLOCK), (-1, BLOCK)
"""M_MMAP_THRESHOLD and M_TRIM_THRESHOLD."""


def return_what_is_freed() -> None:
    """From here on, return it; before the first thread. Another C library than glibc is left as it is."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    for option, value in (ARENAS, MMAP, TRIM):
        mallopt(option, value)
