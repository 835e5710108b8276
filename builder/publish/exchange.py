"""Two files that change places in one step, which Linux can do and Python has no function for."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: From <fcntl.h>: a path that is not absolute begins at the working folder.
_AT_FDCWD = -100
#: From <linux/fs.h>.
_RENAME_EXCHANGE = 2


def load_exchange() -> Callable[[str, str], bool]:
    """A function that has two files change places, so that whoever opens one of them meanwhile finds either; false, and
    nothing is changed, where that cannot be done: one of them is not there, or the system or the file system does not know how.
    It would exchange folders, too.
    """
    if sys.platform != "linux":
        return _refuse
    try:
        import ctypes

        rename = ctypes.CDLL(None).renameat2
    except (ImportError, OSError, AttributeError):  # not in every Python and every C library
        return _refuse
    rename.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)

    def exchange(one: str, other: str) -> bool:
        failed: int = rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
        return not failed

    return exchange


def _refuse(one: str, other: str) -> bool:  # noqa: ARG001 - as `exchange`
    return False
