"""Child processes that never outlive the service, not even one killed with -9."""

import os
import signal
import sys
import threading
import time

LOOK_S = 0.5

PR_SET_PDEATHSIG = 1
"""From <sys/prctl.h>."""


def end_with(owner: int) -> None:
    """Has this process end at once when `owner`, its parent, ends in whatever way.

    On Linux the kernel sees to it, for the THREAD that forked this process: it must live as long as its process.
    Elsewhere a thread looks who the parent is. Nothing acknowledged is lost: it is on disk before the answer.
    """
    if sys.platform == "linux":
        import ctypes

        if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    else:
        threading.Thread(target=_look_after, args=(owner,), name="parent-watch", daemon=True).start()
    if os.getppid() != owner:  # it died before anybody knew our wish
        os._exit(1)


def _look_after(owner: int) -> None:
    while os.getppid() == owner:
        time.sleep(LOOK_S)  # without prctl nobody tells of a parent's end
    os._exit(1)
