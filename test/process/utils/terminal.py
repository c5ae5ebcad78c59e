"""A terminal for a program: `terminal.py COLUMNS COMMAND ARGUMENT...`.

What the program writes comes out on stdout. Lines on stdin: `pause` and `resume` (Ctrl-S and Ctrl-Q), `interrupt` and `end` (Ctrl-C and Ctrl-D); others are typed.
"""
import fcntl
import os
import pty
import select
import struct
import sys
import termios

child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))

keys = {b"pause": b"\x13", b"resume": b"\x11", b"interrupt": b"\x03", b"end": b"\x04"}
inputs = [terminal, 0]
while terminal in inputs:
    for ready in select.select(inputs, [], [])[0]:
        try:
            data = os.read(ready, 65536)
        except OSError:
            data = b""
        if not data:
            inputs.remove(ready)
        elif ready == terminal:
            os.write(1, data)
        else:
            for line in data.split(b"\n"):
                if line:
                    os.write(terminal, keys.get(line, line + b"\n"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
