"""Start the embedded server so that it ends with its owner; run as a script, never imported by the service.

`python launch.py OWNER_PID LOCK_FD MODE LIFELINE_FD SERVER…`. The process id of the server is written to LOCK_FD, an
open and locked file that the server inherits: while anybody holds that lock, a server may be using the data.

- MODE `signal` (Linux): ask the kernel for SIGTERM at the owner's death, then become the server.
- MODE `lifeline` (elsewhere): stay as the server's parent and read LIFELINE_FD, a pipe that nobody writes to: it ends
  when its last writer, the owner, has died in whatever way.

Only the standard library, and little of it: this runs with `-I -S` to start fast.
"""

import os
import sys

PR_SET_PDEATHSIG = 1
"""From <sys/prctl.h>. The setting survives execve() of a program without special rights."""


def main(arguments: list[str]) -> int:
    """Become, or look after, the server; return the exit code."""
    owner, lock, mode, lifeline = int(arguments[0]), int(arguments[1]), arguments[2], int(arguments[3])
    command = arguments[4:]
    if mode == "signal":
        end_with_parent()
        if os.getppid() != owner:  # it died before the kernel knew our wish
            return 1
        write_pid(lock, os.getpid())
        os.execv(command[0], command)  # noqa: S606
    return watch(command, lock=lock, lifeline=lifeline)


def end_with_parent() -> None:
    """Have SIGTERM sent to this process when the THREAD that forked it ends (see prctl(2))."""
    import ctypes
    import signal

    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")


def watch(command: list[str], *, lock: int, lifeline: int) -> int:
    """Run the server until it ends, the lifeline breaks or SIGTERM comes; then wait for it and return its exit code."""
    import select
    import signal
    import subprocess

    # set_wakeup_fd writes the number of every handled signal into the pipe: one select waits for all that can happen.
    signals, wakeup = os.pipe()
    os.set_blocking(wakeup, False)
    signal.set_wakeup_fd(wakeup)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    server = subprocess.Popen(command, pass_fds=(lock,))  # noqa: S603
    write_pid(lock, server.pid)
    while server.poll() is None:
        readable, _, _ = select.select([lifeline, signals], [], [])
        if lifeline in readable or (signals in readable and signal.SIGTERM in os.read(signals, 512)):
            server.terminate()
            return server.wait()
    return server.returncode


def write_pid(lock: int, pid: int) -> None:
    """Say in the lock file which process is the server."""
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(pid).encode(), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
