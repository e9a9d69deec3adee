"""Runs a command and ends it when standard input closes: no test leaves a server behind, not even by a crash."""
import signal, subprocess, sys

child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
signal.signal(signal.SIGTERM, lambda *_: (child.kill(), sys.exit(0)))
while sys.stdin.buffer.read1(1):
    pass
child.kill()
child.wait()
