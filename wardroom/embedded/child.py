"""argv → the same program in this same process, bound to its parent's life and, started by root, without root's rights.

Run by its path with the standard library alone: ``python -I child.py PARENT SIGNAL UID GID PROGRAM ARGUMENT…``.
The kernel sends SIGNAL when the parent dies, even by SIGKILL.
A launcher process does this because code between fork and exec is not safe in a program with threads.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> int:
    """Become the program; only a failure returns."""
    parent, signal, uid, gid, *program = arguments
    if int(uid) != os.geteuid():
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    os.umask(0o077)
    # After setuid, which clears it; before the check, or a parent that died in between would go unnoticed.
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signal), 0, 0, 0)
    if os.getppid() != int(parent):
        return 1
    try:
        os.execvp(program[0], program)  # noqa: S606 - becoming the program is this file's purpose; there is no shell
    except OSError as error:
        sys.stderr.write(f"{program[0]}: {error.strerror}\n")
    return 127


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
