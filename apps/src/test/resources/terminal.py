"""Runs a command on a terminal of so many columns, and copies what it shows to standard output.

Usage: terminal.py COLUMNS COMMAND...
Each line of standard input is a new width, or keys to type after "type ". An ESC character in the output shows
where a new width took effect.
"""
import fcntl
import os
import pty
import select
import struct
import sys
import termios


def resize(terminal, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))


child, terminal = pty.fork()
if child == 0:
    # The size has to be there before the command looks at it.
    resize(2, int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])
readers = [0, terminal]
while True:
    ready, _, _ = select.select(readers, [], [])
    if 0 in ready:
        line = os.read(0, 100)
        if line.startswith(b"type "):
            os.write(terminal, line[5:].rstrip(b"\n"))
        elif line:
            resize(terminal, int(line))
            os.write(1, b"\x1b")
        else:
            readers.remove(0)
    if terminal in ready:
        try:
            shown = os.read(terminal, 65536)
        except OSError:
            break
        if not shown:
            break
        os.write(1, shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF)
